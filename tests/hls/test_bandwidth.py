"""Peak and average, from segments whose rates one can see."""

from fractions import Fraction

import pytest

from hls.bandwidth import Weight, average_bandwidth, peak_bandwidth


def second(kilobits: int, seconds: int = 1) -> Weight:
    return Weight(kilobits * 125, Fraction(seconds))


def test_the_average_is_all_bits_over_all_time() -> None:
    assert average_bandwidth([second(600, 6), second(100, 1)]) == 100_000


def test_the_peak_is_that_of_the_densest_run_near_the_target() -> None:
    segments = [second(600, 6), second(900, 6), second(600, 6)]

    assert peak_bandwidth(segments, 6) == 150_000


def test_a_dense_tail_counts_only_with_what_leads_to_it() -> None:
    segments = [second(600, 6), second(400, 2)]

    assert peak_bandwidth(segments, 6) == 125_000  # 1000 kbit in 8 s, not 400 in 2


def test_short_segments_are_measured_in_runs() -> None:
    calm, loud = second(100), second(300)

    # Three seconds are the shortest run of a target of 6: the loud pair with one calm neighbour.
    assert peak_bandwidth([calm, calm, loud, loud, calm, calm], 6) == 233_334


def test_a_programme_shorter_than_half_the_target_is_measured_as_a_whole() -> None:
    assert peak_bandwidth([second(250, 2)], 6) == 125_000


def test_part_of_a_bit_counts_as_one() -> None:
    assert average_bandwidth([Weight(1, Fraction(3))]) == 3


def test_nothing_has_no_bandwidth() -> None:
    with pytest.raises(ValueError, match="no segments"):
        average_bandwidth([])
