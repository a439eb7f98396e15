"""A platform's standard is the one of the day, and every entry of the registry says where it comes from."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import groupby, pairwise
from pathlib import Path

import pytest

from kpiterm.analysis.kpi.catalogue import load_catalogue
from kpiterm.analysis.thresholds import (
    Standard,
    builtin_standards,
    in_turn,
    metric_of,
    read_standards,
    reported_standards,
    standard,
    standards_on,
)
from kpiterm.analysis.view import Target
from kpiterm.errors import ConfigError
from tests.unit.analysis.conftest import Store

TODAY = date(2026, 11, 22)


def target(place: str, metric: str, day: date) -> str | None:
    found = standard(place, metric, day)
    return f"{found.target.op} {found.target.value}" if found else None


@pytest.mark.parametrize(
    ("place", "metric", "day", "expected"),
    [
        ("amazon.com", "order_defect_rate", TODAY, "< 0.01"),
        ("amazon.co.jp", "order_defect_rate", TODAY, "< 0.01"),
        ("amazon.com", "late_shipment_rate", TODAY, "< 0.04"),
        ("amazon.com", "pre_fulfillment_cancellation_rate", TODAY, "< 0.025"),
        ("amazon.com", "valid_tracking_rate", TODAY, "> 0.95"),
        ("amazon.com", "invoice_defect_rate", TODAY, "< 0.05"),
        ("amazon.com", "on_time_delivery_rate", date(2024, 9, 24), ">= 0.97"),
        ("amazon.com", "on_time_delivery_rate", date(2024, 9, 25), ">= 0.9"),
        ("amazon.co.jp", "on_time_delivery_rate", TODAY, None),
        ("amazon.com", "response_hours", date(2015, 12, 24), "<= 12"),
        ("amazon.com", "response_hours", date(2016, 1, 1), "<= 24"),
        ("amazon.com", "inventory_performance_index", TODAY, ">= 400"),
        ("walmart.com", "on_time_delivery_rate", date(2025, 12, 31), "> 0.95"),
        ("walmart.com", "on_time_delivery_rate", date(2026, 1, 1), ">= 0.9"),
        ("walmart.com", "return_rate", date(2026, 1, 28), None),
        ("walmart.com", "return_rate", date(2026, 1, 29), "<= 0.06"),
        ("walmart.com", "item_not_received_rate", date(2026, 1, 28), None),
        ("walmart.com", "item_not_received_rate", date(2026, 1, 29), "<= 0.02"),
        ("walmart.com", "negative_feedback_rate", date(2025, 9, 30), None),
        ("walmart.com", "negative_feedback_rate", date(2025, 10, 1), "<= 0.02"),
        ("walmart.com", "refund_rate", date(2027, 3, 26), "<= 0.06"),
        ("walmart.com", "refund_rate", date(2027, 3, 27), None),
        ("walmart.com", "seller_response_rate", TODAY, ">= 0.95"),
        ("walmart.com", "order_defect_rate", TODAY, None),
        ("walmart.ca", "cancellation_rate", TODAY, None),
        ("walmart", "cancellation_rate", TODAY, "<= 0.02"),
        ("shopify", "order_defect_rate", TODAY, None),
    ],
)
def test_a_day_is_judged_by_its_own_rule(place: str, metric: str, day: date, expected: str | None) -> None:
    assert target(place, metric, day) == expected


def test_no_two_standards_hold_on_the_same_day() -> None:
    def what(item: Standard) -> tuple[str, str, str]:
        return item.platform, item.channel or "", item.metric

    for _, group in groupby(sorted(builtin_standards(), key=what), key=what):
        for (earlier, _), (later, first) in pairwise(in_turn(group)):
            assert earlier.valid_to is not None, earlier
            assert first is not None, later
            assert first > earlier.valid_to, (earlier, later)


def test_every_standard_says_where_it_comes_from_and_what_is_not_known() -> None:
    for item in builtin_standards():
        assert item.source["en"]
        assert any("\u4e00" <= letter <= "\u9fff" for letter in item.source["zh"])
        assert item.valid_from or item.known_as_of
    advice = standard("amazon.com", "on_time_delivery_rate", date(2023, 1, 1))
    assert advice is not None
    assert (advice.binding, advice.documented_on(date(2023, 1, 1)), advice.documented_on(date(2024, 9, 24))) == (
        False, False, True,
    )  # fmt: skip


def test_what_the_platform_states_itself_wins_until_its_rule_changes(store: Store) -> None:
    def say(day: date, limit: str) -> None:
        store.health(
            day, 1, 100, metric="on_time_delivery_rate", rate=Decimal("0.9"), target=Decimal(limit), target_op=">",
            period_start=date(2024, 8, 1), period_end=date(2024, 8, 14),
        )  # fmt: skip

    say(date(2024, 9, 1), "0.93")
    say(date(2024, 9, 20), "0.94")
    store.health(date(2024, 9, 21), 1, 100, metric="on_time_delivery_rate")

    def limit(day: date) -> Decimal | None:
        found = standard("amazon.com", "on_time_delivery_rate", day, reported=reported_standards(store, day))
        return found.target.value if found else None

    assert limit(date(2024, 8, 31)) == Decimal("0.97")
    assert limit(date(2024, 9, 10)) == Decimal("0.93")
    assert limit(date(2024, 9, 22)) == Decimal("0.94")
    assert limit(date(2024, 9, 25)) == Decimal("0.9")


def test_a_stated_standard_that_the_registry_lacks_is_listed(store: Store) -> None:
    store.health(TODAY, None, None, metric="late_shipment_rate", channel="walmart.com", rate=Decimal("0.02"),
                 target=Decimal("0.05"), target_op="<=", source="walmart.performance")  # fmt: skip
    found = standards_on(TODAY, reported_standards(store, TODAY))
    (stated,) = (s for s in found if s.reported)
    assert (stated.channel, stated.metric, stated.target) == (
        "walmart.com", "late_shipment_rate", Target("<=", Decimal("0.05")),
    )  # fmt: skip
    assert len(found) == len({(s.channel or s.platform, s.metric) for s in found})


def test_the_metric_of_a_kpi_is_told_from_its_filter() -> None:
    found = {
        kpi.id: metric_of(kpi.measure.table, kpi.measure.where.sql if kpi.measure.where else None)
        for kpi in load_catalogue().values()
        if kpi.measure
    }
    assert found["odr"] == "order_defect_rate"
    assert found["late_shipment"] == "late_shipment_rate"
    assert found["policy_violations"] is None
    assert found["gmv"] is None


ENTRY = """[[standard]]
platform = "amazon"
metric = "order_defect_rate"
target = "< 0.01"
valid_from = 2026-01-01
source = { en = "here", zh = "此处" }
"""


@pytest.mark.parametrize(
    ("wrong", "right", "words"),
    [
        ('target = "< 0.01"', 'target = "about 1 %"', ["standard[1].target", "'about 1 %'"]),
        ("valid_from = 2026-01-01", "valid_to = 2026-01-01", ["standard[1].valid_from", "missing"]),
        (
            "valid_from = 2026-01-01",
            "valid_from = 2026-01-02\nvalid_to = 2026-01-01",
            ["standard[1].valid_to", "before"],
        ),
        ('platform = "amazon"', 'platform = "amazon"\nchannel = "walmart.com"', ["standard[1].channel", "amazon"]),
        ('platform = "amazon"', 'platfrom = "amazon"', ["standard[1].platform", "missing"]),
        (', zh = "此处"', "", ["standard[1].source.zh", "missing"]),
        ('metric = "order_defect_rate"', 'metric = "order_defect_rate"\nday = 30', ["standard[1].day", "unknown key"]),
    ],
)
def test_a_fault_names_file_key_and_remedy(wrong: str, right: str, words: list[str], tmp_path: Path) -> None:
    file = tmp_path / "thresholds.toml"
    file.write_text(ENTRY, "utf-8")
    assert len(read_standards(file)) == 1
    file.write_text(ENTRY.replace(wrong, right), "utf-8")
    with pytest.raises(ConfigError) as caught:
        read_standards(file)
    assert all(word in caught.value.message for word in [str(file), *words])
    assert caught.value.hint
