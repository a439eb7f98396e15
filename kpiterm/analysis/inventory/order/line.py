"""One SKU's suggestion as people and machines read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from kpiterm.analysis.inventory.order.shop import Advice

if TYPE_CHECKING:
    from kpiterm.analysis.inventory.order.decisions import Decision

Mode = Literal["sea", "air", "split"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of an order that goes by one ship mode; `order_by` is the last day for it."""

    mode: str
    quantity: int
    order_by: date | None
    arrives: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Units that another channel can spare."""

    channel: str
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A sale of the last months that brought `times` a normal day's units; names by language."""

    name: Mapping[str, str]
    first: date
    times: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Selling:
    """What the demand rests on: units a day in the last `window` days, `shown` on the `in_stock` of them with stock,
    `week` in the last seven, `before` in the half year before the last six weeks; `days` known in all; `trend` 1 risen,
    -1 fallen, 0 neither; `others`, whether similar SKUs speak for it; `sales` left out of it."""

    window: int
    raw: float
    shown: float
    week: float
    before: float
    in_stock: int
    days: int
    trend: int
    others: bool = False
    sales: tuple[Past, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    """A closed factory that delays orders of the next weeks, by up to `delay` days; names by language."""

    name: Mapping[str, str]
    first: date
    last: date
    delay: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """A sale or an event of one's own among the days that an order covers; names by language."""

    name: Mapping[str, str]
    first: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """How this SKU's own forecasts did: the last `of` intervals (90 %) held what came `hit` times."""

    hit: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """A way out of stock that is too much: what it costs, all in all, and how many units it rids of."""

    way: str
    units: int
    cost: Decimal
    price: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Excess:
    """Stock that will not be sold in time. `units` more than what is needed, `days` that all of it lasts, `aged` those
    older than 180 days now, `aging` those expected to become so by `step`, the day of the next fee step; `keeping`,
    what doing nothing costs; `exits`, the cheapest first."""

    account: str
    channel: str
    sku: str
    title: str | None
    available: int
    units: int
    days: int | None
    aged: int | None
    aging: int
    step: date
    currency: str | None
    keeping: Decimal
    exits: tuple[Exit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A suggestion. Money in `currency`; None is unknown. `daily` and the expected units are means of the paths."""

    account: str
    channel: str
    sku: str
    title: str | None
    available: int
    inbound: int
    daily: float
    lead: tuple[int, int]
    gone: date | None
    gone_early: date | None
    order_by: date | None
    late: bool
    quantity: int
    mode: Mode
    parts: tuple[Part, ...]
    lasts: date
    service: float
    lost: float
    lost_without: float
    lost_waiting: float
    aged: float
    margin: Decimal | None
    unit_cost: Decimal | None
    cash: Decimal | None
    currency: str | None
    moq: int
    carton: int
    constraints: tuple[str, ...]
    waterfall: Mapping[str, int]
    selling: Selling
    holiday: Holiday | None
    events: tuple[Coming, ...]
    transfers: tuple[Transfer, ...]
    advice: tuple[Advice, ...]
    excess: Excess | None = None
    track: Track | None = None
    decision: Decision | None = None

    @property
    def lost_margin(self) -> Decimal | None:
        """What the units lost even with this order would have earned."""
        return None if self.margin is None else self.margin * Decimal(repr(self.lost))

    @property
    def waiting_cost(self) -> Decimal | None:
        """What ordering a review later would cost."""
        return None if self.margin is None else self.margin * Decimal(repr(self.lost_waiting))
