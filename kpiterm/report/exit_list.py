"""The sections of an exit handover: what has to be handed over and how far it is, and the files with their hashes."""

from __future__ import annotations

from decimal import Decimal

from kpiterm.i18n import Translate
from kpiterm.report.blocks import Cell, Paragraph, Section, Table
from kpiterm.report.pack import Pack


def items(pack: Pack, language: str, _: Translate) -> Section:
    rows = [
        [
            Cell(item["name"]),
            Cell(item["state"][language], tone="good" if item["done"] else "bad"),
            Cell(item["evidence"]),
        ]
        for item in pack["handover"]
    ]
    header = [_("Item"), _("State"), _("Evidence")]
    return Section(_("Handover list"), [Table(name=_("Handover list"), header=header, rows=rows)])


def files(pack: Pack, _: Translate) -> Section | None:
    if not pack["files"]:
        return Section(_("Files"), [Paragraph(_("Nothing was exported yet: `kpiterm contract handover --out DIR`."))])
    rows = [
        [
            Cell(file["name"]),
            Cell(f"{file['bytes']:,}", Decimal(file["bytes"]), "#,##0"),
            Cell(file["sha256"], tone="faint"),
        ]
        for file in pack["files"]
    ]
    return Section(
        _("Files"), [Table(name=_("Files"), header=[_("File"), _("Bytes"), "sha256"], rows=rows, right=(1,))]
    )
