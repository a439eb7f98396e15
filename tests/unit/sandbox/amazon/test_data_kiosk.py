from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from kpiterm.sandbox.amazon.kiosk_economics import ads_of, fees_of

if TYPE_CHECKING:
    from tests.unit.sandbox.conftest import AmazonClient

US = "ATVPDKIKX0DER"
QUERIES = "/dataKiosk/2023-11-15/queries"
SPAN = f'startDate: "2026-11-01", endDate: "2026-11-14", marketplaceIds: ["{US}"]'
SALES = "sales { orderedProductSales { amount } unitsOrdered unitsRefunded unitsShipped } traffic { sessions }"


def traffic(query: str, fields: str) -> str:
    return f"query Q {{ analytics_salesAndTraffic_2024_04_24 {{ {query} {{ {fields} }} }} }}"


def by_asin(level: str = "CHILD", fields: str = f"parentAsin childAsin sku {SALES}") -> str:
    return traffic(f"salesAndTrafficByAsin({SPAN}, aggregateBy: {level})", fields)


def trends(asins: str, period: str = "DAY") -> str:
    span = 'startDate: "2026-11-01", endDate: "2026-11-14"'
    filters = f'filters: [{{marketplaceId: "{US}", asins: [{asins}]}}]'
    how = f"asinAggregation: CHILD, dateAggregation: {period}"
    return traffic(f"salesAndTrafficTrends({how}, {span}, {filters})", f"startDate endDate childAsin {SALES}")


def economics(by: str = "{date: DAY, productId: MSKU}", fields: str = "startDate msku") -> str:
    return f"query {{ analytics_economics_2024_03_15 {{ economics({SPAN}, aggregateBy: {by}) {{ {fields} }} }} }}"


def total(lines: list[dict[str, Any]]) -> tuple[int, int, int, int]:
    sales = [line["sales"] for line in lines]
    return (
        sum(round(s["orderedProductSales"]["amount"] * 100) for s in sales),
        sum(s["unitsOrdered"] for s in sales),
        sum(s["unitsRefunded"] for s in sales),
        sum(line["traffic"]["sessions"] for line in lines),
    )


def test_all_ways_of_asking_add_up_to_the_same(amazon: AmazonClient) -> None:
    days = amazon.query(traffic(f"salesAndTrafficByDate({SPAN}, aggregateBy: DAY)", f"startDate {SALES}"))
    assert [line["startDate"] for line in days] == [str(date(2026, 11, 1) + timedelta(n)) for n in range(14)]
    items = [amazon.query(by_asin(level)) for level in ("PARENT", "CHILD", "SKU")]
    assert {total(lines) for lines in items} == {total(days)}
    assert len(items[0]) < len(items[1])
    asins = [line["childAsin"] for line in items[1]]
    quoted = [", ".join(f'"{asin}"' for asin in asins[n : n + 30]) for n in range(0, len(asins), 30)]
    for period in ("DAY", "WEEK"):
        assert total([line for chunk in quoted for line in amazon.query(trends(chunk, period))]) == total(days)


def test_one_asin_by_day(amazon: AmazonClient) -> None:
    asin = amazon.sandbox.shop.products[0].asin
    lines = amazon.query(trends(f'"{asin}", "B000000000"'))
    assert {line["childAsin"] for line in lines} == {asin}
    assert all(line["startDate"] == line["endDate"] for line in lines)
    assert len({line["startDate"] for line in lines}) == len(lines) == 14


def test_economics_are_the_fees_of_the_ledger(amazon: AmazonClient) -> None:
    amount = "{ totalAmount { amount } }"
    fields = f"startDate fees {{ feeTypeName charges {{ aggregatedDetail {amount} }} }} ads {{ charge {amount} }}"
    shop, at = amazon.sandbox.shop, int(amazon.now.timestamp())
    span = (date(2026, 11, 1), date(2026, 11, 14))
    truth = sum(c.cents for c in fees_of(shop, *span, at)), sum(c.cents for c in ads_of(shop, *span, at))
    for by in ("{date: DAY, productId: MSKU}", "{date: RANGE, productId: PARENT_ASIN}", "{}"):
        lines = amazon.query(economics(by, fields))
        fees = [c["aggregatedDetail"] for line in lines for fee in line["fees"] for c in fee["charges"]]
        ads = [ad["charge"] for line in lines for ad in line["ads"]]
        sums = [sum(round(d["totalAmount"]["amount"] * 100) for d in found) for found in (fees, ads)]
        assert tuple(sums) == truth
    names = {fee["feeTypeName"] for line in lines for fee in line["fees"]}
    assert names >= {"ReferralFee", "FbaFulfilmentFee", "FbaStorageFee", "RefundedReferralFee"}


def test_net_proceeds_are_sales_less_fees_and_advertising(amazon: AmazonClient) -> None:
    fields = "sales { netProductSales { amount } } netProceeds { total { amount } } fees { charges { aggregatedDetail { totalAmount { amount } } } } ads { charge { totalAmount { amount } } }"  # noqa: E501
    for line in amazon.query(economics(fields=fields)):
        charges = [c["aggregatedDetail"] for fee in line["fees"] for c in fee["charges"]]
        charges += [ad["charge"] for ad in line["ads"]]
        left = line["sales"]["netProductSales"]["amount"] - sum(c["totalAmount"]["amount"] for c in charges)
        assert round(left, 2) == line["netProceeds"]["total"]["amount"]


def test_a_span_without_data_is_done_without_a_document(amazon: AmazonClient) -> None:
    assert amazon.query(by_asin().replace("2026-11-", "2025-11-")) == []


def test_the_life_of_a_query(open_client: Callable[..., AmazonClient]) -> None:
    client = open_client(report_seconds=40)
    sent = client.sp("POST", QUERIES, json={"query": by_asin()}).json()["queryId"]

    def state() -> dict[str, Any]:
        answer: dict[str, Any] = client.sp("GET", f"{QUERIES}/{sent}").json()
        return answer

    assert state()["processingStatus"] == "IN_QUEUE"
    client.sandbox.clock.move(timedelta(seconds=20))
    assert "dataDocumentId" not in state()
    client.sandbox.clock.move(timedelta(seconds=30))
    assert state()["processingStatus"] == "DONE"
    url = client.sp("GET", f"/dataKiosk/2023-11-15/documents/{state()['dataDocumentId']}").json()["documentUrl"]
    assert client.download(url).headers["content-encoding"] == "gzip"
    client.sandbox.clock.move(timedelta(seconds=301))
    assert client.download(url).status_code == 403
    assert client.sp("DELETE", f"{QUERIES}/{sent}").status_code == 400


def test_a_query_can_be_cancelled_and_listed(open_client: Callable[..., AmazonClient]) -> None:
    client = open_client(report_seconds=40)
    ids = [client.sp("POST", QUERIES, json={"query": by_asin()}).json()["queryId"] for _ in range(3)]
    assert client.sp("DELETE", f"{QUERIES}/{ids[0]}").status_code == 204
    page = client.sp("GET", QUERIES, params={"pageSize": 2}).json()
    more = {"pageSize": 2, "paginationToken": page["pagination"]["nextToken"]}
    rest = client.sp("GET", QUERIES, params=more).json()
    assert [q["queryId"] for q in page["queries"] + rest["queries"]] == ids[::-1]
    cancelled = client.sp("GET", QUERIES, params={"processingStatuses": "CANCELLED"}).json()["queries"]
    assert [q["queryId"] for q in cancelled] == ids[:1]


def test_only_so_many_queries_wait_at_once(open_client: Callable[..., AmazonClient]) -> None:
    client = open_client(throttle=True, report_seconds=4000)
    codes = [client.sp("POST", QUERIES, json={"query": by_asin()}).status_code for _ in range(11)]
    assert codes == [202] * 10 + [429]


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("", "expected"),
        ("query { x { y } }", "'x' is not supported"),
        ("query { analytics_economics_2024_03_15 { nothing { x } } }", "economics"),
        (by_asin(fields="colour"), "'colour' in type"),
        (by_asin(fields="sales"), "needs subfields"),
        (by_asin(fields="sku { x }"), "needs no subfields"),
        (by_asin("DAY"), "PARENT, CHILD, SKU"),
        (by_asin().replace(US, "A1VC38T7YXB528"), US),
        (by_asin().replace("2026-11-01", "2026-12-01"), "later"),
        (by_asin().replace("2026-11-01", "2023-11-01"), "two years"),
        (by_asin().replace("2026-11-01", "1 Nov"), "dates"),
        (trends(""), "1 to 30"),
        (trends(", ".join(['"B0"'] * 31)), "1 to 30"),
        (trends('"B0"').replace("CHILD", "SKU"), "CHILD"),
        (economics("{date: YEAR}"), "DAY, WEEK, MONTH, RANGE"),
        (by_asin() + " more", "after the query"),
        (by_asin().replace("{", "{{", 1), "no name"),
    ],
)
def test_a_bad_query_is_refused_with_a_reason(amazon: AmazonClient, query: str, word: str) -> None:
    answer = amazon.sp("POST", QUERIES, json={"query": query})
    assert (answer.status_code, answer.json()["errors"][0]["message"]) == (400, "The provided query is invalid.")
    assert word in answer.json()["errors"][0]["details"]
