"""The document is OpenAPI 3.1, complete, and true to the routes."""

from typing import Any

import jsonschema_rs
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from server.http.routes import OPERATIONS

Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def document(client: Client) -> dict[str, Any]:
    response = await client.get("/api/openapi.json")
    assert response.content_type == "application/json"
    return dict(await response.json())


async def test_the_document_is_of_version_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    assert document["info"]["title"] == "Houle"


async def test_every_route_that_is_not_hidden_is_in_it(
    document: dict[str, Any], app: web.Application
) -> None:
    listed = {(path, method) for path, item in document["paths"].items() for method in item}
    shown = [operation for operation in app[OPERATIONS] if not operation.hidden]

    assert len(listed) == len(shown)
    assert ("/api/v1/songs/{song}", "get") in listed
    assert ("/broken", "get") not in listed


async def test_operation_ids_are_unique(document: dict[str, Any]) -> None:
    ids = [
        operation["operationId"]
        for item in document["paths"].values()
        for operation in item.values()
    ]

    assert len(ids) == len(set(ids))


async def test_a_path_parameter_carries_its_pattern(document: dict[str, Any]) -> None:
    (parameter,) = document["paths"]["/api/v1/songs/{song}"]["get"]["parameters"]

    assert (parameter["in"], parameter["required"]) == ("path", True)
    assert parameter["schema"]["pattern"] == r"^(?:\d{1,9})$"


async def test_a_query_is_spelt_out(document: dict[str, Any]) -> None:
    limit, genre = document["paths"]["/api/v1/songs"]["get"]["parameters"]

    assert (limit["name"], limit["schema"]["maximum"]) == ("limit", 100)
    assert limit["description"] == "At most so many."
    assert genre["schema"]["type"] == "array"


async def test_a_form_lists_its_fields_and_its_file(document: dict[str, Any]) -> None:
    operation = document["paths"]["/api/v1/forms"]["post"]
    form = operation["requestBody"]["content"]["multipart/form-data"]["schema"]

    assert set(form["properties"]) == {"title", "bpm", "file"}
    assert set(form["required"]) == {"title", "file"}
    assert "Location" in operation["responses"]["202"]["headers"]


async def test_a_body_that_may_be_left_out_says_so(document: dict[str, Any]) -> None:
    paths = document["paths"]

    for path in ("/api/v1/auth/refresh", "/api/v1/auth/logout"):
        body = paths[path]["post"]["requestBody"]
        assert body["required"] is False, path
        assert "$ref" in body["content"]["application/json"]["schema"], path
    assert paths["/api/v1/auth/login"]["post"]["requestBody"]["required"] is True


async def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def references(node: Any) -> list[str]:
        if isinstance(node, dict):
            own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
            return own + [found for value in node.values() for found in references(value)]
        return (
            [found for value in node for found in references(value)]
            if isinstance(node, list)
            else []
        )

    for reference in set(references(document)):
        target: Any = document
        for part in reference.removeprefix("#/").split("/"):
            target = target[part]
        assert target


async def test_answers_are_what_the_document_says(client: Client, document: dict[str, Any]) -> None:
    answer = document["paths"]["/api/v1/songs"]["post"]["responses"]["201"]
    schema = answer["content"]["application/json"]["schema"] | {
        "components": document["components"]
    }
    response = await client.post("/api/v1/songs", json={"title": "La Mer"})
    problem = await client.post("/api/v1/songs", json={})
    refusal = document["components"]["responses"]["Problem"]["content"]
    problem_schema = refusal["application/problem+json"]["schema"] | {
        "components": document["components"]
    }

    assert jsonschema_rs.is_valid(schema, await response.json())
    assert jsonschema_rs.is_valid(problem_schema, await problem.json())


async def test_the_docs_page_needs_nothing_from_elsewhere(client: Client) -> None:
    page = await client.get("/api/docs")
    text = await page.text()
    script = await client.get("/api/docs/docs.js")

    assert (page.content_type, script.status) == ("text/html", 200)
    assert "://" not in text
    assert "<script>" not in text
    assert "style=" not in text
    assert "'unsafe-inline'" not in page.headers["Content-Security-Policy"]
