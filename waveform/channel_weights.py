"""How much each loudspeaker counts in loudness (BS.1770-5, table 4 and annex 3)."""

from collections.abc import Iterable

LOW_FREQUENCY = frozenset({"LFE", "LFE2"})
BESIDE = frozenset({"SL", "SR", "WL", "WR"})  # 60 to 120 degrees off the front, at ear height
BEHIND = frozenset({"BL", "BR"})
SURROUND_GAIN = 1.41
# One channel that is played by two loudspeakers, as mono mostly is: 3.01 LU louder than BS.1770
# reads it. To be chosen by who knows that; nothing here chooses it.
DUAL_MONO = (2.0,)


def channel_weights(names: Iterable[str]) -> tuple[float, ...]:
    """Weigh channels given by FFmpeg's names, such as FL FR FC LFE BL BR."""
    layout = tuple(names)
    # In 5.1 the back pair are the surrounds at 110 degrees; in 7.1 they stand at 135 and the side
    # pair are the surrounds.
    surround = BESIDE if BESIDE.intersection(layout) else BEHIND
    return tuple(_weight(name, surround) for name in layout)


def _weight(name: str, surround: frozenset[str]) -> float:
    if name in LOW_FREQUENCY:
        return 0.0
    return SURROUND_GAIN if name in surround else 1.0
