"""JSON as we write it: compact, UTF-8 bytes."""

import json


def dumps(value: object) -> bytes:
    """Return `value` as compact JSON; what JSON cannot hold (NaN, sets) raises."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
