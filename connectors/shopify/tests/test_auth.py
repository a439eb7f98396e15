"""The three kinds of credentials, and the care that a rotating pair needs."""

from __future__ import annotations

import fcntl
import json
import tempfile
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import httpx
import pytest
from shopify_fake import NOW, SETTINGS, SHOP

from kpiterm.plugins import AccessError, AuthError, Context, DataError, PluginError, TransientError
from kpiterm.plugins import auth as oauth
from kpiterm_shopify.auth import kind

if TYPE_CHECKING:
    from kpiterm.plugins.testing import Host

GRAPHQL = f"https://{SHOP}/admin/api/2026-10/graphql.json"
PAIR = {"refresh_token": "shprt_1", "client_secret": "shpss_secret", "access_token": "shpua_0"}


class TokenService:
    """Shopify's token endpoint: every refresh gives a new pair and, once that is used, ends the old one."""

    def __init__(self) -> None:
        self.forms: list[dict[str, str]] = []
        self.signed: list[str] = []
        self.refuse: set[str] = set()
        self.answer: Callable[[], httpx.Response] | None = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path != "/admin/oauth/access_token":
            token = request.headers.get("x-shopify-access-token", "")
            self.signed.append(token)
            return httpx.Response(401 if token in self.refuse else 200, json={"errors": "[API] Invalid API key"})
        self.forms.append({name: values[0] for name, values in parse_qs(request.content.decode()).items()})
        if self.answer:
            return self.answer()
        number = len(self.forms)
        answer = {"access_token": f"shpua_{number}", "expires_in": 3600, "scope": "read_orders"}
        if self.forms[-1]["grant_type"] == "refresh_token":
            answer |= {"refresh_token": f"shprt_{number + 1}", "refresh_token_expires_in": 7776000}
        return httpx.Response(200, json=answer)


@pytest.mark.parametrize(
    ("secrets", "sign_in", "found"),
    [
        ({"access_token": "a"}, "auto", "access_token"),
        ({"client_secret": "s"}, "auto", "client_credentials"),
        (PAIR, "auto", "refresh_token"),
        ({"access_token": "a", "client_secret": "s"}, "auto", "access_token"),
        ({"access_token": "a", "client_secret": "s"}, "client_credentials", "client_credentials"),
        (PAIR, "access_token", "access_token"),
    ],
)
def test_the_kind_is_found_by_what_is_there(secrets: Mapping[str, str], sign_in: str, found: str, host: Host) -> None:
    assert kind(host.context(TokenService(), settings={**SETTINGS, "sign_in": sign_in}, secrets=secrets)) == found


@pytest.mark.parametrize(
    ("settings", "secrets", "missing"),
    [
        (SETTINGS, {}, "access_token"),
        ({"shop": SHOP}, {"client_secret": "s"}, "client_id"),
        (SETTINGS, {"refresh_token": "r"}, "client_secret"),
        ({**SETTINGS, "sign_in": "refresh_token"}, {"access_token": "a"}, "refresh_token and client_secret"),
    ],
)
def test_what_is_missing_is_named(
    settings: Mapping[str, str], secrets: Mapping[str, str], missing: str, host: Host
) -> None:
    with pytest.raises(AuthError, match=missing) as caught:
        host.context(TokenService(), settings=settings, secrets=secrets).http.post(GRAPHQL)
    assert "kpiterm account add" in caught.value.hint


def test_a_static_token_is_never_renewed(host: Host) -> None:
    service = TokenService()
    service.refuse.add("shpat_static")
    with pytest.raises(AuthError):
        host.context(service).http.post(GRAPHQL)
    assert (service.signed, service.forms) == (["shpat_static"], [])


def test_client_credentials_fetch_a_token_and_keep_it(host: Host) -> None:
    service = TokenService()
    context = host.context(service, secrets={"client_secret": "shpss_secret"})
    for _ in range(3):
        context.http.post(GRAPHQL)
    assert service.signed == ["shpua_1"] * 3
    assert service.forms == [
        {"grant_type": "client_credentials", "client_id": "app-1", "client_secret": "shpss_secret"}
    ]
    assert host.keyring == {}


@pytest.mark.parametrize(
    ("code", "error", "says"),
    [
        ("shop_not_permitted", AccessError, "different organizations"),
        ("application_cannot_be_found", AuthError, "client_id"),
        ("invalid_client", AuthError, "client id or secret is wrong"),
    ],
)
def test_the_codes_of_the_token_endpoint(code: str, error: type[PluginError], says: str, host: Host) -> None:
    service = TokenService()
    service.answer = lambda: httpx.Response(400, json={"error": code, "error_description": "Oauth error"})
    with pytest.raises(error) as caught:
        host.context(service, secrets={"client_secret": "s"}).http.post(GRAPHQL)
    assert says in caught.value.hint
    assert code in caught.value.message


def pair(
    host: Host, service: TokenService, secrets: Mapping[str, str] = PAIR, later: timedelta = timedelta()
) -> Context:
    return host.context(service, secrets=secrets, now=NOW + later)


def test_a_token_without_a_recorded_expiry_is_not_trusted(host: Host) -> None:
    service = TokenService()
    pair(host, service).http.post(GRAPHQL)
    assert service.signed == ["shpua_1"]
    assert service.forms == [
        {
            "grant_type": "refresh_token",
            "client_id": "app-1",
            "client_secret": "shpss_secret",
            "refresh_token": "shprt_1",
        }
    ]


def test_the_new_pair_is_in_the_keyring_before_it_is_used(host: Host) -> None:
    seen: list[dict[str, str]] = []

    class Watching(TokenService):
        def __call__(self, request: httpx.Request) -> httpx.Response:
            if request.url.path.endswith("graphql.json"):
                seen.append(dict(host.keyring))
            return super().__call__(request)

    pair(host, Watching()).http.post(GRAPHQL)
    assert seen == [{"refresh_token": "shprt_2", "access_token": "shpua_1"}]


def test_a_later_run_uses_the_stored_token_until_five_minutes_before_its_end(host: Host) -> None:
    service = TokenService()
    pair(host, service).http.post(GRAPHQL)
    stored = {**PAIR, **host.keyring}
    pair(host, service, stored, timedelta(minutes=50)).http.post(GRAPHQL)
    assert len(service.forms) == 1
    pair(host, service, stored, timedelta(minutes=56)).http.post(GRAPHQL)
    assert [form["refresh_token"] for form in service.forms] == ["shprt_1", "shprt_2"]
    assert "shp" not in json.dumps(host.state), "no token is written to the account's notes"


def test_a_damaged_note_only_costs_a_renewal(host: Host) -> None:
    service = TokenService()
    for note in ("no json", "[]", '{"token": 1}', "null"):
        host.state["access token expires"] = note
        pair(host, service, {**PAIR, **host.keyring}).http.post(GRAPHQL)
    assert len(service.forms) == 4


def test_a_run_that_outlives_its_token_renews_it(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    time = [0.0]
    monkeypatch.setattr(oauth, "now", lambda: time[0])
    service = TokenService()
    context = pair(host, service)
    for seconds in (0.0, 3000.0, 3400.0):
        time[0] = seconds
        context.http.post(GRAPHQL)
    assert service.signed == ["shpua_1", "shpua_1", "shpua_2"]


def test_a_refused_token_is_renewed_exactly_once(host: Host) -> None:
    service = TokenService()
    service.refuse |= {"shpua_1", "shpua_2", "shpua_3"}
    with pytest.raises(AuthError):
        pair(host, service).http.post(GRAPHQL)
    assert service.signed == ["shpua_1", "shpua_2"]


def test_two_processes_never_use_the_same_refresh_token(host: Host) -> None:
    """The second one began before the first renewed, so it knows the old token only."""
    service = TokenService()
    first, second = pair(host, service), pair(host, service)
    first.http.post(GRAPHQL)
    with pytest.raises(TransientError, match="another kpiterm process") as caught:
        second.http.post(GRAPHQL)
    assert "next sync" in caught.value.hint
    assert len(service.forms) == 1
    pair(host, service, {**PAIR, **host.keyring}).http.post(GRAPHQL)
    assert service.signed == ["shpua_1", "shpua_1"]


def test_a_renewal_waits_for_the_one_under_way(host: Host) -> None:
    service = TokenService()
    pair(host, service).http.post(GRAPHQL)
    (directory,) = Path(tempfile.gettempdir()).iterdir()
    (path,) = directory.iterdir()
    with path.open() as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        host.on_sleep = lambda: fcntl.flock(other, fcntl.LOCK_UN) if len(host.slept) == 3 else None
        pair(host, service, {**PAIR, **host.keyring}, timedelta(hours=2)).http.post(GRAPHQL)
    assert host.slept == [0.5] * 3
    assert len(service.forms) == 2


def test_a_renewal_that_hangs_elsewhere_is_not_waited_for_without_end(host: Host) -> None:
    service = TokenService()
    pair(host, service).http.post(GRAPHQL)
    (directory,) = Path(tempfile.gettempdir()).iterdir()
    (path,) = directory.iterdir()
    with path.open() as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(TransientError, match="two minutes"):
            pair(host, service, {**PAIR, **host.keyring}, timedelta(hours=2)).http.post(GRAPHQL)
    assert len(service.forms) == 1


def test_a_lost_answer_costs_nothing(host: Host) -> None:
    """Shopify takes the previous refresh token until the new pair is used, so the next run may use it again."""
    service = TokenService()

    def lost() -> httpx.Response:
        raise httpx.ReadError("connection reset")  # the client tries twice, then the run ends

    service.answer = lost
    with pytest.raises(TransientError):
        pair(host, service).http.post(GRAPHQL)
    assert host.keyring == {}
    service.answer = None
    pair(host, service).http.post(GRAPHQL)
    assert [form["refresh_token"] for form in service.forms] == ["shprt_1"] * 3


def test_a_keyring_that_cannot_be_written_leaves_the_old_pair_usable(host: Host) -> None:
    service = TokenService()

    class LockedError(PluginError):
        pass

    def locked(_name: str, _value: str) -> None:
        raise LockedError("the keyring is locked", hint="unlock it")

    context = pair(host, service)
    object.__setattr__(context, "save_secret", locked)
    with pytest.raises(LockedError):
        context.http.post(GRAPHQL)
    assert service.signed == []
    pair(host, service).http.post(GRAPHQL)
    assert service.signed == ["shpua_2"]


def test_a_used_up_refresh_token_says_to_authorise_again(host: Host) -> None:
    service = TokenService()
    service.answer = lambda: httpx.Response(400, json={"error": "invalid_grant", "error_description": "expired"})
    with pytest.raises(AuthError, match="invalid_grant") as caught:
        pair(host, service).http.post(GRAPHQL)
    assert "authorise the app again" in caught.value.hint


@pytest.mark.parametrize(("status", "error"), [(200, DataError), (429, TransientError), (503, TransientError)])
def test_other_answers_of_the_token_endpoint(status: int, error: type[PluginError], host: Host) -> None:
    service = TokenService()
    service.answer = lambda: httpx.Response(status, json={"access_token": "only one"})
    with pytest.raises(error):
        pair(host, service).http.post(GRAPHQL)


def test_the_lock_is_private_to_the_user(host: Host) -> None:
    pair(host, TokenService()).http.post(GRAPHQL)
    (directory,) = Path(tempfile.gettempdir()).iterdir()
    (path,) = directory.iterdir()
    assert directory.stat().st_mode & 0o777 == 0o700
    assert path.stat().st_mode & 0o777 == 0o600
    assert "shp" not in path.read_text(), "only hashes of tokens"
    directory.chmod(0o777)
    with pytest.raises(PluginError, match="not private"):
        pair(host, TokenService(), {**PAIR, **host.keyring}, timedelta(hours=2)).http.post(GRAPHQL)
