"""Which advertising profile is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from kpiterm.plugins import AccessError
from kpiterm_amazon import profiles

if TYPE_CHECKING:
    from conftest import Host

US, CA = "ATVPDKIKX0DER", "A2EUQ1WTGCTBG2"
SETTINGS = {"marketplace": "US", "client_id": "sp-client", "ads_client_id": "ads-client"}


def profile(number: int, marketplace: str = US, kind: str = "seller") -> dict[str, Any]:
    info = {"marketplaceStringId": marketplace, "id": f"A{number}", "type": kind, "name": f"Shop {number}"}
    return {"profileId": number, "countryCode": "US", "currencyCode": "USD", "accountInfo": info}


def choose(host: Host, *found: dict[str, Any], settings: dict[str, str] = SETTINGS) -> str:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/v2/profiles"
        assert "Amazon-Advertising-API-Scope" not in request.headers
        return httpx.Response(200, json=found)

    return profiles.profile_id(host.context(answer, settings=settings))


def test_the_one_seller_profile_of_the_marketplace(host: Host) -> None:
    assert choose(host, profile(1, CA), profile(2, kind="vendor"), profile(3)) == "3"


def test_a_given_profile_is_taken_unasked(host: Host) -> None:
    assert choose(host, settings={**SETTINGS, "ads_profile_id": "99"}) == "99"
    assert host.requests == []


def test_two_candidates_are_named_and_none_is_guessed(host: Host) -> None:
    with pytest.raises(AccessError, match=r"3 \(seller Shop 3, US\); 4 \(seller Shop 4, US\)") as caught:
        choose(host, profile(1, CA), profile(3), profile(4))
    assert "ads_profile_id" in caught.value.hint


def test_without_a_profile_of_the_marketplace_those_of_others_are_named(host: Host) -> None:
    with pytest.raises(AccessError, match=r"no seller profiles for marketplace US.*1 \(seller Shop 1"):
        choose(host, profile(1, CA))
    with pytest.raises(AccessError, match="first campaign"):
        choose(host)
