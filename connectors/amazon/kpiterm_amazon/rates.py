"""Usage plans of the operations that the streams call: requests per second and burst, per application and seller."""

from __future__ import annotations

from kpiterm.plugins import Rate

# The Selling Partner figures are the default plans of Amazon's models; response headers correct them. Amazon Ads
# publishes none and answers 429, so those are merely polite.
_PLANS = (
    ("searchOrders", "GET /orders/2026-01-01/orders", 0.0056, 20),
    ("getInventorySummaries", "GET /fba/inventory/v1/summaries", 2, 2),
    ("createReport", "POST /reports/2021-06-30/reports", 0.0167, 15),
    ("getReport", "GET /reports/2021-06-30/reports/*", 2, 15),
    ("getReports", "GET /reports/2021-06-30/reports", 0.0222, 10),
    ("getReportDocument", "GET /reports/2021-06-30/documents/*", 0.0167, 15),
    ("getMarketplaceParticipations", "GET /sellers/v1/marketplaceParticipations", 0.016, 15),
    ("createQuery", "POST /dataKiosk/2023-11-15/queries", 0.0167, 15),
    ("getQuery", "GET /dataKiosk/2023-11-15/queries/*", 2, 15),
    ("getQueries", "GET /dataKiosk/2023-11-15/queries", 0.0222, 10),
    ("getDocument", "GET /dataKiosk/2023-11-15/documents/*", 0.0167, 15),
    ("listTransactions", "GET /finances/2024-06-19/transactions", 0.5, 10),
    ("listProfiles", "GET /v2/profiles", 0.5, 3),
    ("createAsyncReport", "POST /reporting/reports", 0.5, 2),
    ("getAsyncReport", "GET /reporting/reports/*", 1, 5),
)
RATES = tuple(
    Rate(operation=operation, match=match, per_second=per_second, burst=burst)
    for operation, match, per_second, burst in _PLANS
)
