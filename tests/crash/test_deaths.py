"""kill -9 at any moment of any process: nothing is lost, and nothing is done twice."""

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.crash.workshop import Workshop, engine, workshop

SEED = 20261121
WORKERS = 3


@pytest.mark.timeout(240)
def test_whoever_dies_each_job_is_done_once(shop: Workshop) -> None:
    kill_and_judge(shop, deaths=5)


@pytest.mark.soak
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_fifty_deaths_lose_nothing_and_double_nothing(name: str, tmp_path: Path) -> None:
    """With leases that outlive a server's restart, or four of those would fail a job rightly."""
    with (
        engine(name, tmp_path) as url,
        workshop(tmp_path / "shop", url, HOULE_LEASE_SECONDS="8") as shop,
    ):
        kill_and_judge(shop, deaths=50)


def kill_and_judge(shop: Workshop, deaths: int) -> None:
    chance = random.Random(SEED)
    every = [shop.add(1, steps=chance.randrange(2, 14))[0] for _ in range(4 * deaths)]
    alive = [shop.start_worker() for _ in range(WORKERS)]
    for _ in range(deaths):
        time.sleep(chance.uniform(0.1, 1.2))
        strike(shop, alive, chance)

    shop.until_over()
    shop.require_each_done_once(every)


def strike(shop: Workshop, alive: list["subprocess.Popen[bytes]"], chance: random.Random) -> None:
    match chance.choice(["worker", "worker", "worker", "http", "server"]):
        case "worker":
            victim = alive.pop(chance.randrange(len(alive)))
            victim.kill()
            alive.append(shop.start_worker())
        case "http":
            if (child := shop.server.children().get("serve_child")) is not None:
                os.kill(child, signal.SIGKILL)  # else it is just being started again
        case _:
            shop.restart_server()


def test_a_frozen_worker_that_wakes_up_finishes_nothing(shop: Workshop) -> None:
    (job,) = shop.add(steps=20)
    first = shop.start_worker()
    shop.until(lambda: shop.told("began"))
    first.send_signal(signal.SIGSTOP)
    shop.until(lambda: shop.history(job)[-1] == "lost")
    shop.start_worker()
    shop.until(lambda: len(shop.told("began")) == 2)

    first.send_signal(signal.SIGCONT)
    shop.until_over()
    shop.until(lambda: "lease lost" in shop.log())

    assert shop.history(job) == ["added", "begun", "lost", "begun", "succeeded"]
    assert shop.told("finished") == [job]


def test_a_job_that_kills_its_worker_fails_after_four_and_the_others_are_done(
    shop: Workshop,
) -> None:
    (poison,) = shop.add(poison=True)
    others = shop.add(3)
    while shop.states()[poison] != "failed":
        shop.start_worker()
        shop.until(lambda: shop.are_dead() or shop.states()[poison] == "failed")
    shop.start_worker()
    shop.until_over()

    assert shop.told("began").count(poison) == 4
    assert shop.history(poison).count("lost") == 3
    shop.require_each_done_once(others)


def test_a_job_three_times_as_long_as_its_lease_runs_once(shop: Workshop) -> None:
    (job,) = shop.add(steps=90)
    shop.start_worker()
    shop.start_worker()
    shop.until_over()

    assert shop.history(job) == ["added", "begun", "succeeded"]


def test_a_worker_that_is_stopped_gives_its_job_back_as_if_nothing_was(shop: Workshop) -> None:
    (job,) = shop.add(steps=100)
    worker = shop.start_worker()
    shop.until(lambda: shop.told("began"))

    worker.send_signal(signal.SIGTERM)

    assert worker.wait(20) == 0
    assert shop.states()[job] == "pending"
    assert shop.attempts(job) == 0
    assert shop.history(job) == ["added", "begun", "released"]


def test_the_clock_of_a_worker_does_not_matter(shop: Workshop) -> None:
    every = shop.add(6, steps=40)  # longer than a lease
    shop.start_worker(clock="+400d")
    shop.start_worker(clock="-400d x0.5")
    shop.until_over()

    shop.require_each_done_once(every)
    assert {shop.attempts(job) for job in every} == {1}
