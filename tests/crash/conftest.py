"""Every crash happens on both engines, to one server each; only its jobs are new for each test."""

from collections.abc import Iterator

import pytest

from tests.crash.workshop import Workshop, engine, workshop


@pytest.fixture(scope="session")
def lasting(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Workshop]:
    folder = tmp_path_factory.mktemp("crash")
    with engine(request.param, folder) as url, workshop(folder / "shop", url) as made:
        yield made


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "lasting" in metafunc.fixturenames:
        metafunc.parametrize("lasting", ["sqlite", "postgresql"], indirect=True, scope="session")


@pytest.fixture
def shop(lasting: Workshop) -> Iterator[Workshop]:
    lasting.clear()
    yield lasting
    lasting.dismiss()
