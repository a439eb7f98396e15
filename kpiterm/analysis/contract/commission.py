"""What sales pay: the base that counts, the tiers, and what refunds take back later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from kpiterm.analysis.contract.model import ONE, ZERO, Commission, Tier
from kpiterm.analysis.contract.values import Amount
from kpiterm.errors import UsageError
from kpiterm.i18n import N_

WORDS = (N_("marginal"), N_("slab"), N_("incremental_net_sales"), N_("net_sales"), N_("gmv"))
"""The methods and bases of contract files, in words."""


@dataclass(frozen=True, slots=True)
class Scale:
    """What part of a whole month is settled, and in which month; `before` is what counted earlier in the year."""

    period: str
    share: Decimal
    availability: Decimal = ONE
    before: Decimal = ZERO


def sales(amounts: Iterable[Amount], terms: Commission, rates: Mapping[str, Decimal], currency: str) -> Decimal:
    """Sales that count, in the contract's currency: each channel's by its attribution share, at the month's rate."""
    return sum((a.amount * _rate(a, rates, currency) * _share(a, terms) for a in amounts), ZERO)


def base_of(counted: Decimal, terms: Commission, scale: Scale) -> Decimal:
    """The amount that the tiers are applied to; never below 0."""
    if terms.base == "incremental_net_sales":
        counted -= baseline(terms, scale)
    return max(ZERO, counted)


def baseline(terms: Commission, scale: Scale) -> Decimal:
    """The signed baseline x the month's seasonal index x availability, in proportion to the days."""
    return terms.baseline * terms.seasonal_index.get(scale.period, ONE) * scale.availability * scale.share


def earned(base: Decimal, terms: Commission, scale: Scale) -> Decimal:
    """The commission on a base. An annual reset charges what the year to date comes to, less what it came to before;
    its tiers are those of a year, and are not scaled to the days."""
    if not scale.share:
        return ZERO
    if terms.reset == "annual":
        return _tiered(scale.before + base, terms, ONE) - _tiered(scale.before, terms, ONE)
    return _tiered(base, terms, scale.share)


def marginal(amount: Decimal, tiers: tuple[Tier, ...], scale: Decimal = ONE) -> Decimal:
    """Each tier's rate on what lies within it."""
    starts = [tier.start * scale for tier in tiers]
    within = [min(amount, end) - start for start, end in zip(starts, [*starts[1:], amount], strict=True)]
    return sum((tier.rate * max(ZERO, part) for tier, part in zip(tiers, within, strict=True)), ZERO)


def slab(amount: Decimal, tiers: tuple[Tier, ...], scale: Decimal = ONE) -> Decimal:
    """The rate of the tier that is reached, on the whole amount."""
    reached = [tier.rate for tier in tiers if amount >= tier.start * scale]
    return reached[-1] * amount if reached else ZERO


def _tiered(amount: Decimal, terms: Commission, scale: Decimal) -> Decimal:
    return (slab if terms.method == "slab" else marginal)(amount, terms.tiers, scale)


def _share(amount: Amount, terms: Commission) -> Decimal:
    if amount.channel in terms.exclude.channels:
        return ZERO
    return terms.attribution.get(amount.channel or "", ONE)


def _rate(amount: Amount, rates: Mapping[str, Decimal], currency: str) -> Decimal:
    if amount.currency in {None, currency}:
        return ONE
    found = rates.get(amount.currency or "")
    if found is None:
        raise UsageError(
            f"sales in {amount.currency}, and no rate into {currency} for the month",
            hint=f'freeze the month\'s rate in fx.toml, or add it to the values: "rates": {{"{amount.currency}": "…"}}',
        )
    return found
