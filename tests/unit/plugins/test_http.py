"""The client against a real server on loopback: what it refuses, repeats, bounds, counts and says."""

from __future__ import annotations

import gzip
import json
import logging
import re
import threading
import time
from email.utils import formatdate
from typing import TYPE_CHECKING

import httpx
import pytest

from kpiterm.plugins.errors import (
    AccessError,
    AuthError,
    DataError,
    PluginError,
    RateLimited,
    SettingError,
    TransientError,
)
from kpiterm.plugins.model import Rate

if TYPE_CHECKING:
    from collections.abc import Generator

    from tests.unit.plugins.conftest import Desk, Vendor

API = "https://api.acme.com"
REPORTS = Rate(operation="createReport", match="POST /reports", per_second=1 / 60, burst=1)


class Bearer(httpx.Auth):
    """A fixed token, to see where it goes."""

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = "Bearer token-nobody-may-see"
        yield request


def test_a_sandbox_gets_the_request_that_the_vendor_would_get(vendor: Vendor, desk: Desk) -> None:
    vendor.reply(body=b'{"ok": true}')
    response = desk.client(sandbox=vendor.url).get(f"{API}/orders/1", params={"page": "2"})
    (seen,) = vendor.requests
    assert response.json() == {"ok": True}
    assert (seen.method, seen.path, seen.headers["host"]) == ("GET", "/orders/1?page=2", "api.acme.com")
    assert re.fullmatch(r"kpiterm/\S+ \(Language=Python/3\.\d+; Platform=\w+\)", seen.headers["user-agent"])


def test_a_post_arrives_with_its_body(vendor: Vendor, desk: Desk) -> None:
    desk.client(sandbox=vendor.url).post(f"{API}/reports", json={"type": "orders"})
    assert json.loads(vendor.requests[0].body) == {"type": "orders"}


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1.evil.com:80",
        "http://10.0.0.1:8000",
        "http://localhost:8000",
        "https://127.0.0.1:8000",
        "http://user:pw@127.0.0.1:8000",
        "http://127.0.0.1:8000/api",
        "http://[::ffff:8.8.8.8]:80",
        "ftp://127.0.0.1",
        "nonsense",
    ],
)
def test_credentials_cannot_be_redirected_by_a_sandbox_address(address: str, desk: Desk) -> None:
    with pytest.raises(SettingError, match="not a loopback address"):
        desk.client(sandbox=address)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.com/",
        "http://api.acme.com/",
        "https://api.acme.com:8443/",
        "https://files.acme.com/",
        "https://api.acme.com.evil.com/",
        "https://api.acme.com@evil.com/",
        "http://127.0.0.1:9/",
    ],
)
def test_only_listed_hosts_over_https_are_spoken_to(url: str, vendor: Vendor, desk: Desk) -> None:
    with pytest.raises(SettingError, match="may not send to") as refused:
        desk.client(sandbox=vendor.url).get(url, params={"X-Amz-Signature": "5ig"})
    assert "5ig" not in str(refused.value)
    assert "api.acme.com" in refused.value.hint
    assert not vendor.requests


def test_a_sandbox_may_hand_out_addresses_of_its_own(vendor: Vendor, desk: Desk) -> None:
    assert desk.client(sandbox=vendor.url).get(f"{vendor.url}/direct").status_code == 200


def test_without_a_sandbox_loopback_is_off_the_list(vendor: Vendor, desk: Desk) -> None:
    with pytest.raises(SettingError, match="may not send to"):
        desk.client(sandbox=None).get(vendor.url)
    assert not vendor.requests


def test_redirects_are_not_followed(vendor: Vendor, desk: Desk) -> None:
    vendor.reply(302, Location="https://evil.com/steal?X-Amz-Signature=5ig")
    with pytest.raises(DataError, match=r"redirect to https://evil\.com") as moved:
        desk.client(sandbox=vendor.url, auth=Bearer()).get(f"{API}/a", follow_redirects=True)
    assert "5ig" not in str(moved.value)
    assert len(vendor.requests) == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_get_is_tried_again(status: int, vendor: Vendor, desk: Desk) -> None:
    vendor.reply(status)
    vendor.reply(status)
    vendor.reply(200, b'{"n": 3}')
    assert desk.client(sandbox=vendor.url).get(f"{API}/a").json() == {"n": 3}
    assert len(desk.waits) == 2
    assert 0.5 <= desk.waits[0] <= 1
    assert 1 <= desk.waits[1] <= 2
    assert desk.logs[0].startswith(f"GET api.acme.com/a: HTTP {status}; trying again in ")


@pytest.mark.parametrize(("status", "requests"), [(429, 2), (503, 2), (500, 1), (502, 1), (504, 1)])
def test_a_post_is_only_tried_again_where_the_vendor_has_not_acted(
    status: int, requests: int, vendor: Vendor, desk: Desk
) -> None:
    vendor.reply(status)
    vendor.reply(200)
    client = desk.client(sandbox=vendor.url)
    if requests == 1:
        with pytest.raises(TransientError):
            client.post(f"{API}/reports")
    else:
        client.post(f"{API}/reports")
    assert len(vendor.requests) == requests


def test_a_post_that_only_reads_may_say_so(vendor: Vendor, desk: Desk) -> None:
    vendor.reply(502)
    vendor.reply(200)
    desk.client(sandbox=vendor.url).post(f"{API}/graphql", extensions={"idempotent": True})
    assert len(vendor.requests) == 2


def test_a_cut_off_get_is_tried_again_and_a_cut_off_post_is_not(vendor: Vendor, desk: Desk) -> None:
    vendor.reply(200, b"x" * 1000, cut=10)
    vendor.reply(200, b"whole")
    client = desk.client(sandbox=vendor.url)
    assert client.get(f"{API}/a").content == b"whole"
    vendor.replies.clear()
    vendor.reply(200, b"x" * 1000, cut=10)
    with pytest.raises(TransientError, match=r"POST api\.acme\.com/a: remote protocol error"):
        client.post(f"{API}/a")
    assert len(vendor.requests) == 3


def test_a_refused_connection_is_tried_again_even_for_a_post(desk: Desk) -> None:
    client = desk.client(sandbox="http://127.0.0.1:9", attempts=3)
    with pytest.raises(TransientError, match="connect error") as failed:
        client.post(f"{API}/reports")
    assert "network" in failed.value.hint
    assert len(desk.waits) == 2


def test_gives_up_after_its_attempts_with_the_vendors_last_word(vendor: Vendor, desk: Desk) -> None:
    vendor.reply(503, b'{"message": "maintenance"}')
    with pytest.raises(TransientError, match="HTTP 503 maintenance"):
        desk.client(sandbox=vendor.url).get(f"{API}/a")
    assert len(vendor.requests) == 6


def test_retry_after_in_seconds_and_as_a_date(vendor: Vendor, desk: Desk) -> None:
    vendor.reply(429, Retry_After="7")
    vendor.reply(503, Retry_After=formatdate(time.time() + 100, usegmt=True))
    vendor.reply(200)
    desk.client(sandbox=vendor.url).get(f"{API}/a")
    assert desk.waits[0] == 7
    assert 90 < desk.waits[1] <= 101


def test_a_wait_beyond_patience_is_left_to_the_next_run(vendor: Vendor, desk: Desk) -> None:
    vendor.reply(429, b'{"errors": [{"code": "QuotaExceeded", "message": "slow down"}]}', Retry_After="1800")
    with pytest.raises(RateLimited, match="QuotaExceeded slow down") as limited:
        desk.client(sandbox=vendor.url).get(f"{API}/a")
    assert limited.value.retry_after == 1800
    assert not desk.waits


def test_each_attempt_takes_a_slot_of_the_quota(vendor: Vendor, desk: Desk) -> None:
    vendor.reply(503, Retry_After="1")
    vendor.reply(200)
    desk.client(sandbox=vendor.url, rates=(REPORTS,)).post(f"{API}/reports")
    assert desk.waits[0] == 1
    assert desk.waits[1] == pytest.approx(60, abs=2)
    assert "createReport: HTTP 503; trying again in 1 s" in desk.notes
    assert any(re.fullmatch(r"waiting (59|60|61) s for createReport quota", note) for note in desk.notes)
    assert desk.notes[-1] == ""
    assert desk.stats.waited == pytest.approx(sum(desk.waits))


def test_the_rate_that_the_vendor_advertises_is_learnt(vendor: Vendor, desk: Desk) -> None:
    vendor.reply(200, x_amzn_RateLimit_Limit="0.5")
    client = desk.client(sandbox=vendor.url, rates=(REPORTS,))
    client.post(f"{API}/reports")
    client.post(f"{API}/reports")
    assert sum(desk.waits) < 3


def test_what_was_spent_is_counted(vendor: Vendor, desk: Desk) -> None:
    vendor.reply(429)
    vendor.reply(200, b"x" * 500)
    desk.client(sandbox=vendor.url).get(f"{API}/a")
    assert (desk.stats.requests, desk.stats.received, desk.stats.throttled) == (2, 502, 1)


def test_threads_share_client_and_counts(vendor: Vendor, desk: Desk) -> None:
    vendor.reply(200, b"12345")
    client = desk.client(sandbox=vendor.url)
    threads = [threading.Thread(target=client.get, args=(f"{API}/a",)) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (desk.stats.requests, desk.stats.received) == (12, 60)


def test_an_endless_body_is_cut_off(vendor: Vendor, desk: Desk) -> None:
    vendor.reply(200, b"x" * (3 << 20))
    with pytest.raises(DataError, match=r"GET api\.acme\.com/a: the answer is larger than 1 MiB"):
        desk.client(sandbox=vendor.url, max_body=1 << 20).get(f"{API}/a")
    assert desk.stats.received < 3 << 20


def test_a_small_body_that_unzips_to_a_large_one_is_cut_off(vendor: Vendor, desk: Desk) -> None:
    vendor.reply(200, gzip.compress(bytes(8 << 20)), Content_Encoding="gzip")
    with pytest.raises(DataError, match="larger than 1 MiB"):
        desk.client(sandbox=vendor.url, max_body=1 << 20).get(f"{API}/a")


def test_a_zipped_body_is_unzipped(vendor: Vendor, desk: Desk) -> None:
    vendor.reply(200, gzip.compress(b'{"ok": 1}'), Content_Encoding="gzip")
    assert desk.client(sandbox=vendor.url).get(f"{API}/a").json() == {"ok": 1}
    assert vendor.requests[0].headers["accept-encoding"] == "gzip"


def test_a_coding_that_was_not_asked_for_is_named(vendor: Vendor, desk: Desk) -> None:
    vendor.reply(200, b"?", Content_Encoding="br")
    with pytest.raises(DataError, match="coded as 'br'"):
        desk.client(sandbox=vendor.url).get(f"{API}/a")


def test_a_streamed_answer_is_bounded_too(vendor: Vendor, desk: Desk) -> None:
    vendor.reply(200, b"x" * (3 << 20))
    client = desk.client(sandbox=vendor.url, max_body=1 << 20)
    with pytest.raises(DataError, match="larger than 1 MiB"), client.stream("GET", f"{API}/a"):
        pass


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, DataError), (401, AuthError), (402, AccessError), (403, AccessError), (404, DataError), (405, DataError),
        (409, DataError), (413, DataError), (415, DataError), (422, DataError), (423, DataError), (429, RateLimited),
        (500, TransientError), (501, TransientError), (503, TransientError), (520, TransientError),
    ],
)  # fmt: skip
def test_a_status_becomes_the_error_that_says_what_to_do(
    status: int, error: type[PluginError], vendor: Vendor, desk: Desk
) -> None:
    body = b'{"errors": [{"code": "InvalidInput", "message": "reportType is unknown", "details": ""}]}'
    vendor.reply(status, body, x_amzn_RequestId="req-77")
    with pytest.raises(error) as failed:
        desk.client(sandbox=vendor.url, rates=(REPORTS,), attempts=1).post(f"{API}/reports")
    assert type(failed.value) is error
    assert str(failed.value) == f"createReport: HTTP {status} InvalidInput reportType is unknown (request req-77)"
    assert failed.value.hint


def test_a_caller_may_accept_a_status(vendor: Vendor, desk: Desk) -> None:
    vendor.reply(425, b'{"detail": "The Request is a duplicate of : 123"}')
    client = desk.client(sandbox=vendor.url)
    response = client.post(f"{API}/reports", extensions={"accept": (404, 425)})
    assert (response.status_code, response.json()["detail"][-3:]) == (425, "123")
    with pytest.raises(DataError):
        client.post(f"{API}/reports", extensions={"accept": (404,)})


def test_an_accepted_status_is_not_retried(vendor: Vendor, desk: Desk) -> None:
    vendor.reply(503)
    assert desk.client(sandbox=vendor.url).get(f"{API}/a", extensions={"accept": (503,)}).status_code == 503
    assert len(vendor.requests) == 1


def test_what_the_vendor_says_is_redacted_and_shortened(vendor: Vendor, desk: Desk) -> None:
    desk.redactor.add("refresh-me-1234")
    body = {"message": "refresh-me-1234 and token-nobody-may-see " + "x" * 1000}
    vendor.reply(400, json.dumps(body).encode())
    with pytest.raises(DataError) as failed:
        desk.client(sandbox=vendor.url, auth=Bearer()).get(f"{API}/a")
    shown = str(failed.value) + repr(failed.value) + failed.value.hint
    assert "HTTP 400 *** and *** xxx" in shown
    assert "refresh-me" not in shown
    assert "token-nobody" not in shown
    assert len(str(failed.value)) < 400


@pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO])
def test_wire_logs_show_neither_headers_nor_addresses(
    level: int, vendor: Vendor, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    client = desk.client(sandbox=vendor.url, auth=Bearer())
    vendor.reply(200, Set_Cookie="session=secret-cookie")
    with caplog.at_level(level), caplog.at_level(level, "httpx"), caplog.at_level(level, "httpcore.http11"):
        client.get(f"{API}/a", params={"X-Amz-Signature": "5ig"})
        client.download("https://eu.files.acme.com/doc?X-Amz-Signature=5ig")
    assert not [r for r in caplog.records if r.name.startswith(("httpx", "httpcore"))]


def test_a_stop_during_a_wait_is_not_swallowed(vendor: Vendor, desk: Desk) -> None:
    class Stopped(Exception):
        pass

    def stop(_: float) -> None:
        raise Stopped

    vendor.reply(503)
    client = desk.client(sandbox=vendor.url)
    object.__setattr__(client._exchange, "sleep", stop)
    with pytest.raises(Stopped):
        client.get(f"{API}/a")
