"""Daily figures of others: the marketplaces' own reports, and Helium 10's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple, cast

from kpiterm.analysis.bridge.exchange import rate_of
from kpiterm.analysis.bridge.result import Kind, Source
from kpiterm.analysis.bridge.tie import Piece, total
from kpiterm.analysis.kpi.fx import NO_RATES, Rates
from kpiterm.analysis.reader import Reader
from kpiterm.analysis.view import Span

# Reports at several levels hold the same money: of each source's day, only the first of these is read.
LEVELS = ("account", "parent", "child", "sku")
_COLUMNS = {"gmv": "ordered_sales", "ordered_sales": "ordered_sales", "units": "units", "orders": "order_items"}
_METRICS = {
    "gmv": ("profits_sales", "profits_gross_revenue"),
    "ordered_sales": ("profits_sales", "profits_gross_revenue"),
    "units": ("profits_units",),
    "ad_spend": ("ads_spend", "profits_ad_spend"),
}


class Row(NamedTuple):
    """An account's figure of a day; `rate` is by what it was converted."""

    name: str
    account: str
    day: date
    amount: Decimal
    rows: int
    rate: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Daily:
    """A source's figures, a piece a day; and the days of all its rows, in and out of the period."""

    source: Source
    pieces: tuple[Piece, ...]
    first: date
    last: date


def reports(
    reader: Reader, kpi: str, channel: str, currency: str | None, span: Span, rates: Rates = NO_RATES
) -> list[Daily]:
    """`traffic_day`, one for each source; several accounts of a source are added up."""
    return _dailies(_traffic(reader, kpi, channel, currency, rates, "source, account, day", ""), "report", span)


def board_report(
    reader: Reader, kpi: str, channel: str, currency: str | None, span: Span, rates: Rates = NO_RATES
) -> Daily | None:
    """The report that the board reads: of each account's day the best level, then the first source by name."""
    rows = _traffic(reader, kpi, channel, currency, rates, "account, day", ", source")
    inside = [row for row in rows if span.start <= row.day <= span.through]
    if not inside:
        return None
    name = ", ".join(sorted({row.name for row in inside}))
    return _dailies([row._replace(name=name) for row in inside], "report", span)[0]


def _traffic(
    reader: Reader, kpi: str, channel: str, currency: str | None, rates: Rates, within: str, then: str
) -> list[Row]:  # fmt: skip
    if kpi not in _COLUMNS:
        return []
    column = _COLUMNS[kpi]
    rank = "CASE level" + "".join(f" WHEN '{level}' THEN {n}" for n, level in enumerate(LEVELS)) + " END"
    sql = f"""
SELECT source, account, day, currency, sum({column}), count(*)
FROM (
    SELECT * FROM traffic_day
    WHERE channel = $1 AND {column} IS NOT NULL AND level IN {LEVELS} {_money(currency, rates)}
    QUALIFY dense_rank() OVER (PARTITION BY {within} ORDER BY {rank}{then}) = 1
)
GROUP BY ALL ORDER BY ALL"""
    return _in_one(reader.rows(sql, _params(channel, currency, rates)), currency, rates)


def estimates(
    reader: Reader, kpi: str, channel: str, currency: str | None, span: Span, rates: Rates = NO_RATES
) -> list[Daily]:
    """Helium 10's figures of the whole account; those of single products may be cut, and are left out."""
    if kpi not in _METRICS:
        return []
    sql = f"""
SELECT source || ' ' || metric, account, day, currency, sum(estimate), count(*)
FROM market_estimate
WHERE channel = $1 AND item_id IS NULL AND source LIKE 'helium10.%' AND metric IN ({_texts(_METRICS[kpi])})
    {_money(currency, rates)}
GROUP BY ALL ORDER BY ALL"""
    return _dailies(_in_one(reader.rows(sql, _params(channel, currency, rates)), currency, rates), "estimate", span)


def advertising_fees(
    reader: Reader, channel: str, currency: str | None, span: Span, rates: Rates = NO_RATES
) -> list[Daily]:
    """What the marketplace's own economics report charges for advertising by day."""
    sql = f"""
SELECT source, account, day, currency, sum(amount), count(*)
FROM fee
WHERE channel = $1 AND kind LIKE 'advertising%' {_money(currency, rates)}
GROUP BY ALL ORDER BY ALL"""
    return _dailies(_in_one(reader.rows(sql, _params(channel, currency, rates)), currency, rates), "fees", span)


def _in_one(rows: Sequence[tuple[object, ...]], currency: str | None, rates: Rates) -> list[Row]:
    """Amounts in the one currency; those without a rate are left out."""
    found = []
    for name, account, day, money, amount, count in rows:
        rate = rate_of(rates, cast("str | None", money), currency, cast("date", day))
        if rate:
            number = Decimal(str(amount)) * rate.factor
            found.append(Row(str(name), str(account), cast("date", day), number, cast("int", count), rate.label))
    return found


def _dailies(rows: Sequence[Row], kind: Kind, span: Span) -> list[Daily]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.name].append(row)
    return [_daily(name, kind, each, span) for name, each in sorted(found.items())]


def _daily(name: str, kind: Kind, rows: Sequence[Row], span: Span) -> Daily:
    sums: dict[tuple[date, str], tuple[Decimal, int]] = {}
    inside = [row for row in rows if span.start <= row.day <= span.through]
    for row in inside:
        amount, count = sums.get((row.day, row.rate or ""), (Decimal(0), 0))
        sums[row.day, row.rate or ""] = amount + row.amount, count + row.rows
    pieces = tuple(Piece(str(day), *sums[day, rate], str(day), rate or None) for day, rate in sorted(sums))
    value, count = total(pieces)
    accounts = tuple(sorted({row.account for row in inside}))
    source = Source(name=name, kind=kind, accounts=accounts, value=value if pieces else None, rows=count)
    days = [row.day for row in rows]
    return Daily(source=source, pieces=pieces, first=min(days), last=max(days))


def _params(channel: str, currency: str | None, rates: Rates) -> tuple[str, ...]:
    return (channel, currency) if currency and rates.base is None else (channel,)


def _money(currency: str | None, rates: Rates) -> str:
    """Without any rates, the one currency's rows; those of others may be as many."""
    if currency is None:
        return ""
    return "AND currency = $2" if rates.base is None else "AND currency IS NOT NULL"


def _texts(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
