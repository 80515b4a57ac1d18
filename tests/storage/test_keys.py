"""Keys are the ones that the layout of the store promises."""

from storage import keys


def test_everything_of_a_track_lies_in_its_folder() -> None:
    found = [
        keys.original("7"),
        keys.cover("7"),
        keys.named("7", keys.published("waveform.dat", 3)),
        keys.init("7", 1, "aac-128"),
        keys.segment("7", 0, "flac", 12),
    ]

    assert found == [
        "tracks/7/original",
        "tracks/7/cover",
        "tracks/7/a3/waveform.dat",
        "tracks/7/r1/aac-128/init.mp4",
        "tracks/7/r0/flac/12.m4s",
    ]
    assert all(keys.checked(key).startswith(keys.track("7") + "/") for key in found)
    assert found[2].startswith(keys.attempt("7", 3) + "/")
    assert found[4].startswith(keys.revision("7", 0) + "/")
