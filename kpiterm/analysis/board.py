"""The board: every KPI and every account, as of one snapshot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from kpiterm.analysis.accounts import account_statuses
from kpiterm.analysis.clock import Clock
from kpiterm.analysis.kpi.catalogue import load_catalogue
from kpiterm.analysis.kpi.coverage import kept_days, read_watermarks
from kpiterm.analysis.kpi.entries import read_entries
from kpiterm.analysis.kpi.frame import Question
from kpiterm.analysis.kpi.fx import NO_RATES, Rates
from kpiterm.analysis.kpi.gauges import all_gauges
from kpiterm.analysis.view import Gauge, View

if TYPE_CHECKING:
    from kpiterm.analysis.contract.terms import Terms
    from kpiterm.analysis.kpi.catalogue import Catalogue
    from kpiterm.analysis.reader import Reader
    from kpiterm.config.model import Account, Config


def build_view(
    reader: Reader,
    config: Config,
    accounts: Sequence[Account],
    *,
    period: str | None = None,
    now: datetime,
    workspace: str,
    settles: Mapping[str, timedelta],
    catalogue: Catalogue | None = None,
    terms: Sequence[Terms] = (),
    rates: Rates = NO_RATES,
) -> View:
    """The board of `period` (None: the current month of each channel) as the store is known at `reader.as_of`.

    `settles` says how long rows of a source (`amazon.ads-campaigns`) may still be restated; `catalogue` comes from
    `load_catalogue`, `terms` from `load_terms`. Raises UsageError for a period that is none, ConfigError where a
    target names an unknown KPI.
    """
    asked = ask(
        reader, config, accounts, period=period, now=now, settles=settles, catalogue=catalogue, terms=terms, rates=rates
    )
    return View(
        workspace=workspace,
        as_of=reader.as_of.astimezone(UTC),
        currency=config.currency,
        snapshot=reader.snapshot,
        gauges=tuple(sorted(all_gauges(asked), key=_by_weight)),
        accounts=account_statuses(reader, accounts, asked.watermarks),
    )


def ask(
    reader: Reader,
    config: Config,
    accounts: Sequence[Account],
    *,
    period: str | None = None,
    now: datetime,
    settles: Mapping[str, timedelta],
    catalogue: Catalogue | None = None,
    terms: Sequence[Terms] = (),
    rates: Rates = NO_RATES,
) -> Question:
    """The same as a Question, for those who want less than the whole board (`kpiterm kpi show ID --sql`)."""
    return Question(
        reader=reader,
        catalogue=load_catalogue() if catalogue is None else catalogue,
        config=config,
        terms=terms,
        clock=Clock(now.astimezone(UTC), config.timezone),
        period=period,
        accounts={account.name for account in accounts},
        watermarks=read_watermarks(reader),
        kept=kept_days(reader),
        settles=settles,
        entries=read_entries(reader),
        rates=rates,
    )


def _by_weight(gauge: Gauge) -> tuple[bool, float]:
    """Contract KPIs first, the heaviest on top; the sort is stable, so that the rest keeps the catalogue's order."""
    return gauge.weight is None, -float(gauge.weight or 0)
