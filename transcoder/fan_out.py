"""One producer, several consumers, each in its own thread behind a bounded queue."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from queue import Empty, Queue
from threading import Thread
from typing import Generic, TypeVar

T = TypeVar("T")
Sink = Callable[[Iterator[T]], None]


class Stopped(Exception):
    """Raised inside a consumer whose producer gave up: what it was making has no end."""


class _Last(Enum):
    END = "the last item was put"
    STOP = "there would be more, but it will not come"


class Pipe(Generic[T]):
    """A consumer that pulls items in a thread of its own.

    It never blocks its producer for good: once the consumer failed, what is put is thrown away.
    """

    def __init__(self, sink: Sink[T], *, depth: int) -> None:
        self._depth = depth
        # One place more than items are taken, so that `stop` finds room without waiting.
        self._queue: Queue[T | _Last] = Queue(depth + 1)
        self._sink = sink
        self._over = False
        self.error: BaseException | None = None
        self._thread = Thread(target=self._consume, name="pipe", daemon=True)
        self._thread.start()

    def put(self, item: T) -> None:
        """Wait until there is room."""
        self._queue.put(item)

    def offer(self, item: T) -> bool:
        """Put an item if there is room, and say whether there was."""
        if self._queue.qsize() >= self._depth:
            return False
        self._queue.put_nowait(item)
        return True

    def end(self) -> None:
        """Let the consumer finish its work."""
        self._queue.put(_Last.END)

    def stop(self) -> None:
        """Let the consumer take what waits, and no more."""
        self._queue.put(_Last.STOP)

    def abandon(self) -> None:
        """Throw away what waits; the consumer stops behind the item in hand."""
        try:
            while True:
                self._queue.get_nowait()
        except Empty:
            self.stop()

    def join(self) -> None:
        self._thread.join()

    def _consume(self) -> None:
        try:
            self._sink(self._items())
        except Stopped:
            pass
        except BaseException as error:  # noqa: BLE001 - whoever joins the pipe raises it
            self.error = error
        while not self._over:
            self._over = isinstance(self._queue.get(), _Last)

    def _items(self) -> Iterator[T]:
        while not self._over:
            item = self._queue.get()
            if isinstance(item, _Last):
                self._over = True
                if item is _Last.STOP:
                    raise Stopped
                return
            yield item


def fan_out(items: Iterable[T], sinks: Sequence[Sink[T]], *, depth: int) -> None:
    """Give every item to every sink; the first failure, theirs or the producer's, is raised."""
    pipes = [Pipe(sink, depth=depth) for sink in sinks]
    try:
        for item in items:
            if any(pipe.error for pipe in pipes):
                break
            for pipe in pipes:
                pipe.put(item)
    except BaseException:
        _close(pipes, Pipe.abandon)
        raise
    _close(pipes, Pipe.end)
    for pipe in pipes:
        if pipe.error:
            raise pipe.error


def _close(pipes: Sequence[Pipe[T]], close: Callable[[Pipe[T]], None]) -> None:
    for pipe in pipes:
        close(pipe)
    for pipe in pipes:
        pipe.join()
