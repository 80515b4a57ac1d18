"""Curves in words and numbers: strictly read, and written in one way alone."""

from contextlib import suppress
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waveform.eq_curve import MOST_BANDS, PRESETS, BadCurve, parse


def test_bands_are_read() -> None:
    low, high, peak = parse("peak:1000:3:1,lowshelf:100:-4.5:0.7,highpass:30:0.7").bands

    assert (low.kind, low.frequency, low.gain_db, low.q) == ("highpass", 30, 0, 0.7)
    assert (high.kind, high.frequency, high.gain_db, high.q) == ("lowshelf", 100, -4.5, 0.7)
    assert (peak.kind, peak.frequency, peak.gain_db, peak.q) == ("peak", 1000, 3, 1)


@pytest.mark.parametrize(
    "same",
    [
        "lowshelf:100:4:0.7,peak:1000:3:1",
        "peak:1000.0:3.00:1.000,lowshelf:100:4:0.700",
        "peak:01000:3:1,lowshelf:100:4:0.7",
        "peak:1000:3:1,peak:50:0:1,lowshelf:100:4:0.7,highshelf:900:-0:1",
    ],
)
def test_equal_curves_have_one_text(same: str) -> None:
    assert str(parse(same)) == "lowshelf:100:4:0.7,peak:1000:3:1"
    assert parse(same) == parse("peak:1000:3:1,lowshelf:100:4:0.7")


@pytest.mark.parametrize("text", ["flat", "peak:1000:0:1", "lowshelf:100:-0.0:0.7"])
def test_a_curve_that_changes_nothing_is_flat(text: str) -> None:
    assert str(parse(text)) == "flat"


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_equal_to_its_bands_written_out(name: str) -> None:
    assert parse(str(PRESETS[name])) == parse(name) == PRESETS[name]


def test_the_presets_differ() -> None:
    assert len(set(PRESETS.values())) == len(PRESETS)
    assert {"flat", "bass", "treble", "speech", "vocal", "loudness", "night"} <= set(PRESETS)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is no preset: there are flat, bass,"),
        ("disco", "'disco' is no preset"),
        ("Bass", "'Bass' is no preset"),
        ("bass,peak:1000:3:1", "'bass' is no kind of band: there are peak, lowshelf"),
        ("bell:1000:3:1", "'bell' is no kind of band"),
        ("peak:1000:3", "'peak:1000:3': a peak has frequency and gain and Q"),
        ("notch:50:3:1", "'notch:50:3:1': a notch has frequency and Q"),
        ("peak:1000:3:1,", "'' is no kind of band"),
        ("peak:1e3:3:1", "frequency in Hz is no plain number of at most three decimals"),
        ("peak:1000:+3:1", "gain in dB is no plain number"),
        ("peak:1000:3.1415:1", "gain in dB is no plain number"),
        ("peak:1000:nan:1", "gain in dB is no plain number"),
        ("peak: 1000:3:1", "frequency in Hz is no plain number"),
        ("peak:\u0661\u0660:3:1", "frequency in Hz is no plain number"),
        ("peak:9:3:1", "frequency in Hz is not between 10 and 20000"),
        ("peak:20000.001:3:1", "frequency in Hz is not between 10 and 20000"),
        ("peak:1000:24.1:1", "gain in dB is not between -24 and 24"),
        ("peak:1000:3:0", "Q is not between 0.1 and 20"),
        ("peak:1000:3:-1", "Q is not between 0.1 and 20"),
        (",".join(f"peak:{n}:3:1" for n in range(100, 111)), "11 bands are more than 10"),
        ("peak:1000:3:1," * 1000, "at most 400 characters"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(BadCurve) as refused:
        parse(text)
    assert words in str(refused.value)


def test_ten_bands_at_their_longest_fit() -> None:
    text = ",".join(f"highshelf:{12_345.001 + n:.3f}:-12.345:12.345" for n in range(MOST_BANDS))

    assert len(parse(text).bands) == 10
    assert parse(str(parse(text))) == parse(text)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["peak", "lowshelf", "highshelf"]),
            st.decimals(10, 20_000, places=3),
            st.decimals(-24, 24, places=3),
            st.decimals("0.1", 20, places=3),
        ),
        min_size=1,
        max_size=10,
    ),
    st.randoms(),
)
def test_the_order_of_bands_and_the_length_of_numbers_change_no_key(
    bands: list[tuple[str, Decimal, Decimal, Decimal]], random: Random
) -> None:
    turned = random.sample(bands, len(bands))
    one, other = (
        parse(",".join(":".join((kind, *(f"{n:f}" for n in numbers))) for kind, *numbers in each))
        for each in (bands, turned)
    )

    assert str(one) == str(other)
    assert parse(str(one)) == one


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="peaknotch:,.-0123456789 ", max_size=60))
def test_any_text_is_refused_or_read_as_what_it_is_written_as(text: str) -> None:
    with suppress(BadCurve):
        curve = parse(text)
        assert parse(str(curve)) == curve
