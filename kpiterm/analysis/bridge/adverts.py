"""Bridges of advertising spend: report against report, Helium 10, fees by day, and what the statements charge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple, cast

from kpiterm.analysis.bridge import statements
from kpiterm.analysis.bridge.books import Books, by_day, missing
from kpiterm.analysis.bridge.by_day import coverage, day_unit, day_units
from kpiterm.analysis.bridge.exchange import rate_of
from kpiterm.analysis.bridge.reports import Daily, advertising_fees, estimates
from kpiterm.analysis.bridge.result import Bridge, Note, Ours, Source
from kpiterm.analysis.bridge.statements import Ledger
from kpiterm.analysis.bridge.tie import Move, Piece, bridge, total

LEVELS = ("campaign", "product", "search_term", "targeting", "placement")
_REACH = timedelta(days=45)  # how far back a charge may reach: the platforms charge at least once a month
# How the statements' languages name a charge for advertising; V2 settlements name it by its total.
_WORDS = ("advertis", "publicid", "pubblicit", "werbe", "reklam", "annonces", "广告", "広告")
_EXACT = ("transactiontotalamount",)


class Spend(NamedTuple):
    """What one report says of one ad product on one day."""

    source: str
    level: str
    account: str
    product: str
    day: date
    amount: Decimal
    rows: int
    rate: str | None = None

    def piece(self) -> Piece:
        return Piece(day_unit(self.day), self.amount, self.rows, f"{self.product} {self.day}", self.rate)


def spend(books: Books) -> list[Bridge]:
    """Every source against the level of the ad reports that the board reads."""
    rows = _read(books)
    ours_rows = _board(rows)
    mine = [row for row in ours_rows if _in(books, row.day)]
    value, count = total(row.piece() for row in mine)
    end = Ours(name="ad_day", value=value if mine else None, rows=count)
    case = books.case
    asked = case.channel, case.currency, case.span, case.rates
    dailies = [*estimates(books.reader, case.kpi, *asked), *advertising_fees(books.reader, *asked)]
    found = [_report(books, end, mine, other, ours_rows) for other in _others(rows, ours_rows)]
    found += [_daily(books, end, mine, daily, ours_rows) for daily in dailies]
    charges = [_charged(books, end, ours_rows, ledger) for ledger in books.ledgers if ledger.currency == case.currency]
    return [*found, *(c for c in charges if c)]


def _read(books: Books) -> list[Spend]:
    """All levels by day; days before the period too, since a charge may reach back."""
    case = books.case
    rows = books.reader.rows(
        "SELECT source, level, account, coalesce(ad_product, ''), day, currency, sum(spend), count(*) FROM ad_day "
        f"WHERE channel = $1 AND currency IS NOT NULL AND spend IS NOT NULL AND level IN {LEVELS} "
        "AND day BETWEEN CAST($2 AS DATE) AND CAST($3 AS DATE) GROUP BY ALL ORDER BY ALL",
        (case.channel, case.span.start - _REACH, case.span.through),
    )
    return [
        Spend(str(source), str(level), str(account), str(product), cast("date", day),
              Decimal(str(amount)) * rate.factor, cast("int", count), rate.label)
        for source, level, account, product, day, money, amount, count in rows
        if (rate := rate_of(case.rates, str(money), case.currency, cast("date", day)))
    ]  # fmt: skip


def _board(rows: Sequence[Spend]) -> list[Spend]:
    """Of each account's day and ad product the first level, then the first source by name."""
    best: dict[tuple[str, str, date], tuple[int, str]] = {}
    for row in rows:
        key = row.account, row.product, row.day
        best[key] = min(best.get(key, _rank(row)), _rank(row))
    return [row for row in rows if _rank(row) == best[row.account, row.product, row.day]]


def _rank(row: Spend) -> tuple[int, str]:
    return LEVELS.index(row.level), row.source


def _others(rows: Sequence[Spend], board: Sequence[Spend]) -> list[list[Spend]]:
    """The rows of each source and level that the board does not read."""
    groups: dict[tuple[str, str], list[Spend]] = defaultdict(list)
    shown = set(board)
    for row in rows:
        groups[row.source, row.level].append(row)
    return [group for _, group in sorted(groups.items()) if not shown.issuperset(group)]


def _our_days(rows: Sequence[Spend]) -> set[str]:
    return day_units(min(r.day for r in rows), max(r.day for r in rows)) if rows else set()


def _report(books: Books, end: Ours, mine: Sequence[Spend], other: Sequence[Spend], every: Sequence[Spend]) -> Bridge:
    """Another level of the reports, which may leave out whole ad products."""
    inside = [row for row in other if _in(books, row.day)]
    theirs = [row.piece() for row in inside]
    value, rows = total(theirs)
    source = Source(
        name=f"{other[0].source} ({other[0].level})", kind="ads", accounts=tuple(sorted({r.account for r in inside})),
        value=value if inside else None, rows=rows,
    )  # fmt: skip
    products = {row.product for row in other}
    absent = tuple(row.piece() for row in mine if row.product not in products)
    kept = [row.piece() for row in mine if row.product in products]
    common = day_units(min(r.day for r in other), max(r.day for r in other)) & _our_days(every)
    moves = [Move("ad_product", absent, sure=True, note=_products(absent)), *coverage(theirs, kept, common)]
    days = str(min(r.day for r in other)), str(max(r.day for r in other))
    note = None if inside else Note("range", days)
    return by_day(books, source, end, theirs, [row.piece() for row in mine], moves, note)


def _daily(books: Books, end: Ours, mine: Sequence[Spend], daily: Daily, every: Sequence[Spend]) -> Bridge:
    """A total by day, which may leave out an ad product."""
    pieces = [row.piece() for row in mine]
    common = {p.unit for p in daily.pieces} & _our_days(every)
    moves = list(coverage(daily.pieces, pieces, common))
    names = sorted({row.product for row in mine})
    groups = [names[:n] + names[n + 1 :] for n in range(len(names))] + [[name] for name in names]
    for group in groups if len(names) > 1 else []:
        out = tuple(row.piece() for row in mine if row.product in group and day_unit(row.day) in common)
        moves.append(Move("ad_product", out, note=_products(out)))
    note = Note("range", (str(daily.first), str(daily.last)))
    shown = Note("estimate") if daily.source.kind == "estimate" else None
    return by_day(books, daily.source, end, daily.pieces, pieces, moves, shown if daily.pieces else note)


def _charged(books: Books, end: Ours, rows: Sequence[Spend], ledger: Ledger) -> Bridge | None:
    """What was charged in the period is for the days since the charge before; None where nothing ever was."""
    charges = _charges(books, ledger)
    if not charges:
        return None
    case = books.case
    inside = [c for c in charges if _in(books, c[0])]
    theirs = [Piece("period", amount, count, str(day)) for day, amount, count in inside]
    value, count = total(theirs)
    source = Source(
        name=ledger.source, kind="statement", accounts=ledger.accounts, value=value if theirs else None, rows=count
    )
    if not theirs or end.value is None:
        days = str(charges[0][0]), str(charges[-1][0])
        return missing(case, source, end, Note("none_of_ours") if theirs else Note("range", days))
    before = [day for day, _, _ in charges if day < case.span.start]
    last = inside[-1][0]
    mine = [row for row in rows if _in(books, row.day)]
    later = [row.piece()._replace(unit="period") for row in mine if row.day >= last]
    earlier = [
        row.piece()._replace(unit="period", amount=-row.amount)
        for row in rows
        if before and before[-1] <= row.day < case.span.start
    ]
    moves = [Move("date", (*earlier, *later), sure=True, note=Note("billed", (str(last),)))]
    return bridge(case, source, end, theirs, [r.piece()._replace(unit="period") for r in mine], moves, {})


def _charges(books: Books, ledger: Ledger) -> list[tuple[date, Decimal, int]]:
    """Day, amount and rows of every charge for advertising in a ledger."""
    like = " OR ".join(f"lower(detail) LIKE '%{word}%'" for word in _WORDS)
    rows = books.reader.rows(
        f"SELECT posted_at, -sum(amount), count(*) FROM settlement_line WHERE channel = $1 AND source = $2 "
        f"AND currency = $3 AND kind = 'fee' AND (lower(detail) IN ('{_EXACT[0]}') OR {like}) "
        "GROUP BY ALL ORDER BY ALL",
        (books.case.channel, ledger.source, books.case.currency),
    )
    return [
        (statements.business_day(moment, books.case.channel, books.clock), Decimal(str(amount)), cast("int", count))
        for moment, amount, count in rows
    ]


def _products(pieces: Sequence[Piece]) -> Note:
    return Note("products", (", ".join(sorted({p.example.split(" ")[0] for p in pieces})),))


def _in(books: Books, day: date) -> bool:
    return books.case.span.start <= day <= books.case.span.through
