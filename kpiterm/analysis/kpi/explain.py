"""Why a value is missing, and what to doubt about one that is there."""

from __future__ import annotations

from kpiterm.analysis.kpi.coverage import gap, late_start
from kpiterm.analysis.kpi.definition import Definition
from kpiterm.analysis.kpi.frame import Frame, Question
from kpiterm.analysis.kpi.outcome import NO_DATA, Outcome
from kpiterm.analysis.period import comparison, label


def why_missing(question: Question, definition: Definition, frame: Frame, outcome: Outcome) -> str:
    """The reason in words, with the remedy where there is one."""
    if outcome.reason != NO_DATA:
        return outcome.reason or NO_DATA
    remedy = frame.base.remedy.replace("{period}", label(frame.asked)).replace("{kpi}", definition.id)
    if _only_summaries(question, frame):
        return "only summary rows, which cannot be put on a day: import a report with daily rows"
    if not frame.covers:
        return f"{NO_DATA}: {remedy}"
    start, end = frame.asked.start, frame.asked.end
    last = max((c.last_day for c in frame.covers if c.first_day <= end), default=None)
    later = min((c.first_day for c in frame.covers if c.first_day > end), default=None)
    if last is None:
        return f"{NO_DATA}: they start on {later}, after the period"
    if frame.today <= start:
        return "no day of the period is over yet"
    if slow := next((c for c in frame.covers if c.synced and c.synced <= start), None):
        return f"{NO_DATA}: {slow.account} was read only up to {slow.synced}: {remedy}"
    if last < start:
        return f"{NO_DATA}: they end on {last}, before the period" + (
            f", and start again on {later}" if later else f": {remedy}"
        )
    if all(c.synced for c in frame.covers):
        return f"{NO_DATA}: nothing from {frame.span.start} to {frame.span.through}, though it has been read"
    return f"{NO_DATA} in the period: {remedy}"


def doubts(definition: Definition, frame: Frame) -> tuple[str, ...]:
    """What makes a value less than it seems: days that are missing, or a comparison that began late."""
    found = []
    if frame.span.through < frame.span.end < frame.today:
        missing = (frame.span.end - frame.span.through).days
        found.append(f"data through {frame.span.through}: the last {missing} days of the period are missing")
    compared = [frame.span, comparison(frame.span)] if definition.kind == "growth" else [frame.span]
    for first, last in filter(None, (gap(frame.covers, span) for span in compared if not frame.readings)):
        found.append(f"no imported file covers {first} to {last}")
    if definition.kind == "growth" and (late := late_start(frame.covers, frame.span)):
        found.append(f"data of {late.channel} start on {late.first_day}, inside the period that is compared with")
    return tuple(found)


def _only_summaries(question: Question, frame: Frame) -> bool:
    measure = frame.base.measure
    if measure is None or measure.table != "ad_day":
        return False
    rows = question.reader.rows(
        "SELECT count(*) FROM ad_day WHERE level = 'summary' AND day <= CAST($2 AS DATE) "
        "AND last_day >= CAST($1 AS DATE) AND channel = coalesce(CAST($3 AS VARCHAR), channel)",
        (frame.asked.start, frame.asked.end, frame.channel),
    )
    return rows[0][0] != 0
