"""Refuses system calls that media work never makes, by a filter in the kernel (Linux 3.5).

It closes what Landlock and namespaces leave open: sockets that are files (a database's, a container
engine's), new programs and processes, other processes' memory, signals, limits and priorities,
what processes of a user share (System V's memory, message queues), rights and times of files.
It also closes what would hold memory or disk that nobody sees: files in memory, and mapped files,
which keep their blocks when their names and descriptors are gone.
"""

import ctypes
import errno
import os
import struct
from collections.abc import Iterable
from typing import Final, TypeAlias

Instruction: TypeAlias = tuple[int, int, int, int]  # code, steps if true, steps if false, operand

# linux/bpf_common.h and linux/seccomp.h
_LOAD, _RETURN = 0x20, 0x06
_IF_EQUAL, _IF_AT_LEAST, _IF_ANY_BIT = 0x15, 0x35, 0x45
_NUMBER, _ARCHITECTURE = 0, 4  # offsets in struct seccomp_data
_ARGUMENTS: Final = (16, 24, 32, 40)  # there, the lower halves
_PR_SET_SECCOMP, _MODE_FILTER, _PR_SET_NO_NEW_PRIVS = 22, 2, 38
_CLONE_THREAD = 0x10000
_MAP_ANONYMOUS = 0x20
_F_SETOWN, _F_SETSIG, _F_SETOWN_EX = 8, 10, 15  # a pipe can send any signal to its owner
_X32 = 0x40000000  # calls of x86_64's second ABI have numbers from here on

_ALLOWED: Final[Instruction] = (_RETURN, 0, 0, 0x7FFF0000)
_REFUSED: Final[Instruction] = (_RETURN, 0, 0, 0x00050000 | errno.EPERM)
_UNKNOWN: Final[Instruction] = (_RETURN, 0, 0, 0x00050000 | errno.ENOSYS)

_MACHINES: Final = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}  # AUDIT_ARCH_*, column
_CLONE, _CLONE3 = (56, 220), 435
_MMAP, _FCNTL = (9, 222), (72, 25)
_SIGNALS_BY_PROCESS: Final = ((62, 129), (234, 131))  # kill, tgkill
_SETTINGS_BY_PROCESS: Final = (  # zero is the caller
    (302, 261),  # prlimit64, by which the C library sets and reads the caller's own limits
    (203, 122),  # sched_setaffinity
    (144, 119),  # sched_setscheduler
    (142, 118),  # sched_setparam
    (314, 274),  # sched_setattr
)
_CALLS: Final = {  # by machine; None where there is no such call
    "socket": (41, 198),
    "socketpair": (53, 199),
    "connect": (42, 203),
    "bind": (49, 200),
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    "kcmp": (312, 272),
    "get_robust_list": (274, 100),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "setpriority": (141, 140),
    "ioprio_set": (251, 30),
    "setpgid": (109, 154),
    "setsid": (112, 157),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424),
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "inotify_init": (253, None),  # it would tell the names of files that cannot be opened
    "inotify_init1": (294, 26),
    "fanotify_init": (300, 262),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "semget": (64, 190),
    "semctl": (66, 191),
    "semop": (65, 193),
    "semtimedop": (220, 192),
    "msgget": (68, 186),
    "msgctl": (71, 187),
    "msgsnd": (69, 189),
    "msgrcv": (70, 188),
    "mq_open": (240, 180),
    "mq_unlink": (241, 181),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "open_by_handle_at": (304, 265),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),  # its work would not pass this filter
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
}

_libc = ctypes.CDLL(None, use_errno=True)


class SeccompMissing(Exception):
    """No filters in this kernel, or a machine whose calls we do not know."""


def restrict() -> None:
    """Give up these calls for good, with every thread to come. Threads may still be started."""
    _, column = _machine()
    rules = refusing(
        number for numbers in _CALLS.values() if (number := numbers[column]) is not None
    )
    rules += _if_call(_CLONE3, _UNKNOWN)  # the C library then uses clone, which can be looked into
    rules += _if_call(_CLONE[column], *_only(_IF_ANY_BIT, _CLONE_THREAD))
    rules += _if_call(_MMAP[column], *_only(_IF_ANY_BIT, _MAP_ANONYMOUS, argument=3))
    rules += _if_call(_FCNTL[column], *_never(_F_SETOWN, _F_SETSIG, _F_SETOWN_EX, argument=1))
    for numbers in _SIGNALS_BY_PROCESS:
        rules += _if_call(numbers[column], *_only(_IF_EQUAL, os.getpid()))
    for numbers in _SETTINGS_BY_PROCESS:
        rules += _if_call(numbers[column], *_only(_IF_EQUAL, 0, os.getpid()))
    install(rules)


def refusing(numbers: Iterable[int]) -> list[Instruction]:
    return [step for number in numbers for step in _if_call(number, _REFUSED)]


def install(rules: list[Instruction]) -> None:
    """Have the kernel run the rules before each system call; what they pass over is allowed."""
    architecture, _ = _machine()
    program = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_IF_EQUAL, 1, 0, architecture),
        _REFUSED,
        (_LOAD, 0, 0, _NUMBER),
        (_IF_AT_LEAST, 0, 1, _X32),
        _REFUSED,
        *rules,
        _ALLOWED,
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in program))
    header = struct.pack("HP", len(program), ctypes.addressof(code))
    if _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or _libc.prctl(
        _PR_SET_SECCOMP, _MODE_FILTER, header, 0, 0
    ):
        raise SeccompMissing(os.strerror(ctypes.get_errno()))


def _if_call(number: int, *steps: Instruction) -> list[Instruction]:
    return [(_IF_EQUAL, 0, len(steps), number), *steps]


def _only(test: int, *operands: int, argument: int = 0) -> list[Instruction]:
    """Allow the call if its argument passes one of the tests; the program ends here."""
    tests = [step for operand in operands for step in ((test, 0, 1, operand), _ALLOWED)]
    return [(_LOAD, 0, 0, _ARGUMENTS[argument]), *tests, _REFUSED]


def _never(*operands: int, argument: int) -> list[Instruction]:
    """Refuse the call if its argument is one of these; the program ends here."""
    tests = [step for operand in operands for step in ((_IF_EQUAL, 0, 1, operand), _REFUSED)]
    return [(_LOAD, 0, 0, _ARGUMENTS[argument]), *tests, _ALLOWED]


def _machine() -> tuple[int, int]:
    machine = os.uname().machine
    if machine not in _MACHINES:
        raise SeccompMissing(f"the system calls of {machine} are not known")
    return _MACHINES[machine]
