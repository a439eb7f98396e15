"""Which KPI's rows tell the cause of another's change, and the reasons why there may be none to tell."""

from __future__ import annotations

from datetime import date

from kpiterm.analysis.cause.composed import terms_of
from kpiterm.analysis.cause.result import By, Note
from kpiterm.analysis.cause.rows import Sides
from kpiterm.analysis.kpi.coverage import QUIET
from kpiterm.analysis.kpi.definition import Definition
from kpiterm.analysis.kpi.frame import Frame, Question
from kpiterm.analysis.period import label
from kpiterm.errors import UsageError
from kpiterm.i18n import named

ADDITIVE = {"sum", "ratio", "weighted"}
COMPOSED = {"net", "share"}


def base_of(question: Question, definition: Definition, channel: str | None) -> tuple[Definition, list[Note]]:
    """The KPI whose rows are read: what a growth grows from, or, where it has no rows, the one named instead."""
    base = question.catalogue[definition.of or definition.id]
    if base.kind in COMPOSED and not (base.per_day or base.apart or definition.like_for_like):
        terms_of(question, base)
        return base, []
    if base.measure is None or base.kind not in ADDITIVE:
        raise UsageError(
            f"{definition.id} cannot be taken apart: a KPI of kind {base.kind} is no sum of its lines",
            hint=f"`kpiterm kpi show {definition.id}` shows each channel's own value",
        )
    if base.per_day or definition.like_for_like:
        plain = _plainer(question, definition, base)
        hint = f"`kpiterm kpi explain {plain}` explains the change itself"
        raise UsageError(f"{definition.id} changes what it compares, by days or by accounts", hint=hint)
    if base.apart and channel is None:
        raise UsageError(f"{base.id}: its channels are never taken together", hint="add --channel CHANNEL")
    if not base.instead:
        return base, []
    instead = question.catalogue[base.instead]
    own, others = ({c.channel for c in question.covers(kpi) if channel in {None, c.channel}} for kpi in (base, instead))
    if others and not own:
        return instead, []
    name = named(instead.name, question.config.language)
    return base, [Note("left_out", (other, name)) for other in sorted(others - own)]


def usual_by(question: Question, base: Definition, channel: str | None) -> By:
    """By channel; within one channel by what the rows name."""
    if channel is None:
        return "channel"
    tables = {leaf.measure.table for leaf in question.leaves(base) if leaf.measure}
    return "campaign" if tables == {"ad_day"} else "sku"


def check_sides(question: Question, base: Definition, frame: Frame, sides: Sides) -> list[Note]:
    """Refuses periods without any day that can be compared; notes the channels whose data only began in between."""
    first: dict[tuple[str, str], date] = {}
    for cover in frame.covers:
        key = cover.channel, cover.account
        first[key] = min(first.get(key, cover.first_day), cover.first_day)
    if not first:
        raise no_data(question, base, frame)
    if (begin := min(first.values())) > sides.against.through:
        hint = f"the period that is compared with must not end before {begin}: add a later --period"
        raise UsageError(f"{base.id}: nothing to compare with, the data start on {begin}", hint=hint)
    late = {channel: day for (channel, _), day in first.items() if sides.against.start + QUIET < day}
    return [Note("late_start", (name, f"{day}")) for name, day in late.items() if day <= sides.period.through]


def no_data(question: Question, base: Definition, frame: Frame) -> UsageError:
    """What to do where there are no rows."""
    channels = sorted({cover.channel for leaf in question.leaves(base) for cover in question.covers(leaf)})
    if frame.channel and frame.channel not in channels:
        known = ", ".join(channels) or "none yet: run `kpiterm sync`"
        return UsageError(f"no channel {frame.channel!r} has data for {base.id}", hint=f"channels: {known}")
    hint = base.remedy.replace("{period}", label(frame.asked)).replace("{kpi}", base.id)
    return UsageError(f"{base.id}: no data in {label(frame.asked)}, nor in the period before", hint=hint)


def _plainer(question: Question, definition: Definition, base: Definition) -> str:
    """The KPI of the same rows that is not changed in this way."""
    if definition.like_for_like:
        return base.id
    same = (
        d.id for d in question.catalogue.values() if d.measure == base.measure and not d.per_day and d.kind == "sum"
    )
    return next(same, base.id)
