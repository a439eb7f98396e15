"""Why a value is missing, and what to doubt about one that is there."""

from __future__ import annotations

from kpiterm.analysis.kpi.coverage import gap, late_start
from kpiterm.analysis.kpi.definition import Definition
from kpiterm.analysis.kpi.frame import Frame, Question, frame
from kpiterm.analysis.kpi.outcome import NO_DATA, Outcome
from kpiterm.analysis.kpi.told_twice import doubts as told_twice
from kpiterm.analysis.kpi.told_twice import reads_orders
from kpiterm.analysis.period import comparison, label


def why_missing(question: Question, of: Frame, outcome: Outcome) -> str:
    """The reason in words, with the remedy where there is one."""
    if outcome.reason != NO_DATA:
        return outcome.reason or NO_DATA
    leaf = outcome.base or of.leaves[0]
    reason = _no_data(question, of.definition, frame(question, leaf, of.channel))
    if leaf.id == of.definition.id or of.definition.of:
        return reason
    return f"“{leaf.name[question.config.language]}”: {reason}"


def _no_data(question: Question, definition: Definition, of: Frame) -> str:
    leaf = of.definition
    remedy = leaf.remedy.replace("{period}", label(of.asked)).replace("{kpi}", definition.id)
    if _only_summaries(question, leaf, of):
        return "only summary rows, which cannot be put on a day: import a report with daily rows"
    if not of.covers:
        return f"{NO_DATA}: {remedy}"
    start, end = of.asked.start, of.asked.end
    last = max((c.last_day for c in of.covers if c.first_day <= end), default=None)
    later = min((c.first_day for c in of.covers if c.first_day > end), default=None)
    if last is None:
        return f"{NO_DATA}: they start on {later}, after the period"
    if of.today <= start:
        return "no day of the period is over yet"
    if slow := next((c for c in of.covers if c.synced and c.synced <= start), None):
        return f"{NO_DATA}: {slow.account} was read only up to {slow.synced}: {remedy}"
    if last < start:
        return f"{NO_DATA}: they end on {last}, before the period" + (
            f", and start again on {later}" if later else f": {remedy}"
        )
    if all(c.synced for c in of.covers):
        return f"{NO_DATA}: nothing from {of.span.start} to {of.span.through}, though it has been read"
    return f"{NO_DATA} in the period: {remedy}"


def doubts(question: Question, of: Frame) -> tuple[str, ...]:
    """What makes a value less than it seems: days that are missing, or a comparison that began late."""
    found = []
    if of.span.through < of.span.end < of.today:
        missing = (of.span.end - of.span.through).days
        found.append(f"data through {of.span.through}: the last {missing} days of the period are missing")
    if any(leaf.measure and reads_orders(leaf.measure.table) for leaf in of.leaves):
        found += told_twice(question.told_twice(of.span), of.channel)
    grows = of.definition.kind == "growth"
    compared = [of.span, comparison(of.span)] if grows else [of.span]
    for leaf in of.leaves:
        covers = [c for c in question.covers(leaf) if of.channel in {None, c.channel}]
        for first, last in filter(None, (gap(covers, span) for span in compared if not leaf.is_reading)):
            found.append(f"no imported file covers {first} to {last}")
    if grows and not of.definition.like_for_like and (late := late_start(of.covers, of.span)):
        found.append(f"data of {late.channel} start on {late.first_day}, inside the period that is compared with")
    return tuple(dict.fromkeys(found))


def _only_summaries(question: Question, leaf: Definition, of: Frame) -> bool:
    if leaf.measure is None or leaf.measure.table != "ad_day":
        return False
    rows = question.reader.rows(
        "SELECT count(*) FROM ad_day WHERE level = 'summary' AND day <= CAST($2 AS DATE) "
        "AND last_day >= CAST($1 AS DATE) AND channel = coalesce(CAST($3 AS VARCHAR), channel)",
        (of.asked.start, of.asked.end, of.channel),
    )
    return rows[0][0] != 0
