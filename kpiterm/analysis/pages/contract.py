"""The contract as it stands today: what was agreed, what the month comes to, what falls due and what is at fault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from kpiterm.analysis.contract.access import Finding
from kpiterm.analysis.contract.clauses import Clause, Facts
from kpiterm.analysis.contract.deadlines import Due
from kpiterm.analysis.contract.disputes import disputes
from kpiterm.analysis.contract.model import Contract, TermsVersion
from kpiterm.analysis.contract.settle import Settled, settle
from kpiterm.analysis.contract.sheet import heading, kpi_header, kpi_row, money_rows
from kpiterm.analysis.contract.stakes import Stake, stakes
from kpiterm.analysis.contract.values import read_values
from kpiterm.analysis.kpi.definition import Definition
from kpiterm.errors import KpitermError
from kpiterm.i18n import LANGUAGES, named, said, word


@dataclass(frozen=True, slots=True)
class Fee:
    """What a month comes to so far; `names` are the KPIs' own."""

    period: str
    currency: str
    settled: Settled
    stakes: tuple[Stake, ...]
    names: Mapping[str, str]
    units: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The terms as rows of words."""

    terms: tuple[tuple[str, str], ...]
    kpi_header: tuple[str, ...]
    kpis: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Closed:
    """A statement that was closed for good."""

    period: str
    status: str
    total: Decimal
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractPage:
    """`fee` is None where the month cannot be settled, and `no_fee` says why; `sheets` are the terms by language."""

    id: str
    currency: str
    today: date
    sheets: Mapping[str, Sheet]
    fee: Fee | None
    no_fee: str
    dues: tuple[Due, ...]
    clauses: tuple[Clause, ...]
    findings: tuple[Finding, ...]
    pilot: str
    statements: tuple[Closed, ...]
    disputes: tuple[Mapping[str, Any], ...]


def contract_page(
    contract: Contract,
    terms: TermsVersion,
    clauses: Sequence[Clause],
    facts: Facts,
    *,
    fee: Fee | str,
    closed: Mapping[str, Mapping[str, Any]],
    catalogue: Mapping[str, Definition],
) -> ContractPage:
    """All of it, from what the clauses were held against. A `fee` that is a text says why there is none."""
    return ContractPage(
        id=contract.id,
        currency=contract.currency,
        today=facts.today,
        sheets={language: _sheet(contract, terms, catalogue, language) for language in LANGUAGES},
        fee=None if isinstance(fee, str) else fee,
        no_fee=fee if isinstance(fee, str) else "",
        dues=tuple(facts.dues),
        clauses=tuple(clauses),
        findings=tuple(facts.access),
        pilot=said("{0}: {1}", word(facts.pilot.verdict), facts.pilot.arithmetic) if facts.pilot else "",
        statements=tuple(
            Closed(period, str(found["status"]), Decimal(str(found["total"])), str(found["hash"]))
            for period, found in sorted(closed.items(), reverse=True)
        ),
        disputes=tuple(disputes(facts.ledger, contract)),
    )


def _sheet(contract: Contract, terms: TermsVersion, catalogue: Mapping[str, Definition], language: str) -> Sheet:
    return Sheet(
        terms=(*heading(contract, terms, language), *money_rows(contract, terms, language)),
        kpi_header=kpi_header(language),
        kpis=tuple(kpi_row(kpi, agreed, catalogue.get(kpi), language) for kpi, agreed in terms.kpis.items()),
    )


def fee_so_far(
    contract: Contract,
    period: str,
    values: Mapping[str, object],
    catalogue: Mapping[str, Definition],
) -> Fee | str:
    """The month on a document of values, or why it cannot be settled."""
    try:
        read = read_values(values, "the store")
        settled, parts = settle(contract, period, read), stakes(contract, period, read)
    except KpitermError as error:
        return f"{error.message}: {error.hint}" if error.hint else error.message
    known = {part.result.id: catalogue[part.result.id] for part in parts if part.result.id in catalogue}
    return Fee(
        period, contract.currency, settled, parts,
        {kpi: named(definition.name) for kpi, definition in known.items()},
        {kpi: definition.unit for kpi, definition in known.items()},
    )  # fmt: skip
