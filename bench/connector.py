"""The Amazon connector with three bounds lifted that a load test would only wait for; everything else is the product's.

The quotas (one page of 100 orders in three minutes), the 20 pages of one search, and the pause before a report is asked
about for the first time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bench.bounded import SPAN, bounded
from kpiterm.plugins import Connector, hookimpl
from kpiterm_amazon import orders, wire
from kpiterm_amazon.connector import AMAZON

NAME = "bench"
REPORTS, PAGES = "orders", "orders-recent"


@hookimpl
def kpiterm_connectors() -> Iterable[Connector]:
    """The benchmarks' Amazon."""
    orders.MOST_PAGES = 1_000_000
    wire.FIRST_PAUSE = 0.001
    streams = bounded(AMAZON.stream(REPORTS)), bounded(AMAZON.stream(PAGES))
    return (replace(AMAZON, name=NAME, streams=streams, settings=(*AMAZON.settings, *SPAN), rates=()),)
