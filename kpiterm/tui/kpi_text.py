"""The page of a KPI as lines of text for a given width."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from textual.content import Content

from kpiterm.analysis.bridge.result import Bridge
from kpiterm.analysis.bridge.words import Language, kind_name, said, step_name
from kpiterm.analysis.cause.result import Cause, Line
from kpiterm.analysis.cause.words import LANGUAGES, cell, factor_of, name_of, value_of
from kpiterm.analysis.format import amount_digits, format_target, plain
from kpiterm.analysis.pages.kpi import KpiPage, Lineage
from kpiterm.analysis.view import Gauge
from kpiterm.tui import gauge_text
from kpiterm.tui.charts import Mark, Step, bars, waterfall
from kpiterm.tui.draw import STATES, clean, fit, moment
from kpiterm.tui.draw import cell as boxed
from kpiterm.tui.gauge_detail import evidence

MUTED = "$text-muted"


def heading(text: str, width: int) -> Content:
    """`── cause ─────────`."""
    return Content.assemble(
        ("── ", MUTED), (text, "bold $primary"), (" " + "─" * max(width - len(text) - 4, 0), MUTED)
    ).truncate(width)


def data(gauge: Gauge, width: int) -> list[Content]:
    """What the value rests on, under a heading."""
    return [Content(""), heading("data", width), *evidence(gauge, width)]


def history(gauge: Gauge, height: int, width: int) -> list[Content]:
    """The KPI's last periods as bars, with its target."""
    known = [value for value in gauge.history if value is not None]
    if len(known) < 2:
        return []
    mark = Mark(gauge.target.value, format_target(gauge.target, gauge.unit, gauge.currency)) if gauge.target else None
    ends = gauge_text.amount(gauge, min(known)), gauge_text.amount(gauge, max(known))
    low = min(Decimal(0), *known)
    drawn = bars(gauge.history, mark, (gauge_text.amount(gauge, low), ends[1]), width, height)
    said_of = f"{len(gauge.history)} periods, the newest at the right; least {ends[0]}, greatest {ends[1]}"
    return [heading("history", width), *drawn, Content.styled(fit(said_of, width), MUTED)]


def page(found: KpiPage, width: int) -> list[Content]:
    """Cause, reconciliation, definition, sources and SQL, one under the other."""
    return [
        *_section("cause", _cause(found, width), found.without.get("cause"), width),
        *_section("reconciliation", _bridges(found, width), found.without.get("bridges"), width),
        *_section("definition", wrapped(found.sentence, width, "") + wrapped(found.basis, width), None, width),
        *_section("lineage", _lineage(found.lineage, width), None, width),
        *_section("SQL", _sql(found.sql, width), found.without.get("sql"), width),
    ]


def _section(title: str, lines: list[Content], without: str | None, width: int) -> list[Content]:
    told = wrapped(without, width) if without else [] if lines else wrapped("nothing in this period", width)
    return [Content(""), heading(title, width), *lines, *told]


def wrapped(text: str, width: int, style: str = MUTED, indent: int = 0) -> list[Content]:
    """A paragraph in so many cells."""
    parts = Content.styled(clean(text), style).wrap(max(width - indent, 10))
    return [Content.assemble(" " * indent, part) for part in parts]


def _cause(found: KpiPage, width: int) -> list[Content]:
    cause = found.cause
    if cause is None:
        return []
    told = [
        line for number, text in enumerate(found.story) for line in wrapped(text, width, "bold" if not number else "")
    ]
    parts = [Content(""), *waterfall(list(_steps(cause, found.language)), width)] if cause.parts else []
    lines = list(_lines(cause, found.language, width))
    notes = [line for text in found.notes for line in wrapped(text, width)]
    return [*told, *parts, *([Content(""), *lines] if lines else []), *notes]


def _steps(cause: Cause, language: str) -> Iterator[Step]:
    """From the value before to the value after."""
    words = LANGUAGES[language]
    yield Step(words.before, cause.before, value_of(cause, cause.before), total=True)
    for name, size in cause.parts.items():
        yield Step(factor_of(cause, name, words), size, cell(cause, size), style=_tone(cause, size))
    yield Step(words.after, cause.after, value_of(cause, cause.after), total=True)


def _tone(cause: Cause, size: Decimal) -> str:
    return "$success" if (size > 0) == (cause.direction == "up") else "$warning"


def _lines(cause: Cause, language: str, width: int) -> Iterator[Content]:
    """SKUs, campaigns or channels, the largest first, each with its part in the change."""
    figures = max((len(cell(cause, line.change)) for line in cause.lines), default=0)
    for line in cause.lines:
        yield _line(cause, line, language, figures, width)
    if cause.rest:
        rest = LANGUAGES[language].rest.format(cause.rest.lines)
        yield Content.assemble(
            boxed(cell(cause, cause.rest.change), figures, right=True),
            "  ",
            boxed(rest, max(width - figures - 2, 1), MUTED),
        )


def _line(cause: Cause, line: Line, language: str, figures: int, width: int) -> Content:
    words = LANGUAGES[language]
    parts = sorted(line.parts.items(), key=lambda part: -abs(part[1]))[:2]
    told = ", ".join(f"{factor_of(cause, name, words)} {cell(cause, size)}" for name, size in parts if size)
    room = max(width - figures - 2, 1)
    name = clean(name_of(cause, line, language))
    return Content.assemble(
        boxed(cell(cause, line.change), figures, _tone(cause, line.change), right=True), "  ",
        boxed(name, room * 3 // 5), boxed("  " + told, room - room * 3 // 5, MUTED),
    )  # fmt: skip


def _bridges(found: KpiPage, width: int) -> list[Content]:
    language: Language = "zh" if found.language == "zh" else "en"
    return [line for bridge in found.bridges for line in _bridge(bridge, language, width)]


def _bridge(bridge: Bridge, language: Language, width: int) -> list[Content]:
    """One source's number, the steps from it to ours, and what nothing explains."""
    symbol, word, style = STATES[bridge.state]
    parts = (bridge.source.name, kind_name(bridge.source.kind, language), bridge.channel, bridge.currency or "")
    head = Content.assemble((f"{symbol} {word}  ", style), clean(" · ".join(part for part in parts if part)))
    steps = list(_bridge_steps(bridge, language))
    drawn = waterfall(steps, width - 2) if len(steps) > 1 else []
    note = said(bridge.note, language)
    return [
        head.truncate(width, ellipsis=True),
        *(Content.assemble("  ", line) for line in drawn),
        *(wrapped(note, width, indent=2) if note else []),
    ]


def _bridge_steps(bridge: Bridge, language: Language) -> Iterator[Step]:
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
    """Source and account, rows, payloads, when the newest came."""
    names = min(max((len(one.source) + len(one.account) + 4 for one in found), default=0), max(width - 34, 12))
    return [
        Content.assemble(
            boxed(f"{one.source} · {one.account}", names), boxed(f"{one.rows:,} rows", 14, right=True),
            boxed(f"{one.payloads:,} payloads", 16, right=True), (f"  {moment(one.newest)}", MUTED),
        ).truncate(width, ellipsis=True)
        for one in found
    ]  # fmt: skip


def _sql(text: str, width: int) -> list[Content]:
    return [
        part for line in text.splitlines() for part in Content.styled(clean(line) or " ", MUTED).fold(max(width, 1))
    ]
