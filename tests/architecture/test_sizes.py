"""A module is read in one sitting, a function on one screen."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("cli", "hls", "jobs", "server", "storage", "transcoder", "waveform", "benchmarks", "tests")
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
NAMES_THAT_SAY_NOTHING = {"utils", "helpers", "helper", "manager", "handler", "service", "base"}


def functions(module: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_a_module_has_at_most_400_lines_and_its_functions_50(module: Path) -> None:
    long = [
        f"{function.name} has {function.end_lineno - function.lineno + 1} lines"
        for function in functions(module)
        if function.end_lineno is not None and function.end_lineno - function.lineno >= 50
    ]

    assert len(module.read_text().splitlines()) <= 400
    assert not long


def test_module_names_say_what_a_module_knows() -> None:
    assert not [named(module) for module in MODULES if module.stem in NAMES_THAT_SAY_NOTHING]


def test_every_package_and_module_opens_with_a_sentence() -> None:
    silent = [
        named(module)
        for module in MODULES
        if "tests" not in module.parts
        and "versions" not in module.parts
        and not ast.get_docstring(ast.parse(module.read_text()))
    ]

    assert not silent
