"""Who acted late in each stock-out: suggested, acknowledged, ordered, delivered, received, each against its due day.

Every delay moved the day on which goods could be sold again by as much. So the days of a stock-out are shared out from
its end backwards: the last of them to the platform, those before to the supplier, then the seller, then the provider.
Whatever is left would have been without goods had nobody been late.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from kpiterm.analysis.contract.acts import Acts, Cycle, Ordered, cycle_of
from kpiterm.i18n import N_, said

Party = Literal["provider", "seller", "supplier", "platform", "nobody"]
PARTIES: tuple[Party, ...] = ("provider", "seller", "supplier", "platform", "nobody")
NAMES = (N_("provider"), N_("seller"), N_("supplier"), N_("platform"), N_("nobody"))
_DAY = timedelta(days=1)
_GAP = timedelta(days=4)


@dataclass(frozen=True, slots=True)
class OutDay:
    """A day on which a SKU that had been selling had nothing to sell, and what it would have sold."""

    account: str
    channel: str
    sku: str
    day: date
    lost: Decimal
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StockOut:
    """A SKU's days without stock, oldest first. `over` is false while no later reading shows stock."""

    days: tuple[OutDay, ...]
    over: bool

    @property
    def first(self) -> date:
        return self.days[0].day

    @property
    def end(self) -> date:
        """The day after the last one."""
        return self.days[-1].day + _DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A stock-out with what was done when, the days by which each party was late, and whose each day is."""

    out: StockOut
    cycle: Cycle
    late: dict[Party, int]
    by_day: tuple[tuple[OutDay, Party], ...]
    reasons: tuple[str, ...] = field(default=())

    def days(self, party: Party, first: date, last: date) -> list[OutDay]:
        """A party's days within a period."""
        return [out for out, whose in self.by_day if whose == party and first <= out.day <= last]


@dataclass(frozen=True, slots=True)
class Account:
    """What a party answers for in a period: SKU-days, the sales lost on them, and how many days of which SKU."""

    party: Party
    days: int
    lost: Decimal
    skus: dict[str, int]


def by_party(shares: Sequence[Share], first: date, last: date, currency: str) -> list[Account]:
    """The view for the meeting of seller, provider and suppliers: a line for each party."""
    found = []
    for party in PARTIES:
        days = [day for each in shares for day in each.days(party, first, last)]
        lost = sum((day.lost for day in days if day.currency == currency), Decimal(0))
        found.append(Account(party, len(days), lost, dict(Counter(day.sku for day in days))))
    return found


def stock_outs(days: Sequence[OutDay], last_reading: date) -> list[StockOut]:
    """Days of one SKU that follow each other; up to three days without a reading do not end a stock-out."""
    found: list[list[OutDay]] = []
    for day in sorted(days, key=lambda d: (d.account, d.channel, d.sku, d.day)):
        last = found[-1][-1] if found else None
        same = last and (last.account, last.channel, last.sku) == (day.account, day.channel, day.sku)
        if last and same and day.day - last.day <= _GAP:
            found[-1].append(day)
        else:
            found.append([day])
    return [StockOut(days=tuple(part), over=part[-1].day < last_reading) for part in found]


def share(out: StockOut, acts: Acts, *, provider_suggests: bool) -> Share:
    """Whose each day is. Where suggesting what to order is not the provider's task, their delays are the seller's."""
    cycle = cycle_of(out.days[0].account, out.days[0].sku, out.first, out.end, acts)
    late, reasons = _late(cycle, out)
    if not provider_suggests and late["provider"]:
        late["seller"], late["provider"] = late["seller"] + late["provider"], 0
        reasons.append(said("inventory is not in the provider's scope"))
    whose = _from_the_end(late, out)
    return Share(
        out=out, cycle=cycle, late=late, by_day=tuple(zip(out.days, whose, strict=True)), reasons=tuple(reasons)
    )


def _from_the_end(late: dict[Party, int], out: StockOut) -> list[Party]:
    """Each day's party, by how far it lies before the end."""
    bounds: list[tuple[int, Party]] = []
    reach = 0
    for party in ("platform", "supplier", "seller", "provider"):
        reach += late[party]
        bounds.append((reach, party))
    return [next((p for bound, p in bounds if (out.end - d.day).days <= bound), "nobody") for d in out.days]


def _late(cycle: Cycle, out: StockOut) -> tuple[dict[Party, int], list[str]]:
    """By how many days each party was late, and why in words; a delay without a known beginning lasts for ever."""
    late: dict[Party, int] = dict.fromkeys(PARTIES, 0)
    reasons: list[str] = []
    order = cycle.order
    ordered = order.ordered if order else out.end
    _provider(cycle, ordered, late, reasons)
    _seller(cycle, order, ordered, late, reasons)
    if order:
        _on_the_way(order, out.end, late, reasons)
    return late, reasons


_EVER = 10_000


def _provider(cycle: Cycle, ordered: date, late: dict[Party, int], reasons: list[str]) -> None:
    if cycle.order_by is None:
        late["provider"] = _EVER
        reasons.append(said("no suggestion was published"))
        return
    heard = min(filter(None, (cycle.acknowledged, ordered)))
    if cycle.acknowledged is None and cycle.order is None:
        late["provider"] = _EVER
        reasons.append(said("suggested on {0}, never acknowledged", cycle.suggested))
    elif heard > cycle.order_by:
        late["provider"] = (heard - cycle.order_by).days
        reasons.append(said("to be ordered by {0}, acknowledged on {1}", cycle.order_by, heard))


def _seller(cycle: Cycle, order: Ordered | None, ordered: date, late: dict[Party, int], reasons: list[str]) -> None:
    if cycle.order_by is None or (cycle.acknowledged is None and order is None):
        return
    due = max(cycle.order_by, min(filter(None, (cycle.acknowledged, ordered))))
    if ordered > due:
        late["seller"] = (ordered - due).days
        never = said("due on {0}, not ordered", due)
        reasons.append(said("due on {0}, ordered on {1}", due, ordered) if order else never)
    reasons.extend(cycle.notes)


def _on_the_way(order: Ordered, end: date, late: dict[Party, int], reasons: list[str]) -> None:
    arrived = order.arrived or order.received or end
    if order.promised is None:
        reasons.append(said("order {0} has no promised day: no delay of the supplier can be shown", order.id))
    elif arrived > order.promised:
        late["supplier"] = (arrived - order.promised).days
        came = said("arrived on {0}", arrived) if order.arrived or order.received else said("not arrived")
        reasons.append(said("promised for {0}, {1}", order.promised, came))
    if order.arrived:
        waited = ((order.received or end) - order.arrived).days - order.receiving_days
        if waited > 0:
            late["platform"] = waited
            reasons.append(said("at the platform since {0}, {1} days are usual", order.arrived, order.receiving_days))
