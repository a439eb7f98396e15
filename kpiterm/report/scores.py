"""The sections on what was agreed: the verdict in a few lines, the scorecard, and what moved each figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from kpiterm.analysis.format import format_value
from kpiterm.i18n import Translate, recalled
from kpiterm.report import charts, figures
from kpiterm.report.blocks import Block, Bullets, Cell, Figure, Paragraph, Section, Table, Tiles
from kpiterm.report.pack import Pack

_CHARTED = 6  # months before this one in a chart


def name(pack: Pack, kpi: str, language: str) -> str:
    """A KPI's name in the reader's language."""
    known = pack["definitions"].get(kpi)
    return known["name"][language] if known else kpi


def agreed(pack: Pack) -> list[Mapping[str, Any]]:
    """The figures that count: those with a weight, the heaviest first, once for all channels."""
    found = [entry for entry in pack["kpis"] if entry["weight"] is not None]
    return [entry for entry in found if entry["channel"] == "all" or not _has_total(found, entry["id"])]


def _has_total(entries: Sequence[Mapping[str, Any]], kpi: str) -> bool:
    return any(e["id"] == kpi and e["channel"] == "all" and e["value"] is not None for e in entries)


def summary(pack: Pack, language: str, _: Translate) -> Section:
    """What a person in a hurry reads: how many targets are met, what is due to be paid, what has to be done."""
    entries = agreed(pack)
    items = [
        (_told(pack, entry, language), figures.value(entry), _("target {0}").format(figures.target(entry).text))
        for entry in entries[:4]
    ]
    tiles = Tiles(
        [(label, _toned(cell, entry), remark) for (label, cell, remark), entry in zip(items, entries, strict=False)]
    )
    return Section(_("Summary"), [*([tiles] if items else []), Bullets(list(_verdict(pack, language, _)))])


def _toned(cell: Cell, entry: Mapping[str, Any]) -> Cell:
    return Cell(f"{figures.SIGNS[entry['state']]} {cell.text}", cell.number, cell.format, figures.tone(entry))


def _told(pack: Pack, entry: Mapping[str, Any], language: str) -> str:
    channel = "" if entry["channel"] == "all" else f" · {entry['channel']}"
    return f"{name(pack, entry['id'], language)}{channel}"


def _verdict(pack: Pack, language: str, _: Translate) -> Iterator[str]:
    entries = agreed(pack)
    comma = "、" if language == "zh" else ", "
    for state, text in (
        ("breach", _("Missed: {0}.")), ("watch", _("To watch: {0}.")), ("ok", _("Met: {0}.")),
        ("no_data", _("Without a figure: {0}.")),
    ):  # fmt: skip
        if names := [_told(pack, e, language) for e in entries if e["state"] == state]:
            yield text.format(comma.join(names))
    if not entries:
        yield _("No contract is in force in this period: the figures below are measured against no target.")
    statement = pack["statement"]
    if statement and statement["status"] == "held":
        reason = _(recalled(statement["reason"].removeprefix("held: ")))
        yield _("The fee of {0} is held: {1}.").format(statement["period"], reason)
    elif statement:
        status = {"final": _("closed"), "disputed": _("disputed")}.get(statement["status"], _("so far, not closed"))
        yield _("Fee of {0} ({1}): {2}.").format(
            statement["period"], status, figures.money(statement["total"], statement["currency"]).text
        )
    for cause in pack["causes"]:
        yield cause["story"][language][0]
    if late := [a for a in pack["actions"] if a["late"]]:
        yield _("Overdue action items: {0}.").format(len(late))
    if failing := [a["name"] for a in pack["accounts"] if a["status"] in {"failed", "partial"}]:
        yield _("Accounts whose last sync did not go through whole: {0}.").format(comma.join(failing))


def scorecard(pack: Pack, language: str, _: Translate) -> Section:
    """Each agreed figure with its weight, target, change, course and how sure it is."""
    score = pack["statement"] or {"kpis": []}
    attained = {kpi["id"]: kpi["attainment"] for kpi in score["kpis"]}
    rows = [
        [
            Cell(_told(pack, entry, language)),
            Cell(entry["weight"], Decimal(entry["weight"]), "0.##"),
            figures.value(entry),
            figures.target(entry),
            figures.state(entry, _),
            figures.change(entry),
            _share(attained.get(entry["id"])),
            figures.maturity(entry, _),
        ]
        for entry in agreed(pack)
    ]
    header = [_("KPI"), _("Weight"), _("Value"), _("Target"), _("State"), _("Change"), _("Attained"), _("Maturity")]
    blocks: list[Block] = [Table(name=_("Scorecard"), header=header, rows=rows, right=(1, 2, 3, 5, 6))]
    blocks += [Paragraph(text, "faint") for text in _doubts(pack, language, _)]
    blocks += [chart for entry in agreed(pack) if (chart := _course(pack, entry, language, _))]
    return Section(_("Scorecard"), blocks)


def _share(attainment: str | None) -> Cell:
    if attainment is None:
        return Cell("—", tone="faint")
    return Cell(format_value(Decimal(attainment), "ratio"), Decimal(attainment), "0.0%")


def _doubts(pack: Pack, language: str, _: Translate) -> Iterator[str]:
    """Why a figure is missing or not to be trusted, and where it may still move to."""
    for entry in agreed(pack):
        told = _told(pack, entry, language)
        if why := figures.reason(entry, language):
            yield f"{told}: {why}"
        if entry["projection"]:
            low, middle, high = (
                format_value(Decimal(entry["projection"][key]), entry["unit"], entry["currency"])
                for key in ("low", "value", "high")
            )
            chance = entry["projection"]["p_hit"]
            hit = _("; the target is met with {0}").format(format_value(Decimal(chance), "ratio")) if chance else ""
            yield _("{0}: at the end of the period probably {1} (80 % between {2} and {3}){4}.").format(
                told, middle, low, high, hit
            )


def _course(pack: Pack, entry: Mapping[str, Any], language: str, _: Translate) -> Figure | None:
    """The last periods as bars with the target."""
    first = next((i for i, value in enumerate(entry["history"]) if value is not None), 0)
    first = max(first, len(entry["history"]) - _CHARTED - 1)
    history, labels = entry["history"][first:], entry["labels"][first:]
    if sum(value is not None for value in history) < 2:
        return None
    last = len(history) - 1
    items = [
        charts.Bar(
            label,
            None if value is None else float(value),
            "" if value is None else format_value(Decimal(value), entry["unit"], entry["currency"]),
            figures.tone(entry) if place == last else "faint",
        )
        for place, (label, value) in enumerate(zip(labels, history, strict=True))
    ]
    goal = entry["target"]
    mark = (float(goal["value"]), _("target {0}").format(figures.target(entry).text)) if goal else None
    title = _told(pack, entry, language)
    return Figure(charts.bars(items, mark=mark, title=title), title)


def causes(pack: Pack, language: str, _: Translate) -> Section | None:
    """What moved each agreed figure, as a bridge that adds up and a story in sentences."""
    blocks: list[Block] = []
    for cause in pack["causes"]:
        title = f"{name(pack, cause['kpi'], language)}: {cause['against']} → {cause['period']}"
        blocks.append(Figure(charts.waterfall(_steps(cause, language, _), title=title), title))
        blocks.append(Bullets([text.removeprefix("• ") for text in cause["story"][language]]))
        blocks += [Paragraph(text, "faint") for text in cause["notes"][language]]
        if cause["lines"]:
            blocks.append(_lines(pack, cause, language, _))
    return Section(_("What moved the figures"), blocks) if blocks else None


def _steps(cause: Mapping[str, Any], language: str, _: Translate) -> list[charts.Bar]:
    better = 1 if cause["direction"] == "up" else -1
    first, last = (
        charts.Bar(label, float(cause[key]), cause["texts"][key], total=True)
        for label, key in ((_("before"), "before"), (_("this period"), "after"))
    )
    middle = [
        charts.Bar(
            step["label"][language], float(step["amount"]), step["text"][language],
            "good" if Decimal(step["amount"]) * better > 0 else "bad",
        )
        for step in cause["steps"]
    ]  # fmt: skip
    return [first, *middle, last]


def _lines(pack: Pack, cause: Mapping[str, Any], language: str, _: Translate) -> Table:
    rows = [
        [
            Cell(line["label"]),
            Cell(line["channel"]),
            Cell(line["change_text"][language], Decimal(line["change"]), "#,##0.00##"),
            Cell(line["remark"][language]),
        ]
        for line in cause["lines"]
    ]
    header = [_("Line"), _("Channel"), _("Change"), _("Remark")]
    if not any(line["remark"][language] for line in cause["lines"]):
        header, rows = header[:-1], [row[:-1] for row in rows]
    return Table(name=name(pack, cause["kpi"], language), header=header, rows=rows, right=(2,))
