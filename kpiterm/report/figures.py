"""A pack's figures as cells: the text that the screen shows too, the number for spreadsheets, and the tone."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from kpiterm.analysis.format import exact_money, format_change, format_target, format_value
from kpiterm.analysis.view import Target
from kpiterm.i18n import N_, Translate
from kpiterm.report.blocks import Cell, Tone

_TONES: Mapping[str, Tone] = {"ok": "good", "watch": "watch", "breach": "bad", "no_data": "faint"}
_FORMATS = {"ratio": "0.00%", "money": "#,##0.00", "count": "#,##0.##", "hours": "0.0", "days": "0.0"}
STATES = {"ok": N_("met"), "watch": N_("watch"), "breach": N_("missed"), "no_data": N_("no data")}
SIGNS = {"ok": "✓", "watch": "!", "breach": "✗", "no_data": "–"}
MATURITIES = {"provisional": N_("provisional"), "settling": N_("settling"), "final": N_("final")}

Entry = Mapping[str, Any]


def number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def tone(entry: Entry) -> Tone:
    """How a KPI's state is coloured; one without a target is plain."""
    return _TONES[entry["state"]] if entry["target"] or entry["state"] == "no_data" else "plain"


def value(entry: Entry, key: str = "value") -> Cell:
    """A KPI's value, or that of another key in the same unit."""
    found = number(entry[key])
    return Cell(format_value(found, entry["unit"], entry["currency"]), found, _FORMATS[entry["unit"]])


def change(entry: Entry) -> Cell:
    found = number(entry["change"])
    return Cell(format_change(found, entry["unit"], entry["currency"]), found, _FORMATS[entry["unit"]])


def target(entry: Entry) -> Cell:
    agreed = entry["target"]
    if agreed is None:
        return Cell("—", tone="faint")
    goal = Target(cast("Any", agreed["op"]), Decimal(agreed["value"]))
    return Cell(format_target(goal, entry["unit"], entry["currency"]))


def state(entry: Entry, _: Translate) -> Cell:
    """The state in a word and a sign, so that no reader depends on colour."""
    word = STATES[entry["state"]]
    if entry["state"] == "no_data":
        return Cell(f"{SIGNS['no_data']} {_(word)}", tone="faint")
    if not entry["target"]:
        return Cell("")
    return Cell(f"{SIGNS[entry['state']]} {_(word)}", tone=tone(entry))


def maturity(entry: Entry, _: Translate) -> Cell:
    """How sure a value is; a missing one is nothing of the kind."""
    word = MATURITIES[entry["maturity"]]
    return Cell(_(word)) if entry["value"] is not None else Cell("—", tone="faint")


def reason(entry: Entry, language: str) -> str:
    """Why a value is missing or not to be trusted; a pack frozen before there were two languages has it in English."""
    return (entry.get("reasons") or {}).get(language) or entry["reason"] or ""


def money(amount: str | None, currency: str) -> Cell:
    """An amount with all its digits."""
    if amount is None:
        return Cell("—", tone="faint")
    return Cell(exact_money(Decimal(amount), currency), Decimal(amount), "#,##0.00")
