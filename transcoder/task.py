"""The tasks of the zygote: what a sandboxed child is asked for by name, JSON in and JSON out."""

from collections.abc import Callable
from typing import Any

from transcoder import pipeline
from transcoder.reports import to_json
from transcoder.spec import IngestSpec


def ingest(spec: dict[str, Any], tell: Callable[[dict[str, Any]], None]) -> None:
    pipeline.ingest(IngestSpec.from_json(spec), lambda report: tell(to_json(report)))
