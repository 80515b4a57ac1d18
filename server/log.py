"""Logs: one JSON object a line on standard error, from our code and from the libraries alike.

A log that cannot be written stops nobody: what is lost is counted, and told once it can be.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any, BinaryIO

import structlog

from server.redaction import redact

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "taskName"}


def configure(service: str, stream: BinaryIO | None = None) -> None:
    """Send everything that is logged in this process to `stream`, as `service`."""
    sink = Sink(stream or sys.stderr.buffer, service)
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
        logger_factory=lambda *_: sink,
        cache_logger_on_first_use=False,
    )
    handler = _LibraryHandler(sink, shared)
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    logging.getLogger("aiohttp.access").setLevel(logging.CRITICAL)  # the frame writes its own
    logging.getLogger("alembic").setLevel(logging.WARNING)


class Sink:
    """Takes lines, whether or not the disk or the reader at the end of the pipe does."""

    def __init__(self, target: BinaryIO, service: str) -> None:
        self._service = service
        self._target = target
        self._lost = 0
        self._lock = threading.Lock()

    def take(self, line: bytes) -> None:
        with self._lock:
            try:
                self._tell_of_the_lost()
                self._write(line)
            except OSError:
                self._lost += 1

    debug = info = warning = error = critical = take  # structlog calls by level

    def _tell_of_the_lost(self) -> None:
        if self._lost:
            event = {
                "event": "log lines lost",
                "count": self._lost,
                "level": "error",
                "service": self._service,
                "timestamp": datetime.now(UTC).isoformat(),
            }
            self._write(_line(None, "", event))
            self._lost = 0

    def _write(self, line: bytes) -> None:
        self._target.write(line + b"\n")
        self._target.flush()


class _LibraryHandler(logging.Handler):
    """Gives the records of libraries the shape of ours."""

    def __init__(self, sink: Sink, processors: list[structlog.types.Processor]) -> None:
        super().__init__()
        self._sink = sink
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
        self._sink.take(_line(None, "", event))


def _of(service: str) -> structlog.types.Processor:
    def name(_logger: object, _method: str, event: MutableMapping[str, Any]) -> Any:  # noqa: ANN401
        event["service"] = service
        return event

    return name


def _redacted(_logger: object, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    return redact(event)


def _line(_logger: object, _method: str, event: MutableMapping[str, Any]) -> bytes:
    return json.dumps(event, default=str, ensure_ascii=False).encode(errors="replace")
