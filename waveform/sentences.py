"""Verdicts in plain English, for notes and the command line."""

from collections.abc import Mapping
from typing import Any

from waveform.verdicts import Code, Figures, Verdict

SURENESS = {"high": "most likely", "medium": "probably", "low": "possibly"}
TEXTS = {
    Code.SILENT: "Nothing is to be heard.",
    Code.LEADING_SILENCE: "It begins with {seconds:.2f} s of silence.",
    Code.TRAILING_SILENCE: "It ends with {seconds:.2f} s of silence.",
    Code.GAPS: "It falls silent {times}, for {seconds:.2f} s in all.",
    Code.CLIPPED: "It is clipped {times}, for up to {longest} samples; first at {at:.3f} s.",
    Code.SQUARE_WAVE: "It stands at full scale {times}, with the edges of a square wave.",
    Code.OVER_FULL_SCALE: "It rises {decibels:.1f} dB over full scale.",
    Code.OFFSET: "Channel {number} is off its middle line by {percent:.1f} % of full scale.",
    Code.SILENT_CHANNEL: "Channel {number} is silent.",
    Code.DUAL_MONO: "Both channels are the same: it is mono.",
    Code.NEARLY_MONO: "Both channels are nearly the same: it is mono, encoded as stereo.",
    Code.INVERTED: "One channel is the other upside down: played in mono, nothing is left.",
    Code.OUT_OF_PHASE: "The channels work against each other: played in mono, much is lost.",
    Code.UNUSED_BITS: "Of its {bits} bits only {used} are used.",
    Code.FULL_BANDWIDTH: "It holds all audible frequencies.",
    Code.LIMITED_BANDWIDTH: "It holds nothing above {kilohertz:.1f} kHz.",
    Code.RESAMPLED: (
        "It holds nothing above {kilohertz:.1f} kHz, as if it came from {rate_khz:g} kHz."
    ),
    Code.PROBABLY_LOSSY: (
        "It ends abruptly at {kilohertz:.1f} kHz: {sureness} it was made from a lossy file."
    ),
}


def sentence(verdict: Verdict) -> str:
    return TEXTS[verdict.code].format_map(_words(verdict.figures))


def _words(figures: Figures) -> Mapping[str, Any]:
    """Add what people read in other units."""
    given: dict[str, Any] = dict(figures)
    words = dict(given)
    rate = given.get("rate", 1)
    words["rate_khz"] = rate / 1000
    words["seconds"] = given.get("samples", 0) / rate
    words["at"] = given.get("first", 0) / rate
    words["times"] = _times(given.get("count", given.get("runs", 0)))
    words["number"] = given.get("channel", 0) + 1
    words["percent"] = 100 * given.get("offset", 0.0)
    words["kilohertz"] = given.get("hz", 0) / 1000
    words["sureness"] = SURENESS.get(given.get("confidence", ""), "")
    return words


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"
