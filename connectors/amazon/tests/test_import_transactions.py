"""Transaction reports in the languages of Amazon: the same transaction, the same lines, adding up to its total."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpiterm.plugins import Note, Payload, Rejected
from kpiterm.sync.imports_unknown import unknown
from kpiterm.sync.sheets import open_sheets
from kpiterm_amazon.import_files import IMPORTERS
from kpiterm_amazon.import_transactions import posted, read

Line = dict[str, str]


def parse(path: Path, header: Sequence[str], *lines: Sequence[str]) -> tuple[list[Line], list[str], list[str]]:
    """The lines of the body, the notes and the reasons why lines were refused."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([['All "amounts"'], ["in their currency"], header, *lines])
    (sheet,) = open_sheets(path)
    assert [i.kind for i in IMPORTERS if i.recognise(sheet)] == ["amazon.transactions"]
    items = list(read(sheet))
    (body,) = [item.body for item in items if isinstance(item, Payload)]
    assert isinstance(body, Path)
    with body.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    body.unlink()
    notes = [item.text for item in items if isinstance(item, Note)]
    return found, notes, [item.reason for item in items if isinstance(item, Rejected)]


# Moment, settlement, type, order, sku, description, quantity, marketplace, product sales, its tax, selling fees, FBA
# fees, other transaction fees, other, total.
US = ("date/time", "settlement id", "type", "order id", "sku", "description", "quantity", "marketplace",
      "product sales", "product sales tax", "selling fees", "fba fees", "other transaction fees", "other",
      "total")  # fmt: skip
DE = ("Datum/Uhrzeit", "Abrechnungsnummer", "Typ", "Bestellnummer", "SKU", "Beschreibung", "Menge", "Marketplace",
      "Umsätze", "Produktumsatzsteuer", "Verkaufsgebühren", "Gebühren zu Versand durch Amazon",
      "Andere Transaktionsgebühren", "Andere", "Gesamt")  # fmt: skip
FR = ("date/heure", "numéro de versement", "type", "numéro de la commande", "sku", "description", "quantité",
      "Marketplace", "ventes de produits", "Taxes sur la vente des produits", "frais de vente",
      "Frais Expédié par Amazon", "autres frais de transaction", "autre", "total")  # fmt: skip
IT = ("Data/Ora:", "Numero pagamento", "Tipo", "Numero ordine", "SKU", "Descrizione", "Quantità", "Marketplace",
      "Vendite", "imposta sulle vendite dei prodotti", "Commissioni di vendita",
      "Costi del servizio Logistica di Amazon", "Altri costi relativi alle transazioni", "Altro", "totale")  # fmt: skip
ES = ("fecha y hora", "identificador de pago", "tipo", "número de pedido", "sku", "descripción", "cantidad",
      "web de Amazon", "ventas de productos", "impuesto de ventas de productos", "tarifas de venta",
      "tarifas de Logística de Amazon", "tarifas de otras transacciones", "otro", "total")  # fmt: skip
BR = ("data/hora", "id de liquidação", "tipo", "id do pedido", "sku", "descrição", "quantidade", "mercado",
      "vendas do produto", "imposto de vendas coletados", "tarifas de venda", "taxas fba",
      "taxas de outras transações", "outro", "total")  # fmt: skip
JP = ("日付/時間", "決済番号", "トランザクションの種類", "注文番号", "SKU", "説明", "数量", "Amazon 出品サービス",
      "商品売上", "商品の売上税", "手数料", "FBA 手数料", "トランザクションに関するその他の手数料", "その他",
      "合計")  # fmt: skip
LANGUAGES = [
    (US, "Oct 2, 2026 9:20:42 AM PDT", "Order", "amazon.com", ".", "USD"),
    (US, "2 Oct 2026 17:20:42 BST", "Order", "amazon.co.uk", ".", "GBP"),
    (DE, "02.10.2026 16:20:42 UTC", "Bestellung", "amazon.de", ",", "EUR"),
    (FR, "2 oct. 2026 16:20:42 UTC", "Commande", "amazon.fr", ",", "EUR"),
    (IT, "2 ott 2026 16:20:42 UTC", "Ordine", "amazon.it", ",", "EUR"),
    (ES, "2 oct. 2026 16:20:42 UTC", "Pedido", "amazon.es", ",", "EUR"),
    (BR, "2 de out. de 2026 09:20:42 GMT-7", "Pedido", "amazon.com.br", ",", "BRL"),
    (JP, "2026/10/03 1:20:42 JST", "注文", "amazon.jp", ".", "JPY"),
]


@pytest.mark.parametrize(("header", "moment", "word", "place", "mark", "currency"), LANGUAGES)
def test_a_sale_is_the_same_in_every_language(
    tmp_path: Path, header: Sequence[str], moment: str, word: str, place: str, mark: str, currency: str
) -> None:
    group = "." if mark == "," else ","
    amounts = [f"1{group}234{mark}50", f"98{mark}70", f"-120{mark}00", f"-5{mark}25", "0", "0", f"1{group}207{mark}95"]
    lines, notes, refused = parse(
        tmp_path / "f", header, [moment, "77", word, "111-1", "A", "Mat", "2", place, *amounts]
    )
    assert (notes, refused) == ([], [])
    assert {line["posted_at"] for line in lines} == {"2026-10-02T16:20:42+00:00"}
    assert {(line["settlement_id"], line["currency"], line["sku"]) for line in lines} == {("77", currency, "A")}
    assert [(line["kind"], line["detail"], line["amount"], line["quantity"]) for line in lines] == [
        ("order", "product sales", "1234.50", "2"), ("tax", "product sales tax", "98.70", ""),
        ("fee", "selling fees", "-120.00", ""), ("fee", "fba fees", "-5.25", ""),
    ]  # fmt: skip


def row(type_: str = "Order", other: str = "0", total: str = "0", **change: str) -> list[str]:
    cells = dict(zip(US, ["2026-10-02 09:20:42 PDT", "77", type_, "", "", "text", "", "", *["0"] * 7], strict=True))
    return list({**cells, "other": other, "total": total, **change}.values())


@pytest.mark.parametrize(
    ("word", "kind", "detail"),
    [
        ("Transfer", "transfer", "transfer"), ("Service Fee", "fee", "text"), ("", "fee", "text"),
        ("FBA Inventory Fee", "fee", "text"), ("Adjustment", "adjustment", "text"), ("Refund", "refund", "other"),
    ],
)  # fmt: skip
def test_payouts_are_no_costs_and_a_blank_type_is_a_fee(tmp_path: Path, word: str, kind: str, detail: str) -> None:
    (line,), _, _ = parse(tmp_path / "f", US, row(word, "-60.00", "-60.00"))
    assert (line["kind"], line["detail"], line["amount"]) == (kind, detail, "-60.00")


def test_what_is_not_understood_is_told(tmp_path: Path) -> None:
    lines, notes, refused = parse(
        tmp_path / "f", US, row("Zauber", "1.00", "1.00", marketplace="amazon.com"), row(total="9.99"), row(total=""),
        row(total="many"), row(**{"date/time": "31.13.2026"}),
    )  # fmt: skip
    assert [(line["kind"], line["detail"], line["amount"]) for line in lines] == [
        ("other", "text", "1.00"),
        ("order", "not broken down", "9.99"),
    ]
    assert [word in " ".join(notes) for word in ("'Zauber'", "1 totals differ")] == [True, True]
    assert [
        word for word, reason in zip(("total is blank", "total:", "31.13.2026"), refused, strict=True) if word in reason
    ] == ["total is blank", "total:", "31.13.2026"]


def test_a_line_without_a_marketplace_belongs_to_that_of_most_lines(tmp_path: Path) -> None:
    sale = row(**{"marketplace": "amazon.ca", "product sales": "5.00", "total": "5.00"})
    lines, _, _ = parse(tmp_path / "f", US, sale, row("Transfer", "-5.00", "-5.00"))
    assert {(line["channel"], line["currency"]) for line in lines} == {("amazon.ca", "CAD")}


MONTHS = {
    "pt": "jan fev mar abr mai jun jul ago set out nov dez",
    "es": "ene feb mar abr may jun jul ago sept oct nov dic",
    "fr": "janv févr mars avr mai juin juil août sept oct nov déc",
    "it": "gen feb mar apr mag giu lug ago set ott nov dic",
    "de": "Jan Feb März Apr Mai Juni Juli Aug Sept Okt Nov Dez",
    "en": "January February March April May June July August September October November December",
}


@given(
    st.datetimes(datetime(2015, 1, 1), datetime(2035, 1, 1)), st.sampled_from(sorted(MONTHS)), st.integers(-11, 11),  # noqa: DTZ001
    st.booleans(),
)  # fmt: skip
def test_months_are_read_in_six_languages(moment: datetime, language: str, offset: int, dotted: bool) -> None:
    moment = moment.replace(microsecond=0)
    name = MONTHS[language].split()[moment.month - 1] + ("." if dotted else "")
    text = f"{moment.day} {name} {moment.year} {moment:%H:%M:%S} GMT{offset:+d}"
    assert posted(text, month_first=False) == moment.replace(tzinfo=UTC) - timedelta(hours=offset)


def test_an_unknown_month_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown month 'brumaire'"):
        posted("2 brumaire 2026 10:00:00 UTC", month_first=False)


def test_a_report_that_has_lost_a_column_is_named_with_it(tmp_path: Path) -> None:
    (tmp_path / "f").write_text(",".join(cell for cell in US if cell != "total") + "\n" + ",".join("x" * 14) + "\n")
    error = unknown(IMPORTERS, tmp_path / "f", open_sheets(tmp_path / "f"))
    assert "looks like amazon.transactions" in str(error)
    assert "lacks the column 'total'" in str(error)


def test_amounts_are_exact(tmp_path: Path) -> None:
    lines, _, _ = parse(tmp_path / "f", US, *(row("Service Fee", "-0.10", "-0.10") for _ in range(3)))
    assert sum(Decimal(line["amount"]) for line in lines) == Decimal("-0.30")
