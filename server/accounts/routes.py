"""Accounts over HTTP."""

from collections.abc import AsyncIterator

from aiohttp import web

from server.accounts import cookie, store
from server.accounts.authentication import Authentication
from server.accounts.messages import (
    Account,
    Credentials,
    KeySet,
    NewAccount,
    PublicKey,
    RefreshTokenShown,
    TokensGiven,
)
from server.accounts.model import InvalidToken, User
from server.accounts.passwords import Passwords
from server.accounts.registration import Registration
from server.accounts.same_origin import refuse_cross_site, require_same_origin
from server.accounts.sign_in import Session, SignIn
from server.accounts.signing_keys import SigningKeys
from server.accounts.tokens import LIFETIME, Tokens
from server.database import DATABASE
from server.http.access import Access, bearer
from server.http.client import client_address
from server.http.principal import AUTHENTICATE, Authenticate, signed_in
from server.http.routes import OptionalBody, Routes, rendered
from server.settings import SETTINGS

REGISTRATION = web.AppKey("registration", Registration)
SIGN_IN = web.AppKey("sign_in", SignIn)
SIGNING_KEYS = web.AppKey("signing_keys", SigningKeys)
TOKENS = web.AppKey("tokens", Tokens)

JWKS_MAX_AGE = 60 * 60  # seconds; a next key is to be shown this long before it signs

routes = Routes("accounts")


def setup(app: web.Application) -> None:
    """Add accounts to the application: routes, and the proof of who asks."""
    settings, database = app[SETTINGS], app[DATABASE]
    passwords = Passwords()
    keys = SigningKeys(database, settings.secret_key)
    tokens = Tokens(keys, issuer=settings.public_url or "houle")
    app[SIGNING_KEYS] = keys
    app[TOKENS] = tokens
    app[REGISTRATION] = Registration(database, passwords)
    app[SIGN_IN] = SignIn(database, passwords, tokens, settings.secret_key)
    authenticate: Authenticate = Authentication(database, tokens)
    app[AUTHENTICATE] = authenticate

    async def opened(_: web.Application) -> AsyncIterator[None]:
        await keys.open()
        yield
        passwords.close()

    app.cleanup_ctx.append(opened)
    routes.setup(app)


def issue_access_token(app: web.Application, user: User) -> str:
    """Return an access token for the user, without a session; the app must have started."""
    return app[TOKENS].issue(user)


@routes.post(
    "/api/v1/auth/register",
    summary="Open an account",
    access=Access.OPEN,
    body=NewAccount,
    answers={201: Account},
)
async def register(request: web.Request, body: NewAccount) -> Account:
    """Answers 409 when the name or the address is taken, and says which."""
    user = await request.app[REGISTRATION].register(
        body.username, body.email, body.password, address=client_address(request)
    )
    return _account(request, user)


@routes.post(
    "/api/v1/auth/login",
    summary="Sign in",
    access=Access.OPEN,
    body=Credentials,
    answers={200: TokensGiven},
)
async def login(request: web.Request, body: Credentials) -> web.Response:
    """Five wrong attempts in 15 minutes, by account and by address, and it answers 429."""
    if body.cookie:
        refuse_cross_site(request)
    session = await request.app[SIGN_IN].with_password(
        body.username, body.password, address=client_address(request), remember=body.remember
    )
    return _given(request, session, by_cookie=body.cookie)


@routes.post(
    "/api/v1/auth/refresh",
    summary="Exchange a refresh token for a new pair",
    access=Access.OPEN,
    body=OptionalBody(RefreshTokenShown),
    answers={200: TokensGiven},
)
async def refresh(request: web.Request, body: RefreshTokenShown | None) -> web.Response:
    """Without a token in the body the cookie is read, from our own pages only.

    Each refresh token serves once. Showing a spent one ends the session; within 10 seconds it gets
    the same answer again, since replies get lost.
    """
    shown, by_cookie = _shown(request, body)
    if shown is None:
        raise InvalidToken("A refresh token is needed.")
    return _given(request, await request.app[SIGN_IN].renew(shown), by_cookie=by_cookie)


@routes.post(
    "/api/v1/auth/logout",
    summary="Sign out",
    access=Access.OPEN,
    body=OptionalBody(RefreshTokenShown),
    answers={204: None},
)
async def logout(request: web.Request, body: RefreshTokenShown | None) -> web.Response:
    """Ends the session that the body's token, else the cookie, else the bearer proves.

    The access token stays valid until it expires.
    """
    shown, by_cookie = _shown(request, body)
    if shown is not None:
        await request.app[SIGN_IN].out(shown)
    elif access_token := bearer(request):
        await request.app[SIGN_IN].out_by_access_token(access_token)
    answer = web.Response(status=204)
    if by_cookie:
        cookie.remove(request, answer)
    return answer


@routes.get(
    "/api/v1/users/me",
    summary="Your own account",
    access=Access.SIGNED_IN,
    answers={200: Account},
)
async def me(request: web.Request) -> Account:
    user = await request.app[DATABASE].point(store.find_user, signed_in(request).user_id)
    if user is None:
        raise InvalidToken("This account is gone.")
    return _account(request, user)


@routes.get(
    "/.well-known/jwks.json",
    summary="The keys that verify access tokens",
    access=Access.OPEN,
    answers={200: KeySet},
)
async def jwks(request: web.Request) -> web.Response:
    keys = request.app[SIGNING_KEYS].public()
    shown = [PublicKey.model_validate(key.as_dict(private=False)) for key in keys]
    answer = rendered(KeySet(keys=shown))
    answer.headers["Cache-Control"] = f"public, max-age={JWKS_MAX_AGE}"
    return answer


def _shown(request: web.Request, body: RefreshTokenShown | None) -> tuple[str | None, bool]:
    """Return the refresh token that the request shows, and whether it came by cookie."""
    if body is not None and body.refresh_token is not None:
        return body.refresh_token, False
    shown = cookie.read(request)
    if shown is not None:
        require_same_origin(request)
    return shown, shown is not None


def _given(request: web.Request, session: Session, *, by_cookie: bool) -> web.Response:
    tokens = TokensGiven(
        access_token=session.access_token,
        refresh_token=None if by_cookie else session.refresh_token,
        expires_in=LIFETIME,
    )
    answer = rendered(tokens)
    answer.headers["Cache-Control"] = "no-store"
    if by_cookie:
        cookie.give(request, answer, session)
    return answer


def _account(request: web.Request, user: User) -> Account:
    return Account.of(user, request.app[SETTINGS].user_quota)
