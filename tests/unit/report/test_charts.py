from __future__ import annotations

from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from kpiterm.report.charts import Bar, bars, sparkline, waterfall

NUMBERS = st.integers(-(10**11), 10**11).map(lambda cents: cents / 100)
SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def rects(svg: str) -> list[tuple[float, float]]:
    """Left and right end of each bar."""
    return [
        (float(r.attrib["x"]), float(r.attrib["x"]) + float(r.attrib["width"])) for r in parsed(svg).iter(f"{SVG}rect")
    ]


@given(st.lists(NUMBERS | st.none(), min_size=1, max_size=13), NUMBERS)
def test_bars_stay_inside_the_drawing(values: list[float | None], target: float) -> None:
    drawing = parsed(bars([Bar("m", v, "x") for v in values], mark=(target, "t"), title="t"))
    assert sum(1 for _ in drawing.iter(f"{SVG}rect")) == sum(v is not None for v in values)
    for rect in drawing.iter(f"{SVG}rect"):
        top = float(rect.attrib["y"])
        assert -1 <= top <= top + float(rect.attrib["height"]) <= 191


def test_each_step_of_a_waterfall_begins_where_the_one_before_ended() -> None:
    steps = [Bar("before", 100, "", total=True), Bar("a", 40, ""), Bar("b", -10, ""), Bar("after", 130, "", total=True)]
    (_, first), (a, top), (low, b), (_, last) = rects(waterfall(steps, title="t"))
    assert (first, top) == (a, b)
    assert abs(low - last) < 0.2


def test_small_steps_beside_large_totals_can_be_told_apart() -> None:
    steps = [Bar("before", 10_000, "", total=True), Bar("a", 40, ""), Bar("after", 10_040, "", total=True)]
    _, (left, right), _ = rects(waterfall(steps, title="t"))
    assert right - left > 50


def test_texts_of_a_shop_cannot_break_out() -> None:
    for svg in (bars([Bar("<script>", 1, "&")], title='"><script>'), waterfall([Bar("<b>", 1, "<")], title="<")):
        assert "<script>" not in svg
        parsed(svg)


def test_a_gap_is_drawn_as_a_gap() -> None:
    lines = list(parsed(sparkline([1, 2, None, 3, 4])).iter(f"{SVG}polyline"))
    assert len(lines) == 2
    assert sparkline([None, None]) == ""
