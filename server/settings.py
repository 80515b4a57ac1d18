"""Every setting, read once: `HOULE_*` from the environment and `.env`; nobody else reads them."""

from __future__ import annotations

import difflib
import hashlib
import os
import platform
import tempfile
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Self, TypeAlias
from urllib.parse import quote, urlsplit

from aiohttp import web
from dotenv import dotenv_values
from pydantic import ByteSize, Field, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from server.secret_file import read_or_make
from server.start_error import StartError

PREFIX = "HOULE_"
GIB = 1024**3
SOCKET_PATH_LIMIT = 107  # bytes, unix(7)

_FOR_LATER = {
    *("s3_endpoint_url", "cdn_url", "smtp_url", "icecast_port"),
    *("webrtc_port", "webrtc_addresses"),
}
REDIS = ("redis://", "rediss://", "unix://")
DATABASES = ("sqlite:///", "postgresql+asyncpg://", "postgresql://")

Network: TypeAlias = IPv4Network | IPv6Network
Port: TypeAlias = Annotated[int, Field(ge=1, le=65_535)]


class SettingsError(StartError):
    """A setting stops the start; the message names it."""


class Settings(BaseSettings):
    """The whole configuration; frozen, validated, passed down."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", env_prefix=PREFIX)

    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65_535)  # 0: any free one
    data_dir: Path = Path("data")
    database_url: str = Field(repr=False)
    redis_url: str | None = Field(None, repr=False)
    storage_url: str = Field()
    s3_endpoint_url: str | None = None
    public_url: str | None = None
    cdn_url: str | None = None
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode] = ()
    secret_key: bytes = Field(min_length=32, repr=False)  # HMAC-SHA256 keys are this long
    tls_cert: Path | None = None
    tls_key: Path | None = None
    smtp_url: str | None = Field(None, repr=False)
    cache_bytes: ByteSize = ByteSize(256 * 1024**2)
    icecast_port: Port | None = None
    loudness_target: float = Field(-14.0, ge=-40, le=-5)  # LUFS
    true_peak: float = Field(-1.0, ge=-20, le=0)  # dBTP
    webrtc_port: Port = 8189
    webrtc_addresses: Annotated[tuple[str, ...], NoDecode] = ()
    admin_password: str | None = Field(None, min_length=8, repr=False)
    upload_limit: ByteSize = ByteSize(2 * GIB)  # one file
    user_quota: ByteSize = ByteSize(20 * GIB)  # all originals of one user
    disk_floor: ByteSize = ByteSize(2 * GIB)  # uploads are refused (507) when less would be left
    internal_host: str = "127.0.0.1"
    internal_port: Port | None = None  # `/internal` is served there, and nowhere else
    embedded_worker: bool = True  # without it, work waits for a `houle worker`
    lease_seconds: float = Field(15, ge=0.3, le=3600)  # of silence, and a worker is given up
    jobs_per_owner: int = Field(8, ge=1)  # that run at once in one pool
    # `houle worker` reads these (server.worker_settings); a server takes no notice
    worker_server: str | None = None
    worker_token: str | None = Field(None, repr=False)
    worker_pools: str | None = None
    worker_scratch: str | None = None
    worker_room: str | None = None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """`load` hands over the environment and `.env`, checked by name; nothing else is read."""
        return (init_settings,)

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("trusted_proxies", "webrtc_addresses", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _networks(cls, value: object) -> object:
        if isinstance(value, tuple):
            return tuple(ip_network(part, strict=False) for part in value)
        return value

    @field_validator("public_url", "cdn_url")
    @classmethod
    def _origin(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/") if value else value

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, value: str | None) -> str | None:
        """Refuse it here: redis-py's own words would show a part of the address."""
        if value is not None and not value.startswith(REDIS):
            raise ValueError(f"must begin with {' or '.join(REDIS)}")
        try:
            urlsplit(value or "").port  # noqa: B018 -- it is checked when it is read
        except ValueError:
            raise ValueError("is no address; characters such as / in a password are %2F") from None
        return value

    @model_validator(mode="after")
    def _tls_pair(self) -> Self:
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("HOULE_TLS_CERT and HOULE_TLS_KEY go together")
        return self

    @property
    def unused(self) -> list[str]:
        """Name the settings that were given and that this version does nothing with yet."""
        return sorted(PREFIX + name.upper() for name in _given(self) & _FOR_LATER)

    @property
    def run_dir(self) -> Path:
        """Sockets and locks of the running server."""
        return self.data_dir / "run"

    @property
    def work_dir(self) -> Path:
        """Scratch folders of jobs; swept at start."""
        return self.data_dir / "work"

    @property
    def worker_id(self) -> str:
        """The embedded worker's name, of this folder of this machine: others share the queue."""
        place = f"{platform.node()}\n{self.data_dir.absolute()}".encode()
        return f"embedded-{hashlib.sha256(place).hexdigest()[:12]}"

    @property
    def serve_socket(self) -> Path:
        """Where the embedded worker reaches the server."""
        return self._socket("serve.sock")

    @property
    def bus_socket(self) -> Path:
        """Where sibling HTTP children exchange events."""
        return self._socket("bus.sock")

    @property
    def worker_note(self) -> Path:
        """What the embedded worker tells of itself."""
        return self.run_dir / "worker.json"

    def _socket(self, name: str) -> Path:
        path = self.run_dir / name
        if len(os.fsencode(path)) <= SOCKET_PATH_LIMIT:
            return path
        digest = hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"houle-{os.getuid()}-{digest}-{name}"

    def environment(self) -> dict[str, str]:
        """Return these settings as variables for a child process."""
        return {PREFIX + name.upper(): _text(getattr(self, name)) for name in _given(self)}


SETTINGS = web.AppKey("settings", Settings)


def load(
    environ: Mapping[str, str] = os.environ,
    env_file: str | Path | None = ".env",
    **overrides: Any,  # noqa: ANN401 -- each is validated by its field
) -> Settings:
    """Read the settings; overrides win over the environment, and that over the file.

    A misspelt name or a value out of range raises SettingsError, which names it.
    """
    from_file = dotenv_values(env_file) if env_file is not None else {}
    values = named(from_file) | named(environ)
    values |= {name: value for name, value in overrides.items() if value is not None}
    data_dir = Path(values.setdefault("data_dir", "data")).expanduser().absolute()
    values.setdefault("database_url", f"sqlite:///{data_dir}/houle.db")
    values.setdefault("storage_url", f"file://{quote(os.fsencode(data_dir / 'media'))}")
    _refuse_what_comes_later(values)
    if "secret_key" not in values:
        values["secret_key"] = _own_secret(data_dir)
    try:
        return Settings(**values)
    except ValidationError as error:
        raise SettingsError(explained(error)) from None


def named(variables: Mapping[str, str | None]) -> dict[str, Any]:
    """Return the HOULE_ variables by field name; an empty one counts as not given."""
    values: dict[str, Any] = {}
    for variable, value in variables.items():
        if not variable.startswith(PREFIX):
            continue
        name = variable.removeprefix(PREFIX).lower()
        if name not in Settings.model_fields:
            raise SettingsError(f"{variable} is not a setting.{_nearest(name)}")
        if value:
            values[name] = value
    return values


def _nearest(name: str) -> str:
    near = difflib.get_close_matches(name, Settings.model_fields, n=1, cutoff=0.5)
    return f" Did you mean {PREFIX}{near[0].upper()}?" if near else ""


def _refuse_what_comes_later(values: Mapping[str, Any]) -> None:
    """Stop rather than keep data in another place than the operator asked for."""
    if not values["database_url"].startswith(DATABASES):
        begins = " or ".join(DATABASES)
        raise SettingsError(f"HOULE_DATABASE_URL must begin with {begins}.")
    if not values["storage_url"].startswith("file://"):
        raise SettingsError("HOULE_STORAGE_URL must begin with file:// in this version.")


def _own_secret(data_dir: Path) -> bytes:
    try:
        return read_or_make(data_dir / "secret.key")
    except OSError as error:
        raise SettingsError(
            f"The data folder {data_dir} cannot be written ({error.strerror}). "
            "Choose another with --data or HOULE_DATA_DIR, or change its owner."
        ) from None


def explained(error: ValidationError, prefix: str = PREFIX) -> str:
    """Name each setting that is wrong, and say why."""
    lines = []
    for fault in error.errors(include_url=False, include_input=False):
        name = f"{prefix}{str(fault['loc'][0]).upper()}: " if fault["loc"] else ""
        lines.append(name + fault["msg"].removeprefix("Value error, "))
    return "; ".join(lines)


def _given(settings: Settings) -> set[str]:
    return {name for name in settings.model_fields_set if getattr(settings, name) is not None}


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, tuple):
        return ",".join(str(part) for part in value)
    return str(value)
