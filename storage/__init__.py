"""Objects under keys: the protocol, the local store, object keys and signed paths."""

from storage.keys import KeyRefused
from storage.local import LocalStorage
from storage.path_tokens import PathTokens
from storage.protocol import NoSpace, ObjectNotFound, Storage, Stored

__all__ = [
    "KeyRefused",
    "LocalStorage",
    "NoSpace",
    "ObjectNotFound",
    "PathTokens",
    "Storage",
    "Stored",
]
