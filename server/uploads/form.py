"""An upload form read as a stream: fields and one file, in any order."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

from aiohttp import BodyPartReader, MultipartReader, web
from aiohttp.http_exceptions import HttpProcessingError
from pydantic import ValidationError

from server.errors import Fault, Invalid
from server.uploads.intake import Upload
from server.uploads.model import BrokenForm, NoFile, NotAForm, UploadFields, cleaned_name

FILE = "file"
CHUNK = 256 * 1024  # the most of one read; the socket's buffer holds 64 KiB
FIELD_BYTES = 4096
FIELDS_MOST = 16

T = TypeVar("T")


async def read_form(request: web.Request, upload: Upload) -> UploadFields:
    """Stream the file into the upload, and return the fields."""
    texts: dict[str, str] = {}
    received = False
    async for part in _parts(request):
        name = part.name or ""
        if name == FILE:
            if received:
                raise Invalid("Send one file at a time.", [Fault("#/file", "a second file")])
            received = True
            await upload.receive(cleaned_name(part.filename), _chunks(part))
        else:
            _require_new(name, texts)
            texts[name] = await _text(part)
    if not received:
        raise NoFile("The form has no file.", [Fault("#/file", "send the file in this field")])
    return _fields(texts)


def require_form(request: web.Request) -> None:
    """Refuse what is no plain form before a byte of it is read."""
    if request.content_type != "multipart/form-data":
        raise NotAForm("Send the file as multipart/form-data, in a field named `file`.")
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise NotAForm("The body must not be compressed.")


async def _parts(request: web.Request) -> AsyncIterator[BodyPartReader]:
    reader = await _read(_begun, request)
    while (part := await _read(reader.next)) is not None:
        if not isinstance(part, BodyPartReader):
            raise BrokenForm("A form within the form.")
        yield part


async def _begun(request: web.Request) -> MultipartReader:
    return await request.multipart()


async def _chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await _read(part.read_chunk, CHUNK):
        yield chunk


async def _text(part: BodyPartReader) -> str:
    content = b""
    async for chunk in _chunks(part):
        content += chunk
        if len(content) > FIELD_BYTES:
            raise Invalid(f"`{part.name}` is too long.", [Fault(f"#/{part.name}", "too long")])
    try:
        return content.decode()
    except UnicodeDecodeError:
        fault = Fault(f"#/{part.name}", "not UTF-8")
        raise Invalid(f"`{part.name}` is not UTF-8.", [fault]) from None


async def _read(step: Callable[..., Awaitable[T]], *arguments: object) -> T:
    """Take one step through the form; what aiohttp says of a broken one varies."""
    try:
        return await step(*arguments)
    except (ValueError, AssertionError, RuntimeError, HttpProcessingError) as error:
        raise BrokenForm("The form is broken, or ends too early.") from error


def _require_new(name: str, texts: dict[str, str]) -> None:
    if name not in UploadFields.model_fields:
        fault = Fault(f"#/{name}", "unknown field")
        raise Invalid(f"`{name}` is not a field of this form.", [fault])
    if name in texts:
        raise Invalid(f"`{name}` comes twice.", [Fault(f"#/{name}", "twice")])


def _fields(texts: dict[str, str]) -> UploadFields:
    try:
        return UploadFields.model_validate(texts)
    except ValidationError as error:
        faults = [
            Fault(f"#/{fault['loc'][0]}", fault["msg"])
            for fault in error.errors(include_url=False, include_input=False)
        ]
        first = faults[0]
        raise Invalid(f"`{first.pointer[2:]}`: {first.detail}", faults) from None
