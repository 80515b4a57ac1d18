"""Databases that go away in the middle: what runs goes on, and what waits is not forgotten."""

import os
import signal
from pathlib import Path

from tests.crash.workshop import Workshop, workshop
from tests.postgresql import postgresql_server
from tests.redis import redis_server


def test_postgresql_is_restarted_in_the_middle(tmp_path: Path) -> None:
    with postgresql_server() as database:
        database.run("CREATE DATABASE houle")
        with workshop(tmp_path / "shop", database.url("houle")) as shop:
            every = shop.add(8, steps=20)
            shop.start_worker()
            shop.start_worker()
            shop.until(lambda: shop.told("began"))
            database.stop(gracefully=False)
            database.start()
            shop.until_over()

            shop.require_each_done_once(every)


def test_redis_is_killed_and_comes_back_in_the_middle(tmp_path: Path) -> None:
    with redis_server() as redis:
        url = f"sqlite:///{tmp_path}/houle.db"
        with workshop(tmp_path / "shop", url, HOULE_REDIS_URL=redis.url) as shop:
            every = shop.add(6, steps=10)
            shop.start_worker()
            shop.until(lambda: shop.told("began"))
            redis.kill()
            every += shop.add(2, steps=2)
            shop.until(lambda: len(shop.told("finished")) > 4)
            redis.start()
            shop.until_over()

            shop.require_each_done_once(every)


def test_the_http_process_is_frozen_for_longer_than_the_leases(shop: Workshop) -> None:
    every = shop.add(6, steps=8)
    shop.start_worker()
    shop.until(lambda: shop.told("began"))
    child = shop.server.children()["serve_child"]
    os.kill(child, signal.SIGSTOP)
    shop.until(lambda: "outcome not heard" in shop.log() or "lease lost" in shop.log())
    os.kill(child, signal.SIGCONT)
    shop.until_over()

    shop.require_each_done_once(every)
