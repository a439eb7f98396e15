"""Our end of a bridge is the number on the board."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from kpiterm.analysis.bridge.reconcile import reconcile
from kpiterm.analysis.clock import Clock

if TYPE_CHECKING:
    from tests.unit.analysis.conftest import Store

DAYS = [date(2026, 10, n) for n in range(1, 32)]


def fill(store: Store) -> None:
    """October in two accounts that share two orders, at several levels of reports, with what does not count."""
    for n, day in enumerate(DAYS):
        store.order(day, "10.10", order_id=f"o{n}", line_key="1", quantity=2)
        store.order(day, "5", order_id=f"o{n}", line_key="2", quantity=1, status="cancelled")
        store.ads(day, "3.30", None)
        store.ads(day, "3.20", None, level="product", source="amazon.ads-products")
        store.ads(day, "1", None, ad_product="SB", level="product", source="amazon.a")
        store.traffic(day, "10.10", units=2)
        store.traffic(day, "7", level="child", source="amazon.a-items", units=1)
    for n in (4, 30):
        line = {"order_id": f"o{n}", "line_key": "1", "account": "erp-import", "source": "erp.orders"}
        store.order(DAYS[n], "10.10", quantity=2, **line)


@pytest.mark.parametrize("kpi", ["gmv", "units", "ad_spend", "ordered_sales"])
def test_ours_is_what_the_board_shows(store: Store, kpi: str) -> None:
    fill(store)
    shown = store.gauge(kpi, "2026-10").value
    found = reconcile(store, Clock(store.now, "UTC"), kpi=kpi, period="2026-10")
    assert shown is not None
    assert found
    assert {bridge.ours.value for bridge in found} == {shown}


@pytest.mark.parametrize("kpi", ["gmv", "units"])
def test_so_is_the_report_that_stands_in(store: Store, kpi: str) -> None:
    fill(store)
    store.connection.execute("DELETE FROM order_line")
    shown = store.gauge(kpi, "2026-10").value
    found = reconcile(store, Clock(store.now, "UTC"), kpi=kpi, period="2026-10")
    assert shown is not None
    assert {bridge.ours.value for bridge in found} == {shown}
