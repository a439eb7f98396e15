"""Reads contract files; every fault names the file, the key and what to write instead."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import cast, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kpiterm.analysis.contract.model import (
    Base,
    Caps,
    Commission,
    Contract,
    Exclude,
    KpiTerms,
    Method,
    Missing,
    Reset,
    Rounding,
    Score,
    Tax,
    TermsVersion,
    Tier,
)
from kpiterm.analysis.contract.parse_service import service
from kpiterm.analysis.view import Target
from kpiterm.config.model import Op
from kpiterm.config.toml import Section, read_toml
from kpiterm.errors import ConfigError

KINDS = ("tax", "shipping", "gift_wrap", "test", "replacement")
_OPS = ("<", "<=", ">", ">=")


def read_contract(file: Path) -> Contract:
    """The contract in a file. Raises ConfigError, also where the file is a template that holds none."""
    found = find_contract(file)
    if found is None:
        raise ConfigError(f"{file}: contract: missing", hint="add [contract] with its id")
    return found


def find_contract(file: Path) -> Contract | None:
    """The contract in a file; None where everything in it is commented out."""
    root = read_toml(file)
    if not root.has("contract") and not root.names():
        return None
    return _contract(root, file.read_text(encoding="utf-8"))


def contract_from_text(text: str, origin: str) -> Contract:
    """The contract in a text, such as the one that a statement carries."""
    try:
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"{origin}: not valid TOML: {error}", hint="ask for the statement again") from None
    return _contract(Section(Path(origin), values), text)


def _contract(root: Section, text: str) -> Contract:
    if not root.has("contract"):
        root.fail("contract", "missing", "add [contract] with its id, or comment the whole file out")
    head = root.table("contract")
    parties = head.table("parties")
    contract = Contract(
        id=head.text("id", pattern=r"[A-Za-z0-9][\w.-]{0,63}", like="letters, digits, '.', '-' and '_'"),
        parties={side: parties.text(side) for side in parties.names()},
        timezone=_zone(head),
        currency=head.text("currency", "USD", pattern="[A-Z]{3}", like='an ISO 4217 code such as "USD"'),
        signed_at=_day(head, "signed_at"),
        until=_day(head, "until"),
        terms=_versions(root),
        origin=str(root.file),
        text=text,
    )
    if contract.until and contract.until < contract.start:
        head.fail("until", f"{contract.until} is before {contract.start}", "write the last day of the contract")
    head.finish()
    root.finish()
    return contract


def _versions(root: Section) -> tuple[TermsVersion, ...]:
    found: list[TermsVersion] = []
    for section in root.tables("terms"):
        terms = _terms(section)
        if any(t.effective_from == terms.effective_from or t.version == terms.version for t in found):
            section.fail("version", f"{terms.version} from {terms.effective_from} stands twice", "give each its day")
        found.append(terms)
    if not found:
        root.fail("terms", "missing", "add [[terms]] with version and effective_from")
    return tuple(sorted(found, key=lambda t: t.effective_from))


def _terms(section: Section) -> TermsVersion:
    terms = TermsVersion(
        version=section.integer("version", least=1),
        effective_from=section.day("effective_from"),
        base_fee=_least(section, "base_fee", default=Decimal(0)),
        pool_share=_least(section, "pool_share", default=Decimal(0)),
        score=_score(section.table("score")) if section.has("score") else None,
        missing=cast("Missing", section.choice("missing", get_args(Missing), "reweight")),
        rounding=cast("Rounding", section.choice("rounding", get_args(Rounding), "half_even")),
        kpis={kpi: _kpi(part) for kpi, part in section.table("kpis").sections()},
        commission=_commission(section.table("commission")) if section.has("commission") else None,
        caps=_caps(section.table("caps")),
        tax=_tax(section.table("tax")) if section.has("tax") else None,
        relief_cap=_relief(section.table("relief")) if section.has("relief") else None,
        gates=section.texts("gates", like='events such as "account_deactivated"'),
        dispute_days=_dispute(section.table("dispute")),
        service=service(section.table("service")) if section.has("service") else None,
    )
    if terms.pool_share and terms.score is None:
        section.fail("score", "missing", "say how the pool is earned: score = { floor = …, stretch = …, … }")
    if terms.kpis and not sum(k.weight for k in terms.kpis.values()):
        section.fail("kpis", "all weights are 0", "give at least one KPI a weight above 0")
    section.finish()
    return terms


def _score(section: Section) -> Score:
    names = ("dead_band", "floor", "penalty_max", "stretch", "bonus_max", "min_coverage")
    score = Score(**{name: _least(section, name, default=getattr(Score(), name)) for name in names})
    if score.floor >= 1 - score.dead_band:
        section.fail("floor", f"{score.floor} is not below 1 - dead_band", "write the score of the full penalty")
    if score.stretch <= 1 + score.dead_band:
        section.fail("stretch", f"{score.stretch} is not above 1 + dead_band", "write the score of the full bonus")
    section.finish()
    return score


def _kpi(section: Section) -> KpiTerms:
    kpi = KpiTerms(
        weight=_least(section, "weight"),
        target=_target(section.table("target")),
        floor=section.decimal("floor") if section.has("floor") else None,
        stretch=section.decimal("stretch") if section.has("stretch") else None,
        max_attainment=_least(section, "max_attainment", Decimal(1), default=Decimal("1.2")),
        min_n=_least(section, "min_n") if section.has("min_n") else None,
        gate=_target(section.table("gate")) if section.has("gate") else None,
        missing=cast("Missing", section.choice("missing", get_args(Missing))) if section.has("missing") else None,
        definition=section.integer("definition", least=1) if section.has("definition") else None,
        hash=section.text("hash", pattern="sha256:[0-9a-f]{64}", like="sha256:…, as `kpiterm kpi show` prints it")
        if section.has("hash")
        else None,
    )
    section.finish()
    return kpi


def _target(section: Section) -> Target:
    target = Target(cast("Op", section.choice("op", _OPS)), section.decimal("value"))
    section.finish()
    return target


def _commission(section: Section) -> Commission:
    base = cast("Base", section.choice("base", get_args(Base)))
    index = section.table("seasonal_index")
    shares = section.table("attribution")
    commission = Commission(
        base=base,
        tiers=_tiers(section),
        baseline=_least(section, "baseline", default=None if base == "incremental_net_sales" else Decimal(0)),
        seasonal_index={_month(index, name): _least(index, name) for name in index.names()},
        method=cast("Method", section.choice("method", get_args(Method), "marginal")),
        reset=cast("Reset", section.choice("reset", get_args(Reset), "monthly")),
        exclude=_exclude(section.table("exclude")),
        refund_window_days=section.integer("refund_window_days", 0, most=730),
        attribution={channel: _share(shares, channel) for channel in shares.names()},
    )
    section.finish()
    return commission


def _tiers(section: Section) -> tuple[Tier, ...]:
    found: list[Tier] = []
    for part in section.tables("tiers"):
        tier = Tier(_least(part, "from"), _least(part, "rate"))
        if found and tier.start <= found[-1].start:
            part.fail("from", f"{tier.start} does not rise", "list the tiers from the lowest amount up")
        part.finish()
        found.append(tier)
    if not found:
        section.fail("tiers", "missing", 'add tiers = [ { from = "0", rate = "0.05" } ]')
    return tuple(found)


def _exclude(section: Section) -> Exclude:
    exclude = Exclude(skus=section.texts("skus"), channels=section.texts("channels"), kinds=section.texts("kinds"))
    for kind in exclude.kinds:
        if kind not in KINDS:
            section.fail("kinds", f"found {kind!r}", f"write some of {', '.join(KINDS)}")
    section.finish()
    return exclude


def _caps(section: Section) -> Caps:
    def given(key: str) -> Decimal | None:
        return _least(section, key) if section.has(key) else None

    caps = Caps(
        total_min=given("total_min"), total_max=given("total_max"), commission_max=given("commission_max")
    )  # fmt: skip
    if caps.total_min is not None and caps.total_max is not None and caps.total_min > caps.total_max:
        section.fail("total_min", f"{caps.total_min} is above total_max {caps.total_max}", "swap them")
    section.finish()
    return caps


def _tax(section: Section) -> Tax:
    tax = Tax(section.text("name"), _least(section, "rate"))
    section.finish()
    return tax


def _relief(section: Section) -> Decimal:
    cap = _share(section, "cap")
    section.finish()
    return cap


def _dispute(section: Section) -> int:
    days = section.integer("due_days", 14, most=365)
    section.finish()
    return days


def _least(section: Section, key: str, least: Decimal = Decimal(0), *, default: Decimal | None = None) -> Decimal:
    value = section.decimal(key, default)
    if value < least:
        section.fail(key, f"found {value}", f"write {key} as {least} or more")
    return value


def _share(section: Section, key: str) -> Decimal:
    value = section.decimal(key)
    if not 0 <= value <= 1:
        section.fail(key, f"found {value}", 'write a share between "0" and "1"')
    return value


def _month(section: Section, name: str) -> str:
    try:
        date.fromisoformat(f"{name}-01")
    except ValueError:
        section.fail(name, "no month", 'name months as in "2026-10"')
    return name


def _day(section: Section, key: str) -> date | None:
    return section.day(key) if section.has(key) else None


def _zone(section: Section) -> str:
    name = section.text("timezone", "UTC")
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        section.fail("timezone", f"unknown zone {name!r}", 'write an IANA name, such as "America/Los_Angeles"')
    return name
