"""What was read a moment ago, for at most so long and so many."""

from collections.abc import Callable, Hashable
from time import monotonic
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """A bounded cache; the oldest entry goes first."""

    def __init__(self, seconds: float, size: int, clock: Callable[[], float] = monotonic) -> None:
        self._seconds = seconds
        self._size = size
        self._clock = clock
        self._entries: dict[K, tuple[float, V]] = {}

    def get(self, key: K) -> V | None:
        """Return what was put under the key, unless that was too long ago."""
        put_at, value = self._entries.get(key, (float("-inf"), None))
        return value if self._clock() - put_at <= self._seconds else None

    def put(self, key: K, value: V) -> None:
        self._entries.pop(key, None)
        if len(self._entries) >= self._size:
            del self._entries[next(iter(self._entries))]
        self._entries[key] = (self._clock(), value)
