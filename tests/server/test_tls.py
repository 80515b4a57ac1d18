"""`houle serve` with a certificate of its own."""

import datetime
import http.client
import json
import ssl
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.server.served import Served, serving

PASSWORD = "a swell of the sea 7"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "houle.example")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    paths = folder / "cert.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths


@pytest.fixture(scope="module")
def served(
    certificate: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    given = {
        "HOULE_TLS_CERT": str(certificate[0]),
        "HOULE_TLS_KEY": str(certificate[1]),
        "HOULE_ADMIN_PASSWORD": PASSWORD,
    }
    with serving(tmp_path_factory.mktemp("served") / "data", **given) as served:
        yield served


@pytest.fixture
def https(served: Served, certificate: tuple[Path, Path]) -> Iterator[http.client.HTTPSConnection]:
    context = ssl.create_default_context(cafile=certificate[0])
    connection = http.client.HTTPSConnection("127.0.0.1", served.port, timeout=10, context=context)
    yield connection
    connection.close()


def test_https_answers_and_browsers_are_told_to_stay_with_it(
    https: http.client.HTTPSConnection, served: Served
) -> None:
    https.request("GET", "/livez")
    response = https.getresponse()

    assert (response.status, response.read()) == (200, b"alive\n")
    assert response.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert f"https://127.0.0.1:{served.port}" in served.log.read_text()


def test_the_cookie_of_a_sign_in_travels_by_https_alone(
    https: http.client.HTTPSConnection,
) -> None:
    body = json.dumps({"username": "admin", "password": PASSWORD, "cookie": True})
    https.request("POST", "/api/v1/auth/login", body, {"Content-Type": "application/json"})
    response = https.getresponse()

    assert response.status == 200
    assert "Secure" in response.headers["Set-Cookie"]
    assert "HttpOnly" in response.headers["Set-Cookie"]


def test_plain_http_gets_no_answer(served: Served) -> None:
    connection = served.connect()
    connection.request("GET", "/livez")

    with pytest.raises((ConnectionError, http.client.HTTPException)):
        connection.getresponse()
    connection.close()
