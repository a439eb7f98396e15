"""Which target holds: the contract's, else the workspace's own, else the definition's default."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from kpiterm.analysis.contract.terms import Agreement, Terms, terms_in_force
from kpiterm.analysis.kpi.catalogue import Catalogue
from kpiterm.analysis.kpi.definition import ESTIMATES
from kpiterm.analysis.view import Target
from kpiterm.config.model import Config
from kpiterm.config.toml import did_you_mean
from kpiterm.errors import ConfigError


def targets_in_force(
    catalogue: Catalogue, config: Config, terms: Iterable[Terms], day: date
) -> Mapping[str, Agreement]:
    """Target and weight of every KPI of the catalogue on `day`."""
    agreed = terms_in_force(terms, day)
    for kpi, agreement in agreed.items():
        _check(kpi, catalogue, f"{agreement.origin}: terms.kpis")
        if estimated := estimate_behind(kpi, catalogue):
            raise ConfigError(
                f"{agreement.origin}: terms.kpis.{kpi}: {estimated} is an estimate, which no party can sign",
                hint="agree on a figure of the marketplace or of the shop; an estimate may stand beside it",
            )
    for kpi in config.targets:
        _check(kpi, catalogue, "config.toml: targets")
    return {kpi: agreed.get(kpi) or _own(kpi, catalogue, config) for kpi in catalogue}


def estimate_behind(kpi: str, catalogue: Catalogue) -> str | None:
    """The KPI through which an estimate gets into this one; None where all of it is counted."""
    definition = catalogue[kpi]
    if definition.measure and definition.measure.table in ESTIMATES:
        return kpi
    found = (estimate_behind(name, catalogue) for name in (*definition.refers, definition.instead) if name)
    return next((name for name in found if name), None)


def _own(kpi: str, catalogue: Catalogue, config: Config) -> Agreement:
    if pair := config.targets.get(kpi):
        return Agreement(target=Target(*pair), weight=None, origin="config.toml")
    return Agreement(target=catalogue[kpi].target, weight=None, origin=catalogue[kpi].origin)


def _check(kpi: str, catalogue: Catalogue, where: str) -> None:
    if kpi not in catalogue:
        raise ConfigError(f"{where}.{kpi}: unknown KPI", hint=did_you_mean(kpi, catalogue.keys()))
