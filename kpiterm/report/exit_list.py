"""The sections of an exit handover: what has to be handed over and how far it is, and the exports with their hashes."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from kpiterm.i18n import Translate
from kpiterm.report.blocks import Cell, Paragraph, Section, Table
from kpiterm.report.pack import Pack


def items(pack: Pack, _: Translate) -> Section:
    """Every agreed item, in the order of the contract."""
    rows = [
        [Cell(item["name"]), _state(item, _), Cell("\n".join(item["evidence"]), tone="faint")]
        for item in pack["handover"]
    ]
    heading = _("Handover list")
    if not rows:
        return Section(heading, [Paragraph(_("The contract names nothing to hand over."), "faint")])
    return Section(heading, [Table(name=heading, header=[_("Item"), _("State"), _("Evidence")], rows=rows)])


def _state(item: Mapping[str, Any], _: Translate) -> Cell:
    if not item["done"]:
        return Cell(_("✗ open"), tone="bad")
    text = _("✓ {0} by {1}").format(item["day"], item["actor"])
    return Cell(f"{text}: {item['note']}" if item["note"] else text, tone="good")


def exports(pack: Pack, _: Translate) -> Section:
    """What was exported when; the manifest's hash covers every file."""
    heading = _("Exports")
    if not pack["exports"]:
        return Section(
            heading, [Paragraph(_("Nothing was exported yet: `kpiterm contract handover --out DIR`."), "bad")]
        )
    rows = [
        [
            Cell(export["day"]),
            Cell(f"{export['files']:,}", Decimal(export["files"]), "#,##0"),
            Cell(f"{export['rows']:,}", Decimal(export["rows"]), "#,##0"),
            Cell(export["manifest"], tone="faint"),
        ]
        for export in pack["exports"]
    ]
    header = [_("Day"), _("Files"), _("Rows"), _("Manifest")]
    return Section(heading, [Table(name=heading, header=header, rows=rows, right=(1, 2))])
