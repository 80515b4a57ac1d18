"""How much of the store's disk stays free: uploads, `/health` and the doctor go by one figure."""

from __future__ import annotations

import shutil
from pathlib import Path

from server.media import media_folder
from server.settings import Settings

SHARE = 0.05  # of the disk, where no HOULE_DISK_FLOOR says otherwise


def disk_floor(settings: Settings) -> int:
    """Return what the operator says, else 2 GiB or the share, whichever is more. Asks the disk."""
    floor = int(settings.disk_floor)
    if "disk_floor" in settings.model_fields_set:
        return floor
    disk = shutil.disk_usage(existing(media_folder(settings.storage_url)))
    return max(floor, int(disk.total * SHARE))


def existing(path: Path) -> Path:
    """Return the folder, or what of its way there is already."""
    return path if path.exists() else existing(path.parent)
