"""kpiterm's own plugin, registered through the same door as all others."""

from __future__ import annotations

from kpiterm.plugins.model import Importer
from kpiterm.plugins.spec import hookimpl


@hookimpl
def kpiterm_importers() -> tuple[Importer, ...]:
    """Readers of the files that belong to no marketplace."""
    from kpiterm.plugins.contacts import CONTACTS

    return (CONTACTS,)
