"""A first draft of a mapping: the table and columns that an export's header suggests, for its owner to finish."""

from __future__ import annotations

import re
import unicodedata
from itertools import islice

import tomli_w

from kpiterm.plugins import Sheet, facts
from kpiterm.sync.mapping import VERSION, fingerprint

_SAMPLE = 500
# Words that a header uses for a canonical column; the first column of the file that fits is proposed.
_WORDS = {
    "order_id": "order id|order number|order no|order|orderid|auftrag|auftragsnummer|bestellnummer|commande|pedido",
    "line_key": "order item id|order line|line id|line no|position|line",
    "ordered_at": "ordered at|order date|purchase date|order timestamp|bestelldatum|auftragsdatum|date|datum|fecha",
    "business_day": "business day",
    "status": "status|order status|estado del pedido|statut",
    "sku": "sku|sku code|seller sku|item number|item no|article|article no|artikel|artikelnummer|product id",
    "item_id": "asin|item id|product ean|ean|gtin|upc",
    "title": "title|product name|product|name|description|bezeichnung|artikelbezeichnung|titulo|descripcion",
    "quantity": "quantity|qty|units|menge|anzahl|quantite|cantidad|quantidade",
    "item_price": "item price|line total|price|amount|sales|revenue|total|umsatz|betrag|preis|montant|importe|preco",
    "discount": "discount|rabatt|remise|descuento|desconto",
    "shipping": "shipping|shipping cost|shipping price|freight value|freight|versand|versandkosten|porto|frete",
    "tax": "tax|vat|mwst|tva|iva|imposto",
    "currency": "currency|currency code|wahrung|devise|moneda|moeda",
    "fulfilment": "fulfilment|fulfillment",
    "channel": "channel|marketplace|sales channel|shop|store|marktplatz|kanal|canal",
    "day": "day|date|datum|fecha|data|tag|start date|startdatum|fecha de inicio",
    "last_day": "last day|end date|enddatum|fecha de fin",
    "taken_at": "taken at|date|snapshot date|datum|stichtag",
    "location": "location|warehouse|lager|almacen",
    "available": "available|stock|on hand|quantity on hand|bestand|verfugbar|qty|quantity|menge|existencias",
    "inbound": "inbound|incoming|on order|bestellt", "reserved": "reserved|reserviert|committed",
    "valid_from": "valid from|from|date|gultig ab|datum",
    "unit_cost": "unit cost|cost|cogs|landed cost|einkaufspreis|ek|purchase price|kosten|costo",
    "amount": "amount|total|betrag|cost|montant|importe", "kind": "kind|type|fee type|typ|art",
    "returned_at": "returned at|return date|rucksendedatum", "reason": "reason|return reason|grund",
    "price": "price|preis|precio|preco", "settlement_id": "settlement id|payout id",
    "posted_at": "posted at|posted date|payout date|date", "spend": "spend|cost|ausgaben|kosten",
    "campaign": "campaign|campaign name|kampagne|kampagnenname|nombre de la campana|nom de la campagne",
    "campaign_id": "campaign id", "clicks": "clicks|klicks|clics",
    "impressions": "impressions|impressionen|impresiones",
    "attributed_sales": "sales|attributed sales", "sessions": "sessions|visits",
    "keyword": "keyword|keyword phrase|search term|suchbegriff|关键词|关键词词组",
    "rank": "rank|organic rank|自然排名",
    "search_volume": "search volume|volume|suchvolumen|搜索量", "page_views": "page views|views",
    "units": "units|units ordered", "ordered_sales": "sales|ordered sales|revenue",
}  # fmt: skip
# A table is proposed where the header has all of these; the first such table.
_TABLES = {
    "ad_day": ("day", "campaign", "spend"),
    "settlement_line": ("settlement_id", "posted_at", "amount"),
    "return_line": ("order_id", "sku", "returned_at"),
    "order_line": ("order_id", "ordered_at"),
    "traffic_day": ("day", "sessions"),
    "keyword_rank": ("keyword", "search_volume"),
    "cost": ("sku", "valid_from", "unit_cost"),
    "stock_level": ("sku", "available"),
    "listing": ("sku", "price"),
    "fee": ("day", "kind", "amount"),
}


def draft(sheet: Sheet, name: str) -> str:
    """The text of a mapping file for the sheet, marked as a draft, with a comment for each column left over."""
    table = guess_table(sheet)
    columns = guess_columns(sheet, table)
    document: dict[str, object] = {"draft": True, "version": VERSION, "table": table, **_formats(sheet, columns)}
    document["fingerprint"] = fingerprint(sheet.header)
    lines = [
        f"# Mapping {name!r}, proposed from the header of {sheet.path.name}. Check every line; what the file says in",
        "# its own words (status) goes under [values.status], what it does not say (currency) under [constants].",
        "# Then delete the line 'draft' and import with: kpiterm import --map " + name + " FILE",
        "# Columns of the table: " + ", ".join((*(c.name for c in facts.TABLES[table].columns), "channel")),
    ]
    rest = [cell for cell in sheet.header if cell and cell not in columns.values()]
    lines += [f"# not used: {cell}" for cell in rest]
    text = tomli_w.dumps(document) + '# timezone = "Europe/Berlin"\n'
    return "\n".join(lines) + "\n\n" + text + "\n" + tomli_w.dumps({"columns": columns, "constants": {}})


def guess_table(sheet: Sheet) -> str:
    """The table that the header fits; order lines where it fits none."""
    fitting = (table for table, needed in _TABLES.items() if set(needed) <= guess_columns(sheet, table).keys())
    return next(fitting, "order_line")


def guess_columns(sheet: Sheet, table: str) -> dict[str, str]:
    """Canonical column to header cell; no cell is used twice."""
    plain = {cell: _plain(cell) for cell in sheet.header if cell}
    ranked = [
        (rank, order, ours, cell)
        for order, ours in enumerate((*(c.name for c in facts.TABLES[table].columns), "channel"))
        for rank, word in enumerate((ours.replace("_", " "), *_WORDS.get(ours, "").split("|")))
        for cell, text in plain.items()
        if text == word
    ]
    found: dict[str, str] = {}
    for _, _, ours, cell in sorted(ranked):
        if ours not in found and cell not in found.values():
            found[ours] = cell
    order = [c.name for c in facts.TABLES[table].columns] + ["channel"]
    return {ours: found[ours] for ours in order if ours in found}


def _plain(cell: str) -> str:
    letters = unicodedata.normalize("NFKD", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", cell)).casefold()
    return " ".join(re.sub(r"[^\w\s]|_", " ", "".join(c for c in letters if not unicodedata.combining(c))).split())


def _formats(sheet: Sheet, columns: dict[str, str]) -> dict[str, str]:
    """How the file writes dates and decimals, where its first rows show it."""
    at = {ours: sheet.header.index(theirs) for ours, theirs in columns.items()}
    rows = list(islice(sheet.rows(), _SAMPLE))
    texts = [row[n] or "" for row in rows for n in at.values()]
    found: dict[str, str] = {}
    days = [m for text in texts if (m := re.match(r"(\d{1,2})([-/.])(\d{1,2})\2\d{2,4}\b", text))]
    if any(m[2] == "." or int(m[1]) > 12 for m in days):  # with dots, nobody writes the month first
        found["dates"] = "day-first"
    elif any(int(m[3]) > 12 for m in days):
        found["dates"] = "month-first"
    if any(re.fullmatch(r"[^\d]*[\d.]*,\d{1,2}[^\d]*", text) for text in texts):
        found["decimals"] = "comma"
    elif any(re.fullmatch(r"[^\d]*[\d,]*\.\d{1,2}[^\d]*", text) for text in texts):
        found["decimals"] = "point"
    return found
