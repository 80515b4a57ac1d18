"""What is decoded is what FFmpeg's own command line decodes, sample by sample."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from transcoder.decode import Findings
from transcoder.pipeline import look_into
from transcoder.spec import IngestSpec
from transcoder.telling import Teller

FORMS = {
    "a.wav": ("-c:a", "pcm_s24le"),
    "a.flac": (),
    "a.mp3": ("-b:a", "160k"),
    "a.m4a": ("-c:a", "aac"),
    "a.aac": ("-c:a", "aac"),
    "a.ogg": ("-c:a", "libvorbis"),
    "a.opus": ("-c:a", "libopus"),
    "a.mp2": ("-f", "mpegts"),
    "alac.m4a": ("-c:a", "alac"),
    "cut.m4a": ("-c:a", "aac", "-ss", "0.7", "-t", "1.1"),
    "a.mka": ("-c:a", "libvorbis"),
    "a.webm": ("-c:a", "libopus"),
}


@pytest.mark.parametrize("name", FORMS)
def test_it_decodes_what_ffmpeg_decodes(
    name: str,
    music: Callable[..., Any],
    made: Callable[..., Any],
    by_ffmpeg: Callable[..., Any],
    tmp_path: Path,
) -> None:
    path = made(music(48_000, 2.345), 48_000, name, *FORMS[name])
    told: list[Any] = []
    spec = IngestSpec(source=str(path), output=str(tmp_path), file_name=name)
    findings = Findings()

    blocks = look_into(spec, Teller(told.append)).blocks(findings)
    sound = np.concatenate([block.sound for block in blocks], axis=1)

    reference = by_ffmpeg(path, channels=2)
    assert sound.shape == reference.shape
    assert np.abs(sound - reference).max() < (1e-6 if told[-1].lossless else 2e-4)
    assert findings.notes(look_into(spec, Teller(told.append)).sound) == []
