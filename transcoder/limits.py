"""How much of the machine a media child may use."""

from dataclasses import asdict, dataclass
from typing import Any, Self

MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Wall clock and silence are kept by the parent, the rest by the kernel."""

    wall_seconds: float = 6 * 3600
    silence_seconds: float = 120  # without a single report
    cpu_seconds: int = 12 * 3600
    memory_bytes: int = 1024 * MIB  # of address space, beyond the zygote's
    # Of any one file: the waveform of twelve hours at 384 kHz takes 248 MiB, all else far less.
    file_bytes: int = 256 * MIB
    # Files without a name are not seen by whoever counts; so many, at most, can hold room.
    open_files: int = 32
    # Of the whole user, before Linux 5.14; so wide, and only the last wall against a fork bomb.
    processes: int = 4096

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> Self:
        return cls(**fields)
