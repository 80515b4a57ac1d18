"""The loudness of one programme, in the units of EBU R 128."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Loudness:
    """None stands for no figure: silence has no level, and a window must fit into the sound.

    A mono programme is measured as its one channel, as BS.1770 says: 3.01 LU below the same
    signal on two; `channel_weights.DUAL_MONO` measures it as two.
    """

    integrated_lufs: float | None
    range_lu: float | None  # needs 3 s; EBU calls it stable from 60 s on
    true_peak_dbtp: float | None
    sample_peak_dbfs: float | None
    momentary_max_lufs: float | None  # 400 ms
    short_term_max_lufs: float | None  # 3 s
