"""Equal samples have one hash, by a rule that anyone can follow."""

import hashlib
from io import BytesIO

import numpy as np
import pytest
import soundfile

from tests.waveform.sounds import song
from waveform.inspection import Collector, Inspection
from waveform.used_bits import Exact


def of_integers(exact: Exact, rate: int, bits: int, chunk: int = 10_000) -> str | None:
    inspection = Inspection(rate, exact.shape[1], bits=bits, collectors={Collector.HASH})
    for start in range(0, len(exact), chunk):
        inspection.feed_exact(exact[start : start + chunk])
    return inspection.finish().hash


def of_floats(sound: np.ndarray, chunk: int = 10_000) -> str | None:
    inspection = Inspection(48_000, len(sound), collectors={Collector.HASH})
    for start in range(0, sound.shape[1], chunk):
        inspection.feed(sound[:, start : start + chunk])
    return inspection.finish().hash


def read_back(exact: Exact, container: str, subtype: str) -> Exact:
    file = BytesIO()
    soundfile.write(file, exact, 44_100, format=container, subtype=subtype)
    file.seek(0)
    samples: Exact = soundfile.read(file, dtype=exact.dtype.name, always_2d=True)[0]
    return samples


def integers(bits: int) -> Exact:
    scaled = np.clip(song(7, 1.5, 44_100).T, -1, 1).astype("f8") * (2 ** (bits - 1) - 1)
    kind, shift = (np.int16, 0) if bits == 16 else (np.int32, 8)
    exact: Exact = np.rint(scaled).astype(kind) << shift
    return exact


@pytest.mark.parametrize("bits", [16, 24])
def test_wav_flac_and_aiff_of_the_same_samples_have_one_hash(bits: int) -> None:
    exact, subtype = integers(bits), f"PCM_{bits}"
    hashes = {
        of_integers(read_back(exact, container, subtype), 44_100, bits)
        for container in ("WAV", "FLAC", "AIFF")
    }

    assert hashes == {of_integers(exact, 44_100, bits)}


def test_the_rule_is_sha_256_over_a_line_and_the_samples() -> None:
    exact = integers(16)
    by_hand = hashlib.sha256(b"houle-pcm-1 44100 2 16\n" + exact.astype("<i2").tobytes())

    assert of_integers(exact, 44_100, 16) == by_hand.hexdigest()


def test_floats_are_hashed_as_they_are() -> None:
    sound = song(8, 1.2)
    by_hand = hashlib.sha256(b"houle-pcm-1 48000 2 float\n" + sound.T.astype("<f4").tobytes())

    assert of_floats(sound) == by_hand.hexdigest()


@pytest.mark.parametrize("chunk", [7, 480, 65_536])
def test_the_size_of_chunks_changes_no_hash(chunk: int) -> None:
    exact, sound = integers(24), song(8, 1.2)

    assert of_integers(exact, 44_100, 24, chunk) == of_integers(exact, 44_100, 24)
    assert of_floats(sound, chunk) == of_floats(sound)


def test_what_sounds_different_has_another_hash() -> None:
    exact = integers(16)
    touched, swapped = exact.copy(), exact[:, ::-1]
    touched[1000, 1] ^= 1
    mono = exact.reshape(-1, 1)
    variants = [
        of_integers(exact, 44_100, 16),
        of_integers(exact, 48_000, 16),
        of_integers(touched, 44_100, 16),
        of_integers(swapped, 44_100, 16),
        of_integers(mono, 44_100, 16),
        of_integers(exact.astype(np.int32) << 16, 44_100, 24),
    ]

    assert len(set(variants)) == len(variants)
