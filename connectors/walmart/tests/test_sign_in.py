"""The 15-minute token, and what `account test` says."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from kpiterm.plugins import AccessError, AuthError, Context
from kpiterm.plugins import auth as plugin_auth
from kpiterm_walmart import inbound, probes
from kpiterm_walmart.auth import MarketplaceAuth
from kpiterm_walmart.connector import WALMART
from kpiterm_walmart.places import url

if TYPE_CHECKING:
    from conftest import Host

ALL = dict.fromkeys(("orders", "returns", "inventory", "item", "reports"), "view_only")


class Service:
    """Walmart's sign-in and one address behind it; `refused` answers of 401 come first."""

    def __init__(self, refused: int = 0, token: httpx.Response | None = None) -> None:
        self.refused, self._token, self.clock = refused, token, 0.0
        self.tokens: list[httpx.Request] = []
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v3/token":
            self.tokens.append(request)
            token = {"access_token": f"token-{len(self.tokens)}", "token_type": "Bearer", "expires_in": 900}
            return self._token or httpx.Response(200, json=token)
        self.asked.append(request)
        if len(self.asked) <= self.refused:
            return httpx.Response(401, json={"errors": [{"code": "UNAUTHORIZED.GMP_GATEWAY_API"}]})
        return httpx.Response(200, json={})

    def client(self) -> httpx.Client:
        return httpx.Client(auth=MarketplaceAuth("id", "secret"), transport=httpx.MockTransport(self))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    at = {"now": 0.0}
    monkeypatch.setattr(plugin_auth, "now", lambda: at["now"])
    return at


def test_how_a_token_is_asked_for() -> None:
    service = Service()
    service.client().get(url("/v3/orders"))
    (asked,) = service.tokens
    assert asked.content == b"grant_type=client_credentials"
    assert asked.headers["Authorization"] == "Basic " + base64.b64encode(b"id:secret").decode()
    assert (asked.headers["WM_SVC.NAME"], asked.headers["Accept"]) == ("Walmart Marketplace", "application/json")
    assert asked.headers["WM_QOS.CORRELATION_ID"] != service.asked[0].headers["WM_QOS.CORRELATION_ID"]


def test_a_token_lives_fourteen_minutes(clock: dict[str, float]) -> None:
    service = Service()
    client = service.client()
    for seconds in (0, 600, 839, 841):
        clock["now"] = seconds
        client.get(url("/v3/orders"))
    assert [r.headers["WM_SEC.ACCESS_TOKEN"] for r in service.asked] == ["token-1"] * 3 + ["token-2"]


def test_a_refused_token_is_renewed_once(clock: dict[str, float]) -> None:
    service = Service()
    client = service.client()
    client.get(url("/v3/orders"))
    clock["now"], service.refused = 100, 2
    assert client.get(url("/v3/orders")).status_code == 200
    service.refused = 99
    clock["now"] = 200
    assert client.get(url("/v3/orders")).status_code == 401
    assert len(service.tokens) == 3


@pytest.mark.parametrize(
    ("status", "body"),
    [(401, {"error": [{"code": "UNAUTHORIZED.GMP_GATEWAY_API", "description": "invalid client"}]}),
     (400, {"error": "invalid_client", "error_description": "UNAUTHORIZED.GMP_GATEWAY_API"})],
)  # fmt: skip
def test_refused_keys_are_said_in_walmarts_words(status: int, body: dict[str, Any]) -> None:
    with pytest.raises(AuthError, match=r"UNAUTHORIZED\.GMP_GATEWAY_API|invalid_client") as caught:
        Service(token=httpx.Response(status, json=body)).client().get(url("/v3/orders"))
    assert "account add" in caught.value.hint


def context(host: Host, answer: Callable[[httpx.Request], httpx.Response]) -> Context:
    return host.context(answer, settings={"client_id": "c"}, secrets={"client_secret": "s3cret"})


def detail(**fields: object) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _: httpx.Response(200, json={"is_valid": True, "expire_at": "1560973098000", **fields})


def test_each_stream_has_its_scope(host: Host) -> None:
    found = {
        p.name: p
        for p in probes.test(context(host, detail(scopes={**ALL, "reports": "no_access", "item": "full_access"})))
    }
    assert {name for name, probe in found.items() if not probe.ok} == {"recon", "traffic"}
    # `access` reads the token's own detail, which needs no scope.
    assert {stream.name for stream in WALMART.streams if not stream.needs} - {"access"} <= set(found)
    assert "scope reports missing (no_access)" in found["recon"].detail
    assert found["advertising"].detail.startswith("not set up")


def test_a_scope_that_is_not_listed_is_missing(host: Host) -> None:
    found = {p.name: p for p in probes.test(context(host, detail(scopes={})))}
    assert "not listed" in found["orders"].detail
    assert not found["orders"].ok


def test_walmarts_own_example_of_a_token(host: Host, fixture: Callable[[str], Any]) -> None:
    example = fixture("authentication.getTokenDetail.200")
    found = {p.name: p.ok for p in probes.test(context(host, lambda _: httpx.Response(200, json=example)))}
    assert all(found.values())


def test_refused_keys_end_the_test_at_once(host: Host) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(401, json={"errors": [{"code": "UNAUTHORIZED.GMP_GATEWAY_API"}]})

    found = list(probes.test(context(host, answer)))
    assert [(p.name, p.ok) for p in found] == [("sign in", False)]
    assert "UNAUTHORIZED.GMP_GATEWAY_API" in found[0].detail


def test_streams_without_a_scope_are_tried(host: Host) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == probes.DETAIL:
            return detail(scopes=ALL)(request)
        refused = request.url.path == inbound.SHIPMENTS
        return httpx.Response(403, json={"code": "FORBIDDEN", "description": "no"}) if refused else httpx.Response(404)

    found = {p.name: p for p in probes.test(context(host, answer))}
    assert {name for name, probe in found.items() if not probe.ok} == {"wfs-inbound"}
    assert "FORBIDDEN" in found["wfs-inbound"].detail
    assert "no goods at Walmart" in found["wfs-restock"].detail


def test_a_missing_permission_is_an_access_error(host: Host) -> None:
    with pytest.raises(AccessError):
        host.fetch("orders", lambda _: httpx.Response(403, json={"code": "FORBIDDEN", "description": "no"}))
