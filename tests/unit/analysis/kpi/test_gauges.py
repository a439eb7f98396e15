"""What the gauges say about small stores whose numbers are worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D  # noqa: N817
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpiterm.analysis.contract.terms import Agreement, Terms
from kpiterm.analysis.kpi.catalogue import load_catalogue
from kpiterm.analysis.view import Span, Target
from kpiterm.config import Config
from kpiterm.errors import ConfigError

if TYPE_CHECKING:
    from tests.unit.analysis.conftest import Store

NOVEMBER = date(2026, 11, 1)
OCTOBER = date(2026, 10, 1)


def day(month: int, number: int) -> date:
    return date(2026, month, number)


def synced(store: Store, stream: str, moment: datetime, account: str = "us-main") -> None:
    """The account's stream has been read up to `moment`."""
    store.watermark(account, stream, moment)


class TestInstead:
    """Without order lines, the platform's own daily sales stand in, and the gauge says so."""

    def test_reported_sales_stand_in_where_there_are_no_order_lines(self, store: Store) -> None:
        for number in range(1, 32):
            store.traffic(day(10, number), "100", source="amazon.business_sales")
            store.traffic(day(10, number), "100", source="amazon.business_traffic")
        gauge = store.gauge("gmv", "2026-10")
        assert (gauge.value, gauge.currency, gauge.sources) == (D(3100), "USD", ("amazon:us-main",))
        assert "Ordered sales, as reported" in (gauge.reason or "")
        assert store.gauge("ordered_sales", "2026-10").reason is None

    def test_order_lines_win_where_there_are_any(self, store: Store) -> None:
        store.traffic(day(10, 3), "100")
        store.order(day(10, 3), "99")
        gauge = store.gauge("gmv", "2026-10")
        assert (gauge.value, "reported" in (gauge.reason or "")) == (D(99), False)

    def test_growth_stands_on_reported_sales_too(self, store: Store) -> None:
        for month, sales in ((9, "100"), (10, "120")):
            for number in range(1, 31):
                store.traffic(day(month, number), sales)
        gauge = store.gauge("gmv_mom", "2026-10")
        assert (gauge.value, gauge.numerator, gauge.denominator) == (D("0.2"), D(600), D(3000))


class TestGaps:
    """Imported files may leave days out; the figure over them must say so, and no target is called met or missed."""

    def two_files(self, store: Store, second_starts: int) -> None:
        for number in range(1, 10):
            store.order(day(9, number * 3), "10", payload="september")
            store.order(day(10, number), "10", payload="first")
        for number in range(second_starts, 32):
            store.order(day(10, number), "10", payload="second")

    def test_days_that_no_file_covers_are_named(self, store: Store) -> None:
        self.two_files(store, 20)
        assert "no imported file covers 2026-10-10 to 2026-10-19" in (store.gauge("gmv", "2026-10").reason or "")
        assert store.gauge("gmv_mom", "2026-10").state == "watch"

    def test_a_few_quiet_days_are_no_gap(self, store: Store) -> None:
        self.two_files(store, 12)
        assert store.gauge("gmv", "2026-10").reason is None

    def test_a_synced_source_may_sell_nothing_for_weeks(self, store: Store) -> None:
        self.two_files(store, 25)
        synced(store, "orders", datetime(2026, 11, 22, tzinfo=UTC))
        assert store.gauge("gmv", "2026-10", accounts=["us-main"]).reason is None


class TestGmv:
    def test_pending_counts_cancelled_and_non_amazon_do_not(self, store: Store) -> None:
        store.order(day(11, 3), "10.50")
        store.order(day(11, 4), "4.25", status="pending")
        store.order(day(11, 5), "100", status="cancelled")
        store.order(day(11, 5), None, channel="non-amazon", currency=None)
        store.order(day(10, 31), "7")
        gauge = store.gauge("gmv")
        assert (gauge.value, gauge.numerator, gauge.currency) == (D("14.75"), D("14.75"), "USD")
        assert gauge.sources == ("amazon:us-main",)
        assert gauge.channel == "all"
        assert gauge.history[-2:] == (None, D("14.75"))  # October's data begin on its last day

    def test_each_channel_has_its_own_gauge_once_there_are_two(self, store: Store) -> None:
        store.order(day(11, 3), "10")
        assert [g.channel for g in store.board().gauges if g.id == "gmv"] == ["all"]
        store.order(day(11, 3), "5", channel="amazon.com.mx")
        gauges = [g for g in store.board().gauges if g.id == "gmv"]
        assert [(g.channel, g.value) for g in gauges] == [
            ("all", D(15)),
            ("amazon.com", D(10)),
            ("amazon.com.mx", D(5)),
        ]

    def test_currencies_are_never_added(self, store: Store) -> None:
        store.order(day(11, 3), "1234")
        store.order(day(11, 3), "56.7", channel="amazon.de", currency="EUR")
        everything = store.gauge("gmv")
        assert (everything.value, everything.state, everything.numerator) == (None, "no_data", None)
        rates = "no exchange rates, add them to fx.toml; or see each channel"
        assert everything.reason == f"amounts in USD 1,234.00, EUR 56.70: {rates}"
        assert store.gauge("gmv", channel="amazon.de").value == D("56.7")
        assert store.gauge("gmv", channel="amazon.de").currency == "EUR"
        assert store.gauge("gmv_mom").value is None

    def test_amounts_without_a_currency_are_not_taken_for_another(self, store: Store) -> None:
        store.order(day(11, 3), "10")
        store.order(day(11, 3), "5", currency=None)
        assert "(no currency) 5.00" in (store.gauge("gmv").reason or "")

    def test_a_free_line_without_a_currency_does_not_hide_the_total(self, store: Store) -> None:
        store.order(day(11, 3), "10")
        store.order(day(11, 3), "0", currency=None)
        assert (store.gauge("gmv").value, store.gauge("gmv").currency) == (D(10), "USD")

    def test_rows_without_a_price_are_missing_not_zero(self, store: Store) -> None:
        store.order(day(11, 3), None)
        gauge = store.gauge("gmv")
        assert (gauge.value, gauge.reason) == (None, "the source gives no item price")

    def test_an_empty_store_says_what_to_do(self, store: Store) -> None:
        gauge = store.gauge("gmv")
        assert (gauge.value, gauge.state, gauge.data_through) == (None, "no_data", None)
        assert "kpiterm sync" in (gauge.reason or "")

    def test_a_period_before_the_data_is_told_apart_from_one_after(self, store: Store) -> None:
        store.order(day(9, 5), "10")
        assert "start on 2026-09-05" in (store.gauge("gmv", "2026-08").reason or "")
        late = store.gauge("gmv", "2026-10")
        assert "end on 2026-09-05, before the period" in (late.reason or "")
        assert late.data_through == day(9, 5)


class TestThrough:
    def test_a_hole_between_two_files_is_named(self, store: Store) -> None:
        store.order(day(7, 30), "1")
        store.order(day(10, 1), "1", source="amazon.other_orders")
        reason = store.gauge("gmv", "2026-09").reason or ""
        assert "end on 2026-07-30" in reason
        assert "again on 2026-10-01" in reason

    def test_an_account_that_is_behind_is_named(self, store: Store) -> None:
        store.order(day(10, 5), "1")
        synced(store, "orders", datetime(2026, 10, 20, 12, tzinfo=UTC))
        gauge = store.gauge("gmv", accounts=["us-main"])
        assert gauge.value is None
        assert "us-main was read only up to 2026-10-20" in (gauge.reason or "")

    def test_a_live_source_counts_to_its_last_whole_day(self, store: Store) -> None:
        for n in range(1, 21):
            store.order(day(11, n), "1")
        synced(store, "orders", datetime(2026, 11, 20, 12, tzinfo=UTC))  # 04:00 in Los Angeles: the 19th is over
        gauge = store.gauge("gmv", accounts=["us-main"])
        assert (gauge.period.through, gauge.data_through, gauge.value) == (day(11, 19), day(11, 19), D(19))

    def test_today_never_counts(self, store: Store) -> None:
        for n in range(20, 23):
            store.order(day(11, n), "1")
        assert store.gauge("gmv").period.through == day(11, 21)
        assert store.gauge("gmv").value == 2

    def test_the_business_day_is_the_marketplace_s_own(self, store: Store) -> None:
        store.now = datetime(2026, 11, 1, 3, tzinfo=UTC)  # still October in Los Angeles, November in Tokyo
        store.order(day(10, 30), "1")
        store.order(day(10, 30), "1", channel="amazon.co.jp", currency="USD")
        assert store.gauge("gmv", channel="amazon.com").period.start == OCTOBER
        assert store.gauge("gmv", channel="amazon.co.jp").period.start == NOVEMBER
        assert store.gauge("gmv").period.start == OCTOBER

    def test_all_channels_reach_only_as_far_as_the_slowest_account(self, store: Store) -> None:
        for n in range(1, 20):
            store.order(day(11, n), "1")
            store.order(day(11, n), "1", account="ca-main", channel="amazon.ca", currency="USD")
        synced(store, "orders", datetime(2026, 11, 20, 12, tzinfo=UTC))
        synced(store, "orders", datetime(2026, 11, 11, 12, tzinfo=UTC), "ca-main")
        board = store.board(accounts=["us-main", "ca-main"])
        found = {g.channel: (g.period.through.day, g.value) for g in board.gauges if g.id == "gmv"}
        assert found == {"all": (10, D(20)), "amazon.com": (19, D(19)), "amazon.ca": (10, D(10))}

    def test_an_old_import_does_not_hold_back_a_live_account(self, store: Store) -> None:
        store.order(day(2, 5), "1", account="amazon-import", source="amazon.all_orders")
        store.order(day(11, 5), "1")
        synced(store, "orders", datetime(2026, 11, 20, 12, tzinfo=UTC))
        assert store.gauge("gmv", accounts=["us-main"]).period.through == day(11, 19)

    def test_no_day_of_the_month_is_over_on_its_first(self, store: Store) -> None:
        store.now = datetime(2026, 11, 1, 20, tzinfo=UTC)
        store.order(day(11, 1), "1")
        gauge = store.gauge("gmv")
        assert (gauge.value, gauge.reason) == (None, "no day of the period is over yet")

    def test_missing_days_of_a_past_period_are_told(self, store: Store) -> None:
        store.order(day(10, 1), "1")
        store.order(day(10, 20), "1")
        gauge = store.gauge("gmv", "2026-10")
        assert gauge.reason == "data through 2026-10-20: the last 11 days of the period are missing"
        assert (gauge.period.through, gauge.maturity) == (day(10, 20), "provisional")

    def test_a_small_shop_may_sell_nothing_on_the_last_day(self, store: Store) -> None:
        store.order(day(10, 1), "1")
        store.order(day(10, 30), "1")
        gauge = store.gauge("gmv", "2026-10")
        assert (gauge.period.through, gauge.data_through, gauge.reason) == (day(10, 31), day(10, 30), None)


class TestGrowth:
    def test_a_month_to_date_against_as_many_days(self, store: Store) -> None:
        for n in range(1, 32):
            store.order(day(10, n), "10")
        for n in range(1, 22):
            store.order(day(11, n), "12")
        gauge = store.gauge("gmv_mom")
        assert (gauge.value, gauge.numerator, gauge.denominator) == (D("0.2"), D(42), D(210))
        assert (gauge.state, gauge.target) == ("ok", Target(">=", D("0.15")))

    def test_a_whole_month_against_the_whole_month_before(self, store: Store) -> None:
        for n in range(1, 32):
            store.order(day(10, n), "10")
        for n in range(1, 31):
            store.order(day(9, n), "10")
        gauge = store.gauge("gmv_mom", "2026-10")
        assert gauge.value == D(10) / 300
        assert gauge.history[-1] == gauge.value

    def test_the_earlier_growth_is_that_of_the_month_before(self, store: Store) -> None:
        for month, price in ((8, "10"), (9, "20"), (10, "30")):
            for n in range(1, 31):
                store.order(day(month, n), price)
        gauge = store.gauge("gmv_mom", "2026-10")
        assert (gauge.value, gauge.previous, gauge.change) == (D("0.5"), D(1), D("-0.5"))

    def test_a_change_of_currency_is_no_growth(self, store: Store) -> None:
        store.order(day(10, 3), "10")
        store.order(day(11, 3), "10", currency="EUR")
        gauge = store.gauge("gmv_mom")
        assert (gauge.value, gauge.previous) == (None, None)
        assert "no exchange rates" in (gauge.reason or "")

    def test_a_month_before_without_sales_gives_no_growth(self, store: Store) -> None:
        store.order(day(10, 3), "0")
        store.order(day(11, 3), "10")
        assert store.gauge("gmv_mom").reason == "undefined: 0 in 2026-10-01..2026-10-03"

    def test_without_a_month_before_there_is_none(self, store: Store) -> None:
        store.order(day(11, 3), "10")
        gauge = store.gauge("gmv_mom")
        assert (gauge.value, gauge.state) == (None, "no_data")
        assert "2026-10" in (gauge.reason or "")

    def test_growth_from_a_month_that_was_not_whole_is_left_out_of_the_history(self, store: Store) -> None:
        for n in range(20, 32):
            store.order(day(8, n), "10")
        for n in range(1, 31):
            store.order(day(9, n), "10")
            store.order(day(10, n), "10")
        gauge = store.gauge("gmv_mom", "2026-10")
        assert (gauge.value, gauge.previous, gauge.history[-2]) == (D(0), None, None)

    def test_data_that_begin_within_the_month_before_are_a_doubt(self, store: Store) -> None:
        for n in range(15, 32):
            store.order(day(10, n), "10")
        for n in range(1, 22):
            store.order(day(11, n), "10")
        gauge = store.gauge("gmv_mom")
        assert (gauge.value, gauge.state) == (D(2), "watch")
        assert "start on 2026-10-15" in (gauge.reason or "")


class TestAcos:
    def test_sums_over_sums(self, store: Store) -> None:
        store.ads(day(11, 2), "10", "100")
        store.ads(day(11, 3), "30", "50")
        gauge = store.gauge("acos")
        assert (gauge.value, gauge.numerator, gauge.denominator) == (D(40) / 150, D(40), D(150))

    def test_levels_are_never_added_and_the_best_of_each_product_and_day_counts(self, store: Store) -> None:
        for level in ("placement", "search_term", "product", "campaign"):
            store.ads(day(11, 2), "10", "100", level=level)
        store.ads(day(11, 2), "7", "20", level="product", ad_product="SB")
        store.ads(day(11, 3), "1", "10", level="targeting")
        store.ads(day(11, 3), "1", "10", level="placement")
        gauge = store.gauge("acos")
        assert (gauge.numerator, gauge.denominator) == (D(18), D(130))

    def test_two_reports_of_the_same_day_and_level_count_once(self, store: Store) -> None:
        store.ads(day(11, 2), "10", "100")
        store.ads(day(11, 2), "10", "100", source="amazon.campaign_report")
        assert store.gauge("acos").numerator == 10

    def test_without_attributed_sales_it_is_undefined(self, store: Store) -> None:
        store.ads(day(11, 2), "12.34", "0")
        gauge = store.gauge("acos")
        assert (gauge.value, gauge.state) == (None, "no_data")
        assert gauge.reason == "undefined: spend of 12.34 with no attributed sales"

    def test_summary_rows_alone_are_named_as_the_reason(self, store: Store) -> None:
        store.ads(day(11, 1), "10", "100", level="summary", last_day=day(11, 20))
        gauge = store.gauge("acos")
        assert gauge.value is None
        assert "summary rows" in (gauge.reason or "")

    def test_summary_rows_never_add_to_daily_ones(self, store: Store) -> None:
        store.ads(day(11, 1), "99", "100", level="summary", last_day=day(11, 20))
        store.ads(day(11, 2), "10", "100")
        assert store.gauge("acos").numerator == 10

    def test_it_settles_as_long_as_its_source_may_be_restated(self, store: Store) -> None:
        for month in (9, 10, 11):
            store.ads(day(month, 1), "10", "100")
        synced(store, "ads", store.now)
        settles = {"amazon.ads": timedelta(days=30)}
        found = {
            period: store.gauge("acos", period, accounts=["us-main"], settles=settles).maturity
            for period in ("2026-09", "2026-10", "2026-11")
        }
        assert found == {"2026-09": "final", "2026-10": "settling", "2026-11": "provisional"}


class TestOdr:
    def test_the_last_reading_of_the_period_over_its_segments(self, store: Store) -> None:
        store.health(day(11, 3), 90, 1000)
        store.health(day(11, 10), 2, 1000)
        store.health(day(11, 10), 1, 3000, segment="marketplace")
        store.health(day(11, 10), 50, 100, metric="late_shipment_rate")
        store.health(day(10, 30), 4, 1000)
        gauge = store.gauge("odr")
        assert (gauge.value, gauge.numerator, gauge.denominator) == (D("0.00075"), D(3), D(4000))
        assert gauge.history[-2] == D("0.004")

    def test_a_segment_for_all_is_not_added_to_its_parts(self, store: Store) -> None:
        for segment, defects in (("all", 3), ("merchant", 2), ("marketplace", 1)):
            store.health(day(11, 10), defects, 1000, segment=segment)
        assert store.gauge("odr").numerator == 3

    def test_each_account_gives_its_own_last_reading(self, store: Store) -> None:
        store.health(day(11, 10), 1, 1000)
        store.health(day(11, 12), 3, 1000, account="ca-main", channel="amazon.ca")
        assert store.gauge("odr").value == D("0.002")

    def test_today_s_reading_counts(self, store: Store) -> None:
        store.health(day(11, 22), 1, 1000)
        assert store.gauge("odr").value == D("0.001")

    def test_a_strict_target_is_missed_when_it_is_only_reached(self, store: Store) -> None:
        store.now = datetime(2026, 12, 5, 20, tzinfo=UTC)
        store.health(day(11, 30), 20, 4000)
        assert store.gauge("odr", "2026-11").state == "breach"

    def test_too_few_orders_prove_nothing(self, store: Store) -> None:
        store.health(day(11, 10), 0, 200)
        assert store.gauge("odr").state == "watch"
        store.health(day(11, 11), 0, 201)
        assert store.gauge("odr").state == "ok"


class TestResponseTime:
    def test_unanswered_conversations_wait_until_now(self, store: Store) -> None:
        received = datetime(2026, 11, 20, 20)  # noqa: DTZ001 - the store keeps naive UTC
        hours = [1, 2, 3, 4, 5, 6, 7, 8]
        for n in hours:
            store.contact(received, n)
        store.contact(received, None)
        store.contact(received, None)
        gauge = store.gauge("response_p90_h")
        expected = sorted([*hours, 48, 48])[ceil(0.9 * 10) - 1]
        assert (gauge.value, gauge.denominator, gauge.unit) == (D(expected), D(10), "hours")

    def test_conversations_that_need_no_reply_are_left_out(self, store: Store) -> None:
        received = datetime(2026, 11, 20, 20)  # noqa: DTZ001
        store.contact(received, 3)
        store.contact(received, 90, needs_reply=False)
        store.contact(received, 5, needs_reply=None)
        assert store.gauge("response_p90_h").value == 5

    def test_all_channels_together_are_no_mean_of_their_percentiles(self, store: Store) -> None:
        received = datetime(2026, 11, 20, 20)  # noqa: DTZ001
        for n in range(1, 19):
            store.contact(received, n)
        store.contact(received, 100, channel="amazon.ca")
        assert store.gauge("response_p90_h").value == 18
        assert store.gauge("response_p90_h", channel="amazon.ca").value == 100

    def test_without_data_the_reason_is_the_command_to_type(self, store: Store) -> None:
        reason = store.gauge("response_p90_h", "2026-10").reason or ""
        assert "kpiterm kpi enter response_p90_h VALUE --period 2026-10" in reason
        assert "kpiterm import FILE.csv" in reason


class TestEntries:
    def enter(self, store: Store, value: str | None, minute: int = 0, channel: str = "all") -> None:
        store.add(
            "entry", kpi="response_p90_h", channel=channel, period_start=OCTOBER, period_end=day(10, 31), value=value,
            entered_at=datetime(2026, 11, 2, 9, minute),  # noqa: DTZ001
        )  # fmt: skip

    def test_the_last_entry_fills_a_gap(self, store: Store) -> None:
        self.enter(store, "14")
        self.enter(store, "11.5", 5)
        gauge = store.gauge("response_p90_h", "2026-10")
        assert (gauge.value, gauge.sources, gauge.maturity) == (D("11.5"), ("entered",), "final")
        assert gauge.state == "watch"  # within a tenth of 12 hours
        assert store.gauge("response_p90_h", "2026-11").history[-2] == D("11.5")

    def test_an_entry_is_for_its_period_and_channel_alone(self, store: Store) -> None:
        self.enter(store, "11.5", channel="amazon.ca")
        assert store.gauge("response_p90_h", "2026-10").value is None
        assert store.gauge("response_p90_h", "2026-10-01..2026-10-30").value is None

    def test_an_entry_never_overrides_data(self, store: Store) -> None:
        self.enter(store, "11.5")
        store.contact(datetime(2026, 10, 30, 20), 3)  # noqa: DTZ001
        gauge = store.gauge("response_p90_h", "2026-10")
        assert (gauge.value, gauge.sources) == (D(3), ("amazon:us-main",))
        assert "11.5 was entered by hand" in (gauge.reason or "")


class TestState:
    @pytest.mark.parametrize(
        ("period", "spend", "state"),
        [
            ("2026-11", "20", "ok"),
            ("2026-11", "26", "watch"),  # met, within a tenth of 28 %
            ("2026-11", "28", "watch"),
            ("2026-11", "30", "watch"),  # missed by less than a tenth, and not final
            ("2026-11", "31", "breach"),
            ("2026-10", "20", "ok"),
            ("2026-10", "30", "breach"),  # no longer provisional
        ],
    )
    def test_a_target_is_close_within_a_tenth(self, store: Store, period: str, spend: str, state: str) -> None:
        month = int(period[-2:])
        store.ads(day(month, 1), "0", "0")
        store.ads(day(month, 20), spend, "100")
        store.ads(day(month, 31 if month == 10 else 21), "0", "0")
        assert store.gauge("acos", period).state == state

    def test_without_a_target_there_is_nothing_to_miss(self, store: Store) -> None:
        store.order(day(11, 3), "10")
        gauge = store.gauge("gmv")
        assert (gauge.target, gauge.state) == (None, "ok")

    def test_a_total_is_agreed_for_all_channels_together(self, store: Store) -> None:
        config = Config(targets={"gmv": (">=", D(15)), "acos": ("<=", D("0.1"))})
        for channel in ("amazon.com", "amazon.ca"):
            store.order(day(11, 3), "10", channel=channel)
            store.ads(day(11, 3), "30", "100", channel=channel)
        found = {(g.id, g.channel): g.state for g in store.board(config=config).gauges}
        assert (found["gmv", "all"], found["gmv", "amazon.ca"]) == ("ok", "ok")
        assert (found["acos", "all"], found["acos", "amazon.ca"]) == ("breach", "breach")


class TestTargets:
    TERMS = Terms(
        origin="contracts/a.toml",
        version=1,
        effective_from=NOVEMBER,
        kpis={"acos": Agreement(target=Target("<=", D("0.1")), weight=D(30), origin="contracts/a.toml")},
    )

    def test_the_contract_comes_before_the_workspace_and_that_before_the_default(self, store: Store) -> None:
        config = Config(targets={"acos": ("<=", D("0.2"))})
        own = store.gauge("acos", config=config)
        agreed = store.gauge("acos", config=config, terms=[self.TERMS])
        before = store.gauge("acos", "2026-10", config=config, terms=[self.TERMS])
        assert [g.target and g.target.value for g in (own, agreed, before)] == [D(x) for x in ("0.2", "0.1", "0.2")]
        assert (agreed.weight, own.weight) == (D(30), None)

    def test_contract_kpis_stand_first_on_the_board(self, store: Store) -> None:
        shown = [g.id for g in store.board(terms=[self.TERMS]).gauges]
        assert shown[0] == "acos"
        assert shown[1:] == [kpi for kpi in load_catalogue() if kpi != "acos"]

    def test_a_target_for_an_unknown_kpi_is_an_error(self, store: Store) -> None:
        with pytest.raises(ConfigError) as caught:
            store.board(config=Config(targets={"acoss": ("<=", D("0.2"))}))
        assert "targets.acoss" in caught.value.message
        assert "'acos'" in caught.value.hint


def test_a_kpi_of_the_workspace_is_on_the_board(store: Store, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(
        """
        [kpi.own_units]
        version = 1
        kind = "sum"
        unit = "count"
        direction = "up"
        name = { en = "Units", zh = "件数" }
        sentence = { en = "Units ordered.", zh = "下单件数。" }
        basis = "order date"
        table = "order_line"
        day = "business_day"
        numerator = "quantity"
        """,
        encoding="utf-8",
    )
    store.order(day(11, 3), "10", quantity=2)
    store.order(day(11, 3), "10", quantity=3, channel="amazon.de", currency="EUR")
    gauge = store.gauge("own_units", catalogue=load_catalogue(tmp_path), config=Config(language="zh"))
    assert (gauge.value, gauge.name, gauge.currency) == (D(5), "件数", None)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.dates(date(2026, 9, 1), date(2026, 11, 22)),
            st.decimals(0, 10**6, places=4, allow_nan=False),
            st.sampled_from(["amazon.com", "amazon.ca"]),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_gmv_is_the_exact_sum_of_the_days_counted(store: Store, lines: list[tuple[date, D, str]]) -> None:
    store.rows("DELETE FROM order_line")
    for when, price, channel in lines:
        store.order(when, price, channel=channel)
    for gauge in store.gauges("gmv", "2026-10").values():
        if gauge.value is not None:
            span: Span = gauge.period
            counted = [p for d, p, c in lines if span.start <= d <= span.through and gauge.channel in {"all", c}]
            assert gauge.value == sum(counted)
