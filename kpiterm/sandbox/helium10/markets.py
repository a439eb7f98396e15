"""Market Tracker 360: reports that are made on demand (202 meanwhile), products side by side with their intervals."""

from __future__ import annotations

import re
import secrets
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from kpiterm.sandbox.limits import Plan
from kpiterm.sandbox.orders import business_day
from kpiterm.sandbox.wire import Response, json_response

if TYPE_CHECKING:
    from kpiterm.sandbox.helium10.identity import Identity
    from kpiterm.sandbox.vendor import World
    from kpiterm.sandbox.wire import Request

HOST = "mt360.helium10.com"
_PATH = re.compile(r"/public-api/v1/markets/(\d+)/(revenue|sales|current-data)")
_QUOTA = Plan(0.5, 8)
_TOTALS = {"revenue": "totalRevenue", "sales": "totalSales"}
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_RIVALS = 12


class Markets:
    """One market, in which the shop's products compete with others; all figures are estimates."""

    def __init__(self, world: World, identity: Identity) -> None:
        self._world, self._market, self._key = world, identity.market_id, f"Bearer {identity.markets_key}"
        self._asked: dict[str, float] = {}

    def answer(self, request: Request) -> Response:
        """Key, path, quota, then the report, once it is made."""
        if not secrets.compare_digest(request.headers.get("authorization", "").encode(), self._key.encode()):
            return json_response(401, {"message": "Unauthenticated."})
        found = _PATH.fullmatch(request.path)
        if not found or found[1] != self._market or request.method != "GET":
            return json_response(404, {"message": "Market not found."})
        wait = self._world.buckets.take("helium10:mt360", self._key, _QUOTA) if self._world.throttle else 0.0
        if wait:
            self._world.throttled["helium10:mt360"] += 1
            return too_many_attempts(wait)
        try:
            first, last = (date.fromisoformat(request.query[f"filter[{end}]"]) for end in ("dateFrom", "dateTo"))
        except (KeyError, ValueError):
            return json_response(422, {"message": "The filter.dateFrom and filter.dateTo fields are required."})
        if self._in_the_making(f"{request.path}?{request.query_string}"):
            return json_response(202, {"data": {"progress": 40}})
        return json_response(200, self._report(found[2], first, last, int(request.query.get("limit", 50))))

    def _in_the_making(self, report: str) -> bool:
        now = self._world.clock.time()
        started = self._asked.setdefault(report, now)
        return now < started + self._world.report_seconds

    def _report(self, report: str, first: date, last: date, limit: int) -> dict[str, Any]:
        if report == "current-data":
            return {"data": [{"asin": asin, "title": title} for asin, title, _ in self._products()][:limit], "meta": {}}
        weeks = self._weeks(first, min(last, business_day(self._world.clock().timestamp())))
        rows = []
        for asin, _, price in self._products():
            values = [self._estimate(asin, price, days, report) for days in weeks]
            row: dict[str, Any] = {f"interval{n}": value for n, value in enumerate(values, start=1)}
            rows.append({"resultAsin": asin, _TOTALS[report]: round(sum(v for v in values if v), 2), **row})
        rows.sort(key=lambda row: -row[_TOTALS[report]])
        named = [{"asin": asin, "title": title} for asin, title, _ in self._products()]
        intervals = [
            {"intervalNumber": n, "intervalStart": f"{days[0]}T00:00:00", "intervalEnd": f"{days[-1]}T23:59:59"}
            for n, days in enumerate(weeks, start=1)
        ]
        return {"data": rows[:limit], "additionalData": named, "meta": {"intervals": intervals}}

    def _products(self) -> list[tuple[str, str, int]]:
        """ASIN, title and price in cents of the shop's products and of its rivals'."""
        rng = Random(f"{self._world.shop.seed}:rivals")
        own = [(p.asin, p.title, p.price) for p in self._world.shop.products]
        rivals = [
            ("B0" + "".join(rng.choices(_ALPHABET, k=8)), f"Rival product {n}", rng.randrange(999, 5999))
            for n in range(_RIVALS)
        ]
        return own + rivals

    def _weeks(self, first: date, last: date) -> list[list[date]]:
        """Weeks from Sunday to Saturday; the first and the last are cut by the span asked for."""
        weeks: list[list[date]] = []
        day = first
        while day <= last:
            if not weeks or day.weekday() == 6:
                weeks.append([])
            weeks[-1].append(day)
            day += timedelta(days=1)
        return weeks

    def _estimate(self, asin: str, price: int, days: list[date], report: str) -> float | None:
        """What Helium 10 believes was sold; the same days give the same belief, and some weeks it has none."""
        rng = Random(f"{self._world.shop.seed}:market:{asin}:{days[0]}:{days[-1]}")
        if rng.random() < 0.05:
            return None
        units = sum(line.quantity for day in days for o in self._world.shop.day_orders(day) for line in o.lines
                    if line.product.asin == asin) or rng.randrange(60)  # fmt: skip
        believed = round(units * rng.uniform(0.7, 1.4))
        return round(believed * price / 100, 2) if report == "revenue" else believed


def too_many_attempts(seconds: float) -> Response:
    """429 with the whole seconds until the next request."""
    return json_response(429, {"message": "Too Many Attempts."}, {"Retry-After": str(int(seconds) + 1)})
