"""JSON as we write it: compact, UTF-8 bytes; what cannot be said in UTF-8 becomes `?`."""

import json


def dumps(value: object) -> bytes:
    """Return `value` as compact JSON; what JSON cannot hold (NaN, sets) raises."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode(errors="replace")
