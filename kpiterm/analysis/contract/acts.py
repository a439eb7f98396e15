"""What was done to keep goods in stock, from the operation log: suggestions, answers to them, purchase orders."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import ceil
from typing import Any, cast
from zoneinfo import ZoneInfo

from kpiterm.analysis.inventory.supply.model import Receiving
from kpiterm.analysis.reader import Reader
from kpiterm.i18n import said

_ANSWERS = frozenset({"reorder.accept", "reorder.adjust", "reorder.snooze"})
_LOG = "SELECT seq, happened_at, actor, kind, detail FROM event WHERE kind LIKE 'reorder.%' ORDER BY seq"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A published line, and the day on which somebody acknowledged or answered it."""

    seq: int
    account: str
    sku: str
    published: date
    order_by: date
    quantity: int
    acknowledged: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a person decided on a suggestion."""

    account: str
    sku: str
    day: date
    actor: str
    kind: str
    quantity: int | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """A SKU on a purchase order: when it was ordered, promised for, at the platform, and for sale. `receiving_days` is
    how long the platform usually takes."""

    id: str
    account: str
    sku: str
    ordered: date
    promised: date | None
    arrived: date | None
    received: date | None
    receiving_days: int


@dataclass(frozen=True, slots=True)
class Acts:
    """All acts, oldest first."""

    suggestions: Sequence[Suggestion]
    answers: Sequence[Answer]
    orders: Sequence[Ordered]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """What was done towards the delivery that a stock-out waited for."""

    suggested: date | None = None
    order_by: date | None = None
    acknowledged: date | None = None
    order: Ordered | None = None
    notes: tuple[str, ...] = ()


def usual_days(receiving: Receiving, day: date) -> int:
    """How long goods that come on a day take to be for sale, nine times of ten: longer in a season declared slow."""
    slow = [s.speed for s in receiving.slowdowns if _within((day.month, day.day), s.first, s.last)]
    return ceil(receiving.spread.p90 / min(slow, default=1.0))


def _within(day: tuple[int, int], first: tuple[int, int], last: tuple[int, int]) -> bool:
    return first <= day <= last if first <= last else day >= first or day <= last


def cycle_of(account: str, sku: str, first: date, end: date, acts: Acts) -> Cycle:
    """The delivery that a stock-out waited for is the one due first of those not for sale when it began. What was
    suggested since the order before it, which had come by then, belongs to it; the day to order by is the one that was
    published first."""
    orders = [o for o in acts.orders if (o.account, o.sku) == (account, sku) and o.ordered < end]
    waited_for = [o for o in orders if o.received is None or o.received >= first]
    order = min(waited_for, key=lambda o: (o.promised or o.received or date.max, o.ordered), default=None)
    limit = order.ordered if order else end
    before = max((o.ordered for o in orders if o not in waited_for and o.ordered < limit), default=date.min)
    last = min(end, order.ordered) if order else end
    mine = [s for s in acts.suggestions if (s.account, s.sku) == (account, sku) and before < s.published <= last]
    answers = [a for a in acts.answers if (a.account, a.sku) == (account, sku) and before < a.day <= last]
    heard = [*(s.acknowledged for s in mine if s.acknowledged), *(a.day for a in answers)]
    return Cycle(
        suggested=mine[0].published if mine else None,
        order_by=mine[0].order_by if mine else None,
        acknowledged=min(heard, default=None),
        order=order,
        notes=tuple(_note(a) for a in answers if a.kind != "reorder.accept"),
    )


def read_acts(reader: Reader, timezone: str, orders: Sequence[Ordered]) -> Acts:
    """The operation log's suggestions and answers, days in the contract's time zone, beside the purchase orders."""
    zone = ZoneInfo(timezone)
    entries = [
        (cast("int", seq), _day(cast("datetime", at), zone), str(actor), str(kind), json.loads(str(detail)))
        for seq, at, actor, kind, detail in reader.rows(_LOG)
    ]
    heard: dict[int, date] = {}
    for _, day, _, kind, detail in entries:
        if kind == "reorder.acknowledge":
            heard.setdefault(int(detail["publish"]), day)
    published = [(seq, day, detail) for seq, day, _, kind, detail in entries if kind == "reorder.publish"]
    suggestions = [s for seq, day, detail in published for s in _lines(seq, day, detail["lines"], heard.get(seq))]
    answers = [_answer(day, actor, kind, detail) for _, day, actor, kind, detail in entries if kind in _ANSWERS]
    return Acts(suggestions, answers, orders)


def _lines(seq: int, day: date, lines: Iterable[Mapping[str, Any]], heard: date | None) -> list[Suggestion]:
    return [
        Suggestion(
            seq=seq, account=line["account"], sku=line["sku"], published=day,
            order_by=date.fromisoformat(line["order_by"]), quantity=int(line["quantity"]), acknowledged=heard,
        )
        for line in lines
        if line.get("order_by") and int(line["quantity"]) > 0
    ]  # fmt: skip


def _answer(day: date, actor: str, kind: str, detail: Mapping[str, Any]) -> Answer:
    quantity = detail.get("quantity")
    return Answer(
        account=detail["account"], sku=detail["sku"], day=day, actor=actor, kind=kind,
        quantity=None if quantity is None else int(quantity), reason=str(detail.get("reason") or ""),
    )  # fmt: skip


def _note(answer: Answer) -> str:
    what = (
        said("put off by {0} on {1}", answer.actor, answer.day)
        if answer.kind == "reorder.snooze"
        else said("changed to {0} by {1} on {2}", answer.quantity, answer.actor, answer.day)
    )
    return said("{0}: {1}", what, answer.reason) if answer.reason else what


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.replace(tzinfo=UTC).astimezone(zone).date()
