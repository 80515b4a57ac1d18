"""What may be uploaded: limits, file names, and the words for what may not."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import unquote

from pydantic import BaseModel, BeforeValidator, ConfigDict

from server.errors import (
    BadRequest,
    Conflict,
    Invalid,
    LimitReached,
    TooLarge,
    UnsupportedMedia,
)
from server.tracks import Text, Visibility

AT_ONCE = 4  # uploads of one user
FORM_BYTES = 1024**2  # what a form may have around its file
NAME_LIMIT = 255  # characters of a file name
UNNAMED = "untitled"


class NotAForm(UnsupportedMedia):
    """The body is not multipart/form-data."""


class BrokenForm(BadRequest):
    """The body says it is a form, and is not, or ends before its end."""


class NoFile(Invalid):
    """A form without a part named `file`."""


class EmptyUpload(Invalid):
    """A file without a byte."""


class FileRefused(UnsupportedMedia):
    """The first bytes say that this is no sound."""


class FileTooLarge(TooLarge):
    """More bytes than one file may have."""


class QuotaReached(TooLarge):
    """The user's originals would take more than their quota."""


class TooManyUploads(LimitReached):
    """One user sends too many files at once."""


class UploadGivenUp(Conflict):
    """The upload stood still for so long that its place was cleared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one user may send; None is no limit."""

    file_bytes: int | None
    quota_bytes: int | None
    at_once: int | None


UNLIMITED = Limits(file_bytes=None, quota_bytes=None, at_once=None)  # the operator's own shell


def _empty_is_none(value: object) -> object:
    """A form in a page sends its empty fields, too."""
    return None if isinstance(value, str) and not value.strip() else value


Optional = Annotated[Text | None, BeforeValidator(_empty_is_none)]


class UploadFields(BaseModel):
    """The fields beside the file; what is not given is read from its tags."""

    model_config = ConfigDict(extra="forbid")

    title: Optional = None
    artist: Optional = None
    album: Optional = None
    visibility: Visibility = Visibility.PUBLIC


def cleaned_name(name: str | None) -> str:
    """Return a file name as it may be shown: no folders, no control characters, not too long."""
    text = _unescaped((name or "").encode("utf-8", "replace").decode())
    last = text.replace("\\", "/").rpartition("/")[2]
    shown = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip()
    if len(shown) > NAME_LIMIT:
        stem, dot, suffix = shown.rpartition(".")
        ending = dot + suffix[:20]
        shown = (stem or suffix)[: NAME_LIMIT - len(ending)] + ending
    return shown or UNNAMED


def _unescaped(name: str) -> str:
    """Browsers escape quotes in file names by %, other clients all but plain ASCII."""
    try:
        return unquote(name, errors="strict")
    except UnicodeDecodeError:
        return name
