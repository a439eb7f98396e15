"""Every bridge of a workspace: which KPIs, channels and currencies there are, and the period in each channel's days."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from kpiterm.analysis.bridge.adverts import spend
from kpiterm.analysis.bridge.books import Books, read
from kpiterm.analysis.bridge.exchange import rate_of
from kpiterm.analysis.bridge.lines import ours
from kpiterm.analysis.bridge.payouts import settlement
from kpiterm.analysis.bridge.refunds import refunds
from kpiterm.analysis.bridge.result import Bridge, Case, Note, Ours, Source, Tolerance
from kpiterm.analysis.bridge.sales import sales
from kpiterm.analysis.bridge.statements import ledgers
from kpiterm.analysis.clock import Clock
from kpiterm.analysis.kpi.fx import NO_RATES, Rates
from kpiterm.analysis.period import parse_period
from kpiterm.analysis.reader import Reader
from kpiterm.errors import UsageError

KPIS: Mapping[str, Callable[[Books], list[Bridge]]] = {
    "gmv": sales,
    "ordered_sales": sales,
    "orders": sales,
    "units": sales,
    "ad_spend": spend,
    "refunds": refunds,
    "net_settlement": settlement,
}
_COUNTS = ("orders", "units")
# The tables that a KPI's own number or its sources come from, and the columns that date them.
_TABLES = {
    "sales": (("order_line", "business_day"), ("traffic_day", "day")),
    "ad_spend": (("ad_day", "day"),),
    "refunds": (("refund_line", "refunded_at"), ("settlement_line", "posted_at")),
    "net_settlement": (("settlement_line", "posted_at"),),
}


def reconcile(
    reader: Reader,
    clock: Clock,
    *,
    kpi: str | None = None,
    period: str | None = None,
    channel: str | None = None,
    tolerance: Tolerance | None = None,
    rates: Rates = NO_RATES,
) -> list[Bridge]:
    """All bridges of `period` (None: the current month of each channel), of one KPI and one channel where asked for.

    Where the KPI's own rows are in several currencies, `rates` bring them to its base, as on the board; without a rate
    each currency has bridges of its own. Raises UsageError for a KPI without bridges, a channel without rows, or a
    period that is none.
    """
    if kpi is not None and kpi not in KPIS:
        raise UsageError(f"no bridge is known for {kpi!r}", hint=f"one of: {', '.join(KPIS)}")
    channels = _channels(reader)
    if channel is not None and channel not in channels:
        raise UsageError(f"channel {channel!r} has no rows", hint=f"channels: {', '.join(channels) or 'none yet'}")
    synced = frozenset(str(name) for (name,) in reader.rows("SELECT DISTINCT account FROM watermark"))
    found: list[Bridge] = []
    for name in [channel] if channel else channels:
        books = Books(
            reader=reader, clock=clock, synced=synced, ledgers=ledgers(reader, name, clock),
            case=Case(
                kpi="", channel=name, currency=None, span=parse_period(period, clock.today(name)),
                tolerance=tolerance or Tolerance(), rates=rates,
            ),
        )  # fmt: skip
        for each in [kpi] if kpi else KPIS:
            found += _bridges(books, each)
    return found


def _bridges(books: Books, kpi: str) -> list[Bridge]:
    found: list[Bridge] = []
    currencies: Sequence[str | None] = [None]
    lacking = None
    if kpi not in _COUNTS:
        currencies, lacking = _in_one(books, kpi, _currencies(books, kpi))
    for currency in currencies:
        case = replace(books.case, kpi=kpi, currency=currency)
        mine = replace(books, case=case)
        if KPIS[kpi] is sales:
            mine = replace(mine, lines=read(books.reader, case, books.synced))
        found += [_told(b, lacking) for b in KPIS[kpi](mine) or _alone(mine)]
    return found


def _told(bridge: Bridge, lacking: Note | None) -> Bridge:
    return replace(bridge, note=lacking) if lacking and bridge.note is None else bridge


def _in_one(books: Books, kpi: str, found: list[str]) -> tuple[list[str], Note | None]:
    """The currencies to tell of: the base, where there are several and their rates are known. Payouts are never made
    in another currency than what they pay for. The note says which rate is missing."""
    rates, span = books.case.rates, books.case.span
    if len(found) < 2 or kpi == "net_settlement":
        return found, None
    months = {span.start.replace(day=1), span.through.replace(day=1)}
    lacking = [(c, m) for m in sorted(months) for c in found if not rates.base or not rate_of(rates, c, rates.base, m)]
    if rates.base and not lacking:
        return [rates.base], None
    first = lacking[0][1]
    return found, Note("no_rate", (", ".join(c for c, month in lacking if month == first), f"{first:%Y-%m}"))


def _alone(books: Books) -> list[Bridge]:
    """A number of ours that nothing can be held against."""
    counted = ours(books.lines, books.case.span)
    if not counted or books.case.kpi == "ordered_sales":
        return []
    end = Ours(name="order_line", value=sum((n.amount for n in counted), start=type(counted[0].amount)(0)),
               rows=sum(n.rows for n in counted))  # fmt: skip
    source = Source(name="", kind="none")
    case = books.case
    return [
        Bridge(
            kpi=case.kpi, channel=case.channel, currency=case.currency, period=case.span, source=source, ours=end,
            note=Note("no_source"),
        )
    ]  # fmt: skip


def _channels(reader: Reader) -> list[str]:
    tables = sorted({table for pairs in _TABLES.values() for table, _ in pairs})
    sql = " UNION ".join(f"SELECT channel FROM {table} WHERE channel IS NOT NULL" for table in tables)
    return sorted(str(name) for (name,) in reader.rows(sql) if name != "non-amazon")


def _currencies(books: Books, kpi: str) -> list[str]:
    """Those of the KPI's own rows around the period; of all its rows where the period has none."""
    tables = _TABLES["sales" if KPIS[kpi] is sales else kpi]
    span = books.case.span
    sql = " UNION ".join(
        f"SELECT currency, bool_or(CAST({day} AS DATE) BETWEEN CAST($2 AS DATE) AND CAST($3 AS DATE)) AS now "
        f"FROM {table} WHERE channel = $1 AND currency IS NOT NULL GROUP BY currency"
        for table, day in tables
    )
    rows: Sequence[tuple[object, ...]] = books.reader.rows(sql, (books.case.channel, span.start, span.end))
    return sorted({str(c) for c, now in rows if now}) or sorted({str(c) for c, _ in rows})
