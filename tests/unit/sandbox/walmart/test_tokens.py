from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.sandbox.walmart.conftest import WalmartClient


def test_the_account_is_complete_and_hides_its_secrets(walmart: WalmartClient) -> None:
    account = walmart.account
    assert (account.name, account.connector) == ("demo-walmart", "walmart")
    assert set(account.settings) == {"client_id", "ads_advertiser_id", "ads_consumer_id", "ads_key_version"}
    assert set(account.secrets) == {"client_secret", "ads_private_key", "ads_auth_token"}
    assert not any(secret in repr(account) for secret in account.secrets.values())


def test_a_token_lives_fifteen_minutes_and_is_refused_with_401_afterwards(
    open_walmart: Callable[..., WalmartClient],
) -> None:
    walmart = open_walmart()
    assert walmart.grant().json()["expires_in"] == 900
    assert walmart.get("/v3/orders").status_code == 200
    walmart.sandbox.clock.move(timedelta(minutes=15))
    expired = walmart.get("/v3/orders")
    assert expired.status_code == 401
    assert expired.json()["error"][0]["code"] == "UNAUTHORIZED.GMP_GATEWAY_API"


def test_the_token_comes_as_xml_unless_json_is_asked_for(walmart: WalmartClient) -> None:
    assert walmart.grant(Accept="*/*").text.startswith("<?xml")


def test_a_wrong_secret_and_a_wrong_grant_are_refused(walmart: WalmartClient) -> None:
    assert walmart.grant(secret="guess").status_code == 401
    form = {"grant_type": "authorization_code", "code": "x"}
    own = walmart.headers() | {"Authorization": walmart.basic()}
    assert walmart.send("POST", "marketplace.walmartapis.com", "/v3/token", own, data=form).status_code == 400


def test_data_calls_want_the_token_and_take_no_basic_authorization_in_its_place(walmart: WalmartClient) -> None:
    own = walmart.headers() | {"Authorization": walmart.basic()}
    assert walmart.send("GET", "marketplace.walmartapis.com", "/v3/orders", own).status_code == 401
    assert walmart.get("/v3/orders", {"WM_SEC.ACCESS_TOKEN": "made-up"}).status_code == 401


def test_every_call_wants_a_correlation_id_and_a_service_name(walmart: WalmartClient) -> None:
    for name in ("WM_QOS.CORRELATION_ID", "WM_SVC.NAME"):
        refused = walmart.get("/v3/orders", {name: ""})
        assert refused.status_code == 400
        assert name in refused.text
    answer = walmart.get("/v3/orders", {"WM_QOS.CORRELATION_ID": "0f0e"})
    assert answer.headers["WM_QOS.CORRELATION_ID"] == "0f0e"


def test_the_token_says_what_it_may_do_and_until_when(walmart: WalmartClient) -> None:
    detail = walmart.get("/v3/token/detail").json()
    assert int(detail["expire_at"]) - int(detail["issued_at"]) == 900_000
    assert detail["scopes"]["orders"] == "view_only"
    assert detail["scopes"]["feeds"] == "no_access"


def test_a_shorter_life_can_be_asked_of_the_sandbox(open_walmart: Callable[..., WalmartClient]) -> None:
    assert open_walmart(token_seconds=30, days=2).grant().json()["expires_in"] == 30
