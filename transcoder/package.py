"""Collects an encoder's packets into segments on the grid, and writes them as CMAF files.

A file appears whole or not at all. A segment is written as soon as it is known not to be the last,
so a programme whose length is not known yet is cut exactly like one whose length is.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from uuid import uuid4

from hls.audio_track import AudioTrack
from hls.bandwidth import Weight, average_bandwidth, peak_bandwidth
from hls.cmaf import NO_TAGS, Sample, init_segment, media_segment
from hls.codecs import codecs
from hls.loudness_boxes import MeasuredLevels
from hls.timeline import Grid
from transcoder.ladder import Rung
from transcoder.reports import RenditionFinished, RenditionStarted, Report, SegmentMade
from waveform.loudness import Loudness


def publish(path: Path, data: bytes) -> None:
    """Write a file that nobody can meet half-written."""
    partial = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        partial.write_bytes(data)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


class Packager:
    """Writes one rendition on a grid that may grow until `finish`."""

    def __init__(
        self,
        output: Path,
        rung: Rung,
        revision: int,
        grid: Grid,
        report: Callable[[Report], None],
    ) -> None:
        self._output = output
        self._folder = f"r{revision}/{rung.name}"
        self._rung = rung
        self._revision = revision
        self._grid = grid
        self._report = report
        self._packets: list[bytes] = []  # those of the segment in hand and after it
        self._made: list[Weight] = []
        (output / self._folder).mkdir(parents=True, exist_ok=True)

    def start(
        self,
        track: AudioTrack,
        *,
        levels: MeasuredLevels | None = None,
        tags: Mapping[str, str] = NO_TAGS,
    ) -> None:
        """Write the init segment, and tell of the rendition."""
        init = f"{self._folder}/init.mp4"
        publish(self._output / init, init_segment(track, levels=levels, tags=tags))
        self._report(
            RenditionStarted(
                rung=self._rung.name,
                revision=self._revision,
                codec=codecs(track),
                sample_rate=track.rate,
                channels=track.channels,
                bits=track.bits,
                bit_rate=self._rung.bit_rate,
                frame_samples=track.frame_samples,
                priming=track.priming,
                segment_samples=self._grid.segment_samples,
                samples=track.samples,
                segments=None if track.samples is None else self._grid.count,
                init=init,
            )
        )

    def grow(self, samples: int) -> None:
        """Tell how many samples have come of a programme whose length is not known."""
        self._grid = replace(self._grid, samples=samples)

    def add(self, packets: list[bytes]) -> None:
        """Take packets, and write the segments they complete."""
        self._packets += packets
        while (n := len(self._made)) + 1 < self._grid.count:
            first, end = self._grid.bounds(n)
            if end is None or len(self._packets) < end - first:
                break
            self._write(n, end - first)

    def finish(self, packets: list[bytes]) -> None:
        """Write what is left; what the encoder gave beyond the programme's end is dropped."""
        self.add(packets)
        for n in range(len(self._made), self._grid.count):
            first, end = self._grid.bounds(n)
            self._write(n, (end or self._grid.packet_total) - first)
        self._packets.clear()

    def finished(self, loudness: Loudness | None) -> RenditionFinished:
        """Sum the rendition up, with the loudness measured on its decoded packets."""
        return RenditionFinished(
            rung=self._rung.name,
            revision=self._revision,
            segments=len(self._made),
            samples=self._grid.samples,
            bytes=sum(each.size for each in self._made),
            peak_bandwidth=peak_bandwidth(self._made, self._grid.target_duration),
            average_bandwidth=average_bandwidth(self._made),
            integrated_lufs=loudness.integrated_lufs if loudness else None,
            true_peak_dbtp=loudness.true_peak_dbtp if loudness else None,
        )

    def _write(self, n: int, count: int) -> None:
        first, _ = self._grid.bounds(n)
        packets, self._packets = self._packets[:count], self._packets[count:]
        samples = [
            Sample(data, self._grid.packet_duration(first + index))
            for index, data in enumerate(packets)
        ]
        time = self._grid.decode_time(n)
        data = media_segment(sequence=n + 1, decode_time=time, samples=samples)
        file = f"{self._folder}/{n}.m4s"
        publish(self._output / file, data)
        ticks = self._grid.media_ticks(n)
        self._made.append(Weight(len(data), Fraction(ticks, self._grid.rate)))
        self._report(
            SegmentMade(
                rung=self._rung.name,
                revision=self._revision,
                n=n,
                file=file,
                bytes=len(data),
                ticks=ticks,
            )
        )
