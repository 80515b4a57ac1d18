"""What stood still is told apart from what was busy."""

import os
import time

import pytest

from benchmarks.standstill import Standstills, watched


def test_a_moment_counts_where_it_overlaps_a_standstill_or_what_piled_up_in_it() -> None:
    still = Standstills([(1.0, 1.05)])

    assert still.touch(0.9, 1.01)
    assert still.touch(1.02, 1.03)
    assert still.touch(1.053, 1.2)
    assert not still.touch(0.9, 1.0)
    assert not still.touch(1.06, 1.2)


@pytest.mark.skipif(os.geteuid() != 0, reason="real time is root's")
def test_a_busy_processor_is_no_standstill() -> None:
    """The watchers go before everything else on the machine."""
    with watched() as still:
        began = time.perf_counter()
        while time.perf_counter() - began < 0.5:
            pass
        ended = time.perf_counter()

    assert all(late - early >= 0.005 for early, late in still.stretches)
    assert still.seconds < ended - began
