"""Order lines as a bridge reads them: what each adds to a KPI, and which are told twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple, cast

from kpiterm.analysis.bridge.exchange import SAME, rate_of
from kpiterm.analysis.bridge.tie import Piece
from kpiterm.analysis.kpi.fx import NO_RATES, Rates
from kpiterm.analysis.reader import Reader
from kpiterm.analysis.view import Span

_DAY = timedelta(days=1)
_ZERO = Decimal(0)
_SQL = """
SELECT account, source, coalesce(order_id, ''), business_day, coalesce(status, ''), currency, min(ordered_at), count(*),
    sum(item_price), sum(quantity), sum(discount), sum(shipping), sum(tax)
FROM {table}
WHERE channel = $1 AND business_day IS NOT NULL
    AND (business_day BETWEEN CAST($2 AS DATE) AND CAST($3 AS DATE) OR order_id IN ({also}))
GROUP BY ALL
ORDER BY ALL"""
NOBODY = "SELECT order_id FROM order_line WHERE false"

Origin = tuple[str, str]


class Line(NamedTuple):
    """Lines of one order, alike in status and currency. `amount` is what they add to the KPI where they count.

    `live` lines count: they are not cancelled and are in the KPI's currency, or converted
    to it by `rate`, unlike `foreign` ones. `double` ones tell
    of an order that another source tells of too; `unread` ones do so for the same day, and no KPI counts them.
    """

    order_id: str
    origin: Origin
    day: date
    status: str
    currency: str | None
    moment: datetime | None
    rows: int
    amount: Decimal
    discount: Decimal
    shipping: Decimal
    tax: Decimal
    live: bool
    foreign: bool
    double: bool = False
    unread: bool = False
    rate: str | None = None

    def piece(self, unit: str, amount: Decimal | None = None) -> Piece:
        """The line as a piece of `unit`, with another amount than its own where one is given."""
        return Piece(unit, self.amount if amount is None else amount, self.rows, self.order_id, self.rate)


def read_lines(
    reader: Reader, kpi: str, channel: str, currency: str | None, span: Span, *, synced: Collection[str],
    also: str = "", rates: Rates = NO_RATES,
) -> list[Line]:  # fmt: skip
    """The lines of a channel around `span` (a day more on each side), and those of the orders that `also` selects.

    Of an order from two sources, the one of a synced account is the real one.
    """
    first, last = span.start - _DAY, span.through + _DAY
    table = "order_line_told" if reader.twice else "order_line"
    rows = reader.rows(_SQL.format(also=also or NOBODY, table=table), (channel, first, last))
    lines = [_line(row, kpi, currency, rates) for row in rows]
    if kpi == "orders":
        lines = _once(lines, synced)
    return _unread(doubled(lines, synced), {pair[1:] for pair in reader.twice if pair[0] == channel})


def origins(lines: Iterable[Line]) -> list[Origin]:
    """Account and connector of everything that the lines came from."""
    return sorted({line.origin for line in lines})


def ours(lines: Iterable[Line], span: Span) -> list[Line]:
    """Those that the KPI counts."""
    return [line for line in lines if line.live and not line.unread and span.start <= line.day <= span.through]


def _line(row: Sequence[object], kpi: str, currency: str | None, rates: Rates) -> Line:
    account, source, order, day, status, money, moment, rows, price, quantity, discount, shipping, tax = row
    rate = rate_of(rates, cast("str | None", money), currency, cast("date", day))
    foreign, factor = rate is None, (rate or SAME).factor
    counts_money = kpi not in {"units", "orders"}
    parts = [_decimal(v if counts_money and not foreign else None) * factor for v in (discount, shipping, tax)]
    amount = _decimal(None if foreign else price if counts_money else quantity if kpi == "units" else 1) * factor
    return Line(
        str(order), (str(account), str(source).partition(".")[0]), cast("date", day), str(status),
        cast("str | None", money), cast("datetime | None", moment), cast("int", rows),
        amount, parts[0], parts[1], parts[2], live=status != "cancelled" and not foreign, foreign=foreign,
        rate=rate.label if rate else None,
    )  # fmt: skip


def _decimal(value: object) -> Decimal:
    return Decimal(str(value)) if value is not None else _ZERO


def _once(lines: Sequence[Line], synced: Collection[str]) -> list[Line]:
    """An order counts once, on its first line that is live."""
    found = []
    seen = set[tuple[str, bool]]()
    for line in sorted(lines, key=lambda n: (not n.live, _rank(n.origin, synced), n.day, n.status, n.currency or "")):
        known = (line.order_id, True) in seen or (line.order_id, line.live) in seen
        found.append(line._replace(amount=_ZERO) if known or not line.order_id else line)
        seen.add((line.order_id, line.live))
    return found


def doubled(lines: Sequence[Line], synced: Collection[str]) -> list[Line]:
    """The same, with those marked that tell of an order which a better source tells of."""
    by_order: dict[str, set[Origin]] = defaultdict(set)
    for line in (n for n in lines if n.order_id):
        by_order[line.order_id].add(line.origin)
    best = {order: min(found, key=lambda o: _rank(o, synced)) for order, found in by_order.items() if len(found) > 1}
    return [line._replace(double=line.origin != best.get(line.order_id, line.origin)) for line in lines]


def _unread(lines: Sequence[Line], pairs: Collection[tuple[str, ...]]) -> list[Line]:
    """The same, with those marked that another account is read for; `pairs` are an account and the better one."""
    if not pairs:
        return list(lines)
    told: dict[tuple[str, date], set[str]] = defaultdict(set)
    for line in (n for n in lines if n.order_id):
        told[line.order_id, line.day].add(line.origin[0])
    return [
        line._replace(unread=any((line.origin[0], other) in pairs for other in told.get((line.order_id, line.day), ())))
        for line in lines
    ]


def _rank(origin: Origin, synced: Collection[str]) -> tuple[bool, Origin]:
    return origin[0] not in synced, origin
