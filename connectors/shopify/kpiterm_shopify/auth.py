"""Signing in to one shop, by whichever of the three kinds of credentials the account has."""

from __future__ import annotations

from collections.abc import Generator

import httpx

from kpiterm.plugins import AccessError, AuthError, Context, SettingError
from kpiterm.plugins.auth import OAuth2Refresh
from kpiterm_shopify import shop
from kpiterm_shopify.rotation import RotatingPair

Flow = Generator[httpx.Request, httpx.Response, None]
HEADER = "X-Shopify-Access-Token"
SIGN_INS = ("auto", "access_token", "client_credentials", "refresh_token")


def kind(ctx: Context) -> str:
    """The kind of credentials to use, one of SIGN_INS but `auto`; AuthError says what is missing for it."""
    wanted = ctx.settings.get("sign_in") or "auto"
    needs = {
        "refresh_token": ("refresh_token", "client_secret", "client_id"),
        "access_token": ("access_token",),
        "client_credentials": ("client_secret", "client_id"),
    }
    have = {name for name, value in {**ctx.settings, **ctx.secrets}.items() if value}
    if wanted == "auto":
        wanted = next((name for name, fields in needs.items() if fields[0] in have), "access_token")
    missing = [field for field in needs[wanted] if field not in have]
    if missing:
        raise AuthError(
            f"to sign in to {shop.host(ctx.settings)} by {wanted}, {' and '.join(missing)} is missing",
            hint="enter an access token, or the client_id and the client secret of a Dev Dashboard app, with "
            "`kpiterm account add shopify NAME`",
        )
    return wanted


def auth(ctx: Context) -> httpx.Auth:
    """Credentials for the account's own shop and for no other host."""
    return OwnShop(shop.host(ctx.settings), _Deferred(ctx))


class OwnShop(httpx.Auth):
    """Signs what goes to the account's shop, and stops what would go to another one."""

    requires_response_body = True

    def __init__(self, host: str, inner: httpx.Auth) -> None:
        self._host, self._inner = host, inner

    def sync_auth_flow(self, request: httpx.Request) -> Flow:
        if request.url.host != self._host:
            raise SettingError(
                f"the account is for {self._host} and must not ask {request.url.host}", hint="report this"
            )
        try:
            yield from self._inner.sync_auth_flow(request)
        except AuthError as error:
            raise _explained(error, self._host) from None


class _Deferred(httpx.Auth):
    """Decides on the credentials with the first request, so that what is missing is reported like any failure."""

    requires_response_body = True

    def __init__(self, ctx: Context) -> None:
        self._ctx, self._chosen = ctx, None  # type: tuple[Context, httpx.Auth | None]

    def sync_auth_flow(self, request: httpx.Request) -> Flow:
        self._chosen = self._chosen or _choose(self._ctx)
        yield from self._chosen.sync_auth_flow(request)


class _Static(httpx.Auth):
    """A token that never changes."""

    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Flow:
        request.headers[HEADER] = self._token
        yield request


def _choose(ctx: Context) -> httpx.Auth:
    chosen = kind(ctx)
    if chosen == "access_token":
        return _Static(ctx.secrets["access_token"])
    if chosen == "refresh_token":
        return RotatingPair(ctx, header=HEADER)
    return OAuth2Refresh(
        shop.token_url(ctx.settings),
        client_id=ctx.settings["client_id"],
        client_secret=ctx.secrets["client_secret"],
        header=HEADER,
        prefix="",
    )


def _explained(error: AuthError, host: str) -> AuthError | AccessError:
    """What Shopify's own codes mean here."""
    if "shop_not_permitted" in error.message:
        return AccessError(
            error.message,
            hint=f"the secret is good, but the app and {host} belong to different organizations: install the app's "
            "own distribution link on the shop, or create the app in the organization that owns the shop",
        )
    if "application_cannot_be_found" in error.message:
        return AuthError(error.message, hint="Shopify knows no app of this client_id: correct the account's setting")
    return error
