"""Every crash happens on both engines, to one server each; only its jobs are new for each test."""

from collections.abc import Iterator

import pytest

from tests.crash.workshop import Workshop, workshop
from tests.postgresql import postgresql_server


@pytest.fixture(scope="session")
def lasting(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Workshop]:
    folder = tmp_path_factory.mktemp("crash")
    if request.param == "sqlite":
        with workshop(folder / "shop", f"sqlite:///{folder}/houle.db") as made:
            yield made
        return
    with postgresql_server() as server:
        server.run("CREATE DATABASE houle")
        with workshop(folder / "shop", server.url("houle")) as made:
            yield made


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "lasting" in metafunc.fixturenames:
        metafunc.parametrize("lasting", ["sqlite", "postgresql"], indirect=True, scope="session")


@pytest.fixture
def shop(lasting: Workshop) -> Iterator[Workshop]:
    lasting.clear()
    yield lasting
    lasting.dismiss()
