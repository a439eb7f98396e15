"""A fee estimate for people and scripts: three cases, what they cost, and from which growth they pay for themselves."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from kpiterm.cli import output
from kpiterm.i18n import N_, Translate, said

if TYPE_CHECKING:
    from kpiterm.analysis.contract.estimate import Estimate, Outcome
    from kpiterm.analysis.contract.model import Contract

_CASES = {"floor": N_("KPIs at floor"), "target": N_("KPIs at target"), "stretch": N_("KPIs at stretch")}
_NEVER = N_("no growth up to {0} earns the fee back by its margin: the fee is too high for this margin")
_WORTH = N_(
    "the margin on the added sales pays the whole fee from a growth of {0} on, "
    "ads as they are and the other KPIs at target"
)


def estimated(contract: Contract, file: Path) -> Estimate:
    """Raises ConfigError with file, key and remedy."""
    from kpiterm.analysis.contract.estimate import estimate, read_onboarding
    from kpiterm.config.toml import read_toml

    return estimate(contract, read_onboarding(read_toml(file)))


def show(found: Estimate, _: Translate) -> None:
    """A table of the three cases, and what the figures mean for either side."""
    told, currency = found.told, found.contract.currency
    sales, margin, ads = f"{told.sales:,.2f}", f"{told.margin:.1%}", f"{told.ad_spend:,.2f}"
    mean = said("{0} SKUs · mean month {1} {2}, margin {3}, ads {1} {4}", told.skus, currency, sales, margin, ads)
    platforms = ", ".join(told.platforms) or _("no platform named")
    output.line(f"{found.contract.id} · {platforms} · {_(mean)}")
    rows = [
        (
            _(_CASES[outcome.case]), f"{outcome.growth:.1%}", f"{outcome.sales:,.2f}", _score(outcome),
            f"{outcome.fee:,.2f}", f"{_share(outcome.fee, outcome.sales):.1%}",
            f"{_share(outcome.fee, outcome.sales * told.margin):.1%}" if told.margin > 0 else "—",
        )
        for outcome in found.outcomes
    ]  # fmt: skip
    fee = said("fee {0}", currency)
    header = (_("case"), _("growth"), _("net sales"), _("score"), _(fee), _("of sales"), _("of margin"))
    output.table(header, rows, right=range(1, len(header)))
    output.line(_(said("at target, each SKU costs {0} {1} a month", currency, f"{found.per_sku:,.2f}")))
    if found.worth_it_from is None:
        output.line(_(said(_NEVER, "500 %")))
    else:
        output.line(_(said(_WORTH, f"{found.worth_it_from:.2%}")))


def document(found: Estimate) -> dict[str, object]:
    """The same for scripts."""
    told = found.told
    return {
        "contract": found.contract.id,
        "currency": found.contract.currency,
        "sales": f"{told.sales:.2f}",
        "margin": f"{told.margin:.6f}",
        "cases": [
            {
                "case": o.case, "growth": f"{o.growth}", "net_sales": f"{o.sales:.2f}",
                "score": None if o.settled.score is None else f"{o.settled.score:.6f}", "fee": f"{o.fee:f}",
                "lines": {line.code: f"{line.amount:f}" for line in o.settled.lines},
            }
            for o in found.outcomes
        ],
        "fee_per_sku": f"{found.per_sku:.2f}",
        "worth_it_from": None if found.worth_it_from is None else f"{found.worth_it_from}",
        "reason": "no growth up to 500 % earns the fee back" if found.worth_it_from is None else None,
    }  # fmt: skip


def _score(outcome: Outcome) -> str:
    return f"{outcome.settled.score:.4f}" if outcome.settled.score is not None else "—"


def _share(part: Decimal, whole: Decimal) -> Decimal:
    return part / whole if whole else Decimal(0)
