"""The sections of an onboarding diagnosis: account health, ad structure, stock, and a KPI frame to negotiate from."""

from __future__ import annotations

from decimal import Decimal

from kpiterm.analysis.format import format_target, format_value
from kpiterm.analysis.view import Target
from kpiterm.i18n import N_, Translate
from kpiterm.report import figures
from kpiterm.report.blocks import Block, Cell, Paragraph, Section, Table
from kpiterm.report.pack import Pack

_STOCK = {
    "skus": N_("SKUs with a stock reading"), "out": N_("sold out now"), "low": N_("less than 28 days of cover"),
    "slow": N_("more than 180 days of cover"), "idle": N_("in stock and not sold in 90 days"),
}  # fmt: skip


def health(pack: Pack, language: str, _: Translate) -> Section:
    """Each platform's own standards and where the shop stands."""
    entries = [e for e in pack["kpis"] if e["group"] in {"health", "customers"} and e["target"]]
    rows = [
        [
            Cell(pack["definitions"][e["id"]]["name"][language]),
            Cell("" if e["channel"] == "all" else e["channel"]),
            figures.value(e),
            figures.target(e),
            figures.state(e, _),
        ]
        for e in entries
    ]
    header = [_("Standard"), _("Channel"), _("Value"), _("Target"), _("State")]
    blocks: list[Block] = [Table(name=_("Account health"), header=header, rows=rows, right=(2, 3))] if rows else []
    return Section(_("Account health"), blocks or [Paragraph(_("No platform reports a rate yet."), "faint")])


def ads(pack: Pack, _: Translate) -> Section:
    """What each campaign of the last 90 days spent and brought, the most expensive first."""
    rows = []
    for campaign in pack["ads"]:
        currency, spend, sales = campaign["currency"], Decimal(campaign["spend"]), Decimal(campaign["sales"])
        acos = spend / sales if sales else None
        rows.append(
            [
                Cell(campaign["channel"]),
                Cell(campaign["product"] or ""),
                Cell(campaign["name"] or "—"),
                figures.money(campaign["spend"], currency),
                figures.money(campaign["sales"], currency),
                Cell(format_value(acos, "ratio"), acos, "0.0%")
                if acos is not None
                else Cell(_("no sales"), tone="bad"),
                Cell(format_value(Decimal(campaign["share"]), "ratio"), Decimal(campaign["share"]), "0.0%"),
            ]
        )
    header = [_("Channel"), _("Product"), _("Campaign"), _("Spend"), _("Ad sales"), "ACoS", _("Share of spend")]
    if not rows:
        return Section(_("Ad structure"), [Paragraph(_("No ad account is connected, or nothing was spent."), "faint")])
    return Section(_("Ad structure"), [Table(name=_("Ad structure"), header=header, rows=rows, right=(3, 4, 5, 6))])


def stock(pack: Pack, _: Translate) -> Section:
    """How many SKUs are short, and how many lie too long."""
    rows = [
        [Cell(channel), *(Cell(f"{counts[key]:,}", Decimal(counts[key]), "#,##0") for key in _STOCK)]
        for channel, counts in pack["stock"].items()
    ]
    if not rows:
        return Section(_("Stock"), [Paragraph(_("No stock reading yet."), "faint")])
    header = [_("Channel"), *(_(text) for text in _STOCK.values())]
    return Section(_("Stock"), [Table(name=_("Stock"), header=header, rows=rows, right=range(1, len(header)))])


def frame(pack: Pack, language: str, _: Translate) -> Section:
    """Targets that the shop's own last months bear out: the middle month as the floor, the best third as the target."""
    rows = []
    for item in pack["frame"]:
        unit, currency = item["unit"], item["currency"]
        rows.append(
            [
                Cell(pack["definitions"][item["id"]]["name"][language]),
                Cell(item["weight"], Decimal(item["weight"]), "0"),
                *(Cell(format_value(Decimal(item[key]), unit, currency)) for key in ("worst", "middle", "best")),
                Cell(format_target(Target(item["op"], Decimal(item["target"])), unit, currency)),
                Cell(_("{0} months").format(item["months"])),
            ]
        )
    header = [
        _("KPI"),
        _("Weight"),
        _("Worst month"),
        _("Middle month"),
        _("Best month"),
        _("Target to discuss"),
        _("Seen"),
    ]
    blocks: list[Block] = [
        Paragraph(
            _(
                "A proposal to negotiate from, no promise: the target is what the better third of the shop's own "
                "months reached, the floor the middle month. `kpiterm contract check` tells what is wrong with a draft."
            )
        )
    ]
    if rows:
        blocks.append(Table(name=_("Suggested KPI frame"), header=header, rows=rows, right=(1, 2, 3, 4)))
    else:
        blocks.append(Paragraph(_("Fewer than three whole months of data: too few for a proposal."), "faint"))
    return Section(_("Suggested KPI frame"), blocks)
