"""What an ingest is asked to do, in a form that crosses the border to the sandboxed child."""

from dataclasses import asdict, dataclass
from typing import Any, Final, Self

TARGET_LUFS: Final = -14.0
CEILING_DBTP: Final = -1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestSpec:
    """`source` is the one file that may be read, `output` the one folder that may be written."""

    source: str
    output: str
    file_name: str  # what its owner calls it; never opened, only a last resort for a title
    container: str | None = None  # as sniffed; None: the child looks itself
    target_lufs: float = TARGET_LUFS
    ceiling_dbtp: float = CEILING_DBTP
    preview: bool = True
    default_rung: str = "aac-128"

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> Self:
        return cls(**fields)
