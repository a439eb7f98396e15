"""Amazon as one function: every report is done at once, every query too; one row of everything."""

from __future__ import annotations

import json
from collections.abc import Mapping

import httpx

US = "ATVPDKIKX0DER"
BUCKET = "https://tortuga-prod-na.s3-external-1.amazonaws.com"
ADS_FILE = "https://offline-report-storage-us-east-1-prod.s3.amazonaws.com/report.json.gz"
ORDER = {
    "orderId": "113-1",
    "createdTime": "2026-11-19T18:00:00Z",
    "lastUpdatedTime": "2026-11-20T16:00:00Z",
    "salesChannel": {"channelName": "AMAZON", "marketplaceName": "Amazon.com"},
    "orderItems": [{"orderItemId": "7001", "quantityOrdered": 1, "product": {"asin": "B000000001"}}],
}
RETURNS = "GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA"  # also what a document of an unknown name holds
SETTLEMENT = "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2"
ONE_DAY = {"startDate": "2026-11-18", "endDate": "2026-11-18", "childAsin": "B000000001", "sales": {}, "traffic": {}}
DOCUMENTS = {
    "kiosk": json.dumps(ONE_DAY | {"fees": []}).encode(),
    SETTLEMENT: b"settlement-id\tcurrency\ttransaction-type\tamount-type\tamount-description\tamount\tposted-date\n"
    b"1\tUSD\t\t\t\t\t\n1\t\tOrder\tItemPrice\tPrincipal\t9.99\t2026-11-18\n",
    RETURNS: b"return-date\torder-id\tsku\tquantity\n2026-11-19T18:00:00+00:00\t113-1\tMAT-1\t1\n",
    "GET_FBA_REIMBURSEMENTS_DATA": b"approval-date\treimbursement-id\tsku\tamount-total\n"
    b"2026-11-19T18:00:00+00:00\t9\tMAT-1\t5.00\n",
    "GET_FLAT_FILE_RETURNS_DATA_BY_RETURN_DATE": b"Order ID\tReturn request date\tMerchant SKU\tReturn quantity\n"
    b"113-1\t19-Nov-2026\tMAT-1\t1\n",
    "GET_FBA_INVENTORY_PLANNING_DATA": b"snapshot-date\tsku\tasin\tavailable\n2026-11-19\tMAT-1\tB000000001\t4\n",
    "GET_RESTOCK_INVENTORY_RECOMMENDATIONS_REPORT": b"Merchant SKU\tASIN\tRecommended replenishment qty\n"
    b"MAT-1\tB000000001\t12\n",
    "GET_LEDGER_SUMMARY_VIEW_DATA": b"Date\tMSKU\tDisposition\tEnding Warehouse Balance\n"
    b"11/18/2026\tMAT-1\tSELLABLE\t4\n",
    "GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA": b"sku\tasin\tafn-fulfillable-quantity\nMAT-1\tB000000001\t4\n",
    "GET_SELLER_FEEDBACK_DATA": b"Date\tRating\tComments\tYour Response\tOrder ID\tRater Email\n"
    b"11/18/26\t2\tlate\t\t113-1234567-1234567\tbuyer@example.com\n",
    "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL": b"amazon-order-id\tpurchase-date\torder-status\t"
    b"sales-channel\tsku\tquantity\n113-1\t2026-11-19T18:00:00+00:00\tShipped\tAmazon.com\tMAT-1\t1\n",
    "GET_SALES_AND_TRAFFIC_REPORT": b'{"salesAndTrafficByDate": []}',
    "GET_V2_SELLER_PERFORMANCE_REPORT": json.dumps(
        {"performanceMetrics": [{"marketplaceId": US, "lateShipmentRate": {"orderCount": 10, "rate": 0.1}}]}
    ).encode(),
}
ANSWERS: Mapping[str, object] = {
    "/auth/o2/token": {"access_token": "Atza|an-access-token", "expires_in": 3600},
    "/orders/2026-01-01/orders": {"orders": [ORDER]},
    "/fba/inventory/v1/summaries": {"payload": {"inventorySummaries": [{"sellerSku": "MAT-1"}]}},
    "/sellers/v1/marketplaceParticipations": {
        "payload": [{"marketplace": {"id": US}, "participation": {"isParticipating": True}}]
    },
    "/finances/2024-06-19/transactions": {"payload": {"transactions": [{"postedDate": "2026-11-19T18:00:00Z"}]}},
    "/reports/2021-06-30/reports": {"reports": [{"reportId": "1", "reportDocumentId": SETTLEMENT}]},
    "/dataKiosk/2023-11-15/queries": {"queries": []},
    "/v2/profiles": [
        {"profileId": 42, "countryCode": "US", "accountInfo": {"marketplaceStringId": US, "type": "seller"}}
    ],
}


def answer(request: httpx.Request) -> httpx.Response:
    """Reports are named by their type and done at once."""
    path, name = request.url.path, request.url.path.rpartition("/")[2]
    if f"https://{request.url.host}" == BUCKET:
        return httpx.Response(200, content=DOCUMENTS.get(name, DOCUMENTS[RETURNS]))
    if str(request.url) == ADS_FILE:
        return httpx.Response(200, content=b"[]")
    if path.startswith("/reporting/reports"):
        return httpx.Response(200, json={"reportId": "ads-1", "status": "COMPLETED", "url": ADS_FILE})
    if path.startswith("/dataKiosk/"):
        return _kiosk(request)
    if path.startswith("/reports/") and request.method == "POST":
        return httpx.Response(202, json={"reportId": json.loads(request.content)["reportType"]})
    if "/documents/" in path:
        return httpx.Response(200, json={"url": f"{BUCKET}/{name}"})
    if path.startswith("/reports/") and name != "reports":
        return httpx.Response(200, json={"processingStatus": "DONE", "reportDocumentId": name})
    return httpx.Response(200, json=ANSWERS[path])


def _kiosk(request: httpx.Request) -> httpx.Response:
    path = request.url.path
    if request.method == "POST":
        return httpx.Response(202, json={"queryId": "Q1"})
    if "/documents/" in path:
        return httpx.Response(200, json={"documentId": "kiosk", "documentUrl": f"{BUCKET}/kiosk"})
    if path.endswith("/queries"):
        return httpx.Response(200, json=ANSWERS[path])
    return httpx.Response(200, json={"processingStatus": "DONE", "dataDocumentId": "kiosk"})
