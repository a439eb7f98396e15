"""The least that a client must do to get a workload's bytes: bodies as they came, one after the other.

Knows nothing of kpiterm, so that peers with an interpreter of their own fetch in the same way. A task is plain JSON:
`url` of the server, `kind`, `sign_in`, and `ask`, the vendor's own questions as the product puts them.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx

Task = dict[str, Any]
FLAT_ENCODING = "cp1252"


def bodies(task: Task) -> Iterator[bytes]:
    """Every body of the workload, unzipped."""
    with httpx.Client(base_url=task["url"], trust_env=False, timeout=60) as http:
        yield from _KINDS[task["kind"]](http, task)


def _pages(http: httpx.Client, task: Task) -> Iterator[bytes]:
    """The token of the next page is found without parsing the page."""
    headers, query = _signed_in(http, task), dict(task["ask"]["query"])
    while True:
        body = http.get(task["ask"]["path"], params=query, headers=headers).raise_for_status().content
        yield body
        _, found, rest = body[-4096:].partition(b'"nextToken":"')
        if not found:
            return
        query["paginationToken"] = rest.partition(b'"')[0].decode()


def _reports(http: httpx.Client, task: Task) -> Iterator[bytes]:
    headers, ask = _signed_in(http, task), task["ask"]
    for wanted in ask["wanted"]:
        asked = http.post(ask["reports"], json=wanted, headers=headers).raise_for_status().json()["reportId"]
        report = http.get(f"{ask['reports']}/{asked}", headers=headers).raise_for_status().json()
        place = http.get(f"{ask['documents']}/{report['reportDocumentId']}", headers=headers).raise_for_status()
        yield gzip.decompress(_document(http, place.json()["url"]))


def _graphql(http: httpx.Client, task: Task) -> Iterator[bytes]:
    ask, after = task["ask"], None
    while True:
        variables = {"search": ask["search"], "first": ask["first"], "after": after}
        body = _asked(http, ask, ask["query"], variables).content
        yield body
        head = body[:1024]
        if b'"hasNextPage":true' not in head:
            return
        after = head.partition(b'"endCursor":"')[2].partition(b'"')[0].decode()


def _bulk(http: httpx.Client, task: Task) -> Iterator[bytes]:
    ask = task["ask"]
    run = _asked(http, ask, ask["run"], {"query": ask["query"]}).json()["data"]["bulkOperationRunQuery"]
    poll = _asked(http, ask, ask["poll"], {"id": run["bulkOperation"]["id"]}).json()["data"]["bulkOperation"]
    yield _document(http, poll["url"])


_KINDS = {"pages": _pages, "reports": _reports, "graphql": _graphql, "bulk": _bulk}


def _signed_in(http: httpx.Client, task: Task) -> dict[str, str]:
    answer = http.post("/auth/o2/token", data=task["sign_in"], headers={"Host": "api.amazon.com"})
    return {"Host": task["ask"]["host"], "x-amz-access-token": answer.raise_for_status().json()["access_token"]}


def _asked(http: httpx.Client, ask: dict[str, Any], query: str, variables: dict[str, Any]) -> httpx.Response:
    body = {"query": query, "variables": variables}
    return http.post(ask["path"], json=body, headers={"Host": ask["host"]}).raise_for_status()


def _document(http: httpx.Client, address: str) -> bytes:
    url = urlsplit(address)
    headers = {"Host": url.netloc, "Accept-Encoding": "identity"}
    return http.get(f"{url.path}?{url.query}", headers=headers).raise_for_status().content
