"""The loudness of a file that lies on this machine, without a server and without a trace."""

from collections.abc import Callable
from pathlib import Path

from transcoder.decode import Findings
from transcoder.errors import TooShort
from transcoder.probe import describe, open_source, sound_stream
from transcoder.sniff import HEAD, sniff
from transcoder.source import Source
from waveform.analysis import Analysis, Measured


def measure(path: Path, heard: Callable[[float], None]) -> Measured:
    """Decode the whole file and measure what would be served of it.

    `heard` gets the seconds decoded so far. Raises MediaError in words for a person, and OSError.
    """
    with path.open("rb") as file:
        container = sniff(file.read(HEAD))
    name = str(path.absolute())  # a name with a colon in it is no address when it begins with /
    with open_source(name, container) as media:
        sound = describe(media, sound_stream(media), container)
    findings = Findings()
    analysis = Analysis(sound.rate, sound.served_channels)
    for block in Source(name, container, path.parent, sound).blocks(findings):
        analysis.feed(block.sound)
        heard(findings.samples / sound.rate)
    if not findings.samples:
        raise TooShort
    return analysis.finish()
