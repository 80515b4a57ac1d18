"""What `houle worker` is told: `HOULE_WORKER_*` from the environment and `.env`, or options."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import BaseModel, ByteSize, ConfigDict, Field, ValidationError, field_validator

from server.settings import GIB, SettingsError, explained, named

PREFIX = "worker_"
POOLS = ("cpu",)  # that this version has work for


class WorkerSettings(BaseModel):
    """A worker's own configuration; nothing of the server's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    server: str  # its base URL
    token: Annotated[str, Field(min_length=1, repr=False)]
    pools: tuple[str, ...] = POOLS
    scratch: Path = Path("worker")
    room: ByteSize = ByteSize(3 * GIB)  # that must be free in the scratch folder to begin a job

    @field_validator("server")
    @classmethod
    def _address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("must be an address such as https://houle.example.org")
        return value.rstrip("/")

    @field_validator("token")
    @classmethod
    def _plain(cls, value: str) -> str:
        if not value.strip().isascii():
            raise ValueError("is no worker token")
        return value.strip()

    @field_validator("pools", mode="before")
    @classmethod
    def _known(cls, value: object) -> object:
        listed = [part.strip() for part in value.split(",")] if isinstance(value, str) else value
        if isinstance(listed, (list, tuple)) and set(listed) - set(POOLS):
            raise ValueError(f"this version has work for {', '.join(POOLS)}")
        return listed

    @field_validator("scratch")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()


def load_worker(
    environ: Mapping[str, str] = os.environ,
    env_file: str | Path | None = ".env",
    **overrides: Any,  # noqa: ANN401 -- each is validated by its field
) -> WorkerSettings:
    """Read what a worker is told; SettingsError names what is wrong."""
    from_file = dotenv_values(env_file) if env_file is not None else {}
    told = named(from_file) | named(environ)
    values = {
        name.removeprefix(PREFIX): value for name, value in told.items() if name.startswith(PREFIX)
    }
    values |= {name: value for name, value in overrides.items() if value}
    for needed, how in (("server", "--server"), ("token", "--token-file")):
        if needed not in values:
            raise SettingsError(f"HOULE_WORKER_{needed.upper()} is missing; or give {how}.")
    try:
        return WorkerSettings(**values)
    except ValidationError as error:
        raise SettingsError(explained(error, prefix="HOULE_WORKER_")) from None
