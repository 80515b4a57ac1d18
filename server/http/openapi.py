"""The OpenAPI 3.1 document, read off the declared routes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, TypeAlias

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from server.http.access import Access
from server.http.problem import CONTENT_TYPE, Problem
from server.http.routes import Answer, Binary, Body, Multipart, Operation, OptionalBody

Json: TypeAlias = dict[str, Any]
Mode: TypeAlias = tuple[type[BaseModel], Any]  # pydantic: "validation" or "serialization"
Refs: TypeAlias = Mapping[Any, Json]

_PARAMETER = re.compile(r"\{(?P<name>\w+)(?::(?P<pattern>(?:[^{}]|\{[^{}]*\})+))?\}")
_SCHEMES: Json = {
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "link": {
        "type": "apiKey", "in": "query", "name": "s",
        "description": "A signed link: `e`, `k` and `s` come together, as `urls` gives them.",
    },
    "worker": {"type": "http", "scheme": "bearer", "description": "A worker's own token."},
}  # fmt: skip


def document(operations: Sequence[Operation], *, version: str) -> Json:
    """Return the whole document; hidden operations are left out."""
    shown = [operation for operation in operations if not operation.hidden]
    refs, definitions = models_json_schema(
        sorted(_models(shown), key=lambda mode: (mode[0].__qualname__, mode[1])),
        ref_template="#/components/schemas/{model}",
    )
    paths: dict[str, Json] = {}
    for operation in shown:
        path = _PARAMETER.sub(r"{\g<name>}", operation.path)
        paths.setdefault(path, {})[operation.method.lower()] = _operation(operation, refs)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Houle",
            "version": version,
            "description": "A song in, a stream out. `/v1/…` answers as `/api/v1/…` does.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in dict.fromkeys(operation.tag for operation in shown)],
        "paths": paths,
        "components": {
            "schemas": definitions.get("$defs", {}),
            "securitySchemes": _SCHEMES,
            "responses": {"Problem": _problem(refs)},
        },
    }


def _models(operations: Iterable[Operation]) -> set[Mode]:
    found: set[Mode] = {(Problem, "serialization")}
    for operation in operations:
        for answer in operation.answers.values():
            if isinstance(answer, type):
                found.add((answer, "serialization"))
        match operation.body:
            case (type() as model) | OptionalBody(model) | Multipart(fields=model):
                found.add((model, "validation"))
            case Binary() | None:
                pass
    return found


def _operation(operation: Operation, refs: Refs) -> Json:
    made: Json = {
        "operationId": f"{operation.tag}_{operation.handler.__name__}",
        "tags": [operation.tag],
        "summary": operation.summary,
        "security": _security(operation),
        "parameters": [*_path_parameters(operation.path), *_query_parameters(operation.query)],
        "responses": {
            str(status): _response(status, answer, operation.headers.get(status, {}), refs)
            for status, answer in operation.answers.items()
        }
        | {"default": {"$ref": "#/components/responses/Problem"}},
    }
    if operation.description:
        made["description"] = operation.description
    if operation.body is not None:
        made["requestBody"] = {
            "required": not isinstance(operation.body, OptionalBody),
            "content": _body(operation.body, refs),
        }
    return made


def _security(operation: Operation) -> list[dict[str, list[str]]]:
    if operation.access is Access.WORKER:
        return [{"worker": []}]
    if operation.access is Access.OPEN:
        return []
    ways: list[dict[str, list[str]]] = [{auth.value: []} for auth in operation.auth]
    return [*ways, {}] if operation.access is Access.PUBLIC else ways


def _path_parameters(path: str) -> Iterable[Json]:
    for match in _PARAMETER.finditer(path):
        schema: Json = {"type": "string", "minLength": 1}
        if match["pattern"]:
            schema["pattern"] = f"^(?:{match['pattern']})$"
        yield {"name": match["name"], "in": "path", "required": True, "schema": schema}


def _query_parameters(model: type[BaseModel] | None) -> Iterable[Json]:
    if model is None:
        return
    schema = model.model_json_schema(mode="validation")
    definitions = schema.get("$defs", {})
    for name, given in schema.get("properties", {}).items():
        declared = _inlined(given, definitions)
        parameter: Json = {"name": name, "in": "query", "schema": declared}
        parameter["required"] = name in schema.get("required", ())
        if "description" in declared:
            parameter["description"] = declared.pop("description")
        yield parameter


def _inlined(schema: Any, definitions: Json) -> Any:  # noqa: ANN401 -- any JSON value
    """Return the schema with its references replaced: a parameter has no $defs of its own."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            return _inlined(definitions[schema["$ref"].rpartition("/")[2]], definitions)
        return {name: _inlined(value, definitions) for name, value in schema.items()}
    if isinstance(schema, list):
        return [_inlined(item, definitions) for item in schema]
    return schema


def _response(status: int, answer: Answer, headers: Any, refs: Refs) -> Json:  # noqa: ANN401
    made: Json = {"description": HTTPStatus(status).phrase}
    if isinstance(answer, type):
        made["content"] = {"application/json": {"schema": refs[answer, "serialization"]}}
    elif answer is not None:
        kinds = [answer] if isinstance(answer, Binary) else answer
        made["content"] = {kind.content_type: {} for kind in kinds}
    if headers:
        made["headers"] = {
            name: {"description": meaning, "schema": {"type": "string"}}
            for name, meaning in headers.items()
        }
    return made


def _body(body: Body, refs: Refs) -> Json:
    if isinstance(body, Multipart):
        fields = body.fields.model_json_schema(mode="validation")
        properties = _inlined(fields.get("properties", {}), fields.get("$defs", {}))
        properties |= {
            name: {"type": "string", "contentMediaType": "application/octet-stream"}
            for name in body.files
        }
        required = [*fields.get("required", ()), *body.files]
        schema: Json = {"type": "object", "properties": properties, "required": required}
        if "additionalProperties" in fields:
            schema["additionalProperties"] = fields["additionalProperties"]
        return {"multipart/form-data": {"schema": schema}}
    if isinstance(body, Binary):
        return {body.content_type: {}}
    if body is None:
        return {}
    model = body.model if isinstance(body, OptionalBody) else body
    return {"application/json": {"schema": refs[model, "validation"]}}


def _problem(refs: Refs) -> Json:
    return {
        "description": "What went wrong, and where (RFC 9457)",
        "content": {CONTENT_TYPE: {"schema": refs[Problem, "serialization"]}},
    }
