"""Runs the product's own ingest task in a child of a warm zygote, and watches its reports."""

import shutil
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from transcoder.spec import IngestSpec
from transcoder.zygote import Zygote

DEFAULT_RUNG = "aac-128"


@asynccontextmanager
async def warm_zygote() -> AsyncIterator[Zygote]:
    zygote = await Zygote.start()  # with the niceness it has in the product
    try:
        yield zygote
    finally:
        await zygote.close()


async def reports(
    zygote: Zygote, source: Path, output: Path
) -> AsyncGenerator[dict[str, Any], None]:
    """Yield what the child tells; what it made is removed when the caller leaves."""
    spec = IngestSpec(source=str(source), output=str(output), file_name=source.name)
    with _folder(output):
        child = zygote.run("ingest", spec.to_json(), reads=source, writes=output)
        async with aclosing(child) as told:
            async for report in told:
                yield report


@contextmanager
def _folder(output: Path) -> Iterator[None]:
    output.mkdir()
    try:
        yield
    finally:
        shutil.rmtree(output)
