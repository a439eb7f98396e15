"""Why a value is missing, and what to doubt about one that is there."""

from __future__ import annotations

from kpiterm.analysis.kpi.coverage import gap, late_start
from kpiterm.analysis.kpi.definition import REMEDY, Definition
from kpiterm.analysis.kpi.frame import Frame, Question, frame
from kpiterm.analysis.kpi.outcome import NO_DATA, Outcome
from kpiterm.analysis.kpi.told_twice import doubts as told_twice
from kpiterm.analysis.kpi.told_twice import reads_orders
from kpiterm.analysis.period import comparison, label
from kpiterm.i18n import N_, named, said

REMEDIES = frozenset(
    {
        REMEDY,
        N_("import reviews: `kpiterm import FILE.csv --map`"),
        N_("import all feedback with its stars: `kpiterm import FILE.csv --map`"),
        N_("import or enter it: `kpiterm import FILE.csv`, or `kpiterm kpi enter {0} VALUE --period {1}`"),
        N_("give unit costs: `kpiterm import COSTS.csv --map` with sku, valid_from, unit_cost and currency"),
        N_("connect Helium 10 or Jungle Scout, or import a Keyword Tracker export"),
        N_("connect Helium 10's Market Tracker 360 and name your markets in the account's settings"),
        N_("enter it: `kpiterm kpi enter ipi VALUE --period {1}`"),
    }
)
"""Those of the KPIs that come with the program, as `kpis.toml` has them: what a translator is to see."""


def why_missing(question: Question, of: Frame, outcome: Outcome) -> str:
    """The reason in words, with the remedy where there is one."""
    if outcome.reason != NO_DATA:
        return outcome.reason or NO_DATA
    leaf = outcome.base or of.leaves[0]
    reason = _no_data(question, of.definition, frame(question, leaf, of.channel))
    if leaf.id == of.definition.id or of.definition.of:
        return reason
    return said("“{0}”: {1}", named(leaf.name), reason)


def _no_data(question: Question, definition: Definition, of: Frame) -> str:
    leaf = of.definition
    remedy = _remedy(leaf.remedy, definition.id, label(of.asked))
    if _only_summaries(question, leaf, of):
        return said("only summary rows, which cannot be put on a day: import a report with daily rows")
    if not of.covers:
        return said("no data: {0}", remedy)
    start, end = of.asked.start, of.asked.end
    last = max((c.last_day for c in of.covers if c.first_day <= end), default=None)
    later = min((c.first_day for c in of.covers if c.first_day > end), default=None)
    if last is None:
        return said("no data: they start on {0}, after the period", later)
    if of.today <= start:
        return said("no day of the period is over yet")
    if slow := next((c for c in of.covers if c.synced and c.synced <= start), None):
        return said("no data: {0} was read only up to {1}: {2}", slow.account, slow.synced, remedy)
    if last < start:
        if later:
            return said("no data: they end on {0}, before the period, and start again on {1}", last, later)
        return said("no data: they end on {0}, before the period: {1}", last, remedy)
    if all(c.synced for c in of.covers):
        span = of.span.start, of.span.through
        return said("no data: nothing from {0} to {1}, though it has been read", *span)
    return said("no data in the period: {0}", remedy)


def doubts(question: Question, of: Frame) -> tuple[str, ...]:
    """What makes a value less than it seems: days that are missing, or a comparison that began late."""
    found: list[str] = []
    if of.span.through < of.span.end < of.today:
        missing = (of.span.end - of.span.through).days
        through = of.span.through
        found.append(said("data through {0}: the last {1} days of the period are missing", through, missing))
    if any(leaf.measure and reads_orders(leaf.measure.table) for leaf in of.leaves):
        found += told_twice(question.told_twice(of.span), of.channel)
    grows = of.definition.kind == "growth"
    compared = [of.span, comparison(of.span)] if grows else [of.span]
    for leaf in of.leaves:
        covers = [c for c in question.covers(leaf) if of.channel in {None, c.channel}]
        for first, last in filter(None, (gap(covers, span) for span in compared if not leaf.is_reading)):
            found.append(said("no imported file covers {0} to {1}", first, last))
    if grows and not of.definition.like_for_like and (late := late_start(of.covers, of.span)):
        begun = late.channel, late.first_day
        found.append(said("data of {0} start on {1}, inside the period that is compared with", *begun))
    return tuple(dict.fromkeys(found))


def _remedy(remedy: str, kpi: str, period: str) -> str:
    """A definition's remedy with `{kpi}` and `{period}` in their places; only those of our own are told in Chinese."""
    template = remedy.replace("{kpi}", "{0}").replace("{period}", "{1}")
    if template in REMEDIES:
        return said(template, kpi, period)
    return remedy.replace("{kpi}", kpi).replace("{period}", period)


def _only_summaries(question: Question, leaf: Definition, of: Frame) -> bool:
    if leaf.measure is None or leaf.measure.table != "ad_day":
        return False
    rows = question.reader.rows(
        "SELECT count(*) FROM ad_day WHERE level = 'summary' AND day <= CAST($2 AS DATE) "
        "AND last_day >= CAST($1 AS DATE) AND channel = coalesce(CAST($3 AS VARCHAR), channel)",
        (of.asked.start, of.asked.end, of.channel),
    )
    return rows[0][0] != 0
