"""The nine seller performance metrics: where each is read, what is judged, and Walmart's published standard."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Operator = Literal["<", "<=", ">", ">="]
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_OPERATOR = re.compile(
    r"<=|>=|<|>|≤|≥|at least|at most|less than|below|under|more than|above|over|up to", re.IGNORECASE
)
_MEANINGS: dict[str, Operator] = {
    "<=": "<=", "≤": "<=", "at most": "<=", "up to": "<=", "<": "<", "less than": "<", "below": "<", "under": "<",
    ">=": ">=", "≥": ">=", "at least": ">=", ">": ">", "more than": ">", "above": ">", "over": ">",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Metric:
    """One summary. `days` is the window that Walmart judges by, `op` how the rate is held against the standard,
    `standard` the published one in percent (None where Walmart publishes none), `rate` the field that is judged."""

    path: str
    name: str
    days: int
    op: Operator
    standard: Decimal | None
    rate: str = "cumulativeRate"
    segment: str = "merchant"

    @property
    def address(self) -> str:
        return f"/v3/insights/performance/{self.path}/summary"

    def target(self, text: str | None) -> tuple[Decimal | None, Operator]:
        """The standard as a fraction and its operator, in Walmart's own words where it gives some: `<= 2%`, `90`."""
        found = _NUMBER.search(text or "")
        percent = Decimal(found[0]) if found else self.standard
        said = _OPERATOR.search(text or "")
        op = _MEANINGS[said[0].lower()] if said else self.op
        return (None if percent is None else percent.scaleb(-2)), op


_SELLER = "sellerAccountableRate"
METRICS = (
    Metric("cancellations", "cancellation_rate", 30, "<=", Decimal(2)),
    Metric("otd", "on_time_delivery_rate", 30, ">=", Decimal(90), _SELLER),
    Metric("vtr", "valid_tracking_rate", 30, ">=", Decimal(99)),
    Metric("srr", "seller_response_rate", 30, ">=", Decimal(95)),
    Metric("refunds", "refund_rate", 30, "<=", Decimal(6)),  # legacy: Walmart removes it on 2027-03-27
    Metric("returns", "return_rate", 60, "<=", Decimal(6)),
    Metric("itemNotReceived", "item_not_received_rate", 60, "<=", Decimal(2)),
    Metric("negativeFeedback", "negative_feedback_rate", 60, "<=", Decimal(2), segment="all"),
    Metric("lateShipment", "late_shipment_rate", 30, "<=", None, _SELLER),
)
