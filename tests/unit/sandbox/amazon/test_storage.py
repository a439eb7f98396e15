from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from tests.unit.sandbox.conftest import AmazonClient

BY_DATE = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL"


def report(client: AmazonClient) -> str:
    return client.create(BY_DATE, client.now - timedelta(days=3), client.now)


def test_a_url_lives_five_minutes_and_a_new_one_can_be_had(open_client: Callable[..., AmazonClient]) -> None:
    client = open_client()
    report_id = report(client)
    url = client.document(report_id)["url"]
    assert urlsplit(url).scheme == "https"
    client.sandbox.clock.move(timedelta(seconds=290))
    assert client.download(url).status_code == 200
    client.sandbox.clock.move(timedelta(seconds=20))
    expired = client.download(url)
    assert (expired.status_code, expired.headers["Content-Type"]) == (403, "application/xml")
    assert "Request has expired" in expired.text
    assert client.download(client.document(report_id)["url"]).status_code == 200


def test_storage_takes_no_credentials(amazon: AmazonClient) -> None:
    url = amazon.document(report(amazon))["url"]
    twice = amazon.download(url, {"Authorization": "Bearer x"})
    assert (twice.status_code, "InvalidArgument" in twice.text) == (400, True)
    assert amazon.download(url, {"x-amz-access-token": amazon.token()}).status_code == 403


def test_a_changed_url_does_not_match_its_signature(amazon: AmazonClient) -> None:
    url = amazon.document(report(amazon))["url"]
    for changed in (url.replace("Expires=300", "Expires=99999"), url.partition("?")[0], url[:-1]):
        answer = amazon.download(changed)
        assert (answer.status_code, "SignatureDoesNotMatch" in answer.text) == (403, True)


def test_the_body_is_gzip_and_declared_so_only_when_asked(amazon: AmazonClient) -> None:
    document = amazon.document(report(amazon))
    assert document["compressionAlgorithm"] == "GZIP"
    plain = amazon.download(document["url"])
    assert plain.headers["Content-Encoding"] == "identity"
    path = f"/reports/2021-06-30/documents/{document['reportDocumentId']}"
    encoded = amazon.sp("GET", path, params={"enableContentEncodingUrlHeader": "true"}).json()
    declared = amazon.download(encoded["url"])
    assert declared.headers["Content-Encoding"] == "gzip"
    assert declared.content == gzip.decompress(plain.content)
