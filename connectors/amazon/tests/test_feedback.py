"""Seller feedback, in whichever language its headers are; comments and addresses never leave the file."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import httpx
import pytest

from kpiterm.plugins import DataError, Payload, Row, Window
from kpiterm_amazon import feedback

if TYPE_CHECKING:
    from conftest import Host

ENGLISH = "Date\tRating\tComments\tYour Response\tOrder ID\tRater Email\n"
GERMAN = "Datum\tBewertung\tKommentare\tIhre Antwort\tBestellnummer\tE-Mail des Bewertenden\n"
JAPANESE = "日付\t評価\tコメント\t返答\t注文番号\t評価者Eメール\n"
FILES = {
    "US": (
        f"{ENGLISH}11/02/26\t2\tCame late, 5 days\t\t113-1234567-1234567\tbuyer@example.com\n",
        "2026-11-02T08:00:00",
    ),
    "DE": (f"{GERMAN}02.11.26\t1\tNie wieder\t\t303-1234567-1234567\tk@example.com\n", "2026-11-01T23:00:00"),
    "UK": (f"{ENGLISH}2/11/26\t3\t\t\t203-1234567-1234567\tbuyer@example.com\n", "2026-11-02T00:00:00"),
    "JP": (f"{JAPANESE}26/11/02\t1\t遅い\t\t503-1234567-1234567\tk@example.com\n", "2026-11-01T15:00:00"),
}


@pytest.mark.parametrize("country", FILES)
def test_a_rating_is_read_in_every_language(host: Host, country: str) -> None:
    text, moment = FILES[country]
    ctx = host.context(settings={"marketplace": country, "client_id": "sp-client"})
    (row,) = feedback.rows(text, ctx)
    order_id = row.values["order_id"]
    assert row.values == {
        "review_id": f"feedback {order_id}", "kind": "seller", "order_id": order_id,
        "reviewed_at": datetime.fromisoformat(f"{moment}Z"), "rating": int(text.splitlines()[1].split("\t")[1]),
    }  # fmt: skip
    assert str(order_id).endswith("1234567-1234567")


def test_a_report_without_ratings_gives_none(host: Host) -> None:
    assert list(feedback.rows(FILES["US"][0].splitlines()[0] + "\n", host.context())) == []
    assert list(feedback.rows("", host.context())) == []


def test_a_file_without_order_numbers_is_refused_by_name(host: Host) -> None:
    with pytest.raises(DataError, match="order id"):
        list(feedback.rows("Datum\tBewertung\tText\n02.11.2026\t1\tschlecht\n", host.context()))


def test_an_odd_date_is_refused(host: Host) -> None:
    with pytest.raises(DataError, match="soon"):
        list(feedback.rows(FILES["US"][0].replace("11/02/26", "soon"), host.context()))


def test_a_japanese_file_in_its_own_encoding(host: Host) -> None:
    body, bucket = FILES["JP"][0].encode("cp932"), "tortuga-prod-fe.s3.us-west-2.amazonaws.com"

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == bucket:
            return httpx.Response(200, content=body, headers={"Content-Type": "text/plain;charset=windows-31j"})
        if request.method == "POST":
            return httpx.Response(202, json={"reportId": "R"})
        if "/documents/" in request.url.path:
            return httpx.Response(200, json={"url": f"https://{bucket}/D"})
        return httpx.Response(200, json={"processingStatus": "DONE", "reportDocumentId": "D"})

    ctx = host.context(answer, settings={"marketplace": "JP", "client_id": "sp-client"})
    day = datetime.fromisoformat("2026-11-01T00:00:00+00:00")
    payload, row = feedback.fetch(ctx, Window(day, ctx.now))
    assert isinstance(payload, Payload)
    assert isinstance(row, Row)
    assert row.values["order_id"] == "503-1234567-1234567"
    assert "遅い" not in str(row)


def test_none_of_it_is_kept_as_no_data_where_amazon_cancels(host: Host) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(202, json={"reportId": "R"})
        return httpx.Response(200, json={"processingStatus": "CANCELLED"})

    ctx = host.context(answer)
    assert list(feedback.fetch(ctx, Window(datetime.fromisoformat("2026-11-01T00:00:00+00:00"), ctx.now))) == []
