"""Daily figures of others: the marketplaces' own reports, and Helium 10's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import cast

from kpiterm.analysis.bridge.result import Kind, Source
from kpiterm.analysis.bridge.tie import Piece, total
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Daily:
    """A source's figures, a piece a day; and the days of all its rows, in and out of the period."""

    source: Source
    pieces: tuple[Piece, ...]
    first: date
    last: date


def reports(reader: Reader, kpi: str, channel: str, currency: str | None, span: Span) -> list[Daily]:
    """`traffic_day`, one for each source; several accounts of a source are added up."""
    return _dailies(_traffic(reader, kpi, channel, currency, "source, account, day", ""), "report", span)


def board_report(reader: Reader, kpi: str, channel: str, currency: str | None, span: Span) -> Daily | None:
    """The report that the board reads: of each account's day the best level, then the first source by name."""
    rows = _traffic(reader, kpi, channel, currency, "account, day", ", source")
    inside = [row for row in rows if span.start <= cast("date", row[2]) <= span.through]
    if not inside:
        return None
    name = ", ".join(sorted({str(row[0]) for row in inside}))
    return _dailies([(name, *row[1:]) for row in inside], "report", span)[0]


def _traffic(
    reader: Reader, kpi: str, channel: str, currency: str | None, within: str, then: str
) -> list[tuple[object, ...]]:
    if kpi not in _COLUMNS:
        return []
    column = _COLUMNS[kpi]
    rank = "CASE level" + "".join(f" WHEN '{level}' THEN {n}" for n, level in enumerate(LEVELS)) + " END"
    sql = f"""
SELECT source, account, day, sum({column}), count(*)
FROM (
    SELECT * FROM traffic_day
    WHERE channel = $1 AND {column} IS NOT NULL AND level IN {LEVELS} {_money(currency)}
    QUALIFY dense_rank() OVER (PARTITION BY {within} ORDER BY {rank}{then}) = 1
)
GROUP BY ALL ORDER BY ALL"""
    return reader.rows(sql, (channel, *([currency] if currency else [])))


def estimates(reader: Reader, kpi: str, channel: str, currency: str | None, span: Span) -> list[Daily]:
    """Helium 10's figures of the whole account; those of single products may be cut, and are left out."""
    if kpi not in _METRICS:
        return []
    sql = f"""
SELECT source || ' ' || metric, account, day, sum(estimate), count(*)
FROM market_estimate
WHERE channel = $1 AND item_id IS NULL AND source LIKE 'helium10.%' AND metric IN ({_texts(_METRICS[kpi])})
    {_money(currency)}
GROUP BY ALL ORDER BY ALL"""
    return _dailies(reader.rows(sql, (channel, *([currency] if currency else []))), "estimate", span)


def advertising_fees(reader: Reader, channel: str, currency: str | None, span: Span) -> list[Daily]:
    """What the marketplace's own economics report charges for advertising by day."""
    sql = f"""
SELECT source, account, day, sum(amount), count(*)
FROM fee
WHERE channel = $1 AND kind LIKE 'advertising%' {_money(currency)}
GROUP BY ALL ORDER BY ALL"""
    return _dailies(reader.rows(sql, (channel, *([currency] if currency else []))), "fees", span)


def _dailies(rows: Sequence[tuple[object, ...]], kind: Kind, span: Span) -> list[Daily]:
    found: dict[str, list[tuple[str, date, Decimal, int]]] = defaultdict(list)
    for name, account, day, amount, count in rows:
        found[str(name)].append((str(account), cast("date", day), Decimal(str(amount)), cast("int", count)))
    return [_daily(name, kind, each, span) for name, each in sorted(found.items())]


def _daily(name: str, kind: Kind, rows: Sequence[tuple[str, date, Decimal, int]], span: Span) -> Daily:
    sums: Mapping[date, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 2)
    accounts = set()
    for account, day, amount, count in rows:
        if span.start <= day <= span.through:
            sums[day][0] += amount
            sums[day][1] += count
            accounts.add(account)
    pieces = tuple(Piece(str(day), amount, int(count), str(day)) for day, (amount, count) in sorted(sums.items()))
    value, count = total(pieces)
    source = Source(name=name, kind=kind, accounts=tuple(sorted(accounts)), value=value if pieces else None, rows=count)
    days = [day for _, day, _, _ in rows]
    return Daily(source=source, pieces=pieces, first=min(days), last=max(days))


def _money(currency: str | None) -> str:
    return "AND currency = $2" if currency else ""


def _texts(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
