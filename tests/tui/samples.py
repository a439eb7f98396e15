"""Pages with realistic content, as the store would give them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from kpiterm.analysis.alerts.history import Past
from kpiterm.analysis.alerts.state import Acknowledged, Situation
from kpiterm.analysis.bridge.result import Bridge, Ours, Source
from kpiterm.analysis.cause.result import Cause, Line
from kpiterm.analysis.contract.access import Finding
from kpiterm.analysis.contract.clauses import Clause
from kpiterm.analysis.contract.deadlines import Due
from kpiterm.analysis.contract.parse import contract_from_text
from kpiterm.analysis.inventory.order.line import Line as Suggestion
from kpiterm.analysis.inventory.order.line import Part, Selling
from kpiterm.analysis.inventory.order.plan import Plan
from kpiterm.analysis.pages.alerts import AlertRow, AlertsPage, PastRow
from kpiterm.analysis.pages.clients import Client, ClientsPage, Deadline, Failing, Missed
from kpiterm.analysis.pages.contract import Closed, ContractPage, Fee, Sheet, fee_so_far
from kpiterm.analysis.pages.inventory import Arrival, InventoryPage, Left, StockPage
from kpiterm.analysis.pages.kpi import KpiPage, Lineage, Payload
from kpiterm.analysis.pages.marks import Occasion
from kpiterm.analysis.view import Span, Target
from kpiterm.i18n import named, said

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NOVEMBER = Span(date(2026, 11, 1), date(2026, 11, 30), date(2026, 11, 21))
CONTRACT = """
[contract]
id = "seller-us"
parties = { seller = "Seller Ltd", provider = "Provider Inc" }
timezone = "America/Los_Angeles"
currency = "USD"
signed_at = 2026-08-20
[[terms]]
version = 1
effective_from = 2026-09-01
base_fee = "8000"
pool_share = "0.5"
[terms.score]
dead_band = "0.02"
[terms.kpis.gmv_mom]
weight = 60
target = { op = ">=", value = "0.15" }
floor = "0.00"
stretch = "0.25"
[terms.kpis.acos]
weight = 40
target = { op = "<=", value = "0.28" }
"""
SENTENCE = {"en": "Ad spend divided by the sales that the ads brought.", "zh": "广告花费除以广告带来的销售额。"}
ODR = {"en": "Order defect rate", "zh": "订单缺陷率"}
SHEETS = {
    "en": Sheet((("Base fee", "USD 8,000 a month"),), ("KPI", "weight"), (("GMV growth (gmv_mom)", "60"),)),
    "zh": Sheet((("基础服务费", "每月 USD 8,000"),), ("指标", "权重"), (("GMV 环比 (gmv_mom)", "60"),)),
}
VALUES = {"kpis": {"gmv_mom": "0.12", "acos": "0.2604"}, "net_sales": "0", "refunds_in_window": "0"}


SENT = Payload("4f1c9e27abcd00", "spCampaigns 2026-11-01..2026-11-21", 1651, NOW)
SPANS = tuple(Span(date(2026, month, 1), date(2026, month, 30), date(2026, month, 30)) for month in (9, 10, 11))
OCCASIONS = (
    Occasion(
        "price", date(2026, 11, 3), date(2026, 11, 3), said("{0} on {1}: price {2} → {3}", "A-1", "shopify", 9, 8)
    ),
    Occasion("stock", date(2026, 10, 30), date(2026, 11, 7), "A-1 sold out"),
    Occasion("sale", date(2026, 10, 6), date(2026, 10, 7), "Prime Big Deal Days"),
)


def kpi_page(**values: Any) -> KpiPage:
    """ACoS, which rose by dearer clicks; one bridge, one source."""
    line = Line(
        channel="amazon.com", key="A-1", name="A-1", title=None, kind="both", before=Decimal("0.30"),
        after=Decimal("0.33"), change=Decimal("0.02"), parts={"cpc": Decimal("0.02")},
    )  # fmt: skip
    cause = Cause(
        kpi="acos", name="ACoS", unit="ratio", is_ratio=True, direction="down", currency="USD", by="sku", channel=None,
        period=NOVEMBER, against=NOVEMBER, before=Decimal("0.25"), after=Decimal("0.28"), growth=None,
        parts={"cpc": Decimal("0.04"), "cvr": Decimal("-0.01")}, levels={}, lines=(line,), rest=None, counts={},
        rises=Decimal("0.02"), falls=Decimal(0), risen=1, fallen=0, out=0, out_change=Decimal(0), out_lost=Decimal(0),
        notes=(),
    )  # fmt: skip
    bridge = Bridge(
        kpi="gmv", channel="amazon.com", currency="USD", period=NOVEMBER,
        source=Source(name="amazon.business-report", kind="report", value=Decimal(1000), rows=20),
        ours=Ours(name="order_line", value=Decimal(990), rows=20), residual=Decimal(-10),
        residual_share=Decimal("-0.01"), state="watch",
    )  # fmt: skip
    fields: dict[str, Any] = {
        "sentence": named(SENTENCE), "basis": "spend / sales", "cause": cause,
        "bridges": (bridge,), "sql": "SELECT sum(spend)",
        "lineage": (Lineage("ad_day", "us-main", "amazon.ads", 1651, 3, NOW, (SENT,)),), "without": {},
        "deeper": (replace(cause, by="campaign", lines=(replace(line, kind="both", name="Brand"),)),), "spans": SPANS,
        "occasions": OCCASIONS,
    }  # fmt: skip
    return KpiPage(**(fields | values))


def suggestion(sku: str, **values: Any) -> Suggestion:
    """A SKU that needs an order; `values` are fields."""
    selling = Selling(window=56, raw=6.0, shown=6.4, week=7.0, before=6.0, in_stock=50, days=200, trend=0)
    fields: dict[str, Any] = {
        "account": "us-main", "channel": "amazon.com", "title": "Teak shower caddy", "available": 120, "inbound": 30,
        "daily": 6.4, "lead": (52, 66), "gone": date(2026, 12, 20), "gone_early": date(2026, 12, 8),
        "order_by": date(2026, 11, 30), "late": False, "quantity": 480, "mode": "sea",
        "parts": (Part(mode="sea", quantity=480, order_by=date(2026, 11, 30), arrives=date(2027, 1, 13)),),
        "lasts": date(2027, 3, 1), "service": 0.95, "lost": 12.0, "lost_without": 90.0, "lost_waiting": 20.0,
        "aged": 0.0, "margin": Decimal(8), "unit_cost": Decimal(5), "cash": Decimal(2400), "currency": "USD",
        "moq": 120, "carton": 24, "constraints": ("moq",), "waterfall": {"base": 600, "on_hand": -120},
        "selling": selling, "holiday": None, "events": (), "transfers": (), "advice": (),
    }  # fmt: skip
    return Suggestion(sku=sku, **(fields | values))


def inventory(*lines: Suggestion) -> InventoryPage:
    """A plan of these lines; without any, three: one late, one to order, one that has enough."""
    listed = lines or (
        suggestion("A-1", late=True, order_by=date(2026, 9, 6)),
        suggestion("浴室架-2", title="浴室置物架", channel="shopify", quantity=96, cash=Decimal(480)),
        suggestion("C-3", quantity=0, order_by=None, parts=()),
    )
    today = {"amazon.com": TODAY, "shopify": TODAY}
    return InventoryPage(Plan(as_of=NOW, today=today, review=7, lines=tuple(listed), excess=(), cash=()))


def stock() -> StockPage:
    """Half a year that runs out."""
    ahead = [Left(TODAY + timedelta(weeks=n), 80 - 4.0 * n, 150 - 5.0 * n, 220 - 4.0 * n) for n in range(1, 21)]
    coming = Arrival(30, date(2026, 12, 5), date(2026, 12, 11), "PO-7")
    return StockPage((Left(TODAY, 120, 120, 120), *ahead), (coming,))


def contract_page(**values: Any) -> ContractPage:
    """A month that can be settled, a deadline that is late, a breached clause, an access finding."""
    fee = fee_so_far(contract_from_text(CONTRACT, "contract.toml"), "2026-11", VALUES, {})
    assert isinstance(fee, Fee), fee
    late = Due(kind="statement", key="2026-10", day=date(2026, 11, 10), title=said("statement of {0} due", "2026-10"))
    notice = Due(
        kind="notice", key="seller", day=date(2026, 12, 1), by="seller",
        title=said("last day for notice by the {0}, to end on {1}", said("seller"), date(2026, 12, 31)),
    )  # fmt: skip
    finding = Finding(
        kind="unknown", platform="amazon", principal="freelance@designs.example", role="Ads", level="edit",
        text=said("no line of the schedule names {0}", "Ads"), evidence="users.csv",
        remedy=said("remove it on the platform, then import a new user list as proof"),
    )  # fmt: skip
    fields: dict[str, Any] = {
        "id": "seller-us", "currency": "USD", "today": TODAY,
        "sheets": SHEETS, "fee": fee, "no_fee": "",
        "dues": (late, notice), "findings": (finding,), "pilot": "", "disputes": (),
        "clauses": (
            Clause(key="service.contacts", agreed=said("nobody"), state="met", why=said("both sides name somebody")),
            Clause(key="service.statement_days", agreed=said("{0} days after the month", 10), state="breached",
                   why=said("not closed: {0}", "2026-10")),
        ),
        "statements": (Closed("2026-09", "final", Decimal("8123.45"), "sha256:ab"),),
    }  # fmt: skip
    return ContractPage(**(fields | values))


def alerts(**values: Any) -> AlertsPage:
    """One open alert, one that somebody has taken on, what became of it, and a channel that does not take messages."""
    about = Situation(
        kpi="odr", channel="all", name=named(ODR), unit="ratio", currency=None, value=Decimal("0.0112"),
        target=Target("<", Decimal("0.01")), weight=Decimal(20), state="breach", period=NOVEMBER, p_hit=None,
        budget=None, data_through=TODAY,
    )  # fmt: skip
    row = AlertRow(
        id="odr@all", situation=about, name=named(ODR), severity="critical", status="open",
        reasons=("breach",), since=NOW, told=None,
    )  # fmt: skip
    given = Acknowledged(by="ann", at=NOW, severity="warning", note="供应商换货", until=date(2026, 11, 30))
    taken = replace(
        row, id="acos@amazon.com", situation=replace(about, kpi="acos", channel="amazon.com"), name="ACoS",
        severity="warning", acknowledged=given,
    )  # fmt: skip
    past = Past(
        at=NOW, event="acknowledged", id=taken.id, kpi="acos", channel="amazon.com", name="ACoS", severity="warning",
        reasons=("breach",), since=NOW, by="ann", note="供应商换货",
    )  # fmt: skip
    fields: dict[str, Any] = {
        "open": (row,), "acknowledged": (taken,), "pending": (), "history": (PastRow(past, "ACoS"),),
        "waiting": {"phone": 2}, "failing": {"phone": NOW}, "rules": 7,
    }  # fmt: skip
    return AlertsPage(**(fields | values))


def _missed(kpi: str, name: str, value: str, target: str) -> Missed:
    return Missed(
        id=kpi, name=named({"en": name, "zh": "广告成本占比"}), channel="all", value=Decimal(value), unit="ratio",
        currency=None, target=Target("<=", Decimal(target)), weight=Decimal(30),
    )  # fmt: skip


def clients() -> ClientsPage:
    """Clients, one of each kind."""
    well = {"through": date(2026, 11, 21), "computed": NOW - timedelta(hours=1), "synced": NOW - timedelta(hours=1)}
    late = well | {"synced": NOW - timedelta(days=3)}
    found = [
        Client(name="fine", standing="ok", counts={"ok": 9}, **well),  # type: ignore[arg-type]
        Client(name="acme", standing="breach", counts={"breach": 2, "watch": 1}, alerts={"critical": 1, "warning": 2},
               missed=_missed("acos", "ACoS", "0.334", "0.28"), due=Deadline(date(2026, 12, 1), "review meeting"),
               **well),  # type: ignore[arg-type]
        Client(name="seller", standing="watch", counts={"watch": 1}, missed=_missed("odr", "ODR", "0.0047", "0.005"),
               **well),  # type: ignore[arg-type]
        Client(name="jp", standing="ok", failing=(Failing("jp-main", "failed", "AuthError: refused"),),
               **well),  # type: ignore[arg-type]
        Client(name="asleep", standing="ok", **late),  # type: ignore[arg-type]
        Client(name="broken", standing="fault", why="config.toml: currency: found 'dollars'", hint="write USD"),
        Client(name="changed", standing="not_computed", why="not computed since 9:00: its data changed since",
               hint="kpiterm --workspace changed status"),
    ]  # fmt: skip
    return ClientsPage(found, NOW)
