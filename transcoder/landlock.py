"""Landlock by system call: from here on only the named files can be opened (Linux 5.13)."""

import ctypes
import os
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Final

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_VERSION = 1  # flag of landlock_create_ruleset: tell the ABI
_PATH_BENEATH = 1
_PR_SET_NO_NEW_PRIVS = 38

# linux/landlock.h, LANDLOCK_ACCESS_FS_*
_WRITE_FILE: Final = 1 << 1
READ_FILE: Final = 1 << 2
READ_WRITE_DEVICE: Final = _WRITE_FILE | READ_FILE
WRITE_BELOW: Final = (
    1 << 1 | 1 << 2 | 1 << 3  # write_file read_file read_dir
    | 1 << 4 | 1 << 5  # remove_dir remove_file
    | 1 << 7 | 1 << 8  # make_dir make_reg
    | 1 << 13  # refer: rename from one folder below into another (ABI 2)
    | 1 << 14  # truncate (ABI 3)
)  # fmt: skip
_FILES_BY_ABI = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
_FILES_NEWEST = (1 << 16) - 1  # ABI 5 added ioctl on devices
_BIND_AND_CONNECT = 0b11  # TCP, ABI 4
_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11  # ABI 6

_libc = ctypes.CDLL(None, use_errno=True)


class LandlockMissing(Exception):
    """The kernel has no Landlock, or it is switched off."""


def abi() -> int:
    """Return the version of Landlock here, 0 for none."""
    version = _libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION)
    return max(0, int(version))


def restrict(rules: Sequence[tuple[Path, int]]) -> None:
    """Give up every access to files but those of the rules, and every TCP connection (ABI 4).

    Irrevocable, and inherited by children. Raises LandlockMissing.
    """
    version = abi()
    if not version:
        raise LandlockMissing(os.strerror(ctypes.get_errno()))
    files = _FILES_BY_ABI.get(version, _FILES_NEWEST)
    ruleset = _ruleset(version, files)
    try:
        for path, access in rules:
            _allow(ruleset, path, access & files)
        _checked(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        _checked(_libc.syscall(_RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)


def _ruleset(version: int, files: int) -> int:
    attributes = struct.pack("Q", files)
    if version >= 4:
        attributes += struct.pack("Q", _BIND_AND_CONNECT)
    if version >= 6:
        attributes += struct.pack("Q", _ABSTRACT_SOCKETS_AND_SIGNALS)
    size = ctypes.c_size_t(len(attributes))
    return _checked(_libc.syscall(_CREATE_RULESET, attributes, size, 0))


def _allow(ruleset: int, path: Path, access: int) -> None:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = struct.pack("=Qi", access, descriptor)
        _checked(_libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0))
    finally:
        os.close(descriptor)


def _checked(result: int) -> int:
    if result < 0:
        raise LandlockMissing(os.strerror(ctypes.get_errno()))
    return result
