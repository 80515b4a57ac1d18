"""Bits that no sample sets are found out."""

import numpy as np
import pytest

from tests.waveform.sounds import song
from waveform.inspection import Collector, Inspection
from waveform.used_bits import Exact


def used(exact: Exact, bits: int) -> int | None:
    inspection = Inspection(44_100, exact.shape[1], bits=bits, collectors={Collector.USED_BITS})
    inspection.feed_exact(exact[:100])
    inspection.feed_exact(exact[100:])
    return inspection.finish().used_bits


def widened(bits: int, kind: type[np.int16] | type[np.int32]) -> Exact:
    """Sound of so many bits at the top of a wider number."""
    scaled = np.clip(song(7, 1, 44_100).T, -1, 1).astype("f8") * (2 ** (bits - 1) - 1)
    wide: Exact = np.rint(scaled).astype(kind) << (8 * np.dtype(kind).itemsize - bits)
    return wide


@pytest.mark.parametrize(
    ("held", "bits", "kind"),
    [
        (16, 16, np.int16),
        (8, 16, np.int16),
        (12, 16, np.int16),
        (24, 24, np.int32),
        (16, 24, np.int32),
        (20, 24, np.int32),
        (24, 32, np.int32),
        (32, 32, np.int32),
    ],
)
def test_no_more_bits_are_used_than_the_sound_had(
    held: int, bits: int, kind: type[np.int16] | type[np.int32]
) -> None:
    assert used(widened(held, kind), bits) == held


def test_sound_that_was_turned_down_after_widening_uses_all_bits() -> None:
    quieter = np.rint(widened(16, np.int32) / 2**8 * 0.7).astype(np.int32) << 8

    assert used(quieter, 24) == 24


def test_silence_uses_no_bits_and_the_lowest_number_one() -> None:
    assert used(np.zeros((200, 2), np.int16), 16) == 0
    assert used(np.full((200, 2), -32_768, np.int16), 16) == 1


def test_floats_have_no_bits_to_use() -> None:
    inspection = Inspection(44_100, 2)
    inspection.feed(song(1, 0.1, 44_100))

    assert inspection.finish().used_bits is None
