"""Whole playlists, written."""

from fractions import Fraction

import pytest

from hls.attributes import BrokenAttributes, Unquotable, parse_attributes
from hls.media_playlist import MediaPlaylist, PlaylistKind, Segment, SegmentTooLong, seconds
from hls.multivariant import MultivariantPlaylist, Variant

LONG = Segment("0.m4s?v=1&e=1700000000&s=Zm9v", Fraction(267264, 44100))


def test_a_finished_track_is_a_vod_playlist() -> None:
    playlist = MediaPlaylist(
        target_duration=6,
        init_uri="init.mp4?v=1",
        segments=(LONG, Segment("1.m4s?v=1", Fraction(5, 2))),
    )

    assert playlist.render() == (
        "#EXTM3U\n"
        "#EXT-X-VERSION:6\n"
        "#EXT-X-TARGETDURATION:6\n"
        "#EXT-X-MEDIA-SEQUENCE:0\n"
        "#EXT-X-PLAYLIST-TYPE:VOD\n"
        "#EXT-X-INDEPENDENT-SEGMENTS\n"
        '#EXT-X-MAP:URI="init.mp4?v=1"\n'
        "#EXTINF:6.060408,\n"
        "0.m4s?v=1&e=1700000000&s=Zm9v\n"
        "#EXTINF:2.5,\n"
        "1.m4s?v=1\n"
        "#EXT-X-ENDLIST\n"
    )


def test_a_track_still_growing_is_an_event_that_plays_from_its_start() -> None:
    playlist = MediaPlaylist(
        target_duration=7,
        init_uri="init.mp4",
        segments=(Segment("0.m4s", Fraction(144, 25)),),
        kind=PlaylistKind.EVENT,
        ended=False,
    )

    assert playlist.render() == (
        "#EXTM3U\n"
        "#EXT-X-VERSION:6\n"
        "#EXT-X-TARGETDURATION:7\n"
        "#EXT-X-MEDIA-SEQUENCE:0\n"
        "#EXT-X-PLAYLIST-TYPE:EVENT\n"
        "#EXT-X-INDEPENDENT-SEGMENTS\n"
        "#EXT-X-START:TIME-OFFSET=0\n"
        '#EXT-X-MAP:URI="init.mp4"\n'
        "#EXTINF:5.76,\n"
        "0.m4s\n"
    )


def test_an_event_that_is_over_says_so() -> None:
    text = MediaPlaylist(
        target_duration=6, init_uri="i", segments=(LONG,), kind=PlaylistKind.EVENT
    ).render()

    assert text.endswith("#EXT-X-ENDLIST\n")
    assert "#EXT-X-PLAYLIST-TYPE:EVENT\n" in text
    assert "EXT-X-START" not in text


def test_a_multivariant_playlist_names_each_rung_with_its_rates() -> None:
    playlist = MultivariantPlaylist(
        variants=(
            Variant(
                uri="aac-128/media.m3u8?v=1",
                bandwidth=141_000,
                average_bandwidth=130_500,
                codecs="mp4a.40.2",
            ),
            Variant(
                uri="flac/media.m3u8",
                bandwidth=1_100_000,
                average_bandwidth=900_000,
                codecs="fLaC",
                name="Lossless",
            ),
        )
    )

    assert playlist.render() == (
        "#EXTM3U\n"
        "#EXT-X-VERSION:6\n"
        "#EXT-X-INDEPENDENT-SEGMENTS\n"
        '#EXT-X-STREAM-INF:BANDWIDTH=141000,AVERAGE-BANDWIDTH=130500,CODECS="mp4a.40.2"\n'
        "aac-128/media.m3u8?v=1\n"
        '#EXT-X-STREAM-INF:BANDWIDTH=1100000,AVERAGE-BANDWIDTH=900000,CODECS="fLaC",'
        'NAME="Lossless"\n'
        "flac/media.m3u8\n"
    )


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (Fraction(6), "6"),
        (Fraction(10), "10"),
        (Fraction(144, 25), "5.76"),
        (Fraction(1, 3), "0.333333"),
        (Fraction(2, 3), "0.666667"),
        (Fraction(267264, 44100), "6.060408"),
        (Fraction(5_999_999_9, 10_000_000), "6"),
    ],
)
def test_a_duration_is_told_to_the_microsecond(duration: Fraction, text: str) -> None:
    assert seconds(duration) == text


def test_a_segment_that_rounds_to_more_than_the_target_is_refused() -> None:
    just_fits = Segment("0.m4s", Fraction(6499, 1000))
    too_long = Segment("1.m4s", Fraction(13, 2))

    MediaPlaylist(target_duration=6, init_uri="i", segments=(just_fits,))
    with pytest.raises(SegmentTooLong, match=r"1\.m4s lasts 6\.5 s, the target is 6 s"):
        MediaPlaylist(target_duration=6, init_uri="i", segments=(just_fits, too_long))


def test_a_vod_playlist_without_an_end_is_refused() -> None:
    with pytest.raises(ValueError, match="VOD"):
        MediaPlaylist(target_duration=6, init_uri="i", ended=False)


@pytest.mark.parametrize("uri", ["", "#0.m4s", "a\nb", 'a"b', "a\r"])
def test_an_address_that_would_break_the_playlist_is_refused(uri: str) -> None:
    with pytest.raises(ValueError, match=r"read|carry"):
        Segment(uri, Fraction(6))
    with pytest.raises(ValueError, match=r"read|carry"):
        Variant(uri=uri, bandwidth=2, average_bandwidth=1, codecs="fLaC")


def test_an_init_address_with_a_quote_is_refused() -> None:
    with pytest.raises(Unquotable):
        MediaPlaylist(target_duration=6, init_uri='i"x').render()


def test_rates_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="under a peak"):
        Variant(uri="a", bandwidth=99, average_bandwidth=100, codecs="mp4a.40.2")
    with pytest.raises(ValueError, match="at least one variant"):
        MultivariantPlaylist(variants=())


def test_a_segment_that_takes_no_time_is_refused() -> None:
    with pytest.raises(ValueError, match="lasts 0 s"):
        Segment("0.m4s", Fraction(0))


def test_attribute_lists_are_read_with_commas_inside_quotes() -> None:
    text = 'BANDWIDTH=1,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=640x360,NAME=""'

    assert parse_attributes(text) == {
        "BANDWIDTH": "1",
        "CODECS": "avc1.64001f,mp4a.40.2",
        "RESOLUTION": "640x360",
        "NAME": "",
    }


@pytest.mark.parametrize("text", ["A", "A=", "a=1", 'A="x', "A=1,A=2", "A=1;B=2,,C=3", "=1"])
def test_what_is_no_attribute_list_is_refused(text: str) -> None:
    with pytest.raises(BrokenAttributes):
        parse_attributes(text)
