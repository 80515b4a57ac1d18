"""The grid: whole frames, nothing lost, every rung in step."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hls.timeline import Grid, aac_rate, flac_block, resampled, segment_samples, segment_seconds

RATES = (
    8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000, 176400,
    192000,
)  # fmt: skip
# A busy machine is slow, which is no fault of the grid.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
rates = st.sampled_from(RATES)
odd_rates = st.integers(4000, 200_000)


def lengths(rate: int) -> st.SearchStrategy[int]:
    """Lengths up to two minutes, and those around the joints of the grid."""
    segment = segment_samples(rate)
    joints = st.builds(
        lambda n, tail, off: max(1, n * segment + tail + off),
        st.integers(0, 12),
        st.sampled_from([0, rate]),
        st.integers(-3, 3),
    )
    return st.one_of(st.integers(1, 120 * rate), joints)


grids = rates.flatmap(
    lambda rate: st.builds(
        lambda samples, make: make(rate, samples),
        lengths(rate),
        st.sampled_from([Grid.aac, Grid.flac]),
    )
)


@pytest.mark.parametrize(
    ("rate", "seconds", "aac_frames", "flac_blocks"),
    [
        (44100, "267264/44100", 261, 58),
        (22050, "267264/44100", 261, 29),
        (88200, "267264/44100", 261, 116),
        (48000, "144/25", 270, 60),
        (96000, "144/25", 270, 120),
        (8000, "144/25", 270, 10),
        (32000, "144/25", 270, 40),
    ],
)
def test_a_segment_is_the_same_whole_frames_for_every_codec(
    rate: int, seconds: str, aac_frames: int, flac_blocks: int
) -> None:
    assert segment_seconds(rate) == Fraction(seconds)
    assert segment_samples(aac_rate(rate)) == aac_frames * 1024
    assert segment_samples(rate) == flac_blocks * flac_block(rate) == flac_blocks * 4608


def test_a_rate_that_blocks_of_4608_do_not_fill_takes_smaller_ones() -> None:
    assert flac_block(11025) == 2304
    assert segment_samples(11025) == 29 * 2304
    assert flac_block(37800) == 1152
    assert segment_samples(37800) == 189 * 1152


@pytest.mark.parametrize(
    ("milliseconds", "durations"),
    [
        (100, [100]),
        (6000, [6000]),  # shorter than a segment
        (6500, [6500]),  # a tail of 440 ms joins the only segment
        (7060, [7060]),  # and one of 999.6 ms
        (7061, [6060, 1001]),  # more than a second stands alone
        (12300, [6060, 6240]),
        (19100, [6060, 6060, 6979]),
        (20000, [6060, 6060, 6060, 1819]),
    ],
)
def test_a_tail_of_a_second_or_less_joins_the_segment_before(
    milliseconds: int, durations: list[int]
) -> None:
    grid = Grid.flac(44100, 44100 * milliseconds // 1000)

    assert [round(grid.media_duration(n) * 1000) for n in range(grid.count)] == durations


def test_the_first_aac_segment_holds_the_priming_within_its_frames() -> None:
    grid = Grid.aac(44100, 19 * 44100)  # 837900 samples: three segments and 0.8 s

    assert [grid.bounds(n) for n in range(grid.count)] == [(0, 261), (261, 522), (522, None)]
    assert [grid.decode_time(n) for n in range(grid.count)] == [0, 267264, 534528]
    assert grid.packet_total == 820  # 838924 ticks with the priming; 819 frames hold 838656
    assert grid.packet_duration(819) == 838924 - 838656


@patient
@given(grids)
def test_the_segments_part_the_packets_without_gap_or_overlap(grid: Grid) -> None:
    bounds = [grid.bounds(n) for n in range(grid.count)]

    assert bounds[0][0] == 0
    assert bounds[-1][1] is None
    assert all(last == first for (_, last), (first, _) in pairwise(bounds))
    assert all(first < grid.packet_total for first, _ in bounds)


@patient
@given(grids)
def test_the_durations_add_up_to_priming_and_programme(grid: Grid) -> None:
    total = sum(grid.media_duration(n) for n in range(grid.count))
    packets = sum(grid.packet_duration(packet) for packet in range(grid.packet_total))

    assert total == Fraction(grid.priming + grid.samples, grid.rate)
    assert packets == grid.priming + grid.samples


@patient
@given(grids)
def test_a_segment_lasts_as_long_as_its_packets(grid: Grid) -> None:
    for n in range(grid.count):
        first, last = grid.bounds(n)
        packets = range(first, grid.packet_total if last is None else last)
        assert sum(map(grid.packet_duration, packets)) == grid.media_ticks(n)
        assert grid.decode_time(n) == sum(map(grid.packet_duration, range(first)))


@patient
@given(grids)
def test_the_last_segment_lasts_a_second_or_is_the_only_one(grid: Grid) -> None:
    assert grid.count == 1 or grid.media_duration(grid.count - 1) > 1


@patient
@given(grids)
def test_no_segment_rounds_to_more_than_the_target(grid: Grid) -> None:
    longest = max(grid.media_duration(n) for n in range(grid.count))

    assert longest < grid.target_duration + Fraction(1, 2)
    assert grid.target_duration in {6, 7}


@patient
@given(rates.flatmap(lambda rate: st.tuples(st.just(rate), lengths(rate))))
def test_all_rungs_of_a_track_are_in_step(track: tuple[int, int]) -> None:
    rate, samples = track
    aac, flac = Grid.aac(rate, samples), Grid.flac(rate, samples)

    assert aac.count == flac.count
    assert aac.target_duration == flac.target_duration
    for n in range(aac.count):
        presented = Fraction(aac.decode_time(n) - aac.priming, aac.rate)
        assert abs(presented - Fraction(flac.decode_time(n), flac.rate)) <= Fraction(1024, aac.rate)


@patient
@given(odd_rates, st.integers(1, 100))
def test_at_odd_rates_a_boundary_is_the_nearest_block(rate: int, n: int) -> None:
    grid = Grid.flac(rate, (n + 2) * segment_samples(rate))

    off = Fraction(grid.decode_time(n), rate) - n * segment_seconds(rate)
    assert abs(off) <= Fraction(grid.frame_samples + n, 2 * rate)


@patient
@given(grids, st.integers(1, 500_000))
def test_what_is_still_to_come_changes_only_the_last_segment(grid: Grid, more: int) -> None:
    later = Grid(
        grid.rate, grid.samples + more, grid.segment_samples, grid.frame_samples, grid.priming
    )

    assert later.count >= grid.count
    for n in range(grid.count - 1):
        assert later.bounds(n) == grid.bounds(n)
        assert later.media_duration(n) == grid.media_duration(n)


@patient
@given(rates, st.integers(1, 10**8))
def test_no_sample_of_the_source_is_lost_at_another_rate(rate: int, samples: int) -> None:
    encoded = resampled(samples, rate, aac_rate(rate))

    assert (
        0
        <= Fraction(encoded, aac_rate(rate)) - Fraction(samples, rate)
        < Fraction(1, aac_rate(rate))
    )


def test_what_lies_outside_the_grid_is_refused() -> None:
    grid = Grid.aac(48000, 48000)

    with pytest.raises(IndexError, match="1 segments"):
        grid.bounds(1)
    with pytest.raises(IndexError):
        grid.media_duration(-1)
    with pytest.raises(IndexError, match="48 packets"):
        grid.packet_duration(48)
    with pytest.raises(ValueError, match="at least one sample"):
        Grid.flac(48000, 0)
    with pytest.raises(ValueError, match="priming"):
        Grid(48000, 1, 48000, 1024, -1)
