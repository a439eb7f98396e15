"""Goods on their way, as the orders of their SKU see them."""

from __future__ import annotations

from datetime import date

import numpy as np

from kpiterm.analysis.inventory.order.lanes import Lanes
from kpiterm.analysis.inventory.supply.model import Incoming, Supply, Terms

TODAY = date(2026, 11, 23)
TERMS = Terms(sku="A", supplier="s")


def incoming(since: date) -> Incoming:
    return Incoming(account="us", channel="amazon.com", sku="A", units=100, stage="ordered", since=since)


def test_goods_of_different_days_have_luck_of_their_own_and_goods_of_one_day_share_it() -> None:
    lanes = Lanes(Supply(), {}, {"amazon.com": TODAY}, 512, 0)
    first, second = (lanes.remaining(TERMS, incoming(date(2026, 11, day))) for day in (9, 16))
    assert abs(float(np.corrcoef(first, second)[0, 1])) < 0.3
    assert np.median(first) < np.median(second)
    again = Lanes(Supply(), {}, {"amazon.com": TODAY}, 512, 0)
    assert (again.remaining(TERMS, incoming(date(2026, 11, 9))) == first).all()
