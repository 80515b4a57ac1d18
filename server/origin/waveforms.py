"""Waveforms at the size that was asked for: drawn in a thread, from the peaks in the store."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from math import ceil
from typing import Annotated, Literal, Self

from aiohttp import web
from pydantic import BaseModel, Field, model_validator

from server.errors import Fault, Invalid
from server.media import STORAGE
from server.origin.byte_cache import CACHE, Object
from server.origin.hearing import MediaNotFound, NotPlayableYet
from server.tracks import Track, TrackState
from storage import ObjectNotFound, keys
from waveform import png, svg
from waveform.audiowaveform import from_dat, to_dat, to_json
from waveform.peaks import ZOOMS, Peaks
from waveform.picture import HEX, Colours, colours

DAT_LIMIT = 160 * 1024**2  # bytes: 12 hours at 192 kHz
VALUES_MOST = 4_000_000  # numbers in one JSON answer, about 12 MB


class Zoom(BaseModel):
    """How coarse; at most one of these. The finest is 256 samples a pixel, and the default."""

    pixels_per_second: Annotated[int | None, Field(ge=1, le=10_000)] = None
    width: Annotated[
        int | None, Field(ge=1, le=1_000_000, description="at most so many pixels in all")
    ] = None
    samples_per_pixel: Annotated[int | None, Field(ge=1, le=100_000_000)] = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        given = (self.pixels_per_second, self.width, self.samples_per_pixel)
        if sum(value is not None for value in given) > 1:
            raise ValueError("pixels_per_second, width and samples_per_pixel exclude each other")
        return self


class Picture(BaseModel):
    """The size and colours of a picture of the whole waveform."""

    width: Annotated[int, Field(ge=16, le=4096)] = 1200
    height: Annotated[int, Field(ge=16, le=1024)] = 200
    colours: Literal["light", "dark"] = "light"
    wave: Annotated[
        str | None, Field(pattern=f"^{HEX}$", description="six hexadecimal digits, such as 0b6e8f")
    ] = None
    paper: Annotated[
        str | None, Field(pattern=f"^{HEX}$", description="the colour behind the wave")
    ] = None

    def pair(self) -> Colours:
        return colours(self.colours, self.wave, self.paper)


async def as_json(request: web.Request, track: Track, zoom: Zoom) -> Object:
    def make(peaks: Peaks) -> bytes:
        shown = _zoomed(peaks, zoom)
        if 2 * shown.length * shown.channels > VALUES_MOST:
            raise Invalid(
                "That is too much for one answer. Ask for fewer pixels.",
                [Fault("#/width", "give a width")],
            )
        return to_json(shown).encode()

    return await _made(request, track, f"json {zoom.model_dump_json()}", make)


async def as_dat(request: web.Request, track: Track, zoom: Zoom) -> Object:
    def make(peaks: Peaks) -> bytes:
        return to_dat(_zoomed(peaks, zoom))

    return await _made(request, track, f"dat {zoom.model_dump_json()}", make)


async def as_png(request: web.Request, track: Track, picture: Picture) -> Object:
    def make(peaks: Peaks) -> bytes:
        return png.render(peaks, picture.width, picture.height, picture.pair())

    return await _made(request, track, f"png {picture.model_dump_json()}", make)


async def as_svg(request: web.Request, track: Track, picture: Picture) -> Object:
    def make(peaks: Peaks) -> bytes:
        return svg.render(peaks, picture.width, picture.height, picture.pair()).encode()

    return await _made(request, track, f"svg {picture.model_dump_json()}", make)


async def _made(
    request: web.Request, track: Track, what: str, make: Callable[[Peaks], bytes]
) -> Object:
    if track.state is TrackState.FAILED:
        raise MediaNotFound("This track has no waveform.")
    if track.waveform_file is None:
        raise NotPlayableYet("The waveform is still being measured.")

    key = keys.named(track.id, track.waveform_file)

    async def load() -> bytes:
        try:
            data = await request.app[STORAGE].read(key, DAT_LIMIT)
        except ObjectNotFound:
            raise MediaNotFound("This track has no waveform.") from None
        return await asyncio.to_thread(lambda: make(from_dat(data)))

    return await request.app[CACHE].get(f"{key} {what}", load)


def _zoomed(peaks: Peaks, zoom: Zoom) -> Peaks:
    wanted = _samples_per_pixel(peaks, zoom)
    if wanted < peaks.samples_per_pixel:
        raise Invalid(
            f"The finest is {peaks.samples_per_pixel} samples a pixel,"
            f" {peaks.rate / peaks.samples_per_pixel:.1f} pixels a second."
        )
    if wanted == peaks.samples_per_pixel:
        return peaks
    return peaks.zoom(min(wanted, ZOOMS[-1]))  # the header can tell no more


def _samples_per_pixel(peaks: Peaks, zoom: Zoom) -> int:
    finest = peaks.samples_per_pixel
    if zoom.samples_per_pixel is not None:
        return zoom.samples_per_pixel
    if zoom.pixels_per_second is not None:
        return peaks.rate // zoom.pixels_per_second
    if zoom.width is not None:  # a short sound has fewer pixels than a wide page
        return max(finest, ceil(peaks.length * finest / zoom.width))
    if 2 * peaks.length * peaks.channels <= VALUES_MOST:
        return finest
    return finest * ceil(2 * peaks.length * peaks.channels / VALUES_MOST)
