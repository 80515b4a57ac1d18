"""What `houle doctor` looks at, each with a verdict and advice."""

from __future__ import annotations

import asyncio
import platform
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from server import data_folder
from server.database import database_file, version
from server.disk_floor import disk_floor, existing
from server.errors import DomainError
from server.http.page import PAGE_FOLDER
from server.listening import PortInUse, bind
from server.media import media_folder
from server.settings import Settings
from server.start_error import StartError

GIB = 1024**3


@dataclass(frozen=True, slots=True)
class Finding:
    state: Literal["ok", "warn", "fail"]
    subject: str
    words: str
    advice: str = ""


def machine() -> Iterator[Finding]:
    """Look at what does not depend on settings."""
    yield _python()
    yield _media()
    yield _http_parser()
    yield asyncio.run(_sandbox())


def installation(settings: Settings) -> Iterator[Finding]:
    """Look at what the settings name."""
    yield _settings(settings)
    yield from _data(settings)
    yield _database(settings)
    yield _port(settings)
    yield _page()


def _python() -> Finding:
    # an older Python does not come this far: the package refuses to install on it
    return Finding("ok", "Python", f"{platform.python_version()}, SQLite {sqlite3.sqlite_version}")


def _media() -> Finding:
    try:
        import av
    except ImportError as error:
        return Finding("fail", "media", f"PyAV cannot be loaded: {error}", "Run `make setup`.")
    return Finding("ok", "media", f"PyAV {av.__version__}, FFmpeg {av.ffmpeg_version_info}")


def _http_parser() -> Finding:
    from aiohttp import http_parser

    if http_parser.HttpRequestParser.__module__.endswith("_http_parser"):
        return Finding("ok", "HTTP", "aiohttp's compiled parser")
    return Finding(
        "warn",
        "HTTP",
        "aiohttp's parser in pure Python",
        "Unset AIOHTTP_NO_EXTENSIONS; it is slow.",
    )


async def _sandbox() -> Finding:
    from transcoder.zygote import ChildCrashed, Zygote

    try:
        zygote = await Zygote.start()
    except (OSError, ChildCrashed) as error:
        return Finding("fail", "sandbox", f"the zygote does not start: {error}")
    sandbox = zygote.sandbox
    await zygote.close()
    if sandbox.full:
        return Finding("ok", "sandbox", "full: no network, one file to read, one folder to write")
    advice = "Needs Linux 5.13 or newer with Landlock and user namespaces, or root."
    return Finding("warn", "sandbox", str(sandbox), advice)


def _settings(settings: Settings) -> Finding:
    if settings.unused:
        names = ", ".join(settings.unused)
        return Finding("warn", "settings", f"without effect in this version: {names}")
    return Finding("ok", "settings", "all names and values are valid")


def _data(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir
    try:
        data_folder.probe_writable(folder)
    except OSError as error:
        advice = "Choose another with --data, or change its owner."
        yield Finding("fail", "data", f"{folder} cannot be written: {error.strerror}", advice)
        return
    secret = folder / "secret.key"
    if secret.exists() and stat.S_IMODE(secret.stat().st_mode) & 0o077:
        yield Finding("warn", "data", f"others can read {secret}", f"Run: chmod 600 {secret}")
    media = media_folder(settings.storage_url)
    usage = shutil.disk_usage(existing(media))
    words = f"{media}, {usage.free / GIB:.1f} GiB free"
    if usage.free < (floor := disk_floor(settings)):
        advice = f"Uploads are refused below {floor / GIB:.1f} GiB (HOULE_DISK_FLOOR)."
        yield Finding("fail", "data", words, advice)
    elif usage.free < usage.total * 0.2:
        yield Finding("warn", "data", words, "The disk is more than 80 % full.")
    else:
        yield Finding("ok", "data", words)


def _database(settings: Settings) -> Finding:
    url = settings.database_url
    return _server(url) if url.startswith("postgresql") else _file(url)


def _server(url: str) -> Finding:
    try:
        return Finding("ok", "database", asyncio.run(version(url)))
    except (DomainError, StartError) as error:
        return Finding("fail", "database", str(error), "Check HOULE_DATABASE_URL and the server.")


def _file(url: str) -> Finding:
    path = database_file(url)
    try:
        connection = sqlite3.connect(f"file:{quote(bytes(path))}?mode=ro", uri=True)
        (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        connection.close()
    except sqlite3.OperationalError as error:
        if "unable to open" in str(error):
            return Finding("ok", "database", f"{path} is made at the first start")
        return Finding("fail", "database", f"{path}: {error}")
    except sqlite3.DatabaseError as error:
        return Finding("fail", "database", f"{path}: {error}", "Restore it from a backup.")
    if verdict != "ok":
        return Finding("fail", "database", f"{path}: {verdict}", "Restore it from a backup.")
    return Finding("ok", "database", str(path))


def _port(settings: Settings) -> Finding:
    try:
        bind(settings.host, settings.port).close()
    except PortInUse:
        words = f"{settings.host}:{settings.port} is in use"
        return Finding("warn", "port", words, "Perhaps by Houle itself; else take another --port.")
    except StartError as refusal:
        return Finding("fail", "port", str(refusal))
    return Finding("ok", "port", f"{settings.host}:{settings.port} is free")


def _page() -> Finding:
    if (PAGE_FOLDER / "index.html").is_file():
        return Finding("ok", "page", "built")
    return Finding("warn", "page", "not built: only the API answers", "Run `make setup`.")
