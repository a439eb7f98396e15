"""Points and refusals: when to wait, when to give up, and what the operator is told."""

from __future__ import annotations

from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from shopify_fake import SETTINGS, SHOP, Shopify, answered, refused

from kpiterm.plugins import AccessError, AuthError, DataError, PluginError, RateLimited, SettingError, TransientError
from kpiterm_shopify.admin import PATIENCE, Admin
from kpiterm_shopify.problems import TooCostlyError

if TYPE_CHECKING:
    from kpiterm.plugins.testing import Host

QUERY = "query Asked($n: Int) { shop { name } }"


def bucket(requested: float, available: float, maximum: float = 2000, rate: float = 100) -> dict[str, Any]:
    status = {"maximumAvailable": maximum, "currentlyAvailable": available, "restoreRate": rate}
    return {"requestedQueryCost": requested, "actualQueryCost": None, "throttleStatus": status}


def asking(host: Host, *answers: httpx.Response) -> tuple[Admin, Shopify]:
    """Shopify gives the answers in turn, the last one for ever."""
    left = chain(answers, repeat(answers[-1]))
    shop = Shopify({"Asked": lambda _: next(left)})
    return Admin(host.context(shop)), shop


def test_throttled_waits_as_long_as_the_points_take_and_asks_again(host: Host) -> None:
    admin, shop = asking(host, refused("THROTTLED", cost=bucket(500, 100)), answered({"shop": 1}))
    assert bytes(admin.ask(QUERY).data) == b'{"shop":1}'
    assert len(shop.requests) == 2
    assert 4.0 <= host.slept[0] <= 4.5


def test_a_throttle_that_says_nothing_or_costs_nothing_is_no_hot_loop(host: Host) -> None:
    free, silent = refused("THROTTLED", cost=bucket(0, 0, rate=0)), refused("THROTTLED", cost=None)
    admin, _ = asking(host, free, silent, answered({"shop": 1}))
    admin.ask(QUERY)
    assert all(pause >= 1 for pause in host.slept)


def test_a_throttle_without_end_gives_up_as_rate_limited(host: Host) -> None:
    admin, _ = asking(host, refused("THROTTLED", cost=bucket(500, 0)))
    with pytest.raises(RateLimited):
        admin.ask(QUERY)
    assert PATIENCE - 10 < sum(host.slept) <= PATIENCE


def test_a_question_that_the_shop_can_never_afford_is_too_costly(host: Host) -> None:
    """Development stores have tiny buckets."""
    admin, _ = asking(host, refused("THROTTLED", cost=bucket(60, 40, maximum=40, rate=2)))
    with pytest.raises(TooCostlyError, match="60 points of 40"):
        admin.ask(QUERY)


def test_room_is_kept_for_another_process(host: Host) -> None:
    """With 300 left of which each question takes 200, it waits until two can be afforded."""
    answer = httpx.Response(200, json={"data": {"shop": 1}, "extensions": {"cost": bucket(200, 300)}})
    admin, _ = asking(host, answer)
    admin.ask(QUERY)
    assert host.slept == []
    admin.ask(QUERY)
    assert host.slept == [pytest.approx(1.0, abs=0.2)]


@pytest.mark.parametrize("code", ["INTERNAL_SERVER_ERROR", "TIMEOUT"])
def test_passing_faults_are_tried_again_a_few_times(host: Host, code: str) -> None:
    admin, shop = asking(host, refused(code), refused(code), answered({"shop": 1}))
    admin.ask(QUERY)
    assert len(shop.requests) == 3
    admin, shop = asking(host, refused(code))
    with pytest.raises(TransientError):
        admin.ask(QUERY)
    assert len(shop.requests) == 5


def test_an_answer_that_was_cut_off_is_asked_for_again(host: Host) -> None:
    admin, shop = asking(host, httpx.Response(200, content=b'{"data": {"shop"'), answered({"shop": 1}))
    admin.ask(QUERY)
    assert len(shop.requests) == 2


def test_data_beside_errors_are_not_used(host: Host) -> None:
    """A page that lacks a field which the app may not see would look like a page of blanks."""
    partial = answered(
        {"shop": {"name": None}}, errors=[{"message": "denied", "extensions": {"code": "ACCESS_DENIED"}}]
    )
    with pytest.raises(AccessError):
        asking(host, partial)[0].ask(QUERY)


@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        (refused("ACCESS_DENIED", requiredAccess="`read_returns` access scope."), AccessError, "grant read_returns"),
        (refused("ACCESS_DENIED", "Required access: `read_reports` access scope."), AccessError, "level 2"),
        (refused("ACCESS_DENIED", "not approved"), AccessError, "grant a scope"),
        (refused("SHOP_INACTIVE"), AccessError, "closed or paused"),
        (refused("undefinedField", "Field 'x' doesn't exist"), DataError, "upgrade the connector"),
        (httpx.Response(200, json={"errors": "a bare string"}), DataError, "upgrade the connector"),
        (httpx.Response(200, json={"errors": [{"message": "no extensions"}]}), DataError, "upgrade the connector"),
        (httpx.Response(200, json={"errors": [{"message": "x", "extensions": None}]}), DataError, "upgrade"),
        (httpx.Response(200, json={}), DataError, "report this"),
        (httpx.Response(200, text="<html>maintenance</html>"), TransientError, "next sync tries again"),
        (httpx.Response(402, json={"errors": "Unavailable Shop"}), AccessError, f"{SHOP} is frozen"),
        (httpx.Response(404, json={"errors": "Not Found"}), SettingError, f"there is no shop {SHOP}"),
        (httpx.Response(423, json={"errors": "This shop is locked"}), AccessError, "locked by Shopify"),
        (httpx.Response(403, json={"errors": "[API] Non-expiring access tokens are no longer accepted for the Admin "
                                             "API"}), AuthError, "refresh_token"),
        (httpx.Response(401, json={"errors": "[API] Invalid API key or access token"}), AuthError, "enter them again"),
        (httpx.Response(403, json={"errors": "requires merchant approval for read_orders"}), AccessError, "grant"),
    ],
)  # fmt: skip
def test_each_refusal_says_what_to_do(host: Host, answer: httpx.Response, error: type[PluginError], says: str) -> None:
    with pytest.raises(error) as caught:
        asking(host, answer)[0].ask(QUERY)
    assert says in caught.value.hint
    assert type(caught.value) is error


def test_the_vendors_request_id_is_told(host: Host) -> None:
    answer = refused("BAD_REQUEST")
    answer.headers["x-request-id"] = "abc-123"
    with pytest.raises(DataError, match=r"request abc-123"):
        asking(host, answer)[0].ask(QUERY)


def test_another_version_than_the_one_asked_for_is_pointed_out_once(host: Host) -> None:
    answer = answered({"shop": 1})
    answer.headers["x-shopify-api-version"] = "2027-01"
    admin, _ = asking(host, answer)
    admin.ask(QUERY)
    admin.ask(QUERY)
    assert [text for text in host.logs if "2027-01" in text] == [
        "Shopify answers with version 2027-01 instead of 2026-10: upgrade kpiterm-shopify"
    ]


def test_questions_go_to_the_accounts_own_shop_as_json(host: Host) -> None:
    admin, shop = asking(host, answered({"shop": 1}))
    admin.ask(QUERY, {"n": 1})
    (request,) = shop.requests
    assert str(request.url) == f"https://{SHOP}/admin/api/2026-10/graphql.json"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["x-shopify-access-token"] == "shpat_static"


@pytest.mark.parametrize("name", ["my-shop", "My-Shop.myshopify.com", " my-shop.myshopify.com "])
def test_the_shop_is_named_in_full_or_in_short(name: str, host: Host) -> None:
    shop = Shopify({"Ask": lambda _: answered({})})
    context = host.context(shop, settings={**SETTINGS, "shop": name})
    Admin(context).ask("query Ask { shop { name } }")
    assert [request.url.host for request in shop.requests] == [SHOP]


@pytest.mark.parametrize(
    "name",
    ["", "shop.example.com", "https://my-shop.myshopify.com", "a/b.myshopify.com", "evil.com#.myshopify.com",
     "a.b.myshopify.com", "me@evil.com", "evil.com:443"],
)  # fmt: skip
def test_only_names_that_shopify_gives_are_taken(name: str, host: Host) -> None:
    with pytest.raises(SettingError, match=r"no name below myshopify\.com"):
        host.context(lambda _: httpx.Response(500), settings={**SETTINGS, "shop": name})


def test_no_other_shop_is_ever_asked(host: Host) -> None:
    context = host.context(lambda _: httpx.Response(200))
    for url in ("https://other.myshopify.com/x", "https://storage.googleapis.com/x"):
        with pytest.raises(SettingError, match="must not ask"):
            context.http.get(url)
    with pytest.raises(SettingError, match=r"may not send to https://other\.myshopify\.com"):
        context.download("https://other.myshopify.com/x")


@pytest.mark.parametrize(("name", "value"), [("timezone", "Mars/Base"), ("currency", "dollars")])
def test_places_that_do_not_exist_are_refused(name: str, value: str, host: Host) -> None:
    with pytest.raises(SettingError, match=name):
        host.context(lambda _: httpx.Response(500), settings={**SETTINGS, name: value})
