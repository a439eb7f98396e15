"""The targets and weights of contract files, by the day from which they hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from kpiterm.analysis.contract.model import Contract
from kpiterm.analysis.contract.parse import find_contract
from kpiterm.analysis.view import Target
from kpiterm.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What was agreed about one KPI; `origin` is the file, or what else the target comes from."""

    target: Target | None
    weight: Decimal | None
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One version of a contract's terms: in force from a day until the next version is."""

    origin: str
    version: int
    effective_from: date
    kpis: Mapping[str, Agreement]
    until: date | None = None


def load_terms(folder: Path) -> tuple[Terms, ...]:
    """Every version of every contract in `folder`; a file without `[contract]` is a template and holds none."""
    if not folder.is_dir():
        return ()
    contracts = (find_contract(file) for file in sorted(folder.glob("*.toml")))
    return tuple(terms for contract in contracts if contract for terms in terms_of(contract))


def terms_in_force(terms: Iterable[Terms], day: date) -> dict[str, Agreement]:
    """What holds on `day`: of each contract its latest version; ConfigError where two contracts claim one KPI."""
    latest: dict[str, Terms] = {}
    for version in sorted(terms, key=lambda t: t.effective_from):
        if version.effective_from <= day <= (version.until or day):
            latest[version.origin] = version
    agreed: dict[str, Agreement] = {}
    for kpi, agreement in (item for version in latest.values() for item in version.kpis.items()):
        if kpi in agreed:
            raise ConfigError(
                f"{agreement.origin}: terms.kpis.{kpi}: also agreed in {agreed[kpi].origin}",
                hint="one contract may hold a KPI at a time: remove it from the other, or move that file away",
            )
        agreed[kpi] = agreement
    return agreed


def terms_of(contract: Contract) -> tuple[Terms, ...]:
    """What a board needs of a contract."""
    return tuple(
        Terms(
            origin=contract.origin,
            version=version.version,
            effective_from=version.effective_from,
            kpis={
                kpi: Agreement(target=k.target, weight=k.weight, origin=contract.origin)
                for kpi, k in version.kpis.items()
            },
            until=contract.until,
        )
        for version in contract.terms
    )
