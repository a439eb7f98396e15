"""Mode full: gradient boosting beside the pooled quantiles."""

from __future__ import annotations

import re

import numpy as np
import pytest

from kpiterm.analysis.inventory.demand import boost, forecast, lessons, require_full
from kpiterm.analysis.inventory.demand.panel import Panel
from kpiterm.errors import UsageError
from tests.unit.analysis.inventory.demand.conftest import AHEAD, SHOWN, Rows


def test_trees_keep_means_and_order_and_give_the_same_again(shop: Panel, sold: Rows) -> None:
    fast = forecast(shop, lessons(shop, (AHEAD,)), (AHEAD,))
    first, again = (forecast(shop, lessons(shop, (AHEAD,), full=True, seed=3), (AHEAD,)) for _ in range(2))
    assert np.array_equal(first.sum_quantiles, again.sum_quantiles)
    assert np.array_equal(first.mean, fast.mean)
    assert not np.array_equal(first.sum_quantiles, fast.sum_quantiles)
    assert (np.diff(first.sum_quantiles, axis=2) >= 0).all()
    assert 0.89 <= (sold[:, SHOWN:].sum(axis=1) <= first.sum_quantiles[:, 0, 2]).mean() <= 0.99


def test_from_too_little_no_trees_are_grown(shop: Panel) -> None:
    assert lessons(shop.take(slice(0, 5)), (28,), full=True).boost is None


@pytest.mark.parametrize(
    ("error", "remedy"), [(ImportError("none"), r"kpiterm\[forecast\]"), (OSError("libgomp.so.1"), "libgomp1")]
)
def test_where_it_cannot_be_loaded_the_remedy_is_told(
    monkeypatch: pytest.MonkeyPatch, error: Exception, remedy: str
) -> None:
    def missing(_: str) -> None:
        raise error

    monkeypatch.setattr(boost, "import_module", missing)
    with pytest.raises(UsageError) as caught:
        require_full()
    assert caught.match("LightGBM")
    assert re.search(remedy, caught.value.hint)
