"""Runs a program as if on another machine: `SOCKET PORT HIDDEN COMMAND…`.

In a network of its own there is one address, 127.0.0.1:PORT, and it leads through a Unix socket to
the server; the folder HIDDEN is empty. Without the right to any of this the program runs as it is.
"""

import asyncio
import ctypes
import fcntl
import os
import signal
import socket
import struct
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress

from server.process import die_with_parent

_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1
_CLONE_NEWNET, _CLONE_NEWNS = 0x40000000, 0x00020000
_MS_PRIVATE_RECURSIVE = 1 << 18 | 1 << 14
Open = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


async def pass_on(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connect: Open
) -> None:
    """Carry the bytes of a connection to another one, and back."""
    there_reader, there_writer = await connect()
    async with asyncio.TaskGroup() as group:
        group.create_task(_pour(reader, there_writer))
        group.create_task(_pour(there_reader, writer))


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while chunk := await reader.read(65_536):
            writer.write(chunk)
            await writer.drain()
    with suppress(ConnectionError, OSError):
        writer.close()


def leave(hidden: str) -> None:
    """Take a network and a view of the files of our own."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNET | _CLONE_NEWNS):
        raise OSError(ctypes.get_errno(), "unshare")
    libc.mount(b"none", b"/", None, _MS_PRIVATE_RECURSIVE, None)
    if libc.mount(b"none", hidden.encode(), b"tmpfs", 0, None):
        raise OSError(ctypes.get_errno(), "mount")
    with socket.socket() as loopback:
        request = struct.pack("16sh", b"lo", 0)
        flags = struct.unpack("16sh", fcntl.ioctl(loopback, _SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(loopback, _SIOCSIFFLAGS, struct.pack("16sh", b"lo", flags | _IFF_UP))


async def inside(path: str, port: int, hidden: str, *command: str) -> int:
    """Run the program; it finds the server at its own loopback."""

    async def to_the_outside(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await pass_on(reader, writer, lambda: asyncio.open_unix_connection(path))

    with suppress(PermissionError):
        leave(hidden)
        await asyncio.start_server(to_the_outside, "127.0.0.1", port)
    # who is killed takes the program along
    program = await asyncio.create_subprocess_exec("setpriv", "--pdeathsig", "KILL", *command)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, program.terminate)
    return await program.wait()


async def outside(path: str, port: int, child: int) -> int:
    """Be the way to the server for as long as the program runs."""

    async def to_the_server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await pass_on(reader, writer, lambda: asyncio.open_connection("127.0.0.1", port))

    await asyncio.start_unix_server(to_the_server, path)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, os.kill, child, signal.SIGTERM)
    _, status = await asyncio.to_thread(os.waitpid, child, 0)
    return os.waitstatus_to_exitcode(status)


def main(path: str, port: str, hidden: str, *command: str) -> int:
    parent = os.getpid()
    if child := os.fork():
        return asyncio.run(outside(path, int(port), child))
    die_with_parent(parent)
    return asyncio.run(inside(path, int(port), hidden, *command))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
