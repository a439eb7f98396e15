"""Every stream against the simulated Amazon, over HTTP, through the host's own spool and reader."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from kpiterm.plugins import Context, Payload, Row, Stream, Window
from kpiterm.sandbox.amazon.brand_ads import BrandKind, brand_totals
from kpiterm.sandbox.amazon.kiosk_economics import ads_of, fees_of
from kpiterm.sandbox.amazon.ledger import events, pending, reimbursements
from kpiterm.sandbox.amazon.planning_files import advised_units, days_of_supply, units_shipped
from kpiterm.sandbox.amazon.settlement_file import settlements
from kpiterm.sandbox.server import Sandbox
from kpiterm.sync.plan import Ask, Progress, plan
from kpiterm_amazon import probes
from kpiterm_amazon.connector import AMAZON

if TYPE_CHECKING:
    from conftest import Host

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
DAYS = 14
Rows = list[dict[str, Any]]
Fetched = Callable[[str], Rows]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(days=60, orders_per_day=20, skus=12, throttle=False, report_seconds=0, now=NOW, lag=False) as running:
        yield running


@pytest.fixture
def ctx(host: Host, sandbox: Sandbox) -> Context:
    (account,) = sandbox.accounts
    return host.context(sandbox=sandbox.url, settings=account.settings, secrets=account.secrets, now=NOW)


def window(stream: Stream) -> Window:
    """The last two weeks (bad words are rare: two months), or a day where only the present can be read."""
    zone = ZoneInfo("America/Los_Angeles")
    if not stream.by_day:
        end, days = NOW - stream.lag, 58 if stream.name == "feedback" else DAYS
        return Window(end - timedelta(days=1 if stream.snapshot else days), end)
    midnight = datetime.combine(NOW.astimezone(zone).date(), time(), zone)
    return Window((midnight - timedelta(days=DAYS)).astimezone(UTC), midnight.astimezone(UTC))


@pytest.fixture
def fetched(ctx: Context, spooled: Callable[..., dict[str, Rows]]) -> Callable[[str], dict[str, Rows]]:
    """What a stream brings, as canonical rows by table."""

    def fetch(name: str) -> dict[str, Rows]:
        stream = AMAZON.stream(name)
        assert stream
        items = stream.fetch(ctx, window(stream))
        if stream.shape:
            return spooled(stream.shape, items, ctx.marketplace)
        given = [item for item in items if isinstance(item, Row)]
        return {table: [dict(row.values) for row in given if row.table == table] for table in {r.table for r in given}}

    return fetch


@pytest.fixture
def rows(fetched: Callable[[str], dict[str, Rows]]) -> Callable[[str], Rows]:
    """The same of a stream that fills one table, or of its first one."""

    def fetch(name: str) -> Rows:
        return next(iter(fetched(name).values()))

    return fetch


def test_the_account_test_is_content(ctx: Context) -> None:
    assert [probe for probe in probes.test(ctx) if not probe.ok] == []


def test_report_and_search_tell_the_same_orders(rows: Fetched) -> None:
    report = {(r["order_id"], r["line_key"]): r for r in rows("orders")}
    recent = {(r["order_id"], r["line_key"]): r for r in rows("orders-recent")}
    both = report.keys() & recent.keys()
    assert len(both) > 50
    compared = (
        "channel", "ordered_at", "updated_at", "business_day", "status", "sku", "item_id", "quantity", "item_price",
        "discount", "shipping", "tax", "currency", "fulfilment",
    )  # fmt: skip
    for key in both:
        assert _known(report[key], compared) == _known(recent[key], compared)
    assert {r["status"] for r in report.values()} >= {"shipped", "cancelled"}


def _known(row: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Money that is nil is blank in one of the two sources and 0.00 in the other."""
    return {name: row[name] or None for name in names}


def test_traffic_has_every_day_and_no_day_twice(rows: Fetched) -> None:
    found = rows("traffic")
    days = [row["day"] for row in found]
    assert len(days) == len(set(days)) == DAYS
    assert all(isinstance(row["ordered_sales"], Decimal) and row["sessions"] >= row["units"] // 2 for row in found)
    assert all(0 <= row["buy_box"] <= 1 for row in found)


def test_ads_add_up_over_both_levels(rows: Fetched) -> None:
    campaigns, products = (rows(name) for name in ("ads-campaigns", "ads-products"))
    for column in ("spend", "clicks", "impressions"):
        assert sum(row[column] for row in campaigns) == sum(row[column] for row in products)
    assert sum(row["spend"] for row in campaigns) > 0
    assert all(row["campaign_id"].isdigit() and row["sku"] for row in products)


def test_stock_of_every_sku(rows: Fetched) -> None:
    found = rows("inventory")
    assert len({row["sku"] for row in found}) == len(found) > 0
    assert all(row["available"] >= 0 and row["inbound"] >= 0 for row in found)


def test_account_health(ctx: Context) -> None:
    stream = AMAZON.stream("performance")
    assert stream
    payload, *readings = stream.fetch(ctx, window(stream))
    assert "GET_V2_SELLER_PERFORMANCE_REPORT" in payload.request  # type: ignore[union-attr]
    values = {(r.values["metric"], r.values["segment"]): r.values for r in readings}  # type: ignore[union-attr]
    defects = values["order_defect_rate", "merchant"]
    assert defects["day"] == NOW.date()
    assert defects["target"] == Decimal("0.01")


END = int(NOW.timestamp())


def spans(name: str) -> tuple[int, int]:
    """The window of a stream in epoch seconds."""
    stream = AMAZON.stream(name)
    assert stream
    found = window(stream)
    return int(found.start.timestamp()), int(found.end.timestamp())


def cents(amounts: Iterable[Decimal | None]) -> int:
    return int(sum((amount for amount in amounts if amount is not None), Decimal()) * 100)


def test_brands_and_display_are_those_of_the_shop(rows: Fetched, sandbox: Sandbox) -> None:
    first, last = date(2026, 11, 6), date(2026, 11, 19)
    kinds: tuple[tuple[str, BrandKind], ...] = (("ads-brands", "SB"), ("ads-display", "SD"))
    for name, kind in kinds:
        found = rows(name)
        truth = brand_totals(sandbox.shop, kind, first, last, at=NOW)
        assert cents(row["spend"] for row in found) == truth.cost > 0
        assert cents(row["attributed_sales"] for row in found) == truth.attributed("sales", 14) > 0
        assert sum(row["attributed_units"] for row in found) == truth.attributed("units", 14)
        assert {(row["ad_product"], row["attribution_days"]) for row in found} == {(kind, 14)}


def test_search_terms_repeat_the_money_of_the_campaigns(rows: Fetched) -> None:
    campaigns, terms = rows("ads-campaigns"), rows("ads-terms")
    for column in ("spend", "attributed_sales", "clicks"):
        assert sum(row[column] for row in campaigns) == sum(row[column] for row in terms)
    keys = [(row["day"], row["ad_group_id"], row["term"]) for row in terms]
    assert len(keys) == len(set(keys))


def test_items_add_up_to_the_account_day_by_day(rows: Fetched) -> None:
    account = {row["day"]: row for row in rows("traffic")}
    items = rows("traffic-items")
    assert {row["day"] for row in items} == account.keys()
    for day, whole in account.items():
        own = [row for row in items if row["day"] == day]
        for column in ("units", "order_items", "ordered_sales", "sessions", "page_views", "refunded_units"):
            assert sum(row[column] for row in own) == whole[column], (day, column)


def test_settlements_are_paid_out_to_the_cent(rows: Fetched, sandbox: Sandbox) -> None:
    truth = {s.settlement_id: s for s in settlements(sandbox.shop, *spans("settlements"))}
    found = rows("settlements")
    assert truth
    for number, settlement in truth.items():
        own = [row for row in found if row["settlement_id"] == number]
        assert cents(row["amount"] for row in own) == settlement.total
        for kind, event in (("refund", "Refund"), ("order", "Order")):
            parts = [
                part.cents
                for posting in settlement.postings
                if posting.kind == event
                for item in posting.items
                for part in item.parts
                if part.amount_type in ("ItemPrice", "Promotion")
            ]
            assert cents(row["amount"] for row in own if row["kind"] == kind) == sum(parts) != 0
    assert {row["settlement_id"] for row in found} == truth.keys()


def test_postings_are_those_of_the_balance_and_of_the_settlements(rows: Fetched, sandbox: Sandbox) -> None:
    start, end = spans("finances")
    found, settled = rows("finances"), rows("settlements")
    free = [row for row in found if row["kind"] != "deferred"]
    assert cents(row["amount"] for row in free) == sum(e.total for e in events(sandbox.shop, start, end))
    held = [e for e in pending(sandbox.shop, start, end) if e.posted > END]
    assert cents(row["amount"] for row in found if row["kind"] == "deferred") == sum(e.total for e in held) > 0
    (statement,) = settlements(sandbox.shop, *spans("settlements"))
    for kind in ("order", "refund", "fee", "tax"):
        totals = [
            cents(r["amount"] for r in source if r["kind"] == kind and start <= seconds(r) < statement.end)
            for source in (found, settled)
        ]
        assert totals[0] == totals[1] != 0, kind


def test_refunds_are_what_buyers_got_back(fetched: Callable[[str], dict[str, Rows]], sandbox: Sandbox) -> None:
    start, end = spans("finances")
    truth = sorted(
        (order.order_id, line.product.sku, line.quantity, line.price + line.tax + line.shipping - line.discount)
        for order in sandbox.shop.orders(sandbox.shop.first_day, NOW.date(), NOW)
        for line in order.lines
        if line.refunded and not order.non_amazon and start <= line.refunded + 2 * 3600 < end
    )
    found = fetched("finances")["refund_line"]
    assert sorted((r["order_id"], r["sku"], r["quantity"], int(r["amount"] * 100)) for r in found) == truth != []


def seconds(row: dict[str, Any]) -> float:
    return float(row["posted_at"].replace(tzinfo=UTC).timestamp())


def test_returns_and_reimbursements_are_those_of_the_shop(rows: Fetched, sandbox: Sandbox) -> None:
    shop = sandbox.shop
    for name, fba in (("returns-fba", True), ("returns-merchant", False)):
        start, end = spans(name)
        delay = 0 if fba else 3 * 86400
        truth = sorted(
            (order.order_id, line.product.sku, line.quantity)
            for order in shop.orders(shop.first_day, NOW.date(), NOW)
            for line in order.lines
            if order.afn == fba and not order.non_amazon and line.refunded and start <= line.refunded - delay < end
        )
        assert sorted((r["order_id"], r["sku"], r["quantity"]) for r in rows(name)) == truth != []
    paid = reimbursements(shop, *spans("reimbursements"))
    found = rows("reimbursements")
    assert cents(row["amount"] for row in found) == sum(r.per_unit * r.quantity for r in paid) > 0


def test_three_ways_to_count_the_stock_agree(fetched: Callable[[str], dict[str, Rows]]) -> None:
    columns = ("sku", "item_id", "location", "available", "inbound", "reserved", "unfulfillable")
    counts = [
        sorted(tuple(row[c] for c in columns) for row in fetched(name)["stock_level"])
        for name in ("inventory", "stock-planning", "stock-check")
    ]
    assert counts[0] == counts[1] == counts[2] != []


def test_the_ledger_tells_the_stock_of_every_day(rows: Fetched, sandbox: Sandbox) -> None:
    found = {(row["taken_at"].replace(tzinfo=UTC), row["sku"]): row for row in rows("stock-ledger")}
    moments = sorted({taken_at for taken_at, _ in found})
    assert len(moments) == DAYS
    for at in (moments[0], moments[7], moments[-1]):
        for level in sandbox.shop.stock(at=at):
            row, reserved = found[at, level.product.sku], level.reserved_orders + level.reserved_processing
            assert (row["available"], row["location"]) == (level.fulfillable + reserved, "FBA")
            assert (row["reserved"], row["unfulfillable"]) == (0, level.unfulfillable)


def test_amazons_advice_is_kept_as_estimates(
    fetched: Callable[[str], dict[str, Rows]], rows: Fetched, sandbox: Sandbox
) -> None:
    shipped = units_shipped(sandbox.shop, END, 30)
    levels = {level.product.asin: level for level in sandbox.shop.stock(at=NOW)}
    found = {(row["metric"], row["item_id"]): row["estimate"] for row in rows("restock")}
    for asin, level in levels.items():
        month = shipped[level.product.position]
        assert found["restock_units", asin] == advised_units(level, month)
        assert found.get(("restock_days_of_supply", asin)) == days_of_supply(level, month)
    costs = fetched("stock-planning")["market_estimate"]
    assert {row["metric"] for row in costs} >= {"storage_cost_next_month", "units_over_180_days"}
    assert {row["item_id"] for row in costs} == levels.keys()


def test_fees_are_those_of_the_ledger(rows: Fetched, sandbox: Sandbox) -> None:
    found = rows("economics")
    first, last = date(2026, 11, 6), date(2026, 11, 19)
    truth = fees_of(sandbox.shop, first, last, END)
    for kind, name in (
        ("referral", "ReferralFee"), ("fba_fulfilment", "FbaFulfilmentFee"), ("storage", "FbaStorageFee"),
        ("refunded_referral", "RefundedReferralFee"),
    ):  # fmt: skip
        own = [charge for charge in truth if charge.name == name]
        assert cents(row["amount"] for row in found if row["kind"] == kind) == sum(c.cents for c in own) != 0
    ads = [row["amount"] for row in found if row["kind"] == "advertising_sponsored_product"]
    assert cents(ads) == sum(c.cents for c in ads_of(sandbox.shop, first, last, END))


def test_bad_ratings_are_those_of_the_shop(rows: Fetched, sandbox: Sandbox) -> None:
    start, end = spans("feedback")
    truth = {
        order.order_id
        for order in sandbox.shop.orders(sandbox.shop.first_day, NOW.date(), NOW)
        if order.defect == "negativeFeedback" and not order.non_amazon and start <= order.defect_at < end
    }
    found = rows("feedback")
    assert {row["order_id"] for row in found} == truth != set()
    assert all(1 <= row["rating"] <= 3 for row in found)


def test_grants(rows: Fetched) -> None:
    assert {row["level"] for row in rows("access")} == {None, "edit"}


def test_a_first_sync_of_everything_waits_and_is_never_refused(host: Host) -> None:
    """With Amazon's real quotas and intervals, on a clock that sleeping moves; then a second sync a day later."""
    quotas = {"throttle": True, "token_seconds": 10**7, "report_seconds": 2}
    with Sandbox(days=40, orders_per_day=5, skus=6, now=NOW, lag=False, **quotas) as box:  # type: ignore[arg-type]
        (account,) = box.accounts
        slept: list[tuple[str, float]] = []
        name = ""

        def sleep(seconds: float) -> None:
            slept.append((name, seconds))
            box.clock.move(timedelta(seconds=seconds))

        for now in (NOW, NOW + timedelta(days=1)):
            box.clock.move(max(now - box.clock(), timedelta(0)))
            ctx = host.context(
                sandbox=box.url, settings=account.settings, secrets=account.secrets, now=now, sleep=sleep,
                clock=box.clock.time,
            )  # fmt: skip
            for stream in AMAZON.streams:
                name = stream.name
                started = now - stream.lookback - stream.lag if now > NOW and not stream.snapshot else None
                known = Progress(watermark=started, last_ok=started)
                for part in plan(stream, known, Ask(force=True), now=now, timezone="America/Los_Angeles"):
                    for item in stream.fetch(ctx, part):
                        if isinstance(item, Payload) and isinstance(item.body, Path):
                            item.body.unlink()
        assert box.throttled == {}
        polled = 60 * len(AMAZON.streams)
        assert sum(seconds for stream, seconds in slept) < 3600 + polled * 4
        assert host.state.keys() == {key for key in host.state if key.startswith("asked ")}
