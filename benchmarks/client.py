"""Uploads and deletes over HTTP as cheaply as can be: the client shares the server's cores."""

import http.client
import json
from dataclasses import dataclass
from pathlib import Path

from benchmarks.interleaved import NotMeasured

_BOUNDARY = "----houle-benchmark"


@dataclass(frozen=True, slots=True)
class Client:
    port: int
    token: str

    def upload(self, path: Path) -> str:
        """Send a file as a private track and return the track's id; the kernel copies the bytes."""
        head = (
            _part("visibility") + "private\r\n" + _part("file", f'; filename="{path.name}"')
        ).encode()
        tail = f"\r\n--{_BOUNDARY}--\r\n".encode()
        size = len(head) + path.stat().st_size + len(tail)
        connection = self._connection()
        try:
            connection.putrequest("POST", "/api/v1/tracks")
            connection.putheader("Authorization", f"Bearer {self.token}")
            connection.putheader("Content-Type", f"multipart/form-data; boundary={_BOUNDARY}")
            connection.putheader("Content-Length", str(size))
            connection.endheaders(head)
            with path.open("rb") as file:
                connection.sock.sendfile(file)
            connection.send(tail)
            answer = connection.getresponse()
            said = answer.read()
        except OSError as error:
            raise NotMeasured(f"the server did not take the upload: {error}") from error
        finally:
            connection.close()
        if answer.status != 202:
            raise NotMeasured(f"the upload was answered {answer.status}: {said[:300]!r}")
        return str(json.loads(said)["id"])

    def delete(self, track: str) -> None:
        connection = self._connection()
        try:
            headers = {"Authorization": f"Bearer {self.token}"}
            connection.request("DELETE", f"/api/v1/tracks/{track}", headers=headers)
            answer = connection.getresponse()
            answer.read()
        finally:
            connection.close()
        if answer.status != 204:
            raise NotMeasured(f"the deletion was answered {answer.status}")

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)


def _part(name: str, more: str = "") -> str:
    return f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'
