"""Reorder suggestions as rows of a table, and one of them in full."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial

from textual.content import Content

from kpiterm.analysis.format import compact_value, format_value
from kpiterm.analysis.inventory.order.decisions import is_open
from kpiterm.analysis.inventory.order.line import Line
from kpiterm.analysis.inventory.order.plan import Plan
from kpiterm.analysis.inventory.order.words import Language, line_name, sentence
from kpiterm.analysis.pages.inventory import StockPage
from kpiterm.tui.charts import Band, DayMark, Step, band, strip, waterfall
from kpiterm.tui.contract_text import Parts, columns
from kpiterm.tui.draw import cell, clean, day, fit
from kpiterm.tui.gauge_detail import row as fact
from kpiterm.tui.kpi_text import heading, wrapped
from kpiterm.tui.messages import PageState
from kpiterm.tui.widgets.row_list import Row

MUTED = "$text-muted"
AHEAD = 182
"""Days on the strip of days."""
FAR = date.max
_SKU = 20
STOCK = 7

SORTS: dict[str, Callable[[Line], tuple[object, ...]]] = {
    "urgency": lambda _: (),
    "order by": lambda line: (line.order_by or FAR,),
    "quantity": lambda line: (-line.quantity,),
    "cash": lambda line: (-(line.cash or 0),),
    "lost": lambda line: (-line.lost,),
    "lasts until": lambda line: (line.gone or FAR,),
    "on hand": lambda line: (line.available,),
    "SKU": lambda line: (line.sku, line.channel),
}
"""By what the table can be ordered; the plan's own order, by urgency, stays among equals."""

Column = tuple[str, int, bool, Callable[[Line], tuple[str, str]]]


def key(line: Line) -> str:
    """What tells a line from the others."""
    return f"{line.account}\t{line.channel}\t{line.sku}"


def row(line: Line) -> Row:
    """A line of the table."""
    title = f"  {line.title}" if line.title else ""
    decided = f"  {line.decision}" if line.decision else ""
    told = f"{line.sku}{title}  {line.channel}  {line.account}  order {line.quantity:,} by {line.order_by or 'no day'}"
    return Row(partial(_drawn, line), key(line), f"{told}{' late' if line.late else ''}{decided}")


def is_due(line: Line) -> bool:
    """Whether it needs an order on which nobody has decided."""
    return line.quantity > 0 and is_open(line)


def told(text: str, width: int) -> Content:
    """How many there are, and which are shown."""
    return Content.styled(fit(text, width), MUTED)


def head(width: int) -> Content:
    """The names of the columns."""
    parts: Parts = [(name, cells, MUTED, right) for name, cells, right, _ in _columns(width)]
    return columns(parts, width)


def _drawn(line: Line, width: int) -> Content:
    return columns([(*_cell(line, read, cells), right) for _, cells, right, read in _columns(width)], width)


def _cell(line: Line, read: Callable[[Line], tuple[str, str]], cells: int) -> tuple[str, int, str]:
    text, style = read(line)
    return text, cells, style


def _columns(width: int) -> list[Column]:
    """Those that fit; the SKU takes what is left."""
    narrow: list[Column] = [
        ("order by", 13, False, _due),
        (
            "order",
            7,
            True,
            lambda line: (f"{line.quantity:,}" if line.quantity else "–", "bold" if line.quantity else MUTED),
        ),
        ("  by", 7, False, lambda line: (f"  {line.mode}" if line.quantity else "", "")),
        (" SKU", 0, False, lambda line: (f" {_named(line, width)}", MUTED if not is_open(line) else "")),
        (" channel", 13, False, lambda line: (f" {line.channel}", "")),
        ("on hand", 8, True, lambda line: (f"{line.available:,}", "")),
        ("lasts to", 10, True, lambda line: (_day(line.gone), "")),
    ]
    if width < 76:
        return [column for column in narrow if column[0] not in ("  by", " channel")] if width < 60 else narrow[:-1]
    if width < 110:
        return narrow
    return [
        *narrow[:-1],
        ("inbound", 9, True, lambda line: (f"{line.inbound:,}" if line.inbound else "–", "")),
        ("a day", 7, True, lambda line: (f"{line.daily:.1f}", "")),
        narrow[-1],
        ("lost", 7, True, lambda line: (f"{line.lost:.0f}" if line.lost >= 0.5 else "–", "")),
        (
            "cash",
            10,
            True,
            lambda line: (compact_value(line.cash, "money", line.currency) if line.quantity else "", ""),
        ),
        ("  decided", 26 if width >= 130 else 0, False, lambda line: (f"  {line.decision or ''}", MUTED)),
    ][: None if width >= 130 else -1]


def _named(line: Line, width: int) -> str:
    """The SKU, with its title where there is room."""
    return f"{fit(line.sku, _SKU)} {line.title or ''}" if width >= 110 else line.sku


def _due(line: Line) -> tuple[str, str]:
    """`✗ 6 Sep late`: state as a symbol and in words."""
    if not line.quantity:
        return "✓ enough", "$success"
    if not is_open(line):
        return "– decided", MUTED
    if line.late:
        return f"✗ {_day(line.order_by)} late", "bold $error"
    return f"! {_day(line.order_by)}", "bold $warning"


def _day(value: date | None) -> str:
    return day(value) if value else "—"


def full(line: Line, plan: Plan, language: Language, stock: PageState, width: int) -> list[Content]:
    """The suggestion with its reason, what it adds up from, and its days."""
    today = plan.today[line.channel]
    title = Content.assemble((clean(line.sku), "bold"), (f"  {line.channel} · {line.account}", MUTED))
    return [
        title.truncate(width, ellipsis=True),
        *(wrapped(line.title, width) if line.title else []),
        Content(""),
        *wrapped(sentence(line, today, language), width, ""),
        *(wrapped(str(line.decision), width, "bold $warning") if line.decision else []),
        Content(""),
        heading("days", width),
        *_days(line, today, width),
        Content(""),
        heading("stock if nothing is ordered", width),
        *_stock(stock, width),
        Content(""),
        heading("how the quantity adds up", width),
        *waterfall(list(_steps(line, plan, language)), width),
        Content(""),
        heading("figures", width),
        *(part for label, text in _facts(line) for part in fact(label, text, width)),
    ]


def _stock(stock: PageState, width: int) -> list[Content]:
    """The projection, or that it is being computed, or why it cannot be."""
    found = stock.content
    if not isinstance(found, StockPage):
        return wrapped(stock.error.message if stock.error else "simulating demand and arrivals…", width)
    top = f"{max(left.high for left in found.left):,.0f}"
    label = max(len(top) + 1, 6)
    drawn = band([Band(left.low, left.middle, left.high) for left in found.left], width - label, STOCK)
    names = [top, *[""] * (STOCK - 2), "0"]
    last = found.left[-1].day
    told = f"today to {day(last)} {last.year}: ━ the median, ░ four in five of the paths; inbound included"
    lines = [
        Content.assemble(cell(name, label - 1, MUTED, right=True), " ", line)
        for name, line in zip(names, drawn, strict=False)
    ]
    return [*lines, *wrapped(told, width)]


def _steps(line: Line, plan: Plan, language: Language) -> Iterator[Step]:
    for code, units in line.waterfall.items():
        if units:
            yield Step(line_name(code, line, plan.review, language), units, f"{units:+,}".replace("-", "−"))
    yield Step("to order" if language == "en" else "订货量", line.quantity, f"{line.quantity:,}", total=True)


def _days(line: Line, today: date, width: int) -> list[Content]:
    marks = list(_marks(line, today))
    drawn = strip(today, AHEAD, marks, min(width, AHEAD))
    told = [part for mark in marks for part in wrapped(f"{mark.sign} {_span(mark)}  {mark.text}", width, mark.style)]
    return [*drawn, *told]


def _span(mark: DayMark) -> str:
    year = f" {mark.day.year}"
    return f"{day(mark.day)}{year}" + (f" – {day(mark.last)} {mark.last.year}" if mark.last else "")


def _marks(line: Line, today: date) -> Iterator[DayMark]:
    """Closed factory, order-by day, arrivals, the day stock runs out without an order (one in ten: earlier)."""
    if line.holiday:
        name = line.holiday.name.get("en") or next(iter(line.holiday.name.values()))
        yield DayMark(line.holiday.first, "░", f"factory closed: {name}", MUTED, line.holiday.last)
    if line.gone_early and line.gone and line.gone_early < line.gone:
        yield DayMark(
            line.gone_early,
            "·",
            "without an order stock runs out from here on, one time in ten already then",
            "$warning",
            line.gone - timedelta(days=1),
        )
    if line.gone:
        yield DayMark(line.gone, "✗", "without an order stock has run out, half of the time", "bold $error")
    for coming in line.events:
        yield DayMark(coming.first, "*", coming.name.get("en") or next(iter(coming.name.values())), "$primary")
    for part in line.parts:
        yield DayMark(part.arrives, "▲", f"{part.quantity:,} by {part.mode} arrive", "bold $success")
    if line.order_by:
        yield DayMark(line.order_by, "┃", "order by" + (": late" if line.order_by < today else ""), "bold $warning")
    yield DayMark(line.lasts, "▏", "up to here an order of today lasts", MUTED)


def _facts(line: Line) -> Sequence[tuple[str, str]]:
    money = format_value(line.cash, "money", line.currency)
    lost = f"{line.lost:.0f} units with this order, {line.lost_without:.0f} without"
    found = [
        ("stock", f"{line.available:,} on hand, {line.inbound:,} inbound; {line.daily:.1f} a day are expected"),
        ("lead time", f"{line.lead[0]} days, nine times in ten at most {line.lead[1]}"),
        ("order", f"MOQ {line.moq:,}, cartons of {line.carton:,}; cash {money}"),
        ("lost", f"{lost}, {line.lost_waiting:.0f} more by waiting"),
        ("service", f"{line.service:.0%} of such orders should last"),
        ("limits", ", ".join(line.constraints)),
        ("transfers", ", ".join(f"{t.units:,} from {t.channel}" for t in line.transfers)),
        ("others", ", ".join(f"{a.by} suggests {a.units:,.0f} ({a.day})" for a in line.advice)),
        (
            "back-test",
            f"the last {line.track.of} intervals held what came {line.track.hit} times" if line.track else "",
        ),
    ]
    return [(label, text) for label, text in found if text]
