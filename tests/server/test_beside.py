"""What goes on beside the requests ends with them."""

import asyncio

import pytest

from server.beside import beside


async def test_work_goes_on_inside_and_is_over_outside() -> None:
    begun, over = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)  # it may tidy up
            over.set()

    async with beside(work(), "work"):
        await begun.wait()
        assert not over.is_set()

    assert over.is_set()


async def test_work_is_over_also_when_what_it_is_beside_of_fails() -> None:
    over = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            over.set()

    async def fail_beside_it() -> None:
        async with beside(work(), "work"):
            await asyncio.sleep(0)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_beside_it()

    assert over.is_set()


async def test_work_that_failed_is_not_hidden() -> None:
    async def work() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        async with beside(work(), "work"):
            await asyncio.sleep(0)
