"""Loudness as tags of files that keep their samples: players turn them up or down by these."""

from waveform.gain import Levelled

REPLAYGAIN_LUFS = -18.0  # ReplayGain 2.0
R128_LUFS = -23.0  # RFC 7845, 5.2.1
Q7_8 = 256  # steps in a decibel


def replaygain(track: Levelled, album: Levelled | None = None) -> dict[str, str]:
    """Return ReplayGain 2.0: gains to -18 LUFS, and true peaks where full scale is 1.

    What has no loudness or no peak has no tag of it.
    """
    return _replaygain("TRACK", track) | (_replaygain("ALBUM", album) if album else {})


def r128(track: Levelled, album: Levelled | None = None) -> dict[str, str]:
    """Return Opus' own tags: gains to -23 LUFS, on top of the output gain in its header.

    The loudness must be that of the decoded sound with the output gain applied, as decoders
    usually do.
    """
    return _r128("TRACK", track) | (_r128("ALBUM", album) if album else {})


def _replaygain(whose: str, levels: Levelled) -> dict[str, str]:
    tags = {}
    if levels.integrated_lufs is not None:
        gain = round(REPLAYGAIN_LUFS - levels.integrated_lufs, 2) + 0.0  # no negative zero
        tags[f"REPLAYGAIN_{whose}_GAIN"] = f"{gain:.2f} dB"
    if levels.true_peak_dbtp is not None:
        tags[f"REPLAYGAIN_{whose}_PEAK"] = f"{10 ** (levels.true_peak_dbtp / 20):.6f}"
    return tags


def _r128(whose: str, levels: Levelled) -> dict[str, str]:
    if levels.integrated_lufs is None:
        return {}
    steps = round((R128_LUFS - levels.integrated_lufs) * Q7_8)
    return {f"R128_{whose}_GAIN": str(max(-32_768, min(32_767, steps)))}
