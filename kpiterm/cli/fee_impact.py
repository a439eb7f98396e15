"""What a change of a KPI is worth in the contract's fee: as much as would be missing, or saved, without it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from kpiterm.analysis.format import format_change
from kpiterm.analysis.period import label
from kpiterm.errors import KpitermError

if TYPE_CHECKING:
    from kpiterm.analysis.cause.result import Cause
    from kpiterm.analysis.contract.model import Contract
    from kpiterm.cli.session import Session

_TOLD = 3
_TEXTS = {
    "en": ("In the fee of contract {0} for {1} the whole change is worth {2}", "; ", ", ", "."),
    "zh": ("合同 {0} {1} 的费用：全部变动合 {2}", "；其中 ", "、", "。"),
}


@dataclass(frozen=True, slots=True)
class FeeImpact:
    """By how much the month's fee would differ without the whole change, and without each line's part in it."""

    contract: str
    period: str
    currency: str
    total: Decimal
    lines: tuple[tuple[str, str, Decimal], ...]  # name, channel, amount


def fee_impact(session: Session, cause: Cause) -> FeeImpact | None:
    """The price of a cause, where the contract in force weighs its KPI; None where none does, or for no whole month."""
    from kpiterm.cli import board, contracts

    month = label(cause.period)
    if cause.channel or len(month) != len("2026-10") or not (cause.growth is not None or cause.is_ratio):
        return None
    try:
        contract = contracts.contract(session, None)
        view = board.current(session, month)
    except KpitermError:
        return None
    known = {g.id: g.value for g in view.gauges if g.channel == "all" and g.value is not None}
    if cause.kpi not in known:
        return None
    now = cause.growth if cause.growth is not None else cause.after
    base = cause.before if cause.growth is not None else Decimal(1)
    try:
        fee = _fee(contract, month, known, cause.kpi, now)
        whole = fee - _fee(contract, month, known, cause.kpi, now - cause.change / base)
        lines = tuple(
            (line.name, line.channel, fee - _fee(contract, month, known, cause.kpi, now - line.change / base))
            for line in cause.lines
        )
    except KpitermError:  # no terms for that month, or none that weigh this KPI
        return None
    return FeeImpact(contract.id, month, contract.currency, whole, lines)


def _fee(contract: Contract, month: str, known: dict[str, Decimal], kpi: str, value: Decimal) -> Decimal:
    """The month's total with the KPI at `value` and the others as they stand; sales stay out of it."""
    from kpiterm.analysis.contract.settle import settle
    from kpiterm.analysis.contract.values import read_values

    agreed = {name for terms in contract.terms for name in terms.kpis}
    if kpi not in agreed:
        raise KpitermError(f"{kpi} is not agreed")
    stand = {name: format(known[name], "f") for name in agreed & known.keys()} | {kpi: format(value, "f")}
    document = {"kpis": stand, "missing": sorted(agreed - stand.keys()), "net_sales": "0", "refunds_in_window": "0"}
    return settle(contract, month, read_values(document, "the board")).total


def sentences(impact: FeeImpact, lang: str) -> Iterator[str]:
    """One line: the whole, and the lines that weigh most."""
    head, start, comma, stop = _TEXTS[lang]
    money = [
        format_change(amount, "money", impact.currency) for amount in (impact.total, *(a for *_, a in impact.lines))
    ]
    told = sorted(zip(impact.lines, money[1:], strict=True), key=lambda pair: -abs(pair[0][2]))[:_TOLD]
    names = [f"{name if name == channel else f'{name} {channel}'} {text}" for (name, channel, a), text in told if a]
    yield head.format(impact.contract, impact.period, money[0]) + (start + comma.join(names) if names else "") + stop


def as_json(impact: FeeImpact | None) -> dict[str, object] | None:
    """The key `fee_impact` of `kpi explain --json`."""
    if impact is None:
        return None
    return {
        "contract": impact.contract,
        "period": impact.period,
        "currency": impact.currency,
        "total": format(impact.total, "f"),
        "lines": [{"name": name, "channel": channel, "amount": format(a, "f")} for name, channel, a in impact.lines],
    }
