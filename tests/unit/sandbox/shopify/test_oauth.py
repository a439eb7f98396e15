from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from kpiterm.sandbox.shopify import SCOPES

if TYPE_CHECKING:
    from tests.unit.sandbox.shopify.conftest import ShopifyClient


def test_the_account_is_complete_and_hides_its_secrets(shop: ShopifyClient) -> None:
    account = shop.account
    assert (account.name, account.connector) == ("demo-shopify", "shopify")
    assert set(account.settings) == {"shop", "client_id", "timezone", "currency"}
    assert account.settings["shop"] == "kpiterm-demo.myshopify.com"
    assert set(account.secrets) == {"client_secret"}
    assert not any(secret in repr(account) for secret in account.secrets.values())


def test_client_credentials_give_a_token_for_a_day_and_no_refresh_token(shop: ShopifyClient) -> None:
    granted = shop.grant().json()
    assert granted.pop("access_token").startswith("shpat_")
    assert granted == {"scope": ",".join(SCOPES), "expires_in": 86399}


def test_the_grant_may_be_asked_for_in_json_too(shop: ShopifyClient) -> None:
    form = {"grant_type": "client_credentials", **shop.account.secrets, "client_id": shop.account.settings["client_id"]}
    assert shop.send("POST", "/admin/oauth/access_token", json=form).status_code == 200


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "unknown"}, 400, "application_cannot_be_found"),
        ({"client_id": ""}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "shprt_unknown"}, 400, "invalid_grant"),
    ],
)
def test_refusals_have_the_shape_of_oauth(shop: ShopifyClient, form: dict[str, str], status: int, error: str) -> None:
    answer = shop.grant(**form)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["error_description"]


def test_a_shop_of_another_organisation_is_not_permitted(open_shop: Callable[..., ShopifyClient]) -> None:
    answer = open_shop(same_organization=False).grant()
    assert answer.status_code == 400
    assert answer.json() == {
        "error": "shop_not_permitted",
        "error_description": "Oauth error shop_not_permitted: Client credentials cannot be performed on this shop.",
    }


def test_a_static_token_works_where_one_was_made_and_does_not_end(open_shop: Callable[..., ShopifyClient]) -> None:
    client = open_shop(grants=("static",))
    account = client.account
    assert (account.name, set(account.settings), set(account.secrets)) == (
        "demo-shopify-static",
        {"shop", "timezone", "currency"},
        {"access_token"},
    )
    client.sandbox.clock.move(timedelta(days=40))
    assert client.post("{ shop { name } }", token=account.secrets["access_token"]).status_code == 200
    assert open_shop().post("{ shop { name } }", token=account.secrets["access_token"]).status_code == 401


def test_refresh_tokens_rotate_and_the_used_one_lasts_until_its_successor_is_used(
    open_shop: Callable[..., ShopifyClient],
) -> None:
    client = open_shop(grants=("refresh",))
    assert set(client.account.secrets) == {"client_secret", "refresh_token"}

    def refresh(token: str) -> dict[str, Any]:
        found: dict[str, Any] = client.grant(grant_type="refresh_token", refresh_token=token).json()
        return found

    first = client.account.secrets["refresh_token"]
    granted = refresh(first)
    assert (granted["expires_in"], granted["refresh_token_expires_in"]) == (3600, 7_776_000)
    lost = refresh(first)  # the answer to the first request never arrived
    assert lost["refresh_token"] not in {first, granted["refresh_token"]}
    assert refresh(lost["refresh_token"])["access_token"]
    assert refresh(first) == {
        "error": "invalid_grant",
        "error_description": "The refresh token is invalid, has expired or was used already.",
    }
    assert client.post("{ shop { name } }", token=lost["access_token"]).status_code == 200


def test_access_tokens_of_a_pair_last_an_hour_and_the_refresh_token_ninety_days(
    open_shop: Callable[..., ShopifyClient],
) -> None:
    client = open_shop(grants=("refresh",))
    first = client.account.secrets["refresh_token"]
    granted = client.grant(grant_type="refresh_token", refresh_token=first).json()
    client.sandbox.clock.move(timedelta(seconds=3601))
    assert client.post("{ shop { name } }", token=granted["access_token"]).status_code == 401
    client.sandbox.clock.move(timedelta(days=90))
    expired = client.grant(grant_type="refresh_token", refresh_token=granted["refresh_token"])
    assert expired.json()["error"] == "invalid_grant"


def test_tokens_end_sooner_where_the_sandbox_is_told_so(open_shop: Callable[..., ShopifyClient]) -> None:
    assert open_shop(token_seconds=5).grant().json()["expires_in"] == 5
