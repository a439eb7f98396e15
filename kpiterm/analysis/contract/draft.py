"""A first contract from a few answers: the shape of the commented template, with points derived from the targets."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal

Points = tuple[Decimal, Decimal]
"""Floor and stretch as multiples of the target."""

WEIGHTS: Mapping[str, int] = {"gmv_mom": 40, "acos": 30, "odr": 20, "response_p90_h": 10}
_OPS = {"gmv_mom": ">=", "acos": "<=", "odr": "<", "response_p90_h": "<"}
_POINTS: Mapping[str, Points] = {
    "gmv_mom": (Decimal(0), Decimal("1.6")),
    "acos": (Decimal("1.35"), Decimal("0.8")),
    "odr": (Decimal(2), Decimal("0.4")),
    "response_p90_h": (Decimal(2), Decimal("0.5")),
}
_SCORE = {
    "dead_band": "0.02", "floor": "0.70", "penalty_max": "0.20", "stretch": "1.10", "bonus_max": "0.25",
    "min_coverage": "0.60",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The answers. Shares are fractions, amounts in `currency`; `targets` by KPI, those left out are not agreed."""

    id: str
    seller: str
    provider: str
    start: date
    timezone: str
    currency: str
    base_fee: Decimal
    commission: Decimal | None
    baseline: Decimal | None
    targets: Mapping[str, Decimal]


def contract_toml(draft: Draft) -> str:
    """The text of a contract file."""
    return "\n".join([*_head(draft), *_kpis(draft.targets), *_commission(draft), *_rest()]) + "\n"


def _head(draft: Draft) -> Iterator[str]:
    yield "# A first draft, for both parties to read: `kpiterm contract check FILE` names what is doubtful in it."
    yield "# contracts/contract.toml, which `kpiterm init` writes, explains these keys and all others."
    yield "[contract]"
    yield f"id = {_text(draft.id)}"
    yield f"parties = {{ seller = {_text(draft.seller)}, provider = {_text(draft.provider)} }}"
    yield f"timezone = {_text(draft.timezone)}"
    yield f"currency = {_text(draft.currency)}"
    yield ""
    yield "[[terms]]"
    yield "version = 1"
    yield f"effective_from = {draft.start}"
    yield f"base_fee = {_number(draft.base_fee)}  # a month"
    if draft.base_fee and draft.targets:
        yield 'pool_share = "0.5"  # of the base fee is at risk: what the score below may take or add to'
        yield f"score = {{ {', '.join(f'{key} = {_text(value)}' for key, value in _SCORE.items())} }}"
    yield 'missing = "reweight"  # a KPI without data lets the others count more'


def _kpis(targets: Mapping[str, Decimal]) -> Iterator[str]:
    for kpi, target in targets.items():
        floor, stretch = (target * factor for factor in _POINTS[kpi])
        yield ""
        yield f"[terms.kpis.{kpi}]"
        yield f"weight = {WEIGHTS[kpi]}"
        yield f"target = {{ op = {_text(_OPS[kpi])}, value = {_number(target)} }}"
        yield f"floor = {_number(floor)}  # earns nothing"
        yield f"stretch = {_number(stretch)}  # earns the most"
        if kpi == "odr" and target:
            least = (1 / target).to_integral_value(ROUND_FLOOR) + 1
            yield f"min_n = {least}  # with fewer orders a single defect would break it, and it is not judged"


def _commission(draft: Draft) -> Iterator[str]:
    if draft.commission is None:
        return
    yield ""
    yield "[terms.commission]"
    if draft.baseline is None:
        yield 'base = "net_sales"'
    else:
        yield 'base = "incremental_net_sales"'
        yield f"baseline = {_number(draft.baseline)}  # a month's net sales without the provider"
    yield f'tiers = [ {{ from = "0", rate = {_number(draft.commission)} }} ]'
    yield 'method = "marginal"'
    yield 'exclude = { kinds = ["tax", "shipping", "gift_wrap", "test", "replacement"] }'
    yield "refund_window_days = 30"


def _rest() -> Iterator[str]:
    yield ""
    yield "[terms.dispute]"
    yield "due_days = 14"


def _text(text: str) -> str:
    """A basic string of TOML, whose escapes are those of JSON; DEL is the one that JSON leaves as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _number(number: Decimal) -> str:
    """Digits in quotes, so that they are kept exactly: at least those of the answer, no exponent."""
    plain = f"{number:f}"
    return _text(plain.rstrip("0").rstrip(".") if "." in plain else plain)
