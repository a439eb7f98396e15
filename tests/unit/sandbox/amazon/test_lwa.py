from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.sandbox.conftest import AmazonClient

PARTICIPATIONS = "/sellers/v1/marketplaceParticipations"


def test_a_grant_is_what_the_documentation_says(amazon: AmazonClient) -> None:
    answer = amazon.grant().json()
    assert answer["access_token"].startswith("Atza|")
    assert (answer["token_type"], answer["expires_in"]) == ("bearer", 3600)
    assert answer["refresh_token"] == amazon.account.secrets["refresh_token"]


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"refresh_token": "Atzr|other"}, 400, "invalid_grant"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "unknown"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": "client_credentials", "scope": "profile"}, 400, "invalid_scope"),
    ],
)
def test_a_bad_grant_names_its_error(amazon: AmazonClient, changes: dict[str, str], status: int, error: str) -> None:
    answer = amazon.grant(**changes)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["error_description"]


def test_client_credentials_bring_no_refresh_token(amazon: AmazonClient) -> None:
    answer = amazon.grant(grant_type="client_credentials", scope="sellingpartnerapi::notifications").json()
    assert "refresh_token" not in answer
    assert answer["access_token"].startswith("Atza|")


def test_a_token_expires_and_a_new_one_works(open_client: Callable[..., AmazonClient]) -> None:
    client = open_client(token_seconds=600)
    old = client.token()
    assert client.sp("GET", PARTICIPATIONS).status_code == 200
    client.sandbox.clock.move(timedelta(seconds=601))
    refused = client.sp("GET", PARTICIPATIONS)
    assert refused.status_code == 403
    assert refused.json()["errors"][0]["code"] == "Unauthorized"
    assert "expired" in refused.json()["errors"][0]["details"]
    assert "x-amzn-RateLimit-Limit" not in refused.headers
    new = client.grant().json()["access_token"]
    assert new != old
    host = "sellingpartnerapi-na.amazon.com"
    assert client.send("GET", host, PARTICIPATIONS, {"x-amz-access-token": new}).status_code == 200


def test_a_missing_token_and_one_of_the_other_application_are_refused(amazon: AmazonClient) -> None:
    host = "sellingpartnerapi-na.amazon.com"
    assert amazon.send("GET", host, PARTICIPATIONS).status_code == 403
    assert amazon.send("GET", host, PARTICIPATIONS, {"x-amz-access-token": amazon.token("ads_")}).status_code == 403
    ads = amazon.ads("GET", "/v2/profiles", {"Authorization": f"Bearer {amazon.token()}"})
    assert ads.status_code == 401
