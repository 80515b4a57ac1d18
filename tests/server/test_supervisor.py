"""The life of `houle serve`: start, crash of a child, drain, end; and refusals to start."""

import contextlib
import os
import signal
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.ports import free_port
from tests.server.served import Served, houle, serving


def gone(pid: int) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        state = Path(f"/proc/{pid}/stat")
        if not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.02)
    return False


@contextlib.contextmanager
def begun(served: Served, *, rest: int) -> Iterator[socket.socket]:
    """Begin a request whose body lacks `rest` bytes, and have it taken in hand."""
    body = b'{"username": "nobody", "password": "wrong password"}'
    head = (
        "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", served.port), 10) as connection:
        connection.sendall(head.encode() + body[:-rest])
        assert served.get("/livez") == (200, "alive\n")  # came later, so ours is in hand
        yield connection


def test_it_serves_and_finishes_what_it_has_in_hand(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as served:
        assert served.get("/livez") == (200, "alive\n")
        assert served.get("/health")[1]["database"] == "up"
        text = served.log.read_text()
        assert str(tmp_path / "data") in text
        assert "sign in as  admin" in text

        with begun(served, rest=5) as connection:
            served.process.send_signal(signal.SIGTERM)
            served.until("draining")
            time.sleep(0.2)  # long enough for an idle server to be gone
            connection.sendall(b'ord"}')
            answer = connection.recv(65_536)

        assert answer.startswith(b"HTTP/1.1 401 ")
        assert served.process.wait(30) == 0


def refused(port: int) -> bool:
    """Whether nothing listens there, within a few seconds."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except ConnectionRefusedError:
            return True
        except ConnectionResetError:
            pass
        time.sleep(0.02)
    return False


def test_while_it_drains_nobody_queues_for_an_answer_that_never_comes(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "2") as served, begun(served, rest=5):
        served.process.send_signal(signal.SIGTERM)
        served.until("draining")

        assert refused(served.port)
        assert served.process.poll() is None


def test_a_start_that_fails_shows_the_first_password_all_the_same(tmp_path: Path) -> None:
    data, broken = tmp_path / "data", tmp_path / "broken.pem"
    broken.write_text("no certificate")
    failed = houle(
        *("serve", "--port", "0"),
        data=data, HOULE_TLS_CERT=str(broken), HOULE_TLS_KEY=str(broken),
    )  # fmt: skip
    assert failed.returncode == 1
    assert "sign in as  admin" in failed.stderr

    with serving(data) as served:
        assert "sign in as  admin" not in served.log.read_text()


def test_a_killed_child_comes_back_and_all_die_with_their_parent(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "2") as served:
        first = served.child("server.serve_child")
        os.kill(first, signal.SIGKILL)
        served.until('"child": "serve_child')
        for _ in range(20):
            assert served.get("/livez") == (200, "alive\n")
        children = served.children()
        assert first not in children
        assert "http_requests_total" in served.get("/metrics")[1]

        served.process.kill()
        served.process.wait()

        assert all(gone(child) for child in children)


def test_a_second_signal_ends_at_once(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as served, begun(served, rest=5):
        served.process.send_signal(signal.SIGINT)
        served.until("draining")
        served.process.send_signal(signal.SIGINT)

        assert served.process.wait(30) == 1


def test_a_port_in_use_is_told_with_a_way_out(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused = houle("serve", "--port", str(port), data=tmp_path / "data")

    assert refused.returncode == 1
    assert f"Port {port} on 127.0.0.1 is in use" in refused.stderr
    assert "--port" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_misspelt_setting_stops_the_start_by_name(tmp_path: Path) -> None:
    refused = houle("serve", data=tmp_path / "data", HOULE_LOUDNESS_TARGETS="-14")

    assert refused.returncode == 1
    assert "HOULE_LOUDNESS_TARGETS is not a setting" in refused.stderr
    assert "HOULE_LOUDNESS_TARGET?" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_data_folder_in_use_is_told(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as served:
        refused = houle("serve", "--port", "0", data=tmp_path / "data")

        assert refused.returncode == 1
        assert f"process {served.process.pid}" in refused.stderr
        assert served.stop() == 0


def test_a_data_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    refused = houle("serve", data=tmp_path / "data")

    assert refused.returncode == 1
    assert "cannot be written" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_workers_may_have_a_way_in_of_their_own(tmp_path: Path) -> None:
    port = free_port()
    with serving(tmp_path / "data", "--workers", "2", HOULE_INTERNAL_PORT=str(port)) as served:
        inner = replace(served, port=port)

        assert post(inner, "/internal/jobs/claim") == 401
        assert post(served, "/internal/jobs/claim") == 404
        assert inner.get("/livez") == (200, "alive\n")
        assert inner.get("/api/v1/tracks")[0] == 404
        assert served.get("/api/v1/tracks")[0] == 200
        served.until("sandbox   full")  # the worker of its own came in by its socket
        assert served.stop() == 0


def post(served: Served, path: str) -> int:
    connection = served.connect()
    connection.request("POST", path, b"{}", {"Content-Type": "application/json"})
    status = connection.getresponse().status
    connection.close()
    return status


def test_a_server_may_leave_the_work_to_others(tmp_path: Path) -> None:
    with serving(tmp_path / "data", HOULE_EMBEDDED_WORKER="false") as served:
        with pytest.raises(LookupError):
            served.child("server.worker_child")
        assert served.get("/health")[1]["services"]["worker"] == "down"
        assert served.stop() == 0
