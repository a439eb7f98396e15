"""Access tokens against a token service on loopback: fetched once, renewed once, refused in words, never shown."""

from __future__ import annotations

import base64
import json
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import httpx
import pytest

from kpiterm.plugins import auth as auth_module
from kpiterm.plugins.auth import ByHost, OAuth2Refresh
from kpiterm.plugins.errors import (
    AccessError,
    AuthError,
    DataError,
    PluginError,
    RateLimited,
    SettingError,
    TransientError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.plugins.conftest import Desk, Seen, Vendor

API = "https://api.acme.com"
TOKEN_URL = f"{API}/token"


class TokenService:
    """Numbers its tokens; a token in `expired` is refused by the API with 403, as Amazon does."""

    def __init__(self, vendor: Vendor) -> None:
        self.requests: list[Seen] = []
        self.expired: set[str] = set()
        self.answer: dict[str, object] = {"expires_in": 3600}
        self.fails: tuple[int, bytes] | None = None
        vendor.route["/token"] = self.token
        vendor.route["/orders"] = self.orders

    def token(self, seen: Seen) -> tuple[int, bytes]:
        self.requests.append(seen)
        if self.fails:
            return self.fails
        return 200, json.dumps({"access_token": f"Atza|token-{len(self.requests)}", **self.answer}).encode()

    def orders(self, seen: Seen) -> tuple[int, bytes]:
        token = seen.headers["x-amz-access-token"]
        return (403, b'{"errors": [{"message": "Unauthorized"}]}') if token in self.expired else (200, b"{}")

    def form(self, number: int = -1) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.requests[number].body.decode()).items()}


@pytest.fixture
def service(vendor: Vendor) -> TokenService:
    return TokenService(vendor)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Moves the clock of tokens on."""
    moment = [1000.0]
    monkeypatch.setattr(auth_module, "now", lambda: moment[0])

    def move(seconds: float) -> None:
        moment[0] += seconds

    return move


def selling(**how: Any) -> OAuth2Refresh:
    how = {"refresh_token": "Atzr|refresh-1", "header": "x-amz-access-token", "prefix": "", **how}
    return OAuth2Refresh(TOKEN_URL, client_id="client-1", client_secret="client-secret-1", **how)


def test_a_refresh_token_is_exchanged_once_for_many_requests(service: TokenService, vendor: Vendor, desk: Desk) -> None:
    client = desk.client(sandbox=vendor.url, auth=selling())
    for _ in range(3):
        client.get(f"{API}/orders")
    assert service.form() == {
        "grant_type": "refresh_token",
        "refresh_token": "Atzr|refresh-1",
        "client_id": "client-1",
        "client_secret": "client-secret-1",
    }
    assert len(service.requests) == 1
    assert service.requests[0].headers["content-type"] == "application/x-www-form-urlencoded"
    assert [r.headers["x-amz-access-token"] for r in vendor.requests if r.path == "/orders"] == ["Atza|token-1"] * 3


def test_client_credentials_with_a_scope_and_fixed_headers(service: TokenService, vendor: Vendor, desk: Desk) -> None:
    auth = OAuth2Refresh(
        TOKEN_URL, client_id="id", client_secret="secret-2", scope="notifications", client_in="basic",
        headers={"X-Client": "id"}, token_headers={"WM_SVC.NAME": "Acme"},
    )  # fmt: skip
    desk.client(sandbox=vendor.url, auth=auth).get(f"{API}/reports")
    assert service.form() == {"grant_type": "client_credentials", "scope": "notifications"}
    assert service.requests[0].headers["authorization"] == "Basic " + base64.b64encode(b"id:secret-2").decode()
    assert service.requests[0].headers["wm_svc.name"] == "Acme"
    assert vendor.requests[-1].headers["authorization"] == "Bearer Atza|token-1"
    assert vendor.requests[-1].headers["x-client"] == "id"


def test_a_token_is_replaced_a_minute_before_it_expires(
    service: TokenService, vendor: Vendor, desk: Desk, later: Callable[[float], None]
) -> None:
    client = desk.client(sandbox=vendor.url, auth=selling())
    client.get(f"{API}/orders")
    later(3539)
    client.get(f"{API}/orders")
    assert len(service.requests) == 1
    later(2)
    client.get(f"{API}/orders")
    assert len(service.requests) == 2


def test_a_refused_old_token_is_renewed_once_and_the_request_repeated(
    service: TokenService, vendor: Vendor, desk: Desk, later: Callable[[float], None]
) -> None:
    client = desk.client(sandbox=vendor.url, auth=selling())
    client.get(f"{API}/orders")
    later(60)
    service.expired.add("Atza|token-1")
    assert client.get(f"{API}/orders").status_code == 200
    assert len(service.requests) == 2


def test_a_token_that_is_refused_at_once_is_renewed_too(service: TokenService, vendor: Vendor, desk: Desk) -> None:
    """A vendor may take back a token that it has just given, as it does when another process renews the login."""
    client = desk.client(sandbox=vendor.url, auth=selling())
    service.expired.add("Atza|token-1")
    assert client.get(f"{API}/orders").status_code == 200
    assert len(service.requests) == 2
    service.expired.add("Atza|token-2")
    with pytest.raises(AccessError):
        client.get(f"{API}/orders")
    assert len(service.requests) == 2, "the token that stands in for a refused one is not replaced in the same moment"


def test_a_missing_role_is_not_asked_for_again_and_again(
    service: TokenService, vendor: Vendor, desk: Desk, later: Callable[[float], None]
) -> None:
    client = desk.client(sandbox=vendor.url, auth=selling())
    service.expired |= {f"Atza|token-{n}" for n in range(9)}
    with pytest.raises(AccessError, match="Unauthorized"):
        client.get(f"{API}/orders")
    with pytest.raises(AccessError):
        client.get(f"{API}/orders")
    assert len(service.requests) == 2, "a token that was renewed this very moment cannot have expired"
    later(60)
    with pytest.raises(AccessError):
        client.get(f"{API}/orders")
    assert len(service.requests) == 3
    assert len([r for r in vendor.requests if r.path == "/orders"]) == 5


def test_threads_wait_for_the_first_ones_token(service: TokenService, vendor: Vendor, desk: Desk) -> None:
    client = desk.client(sandbox=vendor.url, auth=selling())
    threads = [threading.Thread(target=client.get, args=(f"{API}/orders",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(service.requests) == 1
    assert len(vendor.requests) == 9


def test_a_failed_token_request_does_not_block_the_next(service: TokenService, vendor: Vendor, desk: Desk) -> None:
    client = desk.client(sandbox=vendor.url, auth=selling())
    service.fails = (500, b"")
    with pytest.raises(TransientError):
        client.get(f"{API}/orders")
    service.fails = None
    assert client.get(f"{API}/orders").status_code == 200


@pytest.mark.parametrize(
    ("status", "body", "error", "hint"),
    [
        (400, {"error": "invalid_grant", "error_description": "revoked"}, AuthError, "authorise the application again"),
        (401, {"error": "invalid_client"}, AuthError, "client id or secret is wrong or has expired"),
        (400, {"error": "unauthorized_client"}, AuthError, "check its registration"),
        (400, {"error": "unsupported_grant_type"}, AuthError, "kpiterm account add"),
        (403, "not JSON", AuthError, "kpiterm account add"),
        (500, {}, TransientError, "tries again"),
        (302, "moved", DataError, "token address is wrong"),
        (200, {"expires_in": 3600}, DataError, "token service"),
        (200, ["a list"], DataError, "token service"),
    ],
)
def test_a_refusal_says_what_to_do(
    status: int, body: object, error: type[PluginError], hint: str, service: TokenService, vendor: Vendor, desk: Desk
) -> None:
    service.fails = (status, json.dumps(body).encode())
    with pytest.raises(error, match=r"token endpoint api\.acme\.com") as refused:
        desk.client(sandbox=vendor.url, auth=selling()).get(f"{API}/orders")
    assert hint in refused.value.hint
    assert len(vendor.requests) == (6 if error is TransientError else 1), "only what may pass is asked for again"


def test_a_throttled_token_service_is_waited_for_and_then_given_up(
    service: TokenService, vendor: Vendor, desk: Desk
) -> None:
    service.fails = (429, b"{}")
    with pytest.raises(RateLimited, match="token endpoint"):
        desk.client(sandbox=vendor.url, auth=selling(), attempts=3).get(f"{API}/orders")
    assert len(service.requests) == 3


def test_a_rotated_refresh_token_is_saved_before_it_is_used(service: TokenService, vendor: Vendor, desk: Desk) -> None:
    service.answer = {"refresh_token": "Atzr|refresh-2"}
    saved: list[tuple[str, str, int]] = []

    def save(name: str, value: str) -> None:
        saved.append((name, value, len(vendor.requests)))

    auth = selling(secret_name="ads_refresh_token", save_secret=save)
    desk.client(sandbox=vendor.url, auth=auth).get(f"{API}/orders")
    assert saved == [("ads_refresh_token", "Atzr|refresh-2", 1)]
    assert len(vendor.requests) == 2


def test_the_rotated_token_is_the_one_sent_next(
    service: TokenService, vendor: Vendor, desk: Desk, later: Callable[[float], None]
) -> None:
    service.answer = {"expires_in": 3600, "refresh_token": "Atzr|refresh-2"}
    client = desk.client(sandbox=vendor.url, auth=selling())
    client.get(f"{API}/orders")
    later(3600)
    client.get(f"{API}/orders")
    assert service.form()["refresh_token"] == "Atzr|refresh-2"


def test_tokens_are_hidden_from_then_on(service: TokenService, vendor: Vendor, desk: Desk) -> None:
    told: list[str] = []
    service.answer = {"refresh_token": "Atzr|refresh-2"}
    desk.client(sandbox=vendor.url, auth=selling(on_token=told.append)).get(f"{API}/orders")
    assert told == ["Atza|token-1", "Atzr|refresh-2"]
    assert desk.redactor("sent Atza|token-1") == "sent ***"


def test_a_refusal_that_echoes_a_secret_is_redacted(service: TokenService, vendor: Vendor, desk: Desk) -> None:
    desk.redactor.add("Atzr|refresh-1")
    service.fails = (400, b'{"error": "invalid_grant", "error_description": "Atzr|refresh-1 is not valid"}')
    with pytest.raises(AuthError, match=r"\*\*\* is not valid") as refused:
        desk.client(sandbox=vendor.url, auth=selling()).get(f"{API}/orders")
    assert "refresh-1" not in repr(refused.value)
    assert refused.value.__cause__ is None


def test_the_token_service_must_be_a_listed_host(vendor: Vendor, desk: Desk) -> None:
    auth = OAuth2Refresh("https://evil.com/token", client_id="a", client_secret="b", refresh_token="c")
    with pytest.raises(SettingError, match=r"may not send to https://evil\.com"):
        desk.client(sandbox=vendor.url, auth=auth).get(f"{API}/orders")


def test_each_host_gets_its_own_credentials_and_others_none(service: TokenService, vendor: Vendor, desk: Desk) -> None:
    client = desk.client(sandbox=vendor.url, auth=ByHost({"API.acme.com": selling()}))
    client.get(f"{API}/orders")
    client.get("https://eu.files.acme.com/doc")
    assert vendor.requests[1].headers["x-amz-access-token"] == "Atza|token-1"
    assert "x-amz-access-token" not in vendor.requests[2].headers


def test_any_httpx_auth_may_stand_behind_a_host(vendor: Vendor, desk: Desk) -> None:
    client = desk.client(sandbox=vendor.url, auth=ByHost({"api.acme.com": httpx.BasicAuth("shop", "pass-word")}))
    client.get(f"{API}/plain")
    assert vendor.requests[0].headers["authorization"].startswith("Basic ")
