"""The store of media that HOULE_STORAGE_URL names."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from aiohttp import web

from storage import LocalStorage, Storage

STORAGE: web.AppKey[Storage] = web.AppKey("storage")


def open_storage(url: str) -> Storage:
    """Return the store at `url`; its folder is made when the first object comes."""
    return LocalStorage(Path(unquote(urlsplit(url).path)))
