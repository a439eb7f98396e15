"""Bridges of advertising, refunds and payouts, with figures worked out by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D  # noqa: N817
from typing import TYPE_CHECKING

from kpiterm.analysis.bridge.result import Note

if TYPE_CHECKING:
    from kpiterm.analysis.bridge.result import Bridge, Step
    from tests.unit.analysis.bridge.conftest import Shop

OCT = {n: date(2026, 10, n) for n in range(1, 32)}


def moved(bridge: Bridge) -> dict[str, str]:
    """What each step moves, without those that move nothing."""
    return {step.code: f"{step.amount:.2f}" for step in bridge.steps if step.amount}


def step(bridge: Bridge, code: str) -> Step:
    return next(found for found in bridge.steps if found.code == code)


class TestAdverts:
    """Reports repeat each other's money at other levels, and leave out ad products."""

    def campaigns(self, shop: Shop) -> None:
        """From 24 September, 10.00 a day of Sponsored Products; 4.00 a day of Sponsored Brands in October."""
        for day in (date(2026, 9, n) for n in range(24, 31)):
            shop.ads(day, "10")
        for day in OCT.values():
            shop.ads(day, "10")
            shop.ads(day, "4", ad_product="SB", source="amazon.ads-brands")

    def test_another_level_leaves_out_a_whole_ad_product(self, empty: Shop) -> None:
        self.campaigns(empty)
        for day in OCT.values():
            for sku in "ab":
                empty.ads(day, "5", level="product", source="amazon.ads-products", sku=sku)
        bridge = empty.bridge("ad_spend", "amazon.ads-products (product)")
        assert (bridge.source.value, bridge.ours.value) == (D(310), D(434))
        assert (moved(bridge), bridge.residual, bridge.state) == ({"ad_product": "124.00"}, D(0), "ok")
        assert step(bridge, "ad_product").note == Note("products", ("SB",))

    def test_a_total_that_leaves_one_out_is_found_by_its_days(self, empty: Shop) -> None:
        self.campaigns(empty)
        for day in OCT.values():
            empty.add("fee", account="us-main", channel="amazon.com", source="amazon.economics", day=day,
                      kind="advertising_sponsored_product", amount=D(10), currency="USD")  # fmt: skip
        bridge = empty.bridge("ad_spend", "amazon.economics")
        assert (moved(bridge), bridge.residual) == ({"ad_product": "124.00"}, D(0))

    def test_a_charge_is_for_the_days_since_the_one_before(self, empty: Shop) -> None:
        """Charged on 28 September, 12 and 26 October: in October for 28 September to 25 October."""
        self.campaigns(empty)
        empty.booked("A", OCT[2], "1")
        for day, amount in ((date(2026, 9, 28), "-40"), (OCT[12], "-184"), (OCT[26], "-196")):
            empty.booked(None, day, amount, kind="fee", detail="Cost of Advertising")
        bridge = empty.bridge("ad_spend", "amazon.settlements")
        assert bridge.source.value == D(380)
        assert moved(bridge) == {"date": "54.00"}  # six days of 14.00 to come, three of 10.00 before
        assert (bridge.residual, bridge.days) == (D(0), ())

    def test_one_report_alone_is_held_against_nothing(self, empty: Shop) -> None:
        self.campaigns(empty)
        assert empty.bridges("ad_spend") == []


class TestRefunds:
    """Refunds count on the day on which they are given, here and in the statement."""

    def test_booked_next_month_or_never(self, empty: Shop) -> None:
        empty.refund("A", OCT[3], "20")
        empty.refund("B", OCT[30], "15")
        empty.refund("C", OCT[8], "7")
        empty.booked("A", OCT[3], "-20", kind="refund")
        empty.booked("B", date(2026, 11, 2), "-15", kind="refund")
        empty.booked("X", OCT[9], "-5", kind="refund")
        empty.booked("Y", date(2026, 11, 3), "9")
        bridge = empty.bridge("refunds", "amazon.settlements")
        assert (bridge.source.value, bridge.ours.value) == (D(25), D(42))
        assert moved(bridge) == {"date": "15.00", "only_source": "-5.00", "only_ours": "7.00"}
        assert bridge.residual == 0

    def test_two_refunds_on_one_order_in_two_months(self, empty: Shop) -> None:
        for day, amount in ((OCT[3], 20), (date(2026, 11, 3), 30)):
            empty.refund("A", day, str(amount))
            empty.booked("A", day, str(-amount), kind="refund")
        empty.booked("Y", OCT[3], "9")
        for period, value in (("2026-10", D(20)), ("2026-11", D(30))):
            bridge = empty.bridge("refunds", "amazon.settlements", period)
            assert (bridge.ours.value, moved(bridge), bridge.residual) == (value, {}, D(0))

    def test_tax_that_the_platform_gives_back_by_itself(self, empty: Shop) -> None:
        empty.refund("A", OCT[3], "22")
        for detail, amount in (("Product Price", "-20"), ("Product Tax", "-2"), ("Product Tax Withheld", "2")):
            empty.booked("A", OCT[3], amount, kind="refund", detail=detail)
        empty.booked("Y", OCT[3], "9")
        bridge = empty.bridge("refunds", "amazon.settlements")
        assert (bridge.source.value, moved(bridge), bridge.residual) == (D(20), {"tax": "2.00"}, D(0))

    def test_without_refund_lines_the_first_statement_stands_in(self, empty: Shop) -> None:
        for source in ("amazon.finances", "amazon.settlements"):
            empty.booked("A", OCT[3], "20", source=source)
            empty.booked("A", OCT[9], "-20", kind="refund", source=source)
        bridge = empty.bridge("refunds", "amazon.settlements")
        assert (bridge.ours.name, bridge.residual, bridge.note) == (
            "amazon.finances", D(0), Note("stand_in", ("amazon.finances",)),
        )  # fmt: skip


class TestSettlement:
    """What was earned in a period: posting by posting, statement by statement, payout by payout."""

    def test_a_statement_ends_before_the_postings_do(self, empty: Shop) -> None:
        for name, day, amount in (("A", 3, "20"), ("B", 9, "30"), ("C", 30, "50")):
            empty.booked(name, OCT[day], amount, source="amazon.finances")
        empty.booked(None, OCT[4], "-6", kind="fee", source="amazon.finances")
        empty.booked("A", OCT[3], "20")
        empty.booked("B", OCT[9], "29")
        empty.booked(None, OCT[12], "-3", kind="fee")
        empty.booked(None, OCT[12], "-40", kind="transfer")
        bridge = empty.bridge("net_settlement", "amazon.settlements")
        assert (bridge.source.value, bridge.ours.value, bridge.ours.name) == (D(46), D(94), "amazon.finances")
        assert moved(bridge) == {"not_posted": "50.00", "only_source": "3.00", "only_ours": "-6.00"}
        assert (bridge.residual, bridge.days[0].day) == (D(1), OCT[9])

    def test_payouts_are_for_the_statement_that_had_ended(self, empty: Shop) -> None:
        """S0 ended on 30 September and is paid in October, S1 too less a reserve; S2 is not paid yet."""
        for statement, day, amount in (
            ("S0", date(2026, 9, 28), "100"), ("S0", date(2026, 9, 30), "10"), ("S1", OCT[5], "70"),
            ("S1", OCT[14], "30"), ("S2", OCT[20], "25"),
        ):  # fmt: skip
            empty.booked("A", day, amount, settlement_id=statement)
        empty.booked(None, OCT[14], "-15", kind="transfer", detail="Current Reserve Amount", settlement_id="S1")
        # Amazon books a payout into the statement after the one that it pays.
        empty.booked(None, OCT[2], "-110", kind="transfer", detail="transfer", settlement_id="S1")
        empty.booked(None, OCT[16], "-85", kind="transfer", detail="transfer", settlement_id="S2")
        bridge = next(b for b in empty.bridges("net_settlement") if b.source.kind == "payout")
        assert (bridge.source.value, bridge.ours.value) == (D(195), D(125))
        assert moved(bridge) == {"date": "-110.00", "reserve": "15.00", "not_paid": "25.00"}
        assert bridge.residual == 0
