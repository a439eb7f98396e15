"""A SKU's stock in the months to come: a band over its days, and what arrives, is closed, or is to be ordered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from textual.content import Content

from kpiterm.analysis.inventory.order.line import Line
from kpiterm.analysis.pages.inventory import Arrival, Left, StockPage
from kpiterm.i18n import N_, said, sentences, word
from kpiterm.tui.charts import Band, DayMark, band, strip
from kpiterm.tui.draw import cell
from kpiterm.tui.figures import day_and_year
from kpiterm.tui.kpi_text import wrapped
from kpiterm.tui.messages import PageState
from kpiterm.tui.tongue import _, spoken

MUTED = "$text-muted"
AHEAD = 182
"""Days that are drawn."""
HIGH = 7
"""Lines of the band."""
MODES = {"sea": N_("sea"), "air": N_("air"), "split": N_("split")}


def chart(line: Line, today: date, stock: PageState, width: int) -> list[Content]:
    """Band and days over one another, each mark told below; the days alone until the simulation is there."""
    found = stock.content
    if not isinstance(found, StockPage):
        marks = list(_marks(line, today, ()))
        why = _(stock.error.message if stock.error else N_("simulating demand and arrivals…"))
        return [*strip(today, AHEAD, marks, min(width, AHEAD)), *wrapped(why, width), *_told(marks, width)]
    marks = list(_marks(line, today, found.arrivals))
    top = f"{max(left.high for left in found.left):,.0f}"
    label = max(len(top) + 1, 6)
    places = max(min(width - label, AHEAD), 4)
    drawn = band([_at(found.left, today + timedelta(days=x * AHEAD / places)) for x in range(places)], places, HIGH)
    names = [top, *[""] * (HIGH - 2), "0"]
    rows = [
        Content.assemble(cell(name, label - 1, MUTED, right=True), " ", row)
        for name, row in zip(names, drawn, strict=False)
    ]
    days = [Content.assemble(" " * label, row) for row in strip(today, AHEAD, marks, places)]
    legend = _("━ the median, ░ four in five of the paths; what is inbound arrives, nothing more is ordered")
    return [*rows, *days, *wrapped(legend, width), *_told(marks, width)]


def _at(left: Sequence[Left], day: date) -> Band:
    """The band on a day, on straight lines between the days that are known."""
    after = next((place for place, one in enumerate(left) if one.day >= day), len(left) - 1)
    end = left[after]
    if after == 0 or day > end.day:
        return Band(end.low, end.middle, end.high)
    start = left[after - 1]
    share = (day - start.day).days / ((end.day - start.day).days or 1)

    def between(first: float, last: float) -> float:
        return first + (last - first) * share

    return Band(between(start.low, end.low), between(start.middle, end.middle), between(start.high, end.high))


def _told(marks: Sequence[DayMark], width: int) -> list[Content]:
    return [part for mark in marks for part in wrapped(f"{mark.sign} {_span(mark)}  {mark.text}", width, mark.style)]


def _span(mark: DayMark) -> str:
    return day_and_year(mark.day) + (f" – {day_and_year(mark.last)}" if mark.last else "")


def _marks(line: Line, today: date, arrivals: Sequence[Arrival]) -> Iterator[DayMark]:
    """Closed factory, order-by day, arrivals, the day stock runs out without an order (one in ten: earlier)."""
    if line.holiday:
        closed = _(said("factory closed: {0}", _named(line.holiday.name)))
        yield DayMark(line.holiday.first, "░", closed, MUTED, line.holiday.last)
    if line.gone_early and line.gone and line.gone_early < line.gone:
        early = _("without an order stock runs out from here on, one time in ten already then")
        yield DayMark(line.gone_early, "·", early, "$warning", line.gone - timedelta(days=1))
    if line.gone:
        yield DayMark(line.gone, "✗", _("without an order stock has run out, half of the time"), "bold $error")
    for coming in line.events:
        yield DayMark(coming.first, "*", _named(coming.name), "$primary")
    for one in arrivals:
        units = said("{0} inbound units, nine times in ten by {1}", f"{one.units:,}", day_and_year(one.late))
        yield DayMark(one.likely, "+", _(sentences((units, one.order or ""))), "bold $success")
    for part in line.parts:
        arrives = said("{0} by {1} arrive", f"{part.quantity:,}", word(MODES.get(part.mode, part.mode)))
        yield DayMark(part.arrives, "▲", _(arrives), "bold $success")
    if line.order_by:
        late = line.order_by < today
        yield DayMark(line.order_by, "┃", _("order by: late") if late else _("order by"), "bold $warning")
    yield DayMark(line.lasts, "▏", _("up to here an order of today lasts"), MUTED)


def _named(names: Mapping[str, str]) -> str:
    return names.get(spoken()) or next(iter(names.values()))
