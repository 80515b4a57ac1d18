"""The test signals of EBU Tech 3341 and 3342, and the page that tells what they read."""

from functools import cache

import pytest

from tests.waveform import conformance
from tests.waveform.conformance import OTHERS, PAGE
from tests.waveform.ebu_cases import AT_OTHER_RATES, CASES, Case

EVERY = (*CASES, *AT_OTHER_RATES)


@cache
def ours(case: Case) -> tuple[float, ...]:
    return tuple(conformance.ours(case))


@pytest.mark.parametrize("case", EVERY, ids=str)
def test_a_signal_reads_what_the_ebu_expects(case: Case) -> None:
    assert all(case.passed(ours(case)))


def test_the_page_tells_what_is_measured() -> None:
    told = PAGE.read_text()
    cells = [line[2:-2].split(" | ") for line in told.splitlines() if line.startswith("| 334")]
    versions = told.partition("Beside it ")[2].partition(", both read")[0]
    rows = {
        case: conformance.row(case, ours(case), old[OTHERS:])
        for case, old in zip(EVERY, cells, strict=True)
    }

    assert conformance.page(rows, versions) == told
    assert "**fail**" not in told
