"""Each fault is named once, by a code with figures and in a sentence; sound without any is not."""

import json
from dataclasses import asdict

import numpy as np
import pytest

from tests.waveform.codecs import rounded, through
from tests.waveform.sounds import RATE, SILENCE, Sound, noise, sine, song, tones
from waveform.inspection import Inspection
from waveform.sentences import TEXTS, sentence
from waveform.used_bits import Exact
from waveform.verdicts import Code, Verdict, verdicts

WHOLE = "It holds all audible frequencies."


def found(sound: Sound, *, bits: int | None = None, lossless: bool = True) -> dict[Code, Verdict]:
    inspection = Inspection(RATE, len(sound), bits=bits)
    inspection.feed(sound)
    if bits:
        samples = sound.T.astype("f8")
        exact: Exact = (samples * 2.0**31).astype(np.int32)
        if bits <= 16:
            exact = (samples * 2.0**15).astype(np.int16)
        inspection.feed_exact(exact)
    return {verdict.code: verdict for verdict in verdicts(inspection.finish(), lossless=lossless)}


def said(sound: Sound, *, bits: int | None = None, lossless: bool = True) -> list[str]:
    return [sentence(verdict) for verdict in found(sound, bits=bits, lossless=lossless).values()]


def quiet_song(seconds: float = 6) -> Sound:
    sound = song(3, seconds)
    return rounded(sound * np.float32(0.5 / abs(sound).max()))


def test_sound_without_fault_is_only_called_whole() -> None:
    assert said(quiet_song(), bits=16) == [WHOLE]


def test_silence_is_all_that_is_said_of_silence() -> None:
    assert said(np.zeros((2, 5 * RATE), np.float32), bits=16) == ["Nothing is to be heard."]


def test_silence_around_and_within_is_told_in_seconds() -> None:
    quiet = np.zeros((2, RATE), np.float32)
    music = quiet_song()
    parts = [quiet[:, : RATE // 2], music, quiet, music, quiet, music, quiet]

    assert said(np.concatenate(parts, axis=1)) == [
        "It begins with 0.50 s of silence.",
        "It ends with 1.00 s of silence.",
        "It falls silent 2 times, for 2.00 s in all.",
        WHOLE,
    ]


def test_clipping_is_told_with_its_place() -> None:
    music = quiet_song()
    music[1, 3 * RATE : 3 * RATE + 5] = 1
    music[1, 4 * RATE : 4 * RATE + 3] = -1

    assert said(music)[0] == "It is clipped 2 times, for up to 5 samples; first at 3.000 s."


def test_a_square_wave_is_not_called_clipped() -> None:
    wave = np.sign(sine(0, 6, frequency=441.3))[np.newaxis].astype("f4")

    assert Code.CLIPPED not in found(wave)
    assert said(wave)[0].endswith("with the edges of a square wave.")


def test_floats_over_full_scale_are_told_in_decibels() -> None:
    assert "It rises 6.0 dB over full scale." in said(tones((6.02, 6)))


def test_an_offset_is_told_by_its_channel() -> None:
    music = quiet_song()
    music[1] -= np.float32(0.05)

    assert "Channel 2 is off its middle line by -5.0 % of full scale." in said(music)


def test_a_silent_channel_is_told_and_not_compared() -> None:
    music = quiet_song(10)
    music[0] = 0

    assert said(music) == ["Channel 1 is silent.", WHOLE]


def test_channels_are_compared_in_words() -> None:
    left, other = quiet_song()[0], noise(2, 6)[0]

    assert Code.DUAL_MONO in found(np.stack([left, left]))
    assert Code.INVERTED in found(np.stack([left, -left]))
    assert Code.OUT_OF_PHASE in found(np.stack([left, np.float32(0.1) * other - left]))
    assert Code.NEARLY_MONO in found(np.stack([left, left + np.float32(1e-3) * other]))
    assert said(np.stack([left, np.float32(0.8) * left])) == [WHOLE]  # panned


def test_unused_bits_are_told() -> None:
    assert "Of its 24 bits only 16 are used." in said(quiet_song(), bits=24)


def test_a_lossy_source_is_told_of_lossless_files_alone() -> None:
    encoded = rounded(through(quiet_song(8), RATE, "libmp3lame", 128_000))

    assert said(encoded)[-1].startswith("It ends abruptly at 16.")
    assert said(encoded)[-1].endswith("most likely it was made from a lossy file.")
    assert said(encoded, lossless=False)[-1].startswith("It holds nothing above 16.")


def test_a_dark_tone_is_limited() -> None:
    assert Code.LIMITED_BANDWIDTH in found(tones((SILENCE, 0.1), (-40, 6)))


def test_verdicts_are_json() -> None:
    music = quiet_song(8)
    music[1] += np.float32(0.05)
    encoded = rounded(through(music, RATE, "libmp3lame", 128_000))
    told = json.loads(json.dumps([asdict(verdict) for verdict in found(encoded).values()]))

    assert told[-1] == {
        "code": "probably_lossy",
        "figures": {"hz": told[-1]["figures"]["hz"], "confidence": "high"},
    }


@pytest.mark.parametrize("code", Code)
def test_every_code_has_its_sentence(code: Code) -> None:
    assert TEXTS[code].endswith(".")
