"""Logs are JSON lines, and planted secrets are not in them."""

import errno
import io
import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from aiohttp import web
from aiohttp.test_utils import TestClient

from server import log
from server.redaction import redact_text

Client = TestClient[web.Request, web.Application]
CANARY = "c4n4ry-5ecret-0123456789"


@pytest.fixture
def logging_as_before() -> Iterator[None]:
    before = (logging.root.handlers[:], logging.root.level)
    yield
    structlog.reset_defaults()
    logging.root.handlers, logging.root.level = before


@pytest.fixture
def lines(logging_as_before: None) -> io.BytesIO:
    stream = io.BytesIO()
    log.configure("test", stream)
    return stream


async def test_a_request_is_one_line(lines: io.BytesIO, client: Client) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    response = await client.get(
        "/livez", headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    )
    entries = [json.loads(one) for one in lines.getvalue().splitlines()]
    (line,) = [entry for entry in entries if entry["event"] == "request"]

    assert (line["path"], line["status"]) == ("/livez", 200)
    assert line["request_id"] == response.headers["X-Request-Id"]
    assert line["trace_id"] == trace
    assert {"timestamp", "level", "service", "duration_ms", "method", "route"} <= set(line)


async def test_planted_secrets_are_in_no_line(lines: io.BytesIO, client: Client) -> None:
    await client.get(
        f"/hls/x/master.m3u8?s={CANARY}&k={CANARY}&token={CANARY}",
        headers={"Authorization": f"Bearer {CANARY}", "Cookie": f"houle_refresh={CANARY}"},
    )
    await client.post("/api/v1/auth/login", json={"username": "a@b.example", "password": CANARY})
    logger = structlog.get_logger()
    logger.info("mail sent", to="someone@example.org", refresh_token=CANARY)
    logger.info("nested", headers={"Set-Cookie": f"x={CANARY}", "list": [f"?token={CANARY}"]})
    try:
        int(f"GET /x?a=1&s={CANARY} by someone@example.org, Bearer {CANARY}")
    except ValueError:
        logger.exception("failed")
        logging.getLogger("library").exception("failed: %s", f"Cookie: houle_refresh={CANARY}")

    text = lines.getvalue().decode()
    assert CANARY not in text
    assert "@example.org" not in text
    assert text.count("ValueError") >= 2


def test_a_library_cannot_forge_a_line(lines: io.BytesIO) -> None:
    logging.getLogger("library").warning("two\r\n{lines}", extra={"job": "7"})
    (line,) = [json.loads(one) for one in lines.getvalue().splitlines()]

    assert (line["event"], line["level"], line["job"]) == ("two\r\n{lines}", "warning", "7")


async def test_a_log_on_a_full_disk_stops_nobody(logging_as_before: None, client: Client) -> None:
    with Path("/dev/full").open("wb", buffering=0) as full:
        log.configure("test", full)
        logging.getLogger("library").warning("this is lost")

        assert (await client.get("/livez")).status == 200


async def test_a_log_that_nobody_reads_any_more_stops_nobody(
    logging_as_before: None, client: Client
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb", buffering=0) as pipe:
        log.configure("test", pipe)

        assert (await client.get("/livez")).status == 200


class Disk(io.BytesIO):
    """A disk that is full at times."""

    full = False

    def write(self, content: Any) -> int:
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(content)


def test_what_a_log_lost_is_counted_and_told_as_soon_as_it_can_be(
    logging_as_before: None,
) -> None:
    disk = Disk()
    log.configure("test", disk)
    disk.full = True
    structlog.get_logger().info("lost")
    logging.getLogger("library").warning("lost")
    disk.full = False
    structlog.get_logger().info("kept")

    lost, kept = [json.loads(one) for one in disk.getvalue().splitlines()]
    assert (lost["event"], lost["count"], kept["event"]) == ("log lines lost", 2, "kept")


@pytest.mark.parametrize(
    "text",
    ["/hls/0/1.m4s?v=1", "2026-11-21T13:13:00Z", "tracks/0/r1/aac-128/0.m4s", "loud & clear"],
)
def test_harmless_text_is_left_as_it_is(text: str) -> None:
    assert redact_text(text) == text


def test_a_grant_is_hidden_wherever_it_stands() -> None:
    for text in (f"/internal/objects/{CANARY}/original", f"GET '/internal/objects/{CANARY}'"):
        assert CANARY not in redact_text(text)
    assert redact_text(f"/internal/objects/{CANARY}/r1/0.m4s").endswith("/r1/0.m4s")
