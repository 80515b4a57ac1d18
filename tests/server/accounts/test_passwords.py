"""The pool in which passwords are compared."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from argon2 import extract_parameters

from server.accounts.passwords import QUEUE, THREADS, Passwords, PasswordsBusy, hash_password


@pytest.fixture
def passwords() -> Iterator[Passwords]:
    pool = Passwords()
    yield pool
    pool.close()


async def test_without_a_user_the_same_work_is_done_and_is_wrong(passwords: Passwords) -> None:
    verdict = await passwords.verify(None, "a swell of the sea 7")

    assert not verdict.right
    assert extract_parameters(passwords.decoy) == extract_parameters(hash_password("some words"))


async def test_a_full_queue_refuses_at_once_and_serves_again_when_it_has_emptied(
    passwords: Passwords,
) -> None:
    async with asyncio.TaskGroup() as together:
        for _ in range(THREADS + QUEUE):
            together.create_task(passwords.verify(None, "guess"))
        await asyncio.sleep(0)  # let them take their places
        with pytest.raises(PasswordsBusy) as refusal:
            await passwords.verify(None, "guess")

    assert refusal.value.retry_after >= 1
    assert not (await passwords.verify(None, "guess")).right


async def test_clients_that_went_away_give_their_places_back(passwords: Passwords) -> None:
    for _ in range(2):
        waiting = [
            asyncio.create_task(passwords.verify(None, "guess")) for _ in range(THREADS + QUEUE)
        ]
        await asyncio.sleep(0)
        for task in waiting[THREADS:]:
            task.cancel()
        await asyncio.wait(waiting)

    assert not (await passwords.verify(None, "guess")).right
