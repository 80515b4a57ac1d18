"""Media objects under keys, kept on the local disk, and the tokens that open them to players."""

from storage.local import LocalStorage
from storage.path_tokens import PathTokens
from storage.protocol import (
    KeyRefused,
    NoSpace,
    ObjectNotFound,
    ObjectTooLarge,
    PartMoved,
    Parts,
    Storage,
    Stored,
)

__all__ = [
    "KeyRefused",
    "LocalStorage",
    "NoSpace",
    "ObjectNotFound",
    "ObjectTooLarge",
    "PartMoved",
    "Parts",
    "PathTokens",
    "Storage",
    "Stored",
]
