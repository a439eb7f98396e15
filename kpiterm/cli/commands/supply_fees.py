"""`kpiterm supply fees`: what platforms charge for stock on a day, and who says so."""

from __future__ import annotations

import argparse
from datetime import date
from typing import TYPE_CHECKING

from kpiterm.cli import output
from kpiterm.errors import OK, UsageError

if TYPE_CHECKING:
    from kpiterm.analysis.inventory.supply.model import Fee
    from kpiterm.cli.session import Session

_HEAD = ("channel", "fee", "size", "days", "months", "amount", "per", "since", "source")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--on", metavar="DATE", help="as of a day (default: today)")


def run(args: argparse.Namespace, session: Session) -> int:
    from kpiterm.analysis.inventory.supply.fees import builtin_fees

    day = _day(args.on, session)
    found = [fee for fee in builtin_fees() if fee.valid_from <= day <= (fee.valid_to or day)]
    if session.json:
        output.answer({"on": str(day), "fees": [_json(fee) for fee in found]})
        return OK
    language = "zh" if (session.lang or session.config().language) == "zh" else "en"
    output.table(_HEAD, [_row(fee, language) for fee in found], right=(5,))
    return OK


def _row(fee: Fee, language: str) -> tuple[str, ...]:
    weight = f" ≤ {fee.to_kg:.2f} kg" if fee.to_kg else ""
    size = (", ".join(fee.sizes) or "all") + (f" > {fee.over_kg:.2f}" if fee.over_kg else "") + weight
    days = "" if fee.kind == "storage" else f"{fee.least}–{fee.below - 1}" if fee.below else f"{fee.least}+"
    months = f"{fee.months[0]}–{fee.months[1]}" if fee.months else ""
    unit = "unit" if fee.basis == "unit" else "cubic foot"
    period = " sold" if fee.kind == "low_inventory" else ", month"
    mark = "" if fee.verified else "unverified: " if language == "en" else "未核实："
    amount, since = f"{fee.amount} {fee.currency}", str(fee.valid_from)
    return fee.channel, fee.kind, size, days, months, amount, unit + period, since, mark + fee.source[language]


def _json(fee: Fee) -> dict[str, object]:
    return {
        "channel": fee.channel,
        "kind": fee.kind,
        "sizes": list(fee.sizes),
        "least": fee.least,
        "below": fee.below,
        "months": list(fee.months) if fee.months else None,
        "over_kg": None if fee.over_kg is None else str(fee.over_kg),
        "to_kg": None if fee.to_kg is None else str(fee.to_kg),
        "amount": str(fee.amount),
        "currency": fee.currency,
        "basis": fee.basis,
        "valid_from": str(fee.valid_from),
        "valid_to": str(fee.valid_to) if fee.valid_to else None,
        "verified": fee.verified,
        "source": dict(fee.source),
    }


def _day(text: str | None, session: Session) -> date:
    try:
        return date.fromisoformat(text) if text else session.now().date()
    except ValueError:
        raise UsageError(f"--on {text!r} is no day", hint="write 2026-11-23") from None
