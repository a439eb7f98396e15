"""kpiterm's Jungle Scout connector: market estimates by its API, and Keyword Scout exports."""

from __future__ import annotations

from collections.abc import Iterable

from kpiterm.plugins import Connector, Importer, hookimpl


@hookimpl
def kpiterm_connectors() -> Iterable[Connector]:
    """The one connector of this plugin."""
    from kpiterm_junglescout.connector import JUNGLESCOUT

    return (JUNGLESCOUT,)


@hookimpl
def kpiterm_importers() -> Iterable[Importer]:
    """The reader of Keyword Scout exports."""
    from kpiterm_junglescout.import_keywords import KEYWORD_SCOUT

    return (KEYWORD_SCOUT,)
