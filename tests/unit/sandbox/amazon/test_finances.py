from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from kpiterm.sandbox.amazon.ledger import events

if TYPE_CHECKING:
    from tests.unit.sandbox.conftest import AmazonClient

PATH = "/finances/2024-06-19/transactions"


def rows(client: AmazonClient, days: int, **query: str) -> list[dict[str, Any]]:
    pages = client.transactions(client.now - timedelta(days=days), **query)
    return [row for page in pages for row in page["payload"]["transactions"]]


def cents(found: list[dict[str, Any]]) -> int:
    return sum(round(row["totalAmount"]["currencyAmount"] * 100) for row in found)


def test_postings_are_the_balance_of_the_ledger(open_client: Callable[..., AmazonClient]) -> None:
    client = open_client(lag=False)
    end = int(client.now.timestamp())
    released = rows(client, 50, transactionStatus="RELEASED")
    assert cents(released) == sum(e.total for e in events(client.sandbox.shop, end - 50 * 86400, end - 120)) > 0
    assert len({row["transactionId"] for row in released}) == len(released)


def test_components_add_up_to_the_items_and_those_to_the_total(amazon: AmazonClient) -> None:
    for row in rows(amazon, 30):
        parts = [p["breakdownAmount"]["currencyAmount"] for p in row["breakdowns"]]
        assert round(sum(parts) * 100) == cents([row])
        if row["items"]:
            assert round(sum(i["totalAmount"]["currencyAmount"] for i in row["items"]) * 100) == cents([row])
        for group in row["breakdowns"]:
            inner = sum(p["breakdownAmount"]["currencyAmount"] for p in group["breakdowns"])
            assert round(inner * 100) == round(group["breakdownAmount"]["currencyAmount"] * 100)


def test_some_pages_are_empty_although_more_follow(amazon: AmazonClient) -> None:
    pages = list(amazon.transactions(amazon.now - timedelta(days=90)))
    empty = [page for page in pages[:-1] if not page["payload"]["transactions"]]
    assert empty
    assert all(page["payload"]["nextToken"] for page in empty)


def test_a_token_is_good_for_the_same_arguments_only(amazon: AmazonClient) -> None:
    page = next(amazon.transactions(amazon.now - timedelta(days=30)))
    other = {"postedAfter": amazon.now.isoformat(), "nextToken": page["payload"]["nextToken"]}
    assert amazon.sp("GET", PATH, params=other).status_code == 400


def test_more_than_180_days_are_answered_with_nothing(amazon: AmazonClient) -> None:
    assert rows(amazon, 181) == []
    assert rows(amazon, 179) != []


def test_what_is_held_back_is_released_once(open_client: Callable[..., AmazonClient]) -> None:
    client = open_client(lag=False, token_seconds=10**7)
    held = rows(client, 10, transactionStatus="DEFERRED")
    assert held
    client.sandbox.clock.move(timedelta(days=20))
    later = rows(client, 10)
    for row in held:
        related = {r["relatedIdentifierName"]: r["relatedIdentifierValue"] for r in row["relatedIdentifiers"]}
        same = next(r for r in later if r["transactionId"] == row["transactionId"])
        assert same["transactionStatus"] == "DEFERRED_RELEASED"
        twin = [
            r
            for r in later
            if {"relatedIdentifierName": "DEFERRED_TRANSACTION_ID", "relatedIdentifierValue": row["transactionId"]}
            in r["relatedIdentifiers"]
        ]
        assert [(r["transactionStatus"], cents([r])) for r in twin] == [("RELEASED", cents([row]))]
        assert related["ORDER_ID"]


def test_one_order_can_be_asked_for(amazon: AmazonClient) -> None:
    order_id = next(
        r["relatedIdentifierValue"]
        for row in rows(amazon, 20)
        for r in row["relatedIdentifiers"]
        if r["relatedIdentifierName"] == "ORDER_ID"
    )
    found = rows(amazon, 20, relatedIdentifierName="ORDER_ID", relatedIdentifierValue=order_id)
    assert 1 <= len(found) <= 4


def test_with_a_marketplace_the_sellers_own_shipments_are_left_out(amazon: AmazonClient) -> None:
    networks = [
        {c["fulfillmentNetwork"] for row in found for item in row["items"] for c in item["contexts"]}
        for found in (rows(amazon, 20), rows(amazon, 20, marketplaceId="ATVPDKIKX0DER"))
    ]
    assert networks == [{"AFN", "MFN"}, {"AFN"}]
