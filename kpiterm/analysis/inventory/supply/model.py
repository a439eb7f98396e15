"""What people say about supply, as frozen values. Durations are days, money is Decimal, volumes are litres a unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

Stage = Literal["production", "qc", "booking", "transit", "port", "receiving"]
"""What takes time between two milestones; `booking` starts at the forwarder's cut-off, waiting for it is apart."""

STAGES: tuple[Stage, ...] = ("production", "qc", "booking", "transit", "port", "receiving")

Milestone = Literal["ordered", "produced", "qc", "booked", "shipped", "port", "checked_in", "received"]
"""A dated step of a purchase order; goods are sellable when `received`."""

MILESTONES: tuple[Milestone, ...] = ("ordered", "produced", "qc", "booked", "shipped", "port", "checked_in", "received")

SPANS: Mapping[Stage, tuple[Milestone, Milestone]] = {
    "production": ("ordered", "produced"),
    "qc": ("produced", "qc"),
    "booking": ("qc", "shipped"),
    "transit": ("shipped", "port"),
    "port": ("port", "checked_in"),
    "receiving": ("checked_in", "received"),
}

ModeKind = Literal["sea", "air", "rail", "express", "road"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How long something takes: the median and the 90th percentile, in days."""

    p50: float
    p90: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """A share (0..1) of an order's value, due `days` after a milestone."""

    share: Decimal
    at: Milestone
    days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """Days, both included, on which a factory makes nothing."""

    first: date
    last: date
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplier:
    """A factory: its stages, its calendar (`cn`: Chinese holidays) and when it wants money."""

    id: str
    name: str
    currency: str
    payments: tuple[Payment, ...] = (Payment(share=Decimal(1), at="ordered"),)
    stages: Mapping[Stage, Spread] = field(default_factory=dict)
    modes: tuple[str, ...] = ()
    calendar: Literal["cn", "none"] = "cn"
    ramp_down: int = 7
    ramp_up: int = 21
    closures: tuple[Closure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipMode:
    """A way to the platform. `cutoff` is a weekday (Monday 0) or None; a cost that is None is not charged."""

    id: str
    kind: ModeKind
    currency: str
    per_kg: Decimal | None = None
    per_cbm: Decimal | None = None
    stages: Mapping[Stage, Spread] = field(default_factory=dict)
    cutoff: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slowdown:
    """A season, month-day to month-day, in which a platform receives at `speed` (0..1) of its usual pace."""

    first: tuple[int, int]
    last: tuple[int, int]
    speed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiving:
    """How a channel's warehouse takes goods in; `channel` `*` is the default."""

    channel: str
    spread: Spread
    slowdowns: tuple[Slowdown, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """The unit cost from `least` units on."""

    least: int
    unit_cost: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How one SKU is bought. `account` None: in all accounts; `stages` override the supplier's and the mode's."""

    sku: str
    supplier: str
    account: str | None = None
    moq: int = 1
    carton: int = 1
    currency: str | None = None
    tiers: tuple[Tier, ...] = ()
    weight_kg: Decimal | None = None
    volume_l: Decimal | None = None
    modes: tuple[str, ...] = ()
    stages: Mapping[Stage, Spread] = field(default_factory=dict)
    analogue: str | None = None

    def unit_cost(self, units: int) -> Decimal | None:
        """What one unit costs when that many are ordered; None where no tier is known. Below the first: the first."""
        if not self.tiers:
            return None
        reached = [tier for tier in self.tiers if tier.least <= units]
        return (reached or self.tiers[:1])[-1].unit_cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A manual event: demand is multiplied by `uplift` from `first` to `last`; no SKUs or channels named: all."""

    name: str
    first: date
    last: date
    uplift: Decimal
    skus: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Yearly rates on the unit cost, and the bounds of a service level."""

    capital: Decimal = Decimal("0.10")
    holding: Decimal = Decimal(0)
    rank_loss: Decimal = Decimal(0)
    """Extra loss of a lost sale (falling rank), as a share of its margin."""
    service_low: Decimal = Decimal("0.80")
    service_high: Decimal = Decimal("0.99")


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """What a channel's warehouse takes at most, stock and inbound together; None: no such limit."""

    channel: str
    units: int | None = None
    volume_l: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Cash for the orders of one review; None: not limited."""

    cash: Decimal | None = None
    currency: str | None = None
    capacity: tuple[Capacity, ...] = ()
    review_days: int = 7
    shared_stock: tuple[tuple[str, ...], ...] = ()
    """Groups of channels between which stock can be moved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """All that people's files say; `suppliers`, `modes` by id, `receiving` by channel."""

    suppliers: Mapping[str, Supplier] = field(default_factory=dict)
    modes: Mapping[str, ShipMode] = field(default_factory=dict)
    receiving: Mapping[str, Receiving] = field(default_factory=dict)
    terms: tuple[Terms, ...] = ()
    rates: Rates = Rates()
    limits: Limits = Limits()
    events: tuple[Event, ...] = ()
    defaults: Mapping[Stage, Spread] = field(default_factory=dict)
    _terms: Mapping[tuple[str | None, str], Terms] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_terms", {(terms.account, terms.sku): terms for terms in self.terms})

    def terms_of(self, account: str, sku: str) -> Terms | None:
        """The account's own terms before those of all accounts."""
        return self._terms.get((account, sku)) or self._terms.get((None, sku))


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """Units of one SKU on a purchase order; `received` of them have arrived."""

    sku: str
    units: int
    unit_cost: Decimal | None = None
    received: int = 0

    @property
    def open(self) -> int:
        return max(0, self.units - self.received)


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrder:
    """One order to one supplier for one account and channel, with the days on which it reached its milestones."""

    id: str
    supplier: str
    account: str
    channel: str
    mode: str | None
    currency: str | None
    lines: tuple[OrderLine, ...]
    reached: Mapping[Milestone, date]
    shipments: tuple[str, ...] = ()
    """The platform's shipment ids: what arrives under them is this order's and is not counted again."""
    promised: date | None = None
    cancelled: bool = False

    @property
    def stage(self) -> Milestone:
        """The last milestone that it reached."""
        return max(self.reached, key=MILESTONES.index)

    @property
    def is_open(self) -> bool:
        return not self.cancelled and any(line.open for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """Units of a SKU on their way: of an open purchase order, or of a platform shipment that no order names."""

    account: str
    channel: str
    sku: str
    units: int
    stage: Milestone
    since: date
    """The day on which it reached `stage`."""
    mode: str | None = None
    order: str | None = None
    shipment: str | None = None
    expected: date | None = None
    """The day that the platform, or the supplier, states."""


FeeKind = Literal["storage", "aged", "low_inventory"]
FeeBasis = Literal["cubic_foot", "unit"]
Size = Literal["small_standard", "large_standard", "bulky"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """A step of a platform's fee. `storage` and `aged` are per month, `low_inventory` per unit sold.

    From `least` to under `below` days: of age (aged) or of supply (low_inventory). No `sizes`: all. `months`, first and
    last, None: all year. `over_kg` (excluded) to `to_kg` (included) bound the weight. `verified` False: only secondary
    sources tell it.
    """

    kind: FeeKind
    channel: str
    amount: Decimal
    currency: str
    basis: FeeBasis
    valid_from: date
    valid_to: date | None
    verified: bool
    source: Mapping[str, str]
    sizes: tuple[Size, ...] = ()
    months: tuple[int, int] | None = None
    least: int = 0
    below: int | None = None
    over_kg: Decimal | None = None
    to_kg: Decimal | None = None
