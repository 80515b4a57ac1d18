"""The equaliser does to sound what the analogue prototypes of the cookbook say."""

import subprocess

import numpy as np
import pytest
from scipy.signal import lfilter

from tests.waveform.sounds import Sound, noise, song
from waveform.biquads import Band
from waveform.eq_curve import PRESETS, Curve, parse
from waveform.equaliser import Equaliser, response_db

RATES = [8_000, 11_025, 22_050, 44_100, 48_000, 96_000, 192_000]
CURVES = [
    "peak:1000:6:1",
    "peak:60:-12:4",
    "peak:3500:3:0.3",
    "lowshelf:100:6:0.7",
    "lowshelf:300:-9:1.4",
    "highshelf:3000:6:0.7",
    "highshelf:2000:-12:0.4",
    "lowpass:3000:0.707",
    "highpass:80:0.707",
    "highpass:20:1.3",
    "notch:50:10",
    "peak:20:12:5",
    "peak:31:3:1.4,peak:62:-2:1.4,peak:125:4:1.4,peak:250:-5:1.4,peak:500:6:1.4,"
    "peak:1000:-6:1.4,peak:2000:5:1.4,peak:3000:-4:1.4,peak:3500:3:1.4,peak:3900:-2:1.4",
]


def prototype(band: Band, rate: int, frequencies: np.ndarray) -> np.ndarray:
    """The formulas of H(s) in the cookbook, at the frequencies the bilinear transform bends to."""
    s = 1j * np.tan(np.pi * frequencies / rate) / np.tan(np.pi * band.frequency / rate)
    a, q = 10 ** (band.gain_db / 40), band.q
    slope = np.sqrt(a) / q * s
    response: np.ndarray = {
        "peak": lambda: (s**2 + s * a / q + 1) / (s**2 + s / (a * q) + 1),
        "lowshelf": lambda: a * (s**2 + slope + a) / (a * s**2 + slope + 1),
        "highshelf": lambda: a * (a * s**2 + slope + 1) / (s**2 + slope + a),
        "lowpass": lambda: 1 / (s**2 + s / q + 1),
        "highpass": lambda: s**2 / (s**2 + s / q + 1),
        "notch": lambda: (s**2 + 1) / (s**2 + s / q + 1),
    }[band.kind.value]()
    return response


def closed_form_db(curve: Curve, rate: int, frequencies: np.ndarray) -> np.ndarray:
    product = np.ones(frequencies.size, complex)
    for band in curve.bands:
        product *= prototype(band, rate, frequencies)
    return np.asarray(20 * np.log10(np.maximum(abs(product), 1e-12)))


def equalised(sound: Sound, rate: int, curve: str, chunk: int = 10_000) -> Sound:
    equaliser = Equaliser(rate, len(sound), parse(curve))
    pieces = range(0, sound.shape[1], chunk)
    return np.concatenate(
        [equaliser.equalise(sound[:, start : start + chunk]) for start in pieces], axis=1
    )


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("curve", CURVES)
def test_an_impulse_has_the_response_of_the_closed_form(curve: str, rate: int) -> None:
    samples = 1 << 18 if rate > 48_000 else 1 << 17
    impulse = np.zeros((1, samples), np.float32)
    impulse[0, 0] = 1
    pre_gain = Equaliser(rate, 1, parse(curve)).pre_gain_db
    spectrum = np.fft.rfft(equalised(impulse, rate, curve)[0].astype(np.float64))
    measured = 20 * np.log10(np.maximum(abs(spectrum), 1e-12)) - pre_gain
    frequencies = np.arange(spectrum.size) * rate / samples
    expected = closed_form_db(parse(curve), rate, frequencies[1:-1])
    heard = expected > -60  # below, single precision of the impulse's tail is what is seen

    assert abs(measured[1:-1] - expected)[heard].max() < 0.01


@pytest.mark.parametrize("frequency", [40.0, 100.0, 997.0, 3_000.0, 12_000.0])
@pytest.mark.parametrize("curve", ["bass", "speech", "rock", CURVES[-1]])
def test_a_sine_comes_out_as_the_closed_form_says(curve: str, frequency: float) -> None:
    places = np.arange(2 * 48_000)
    sine = np.array([0.5 * np.sin(2 * np.pi * frequency * places / 48_000)], np.float32)
    output = equalised(sine, 48_000, curve)[0, 48_000:]
    carrier = np.exp(-2j * np.pi * frequency * places[48_000:] / 48_000)
    level = 20 * np.log10(2 * abs((output * carrier).mean()) / 0.5)
    pre_gain = Equaliser(48_000, 1, parse(curve)).pre_gain_db

    assert level - pre_gain == pytest.approx(
        closed_form_db(parse(curve), 48_000, np.array([frequency]))[0], abs=0.01
    )


def test_ffmpeg_filters_alike() -> None:
    sound = noise(1, 2)
    graph = "equalizer=f=1000:t=q:w=1:g=-6,lowshelf=f=120:t=q:w=0.7:g=-4"
    form = ["-f", "f32le", "-ar", "48000", "-ac", "2", "-channel_layout", "stereo"]
    command = ["ffmpeg", "-v", "error", *form, "-i", "-", "-af", graph, "-f", "f32le", "-"]
    raw = subprocess.run(command, input=sound.T.tobytes(), capture_output=True, check=True).stdout
    theirs = np.frombuffer(raw, np.float32).reshape(-1, 2).T

    ours = equalised(sound, 48_000, "peak:1000:-6:1,lowshelf:120:-4:0.7")

    assert abs(ours - theirs).max() < 1e-6


@pytest.mark.parametrize("rate", [8_000, 48_000])
@pytest.mark.parametrize("chunk", [1, 7, 480, 65_536])
def test_results_are_identical_for_any_chunk_size(rate: int, chunk: int) -> None:
    sound = song(2, 12_000 / rate, rate)
    sound[:, 5_000:7_000] = 0
    whole = equalised(sound, rate, CURVES[-1], sound.shape[1])

    assert np.array_equal(equalised(sound, rate, CURVES[-1], chunk), whole)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("curve", [*CURVES, *PRESETS])
def test_no_tone_comes_out_louder_than_it_was_and_the_loudest_as_loud(
    curve: str, rate: int
) -> None:
    equaliser = Equaliser(rate, 2, parse(curve))
    bands = [band for band in parse(curve).bands if band not in equaliser.left_out]
    frequencies = np.geomspace(5, rate / 2 * 0.9999, 20_000)
    highest = closed_form_db(Curve.of(bands), rate, frequencies).max()

    assert equaliser.pre_gain_db <= 0
    assert equaliser.pre_gain_db == pytest.approx(-max(0.0, highest), abs=0.01)


def test_a_flat_curve_hands_sound_back_as_it_is() -> None:
    sound = noise(3, 0.1)

    assert np.array_equal(equalised(sound, 48_000, "flat"), sound)
    assert Equaliser(48_000, 2, parse("flat")).pre_gain_db == 0


def test_bands_beyond_the_end_of_the_band_are_left_out_and_told() -> None:
    curve = "lowshelf:100:-6:0.7,highshelf:8000:5:0.7,peak:4000:3:1"
    equaliser = Equaliser(8_000, 1, parse(curve))

    assert [band.frequency for band in equaliser.left_out] == [8_000, 4_000]
    assert np.array_equal(
        equaliser.equalise(noise(4, 1, 8_000, channels=1)),
        equalised(noise(4, 1, 8_000, channels=1), 8_000, "lowshelf:100:-6:0.7"),
    )


def test_channels_do_not_touch_each_other() -> None:
    sound = noise(5, 0.2, channels=6)
    sound[3] = 0
    output = equalised(sound, 48_000, "bass")

    assert not output[3].any()
    for channel, expected in zip(sound, output, strict=True):
        assert np.array_equal(equalised(channel[np.newaxis], 48_000, "bass")[0], expected)


def test_double_precision_keeps_a_low_narrow_band_at_192_khz_free_of_noise() -> None:
    sound = noise(6, 1, 192_000, channels=1)
    band = parse("peak:20:12:5").bands[0]
    lift = 10 ** (Equaliser(192_000, 1, parse("peak:20:12:5")).pre_gain_db / 20)
    turn, a = np.longdouble(2 * np.pi * 20) / 192_000, np.longdouble(10) ** (np.longdouble(12) / 40)
    alpha = np.sin(turn) / (2 * band.q)
    above = np.array([1 + alpha * a, -2 * np.cos(turn), 1 - alpha * a]) * lift
    below = np.array([1 + alpha / a, -2 * np.cos(turn), 1 - alpha / a])
    exact = lfilter(above, below, sound[0].astype(np.longdouble))

    assert abs(equalised(sound, 192_000, "peak:20:12:5")[0] - exact).max() < 1e-7


def test_a_fading_tail_ends_in_nothing() -> None:
    equaliser = Equaliser(48_000, 1, parse("peak:1000:12:20"))
    equaliser.equalise(noise(7, 1, channels=1))
    tails = [equaliser.equalise(np.zeros((1, 48_000), np.float32)) for _ in range(3)]

    assert tails[0].any()
    assert not tails[2].any()


def test_the_curve_can_be_drawn() -> None:
    bands = parse("bass").bands

    assert response_db(bands, 48_000, np.array([5.0, 15_000.0])) == pytest.approx([6, 0], abs=0.05)
    assert not response_db([], 48_000, np.array([100.0])).any()


@pytest.mark.parametrize("samples", [0, 1])
def test_any_chunk_may_be_short(samples: int) -> None:
    equaliser = Equaliser(48_000, 2, parse("bass"))

    assert equaliser.equalise(np.ones((2, samples), np.float32)).shape == (2, samples)
