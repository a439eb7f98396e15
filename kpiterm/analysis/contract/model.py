"""A contract as it was signed: versions of its terms, each frozen, with what they pay for and what they ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from kpiterm.analysis.view import Target

Missing = Literal["reweight", "neutral", "zero"]
Rounding = Literal["half_even", "half_up", "down"]
Base = Literal["incremental_net_sales", "net_sales", "gmv"]
Method = Literal["marginal", "slab"]
Reset = Literal["monthly", "annual"]
ZERO, ONE = Decimal(0), Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How a score moves the at-risk pool: nothing within `dead_band` of 1, then in a straight line to `penalty_max` at
    `floor` and to `bonus_max` at `stretch`. Below `min_coverage` of the weights nothing is decided."""

    dead_band: Decimal = Decimal("0.02")
    floor: Decimal = Decimal("0.70")
    penalty_max: Decimal = Decimal("0.20")
    stretch: Decimal = Decimal("1.10")
    bonus_max: Decimal = Decimal("0.25")
    min_coverage: Decimal = Decimal("0.60")


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiTerms:
    """One KPI's terms. `floor` earns nothing, `target` earns 1, `stretch` earns `max_attainment`.

    Without a floor it is all or nothing at the target; without a stretch no more than 1 can be earned. While `gate` is
    met, no bonus is paid. `definition` and `hash` pin the KPI's definition.
    """

    weight: Decimal
    target: Target
    floor: Decimal | None = None
    stretch: Decimal | None = None
    max_attainment: Decimal = Decimal("1.2")
    min_n: Decimal | None = None
    gate: Target | None = None
    missing: Missing | None = None
    definition: int | None = None
    hash: str | None = None

    @property
    def lower_is_better(self) -> bool:
        return self.target.op in {"<", "<="}


@dataclass(frozen=True, slots=True)
class Tier:
    """From this amount on, this rate."""

    start: Decimal
    rate: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclude:
    """What earns no commission: SKUs, channels, and kinds of amounts (tax, shipping, …) or orders."""

    skus: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Commission:
    """What share of sales is paid. `attribution` is the share of a channel's sales that counts; 1 where not named."""

    base: Base
    tiers: tuple[Tier, ...]
    baseline: Decimal = ZERO
    seasonal_index: Mapping[str, Decimal] = field(default_factory=dict)
    method: Method = "marginal"
    reset: Reset = "monthly"
    exclude: Exclude = field(default_factory=Exclude)
    refund_window_days: int = 0
    attribution: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """Limits of a whole month's statement, and of its commission; in part of a month, that part of them."""

    total_min: Decimal | None = None
    total_max: Decimal | None = None
    commission_max: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Tax:
    """A tax on top of the statement, never part of its total."""

    name: str
    rate: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """A right on a platform that the contract grants."""

    platform: str
    principal: str
    role: str
    level: str
    until: date | None


@dataclass(frozen=True, slots=True)
class Pilot:
    """A trial period, and the score that passes it."""

    start: date
    end: date
    pass_score: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Everything that the parties agreed besides money.

    `own_staff` are patterns of the seller's own people, to whom `access` does not apply. `notice` gives a side days of
    its own. A statement is due `statement_days` after its month.
    """

    scope: tuple[str, ...] = ()
    data_owner: str | None = None
    access: tuple[Access, ...] = ()
    own_staff: tuple[str, ...] = ()
    confidentiality_until: date | None = None
    notice_days: int | None = None
    notice: Mapping[str, int] = field(default_factory=dict)
    renewal_months: int | None = None
    statement_days: int | None = None
    transition_days: int | None = None
    review_days: int | None = None
    review_weekday: str | None = None
    pilot: Pilot | None = None
    contacts: tuple[Mapping[str, str], ...] = ()
    handover: tuple[str, ...] = ()

    def notice_of(self, side: str) -> int | None:
        """How many days before the end a side must give notice."""
        return self.notice.get(side, self.notice_days)


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsVersion:
    """One version of the terms, in force from a day until the next version is.

    `relief_cap` is the share of a target that an approved relief may take off it at most; None: no relief was agreed.
    `gates` are events (an account's deactivation) after which no bonus is paid.
    """

    version: int
    effective_from: date
    base_fee: Decimal = ZERO
    pool_share: Decimal = ZERO
    score: Score | None = None
    missing: Missing = "reweight"
    rounding: Rounding = "half_even"
    kpis: Mapping[str, KpiTerms] = field(default_factory=dict)
    commission: Commission | None = None
    caps: Caps = field(default_factory=Caps)
    tax: Tax | None = None
    relief_cap: Decimal | None = None
    gates: tuple[str, ...] = ()
    dispute_days: int = 14
    service: Service | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A contract file: who agreed with whom, and every version of the terms, oldest first. `text` is the file itself,
    so that a statement can carry what it was settled by."""

    id: str
    parties: Mapping[str, str]
    timezone: str
    currency: str
    signed_at: date | None
    until: date | None
    terms: tuple[TermsVersion, ...]
    origin: str
    text: str

    @property
    def start(self) -> date:
        return self.terms[0].effective_from

    def in_force(self, day: date) -> TermsVersion | None:
        """The terms that hold on a day."""
        if self.until and day > self.until:
            return None
        return next((t for t in reversed(self.terms) if t.effective_from <= day), None)
