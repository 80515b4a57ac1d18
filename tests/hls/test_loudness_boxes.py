"""The boxes of loudness, read back bit by bit as ISO/IEC 14496-12, 12.2.7 lays them out.

Box ludt: tlou (one or more), alou
FullBox tlou, alou, version 0:
    3 reserved, 7 downmix_ID, 6 DRC_set_ID, 12 bs_sample_peak_level, 12 bs_true_peak_level,
    4 measurement_system_for_TP, 4 reliability_for_TP, 8 measurement_count; and each time
    8 method_definition, 8 method_value, 4 measurement_system, 4 reliability
"""

from typing import Any

import pytest

from hls.loudness_boxes import MeasuredLevels, ludt

FIELDS = {
    "version and flags": 32,
    "reserved": 3,
    "downmix": 7,
    "drc set": 6,
    "sample peak": 12,
    "true peak": 12,
    "true peak's system": 4,
    "true peak's reliability": 4,
    "count": 8,
}
MEASUREMENT = {"method": 8, "value": 8, "system": 4, "reliability": 4}


class Bits:
    def __init__(self, data: bytes) -> None:
        self._text = "".join(f"{byte:08b}" for byte in data)

    def take(self, widths: dict[str, int]) -> dict[str, Any]:
        taken = {}
        for name, width in widths.items():
            taken[name], self._text = int(self._text[:width], 2), self._text[width:]
        return taken

    @property
    def left(self) -> int:
        return len(self._text)


def children(data: bytes) -> list[tuple[bytes, bytes]]:
    found = []
    while data:
        size = int.from_bytes(data[:4])
        found.append((data[4:8], data[8:size]))
        data = data[size:]
    return found


def read(payload: bytes) -> dict[str, Any]:
    bits = Bits(payload)
    fields = bits.take(FIELDS)
    fields["measurements"] = [bits.take(MEASUREMENT) for _ in range(fields.pop("count"))]
    assert bits.left == 0
    return fields


def levels(integrated: float | None, peak: float | None) -> MeasuredLevels:
    return MeasuredLevels(integrated_lufs=integrated, true_peak_dbtp=peak)


def one(track: MeasuredLevels) -> dict[str, Any]:
    ((_, payload),) = children(ludt(track))
    ((_, inner),) = children(payload)
    return read(inner)


def test_track_and_album_are_told_apart() -> None:
    ((kind, payload),) = children(ludt(levels(-14.0, -1.0), levels(-15.0, -0.5)))

    assert kind == b"ludt"
    assert [name for name, _ in children(payload)] == [b"tlou", b"alou"]
    values = [read(inner)["measurements"][0]["value"] for _, inner in children(payload)]
    assert [-57.75 + value / 4 for value in values] == [-14, -15]


def test_every_field_stands_where_the_standard_puts_it() -> None:
    track = MeasuredLevels(integrated_lufs=-14.1, true_peak_dbtp=-1.0, sample_peak_dbfs=-1.5)

    assert one(track) == {
        "version and flags": 0,
        "reserved": 0,
        "downmix": 0,
        "drc set": 0,
        "sample peak": 688,  # (20 + 1.5) * 32
        "true peak": 672,
        "true peak's system": 2,  # BS.1770
        "true peak's reliability": 3,  # measured accurately
        "measurements": [
            # Programme loudness; -14.1 is nearest to -14 in quarters from -57.75.
            {"method": 1, "value": 175, "system": 2, "reliability": 3}
        ],
    }


@pytest.mark.parametrize("peak", [-60.0, -3.21, -1.0, 0.0, 0.7, 12.0])
def test_a_peak_is_told_within_a_64th_of_a_decibel(peak: float) -> None:
    assert 20 - one(levels(-20, peak))["true peak"] / 32 == pytest.approx(peak, abs=1 / 64)


@pytest.mark.parametrize("integrated", [-57.0, -23.0, -13.98, -0.1, 5.9])
def test_loudness_is_told_within_an_eighth(integrated: float) -> None:
    value = one(levels(integrated, -1))["measurements"][0]["value"]

    assert -57.75 + value / 4 == pytest.approx(integrated, abs=1 / 8)


def test_what_has_no_figure_is_told_as_unknown() -> None:
    nothing = one(levels(None, None))

    assert nothing["true peak"] == nothing["sample peak"] == 0
    assert nothing["true peak's system"] == nothing["true peak's reliability"] == 0
    assert nothing["measurements"] == []


def test_what_is_out_of_range_is_told_as_the_nearest() -> None:
    loudest, quietest = one(levels(50, 100)), one(levels(-69, -300))

    assert (loudest["true peak"], loudest["measurements"][0]["value"]) == (1, 255)
    assert (quietest["true peak"], quietest["measurements"][0]["value"]) == (4095, 0)
