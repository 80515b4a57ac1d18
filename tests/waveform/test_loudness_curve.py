"""A curve shows every maximum, stays short, and survives being written down."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.waveform import libebur128
from tests.waveform.sounds import RATE, SILENCE, Sound, measured, song, tones
from waveform.analysis import Analysis
from waveform.loudness_curve import POINTS, CurveBuilder, LoudnessCurve, NotACurve


def curve(sound: Sound, rate: int = RATE) -> LoudnessCurve:
    analysis = Analysis(rate, len(sound), curve=True)
    analysis.feed(sound)
    kept = analysis.finish().curve
    assert kept is not None
    return kept


def test_no_curve_is_kept_that_was_not_asked_for() -> None:
    assert measured(tones((-20, 1))).curve is None


def test_a_point_is_the_loudest_reading_of_its_tenth_of_a_second() -> None:
    sound = song(1, 12, RATE)
    theirs = libebur128.read(sound, RATE)
    tenths = theirs.momentary.reshape(-1, 10).max(axis=1)  # read every 10 ms
    kept = curve(sound)

    assert kept.step_ms == 100
    assert len(kept.momentary) == len(kept.short_term) == 120
    assert kept.momentary[:3] == (None, None, None)
    assert kept.momentary[4:] == pytest.approx(tenths[4:], abs=0.051)
    assert kept.short_term[:29] == (None,) * 29
    assert kept.short_term[29] == pytest.approx(theirs.short_term[0], abs=0.051)


def test_the_highest_points_are_the_maxima() -> None:
    for seconds in (15, 230):
        sound = np.tile(song(2, 23, 8_000), (1, seconds // 23 + 1))[:, : seconds * 8_000]
        analysis = Analysis(8_000, 2, curve=True)
        analysis.feed(sound)
        found = analysis.finish()
        assert found.curve is not None
        tops = [
            max(level for level in levels if level is not None)
            for levels in (found.curve.momentary, found.curve.short_term)
        ]

        assert tops[0] == pytest.approx(found.loudness.momentary_max_lufs, abs=0.051)
        assert tops[1] == pytest.approx(found.loudness.short_term_max_lufs, abs=0.051)


def test_silence_is_none_and_levels_are_tenths() -> None:
    kept = curve(tones((SILENCE, 2), (-23.04, 4), (SILENCE, 5)))

    assert set(kept.momentary[:20]) == {None}
    assert kept.momentary[30] == -23.0
    assert set(kept.momentary[65:]) == {None}
    assert kept.short_term[50] == -23.0
    assert set(kept.short_term[91:]) == {None}


@pytest.mark.parametrize(
    ("seconds", "step_ms", "points"),
    [
        (0, 100, 0),
        (1, 100, 10),
        (200, 100, 2_000),
        (201, 200, 1_005),
        (300, 200, 1_500),
        (14_400, 12_800, 1_125),
    ],
)
def test_a_curve_is_short_however_long_the_programme(
    seconds: int, step_ms: int, points: int
) -> None:
    builder = CurveBuilder()
    for second in range(seconds):
        powers = np.full(100, 1e-3 if second < seconds - 1 else 1e-2)
        builder.add(powers, powers / 2)
    kept = builder.curve()

    assert (kept.step_ms, len(kept.momentary), len(kept.short_term)) == (step_ms, points, points)
    assert len(kept.momentary) <= POINTS
    assert set(kept.momentary[:-10]) <= {-30.7}
    assert set(kept.momentary[-1:]) <= {-20.7}


def test_a_curve_may_be_looked_at_on_the_way() -> None:
    builder = CurveBuilder()
    builder.add(np.full(15, 1e-3), np.zeros(15))

    assert builder.curve() == LoudnessCurve(100, (-30.7, -30.7), (None, None))
    builder.add(np.full(5, 1e-2), np.zeros(5))
    assert builder.curve() == LoudnessCurve(100, (-30.7, -20.7), (None, None))


def test_a_curve_is_written_and_read_back(tmp_path: Path) -> None:
    kept = curve(tones((SILENCE, 0.5), (-20, 3.5)))
    written = json.dumps(kept.as_json(), allow_nan=False, separators=(",", ":"))

    assert written.startswith('{"step_ms":100,"momentary":[null,null,null,null,null,-')
    assert LoudnessCurve.from_json(json.loads(written)) == kept


@pytest.mark.parametrize(
    "told",
    [
        None,
        [],
        {},
        {"step_ms": 0, "momentary": [], "short_term": []},
        {"step_ms": 105, "momentary": [], "short_term": []},
        {"step_ms": True, "momentary": [], "short_term": []},
        {"step_ms": 100, "momentary": [], "short_term": [None]},
        {"step_ms": 100, "momentary": ["-20"], "short_term": [-20]},
        {"step_ms": 100, "momentary": [float("nan")], "short_term": [-20]},
        {"step_ms": 100, "momentary": "-", "short_term": "-"},
        {"step_ms": 100, "momentary": [None] * 2001, "short_term": [None] * 2001},
    ],
)
def test_what_is_no_curve_is_refused(told: object) -> None:
    with pytest.raises(NotACurve):
        LoudnessCurve.from_json(told)
