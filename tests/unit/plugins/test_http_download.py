"""Documents: unzipped into private files, without credentials, whole or not at all."""

from __future__ import annotations

import gzip
import stat
from typing import TYPE_CHECKING

import httpx
import pytest

from kpiterm.plugins.errors import DataError, PluginError, SettingError, TransientError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.plugins.conftest import Desk, Vendor

DOCUMENT = "https://eu.files.acme.com/report.txt?X-Amz-Signature=5ig&X-Amz-Expires=300"


def plain(text: bytes) -> bytes:
    return text


def once(text: bytes) -> bytes:
    return gzip.compress(text)


def twice(text: bytes) -> bytes:
    return gzip.compress(gzip.compress(text))


def in_two_members(text: bytes) -> bytes:
    return gzip.compress(text[:9]) + gzip.compress(text[9:])


@pytest.mark.parametrize(
    ("sent", "coding"),
    [(plain, None), (once, None), (once, "gzip"), (twice, "gzip"), (in_two_members, None)],
    ids=["plain", "zipped", "zipped for the line", "zipped twice", "two members"],
)
def test_a_document_is_unzipped_however_it_was_zipped(
    sent: Callable[[bytes], bytes], coding: str | None, vendor: Vendor, desk: Desk
) -> None:
    text = "sku\tqty\näöü\t1\n".encode("cp1252") * 5000
    vendor.reply(200, sent(text), Content_Type="text/plain;charset=Cp1252", Content_Encoding=coding or "identity")
    document = desk.client(sandbox=vendor.url, auth=httpx.BasicAuth("shop", "pass-word")).download(DOCUMENT)
    assert document.path.read_bytes() == text
    assert (document.bytes, (document.charset or "").lower()) == (len(text), "cp1252")
    assert document.path.parent == desk.spool
    assert stat.S_IMODE(document.path.stat().st_mode) == 0o600
    assert "authorization" not in vendor.requests[0].headers


def test_an_empty_document_is_empty(vendor: Vendor, desk: Desk) -> None:
    vendor.reply(200, b"")
    assert desk.client(sandbox=vendor.url).download(DOCUMENT).path.read_bytes() == b""


@pytest.mark.parametrize(
    "broken", [gzip.compress(b"text" * 999)[:-20], gzip.compress(b"text")[:-4] + b"zzzz"], ids=["cut off", "bad sum"]
)
def test_a_broken_gzip_stream_is_fetched_again(broken: bytes, vendor: Vendor, desk: Desk) -> None:
    vendor.reply(200, broken)
    vendor.reply(200, gzip.compress(b"whole"))
    assert desk.client(sandbox=vendor.url).download(DOCUMENT).path.read_bytes() == b"whole"


def test_a_document_that_stays_broken_leaves_nothing_behind(vendor: Vendor, desk: Desk) -> None:
    vendor.reply(200, gzip.compress(b"text" * 999)[:-20])
    with pytest.raises(TransientError, match=r"document from eu\.files\.acme\.com: .* gzip stream is cut off"):
        desk.client(sandbox=vendor.url).download(DOCUMENT)
    assert not list(desk.spool.iterdir())


def test_a_cut_off_document_is_fetched_again_from_its_start(vendor: Vendor, desk: Desk) -> None:
    vendor.reply(200, b"a" * 100_000, cut=70_000)
    vendor.reply(200, b"b" * 10)
    assert desk.client(sandbox=vendor.url).download(DOCUMENT).path.read_bytes() == b"b" * 10


def test_a_zip_bomb_is_stopped(vendor: Vendor, desk: Desk) -> None:
    vendor.reply(200, gzip.compress(bytes(50 << 20)))
    with pytest.raises(DataError, match="larger than 2 MiB"):
        desk.client(sandbox=vendor.url, max_document=2 << 20).download(DOCUMENT)
    assert not list(desk.spool.iterdir())
    assert len(vendor.requests) == 1


@pytest.mark.parametrize(
    ("status", "error", "hint"),
    [(403, TransientError, "expired"), (404, DataError, "does not know"), (400, DataError, "refused the question")],
)
def test_a_document_that_is_gone(status: int, error: type[PluginError], hint: str, vendor: Vendor, desk: Desk) -> None:
    vendor.reply(status, b"<?xml?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>")
    with pytest.raises(error, match=f"HTTP {status} AccessDenied Request has expired") as failed:
        desk.client(sandbox=vendor.url).download(DOCUMENT)
    assert hint in failed.value.hint
    assert "5ig" not in str(failed.value)


def test_a_document_may_move_to_a_listed_host_only(vendor: Vendor, desk: Desk) -> None:
    vendor.reply(307, Location="https://us.files.acme.com/there?X-Amz-Signature=5ig")
    vendor.reply(200, b"moved")
    client = desk.client(sandbox=vendor.url)
    assert client.download(DOCUMENT).path.read_bytes() == b"moved"
    assert vendor.requests[1].headers["host"] == "us.files.acme.com"
    vendor.replies.clear()
    vendor.reply(307, Location="https://evil.com/there")
    with pytest.raises(SettingError, match=r"may not send to https://evil\.com"):
        client.download(DOCUMENT)


def test_a_document_that_moves_in_circles_ends(vendor: Vendor, desk: Desk) -> None:
    vendor.reply(302, Location=DOCUMENT)
    with pytest.raises(DataError, match="redirected more than 3 times"):
        desk.client(sandbox=vendor.url).download(DOCUMENT)


def test_a_document_address_that_is_no_url(vendor: Vendor, desk: Desk) -> None:
    with pytest.raises(DataError, match="no URL"):
        desk.client(sandbox=vendor.url).download("https://eu.files.acme.com:port/?X-Amz-Signature=5ig")
    assert not list(desk.spool.iterdir())
