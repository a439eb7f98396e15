"""ShopifyQL over two schemas, `sessions` and `sales`, by day or as one total."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from kpiterm.sandbox.shop import days_between
from kpiterm.sandbox.shopify.sales import IMPORTED, business_day
from kpiterm.sandbox.shopify.values import decimal

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpiterm.sandbox.shopify.context import Context
    from kpiterm.sandbox.shopify.storefront import Storefront

_CLAUSE = re.compile(
    r"^\s*FROM\s+(?P<table>\w+)\s+SHOW\s+(?P<show>\w+(?:\s*,\s*\w+)*)"
    r"(?:\s+(?:(?P<by>GROUP\s+BY)|(?P<series>TIMESERIES))\s+(?P<step>\w+))?"
    r"(?:\s+SINCE\s+(?P<since>\S+))?(?:\s+UNTIL\s+(?P<until>\S+))?(?:\s+DURING\s+(?P<during>\w+))?"
    r"(?:\s+(?:GROUP\s+BY|(?P<series2>TIMESERIES))\s+(?P<step2>\w+))?"
    r"(?:\s+ORDER\s+BY\s+(?P<order>\w+)(?:\s+(?P<way>ASC|DESC))?)?(?:\s+LIMIT\s+(?P<limit>\d+))?\s*$",
    re.IGNORECASE,
)
_COUNT, _MONEY, _SHARE, _DAY = "INTEGER", "MONEY", "PERCENT", "DAY_TIMESTAMP"
_TABLES = {
    "sessions": {
        "sessions": _COUNT,
        "online_store_visitors": _COUNT,
        "pageviews": _COUNT,
        "sessions_with_cart_additions": _COUNT,
        "sessions_that_reached_checkout": _COUNT,
        "sessions_that_completed_checkout": _COUNT,
        "conversion_rate": _SHARE,
        "added_to_cart_rate": _SHARE,
    },
    "sales": {
        "orders": _COUNT,
        "gross_sales": _MONEY,
        "discounts": _MONEY,
        "returns": _MONEY,
        "net_sales": _MONEY,
        "shipping_charges": _MONEY,
        "taxes": _MONEY,
        "total_sales": _MONEY,
    },
}


class _Query(NamedTuple):
    table: str
    columns: list[str]
    first: date
    last: date
    daily: bool
    every_day: bool
    order: str
    descending: bool
    limit: int


class _ParseError(Exception):
    """The text is no query that the two schemas can answer."""


def shopifyql(context: Context, text: str) -> dict[str, Any]:
    """`ShopifyqlQueryResponse`: a table, or the reasons why there is none."""
    try:
        query = _parse(text, business_day(context.at))
    except _ParseError as error:
        return {"tableData": None, "parseErrors": [str(error)], "parseWarnings": []}
    rows = _rows(context, query)
    if query.order:
        rows.sort(key=lambda row: row[query.order], reverse=query.descending)
    kinds = _TABLES[query.table] | {"day": _DAY}
    names = (["day"] if query.daily else []) + query.columns
    texts = [{name: _text(row[name], kinds[name]) for name in names} for row in rows[: query.limit]]
    columns = [
        {"name": n, "dataType": kinds[n], "displayName": n.replace("_", " ").capitalize(), "subType": None}
        for n in names
    ]
    shaped = texts if context.setup.rows == "objects" else [list(row.values()) for row in texts]
    return {"tableData": {"columns": columns, "rows": shaped}, "parseErrors": [], "parseWarnings": []}


def _parse(text: str, today: date) -> _Query:
    match = _CLAUSE.match(" ".join(text.split()))
    if match is None:
        raise _ParseError(f"Syntax error in query: {text.strip()[:80]!r}")
    table = match["table"].lower()
    if table not in _TABLES:
        raise _ParseError(f"Invalid dataset in FROM clause: {table}")
    columns = [name.strip().lower() for name in match["show"].split(",")]
    columns = [name for name in columns if name != "day"]
    if unknown := [name for name in columns if name not in _TABLES[table]]:
        raise _ParseError(f"Column `{unknown[0]}` not found in {table}")
    step = (match["step"] or match["step2"] or "").lower()
    if step not in {"", "day"}:
        raise _ParseError(f"The sandbox groups by day only, not by {step}")
    first, last = _range(match, today)
    order = (match["order"] or "").lower()
    if order and order not in {"day", *columns}:
        raise _ParseError(f"Column `{order}` in ORDER BY is not in SHOW")
    return _Query(
        table=table,
        columns=columns,
        first=first,
        last=last,
        daily=bool(step),
        every_day=bool(match["series"] or match["series2"]),
        order=order,
        descending=(match["way"] or "").upper() == "DESC",
        limit=int(match["limit"] or 1000),
    )


def _range(match: re.Match[str], today: date) -> tuple[date, date]:
    if match["during"]:
        named = {"today": (0, 0), "yesterday": (1, 1), "last_7_days": (7, 1), "last_30_days": (30, 1)}
        if match["during"].lower() not in named:
            raise _ParseError(f"Unknown date range in DURING: {match['during']}")
        back, until = named[match["during"].lower()]
        return today - timedelta(days=back), today - timedelta(days=until)
    first = _date(match["since"], today) if match["since"] else today - timedelta(days=30)
    return first, _date(match["until"], today) if match["until"] else today


def _date(text: str, today: date) -> date:
    text = text.strip("'\"").lower()
    if text in {"today", "yesterday"}:
        return today - timedelta(days=text == "yesterday")
    if match := re.fullmatch(r"-(\d+)d", text):
        return today - timedelta(days=int(match[1]))
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _ParseError(f"Invalid date: {text}") from None


def _rows(context: Context, query: _Query) -> list[dict[str, Any]]:
    days = list(days_between(query.first, query.last))
    # The whole range is counted at once: a day's sales are spread over orders of other days.
    counts = (_sessions if query.table == "sessions" else _sales)(context.front, days, context.at)
    if query.daily:
        kept = days if query.every_day else [day for day in days if any(counts[day].values())]
        return [{"day": day} | _derived(counts[day]) for day in kept]
    return [_derived(sum(counts.values(), Counter[str]()) if query.table == "sessions" else _sum(counts))]


def _sum(counts: dict[date, Counter[str]]) -> Counter[str]:
    total = Counter[str]()
    for counted in counts.values():
        total.update(counted)  # adding two counters would drop what is negative
    return total


def _derived(counts: Counter[str]) -> dict[str, Any]:
    sessions = counts["sessions"]
    return (
        dict.fromkeys((*_TABLES["sessions"], *_TABLES["sales"]), 0)
        | dict(counts)
        | {
            "conversion_rate": counts["sessions_that_completed_checkout"] / sessions if sessions else 0.0,
            "added_to_cart_rate": counts["sessions_with_cart_additions"] / sessions if sessions else 0.0,
        }
    )


def _sessions(front: Storefront, days: list[date], at: float) -> dict[date, Counter[str]]:
    names = list(_TABLES["sessions"])[:6]
    moment = datetime.fromtimestamp(at, UTC)
    return {day: Counter(dict(zip(names, front.sessions(day, at=moment), strict=True))) for day in days}


def _sales(front: Storefront, days: list[date], at: float) -> dict[date, Counter[str]]:
    """Sales on the day of the order, what was given back on the day of the refund; tests and gift cards left out."""
    counts = {day: Counter[str]() for day in days}
    if not days:
        return counts
    for sale in front.sales(days[0], days[-1] + IMPORTED + timedelta(days=1), at):
        day = counts.get(business_day(sale.processed))
        if day is None or sale.test:
            continue
        lines = [line for line in sale.lines if not line.gift_card]
        day["orders"] += 1
        day["gross_sales"] += sum(line.gross for line in lines)
        day["discounts"] -= sum(line.gross - line.net for line in lines)
        day["shipping_charges"] += sale.shipping
        day["taxes"] += sale.tax
    for _, refund in front.refunds_between(days[0], days[-1], at):
        day = counts[business_day(refund.created)]
        backs = [back for back in refund.lines if not back.line.gift_card]
        day["returns"] -= sum(back.subtotal for back in backs) + refund.goodwill
        day["shipping_charges"] -= refund.shipping
        day["taxes"] -= sum(back.tax for back in backs)
    for day in counts.values():
        day["net_sales"] = day["gross_sales"] + day["discounts"] + day["returns"]
        day["total_sales"] = day["net_sales"] + day["shipping_charges"] + day["taxes"]
    return counts


def _text(value: Any, kind: str) -> str:  # noqa: ANN401 - a day, a count, cents or a share
    shown: dict[str, Callable[[Any], str]] = {_MONEY: decimal, _SHARE: lambda share: f"{share:.16g}"}
    return shown.get(kind, str)(value)
