"""Figures and days in the language that is spoken now."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from rich.cells import cell_len

from kpiterm.analysis import format as forms
from kpiterm.analysis import local
from kpiterm.analysis.view import Target
from kpiterm.i18n import said
from kpiterm.tui.tongue import _, spoken

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def format_value(value: Decimal | None, unit: str, currency: str | None = None) -> str:
    """A value with its unit."""
    return forms.format_value(value, unit, currency, spoken())


def compact_value(value: Decimal | None, unit: str, currency: str | None = None) -> str:
    """The same in few characters."""
    return forms.compact_value(value, unit, currency, spoken())


def format_target(target: Target | None, unit: str, currency: str | None = None) -> str:
    """A target with its operator."""
    return forms.format_target(target, unit, currency, spoken())


def format_change(change: Decimal | None, unit: str, currency: str | None = None) -> str:
    """A difference with its sign."""
    return forms.format_change(change, unit, currency, spoken())


def month(value: date) -> str:
    """`Nov`, `11月`."""
    return MONTHS[value.month - 1] if spoken() == "en" else local.day(value, spoken(), "MMM")


def month_and_year(value: date) -> str:
    """`Nov 2026`, `2026年11月`."""
    return f"{month(value)} {value.year}" if spoken() == "en" else local.day(value, spoken(), "yMMM")


def day(value: date) -> str:
    """`21 Nov`, `11月21日`."""
    return f"{value.day} {month(value)}" if spoken() == "en" else local.day(value, spoken())


def day_and_year(value: date) -> str:
    """`21 Nov 2026`, `2026年11月21日`."""
    return f"{day(value)} {value.year}" if spoken() == "en" else local.day(value, spoken(), "yMMMd")


def day_cells(*, year: bool = False) -> int:
    """Cells that the longest day takes."""
    return cell_len((day_and_year if year else day)(date(2026, 12, 30)))


def moment(value: datetime | None) -> str:
    """`21 Nov 06:30` in UTC."""
    return f"{day(value.date())} {value:%H:%M}" if value else ""


def count(number: int, one: str, several: str) -> str:
    """`1 window`, `3 windows`: `one` and `several` are the sentences with the number at {0}."""
    return _(said(one if number == 1 else several, f"{number:,}"))
