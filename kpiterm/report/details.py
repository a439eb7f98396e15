"""The sections on the rest: all figures by group, stock, accounts, deadlines, findings, action items, definitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from kpiterm.i18n import N_, Translate
from kpiterm.report import figures
from kpiterm.report.blocks import Block, Bullets, Cell, Paragraph, Section, Table, Tone
from kpiterm.report.pack import Pack

_GROUPS = {
    "sales": N_("Sales"), "profit": N_("Profit"), "ads": N_("Advertising"), "traffic": N_("Traffic"),
    "customers": N_("Customers"), "health": N_("Account health"), "stock": N_("Stock"), "market": N_("Market"),
    "other": N_("Other"),
}  # fmt: skip
_EXPLAINED = 5  # orders with their reasons in words; `kpiterm reorder --explain` tells all of them
_SIDES = {"seller": N_("seller"), "provider": N_("provider"), "both": N_("both")}
_ACCOUNT: Mapping[str, tuple[Tone, str]] = {
    "ok": ("good", N_("complete")), "partial": ("watch", N_("partial")), "failed": ("bad", N_("failed")),
    "never": ("faint", N_("never")),
}  # fmt: skip


def all_figures(pack: Pack, language: str, _: Translate) -> Section:
    """Every KPI of all channels together, or of each channel where there is no total, by group."""
    blocks: list[Block] = []
    for group, heading in _GROUPS.items():
        entries = [e for e in pack["kpis"] if e["group"] == group and e["value"] is not None]
        if entries:
            blocks.append(_group(pack, _(heading), entries, language, _))
    return Section(_("All figures"), blocks)


def _group(pack: Pack, heading: str, entries: Sequence[Mapping[str, Any]], language: str, _: Translate) -> Table:
    rows = [
        [
            Cell(pack["definitions"][e["id"]]["name"][language]),
            Cell("" if e["channel"] == "all" else e["channel"]),
            figures.value(e),
            figures.value(e, "previous"),
            figures.change(e),
            figures.state(e, _),
            Cell(e["data_through"] or "—"),
        ]
        for e in entries
    ]
    header = [heading, _("Channel"), _("Value"), _("Before"), _("Change"), _("State"), _("Data through")]
    return Table(name=heading, header=header, rows=rows, right=(2, 3, 4))


def gaps(pack: Pack, language: str, _: Translate) -> Section | None:
    """Figures that there are no data for, and what to do about each."""
    rows = [
        [Cell(pack["definitions"][e["id"]]["name"][language]), Cell(e["channel"]), Cell(figures.reason(e, language))]
        for e in pack["kpis"]
        if e["value"] is None
    ]
    if not rows:
        return None
    return Section(
        _("Gaps"), [Table(name=_("Gaps"), header=[_("KPI"), _("Channel"), _("Why, and what to do")], rows=rows)]
    )


def stock(pack: Pack, language: str, _: Translate) -> Section | None:
    """What to order, the most urgent first."""
    lines = pack["reorder"]
    if not lines:
        return None
    rows = [
        [
            Cell(line["sku"]),
            Cell(line["channel"]),
            Cell(f"{line['available']:,}", Decimal(line["available"]), "#,##0"),
            Cell(f"{line['inbound']:,}", Decimal(line["inbound"]), "#,##0"),
            Cell(line["stockout_date"] or "—"),
            Cell(line["order_by"] or "—", tone="bad" if line["late"] else "plain"),
            Cell(f"{line['quantity']:,}", Decimal(line["quantity"]), "#,##0"),
        ]
        for line in lines
    ]
    header = [
        "SKU", _("Channel"), _("On hand"), _("On the way"), _("Sold out on"), _("Order by"), _("Order"),
    ]  # fmt: skip
    table = Table(name=_("What to order"), header=header, rows=rows, right=(2, 3, 6))
    told = [f"{line['sku']} · {line['channel']}: {line['sentence'][language]}" for line in lines[:_EXPLAINED]]
    return Section(_("What to order"), [table, Bullets(told)])


def minutes(pack: Pack, _: Translate) -> Section:
    """What was said last time, and every action item that is open or was done since."""
    blocks: list[Block] = [Paragraph(f"{note['day']} · {note['author']}: {note['text']}") for note in pack["minutes"]]
    rows = [
        [
            Cell(f"#{a['number']}"),
            Cell(a["text"]),
            Cell(_(_SIDES.get(a["owner"], a["owner"]))),
            Cell(a["due"] or "—"),
            _progress(a, _),
        ]
        for a in pack["actions"]
    ]
    header = ["#", _("Action"), _("Owner"), _("Due"), _("State")]
    if rows:
        blocks.append(Table(name=_("Actions"), header=header, rows=rows))
    else:
        blocks.append(Paragraph(_("No action items are open. `kpiterm report action add` enters one."), "faint"))
    return Section(_("Minutes and actions"), blocks)


def _progress(action: Mapping[str, Any], _: Translate) -> Cell:
    if action["done"]:
        return Cell(_("✓ done {0}").format(action["done"]), tone="good")
    return Cell(_("✗ overdue"), tone="bad") if action["late"] else Cell(_("open"))


def data(pack: Pack, _: Translate) -> Section:
    """Where the figures come from and how fresh they are."""
    rows = [
        [
            Cell(a["name"]),
            Cell(a["connector"]),
            _sync(a["status"], _),
            Cell(a["last_sync"][:16].replace("T", " ") if a["last_sync"] else "—"),
            Cell(a["error"] or ""),
        ]
        for a in pack["accounts"]
    ]
    header = [_("Account"), _("Connector"), _("Last sync"), _("At"), _("Error")]
    notes = [
        Paragraph(f"{a['name']} · {s['name']}: {s['note']}", "faint")
        for a in pack["accounts"]
        for s in a["streams"]
        if s["note"]
    ]
    return Section(_("Data behind it"), [Table(name=_("Accounts"), header=header, rows=rows), *notes])


def _sync(status: str, _: Translate) -> Cell:
    tone, word = _ACCOUNT[status]
    return Cell(_(word), tone=tone)


def definitions(pack: Pack, language: str, _: Translate) -> Section:
    """What each agreed figure means, to the version that was signed."""
    counted = {e["id"] for e in pack["kpis"] if e["weight"] is not None}
    rows = [
        [
            Cell(d["name"][language]),
            Cell(d["sentence"][language]),
            Cell(f"v{d['version']} {d['hash'][7:19]}", tone="faint"),
        ]
        for kpi, d in pack["definitions"].items()
        if kpi in counted
    ]
    return Section(
        _("Definitions"),
        [Table(name=_("Definitions"), header=[_("KPI"), _("What is counted"), _("Version")], rows=rows)],
    )
