"""kpiterm's Helium 10 connector: its MCP server, Market Tracker 360, and the files that its tools export."""

from __future__ import annotations

from collections.abc import Iterable

from kpiterm.plugins import Connector, Importer, hookimpl


@hookimpl
def kpiterm_connectors() -> Iterable[Connector]:
    """The one connector of this plugin."""
    from kpiterm_helium10.connector import HELIUM10

    return (HELIUM10,)


@hookimpl
def kpiterm_importers() -> Iterable[Importer]:
    """Readers of the files that Xray, Cerebro, Magnet, Keyword Tracker and Black Box export."""
    from kpiterm_helium10.import_files import IMPORTERS

    return IMPORTERS
