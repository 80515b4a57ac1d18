"""Logs: one JSON object a line on standard error, from our code and from the libraries alike."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import MutableMapping
from typing import Any, BinaryIO

import structlog

from server.redaction import redact

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "taskName"}


def configure(service: str, stream: BinaryIO | None = None) -> None:
    """Send everything that is logged in this process to `stream`, as `service`."""
    target = stream or sys.stderr.buffer
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="timestamp"),
        structlog.processors.format_exc_info,
        _of(service),
        _redacted,
    ]
    structlog.configure(
        processors=[*shared, _line],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.BytesLoggerFactory(target),
        cache_logger_on_first_use=False,
    )
    handler = _LibraryHandler(target, shared)
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    logging.getLogger("aiohttp.access").setLevel(logging.CRITICAL)  # the frame writes its own
    logging.getLogger("alembic").setLevel(logging.WARNING)


class _LibraryHandler(logging.Handler):
    """Gives the records of libraries the shape of ours."""

    def __init__(self, target: BinaryIO, processors: list[structlog.types.Processor]) -> None:
        super().__init__()
        self._target = target
        self._processors = processors

    def emit(self, record: logging.LogRecord) -> None:
        given = {name: value for name, value in vars(record).items() if name not in _STANDARD}
        event: MutableMapping[str, Any] = given | {
            "event": record.getMessage(),
            "logger": record.name,
        }
        if record.exc_info:
            event["exc_info"] = record.exc_info
        for process in self._processors:
            event = process(record, record.levelname.lower(), event)  # type: ignore[assignment]
        self._target.write(_line(None, "", event) + b"\n")
        self._target.flush()


def _of(service: str) -> structlog.types.Processor:
    def name(_logger: object, _method: str, event: MutableMapping[str, Any]) -> Any:  # noqa: ANN401
        event["service"] = service
        return event

    return name


def _redacted(_logger: object, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    return redact(event)


def _line(_logger: object, _method: str, event: MutableMapping[str, Any]) -> bytes:
    return json.dumps(event, default=str, ensure_ascii=False).encode(errors="replace")
