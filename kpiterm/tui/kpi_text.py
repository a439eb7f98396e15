"""The page of a KPI as lines of text for a given width."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from rich.cells import cell_len
from textual.content import Content

from kpiterm.analysis.bridge.result import Bridge
from kpiterm.analysis.bridge.words import kind_name, step_name
from kpiterm.analysis.bridge.words import said as remark_of
from kpiterm.analysis.cause.result import Cause, Line
from kpiterm.analysis.cause.story import remarks, tell
from kpiterm.analysis.cause.words import LANGUAGES, cell, factor_of, name_of, value_of
from kpiterm.analysis.format import amount_digits, plain
from kpiterm.analysis.pages.kpi import KpiPage, Lineage
from kpiterm.analysis.view import Gauge
from kpiterm.i18n import N_, listing
from kpiterm.tui import wrap
from kpiterm.tui.charts import Step, waterfall
from kpiterm.tui.draw import STATES, clean, fit
from kpiterm.tui.draw import cell as boxed
from kpiterm.tui.figures import count, moment
from kpiterm.tui.gauge_detail import evidence
from kpiterm.tui.tongue import _, spoken

MUTED = "$text-muted"


def heading(text: str, width: int) -> Content:
    """`── cause ─────────`."""
    return Content.assemble(
        ("── ", MUTED), (text, "bold $primary"), (" " + "─" * max(width - cell_len(text) - 4, 0), MUTED)
    ).truncate(width)


def data(gauge: Gauge, width: int) -> list[Content]:
    """What the value rests on, under a heading."""
    return [Content(""), heading(_("data"), width), *evidence(gauge, width)]


def page(found: KpiPage, width: int) -> list[Content]:
    """Cause, reconciliation, definition, sources and SQL, one under the other."""
    return [
        *_section(_("cause"), _cause(found, width), found.without.get("cause"), width),
        *_section(_("reconciliation"), _bridges(found, width), found.without.get("bridges"), width),
        *_section(_("definition"), wrapped(_(found.sentence), width, "") + wrapped(found.basis, width), None, width),
        *_section(_("lineage"), _lineage(found.lineage, width), None, width),
        *_section("SQL", _sql(found.sql, width), found.without.get("sql"), width),
    ]


def _section(title: str, lines: list[Content], without: str | None, width: int) -> list[Content]:
    told = wrapped(_(without), width) if without else [] if lines else wrapped(_("nothing in this period"), width)
    return [Content(""), heading(title, width), *lines, *told]


def wrapped(text: str, width: int, style: str = MUTED, indent: int = 0) -> list[Content]:
    """A paragraph in so many cells."""
    parts = wrap.wrapped(clean(text), style, max(width - indent, 10))
    return [Content.assemble(" " * indent, part) for part in parts]


def _cause(found: KpiPage, width: int) -> list[Content]:
    cause = found.cause
    if cause is None:
        return []
    headline, *others = tell(cause, spoken())
    told = [*wrapped(headline, width, "bold"), *(line for text in others for line in wrapped(text, width, ""))]
    parts = [Content(""), *waterfall(list(_steps(cause)), width)] if cause.parts else []
    lines = list(_lines(cause, width))
    notes = [line for text in remarks(cause, spoken()) for line in wrapped(text, width)]
    return [*told, *parts, *([Content(""), *lines] if lines else []), *notes, *_deeper(found, width)]


def _deeper(found: KpiPage, width: int) -> Iterator[Content]:
    """The same change by SKU, then by campaign."""
    for cause in found.deeper:
        yield Content("")
        yield Content.styled(_("by SKU") if cause.by == "sku" else _("by campaign"), "bold")
        yield from _lines(cause, width)


def _steps(cause: Cause) -> Iterator[Step]:
    """From the value before to the value after."""
    words = LANGUAGES[spoken()]
    yield Step(words.before, cause.before, value_of(cause, cause.before), total=True)
    for name, size in cause.parts.items():
        yield Step(factor_of(cause, name, words), size, cell(cause, size), style=_tone(cause, size))
    yield Step(words.after, cause.after, value_of(cause, cause.after), total=True)


def _tone(cause: Cause, size: Decimal) -> str:
    return "$success" if (size > 0) == (cause.direction == "up") else "$warning"


def _lines(cause: Cause, width: int) -> Iterator[Content]:
    """SKUs, campaigns or channels, the largest first, each with its part in the change."""
    changes = [line.change for line in cause.lines] + ([cause.rest.change] if cause.rest else [])
    figures = max((cell_len(cell(cause, change)) for change in changes), default=0)
    for line in cause.lines:
        yield _line(cause, line, figures, width)
    if cause.rest:
        rest = LANGUAGES[spoken()].rest.format(cause.rest.lines)
        yield Content.assemble(
            boxed(cell(cause, cause.rest.change), figures, right=True),
            "  ",
            boxed(rest, max(width - figures - 2, 1), MUTED),
        )


def _line(cause: Cause, line: Line, figures: int, width: int) -> Content:
    words = LANGUAGES[spoken()]
    parts = sorted(line.parts.items(), key=lambda part: -abs(part[1]))[:2]
    told = _(listing([f"{factor_of(cause, name, words)} {cell(cause, size)}" for name, size in parts if size]))
    room = max(width - figures - 2, 1)
    name = clean(name_of(cause, line, spoken()))
    return Content.assemble(
        boxed(cell(cause, line.change), figures, _tone(cause, line.change), right=True), "  ",
        boxed(name, room * 3 // 5), boxed("  " + told, room - room * 3 // 5, MUTED),
    )  # fmt: skip


def _bridges(found: KpiPage, width: int) -> list[Content]:
    return [line for bridge in found.bridges for line in _bridge(bridge, width)]


def _bridge(bridge: Bridge, width: int) -> list[Content]:
    """One source's number, the steps from it to ours, and what nothing explains."""
    symbol, state, style = STATES[bridge.state]
    parts = (bridge.source.name, kind_name(bridge.source.kind, spoken()), bridge.channel, bridge.currency or "")
    head = Content.assemble((f"{symbol} {_(state)}  ", style), clean(" · ".join(part for part in parts if part)))
    steps = list(_bridge_steps(bridge))
    drawn = waterfall(steps, width - 2) if len(steps) > 1 else []
    note = remark_of(bridge.note, spoken())
    return [
        head.truncate(width, ellipsis=True),
        *(Content.assemble("  ", line) for line in drawn),
        *(wrapped(note, width, indent=2) if note else []),
    ]


def _bridge_steps(bridge: Bridge) -> Iterator[Step]:
    language = spoken()
    if bridge.source.value is not None:
        yield Step(step_name("theirs", language), bridge.source.value, _digits(bridge.source.value, bridge), total=True)
    for step in bridge.steps:
        if step.amount:
            yield Step(step_name(step.code, language), step.amount, _signed(step.amount, bridge))
    if bridge.residual is not None:
        style = STATES[bridge.state][2] if bridge.residual else MUTED
        yield Step(step_name("residual", language), bridge.residual, _signed(bridge.residual, bridge), style=style)
    if bridge.ours.value is not None:
        yield Step(step_name("ours", language), bridge.ours.value, _digits(bridge.ours.value, bridge), total=True)


def _digits(value: Decimal, bridge: Bridge) -> str:
    text = amount_digits(value, bridge.currency, grouped=True) if bridge.currency else f"{Decimal(plain(value)):,f}"
    return text.replace("-", "−")


def _signed(value: Decimal, bridge: Bridge) -> str:
    return f"{'+' if value > 0 else ''}{_digits(value, bridge)}"


def _lineage(found: tuple[Lineage, ...], width: int) -> list[Content]:
    """Source and account, rows, payloads, when the newest came; then the newest payloads, by their hash."""
    names = min(max((len(one.source) + len(one.account) + 4 for one in found), default=0), max(width - 34, 12))
    return [line for one in found for line in (_source(one, names, width), *_payload_lines(one, width))]


def _source(one: Lineage, names: int, width: int) -> Content:
    return Content.assemble(
        boxed(f"{one.source} · {one.account}", names), boxed(_rows(one.rows), 14, right=True),
        boxed(_payloads(one.payloads), 16, right=True), (f"  {moment(one.newest)}", MUTED),
    ).truncate(width, ellipsis=True)  # fmt: skip


def _payload_lines(one: Lineage, width: int) -> Iterator[Content]:
    for payload in one.latest:
        text = f"  {payload.sha256[:12]}  {moment(payload.loaded)}  {_rows(payload.rows)}  {payload.asked}"
        yield Content.styled(fit(text, width), MUTED)


def _rows(number: int) -> str:
    return count(number, N_("{0} row"), N_("{0} rows"))


def _payloads(number: int) -> str:
    return count(number, N_("{0} payload"), N_("{0} payloads"))


def _sql(text: str, width: int) -> list[Content]:
    return [
        part for line in text.splitlines() for part in Content.styled(clean(line) or " ", MUTED).fold(max(width, 1))
    ]
