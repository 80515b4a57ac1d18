"""From an untrusted file to a measured, normalised, segmented track.

Probe; one decode that is measured, kept as FLAC and heard as a preview; the gain; a decode for the
default rung; a decode for all others. To decode 120 s again costs 0.06 s (WAV) to 0.31 s (Opus) of
the 7 s that four AAC rungs take. To keep the samples instead would cost less time, but 42 MB of
disk for them, and 15 GB for the longest file we take.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from transcoder import cover, ladder, tags
from transcoder.allocator import share_memory
from transcoder.analyse import analyse
from transcoder.lossless import Lossless
from transcoder.package import publish
from transcoder.preview import Preview
from transcoder.probe import describe, open_source, sound_stream
from transcoder.publication import Publication
from transcoder.render import REVISION
from transcoder.reports import Probed, Progress, Report
from transcoder.sniff import HEAD, sniff
from transcoder.source import Source
from transcoder.spec import IngestSpec
from transcoder.telling import Teller
from waveform.audiowaveform import to_dat

WAVEFORM: Final = "waveform.dat"


def ingest(spec: IngestSpec, report: Callable[[Report], None]) -> None:
    """Make the track of one file; raises MediaError where the file cannot become one."""
    share_memory()
    teller = Teller(report)
    teller.progress(Progress(stage="probing", percent=0))
    source = look_into(spec, teller)
    rungs = ladder.plan(source.sound, source.sound.bit_rate)
    flac = next((rung for rung in rungs if rung.codec == "flac"), None)
    lossless = Lossless(source, flac, REVISION) if flac else None
    default = ladder.default(rungs, spec.default_rung)
    preview = Preview(source, default, teller) if spec.preview else None
    passed = analyse(source, teller, lossless, preview)
    publish(source.output / WAVEFORM, to_dat(passed.measured.peaks))
    passed = passed.without_peaks()
    Publication(spec, source, teller, passed, lossless, WAVEFORM).make()


def look_into(spec: IngestSpec, teller: Teller) -> Source:
    """Read headers, tags and cover, and tell of them; refuse what cannot become a track."""
    path, output = spec.source, Path(spec.output)
    container = spec.container
    if container is None:
        with Path(path).open("rb") as file:
            container = sniff(file.read(HEAD))
    with open_source(path, container) as media:
        stream = sound_stream(media)
        sound = describe(media, stream, container)
        found = tags.clean((*media.metadata.items(), *stream.metadata.items()))
    cover_type = cover.take(path, container, output)
    duration = sound.duration
    teller.tell(
        Probed(
            container=container,
            codec=sound.codec,
            sample_rate=sound.rate,
            channels=sound.channels,
            bits=sound.bits,
            bit_rate=sound.bit_rate,
            duration_ms=None if duration is None else round(1000 * duration),
            lossless=sound.lossless,
            tags=found,
            cover=cover.NAME if cover_type else None,
            cover_type=cover_type,
        )
    )
    return Source(path, container, output, sound)
