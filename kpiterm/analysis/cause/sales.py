"""A change in sales: visits x conversion x price, line by line, where visits are known; else units x price."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from kpiterm.analysis.cause.assemble import Draft, Drafts, Levels
from kpiterm.analysis.cause.lines import only_currency
from kpiterm.analysis.cause.lmdi import Pair, Parts, Sold, closed, sales_parts
from kpiterm.analysis.cause.result import NO_OUTAGE, By, Kind, Note, Outage
from kpiterm.analysis.cause.rows import SKU_LEVELS, Sides, finished, pick
from kpiterm.analysis.cause.sales_rows import (
    VISITS,
    Blind,
    Day,
    SoldLine,
    blind_days,
    by_line,
    days_of,
    line_of,
    sums_of,
)
from kpiterm.analysis.cause.stock import Out, outages
from kpiterm.analysis.kpi.definition import Definition
from kpiterm.analysis.kpi.frame import Question

Visits = Mapping[str, Sequence[float]]  # by channel, before and after


def sales_drafts(question: Question, base: Definition, sides: Sides, by: By) -> Drafts:
    """The lines of a KPI that adds up sales; UsageError where they are in several currencies."""
    assert base.measure is not None
    levels = SKU_LEVELS["traffic_day"] if by == "sku" else ()
    own = levels if base.measure.table == "traffic_day" else ()
    sold = pick(question, base.measure, sides, sums_of(base.measure), own)
    currency = only_currency(base, [key[3] for key in sold.days], sides)
    seen = pick(question, VISITS, sides, {"visits": "sessions"}, levels[:2])
    days = days_of(sold, seen, sides)
    shared: list[Day] = []
    if by == "sku" and (unseen := _without_any_visits(days)):
        in_all = days_of(sold, pick(question, VISITS, sides, {"visits": "sessions"}), sides)
        shared = [day for day in in_all if day.channel in unseen - _without_any_visits(in_all)]
        days = [day for day in days if day.channel not in {d.channel for d in shared}] + shared
    blind = blind_days(days)
    sql = by_line(base.measure, sides, by, (sold.condition, seen.condition, levels[:2]), blind)
    read = question.reader.rows(finished(sql, question), sides.params)
    lines = _share_out([line_of(row) for row in read], _visits(shared, blind))
    visits = sum(line.before.visits for line in lines), sum(line.after.visits for line in lines)
    out = outages(question, sides) if by == "sku" and base.measure.table == "order_line" else {}
    return Drafts(
        lines=[_draft(line, visits, out) for line in lines if line.total[0] or line.total[1]],
        currency=currency,
        levels=_levels(lines, visits),
        notes=_notes(days, blind, {day.channel for day in shared}, lines, by),
    )


def _without_any_visits(days: Sequence[Day]) -> set[str]:
    return {day.channel for day in days if day.units > 0} - {day.channel for day in days if day.visits}


def _visits(days: Iterable[Day], blind: Blind) -> Visits:
    """Visits of each channel, before and after, without the blind days."""
    found: dict[str, list[float]] = {}
    for day in days:
        if (day.account, day.channel, day.nth) not in blind:
            found.setdefault(day.channel, [0.0, 0.0])[day.side] += day.visits
    return found


def _share_out(lines: list[SoldLine], visits: Visits) -> list[SoldLine]:
    """Lines of channels whose visits are only known in all get them by their units, that is, all convert alike."""
    units = {channel: [0.0, 0.0] for channel in visits}
    for line in lines:
        if line.channel in visits:
            units[line.channel][0] += line.before.units
            units[line.channel][1] += line.after.units

    def given(sold: Sold, channel: str, side: int) -> Sold:
        total = units[channel][side]
        return sold._replace(visits=visits[channel][side] * sold.units / total) if total else sold

    return [
        line._replace(before=given(line.before, line.channel, 0), after=given(line.after, line.channel, 1))
        if line.channel in visits
        else line
        for line in lines
    ]


def _draft(line: SoldLine, visits: Pair, out: Out) -> Draft:
    before, after = line.total
    gone = out.get((line.channel, line.key or ""), NO_OUTAGE)
    kind = _kind(before, after, gone)
    change = float(after - before)
    parts: Parts = {kind: change}
    if kind == "both":
        parts = sales_parts(line.before, line.after, visits)
        for name, amount in sales_parts(*line.hidden, visits).items():
            parts[name] = parts.get(name, 0.0) + amount
        parts = closed(parts, change) if parts else {}
    return Draft(
        line.channel, line.key, line.key or line.channel, kind, before, after, change, parts, gone, _prices(line)
    )


def _prices(line: SoldLine) -> tuple[Decimal, Decimal] | None:
    """What a unit brought before and after, of a line that sold on both sides."""
    units = [side.units + hidden.units for side, hidden in zip((line.before, line.after), line.hidden, strict=True)]
    if not all(units):
        return None
    return line.total[0] / Decimal(units[0]), line.total[1] / Decimal(units[1])


def _kind(before: Decimal, after: Decimal, out: Outage) -> Kind:
    if before and after:
        return "both"
    if after:
        return "restocked" if out.before else "new"
    return "out_of_stock" if out.after else "lost"


def _levels(lines: Sequence[SoldLine], visits: Pair) -> Levels:
    """Visits, units a visit and sales a unit over all visited lines and days, where they are known."""
    sales, units = (
        (sum(getattr(line.before, name) for line in lines), sum(getattr(line.after, name) for line in lines))
        for name in ("sales", "units")
    )
    if not min(*visits, *units):
        return {}
    pairs = {
        "traffic": (round(visits[0]), round(visits[1])),
        "conversion": (units[0] / visits[0], units[1] / visits[1]),
        "price": (sales[0] / units[0], sales[1] / units[1]),
    }
    return {name: (Decimal(before), Decimal(after)) for name, (before, after) in pairs.items()}


def _notes(days: Sequence[Day], blind: Blind, shared: set[str], lines: Sequence[SoldLine], by: By) -> list[Note]:
    """Channels whose visits are not known by SKU, on some days or on any."""
    found, unseen = [], set()
    for channel in sorted({day.channel for day in days if day.units > 0}):
        sold = {(day.account, day.nth) for day in days if day.channel == channel and day.units > 0}
        hidden = {(account, nth) for account, name, nth in blind if name == channel}
        if hidden == sold:
            unseen.add(channel)
            found.append(Note("no_visits", (channel,)))
        elif hidden:
            found.append(Note("visits_partly", (channel, str(len(sold - hidden)), str(len(sold)))))
        if channel in shared:
            found.append(Note("visits_shared", (channel,)))
    alone = [line for line in lines if line.key and line.channel not in unseen and _unvisited(line)]
    return [*found, Note("lines_without_visits", (str(len(alone)),))] if alone and by == "sku" else found


def _unvisited(line: SoldLine) -> bool:
    """Whether it sold on visited days and has no visits of its own, as SKUs that share an item."""
    return any(side.sales and not side.visits for side in (line.before, line.after))
