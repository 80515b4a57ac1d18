"""One producer feeds several consumers; whoever fails, nobody is left waiting."""

from collections.abc import Iterator
from threading import Event

import pytest

from transcoder.fan_out import Pipe, fan_out


def test_every_consumer_gets_every_item_in_order() -> None:
    taken: list[list[int]] = [[], []]

    fan_out(range(100), [taken[0].extend, taken[1].extend], depth=2)

    assert taken == [list(range(100))] * 2


def test_a_failing_consumer_ends_the_others_and_is_heard() -> None:
    def failing(items: Iterator[int]) -> None:
        for item in items:
            if item == 3:
                raise RuntimeError("disk full")

    with pytest.raises(RuntimeError, match="disk full"):
        fan_out(range(10_000), [failing, list[int]().extend], depth=1)


def test_consumers_of_a_failing_producer_do_not_believe_in_an_end() -> None:
    finished = []

    def consumer(items: Iterator[int]) -> None:
        finished.append(list(items))

    def producer() -> Iterator[int]:
        yield 1
        raise ValueError("damaged")

    with pytest.raises(ValueError, match="damaged"):
        fan_out(producer(), [consumer], depth=4)
    assert finished == []


def test_an_offer_is_declined_rather_than_waited_for() -> None:
    go, taken = Event(), []

    def slow(items: Iterator[int]) -> None:
        for item in items:
            go.wait()
            taken.append(item)

    pipe = Pipe(slow, depth=2)
    accepted = [item for item in range(10) if pipe.offer(item)]
    pipe.stop()
    go.set()
    pipe.join()

    assert 2 <= len(accepted) <= 3
    assert taken == accepted
