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
from kpiterm.analysis.format import amount_digits, format_target, format_value
from kpiterm.analysis.pages.contract import ContractPage, Fee
from kpiterm.i18n import told as worded
from kpiterm.tui.charts import DayMark, strip
from kpiterm.tui.draw import cell, clean, day
from kpiterm.tui.kpi_text import heading
from kpiterm.tui.widgets.row_list import Row

MUTED = "$text-muted"
AHEAD = 92
"""Days on the strip of days."""
CLAUSES = {
    "breached": ("✗", "breached", "bold $error"),
    "due": ("!", "due", "bold $warning"),
    "met": ("✓", "met", "$success"),
    "not_checkable": ("–", "not checked", MUTED),
}
LINES = {
    "base": "base fee", "modifier": "score", "commission": "commission", "clawback": "clawback",
    "adjustment": "adjustment", "cap": "limits", "escrow": "in escrow",
}  # fmt: skip
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

STAKES = (("now", 10), ("earns", 7), ("at floor", 12), ("at target", 12), ("at stretch", 12))
Parts = Sequence[tuple[str, int, str, bool]]
"""Text, cells (0: the rest of the line), style, to the right."""


def rows(page: ContractPage) -> list[Row]:
    """All sections."""
    return [
        *_fee(page),
        *section("what falls due", _dues(page)),
        *section("clauses, the gravest first", _clauses(page.clauses)),
        *section("access", _findings(page)),
        *section("statements", _statements(page)),
        *section("disputes", _disputes(page)),
        *section("terms", _terms(page)),
    ]


def section(title: str, found: Iterable[Row], empty: str = "none") -> list[Row]:
    """A heading with its rows, a blank line before it."""
    listed = list(found) or [remark(empty)]
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
        yield Row(partial(heading, "fee"), title=True)
        yield row("no fee", [("– ", 2, MUTED, False), (page.no_fee, 0, "", False)])
        return
    fee = page.fee
    settled = fee.settled
    score = "" if settled.score is None else f", score {settled.score:.4f}"
    title = f"fee of {fee.period} so far{score}"
    yield Row(partial(heading, title), title=True)
    for number, line in enumerate(settled.lines):
        figures = _money(line.amount, fee)
        inputs = ", ".join(f"{name} {value}" for name, value in line.inputs.items())
        yield row(
            f"line {number}",
            [(LINES[line.code], 14, "", False), (figures, 14, "", True), (f"  {line.formula}", 0, MUTED, False)],
            f"{LINES[line.code]} {figures} = {line.formula}{f': {inputs}' if inputs else ''}",
        )
    status = {"held": "held: the data do not suffice", "disputed": "disputed"}.get(settled.status, "")
    yield row(
        "total",
        [
            ("to be paid", 14, "bold", False),
            (_money(settled.total, fee), 14, "bold", True),
            (f"  {status}", 0, "$warning", False),
        ],
    )
    if notice := next((due for due in page.dues if due.kind == "notice" and due.day >= page.today), None):
        yield _due(notice, page.today)
    yield from section("what each KPI would change, the others as they are", _stakes(fee))


def _stakes(fee: Fee) -> Iterator[Row]:
    if not fee.stakes:
        return
    head: Parts = [(name, cells, MUTED, True) for name, cells in STAKES]
    yield Row(lambda width: columns([("", 0, "", False), *_fitting(head, width)], width))
    for stake in fee.stakes:
        yield _stake(stake, fee)


def _stake(stake: Stake, fee: Fee) -> Row:
    result = stake.result
    unit, name = fee.units.get(result.id, "count"), fee.names.get(result.id, result.id)
    earns = "—" if result.attainment is None else f"{result.attainment:.2f}"
    target, weight = format_target(result.target, unit), f"{result.weight.normalize():f}"
    told = f"{name}: {format_value(result.value, unit)}, target {target}, weight {weight}"
    amounts = [(_moved(amount, fee), 12, _tone(amount), True) for amount in (stake.floor, stake.target, stake.stretch)]
    parts: Parts = [(format_value(result.value, unit), 10, "", True), (earns, 7, "", True), *amounts]
    full = f"{told}; {result.reason}" if result.reason else told
    return Row(lambda width: columns([(name, 0, "", False), *_fitting(parts, width)], width), f"kpi {result.id}", full)


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
        DayMark(due.day, SIGNS.get(due.kind, "•"), due.title, "bold $warning") for due in page.dues if not due.done
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
        return "✓ done", "$success"
    if left < 0:
        return f"✗ {-left} d late", "bold $error"
    near = timedelta(days=14) >= due.day - today
    return ("! today" if not left else f"{'! ' if near else ''}in {left} d"), "bold $warning" if near else ""


def _due(due: Due, today: date) -> Row:
    text, style = countdown(due, today)
    sign = f"{SIGNS.get(due.kind, '•')} "
    parts: Parts = [
        (text, 13, style, False), (f"{day(due.day)} {due.day.year}", 13, "", False), (sign + due.title, 0, "", False),
        (f" {due.by or ''}", 10, MUTED, False),
    ]  # fmt: skip
    told = f"{due.day} {due.title}{f' ({due.by})' if due.by else ''}{f': {due.detail}' if due.detail else ''}"
    return row(f"due {due.kind} {due.key}", parts, told)


def _clauses(found: Sequence[Clause]) -> Iterator[Row]:
    for clause in sorted(found, key=lambda clause: list(CLAUSES).index(clause.state)):
        symbol, word, style = CLAUSES[clause.state]
        parts: Parts = [
            (f"{symbol} {word}", 14, style, False),
            (clause.key, 28, "", False),
            (f"  {clause.why or clause.agreed}", 0, MUTED, False),
        ]
        yield row(
            f"clause {clause.key}",
            parts,
            f"{clause.key}: {clause.agreed}: {word}{f': {clause.why}' if clause.why else ''}",
        )


def _findings(page: ContractPage) -> Iterator[Row]:
    for number, one in enumerate(page.findings):
        who = one.account or one.principal
        parts: Parts = [
            (f"✗ {worded(TITLES[one.kind], page.language)}", 22, "bold $error", False),
            (one.platform, 10, "", False),
            (who, 0, "", False),
        ]
        yield row(f"access {number} {who}", parts, f"{who} on {one.platform}: {one.text} → {one.remedy}")


def _statements(page: ContractPage) -> Iterator[Row]:
    for one in page.statements:
        total = f"{page.currency} {amount_digits(one.total, page.currency, grouped=True)}"
        yield row(
            f"statement {one.period}",
            [
                (one.period, 9, "", False),
                (one.status, 10, "", False),
                (total, 16, "", True),
                (f"  {one.hash}", 0, MUTED, False),
            ],
        )


def _disputes(page: ContractPage) -> Iterator[Row]:
    for one in page.disputes:
        claims = "; ".join(
            f"{party}: {', '.join(f'{k} {v}' for k, v in found.items())}" for party, found in one["claims"].items()
        )
        due = f"due {one['due']}" if one["due"] else ""
        yield row(
            f"dispute {one['period']}",
            [
                (one["period"], 9, "", False),
                (one["state"], 11, "", False),
                (due, 16, "$warning", False),
                (claims, 0, MUTED, False),
            ],
        )


def _terms(page: ContractPage) -> Iterator[Row]:
    for name, text in page.terms:
        yield row(f"term {name} {text}", [(name, 22, MUTED, False), (text, 0, "", False)], f"{name}: {clean(text)}")
    for found in (page.kpi_header, *page.kpis):
        name, *others = found
        yield row(f"terms {name}", [(name, 0, "", False), *((text, 11, "", True) for text in others)])
    if page.pilot:
        yield row("pilot", [("Pilot", 22, MUTED, False), (page.pilot, 0, "", False)], f"Pilot: {page.pilot}")
