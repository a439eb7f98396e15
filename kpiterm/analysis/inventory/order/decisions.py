"""What people decided on suggestions, from the operation log: accepted, changed, put off; and what was published."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, cast

from kpiterm.analysis.clock import Clock
from kpiterm.analysis.inventory.order.line import Line
from kpiterm.analysis.inventory.order.shop import Key
from kpiterm.analysis.reader import Reader
from kpiterm.i18n import Said, said

PUBLISH, ACKNOWLEDGE, ACCEPT, ADJUST, SNOOZE = (
    f"reorder.{name}" for name in ("publish", "acknowledge", "accept", "adjust", "snooze")
)
Entry = tuple[int, datetime, str, str, Mapping[str, Any]]
"""An entry of the operation log: number, moment, who, kind, detail."""

_LOG = "SELECT seq, happened_at, actor, kind, detail FROM event WHERE kind LIKE 'reorder.%' ORDER BY seq"
_HOLDS = 14  # days after which a decision without a purchase order no longer speaks


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The last word on a suggestion: `kind` accept, adjust or snooze; a snooze holds until its day."""

    kind: str
    actor: str
    day: date
    quantity: int | None
    until: date | None
    reason: str

    def __str__(self) -> str:
        return str(self.sentence())

    def sentence(self) -> Said:
        """`changed to 480 by ops on 2026-11-20: MOQ`."""
        if self.kind == ACCEPT:
            what = said("accepted by {0} on {1}", self.actor, self.day)
        elif self.kind == ADJUST:
            what = said("changed to {0} by {1} on {2}", self.quantity, self.actor, self.day)
        else:
            what = said("put off until {0} by {1} on {2}", self.until, self.actor, self.day)
        return said("{0}: {1}", what, self.reason) if self.reason else what


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A published list: the log's number, when and by whom, its lines as they were, and who acknowledged it when."""

    seq: int
    at: datetime
    actor: str
    lines: Sequence[Mapping[str, Any]]
    acknowledged: tuple[str, date] | None


def read_decisions(reader: Reader, clock: Clock) -> dict[Key, Decision]:
    """Those of the store's operation log, as `decisions_of` gives them."""
    return decisions_of(_entries(reader), clock)


def decisions_of(entries: Iterable[Entry], clock: Clock) -> dict[Key, Decision]:
    """Decisions that still hold, by account, channel and SKU; a snooze that is over is none."""
    found: dict[Key, Decision] = {}
    for _, at, actor, kind, detail in entries:
        if kind not in {ACCEPT, ADJUST, SNOOZE}:
            continue
        key = str(detail["account"]), str(detail["channel"]), str(detail["sku"])
        until = detail.get("until")
        found[key] = Decision(
            kind=kind,
            actor=actor,
            day=clock.day(at, key[1]),
            quantity=detail.get("quantity"),
            until=date.fromisoformat(until) if until else None,
            reason=str(detail.get("reason") or ""),
        )
    return {key: one for key, one in found.items() if _holds(one, clock.today(key[1]))}


def read_published(reader: Reader) -> list[Published]:
    """Those of the store's operation log, as `published_of` gives them."""
    return published_of(_entries(reader))


def published_of(entries: Iterable[Entry]) -> list[Published]:
    """Every list that was published, oldest first."""
    found: dict[int, Published] = {}
    heard: dict[int, tuple[str, date]] = {}
    for seq, at, actor, kind, detail in entries:
        if kind == PUBLISH:
            found[seq] = Published(seq=seq, at=at, actor=actor, lines=detail["lines"], acknowledged=None)
        elif kind == ACKNOWLEDGE:
            heard.setdefault(int(detail["publish"]), (actor, at.date()))
    return [
        Published(seq=p.seq, at=p.at, actor=p.actor, lines=p.lines, acknowledged=heard.get(p.seq))
        for p in found.values()
    ]


def published_line(line: Line) -> dict[str, object]:
    """What a published list says of a suggestion."""
    return {
        "account": line.account, "channel": line.channel, "sku": line.sku, "quantity": line.quantity,
        "order_by": f"{line.order_by}" if line.order_by else None, "late": line.late, "mode": line.mode,
        "stockout_date": f"{line.gone}" if line.gone else None,
        "split": [{"mode": part.mode, "quantity": part.quantity} for part in line.parts],
    }  # fmt: skip


def is_open(line: Line) -> bool:
    """Whether nobody has decided on it yet."""
    return line.decision is None


def _holds(decision: Decision, today: date) -> bool:
    if decision.kind == SNOOZE:
        return decision.until is None or decision.until > today
    return (today - decision.day).days < _HOLDS


def _entries(reader: Reader) -> Iterator[Entry]:
    for seq, at, actor, kind, detail in reader.rows(_LOG):
        moment = cast("datetime", at).replace(tzinfo=UTC)
        yield cast("int", seq), moment, str(actor), str(kind), json.loads(str(detail))
