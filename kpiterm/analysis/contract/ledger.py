"""What the operation log says of a contract: closings, claims and their resolution, relief, and suspended days."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from kpiterm.analysis.contract.model import Contract
from kpiterm.analysis.reader import Reader
from kpiterm.analysis.view import Span

CLOSE, DISPUTE, EXPLAIN, RESOLVE, RELIEF, SUSPEND, RESUME = (
    "contract.close", "contract.dispute", "contract.explain", "contract.resolve", "contract.relief", "contract.suspend",
    "contract.resume",
)  # fmt: skip
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Note:
    """An entry about the contract; `day` is its day in the contract's own time zone."""

    seq: int
    day: date
    actor: str
    kind: str
    detail: Mapping[str, Any]
    hash: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """All entries about one contract, oldest first, and the operation log's last entry of any kind."""

    notes: Sequence[Note]
    head: Mapping[str, object] | None

    def of(self, kind: str, period: str | None = None) -> list[Note]:
        return [n for n in self.notes if n.kind == kind and period in {None, n.detail.get("period")}]

    def closing(self, period: str) -> Note | None:
        return next(iter(self.of(CLOSE, period)), None)

    def open_claims(self, period: str) -> dict[str, dict[str, str]]:
        """Each party's claims about a month that no later resolution settled."""
        resolved = max((n.seq for n in self.of(RESOLVE, period)), default=0)
        claims: dict[str, dict[str, str]] = {}
        for note in self.of(DISPUTE, period):
            if note.seq > resolved:
                claims.setdefault(note.detail["party"], {}).update(note.detail["claims"])
        return claims

    def disputed_on(self, period: str) -> date | None:
        """The day on which the claims that are still open were first raised."""
        resolved = max((n.seq for n in self.of(RESOLVE, period)), default=0)
        return next((n.day for n in self.of(DISPUTE, period) if n.seq > resolved), None)

    def agreed(self, period: str) -> dict[str, str]:
        """The figures that resolutions of a month's disputes settled on."""
        return {key: value for note in self.of(RESOLVE, period) for key, value in note.detail["values"].items()}

    def relief(self, period: str) -> list[dict[str, object]]:
        """Relief of a month, with the sides that approved the very same share, cause and fault, and the same days by
        SKU where these were named. An approval on a day after its `expires` does not count."""
        found: dict[str, dict[str, Any]] = {}
        for note in self.of(RELIEF, period):
            if note.day > date.fromisoformat(note.detail.get("expires") or f"{note.day}"):
                continue
            same = {key: note.detail[key] for key in ("kpi", "share", "fault", "cause")}
            masked = json.dumps([same, note.detail.get("mask_hash")], sort_keys=True)
            entry = found.setdefault(masked, {**same, "approvals": [], "evidence": []})
            entry["approvals"] = sorted({*entry["approvals"], note.detail["side"]})
            entry["evidence"] = [*entry["evidence"], f"log:{note.seq}:{note.hash}"]
        latest: dict[str, dict[str, object]] = {}
        for entry in found.values():  # of several on one KPI, the one that most sides approved; of equals the last
            other = latest.get(entry["kpi"])
            if other is None or len(entry["approvals"]) >= len(cast("list[str]", other["approvals"])):
                latest[entry["kpi"]] = entry
        return list(latest.values())

    def suspended(self, span: Span) -> set[date]:
        """The days of a period on which the service was suspended."""
        days: set[date] = set()
        since: date | None = None
        changes = [n for n in self.notes if n.kind in {SUSPEND, RESUME}]
        for note in sorted(changes, key=lambda n: (n.detail["from"], n.seq)):
            day = date.fromisoformat(note.detail["from"])
            if note.kind == SUSPEND:
                since = since or day
            elif since:
                days |= _between(since, day - _DAY, span)
                since = None
        return days | (_between(since, span.end, span) if since else set())

    def is_suspended(self, day: date) -> bool:
        return bool(self.suspended(Span(day, day, day)))


def read_ledger(reader: Reader, contract: Contract) -> Ledger:
    """The operation log as far as the reader knows it."""
    rows = reader.rows("SELECT seq, happened_at, actor, kind, detail, hash FROM event ORDER BY seq")
    zone = ZoneInfo(contract.timezone)
    notes = []
    for seq, happened, actor, kind, detail, digest in rows:
        if not str(kind).startswith("contract."):
            continue
        told = json.loads(str(detail))
        if told.get("contract") == contract.id:
            day = cast("datetime", happened).replace(tzinfo=UTC).astimezone(zone).date()
            notes.append(Note(cast("int", seq), day, str(actor), str(kind), told, str(digest)))
    head = {"seq": rows[-1][0], "hash": rows[-1][5]} if rows else None
    return Ledger(notes, head)


def _between(first: date, last: date, span: Span) -> set[date]:
    first, last = max(first, span.start), min(last, span.end)
    return {first + n * _DAY for n in range((last - first).days + 1)}
