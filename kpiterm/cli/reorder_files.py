"""Suggestions as a purchase-order draft: CSV, or a workbook with a sheet for each supplier."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from kpiterm.cli import supplies

if TYPE_CHECKING:
    from kpiterm.analysis.inventory.order.line import Line
    from kpiterm.analysis.inventory.order.plan import Plan
    from kpiterm.analysis.inventory.order.words import Language
    from kpiterm.cli.session import Session

Cell = str | int | Decimal | None

COLUMNS = (
    "supplier", "account", "channel", "sku", "title", "quantity", "unit_cost", "currency", "cash", "mode", "order_by",
    "late", "moq", "carton", "on_hand", "inbound", "daily_demand", "stockout_date", "lead_p50", "lead_p90", "reason",
)  # fmt: skip


def write(
    plan: Plan, lines: Sequence[Line], session: Session, language: Language, csv_file: Path | None, xlsx: Path | None
) -> list[Path]:
    """Write what was asked for, as people have decided; the files."""
    suppliers = {(terms.account, terms.sku): terms.supplier for terms in supplies.load_supply(session.paths).terms}
    rows = [
        _row(line, plan, suppliers.get((line.account, line.sku)) or suppliers.get((None, line.sku)) or "", language)
        for line in map(_as_decided, lines)
        if line.quantity
    ]
    if csv_file:
        draft = csv_file.with_name(f".{csv_file.name}.part")
        with draft.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([COLUMNS, *rows])
        draft.replace(csv_file)
    if xlsx:
        draft = xlsx.with_name(f".{xlsx.name}.part")
        _workbook(rows, draft)
        draft.replace(xlsx)
    return [file for file in (csv_file, xlsx) if file]


def _as_decided(line: Line) -> Line:
    """With the quantity that somebody decided on; what was put off is not ordered now."""
    from kpiterm.analysis.inventory.order.decisions import SNOOZE

    decision = line.decision
    if decision is None or decision.quantity is None:
        return line
    quantity = 0 if decision.kind == SNOOZE else decision.quantity
    cash = line.cash * quantity / line.quantity if line.cash is not None and line.quantity else None
    return replace(line, quantity=quantity, cash=cash)


def _row(line: Line, plan: Plan, supplier: str, language: Language) -> list[Cell]:
    from kpiterm.analysis.inventory.order.words import sentence

    return [
        supplier, line.account, line.channel, line.sku, line.title, line.quantity,
        None if line.unit_cost is None else round(line.unit_cost, 4), line.currency,
        None if line.cash is None else round(line.cash, 2), line.mode, _text(line.order_by), "yes" if line.late else "",
        line.moq, line.carton, line.available, line.inbound, round(Decimal(repr(line.daily)), 2), _text(line.gone),
        *line.lead, sentence(line, plan.today[line.channel], language),
    ]  # fmt: skip


def _workbook(rows: Sequence[Sequence[Cell]], file: Path) -> None:
    """One sheet for each supplier, which is what is sent to them."""
    from xlsxwriter import Workbook

    with Workbook(str(file)) as book:
        bold = book.add_format({"bold": True})
        for number, supplier in enumerate(sorted({str(row[0]) for row in rows}) or [""], start=1):
            sheet = book.add_worksheet(_sheet_name(supplier, number))
            sheet.freeze_panes(1, 4)
            sheet.write_row(0, 0, COLUMNS, bold)
            for place, row in enumerate((row for row in rows if row[0] == supplier), start=1):
                for column, cell in enumerate(row):
                    _write(sheet, place, column, cell)


def _write(sheet: object, row: int, column: int, cell: Cell) -> None:
    """Text stays text: a SKU of digits keeps its zeros, and no title becomes a formula."""
    if cell is None:
        return
    if isinstance(cell, str):
        sheet.write_string(row, column, cell)  # type: ignore[attr-defined]
    else:
        sheet.write_number(row, column, float(cell))  # type: ignore[attr-defined]


def _sheet_name(supplier: str, number: int) -> str:
    plain = "".join("_" if letter in "[]:*?/\\'" else letter for letter in supplier)[:24]
    return f"{number} {plain or 'no supplier'}"


def _text(value: object) -> str:
    return "" if value is None else str(value)
