from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import pytest

from kpiterm.sandbox import Sandbox

if TYPE_CHECKING:
    from tests.unit.sandbox.conftest import AmazonClient


def test_an_unknown_host_is_told_which_hosts_there_are(amazon: AmazonClient) -> None:
    answer = amazon.send("GET", "example.com", "/")
    assert answer.status_code == 421
    assert "sellingpartnerapi-na.amazon.com" in answer.text


def test_the_account_is_complete_and_hides_its_secrets(amazon: AmazonClient) -> None:
    account = amazon.account
    assert (account.name, account.connector) == ("demo-us", "amazon")
    assert set(account.settings) == {"marketplace", "client_id", "ads_client_id", "ads_profile_id"}
    assert set(account.secrets) == {"client_secret", "refresh_token", "ads_client_secret", "ads_refresh_token"}
    assert not any(secret in repr(account) for secret in account.secrets.values())


def test_requests_are_recorded_for_inspection(open_client: Callable[..., AmazonClient]) -> None:
    client = open_client()
    client.grant()
    client.sp("GET", "/nowhere")
    assert list(client.sandbox.requests) == [
        ("POST", "api.amazon.com", "/auth/o2/token", 200),
        ("POST", "api.amazon.com", "/auth/o2/token", 200),
        ("GET", "sellingpartnerapi-na.amazon.com", "/nowhere", 404),
    ]


def test_the_port_is_free_again_after_stop_and_the_url_says_why_it_is_gone() -> None:
    sandbox = Sandbox(days=2).start()
    port = urlsplit(sandbox.url).port
    with httpx.Client(base_url=sandbox.url) as http:
        http.get("/")
        sandbox.stop()
        with pytest.raises(httpx.TransportError):
            http.get("/")
    with pytest.raises(RuntimeError, match="not running"):
        _ = sandbox.url
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
    sandbox.stop()


def test_a_chosen_port_is_used_twice_in_a_row() -> None:
    with Sandbox(days=2) as first:
        port = urlsplit(first.url).port or 0
    with Sandbox(days=2, port=port) as second:
        assert second.url.endswith(f":{port}")


def test_an_unknown_vendor_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no sandbox for ebay; there is one for amazon"):
        Sandbox(vendors=("ebay",))


@pytest.mark.parametrize("text", [b"nonsense\r\n\r\n", b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"])
def test_what_is_no_plain_request_gets_a_reason(amazon: AmazonClient, text: bytes) -> None:
    parts = urlsplit(amazon.sandbox.url)
    with socket.create_connection((str(parts.hostname), parts.port or 0), timeout=5) as connection:
        connection.sendall(text)
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"message" in answer


def test_an_interrupt_ends_the_foreground_sandbox_cleanly() -> None:
    code = "from kpiterm.sandbox import Sandbox; s = Sandbox(days=2).start(); print(s.url, flush=True); s.run()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        with httpx.Client(base_url=run.stdout.readline().strip()) as http:
            assert http.get("/").status_code == 421
            run.send_signal(signal.SIGINT)
            assert run.communicate(timeout=10)[1] == ""
    assert run.returncode == 0


def test_the_sandbox_stands_on_the_standard_library_alone() -> None:
    code = (
        "import sys, kpiterm.sandbox\n"
        "heavy = {'duckdb', 'httpx', 'textual', 'msgspec', 'pluggy', 'keyring', 'rich'} & set(sys.modules)\n"
        "own = [m for m in sys.modules if m.startswith('kpiterm.') and not m.startswith('kpiterm.sandbox')]\n"
        "print(sorted(heavy), own)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] []"
