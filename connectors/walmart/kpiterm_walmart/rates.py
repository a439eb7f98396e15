"""Walmart's token buckets: requests a minute per seller and operation, as its rate-limiting page lists them."""

from __future__ import annotations

from kpiterm.plugins import Rate
from kpiterm_walmart.places import ADS_PREFIX
from kpiterm_walmart.standards import METRICS

_HOUR = 60
# Operation, request, and how many in so many minutes. Sign-in, shipments to Walmart, its recommendations and Sponsored
# Search are not on that page: those figures are merely polite. Nor is the creation of reports: one a minute is about
# what others have measured. Items are dearer with query parameters, which we always send.
_BUCKETS = (
    ("token", "POST /v3/token", 60, 1),
    ("token detail", "GET /v3/token/detail", 60, 1),
    ("orders", "GET /v3/orders", 5000, 1),
    ("order", "GET /v3/orders/*", 5000, 1),
    ("returns", "GET /v3/returns", 50, 1),
    ("inventories", "GET /v3/inventories", 200, 1),
    ("wfs inventory", "GET /v3/wfs/inventory", 100, 1),
    ("wfs restock", "GET /v3/wfs/recommendation/restock", 60, 1),
    ("inbound shipments", "GET /v3/fulfillment/inbound-shipments", 60, 1),
    ("inbound shipment items", "GET /v3/fulfillment/inbound-shipment-items", 60, 1),
    ("items", "GET /v3/items", 60, 1),
    ("seller incentives", "GET /v3/insights/sellerIncentives", 1, 1),
    ("available recon files", "GET /v3/report/reconreport/availableReconFiles", 100, 1),
    ("recon file", "GET /v3/report/reconreport/reconFile", 100, 1),
    ("create report", "POST /v3/reports/reportRequests", 1, 1),
    ("list reports", "GET /v3/reports/reportRequests", 200, 1),
    ("download report", "GET /v3/reports/downloadReport", 20, _HOUR),
    ("create snapshot", f"POST {ADS_PREFIX}/api/v2/snapshot/report", 6, 1),
    ("get snapshot", f"GET {ADS_PREFIX}/api/v2/snapshot", 30, 1),
    ("latest report date", f"GET {ADS_PREFIX}/api/v2/latestReportDate", 6, 1),
)
RATES = (
    *(
        Rate(operation=operation, match=match, per_second=tokens / (60 * minutes), burst=tokens)
        for operation, match, tokens, minutes in _BUCKETS
    ),
    # Each summary has a bucket of its own, so that nine in a row need not wait for each other.
    *(
        Rate(operation=f"{metric.path} summary", match=f"GET {metric.address}", per_second=1 / 60, burst=1)
        for metric in METRICS
    ),
)
