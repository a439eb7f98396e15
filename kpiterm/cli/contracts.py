"""Contracts for the commands: which file is meant, and how amounts and shares are shown."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kpiterm.errors import UsageError

if TYPE_CHECKING:
    from kpiterm.analysis.contract.model import Contract
    from kpiterm.cli.session import Session


def contract(session: Session, file: Path | None) -> Contract:
    """The contract in `file`; without one, the only contract of the workspace."""
    from kpiterm.analysis.contract.parse import find_contract, read_contract

    if file is not None:
        return read_contract(file)
    files = sorted(session.paths.contracts.glob("*.toml"))
    found = [one for one in (find_contract(path) for path in files) if one]
    if len(found) == 1:
        return found[0]
    if not found:
        raise UsageError(
            f"no contract in {session.paths.contracts}", hint="kpiterm init writes a commented one; or name a file"
        )
    raise UsageError("several contracts", hint=f"name one: {', '.join(one.origin for one in found)}")


def today(session: Session, contract: Contract) -> date:
    """The day in the contract's own time zone."""
    return session.now().astimezone(ZoneInfo(contract.timezone)).date()


def period(session: Session, given: str | None) -> str:
    """The month that is meant; without one, the last that is over."""
    from kpiterm.analysis.contract.segments import whole_month
    from kpiterm.analysis.period import label, parse_period

    return label(whole_month(label(parse_period(given or "last", session.now().date()))))


def period_of(agreed: Contract, given: str) -> str:
    """A month of the contract."""
    from kpiterm.analysis.contract.segments import month_of

    return month_of(agreed, given).name
