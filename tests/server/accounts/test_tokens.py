"""Access tokens: what they say, and what is not taken for one."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable
from functools import partial
from time import time
from typing import Any, TypeAlias

import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from server.accounts import PERMISSIONS, User, issue_access_token, set_disabled
from server.accounts.authentication import FRESH, Authentication
from server.accounts.routes import SIGNING_KEYS, TOKENS
from server.accounts.tokens import Tokens
from server.database import Database
from server.http.principal import AUTHENTICATE, Authenticate, Role
from tests.server.accounts.people import Client, Person

Json: TypeAlias = dict[str, Any]
ME = "/api/v1/users/me"


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def parts(token: str) -> tuple[Json, Json]:
    header, payload, _ = token.split(".")
    return json.loads(decoded(header)), json.loads(decoded(payload))


def signed(header: Json, claims: Json, sign: Callable[[bytes], bytes]) -> str:
    text = ".".join(encoded(json.dumps(part).encode()) for part in (header, claims))
    return f"{text}.{encoded(sign(text.encode()))}"


def by(key: rsa.RSAPrivateKey) -> Callable[[bytes], bytes]:
    return lambda text: key.sign(text, padding.PKCS1v15(), SHA256())


@pytest.fixture
def token(client: Client, app: web.Application, anna: User) -> str:
    return issue_access_token(app, anna)


@pytest.fixture
def own_key(client: Client, app: web.Application) -> rsa.RSAPrivateKey:
    """The server's own private key, as only its process has it."""
    key = app[SIGNING_KEYS].current.private_key
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


@pytest.fixture(scope="session")
def other_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65_537, 2048)


async def published(person: Person) -> Json:
    keys = (await person.get("/.well-known/jwks.json")).body["keys"]
    assert len(keys) == 1
    return dict(keys[0])


def public_key(jwk: Json) -> rsa.RSAPublicKey:
    n, e = (int.from_bytes(decoded(jwk[name])) for name in ("n", "e"))
    return rsa.RSAPublicNumbers(e, n).public_key()


async def test_a_token_says_what_it_should_and_no_more(token: str, anna: User) -> None:
    header, claims = parts(token)

    assert header["alg"] == "RS256"
    assert header["typ"] == "at+jwt"
    assert set(claims) == {"sub", "roles", "permissions", "iat", "exp", "jti", "iss", "aud"}
    assert claims["sub"] == anna.id
    assert claims["roles"] == ["user"]
    assert set(claims["permissions"]) == PERMISSIONS[Role.USER]
    assert claims["exp"] - claims["iat"] == 15 * 60
    assert abs(claims["iat"] - time()) < 60
    assert "example.org" not in json.dumps(claims)


async def test_each_token_has_an_id_of_its_own(
    client: Client, app: web.Application, anna: User
) -> None:
    ids = {parts(issue_access_token(app, anna))[1]["jti"] for _ in range(3)}

    assert len(ids) == 3


async def test_anyone_can_verify_a_token_by_the_published_key(person: Person, token: str) -> None:
    jwk = await published(person)
    text, _, signature = token.rpartition(".")

    assert (jwk["kid"], jwk["use"], jwk["alg"]) == (parts(token)[0]["kid"], "sig", "RS256")
    assert public_key(jwk).key_size >= 2048
    public_key(jwk).verify(decoded(signature), text.encode(), padding.PKCS1v15(), SHA256())


async def test_the_key_set_holds_nothing_private_and_may_be_kept_an_hour(person: Person) -> None:
    answer = await person.get("/.well-known/jwks.json")

    assert set(answer.body["keys"][0]) == {"kty", "use", "alg", "kid", "n", "e"}
    assert answer.headers["Cache-Control"] == "public, max-age=3600"


async def test_a_valid_token_opens(person: Person, token: str) -> None:
    assert (await person.get(ME, token)).status == 200


async def test_an_own_copy_signed_with_the_own_key_opens(
    person: Person, token: str, own_key: rsa.RSAPrivateKey
) -> None:
    """Else the forgeries below might be refused for a reason that is none."""
    header, claims = parts(token)

    assert (await person.get(ME, signed(header, claims, by(own_key)))).status == 200


@pytest.mark.parametrize(
    "change",
    [
        {"exp": 1_700_000_000},
        {"exp": None},
        {"exp": "tomorrow"},
        {"iat": None},
        {"jti": None},
        {"sub": None},
        {"sub": "0190c0de-0000-7000-8000-000000000000"},
        {"sub": ["a"]},
        {"aud": "another service"},
        {"aud": None},
        {"iss": "https://elsewhere.example"},
        {"iss": None},
    ],
)
async def test_claims_that_do_not_hold_are_refused_though_the_signature_does(
    person: Person, token: str, own_key: rsa.RSAPrivateKey, change: Json
) -> None:
    header, claims = parts(token)
    merged = {name: value for name, value in (claims | change).items() if value is not None}
    answer = await person.get(ME, signed(header, merged, by(own_key)))

    assert (answer.status, answer.body["type"]) == (401, "urn:houle:problem:invalid-token")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "change",
    [
        {"alg": "RS512"},
        {"alg": ["RS256"]},
        {"typ": "JWT"},
        {"typ": None},
        {"kid": "unknown"},
        {"kid": "../../etc/passwd"},
        {"kid": None},
        {"kid": 7},
        {"crit": ["b64"], "b64": False},
        {"crit": 7},
        {"jku": "https://elsewhere.example/jwks.json"},
    ],
)
async def test_a_header_that_we_did_not_write_is_refused_though_the_signature_holds(
    person: Person, token: str, own_key: rsa.RSAPrivateKey, change: Json
) -> None:
    header, claims = parts(token)
    merged = {name: value for name, value in (header | change).items() if value is not None}

    assert (await person.get(ME, signed(merged, claims, by(own_key)))).status == 401


async def test_a_token_of_algorithm_none_is_refused(person: Person, token: str) -> None:
    header, claims = parts(token)
    for name in ("none", "None", "NONE"):
        unsigned = signed(header | {"alg": name}, claims, lambda _: b"")
        assert (await person.get(ME, unsigned)).status == 401


async def test_the_public_key_is_no_hmac_secret(person: Person, token: str) -> None:
    jwk = await published(person)
    key = public_key(jwk)
    header, claims = parts(token)
    secrets = [
        key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        jwk["n"].encode(),
        json.dumps(jwk).encode(),
    ]
    for secret in secrets:
        forged = signed(
            header | {"alg": "HS256"}, claims, partial(hmac.digest, secret, digest="sha256")
        )
        assert (await person.get(ME, forged)).status == 401


async def test_a_key_of_ones_own_opens_nothing_even_when_it_is_sent_along(
    person: Person, token: str, other_key: rsa.RSAPrivateKey
) -> None:
    header, claims = parts(token)
    numbers = other_key.public_key().public_numbers()
    jwk = {"kty": "RSA", "n": encoded(numbers.n.to_bytes(256)), "e": "AQAB"}

    for sent in (header, header | {"jwk": jwk}):
        assert (await person.get(ME, signed(sent, claims, by(other_key)))).status == 401


async def test_claims_changed_after_signing_are_refused(person: Person, token: str) -> None:
    header, payload, signature = token.split(".")
    claims = json.loads(decoded(payload)) | {"roles": ["admin"]}
    changed = ".".join((header, encoded(json.dumps(claims).encode()), signature))

    assert (await person.get(ME, changed)).status == 401


@pytest.mark.parametrize(
    "nonsense",
    [
        "",
        ".",
        "..",
        "a.b.c",
        "bm90IGpzb24.e30.eA",
        "ImFsZyI.e30.eA",  # "alg"
        "WyJhbGciXQ.e30.eA",  # ["alg"]
        "MQ.e30.eA",
        f"{'W' * 4000}.e30.eA",  # 3,000 opening brackets, nearly
        "houle_",
        "houle_" + "A" * 43,
    ],
)
async def test_nonsense_is_refused_and_breaks_nothing(person: Person, nonsense: str) -> None:
    assert (await person.get(ME, nonsense)).status == 401


async def test_a_token_lasts_15_minutes_and_no_longer(
    person: Person, app: web.Application, anna: User
) -> None:
    def issued(seconds_ago: int) -> str:
        return Tokens(app[SIGNING_KEYS], "houle", lambda: time() - seconds_ago).issue(anna)

    assert (await person.get(ME, issued(14 * 60))).status == 200
    assert (await person.get(ME, issued(16 * 60))).status == 401


async def test_a_token_is_of_the_server_that_its_issuer_names(
    person: Person, serve: Any, token: str, anna: User
) -> None:
    elsewhere = await serve(public_url="https://sea.example")
    there = Person(elsewhere)

    assert (await there.get(ME, token)).status == 401
    own = issue_access_token(elsewhere.app, anna)
    assert parts(own)[1]["iss"] == "https://sea.example"
    assert (await there.get(ME, own)).status == 200


async def test_without_a_token_one_is_a_guest_and_with_a_false_one_nobody(
    person: Person, token: str
) -> None:
    guest = await person.get("/probe/public")
    basic = await person.get("/probe/public", Authorization="Basic YW5uYTp4")
    known = await person.get("/probe/public", token)
    false = await person.get("/probe/public", token[:-4] + "AAAA")

    assert (guest.status, guest.body["role"]) == (200, "guest")
    assert (basic.status, basic.body["role"]) == (200, "guest")
    assert (known.status, known.body["role"]) == (200, "user")
    assert false.status == 401


async def test_a_closed_account_is_noticed_within_ten_seconds(
    app: web.Application, aiohttp_client: Any, database: Database, anna: User
) -> None:
    now = [0.0]
    clocked: Authenticate = Authentication(database, app[TOKENS], clock=lambda: now[0])
    app[AUTHENTICATE] = clocked
    person = Person(await aiohttp_client(app))
    token = issue_access_token(app, anna)

    assert FRESH <= 10
    assert (await person.get(ME, token)).status == 200
    await database.write(set_disabled, anna.id, disabled=True)
    now[0] = FRESH + 0.1
    assert (await person.get(ME, token)).status == 401
    await database.write(set_disabled, anna.id, disabled=False)
    now[0] += FRESH + 0.1
    assert (await person.get(ME, token)).status == 200
