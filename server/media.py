"""The store of media that HOULE_STORAGE_URL names."""

import os
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

from aiohttp import web

from storage import LocalStorage, Storage

STORAGE: web.AppKey[Storage] = web.AppKey("storage")


def open_storage(url: str) -> Storage:
    """Return the store at `url`; its folder is made when the first object comes."""
    return LocalStorage(media_folder(url))


def media_folder(url: str) -> Path:
    """Return the folder of a `file://` address; names of folders are bytes, not text."""
    return Path(os.fsdecode(unquote_to_bytes(urlsplit(url).path)))
