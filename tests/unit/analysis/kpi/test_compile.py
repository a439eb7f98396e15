"""The SQL of the built-in KPIs is kept in golden/, so that a change of meaning shows up as a change of text."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpiterm.analysis.kpi.catalogue import load_catalogue
from kpiterm.analysis.kpi.compile import compile_kpi

if TYPE_CHECKING:
    from tests.unit.analysis.conftest import Store

GOLDEN = Path(__file__).parent / "golden"
OCTOBER, NOVEMBER = (date(2026, 10, 1), date(2026, 10, 31)), (date(2026, 11, 1), date(2026, 11, 21))
AS_OF = datetime(2026, 11, 22, 20, tzinfo=UTC)


@pytest.mark.parametrize("kpi", sorted(file.stem for file in GOLDEN.glob("*.sql")))
def test_the_sql_of_a_built_in_kpi(kpi: str) -> None:
    statement = compile_kpi(load_catalogue()[kpi], [OCTOBER, NOVEMBER], as_of=AS_OF)
    assert statement.sql == (GOLDEN / f"{kpi}.sql").read_text(encoding="utf-8")
    assert statement.params == ()


def test_a_growth_has_no_sql_of_its_own() -> None:
    with pytest.raises(ValueError, match="gmv"):
        compile_kpi(load_catalogue()["gmv_mom"], [NOVEMBER], as_of=AS_OF)


def test_the_printed_sql_gives_the_rows_of_its_channel(store: Store) -> None:
    store.order(date(2026, 11, 3), "10.50")
    store.order(date(2026, 11, 3), "99", channel="x' OR 'a' = 'a")
    statement = compile_kpi(load_catalogue()["gmv"], [NOVEMBER], as_of=AS_OF, channel="x' OR 'a' = 'a")
    rows = store.rows(statement.sql, statement.params)
    assert [row[7] for row in rows] == [Decimal(99)]
    assert store.rows(statement.printable()) == rows


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 400_000), min_size=1, max_size=60))
def test_the_percentile_is_by_nearest_rank(store: Store, seconds: list[int]) -> None:
    store.rows("DELETE FROM contact")
    for n in seconds:
        store.contact(datetime(2026, 11, 2, 12), n / 3600)  # noqa: DTZ001 - the store keeps naive UTC
    statement = compile_kpi(load_catalogue()["response_p90_h"], [NOVEMBER], as_of=AS_OF)
    (total,) = {row[7] for row in store.rows(statement.sql)}
    assert total == sorted(seconds)[ceil(len(seconds) * 9 / 10) - 1]
