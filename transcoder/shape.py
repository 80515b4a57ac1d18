"""Holds a message from the sandboxed child to the annotations of the dataclass it should become.

The child has read hostile bytes; what it says is checked like any other input.
"""

from dataclasses import fields, is_dataclass
from math import isfinite
from types import UnionType
from typing import Any, Literal, get_args, get_origin


def fits(value: object, hint: object) -> bool:
    """Say whether a value out of JSON is what the annotation promises."""
    kinds = get_args(hint)
    match get_origin(hint):
        case None:
            return _fits_plain(value, hint)
        case origin if origin is UnionType:
            return any(fits(value, kind) for kind in kinds)
        case origin if origin is Literal:
            return value in kinds
        case origin if origin is list:
            return isinstance(value, list) and all(fits(each, kinds[0]) for each in value)
        case origin if origin is dict:
            return isinstance(value, dict) and all(
                fits(key, kinds[0]) and fits(each, kinds[1]) for key, each in value.items()
            )
    return False


def wrong(message: dict[str, Any], kind: type[Any]) -> set[str]:
    """Name the fields that keep a message from becoming a `kind`."""
    hints = {field.name: field.type for field in fields(kind)}
    fitting = {name for name, value in message.items() if fits(value, hints.get(name))}
    return (message.keys() | hints.keys()) - fitting


def _fits_plain(value: object, hint: object) -> bool:
    if isinstance(hint, type) and is_dataclass(hint):
        return isinstance(value, dict) and not wrong(value, hint)
    if hint is float:
        return isinstance(value, int | float) and type(value) is not bool and isfinite(value)
    return type(value) is hint  # exactly: True is no number
