"""What a meter shows while the sound goes on."""

import numpy as np
import pytest

from tests.waveform import libebur128
from tests.waveform.sounds import RATE, Sound, measured, song, tones
from waveform.analysis import NotMeasurable
from waveform.live_meter import LiveMeter

TENTH = RATE // 10


def test_before_a_window_is_full_there_is_no_figure() -> None:
    meter, tone = LiveMeter(RATE, 2), tones((-20, 4))
    first: dict[str, int] = {}
    for tenth in range(40):
        meter.feed(tone[:, tenth * TENTH : (tenth + 1) * TENTH])
        for name in ("momentary", "short_term", "integrated", "range"):
            if getattr(meter, name) is not None:
                first.setdefault(name, tenth + 1)

    assert first == {"momentary": 4, "integrated": 4, "short_term": 30, "range": 30}


def test_figures_are_new_ten_times_a_second_at_least() -> None:
    for rate in (8_000, 22_050, 44_056, 48_000, 192_000):
        meter, noise = LiveMeter(rate, 1), song(1, 2, rate)[:1]
        shown = set()
        for tenth in range(20):
            meter.feed(noise[:, tenth * rate // 10 : (tenth + 1) * rate // 10])
            shown.add(meter.momentary)

        assert len(shown) >= 17  # none in the first 400 ms, nor while a rate is raised


def test_every_reading_is_libebur128s_at_that_moment() -> None:
    sound = song(2, 6, RATE)
    theirs = libebur128.readings(sound, RATE)
    meter = LiveMeter(RATE, 2)
    for tenth, (momentary, short_term) in enumerate(
        zip(theirs.momentary, theirs.short_term, strict=True)
    ):
        meter.feed(sound[:, tenth * TENTH : (tenth + 1) * TENTH])
        if tenth >= 3:
            assert meter.momentary == pytest.approx(momentary, abs=0.001)
        if tenth >= 29:
            assert meter.short_term == pytest.approx(short_term, abs=0.001)
    assert meter.integrated == pytest.approx(theirs.integrated, abs=0.001)


def test_silence_after_a_tone_shows_nothing_but_the_maxima_are_held() -> None:
    meter = LiveMeter(RATE, 2)
    meter.feed(tones((-20, 4)))
    meter.feed(np.zeros((2, 4 * RATE), np.float32))

    assert (meter.momentary, meter.short_term) == (None, None)
    assert meter.momentary_max == pytest.approx(-20, abs=0.1)
    assert meter.short_term_max == pytest.approx(-20, abs=0.1)


@pytest.mark.parametrize("rate", [8_000, 44_100, 44_056, 48_000])
def test_the_live_meter_and_the_whole_file_agree(rate: int) -> None:
    ending = np.zeros((2, rate), np.float32)  # at a low rate the last samples are waited for
    sound = np.concatenate([song(3, 8, rate), ending], axis=1)
    meter = LiveMeter(rate, 2)
    meter.feed(sound)
    loudness = measured(sound, rate).loudness

    assert meter.integrated == pytest.approx(loudness.integrated_lufs, abs=0.001)
    assert meter.momentary_max == pytest.approx(loudness.momentary_max_lufs, abs=0.001)
    assert meter.short_term_max == pytest.approx(loudness.short_term_max_lufs, abs=0.001)


def test_damaged_samples_count_as_silence() -> None:
    sound = song(4, 4, RATE)
    damaged: Sound = sound.copy()
    damaged[:, 1000:2000] = np.nan
    sound[:, 1000:2000] = 0
    whole, hurt = LiveMeter(RATE, 2), LiveMeter(RATE, 2)
    whole.feed(sound)
    hurt.feed(damaged)

    assert hurt.integrated == whole.integrated


def test_an_impossible_layout_or_chunk_is_refused() -> None:
    with pytest.raises(NotMeasurable):
        LiveMeter(0, 2)
    with pytest.raises(NotMeasurable):
        LiveMeter(RATE, 2, weights=[1])
    with pytest.raises(NotMeasurable):
        LiveMeter(RATE, 2).feed(np.zeros((1, 10), np.float32))
