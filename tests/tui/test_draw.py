"""Cells, bars, sparklines and ages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from kpiterm.analysis.view import Gauge, Target
from kpiterm.tui.draw import age, bar, fit, sparkline
from kpiterm.tui.gauge_detail import detail
from kpiterm.tui.gauge_lines import card, line

numbers = st.decimals(-(10**9), 10**9, places=4)


@given(st.text(), st.integers(0, 60), st.booleans())
def test_fit_is_exact_in_cells_whatever_the_script(text: str, width: int, right: bool) -> None:
    assert cell_len(fit(text, width, right=right)) == width


def test_fit_cuts_between_wide_characters() -> None:
    assert fit("旗舰店", 6) == "旗舰店"
    assert fit("旗舰店", 5) == "旗舰…"
    assert fit("旗舰店", 4) == "旗 …"
    assert fit("ok", 5, right=True) == "   ok"


def test_a_sparkline_leaves_a_gap_where_a_period_has_no_data() -> None:
    values = [Decimal(0), None, Decimal(4), Decimal(8)]
    assert sparkline(values) == " " * 9 + "▁ ▅█"
    assert sparkline([]) == " " * 13
    assert sparkline([Decimal(5)] * 20) == "▄" * 13


@given(numbers, numbers, st.integers(8, 80))
def test_a_bar_has_its_width_and_always_shows_the_mark(value: Decimal, goal: Decimal, width: int) -> None:
    drawn = bar(value, Target("<=", goal), width, "$success").plain
    assert len(drawn) == width
    assert drawn.count("┃") == 1


@given(st.decimals(1, 10**6, places=2), st.decimals(1, 10**6, places=2))
def test_a_bar_reaches_its_mark_as_the_value_does(value: Decimal, goal: Decimal) -> None:
    drawn = bar(value, Target(">=", goal), 60, "").plain
    filled, mark = drawn.rfind("━"), drawn.index("┃")
    assert filled < mark if value < goal else filled > mark if value > goal else filled >= mark - 1


@pytest.mark.parametrize(
    ("gone", "said"),
    [(-30, "just now"), (59, "just now"), (60, "1 min ago"), (3599, "59 min ago"), (3600, "1 h ago"),
     (47 * 3600, "47 h ago"), (48 * 3600, "2 days ago"), (86400 * 9, "9 days ago")],
)  # fmt: skip
def test_ages_are_coarse(gone: int, said: str) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert age(now - timedelta(seconds=gone), now) == said


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), width=st.integers(30, 220))
def test_no_line_of_a_gauge_is_wider_than_asked(
    make_gauge: Callable[..., Gauge], data: st.DataObject, width: int
) -> None:
    value = data.draw(st.none() | numbers)
    gauge = make_gauge(
        "k",
        data.draw(st.text(max_size=60)),
        channel=data.draw(st.sampled_from(["all", "amazon-jp", "旗舰店旗舰店旗舰店旗舰店"])),
        value=value,
        change=data.draw(st.none() | numbers),
        unit=data.draw(st.sampled_from(["ratio", "money", "count", "hours"])),
        currency=data.draw(st.sampled_from(["USD", "JPY", "XYZ", None])),
        target=data.draw(st.none() | st.builds(Target, st.just("<="), numbers)),
        reason=data.draw(st.none() | st.text(max_size=200)),
        weight=data.draw(st.none() | st.just(Decimal(40))),
    )
    drawn = [
        *card(gauge, width),
        *line(gauge, width, part=True),
        *line(gauge, width, part=False),
        *detail(gauge, width),
    ]
    if width >= 60:
        assert max(part.cell_length for part in drawn) <= width
    assert len(card(gauge, width)) <= 4
