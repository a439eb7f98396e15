"""Messages reach a real server; what goes wrong is told without a letter of the address."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from kpiterm.notify.deliver import deliver, service_of
from tests.unit.conftest import Receiver

SECRETS = ("hunter2hunter2", "T0P-S3CR3T", "127.0.0.1")


def test_a_message_arrives_as_it_was_written(receiver: Receiver) -> None:
    body = "ACoS missed its target: 31.2 %\n广告费占比未达目标\nNext: kpiterm kpi show acos"
    assert deliver(receiver.address, "kpiterm: critical: ACoS", body, "critical") is None
    (taken,) = receiver.taken
    assert (taken["title"], taken["message"], taken["type"]) == ("kpiterm: critical: ACoS", body, "failure")


@pytest.mark.parametrize(
    ("options", "kind"), [({"severity": "warning"}, "warning"), ({"severity": "info"}, "info"),
                          ({"severity": "critical", "over": True}, "success")],
)  # fmt: skip
def test_the_severity_is_passed_on(receiver: Receiver, options: dict[str, Any], kind: str) -> None:
    assert deliver(receiver.address, "t", "b", **options) is None
    assert receiver.taken[0]["type"] == kind


def test_a_refusal_tells_the_status_and_nothing_of_the_address(
    receiver: Receiver, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    receiver.status = 403
    reason = deliver(receiver.address, "t", "b", "warning")
    assert reason == "it answered 403"
    said = "".join(capfd.readouterr()) + caplog.text + reason
    assert not any(secret in said for secret in SECRETS)


def test_a_server_that_is_gone_cannot_be_reached(receiver: Receiver, capfd: pytest.CaptureFixture[str]) -> None:
    address = receiver.address
    receiver.server_close()
    assert deliver(address, "t", "b", "warning") == "it cannot be reached"
    assert "".join(capfd.readouterr()) == ""


@pytest.mark.parametrize("address", ["nonsense", "gopher://T0P-S3CR3T", "json://", ""])
def test_an_address_that_is_none_is_told_without_repeating_it(address: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert service_of(address) is None
    assert deliver(address, "t", "b", "warning") == "its address is not understood"
    assert "".join(capfd.readouterr()) == ""


def test_the_kind_of_an_address_is_known(receiver: Receiver) -> None:
    assert service_of(receiver.address) == "JSON"
    assert service_of("mailto://ops:hunter2hunter2@example.com") == "E-Mail"


def test_apprise_is_loaded_when_something_is_sent_and_not_before() -> None:
    code = "import sys, kpiterm.notify.deliver, kpiterm.cli.alerts; print({'apprise', 'requests'} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert answer.stdout.strip() == "set()"
