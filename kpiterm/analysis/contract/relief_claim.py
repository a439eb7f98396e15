"""The relief that follows from stock-outs without the provider's fault: a share of sales, and the days behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal

from kpiterm.analysis.contract.document import fingerprint
from kpiterm.analysis.contract.faults import OutDay, Party, Share
from kpiterm.analysis.view import Span
from kpiterm.i18n import N_

FAULTS: dict[Party, str] = {"seller": N_("client"), "supplier": N_("supplier"), "platform": N_("carrier")}
"""What the settlement calls the parties whose delay gives relief."""
_PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A proposal of relief. `mask` are the days by SKU, and `share` what they would have sold of all that was expected;
    an approval after `expires` does not count."""

    period: str
    share: Decimal
    fault: str
    lost: Decimal
    expected: Decimal
    mask: tuple[dict[str, str], ...]
    expires: date

    @property
    def mask_hash(self) -> str:
        return fingerprint({"mask": list(self.mask)})


def claim(shares: Sequence[Share], span: Span, period: str, sold: Decimal, currency: str, days: int) -> Claim | None:
    """The proposal for a month, None where nothing was lost but by the provider or by nobody's fault. `sold` is what
    was sold in it; `days` after its end it expires."""
    masked = [(d, p) for s in shares for p in FAULTS for d in s.days(p, span.start, span.end)]
    every = [d for s in shares for d, _ in s.by_day if span.start <= d.day <= span.end]
    lost = sum((d.lost for d, _ in masked if d.currency == currency), Decimal(0))
    expected = sold + sum((d.lost for d in every if d.currency == currency), Decimal(0))
    if not lost or expected <= 0:
        return None
    weight: Counter[Party] = Counter(party for _, party in masked)
    return Claim(
        period=period,
        share=(lost / expected).quantize(_PLACES, ROUND_DOWN),
        fault=FAULTS[weight.most_common(1)[0][0]],
        lost=lost,
        expected=expected,
        mask=tuple(_mask([d for d, _ in masked])),
        expires=span.end + timedelta(days=days),
    )


def _mask(days: Sequence[OutDay]) -> list[dict[str, str]]:
    ordered = sorted(days, key=lambda d: (d.account, d.channel, d.sku, d.day))
    return [{"account": d.account, "channel": d.channel, "sku": d.sku, "day": f"{d.day}"} for d in ordered]
