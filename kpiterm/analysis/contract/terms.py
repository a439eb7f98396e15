"""The targets and weights of contract files, by the day from which they hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import cast

from kpiterm.analysis.view import Target
from kpiterm.config.model import Op
from kpiterm.config.toml import Section, read_toml
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


def load_terms(folder: Path) -> tuple[Terms, ...]:
    """Every version of every contract in `folder`; a file without `[contract]` is a template and holds none."""
    if not folder.is_dir():
        return ()
    return tuple(terms for file in sorted(folder.glob("*.toml")) for terms in _file(file))


def terms_in_force(terms: Iterable[Terms], day: date) -> dict[str, Agreement]:
    """What holds on `day`: of each contract its latest version; ConfigError where two contracts claim one KPI."""
    latest: dict[str, Terms] = {}
    for version in sorted(terms, key=lambda t: t.effective_from):
        if version.effective_from <= day:
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


def _file(file: Path) -> list[Terms]:
    root = read_toml(file)
    if not root.has("contract"):
        if root.names():
            root.fail("contract", "missing", "add [contract] with its id, or comment the whole file out")
        return []
    root.table("contract").text("id")
    found: list[Terms] = []
    for section in root.tables("terms"):
        terms = _terms(section)
        if any(t.effective_from == terms.effective_from or t.version == terms.version for t in found):
            section.fail("version", f"{terms.version} from {terms.effective_from} stands twice", "give each its day")
        found.append(terms)
    if not found:
        root.fail("terms", "missing", "add [[terms]] with version and effective_from")
    return found


def _terms(section: Section) -> Terms:
    kpis = {kpi: _agreement(part) for kpi, part in section.table("kpis").sections()}
    return Terms(
        origin=str(section.file),
        version=section.integer("version", least=1),
        effective_from=section.day("effective_from"),
        kpis=kpis,
    )


def _agreement(section: Section) -> Agreement:
    weight = section.decimal("weight")
    if weight < 0:
        section.fail("weight", f"found {weight}", "write a weight of 0 or more")
    part = section.table("target")
    target = Target(cast("Op", part.choice("op", ("<", "<=", ">", ">="))), part.decimal("value"))
    part.finish()
    return Agreement(target=target, weight=weight, origin=str(section.file))
