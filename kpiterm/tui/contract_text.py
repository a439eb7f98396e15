"""The contract as rows: the fee so far first, then what falls due, what is at fault, and what was agreed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from textual.content import Content

from kpiterm.analysis.contract.access import TITLES
from kpiterm.analysis.contract.clauses import Clause
from kpiterm.analysis.contract.deadlines import Due
from kpiterm.analysis.contract.stakes import Stake
from kpiterm.analysis.format import amount_digits
from kpiterm.analysis.pages.contract import ContractPage, Fee
from kpiterm.i18n import N_, said, sentences, word
from kpiterm.tui.charts import DayMark, bullet, strip
from kpiterm.tui.draw import cell, clean
from kpiterm.tui.figures import day_and_year, day_cells, format_target, format_value
from kpiterm.tui.kpi_text import heading
from kpiterm.tui.tongue import _, spoken
from kpiterm.tui.widgets.row_list import Row

MUTED = "$text-muted"
WIDE, BULLET, MOST = 104, 26, Decimal("1.25")
"""Cells from which a KPI's attainment is drawn, how many it takes, and the attainment at its right end."""
AHEAD = 92
"""Days on the strip of days."""
CLAUSES = {
    "breached": ("✗", N_("breached"), "bold $error"),
    "due": ("!", N_("due"), "bold $warning"),
    "met": ("✓", N_("met"), "$success"),
    "not_checkable": ("–", N_("not checked"), MUTED),
}
LINES = {
    "base": N_("base fee"), "modifier": N_("score"), "commission": N_("commission"), "clawback": N_("clawback"),
    "adjustment": N_("adjustment"), "cap": N_("limits"), "escrow": N_("in escrow"),
}  # fmt: skip
STATUSES = {"held": N_("held: the data do not suffice"), "disputed": N_("disputed")}
CLOSED = {"final": N_("closed"), "held": N_("held"), "disputed": N_("disputed")}
SIGNS = {
    "notice": "N",
    "end": "E",
    "pilot": "P",
    "review": "r",
    "statement": "S",
    "dispute": "D",
    "access": "a",
    "credential": "c",
}

STAKES = ((N_("now"), 10), (N_("earns"), 7), (N_("at floor"), 12), (N_("at target"), 12), (N_("at stretch"), 12))
Parts = Sequence[tuple[str, int, str, bool]]
"""Text, cells (0: the rest of the line), style, to the right."""


def rows(page: ContractPage) -> list[Row]:
    """All sections."""
    return [
        *_fee(page),
        *section(_("what falls due"), _dues(page)),
        *section(_("clauses, the gravest first"), _clauses(page.clauses)),
        *section(_("access"), _findings(page)),
        *section(_("statements"), _statements(page)),
        *section(_("disputes"), _disputes(page)),
        *section(_("terms"), _terms(page)),
    ]


def section(title: str, found: Iterable[Row], empty: str = N_("none")) -> list[Row]:
    """A heading with its rows, a blank line before it."""
    listed = list(found) or [remark(_(empty))]
    return [remark(""), Row(partial(heading, title), title=True), *listed]


def remark(text: str, style: str = MUTED) -> Row:
    """A line that cannot be chosen."""
    return Row(lambda width: cell(text, width, style))


def row(key: str, parts: Parts, copied: str = "") -> Row:
    """A row of columns; `copied` where the columns cut its text."""
    told = copied or "  ".join(text.strip() for text, *_ in parts if text.strip())
    return Row(partial(columns, parts), key, told)


def columns(parts: Parts, width: int) -> Content:
    """The columns in so many cells; the one of 0 cells takes what the others leave."""
    rest = max(width - sum(cells for _, cells, *_ in parts), 0)
    drawn = [cell(text, cells or rest, style, right=right) for text, cells, style, right in parts]
    return Content.assemble(*drawn).truncate(width, ellipsis=True)


def _fee(page: ContractPage) -> Iterator[Row]:
    if page.fee is None:
        yield Row(partial(heading, _("fee")), title=True)
        yield row("fee", [("– ", 2, MUTED, False), (_(page.no_fee), 0, "", False)])
        return
    fee = page.fee
    settled = fee.settled
    title = said("fee of {0} so far", fee.period)
    if settled.score is not None:
        title = said("fee of {0} so far, score {1}", fee.period, f"{settled.score:.4f}")
    yield Row(partial(heading, _(title)), title=True)
    for number, line in enumerate(settled.lines):
        figures = _money(line.amount, fee)
        name, formula = _(LINES[line.code]), _(line.formula)
        inputs = ", ".join(f"{name} {value}" for name, value in line.inputs.items())
        yield row(
            f"line {number}",
            [(name, 14, "", False), (figures, 14, "", True), (f"  {formula}", 0, MUTED, False)],
            f"{name} {figures} = {formula}{f': {inputs}' if inputs else ''}",
        )
    status = _(STATUSES.get(settled.status, ""))
    yield row(
        "total",
        [
            (_("to be paid"), 14, "bold", False),
            (_money(settled.total, fee), 14, "bold", True),
            (f"  {fee.currency}  {status}".rstrip(), 0, "$warning" if status else "", False),
        ],
    )
    if notice := next((due for due in page.dues if due.kind == "notice" and due.day >= page.today), None):
        yield _due(notice, page.today)
    yield from section(_("what each KPI would change, the others as they are"), _stakes(fee))


def _stakes(fee: Fee) -> Iterator[Row]:
    if not fee.stakes:
        return
    head: Parts = [(_(name), cells, MUTED, True) for name, cells in STAKES]
    yield Row(lambda width: columns([("", 0, "", False), *_fitting(head, width)], width))
    for stake in fee.stakes:
        yield _stake(stake, fee)


def _stake(stake: Stake, fee: Fee) -> Row:
    result = stake.result
    unit, name = fee.units.get(result.id, "count"), _(fee.names.get(result.id, result.id))
    earns = "—" if result.attainment is None else f"{result.attainment:.2f}"
    target, weight = format_target(result.target, unit), f"{result.weight.normalize():f}"
    value = format_value(result.value, unit)
    told = said("{0}: {1}, target {2}, weight {3}", name, value, target, weight)
    amounts = [(_moved(amount, fee), 12, _tone(amount), True) for amount in (stake.floor, stake.target, stake.stretch)]
    parts: Parts = [(value, 10, "", True), (earns, 7, "", True), *amounts]
    full = _(sentences([told, result.reason or ""]))

    def draw(width: int) -> Content:
        if width < WIDE or result.attainment is None:
            return columns([(name, 0, "", False), *_fitting(parts, width)], width)
        taken = sum(cells for _text, cells, *_style in parts)
        style = "$success" if result.attainment >= 1 else "$warning"
        drawn = bullet(result.attainment, 1, MOST, BULLET - 2, style)
        return Content.assemble(cell(name, width - taken - BULLET), drawn, "  ", columns(parts, taken))

    return Row(draw, f"kpi {result.id}", full)


def _fitting(parts: Parts, width: int) -> Parts:
    """Without the first two where the KPI's name would have no room beside them."""
    return parts if width >= 70 else parts[2:]


def _moved(amount: Decimal | None, fee: Fee) -> str:
    if amount is None:
        return "—"
    return (
        "=" if not amount else f"{'+' if amount > 0 else '−'}{amount_digits(abs(amount), fee.currency, grouped=True)}"
    )


def _tone(amount: Decimal | None) -> str:
    return MUTED if not amount else "$success" if amount > 0 else "$warning"


def _money(amount: Decimal, fee: Fee) -> str:
    return amount_digits(amount, fee.currency, grouped=True).replace("-", "−")


def _dues(page: ContractPage) -> Iterator[Row]:
    marks = [
        DayMark(due.day, SIGNS.get(due.kind, "•"), _(due.title), "bold $warning") for due in page.dues if not due.done
    ]
    days = partial(strip, page.today, AHEAD, marks)
    yield Row(lambda width: days(min(width, AHEAD))[0])
    yield Row(lambda width: days(min(width, AHEAD))[1])
    for due in page.dues:
        yield _due(due, page.today)


def countdown(due: Due, today: date) -> tuple[str, str]:
    """`in 12 days`, `3 days late`, `done`, with its style."""
    left = (due.day - today).days
    if due.done:
        return "✓ " + _("done"), "$success"
    if left < 0:
        return _(said("✗ {0} d late", -left)), "bold $error"
    near = timedelta(days=14) >= due.day - today
    text = _(said("in {0} d", left)) if left else _("today")
    return (f"! {text}", "bold $warning") if near else (text, "")


def _due(due: Due, today: date) -> Row:
    text, style = countdown(due, today)
    sign = f"{SIGNS.get(due.kind, '•')} "
    parts: Parts = [
        (text, 13, style, False), (day_and_year(due.day), day_cells(year=True) + 2, "", False),
        (sign + _(due.title), 0, "", False), (f" {_(due.by)}", 10, MUTED, False),
    ]  # fmt: skip
    title = _(said("{0} ({1})", word(due.title), word(due.by)) if due.by else due.title)
    if due.detail:
        title = _(said("{0}: {1}", title, word(due.detail)))
    return row(f"due {due.kind} {due.key}", parts, f"{due.day} {title}")


def _clauses(found: Sequence[Clause]) -> Iterator[Row]:
    for clause in sorted(found, key=lambda clause: list(CLAUSES).index(clause.state)):
        symbol, name, style = CLAUSES[clause.state]
        state, agreed, why = _(name), _(clause.agreed), _(clause.why)
        parts: Parts = [
            (f"{symbol} {state}", 14, style, False),
            (clause.key, 28, "", False),
            (f"  {why or agreed}", 0, MUTED, False),
        ]
        yield row(f"clause {clause.key}", parts, ": ".join(part for part in (clause.key, agreed, state, why) if part))


def _findings(page: ContractPage) -> Iterator[Row]:
    for number, one in enumerate(page.findings):
        who = one.account or one.principal
        parts: Parts = [
            (f"✗ {_(TITLES[one.kind])}", 22, "bold $error", False),
            (one.platform, 10, "", False),
            (who, 0, "", False),
        ]
        found = said("{0} on {1}: {2}", who, one.platform, word(one.text))
        yield row(f"access {number} {who}", parts, f"{_(found)} → {_(one.remedy)}")


def _statements(page: ContractPage) -> Iterator[Row]:
    for one in page.statements:
        total = f"{page.currency} {amount_digits(one.total, page.currency, grouped=True)}"
        yield row(
            f"statement {one.period}",
            [
                (one.period, 9, "", False),
                (_(CLOSED.get(one.status, one.status)), 10, "", False),
                (total, 16, "", True),
                (f"  {one.hash}", 0, MUTED, False),
            ],
        )


def _disputes(page: ContractPage) -> Iterator[Row]:
    for one in page.disputes:
        claims = [
            said("{0}: {1}", word(party), ", ".join(f"{k} {v}" for k, v in found.items()))
            for party, found in one["claims"].items()
        ]
        state, due = _(str(one["state"])), _(said("due {0}", one["due"])) if one["due"] else ""
        yield row(
            f"dispute {one['period']}",
            [
                (one["period"], 9, "", False),
                (state, 11, "", False),
                (due, 16, "$warning", False),
                (_(sentences(claims)), 0, MUTED, False),
            ],
        )


def _terms(page: ContractPage) -> Iterator[Row]:
    sheet = page.sheets[spoken()]
    for name, text in sheet.terms:
        yield row(f"term {name} {text}", [(name, 22, MUTED, False), (text, 0, "", False)], f"{name}: {clean(text)}")
    for found in (sheet.kpi_header, *sheet.kpis):
        name, *others = found
        yield row(f"terms {name}", [(name, 0, "", False), *((text, 11, "", True) for text in others)])
    if page.pilot:
        name, text = _("Pilot"), _(page.pilot)
        yield row("pilot", [(name, 22, MUTED, False), (text, 0, "", False)], f"{name}: {text}")
