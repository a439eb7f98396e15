"""The set-up's questions about a contract, what their answers mean, and the file that they make."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from kpiterm.cli import board
from kpiterm.errors import KpitermError
from kpiterm.i18n import N_, said
from kpiterm.paths import private_dir
from kpiterm.tui.headless import Outcome
from kpiterm.tui.setup.desk import Fault, Field

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kpiterm.cli.session import Session
    from kpiterm.plugins import Marketplace

_KPIS = {"gmv_mom": Decimal(100), "acos": Decimal(100), "odr": Decimal(100), "response_p90_h": Decimal(1)}
"""What an answer is divided by: percent, hours."""


class _Wrong(Exception):
    """An answer that cannot be read."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.fault = Fault(text, field=field)


def questions(today: date, currency: str) -> Sequence[Field]:
    """With answers to begin with: usual terms, from the first of this month on, so that the board has targets."""
    start = today.replace(day=1)
    return (
        Field(name="seller", title=N_("Seller"), help=N_("the owner of the shop"), required=True),
        Field(name="provider", title=N_("Provider"), help=N_("whoever runs it and is paid by result"), required=True),
        Field(name="start", title=N_("First day"), help=N_("year-month-day"), value=f"{start}", required=True),
        Field(name="currency", title=N_("Currency"), help=N_("three letters, such as USD"), value=currency,
              required=True),
        Field(name="base_fee", title=N_("Base fee"), help=N_("a month, in this currency; empty: none"), value="8000"),
        Field(name="commission", title=N_("Commission %"), help=N_("of net sales; empty: none"), value="5"),
        Field(name="baseline", title=N_("Baseline"),
              help=N_("a month's net sales without the provider: commission is on what is above it; empty: on all")),
        Field(name="gmv_mom", title=N_("GMV growth %"), help=N_("at least, month over month; empty: not agreed"),
              value="15"),
        Field(name="acos", title=N_("ACoS %"), help=N_("at most; empty: not agreed"), value="28"),
        Field(name="odr", title=N_("Order defects %"), help=N_("below; empty: not agreed"), value="0.5"),
        Field(name="response_p90_h", title=N_("Reply within, hours"),
              help=N_("nine of ten messages of buyers; empty: not agreed"), value="12"),
    )  # fmt: skip


def agree(session: Session, place: Marketplace | None, answers: Mapping[str, str]) -> Outcome | Fault:
    """The contract of these answers in a new file, once `contract check` finds no fault in it."""
    from kpiterm.analysis.contract.check import check_kpis, doubts
    from kpiterm.analysis.contract.parse import contract_from_text

    try:
        name = _free(session, _slug(answers["seller"]) or session.paths.workspace)
        text = _written(name, place.timezone if place else "America/Los_Angeles", answers)
        contract, catalogue = contract_from_text(text, f"{name}.toml"), board.catalogue(session)
        check_kpis(contract, catalogue)
    except _Wrong as wrong:
        return wrong.fault
    except KpitermError as error:
        return Fault(error.message, error.hint)
    return _saved(private_dir(session.paths.contracts) / f"{name}.toml", text, len(doubts(contract, catalogue)))


def _saved(file: Path, text: str, count: int) -> Outcome | Fault:
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(text)
    except OSError as error:
        return Fault(f"{file}: {error.strerror}", said("choose another home with --home, or make room"))
    return Outcome(True, said("{0}: no fault found, {1} warnings; kpiterm contract check names them", file, count))


def _written(name: str, zone: str, answers: Mapping[str, str]) -> str:
    from kpiterm.analysis.contract.draft import Draft, contract_toml

    found = {kpi: _number(answers, kpi, most=None if kpi == "response_p90_h" else 1000) for kpi in _KPIS}
    commission = _number(answers, "commission", most=100)
    fee = _number(answers, "base_fee")
    return contract_toml(
        Draft(
            id=name,
            seller=_given(answers, "seller"),
            provider=_given(answers, "provider"),
            start=_day(answers, "start"),
            timezone=zone,
            currency=_currency(answers),
            base_fee=Decimal(0) if fee is None else fee,
            commission=None if commission is None else commission / 100,
            baseline=_number(answers, "baseline"),
            targets={kpi: value / _KPIS[kpi] for kpi, value in found.items() if value is not None},
        )
    )


def _given(answers: Mapping[str, str], field: str) -> str:
    if not (text := answers.get(field, "").strip()):
        raise _Wrong(field, said("this is needed"))
    return text


def _day(answers: Mapping[str, str], field: str) -> date:
    try:
        return date.fromisoformat(unicodedata.normalize("NFKC", _given(answers, field)).replace("/", "-"))
    except ValueError:
        raise _Wrong(field, said("write a day such as {0}", "2026-09-01")) from None


def _currency(answers: Mapping[str, str]) -> str:
    code = unicodedata.normalize("NFKC", _given(answers, "currency")).upper()
    if not re.fullmatch("[A-Z]{3}", code):
        raise _Wrong("currency", said("write three letters, such as {0}", "USD"))
    return code


def _number(answers: Mapping[str, str], field: str, *, most: int | None = None) -> Decimal | None:
    """None for no answer; 8,000 and 15% and full-width digits are read as a person means them."""
    text = unicodedata.normalize("NFKC", answers.get(field, "")).strip().removesuffix("%").strip()
    if not text:
        return None
    try:
        if not re.fullmatch(r"\d+(,\d{3})*(\.\d+)?", text):
            raise InvalidOperation
        number = Decimal(text.replace(",", ""))
    except InvalidOperation:
        raise _Wrong(field, said("write a number such as {0}", "12.5")) from None
    if most is not None and number > most:
        raise _Wrong(field, said("at most {0}", most))
    return number


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40]


def _free(session: Session, name: str) -> str:
    """The name, with a number behind it where there is such a file."""
    name, number = re.sub(r"[^A-Za-z0-9._-]", "", name).strip("._-") or "contract", 2
    found = name
    while (session.paths.contracts / f"{found}.toml").exists():
        found, number = f"{name}-{number}", number + 1
    return found
