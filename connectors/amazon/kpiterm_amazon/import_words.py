"""The words of transaction reports: columns, types and months in the languages of Amazon's marketplaces."""

from __future__ import annotations

COLUMNS = {
    "posted": ("date/time", "data/hora", "日付/時間", "Datum/Uhrzeit", "date/heure", "Data/Ora:", "Data/Ora",
               "fecha y hora", "fecha/hora", "datum/tijd"),
    "settlement": ("settlement id", "id de liquidação", "決済番号", "Abrechnungsnummer", "numéro de versement",
                   "Numero pagamento", "identificador de pago", "Id. de liquidación"),
    "type": ("type", "tipo", "トランザクションの種類", "Typ"),
    "order": ("order id", "id do pedido", "注文番号", "Bestellnummer", "numéro de la commande", "Numero ordine",
              "número de pedido", "Id. del pedido"),
    "sku": ("sku",),
    "description": ("description", "descrição", "説明", "Beschreibung", "Descrizione", "descripción"),
    "quantity": ("quantity", "quantidade", "数量", "Menge", "quantité", "Quantità", "cantidad"),
    "marketplace": ("marketplace", "mercado", "Amazon 出品サービス", "web de Amazon"),
    "status": ("Transaction Status", "Status da transação"),
    "release": ("Transaction Release Date", "Data de liberação da transação"),
    "total": ("total", "合計", "Gesamt", "totale"),
}  # fmt: skip

# The columns that add up to the total, by the name that a line's `detail` gets.
PRICES = {
    "product sales": ("product sales", "vendas do produto", "商品売上", "Umsätze", "ventes de produits", "Vendite",
                      "ventas de productos"),
    "shipping credits": ("shipping credits", "postage credits", "créditos de remessa", "配送料",
                         "Gutschrift für Versandkosten", "crédits d'expédition", "Accrediti per le spedizioni",
                         "abonos de envío", "créditos de envío"),
    "gift wrap credits": ("gift wrap credits", "créditos de embalagem de presente", "ギフト包装手数料",
                          "Gutschrift für Geschenkverpackung", "crédits sur l'emballage cadeau",
                          "Accrediti per confezioni regalo", "abonos de envoltorio para regalo",
                          "créditos por envoltorio de regalo"),
    "points": ("Amazonポイントの費用", "cost of points granted"),
    "promotional rebates": ("promotional rebates", "descontos promocionais", "プロモーション割引額",
                            "Rabatte aus Werbeaktionen", "Rabais promotionnels", "Sconti promozionali",
                            "devoluciones promocionales", "descuentos promocionales"),
    "regulatory fee": ("Regulatory Fee", "Tarifa reglamentaria"),
}  # fmt: skip
TAXES = {
    "product sales tax": ("product sales tax", "sales tax collected", "imposto de vendas coletados", "商品の売上税",
                          "Produktumsatzsteuer", "Taxes sur la vente des produits",
                          "imposta sulle vendite dei prodotti", "impuesto de ventas de productos"),
    "shipping credits tax": ("shipping credits tax", "配送料の税金", "Steuer auf Versandgutschrift",
                             "taxe sur les crédits d'expédition", "taxe sur les crédits d’expédition",
                             "imposta accrediti per le spedizioni", "impuestos por abonos de envío",
                             "impuesto de abono de envío"),
    "gift wrap credits tax": ("giftwrap credits tax", "gift wrap credits tax", "ギフト包装クレジットの税金",
                              "Steuer auf Geschenkverpackungsgutschriften", "Taxes sur les crédits cadeaux",
                              "imposta sui crediti confezione regalo",
                              "impuestos por abonos de envoltorio para regalo", "impuesto de créditos de envoltura"),
    "promotional rebates tax": ("promotional rebates tax", "プロモーション割引の税金", "Steuer auf Aktionsrabatte",
                                "Taxes sur les remises promotionnelles", "imposta sugli sconti promozionali",
                                "impuestos de descuentos por promociones", "impuesto de reembolsos promocionales"),
    "tax on regulatory fee": ("Tax On Regulatory Fee", "Impuesto sobre tarifa reglamentaria"),
    "marketplace withheld tax": ("marketplace withheld tax", "Marketplace Facilitator Tax",
                                 "源泉徴収税を伴うマーケットプレイス", "Einbehaltene Steuer auf Marketplace",
                                 "Taxes retenues sur le site de vente", "trattenuta IVA del marketplace",
                                 "impuesto retenido en el sitio web", "impuesto de retenciones en la plataforma"),
    "low value goods": ("low value goods", "TCS-CGST", "TDS (Section 194-O)"),
    "tcs sgst": ("TCS-SGST",),
    "tcs igst": ("TCS-IGST",),
}  # fmt: skip
FEES = {
    "selling fees": ("selling fees", "tarifas de venda", "手数料", "Verkaufsgebühren", "frais de vente",
                     "Commissioni di vendita", "tarifas de venta"),
    "fba fees": ("fba fees", "taxas fba", "FBA 手数料", "Gebühren zu Versand durch Amazon", "Frais Expédié par Amazon",
                 "Costi del servizio Logistica di Amazon", "tarifas de Logística de Amazon", "tarifas fba"),
    "other transaction fees": ("other transaction fees", "taxas de outras transações",
                               "トランザクションに関するその他の手数料", "Andere Transaktionsgebühren",
                               "autres frais de transaction", "Altri costi relativi alle transazioni",
                               "tarifas de otras transacciones", "tarifas de otra transacción"),
}  # fmt: skip
OTHER = {"other": ("other", "outro", "その他", "Andere", "autre", "Altro", "otro")}

# Words of the column `type`, lower case, by the kind of line.
TYPES = {
    "order": ("order", "pedido", "注文", "bestellung", "commande", "ordine", "liquidations", "order_retrocharge"),
    "refund": ("refund", "reembolso", "返金", "erstattung", "remboursement", "rimborso", "chargeback refund",
               "a-to-z guarantee claim", "refund_retrocharge", "liquidations adjustments"),
    "transfer": ("transfer", "transferir", "振込み", "übertrag", "transfert", "trasferimento", "transferencia",
                 "transferência", "trasferir", "debt"),
    "fee": ("service fee", "taxa de serviço", "注文外料金", "servicegebühr", "frais de service",
            "commissione di servizio", "tarifa de servicio", "tarifas de servicio", "fba inventory fee",
            "taxa de estoque fba", "fba 在庫関連の手数料", "versand durch amazon lagergebühr",
            "frais de stock expédié par amazon", "costo di stoccaggio logistica di amazon",
            "tarifas de inventario de logística de amazon", "tarifa de inventario fba", "fba customer return fee",
            "fba transaction fees", "shipping services", "fee adjustment", "deal fee", "lightning deal fee",
            "blitzangebotsgebühr", "amazon fees", "coupon redemption fee", "delivery services"),
    "adjustment": ("adjustment", "ajuste", "調整", "anpassung", "ajustement", "modifica", "safe-t reimbursement",
                   "gutschrift"),
    "other": ("others", "other", "outros", "その他", "sonstige", "autre", "altro", "otro"),
}  # fmt: skip
DEFERRED = ("deferred", "diferido", "diferida", "différé", "differito", "zurückgestellt", "保留中")

# January to December, as the first letters of what the reports write, accents removed.
MONTHS = (
    "jan ene gen", "feb fev fevr", "mar mrz", "apr avr abr", "may mai mag", "jun giu juin", "jul lug juil",
    "aug ago aou", "sep set", "oct okt ott out", "nov", "dec dez dic",
)  # fmt: skip
