"""The two engines that stores run on: a database is made once, and every test has a copy of it."""

import itertools
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.postgresql import PostgresqlServer


class Engine(ABC):
    """Where databases are; a folder names one on SQLite, and is not needed on PostgreSQL."""

    name: str

    @abstractmethod
    def empty(self, folder: Path) -> str:
        """Return the address of a database without a table."""

    @abstractmethod
    @contextmanager
    def copy(self, url: str, folder: Path) -> Iterator[str]:
        """Copy a database that nobody uses at the moment; the copy goes with the block."""


class Sqlite(Engine):
    name = "sqlite"

    def empty(self, folder: Path) -> str:
        folder.mkdir(parents=True, exist_ok=True)
        return f"sqlite:///{folder}/houle.db"

    @contextmanager
    def copy(self, url: str, folder: Path) -> Iterator[str]:
        made = self.empty(folder)
        shutil.copy(url.removeprefix("sqlite:///"), made.removeprefix("sqlite:///"))
        yield made


class Postgresql(Engine):
    name = "postgresql"

    def __init__(self, server: PostgresqlServer) -> None:
        self._server = server
        self._numbers = itertools.count()

    def empty(self, folder: Path) -> str:  # noqa: ARG002 -- nothing of it lies in a folder
        name = f"test_{next(self._numbers)}"
        self._server.run(f"CREATE DATABASE {name}")
        return self._server.url(name)

    @contextmanager
    def copy(self, url: str, folder: Path) -> Iterator[str]:  # noqa: ARG002
        name, template = f"test_{next(self._numbers)}", url.rsplit("/", 1)[1]
        self._server.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield self._server.url(name)
        self._server.run(f"DROP DATABASE {name} WITH (FORCE)")
