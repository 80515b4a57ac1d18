"""Every loudspeaker counts as BS.1770-5 says, and as libebur128 does when told where it stands."""

from math import log10

import numpy as np
import pytest

from tests.waveform import libebur128
from tests.waveform.sounds import RATE, Sound, measured, noise, sine
from waveform.channel_weights import DUAL_MONO, channel_weights

LAYOUTS = {
    "5.0": "FL FR FC SL SR",
    "5.1": "FL FR FC LFE SL SR",
    "7.1": "FL FR FC LFE BL BR SL SR",
}
COUNTS = {"LFE": 0.0, "SL": 1.41, "SR": 1.41}  # the others once


def integrated(sound: Sound, names: list[str]) -> float | None:
    return measured(sound, weights=channel_weights(names)).loudness.integrated_lufs


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_tone_in_one_channel_reads_its_weight(layout: str) -> None:
    names = LAYOUTS[layout].split()
    for channel, name in enumerate(names):
        sound = np.zeros((len(names), 2 * RATE), np.float32)
        sound[channel] = sine(-20, 2, frequency=997)
        weight = COUNTS.get(name, 1.0)
        expected = -23.010 + 10 * log10(weight) if weight else None

        assert integrated(sound, names) == (
            None if expected is None else pytest.approx(expected, abs=0.002)
        )


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_reads_as_libebur128_reads_it(layout: str) -> None:
    names = LAYOUTS[layout].split()
    sound = noise(8, 6, channels=len(names)) * np.linspace(0.1, 1, len(names))[:, np.newaxis]
    theirs = libebur128.integrated(
        sound.astype("f4"), RATE, [libebur128.PLACES[name] for name in names]
    )

    assert integrated(sound.astype("f4"), names) == pytest.approx(theirs, abs=0.002)


def test_one_channel_reads_3_lu_below_the_same_on_two() -> None:
    mono = noise(9, 5, channels=1)
    one, two = (measured(sound).loudness for sound in (mono, np.repeat(mono, 2, axis=0)))

    assert one.integrated_lufs is not None
    assert two.integrated_lufs == pytest.approx(one.integrated_lufs + 3.0103, abs=1e-4)
    assert two.true_peak_dbtp == one.true_peak_dbtp


def test_dual_mono_reads_as_two_channels_and_as_libebur128_reads_it() -> None:
    mono = noise(9, 5, channels=1)
    dual = measured(mono, weights=DUAL_MONO).loudness

    assert dual == measured(np.repeat(mono, 2, axis=0)).loudness
    assert dual.integrated_lufs == pytest.approx(
        libebur128.integrated(mono, RATE, [libebur128.DUAL_MONO]), abs=0.002
    )
