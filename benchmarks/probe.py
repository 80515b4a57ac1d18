"""Asks `/livez` on one kept-alive connection every 5 ms: what a listener's request would wait."""

import http.client
import math
import time
from collections.abc import Sequence
from threading import Event, Thread
from typing import Self

INTERVAL = 0.005


class Probe:
    """Runs in a thread of its own for as long as its block lasts."""

    def __init__(self, port: int) -> None:
        self.latencies: list[float] = []  # seconds
        self.error: Exception | None = None
        self._port = port
        self._over = Event()
        self._thread = Thread(target=self._run, name="probe")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        if self.error:
            raise self.error

    def _run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            self._ask(connection)
        except (OSError, http.client.HTTPException) as error:
            self.error = error
        finally:
            connection.close()

    def _ask(self, connection: http.client.HTTPConnection) -> None:
        answered = due = time.perf_counter()
        while not self._over.is_set():
            # A question that had to wait for the answer before it counts from when it was due;
            # one that this thread woke up too late for is not the server's fault.
            asked = due if answered > due else time.perf_counter()
            connection.request("GET", "/livez")
            connection.getresponse().read()
            answered = time.perf_counter()
            self.latencies.append(answered - asked)
            due += INTERVAL
            time.sleep(max(0.0, due - time.perf_counter()))


def p99(values: Sequence[float]) -> float:
    """Return the smallest value that at least 99 of 100 do not exceed."""
    return sorted(values)[math.ceil(len(values) * 0.99) - 1]
