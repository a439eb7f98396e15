"""Lead times for people to look at: each way that an order can take, its days, and how much of it was learnt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from kpiterm.analysis.inventory.lead.draws import arrivals, percentiles
from kpiterm.analysis.inventory.lead.route import Experience, key, owner, route
from kpiterm.analysis.inventory.supply.defaults import supplier, usual_mode
from kpiterm.analysis.inventory.supply.model import STAGES, Supply, Terms

if TYPE_CHECKING:
    from kpiterm.analysis.inventory.supply.model import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadTime:
    """Days from an order until it can be sold. `sku` for a SKU with stages of its own; `learnt`, shipments by stage.

    `declared`, the median by the files alone: where p50 differs, they no longer say what happens.
    """

    supplier: str
    mode: str
    channel: str
    sku: str | None
    p50: int
    p90: int
    declared: int
    sellable: date
    learnt: dict[Stage, int]


def lead_times(
    supply: Supply, experience: Experience, channels: Sequence[str], day: date, sku: str | None = None
) -> Iterator[LeadTime]:
    """Of an order of that day, by supplier, ship mode and channel; those of one SKU only, where it is named."""
    wanted = [terms for terms in supply.terms if sku in {None, terms.sku}]
    wanted += [] if sku else [Terms(sku="", supplier=name) for name in supply.suppliers]
    done = set()
    for terms in wanted:
        for mode in modes(supply, terms):
            for channel in channels:
                name = key(terms, mode, channel)
                if name not in done:
                    done.add(name)
                    yield _lead_time(supply, experience, terms, mode, channel, day)


def modes(supply: Supply, terms: Terms) -> tuple[str, ...]:
    """The ship modes of a SKU: its own, else its supplier's, else the usual one."""
    return terms.modes or supplier(supply, terms.supplier).modes or (usual_mode(supply, terms.supplier),)


def _lead_time(supply: Supply, experience: Experience, terms: Terms, mode: str, channel: str, day: date) -> LeadTime:
    (p50, p90), (declared, _) = (
        percentiles(arrivals(route(supply, seen, terms, mode, channel), day)) for seen in (experience, {})
    )
    return LeadTime(
        supplier=terms.supplier,
        mode=mode,
        channel=channel,
        sku=terms.sku if terms.stages else None,
        p50=p50,
        p90=p90,
        declared=declared,
        sellable=day + timedelta(days=p50),
        learnt={
            stage: len(experience.get((stage, owner(stage, terms.supplier, mode, channel)), ())) for stage in STAGES
        },
    )
