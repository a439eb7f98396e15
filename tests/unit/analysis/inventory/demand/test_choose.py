"""Which series learn together."""

from __future__ import annotations

import numpy as np

from kpiterm.analysis.inventory.demand import pools, sample


def test_series_that_end_together_are_a_pool_and_stragglers_join_the_largest() -> None:
    found = pools(np.array([100] * 30 + [200] * 25 + [150]))
    assert len(set(found[:30])) == len(set(found[30:55])) == 1
    assert found[0] != found[30]
    assert found[55] == found[0]
    assert not len(pools(np.zeros(0, dtype=np.int64)))


def test_all_of_a_small_catalogue_are_learnt_from() -> None:
    assert sample(np.zeros(50, dtype=np.int64), 1).tolist() == [*range(50)]


def test_of_a_large_one_every_pool_has_its_share_and_the_seed_decides() -> None:
    pool = np.array([0] * 9000 + [1] * 500)
    chosen = sample(pool, 1)
    assert (pool[chosen] == 1).sum() == 400
    assert 2500 < len(chosen) < 3500
    assert (np.diff(chosen) > 0).all()
    assert chosen.tolist() == sample(pool, 1).tolist() != sample(pool, 2).tolist()
