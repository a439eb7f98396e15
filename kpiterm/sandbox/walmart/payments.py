"""Money: reconciliation files per settlement, the statement of the running period, and performance in one call."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kpiterm.sandbox.orders import business_day
from kpiterm.sandbox.walmart.api import Route
from kpiterm.sandbox.walmart.csv_zip import csv_text, zipped
from kpiterm.sandbox.walmart.errors import coded, gateway, xml
from kpiterm.sandbox.walmart.insights import refreshed
from kpiterm.sandbox.walmart.params import known_only, number, refusal_of
from kpiterm.sandbox.walmart.performance import metric
from kpiterm.sandbox.walmart.settlement import COLUMNS, closed_periods, period_of, postings, rows
from kpiterm.sandbox.wire import Request, Response, json_response

if TYPE_CHECKING:
    from datetime import date, datetime

    from kpiterm.sandbox.vendor import World
    from kpiterm.sandbox.walmart.business import WalmartShop
    from kpiterm.sandbox.walmart.identity import Identity
    from kpiterm.sandbox.walmart.settlement import Period, Posting

MOST_JSON_ROWS = 1000
_BASE = "/v3/report"
_DATE = "%m%d%Y"
_WINDOWS = (7, 14, 30, 60, 90)


class Payments:
    """Closed periods never change, so a file is written once."""

    def __init__(self, world: World, shop: WalmartShop, identity: Identity) -> None:
        self._world, self._shop, self._identity = world, shop, identity
        self._refuse = refusal_of("GMP_PAYMENT_API")
        self._rows = lru_cache(maxsize=None)(self._settled)

    def routes(self) -> list[Route]:
        recon = f"{_BASE}/reconreport"
        return [
            Route("GET", f"{recon}/availableReconFiles", "getReconDates", self._dates),
            Route("GET", f"{recon}/reconFile", "getReconFile", self._file),
            Route("GET", f"{recon}/reconFileJson", "getReconFileJson", self._json),
            Route("GET", f"{_BASE}/payment/statement", "getPartnerStatement", self._statement),
            Route("GET", f"{_BASE}/payment/performance", "getPartnerPerformance", self._performance),
        ]

    def _periods(self) -> dict[str, Period]:
        closed = closed_periods(self._shop, self._world.clock())
        return {period.report_date.strftime(_DATE): period for period in closed}

    def _settled(self, period: Period) -> list[dict[str, str]]:
        return rows(self._shop, period, self._world.clock())

    def _dates(self, request: Request, _: dict[str, str]) -> Response:
        known_only(request.query, ("reportVersion", "partnerId"), self._refuse)
        return json_response(200, {"availableApReportDates": list(self._periods())})

    def _file(self, request: Request, _: dict[str, str]) -> Response:
        query = request.query
        if "application/octet-stream" not in request.headers.get("accept", ""):
            return gateway(406, "NOT_ACCEPTABLE.GMP_GATEWAY_API", "Not acceptable", "Accept application/octet-stream.")
        if query.get("reportVersion") != "v1":
            return xml(400, "INVALID_REQUEST.GMP_RECON_API", "reportVersion must be v1")
        if "reportDate" not in query:
            return xml(400, "INVALID_REQUEST.GMP_RECON_API", "reportDate is required")
        period = self._periods().get(query["reportDate"])
        if period is None:
            return xml(200, "REPORT_NOT_FOUND.GMP_RECON_API", f"No report is available for {query['reportDate']}")
        name = f"{self._identity.partner_id}_{period.report_date}T23:09:54.438+0000"
        body = zipped(f"{name}.csv", csv_text(COLUMNS, self._rows(period)))
        headers = {"Content-Disposition": f"attachment; filename={name}.zip"}
        return Response(200, body, "application/octet-stream", headers)

    def _json(self, request: Request, _: dict[str, str]) -> Response:
        query = request.query
        period = self._periods().get(query.get("reportDate", ""))
        if period is None:
            return coded(404, "RECORD_NOT_FOUND", "No report is available for the reportDate.")
        if query.get("offset") != "0":
            return coded(400, "INVALID_OFFSET", "offset must be 0.")
        size = number(query, "noOfRecords", MOST_JSON_ROWS, 1, MOST_JSON_ROWS, self._refuse)
        found = self._rows(period)
        shown = [{name: value for name, value in row.items() if value} for row in found[:size]]
        description = f"Number of Lines in file {len(found)}"
        body = {"reportData": shown, "nextOffset": 0, "totalRecords": len(shown), "description": description}
        return json_response(200, body)

    def _answer(self, payload: dict[str, Any]) -> Response:
        body = {"statusCode": 200, "status": "OK", "error": "", "partnerId": self._identity.partner_id}
        return json_response(200, body | {"payload": payload})

    def _statement(self, request: Request, _: dict[str, str]) -> Response:
        known_only(request.query, (), self._refuse)
        at = self._world.clock()
        today = business_day(at.timestamp())
        period = period_of(today)
        posted = postings(self._shop, period, at)
        sums = Counter[tuple[str, str]]()
        for posting in posted:
            sums[posting.kind, posting.amount_type] += posting.cents
        summary = self._summary(posted, period, today)
        seller = {
            "storeFrontUrl": f"https%3A%2F%2Fwww.walmart.com%2Fseller%2F{self._identity.seller_id}",
            "sellerStatus": "ACTIVE",
            "paymentStatus": "ACTIVE",
            "tenure": (today - self._shop.shop.first_day).days,
        }
        details = {
            "saleAggregate": _aggregate(sums, "Sale"),
            "refundDetails": _aggregate(sums, "Refund"),
            "adjustmentAggregate": {"netPayable": 0},
            "wfs": {
                "netPayable": summary["walmartFulfillmentServices"],
                "wfsFullfillmentFee": _dollars(sums["Adjustment", "Fee/Reimbursement"]),
                "wfsStorageFee": _dollars(sums["Service Fee", "Fee/Reimbursement"]),
            },
            "partnerTxns": {},
        }
        return self._answer(
            {
                "outstandingMCABalance": 0,
                "sellerInfo": seller,
                "accountSummary": summary,
                "transactionDetails": details,
            }
        )

    @staticmethod
    def _summary(posted: list[Posting], period: Period, today: date) -> dict[str, Any]:
        orders = sum(posting.cents for posting in posted if posting.kind in {"Sale", "Refund"})
        fees = sum(posting.cents for posting in posted) - orders
        return {
            "openingBalance": 0,
            "orderActivity": _dollars(orders),
            "walmartFulfillmentServices": _dollars(fees),
            "otherActivities": 0,
            "reserve": 0,
            "paidToYou": 0,
            "closingBalance": _dollars(orders + fees),
            "scheduledSettlementDate": str(period.report_date),
            "paymentProcessor": "Payoneer",
            "settleCycle": "Bi-weekly",
            "reserveToDate": 0,
            "lastUpdatedDate": str(today),
            "holdAmt": 0,
            "holdDates": " ",
        }

    def _performance(self, request: Request, _: dict[str, str]) -> Response:
        known_only(request.query, (), self._refuse)
        at = refreshed(self._world.clock())
        return self._answer({f"{days}DAY": self._window(days, at) for days in _WINDOWS})

    def _window(self, days: int, at: datetime) -> dict[str, float]:
        names = ("refunds", "cancellations", "otd", "vtr", "lateShipment")
        refunds, cancelled, otd, vtr, late = (metric(self._shop, name, days, at=at) for name in names)
        return {
            "refundRateSellerFault": refunds.rate,
            "refundRateCustomerFault": refunds.percent(refunds.others.total()),
            "ots": round(100 - late.rate, 2),
            "otd": round(100 - otd.rate, 2),
            "vtr": round(100 - vtr.rate, 2),
            "cancellationSellerFault": cancelled.rate,
            "cancellationCustomerFault": cancelled.percent(cancelled.others.total()),
        }


def _aggregate(sums: Counter[tuple[str, str]], kind: str) -> dict[str, float]:
    tax = sums[kind, "Product Tax"]
    return {
        "productPrice": _dollars(sums[kind, "Product Price"]),
        "shipping": _dollars(sums[kind, "Shipping"]),
        "netTaxCollected": _dollars(tax),
        "productTaxCollected": _dollars(tax),
        "shippingTaxCollected": 0,
        "netTaxWithheld": _dollars(-tax),
        "productTaxWithheld": _dollars(-tax),
        "shippingTaxWithheld": 0,
        "netComm": _dollars(sums[kind, "Commission on Product"]),
        "netPayable": _dollars(sum(cents for (of, _), cents in sums.items() if of == kind)),
        "totalBaseCommission": _dollars(sums[kind, "Commission on Product"]),
        "commissionSavings": 0,
    }


def _dollars(cents: int) -> float:
    return cents / 100
