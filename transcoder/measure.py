"""The loudness of a file that lies on this machine, without a server and without a trace."""

from collections.abc import Callable
from pathlib import Path

from transcoder.decode import Findings
from transcoder.errors import TooShort
from transcoder.source import source_of
from waveform.analysis import Analysis, Measured


def measure(path: Path, heard: Callable[[float], None]) -> Measured:
    """Decode the whole file and measure what would be served of it.

    `heard` gets the seconds decoded so far. Raises MediaError in words for a person, and OSError.
    """
    source = source_of(path)
    sound = source.sound
    findings = Findings()
    analysis = Analysis(sound.rate, sound.served_channels)
    for block in source.blocks(findings):
        analysis.feed(block.sound)
        heard(findings.samples / sound.rate)
    if not findings.samples:
        raise TooShort
    return analysis.finish()
