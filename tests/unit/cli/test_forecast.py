"""`kpiterm forecast`: a file of daily sales in, expected demand out, and faults told by row."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kpiterm.cli import main
from kpiterm.errors import BAD_DATA, USAGE

FIRST = date(2026, 7, 1)
DAYS = 90
HEADER = "unique_id,ds,y,price,in_stock"
QUANTILES = ("q50", "q90", "q95", "q99")

Run = Callable[..., Any]


def lines(series: int = 30) -> list[str]:
    """A steady shop with chance of its own; the last series is short."""
    random = np.random.default_rng(2)
    return [
        f"S{number:02},{FIRST + timedelta(days=day)},{random.poisson(1 + number / 5)},9.5,1"
        for number in range(series)
        for day in range(80 if number == series - 1 else 0, DAYS)
    ]


def rows(path: Path) -> list[dict[str, str]]:
    body = path.read_bytes()
    text = gzip.decompress(body) if path.suffix == ".gz" else body
    return [*csv.DictReader(text.decode().splitlines())]


@pytest.fixture
def train(tmp_path: Path) -> Callable[..., Path]:
    def write(body: list[str], header: str = HEADER) -> Path:
        path = tmp_path / "train.csv"
        path.write_text("\n".join([header, *body]) + "\n")
        return path

    return write


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Forecasts 14 days into days.csv and sums of 7 and 14 into sums.csv; the JSON answer."""

    def call(train: Path, *words: str, code: int = 0) -> Any:
        options = ("--horizon", "14", "--out", f"{tmp_path}/days.csv", "--sums", "7", "--sums-out")
        given = ["forecast", "--train", str(train), *options, f"{tmp_path}/sums.csv", *words, "--json"]
        assert main.run(given) == code
        return json.loads(capsys.readouterr().out)

    return call


def test_every_day_and_sum_of_every_series_is_answered(run: Run, train: Callable[..., Path], tmp_path: Path) -> None:
    answer = run(train(lines()))
    days, sums = rows(tmp_path / "days.csv"), rows(tmp_path / "sums.csv")
    assert (answer["series"], answer["mode"], answer["sums"]) == (30, "fast", [7, 14])
    assert [file["rows"] for file in answer["files"]] == [len(days), len(sums)] == [30 * 14, 30 * 2]
    assert [*days[0]] == ["unique_id", "ds", "mean", *QUANTILES]
    assert [*sums[0]] == ["unique_id", "h", "mean", *QUANTILES]
    assert days[0]["ds"] == str(FIRST + timedelta(days=DAYS))
    assert [row["h"] for row in sums[:2]] == ["7", "14"]
    fortnight = sum(float(row["mean"]) for row in days[:14])
    assert float(sums[1]["mean"]) == pytest.approx(fortnight, abs=0.01)
    assert all(float(a["q50"]) <= float(a["q90"]) <= float(a["q95"]) <= float(a["q99"]) for a in (*days, *sums))
    steady = [float(row["mean"]) for row in sums if row["unique_id"] == "S28" and row["h"] == "14"]
    assert steady == pytest.approx([14 * (1 + 28 / 5)], rel=0.25)


def test_the_order_of_rows_and_packing_change_nothing(run: Run, train: Callable[..., Path], tmp_path: Path) -> None:
    run(train(lines()))
    first = (tmp_path / "days.csv").read_bytes(), (tmp_path / "sums.csv").read_bytes()
    packed = tmp_path / "train.csv.gz"
    mixed = [*lines()]
    np.random.default_rng(1).shuffle(mixed)
    packed.write_bytes(gzip.compress("\n".join([HEADER, *mixed]).encode()))
    run(packed)
    assert first == ((tmp_path / "days.csv").read_bytes(), (tmp_path / "sums.csv").read_bytes())


def test_columns_may_stand_in_any_order_and_price_and_stock_may_be_missing(
    run: Run, train: Callable[..., Path], tmp_path: Path
) -> None:
    body = [f"{y},{name},note,{day}" for name, day, y, *_ in (line.split(",") for line in lines())]
    run(train(body, "y,unique_id,remark,ds"), "--out", f"{tmp_path}/other.csv.gz")
    assert len(rows(tmp_path / "other.csv.gz")) == 30 * 14


def test_what_was_out_of_stock_is_not_forecast_low(run: Run, train: Callable[..., Path], tmp_path: Path) -> None:
    def mean(stock: str) -> float:
        body = lines()
        for place, line in enumerate(body):
            if line.startswith("S20") and line.split(",")[1] >= "2026-09-01":
                body[place] = ",".join([*line.split(",")[:2], "0", "9.5", stock])
        run(train(body))
        return float(next(r["mean"] for r in rows(tmp_path / "sums.csv") if r["unique_id"] == "S20" and r["h"] == "14"))

    assert mean("1") < 0.8 * mean("0")
    assert mean("0") == pytest.approx(14 * 5, rel=0.3)


FAULTS = {
    "no date": (3, "S00,03/07/2026,1,9.5,1", "'03/07/2026', which is no date", "2026-11-30"),
    "no number": (3, "S00,2026-07-03,many,9.5,1", "'many', which is no number", "units sold"),
    "no units": (3, "S00,2026-07-03,,9.5,1", "y is empty", "0 if none"),
    "a return": (3, "S00,2026-07-03,-2,9.5,1", "cannot be negative", "returns"),
    "endless": (3, "S00,2026-07-03,inf,9.5,1", "more than anyone sells", "units sold"),
    "no name": (3, ",2026-07-03,1,9.5,1", "unique_id is empty", "name the series"),
    "a price": (3, "S00,2026-07-03,1,cheap,1", "price is 'cheap'", "19.99"),
    "stock": (3, "S00,2026-07-03,1,9.5,7", "in_stock is '7'", "1, 0"),
    "twice": (4, "S00,2026-07-03,1,9.5,1", "S00' has '2026-07-03' twice", "one row"),
    "a gap": (3, "S00,2026-07-04,1,9.5,1", "lacks the days between", "add a row for each day"),
    "too few cells": (3, "S00,2026-07-03", "", "CSV"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_by_file_and_row_with_its_remedy_and_nothing_is_written(
    name: str, run: Run, train: Callable[..., Path], tmp_path: Path
) -> None:
    place, line, problem, remedy = FAULTS[name]
    body = lines(3)
    if name == "a gap":
        del body[2]
    elif name == "twice":
        body.insert(3, line)
    else:
        body[2] = line
    (tmp_path / "days.csv").write_text("what stood here\n")
    path = train(body)
    error = run(path, code=BAD_DATA)["error"]
    row = {"twice": 5, "a gap": 4}.get(name, place + 1)
    assert error["message"].startswith(f"{path}, row {row}: ")
    assert problem in error["message"]
    assert remedy in error["hint"]
    assert (tmp_path / "days.csv").read_text() == "what stood here\n"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["days.csv", "train.csv"]


@pytest.mark.parametrize(
    ("header", "problem"),
    [("unique_id,day,y", "no column ds"), ("unique_id,ds,y,y", "column y twice"), ("", "unique_id")],
)
def test_a_header_that_lacks_a_column_is_refused(
    header: str, problem: str, run: Run, train: Callable[..., Path]
) -> None:
    error = run(train([], header), code=BAD_DATA)["error"]
    assert problem in error["message"]
    assert "unique_id,ds,y" in error["hint"]


def test_a_file_without_rows_and_one_that_is_no_text_are_refused(
    run: Run, train: Callable[..., Path], tmp_path: Path
) -> None:
    assert "no rows" in run(train([]), code=BAD_DATA)["error"]["message"]
    binary = tmp_path / "train.csv.gz"
    binary.write_bytes(b"\x1f\x8bnot really")
    assert "gzip" in run(binary, code=BAD_DATA)["error"]["message"]


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--horizon", "0"), "--horizon 0"),
        (("--horizon", "800"), "--horizon 800"),
        (("--sums", "7,30"), "within the horizon"),
        (("--sums", "week"), "no list of days"),
        (("--out", "nowhere/days.csv"), "no such directory"),
        (("--train", "nothing.csv"), "no such file"),
    ],
)
def test_options_that_cannot_be_are_refused(
    words: tuple[str, str], problem: str, run: Run, train: Callable[..., Path]
) -> None:
    error = run(train(lines(2)), *words, code=USAGE)["error"]
    assert problem in error["message"]
    assert error["hint"]


def test_input_and_output_must_be_different_files(run: Run, train: Callable[..., Path], tmp_path: Path) -> None:
    assert "different files" in run(train(lines(2)), "--out", f"{tmp_path}/train.csv", code=USAGE)["error"]["message"]
