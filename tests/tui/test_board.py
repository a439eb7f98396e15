"""What a person reads on the board, at the sizes of a phone, a laptop and a wall."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from kpiterm.analysis.view import Budget, Gauge, Projection, Span, Target, View
from kpiterm.tui.messages import FeedError
from kpiterm.tui.widgets.gauge_item import GaugeItem
from kpiterm.tui.widgets.top_line import span_text

if TYPE_CHECKING:
    from tests.tui.conftest import Opener

SIZES = [(80, 24), (120, 40), (200, 50)]
MakeView = Callable[..., View]
MakeGauge = Callable[..., Gauge]


@pytest.mark.parametrize("size", SIZES)
async def test_every_gauge_says_its_value_target_state_and_trust(
    desk: Opener, make_view: MakeView, size: tuple[int, int]
) -> None:
    async with desk(size, make_view()) as d:
        d.assert_aligned()
        text = d.text()
        for known in ("GMV growth", "11.2 %", "≥ 15 %", "! watch"):
            assert known in d.row("weight 40")
        assert "26.0 %" in d.row("广告成本 ACoS")
        assert "✓ ok" in d.row("广告成本 ACoS")
        assert "✗ breach" in d.row("Order defect rate")
        assert ("¥15,234,567" if size[0] < 200 else "¥15.2M") in text
        assert "+3.1 pp better" in text
        assert "−2.1 pp better" in text
        assert "+0.41 pp worse" in text
        assert "provisional" in text
        assert "to 21 Nov" in text


@pytest.mark.parametrize("size", SIZES)
async def test_no_data_is_a_word_and_a_reason_and_never_a_zero(
    desk: Opener, make_view: MakeView, size: tuple[int, int]
) -> None:
    async with desk(size, make_view()) as d:
        row = d.row("Response time")
        assert "– no data" in row
        assert "—" in row
        assert "0.0 h" not in row
        assert "no source of customer contacts: import one" in d.text()


@pytest.mark.parametrize("size", SIZES[:2])
async def test_a_channel_in_breach_shows_under_a_kpi_that_is_well(
    desk: Opener, make_view: MakeView, size: tuple[int, int]
) -> None:
    async with desk(size, make_view()) as d:
        rows = d.rows()
        whole = next(n for n, row in enumerate(rows) if "广告成本 ACoS" in row)
        channel = next(row for row in rows[whole + 1 : whole + 4] if "amazon-jp" in row)
        assert "✗ breach" in channel
        assert "33.4 %" in channel
        assert "worse" in channel


@pytest.mark.parametrize("size", SIZES)
async def test_contract_kpis_come_first_and_the_heaviest_before_the_others(
    desk: Opener, make_view: MakeView, size: tuple[int, int]
) -> None:
    async with desk(size, make_view()) as d:
        text = d.text()
        places = [text.index(name) for name in ("GMV growth", "ACoS", "Order defect", "Response", "$412,000")]
        assert places == sorted(places)


async def test_the_frame_tells_workspace_period_freshness_and_keys(desk: Opener, make_view: MakeView) -> None:
    async with desk((120, 40), make_view()) as d:
        first, last = d.rows()[0], d.rows()[-1]
        assert "seller  Nov 2026, day 21 of 30" in first
        assert "✗ 2 breach  ! 2 watch  ✓ 1 ok  – 1 no data" in first
        assert "as of 5 min ago  sync: idle" in first
        screens = "1 Board  2 KPI  3 Inventory  4 Contract  5 Accounts  6 Alerts  w Clients"
        assert f"enter Details  {screens}  s Sync all" in last
        assert "? Help  q Quit" in last


@pytest.mark.parametrize("size", SIZES)
async def test_accounts_in_trouble_stand_under_the_board(
    desk: Opener, make_view: MakeView, size: tuple[int, int]
) -> None:
    async with desk(size, make_view()) as d:
        assert "! in part" in d.row("jp-main")
        assert "synced 27 h ago" in d.row("jp-main")
        assert "AuthError: the refresh" in d.row("jp-main")
        assert "never synced" in d.row("旗舰店")


async def test_data_that_lags_says_how_far(desk: Opener, make_view: MakeView) -> None:
    async with desk((120, 40), make_view()) as d:
        assert "2 d late" in d.row("¥15,234,567")


async def test_a_wide_terminal_shows_the_chosen_gauge_in_full(desk: Opener, make_view: MakeView) -> None:
    async with desk((200, 50), make_view()) as d:
        assert "gmv_mom version 3" in d.text()
        await d.press("j")
        assert "acos version 3" in d.text()
        assert "26,040" in d.text()


async def test_the_first_paint_needs_no_data(desk: Opener) -> None:
    async with desk() as d:
        assert "reading the store…" in d.text()
        assert "seller" in d.rows()[0]


async def test_an_empty_board_says_what_to_do(desk: Opener, make_view: MakeView, make_gauge: MakeGauge) -> None:
    unmeasured = make_gauge("gmv", "GMV", state="no_data", reason="no data: sync")
    async with desk(show=make_view([])) as d:
        for gauges in ([], [unmeasured]):
            await d.show(make_view(gauges))
            assert "No data yet. Press s to sync" in d.text()


@pytest.mark.parametrize("size", SIZES)
async def test_a_feed_error_is_shown_with_its_remedy_and_goes_when_the_store_is_back(
    desk: Opener, make_view: MakeView, now: datetime, size: tuple[int, int]
) -> None:
    async with desk(size, make_view()) as d:
        await d.show(FeedError("snapshot snap-2.duckdb is gone", "kpiterm store verify", now))
        assert "✗ the store cannot be read since 12:00 UTC: snapshot snap-2.duckdb is gone" in d.text()
        assert "→ kpiterm store verify" in d.text()
        assert "11.2 %" in d.text(), "the last good view stays"
        await d.show(make_view())
        assert "cannot be read" not in d.text()


async def test_a_refresh_draws_only_the_gauge_that_changed(
    desk: Opener, make_view: MakeView, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    render = GaugeItem.render

    def counted(item: GaugeItem) -> Any:
        drawn.append(f"{item.gauge.id}/{item.gauge.channel}")
        return render(item)

    async with desk((120, 40), make_view()) as d:
        gauges = list(make_view().gauges)
        gauges[3] = replace(gauges[3], value=Decimal("0.271"))
        monkeypatch.setattr(GaugeItem, "render", counted)
        await d.show(make_view(gauges))
        assert "27.1 %" in d.row("ACoS")
        assert set(drawn) == {"acos/all"}
        drawn.clear()
        await d.show(make_view(gauges, as_of=make_view().as_of + timedelta(seconds=1)))
        assert drawn == []


async def test_the_cursor_stays_on_its_kpi_when_another_appears_above(
    desk: Opener, make_view: MakeView, make_gauge: MakeGauge
) -> None:
    async with desk((120, 40), make_view()) as d:
        await d.press("j", "j", "j")
        assert d.row("Order defect rate").startswith("▌")
        heavy = make_gauge("rank", "Rank", value=Decimal("0.5"), weight=Decimal(90))
        await d.show(make_view([heavy, *make_view().gauges]))
        assert d.row("Order defect rate").startswith("▌")
        assert not d.row("Rank").startswith("▌")


async def test_enter_opens_everything_known_about_a_kpi(desk: Opener, make_view: MakeView) -> None:
    async with desk((80, 24), make_view()) as d:
        await d.press("down", "enter")
        for known in ("≤ 28 %", "28.1 %", "25 in the contract"):
            assert known in d.text()
        await d.press("G")
        for known in ("26,040", "100,000", "sha256:4f1c9e27ab", "amazon:us-main", "settling"):
            assert known in d.text()
        assert d.feed.shown[-1] == ("kpi", "acos", "all")
        await d.press("escape")
        assert "GMV growth" in d.text()


async def test_n_goes_to_the_next_kpi_that_may_miss_and_round(desk: Opener, make_view: MakeView) -> None:
    async with desk((80, 24), make_view()) as d:
        seen = []
        for _ in range(5):
            await d.press("n")
            seen.append(d.app.chosen)
        assert seen[-1] == seen[0]  # four are in watch or breach
        assert set(seen) == {("gmv_mom", "all"), ("gmv", "all"), ("odr", "all"), ("acos", "amazon-jp")}


async def test_more_gauges_than_fit_take_one_line_each_and_scroll(
    desk: Opener, make_view: MakeView, make_gauge: MakeGauge
) -> None:
    many = [make_gauge(f"k{n}", f"KPI number {n}", value=Decimal(n), unit="count") for n in range(40)]
    async with desk((80, 24), make_view(many)) as d:
        assert "KPI number 9 " in d.text()
        assert "KPI number 39" not in d.text()
        await d.press("end")
        assert "KPI number 39" in d.text()


async def test_a_name_or_reason_cannot_steer_the_terminal(
    desk: Opener, make_view: MakeView, make_gauge: MakeGauge
) -> None:
    evil = make_gauge("x", "na\x1b[2Jme\nnext", state="no_data", reason="say\x1b]0;title\x07\nmore")
    async with desk((80, 24), make_view([evil])) as d:
        d.assert_aligned()
        assert "\x1b" not in d.text()
        assert "\x07" not in d.text()
        await d.press("enter")
        assert "\x1b" not in d.text()


@pytest.mark.parametrize("size", [(60, 15), (40, 10), (20, 5), (4, 2)])
async def test_tiny_terminals_lose_detail_and_nothing_else(
    desk: Opener, make_view: MakeView, size: tuple[int, int]
) -> None:
    async with desk(size, make_view()) as d:
        d.assert_aligned()
        for keys in (("5",), ("1", "enter"), ("escape", "question_mark"), ("escape",), ("3",), ("4",), ("6",)):
            await d.press(*keys)
            d.assert_aligned()


async def test_a_storm_of_resizes_ends_in_a_whole_board(desk: Opener, make_view: MakeView) -> None:
    async with desk((80, 24), make_view()) as d:
        for n in range(30):
            await d.pilot.resize_terminal(20 + n * 6, 6 + n)
        await d.pilot.resize_terminal(120, 40)
        await d.settle()
        d.assert_aligned()
        assert "11.2 %" in d.row("GMV growth")
        assert "sync: idle" in d.rows()[0]


async def test_ages_move_with_the_clock(desk: Opener, make_view: MakeView, now: datetime) -> None:
    times = iter([now, now, now + timedelta(minutes=10)])
    async with desk((120, 40), make_view(), clock=lambda: next(times)) as d:
        assert "as of 5 min ago" in d.rows()[0]
        d.app.tick()
        await d.settle()
        assert "as of 15 min ago" in d.rows()[0]
        assert "synced 13 min ago" in d.row("us-main")


async def test_without_colour_nothing_is_lost(
    desk: Opener, make_view: MakeView, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with desk((120, 40), make_view()) as d:
        strips = d.app.screen._compositor.render_strips()
        styles = [segment.style for strip in strips for segment in strip if segment.style]
        colours = {colour.name for style in styles for colour in (style.color, style.bgcolor) if colour}
        assert colours <= {"default"}
        assert d.row("GMV growth").startswith("▌! watch")


@pytest.mark.parametrize(
    ("start", "end", "through", "said"),
    [
        (date(2026, 11, 1), date(2026, 11, 30), date(2026, 11, 21), "Nov 2026, day 21 of 30"),
        (date(2026, 11, 1), date(2026, 11, 30), date(2026, 11, 30), "Nov 2026"),
        (date(2026, 11, 1), date(2026, 11, 30), date(2026, 10, 31), "Nov 2026"),
        (date(2026, 11, 1), date(2026, 11, 28), date(2026, 11, 7), "1 Nov – 28 Nov, day 7 of 28"),
        (date(2026, 11, 16), date(2026, 11, 22), date(2026, 11, 22), "16 Nov – 22 Nov"),
    ],
)
def test_a_period_is_named_and_counted(start: date, end: date, through: date, said: str) -> None:
    assert span_text(Span(start, end, through)) == said


async def test_a_kpi_without_target_has_no_bar_to_compare_with(
    desk: Opener, make_view: MakeView, make_gauge: MakeGauge
) -> None:
    gauge = make_gauge("gmv", "GMV", value=Decimal(5), unit="count", reason="no data: two days are missing")
    async with desk((120, 40), make_view([gauge])) as d:
        assert "no target" in d.row("GMV")
        assert "━" not in d.text()
        assert "  two days are missing" in d.text()


async def test_a_wide_board_has_a_column_for_each_channel(desk: Opener, make_view: MakeView) -> None:
    async with desk((200, 50), make_view()) as d:
        d.assert_aligned()
        assert "amazon-jp" in d.row("── contract")
        assert "✗ 33.4 %" in d.row("广告成本 ACoS")
        await d.pilot.resize_terminal(120, 40)
        await d.settle()
        assert "✗ breach" in d.row("amazon-jp")


async def test_the_board_is_in_groups_with_the_contract_first(
    desk: Opener, make_view: MakeView, make_gauge: MakeGauge
) -> None:
    gauges = [*make_view().gauges, make_gauge("cover", "Days of cover", unit="days", value=Decimal(9), group="stock")]
    async with desk((120, 40), make_view(gauges)) as d:
        heads = [row.split()[1] for row in d.rows() if row.startswith(" ── ")]
        assert heads == ["contract", "other", "stock"]
        await d.press("G", "k", "k", "k", "k", "k", "k", "k")
        assert "GMV growth" in d.row("▌"), "headings are passed over"
        await d.pilot.resize_terminal(60, 14)
        await d.settle()
        assert "── contract" not in d.text()


async def test_a_gauge_tells_where_it_will_end_and_what_may_still_go_wrong(
    desk: Opener, make_view: MakeView, make_gauge: MakeGauge
) -> None:
    ahead = Projection(Decimal("0.009"), Decimal("0.008"), Decimal("0.012"), Decimal("0.83"))
    left = Budget(allowed=Decimal(19), used=Decimal(13), left=Decimal(6), days_left=Decimal(4))
    odr = make_gauge(
        "odr", "Order defect rate", value=Decimal("0.0071"), target=Target("<", Decimal("0.01")), projection=ahead,
        budget=left, weight=Decimal(20),
    )  # fmt: skip
    async with desk((120, 40), make_view([odr])) as d:
        row = d.row("0.90 % at the end, four times in five 0.80 % to 1.2 %, target met: 83 %")
        assert row
        assert "budget: 6 of 19 left, for 4 days at this pace" in d.text()
        await d.pilot.resize_terminal(80, 24)
        await d.show(make_view([replace(odr, budget=replace(left, used=Decimal(22), left=Decimal(-3)))]))
        assert "budget: 3 over 19" in d.text()
