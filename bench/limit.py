"""The least that must be done: the same bytes over HTTP to disk, then one DuckDB statement over them. No lineage, no
history, no retries, no isolation. `python -m bench.limit pages|reports`, with the task as JSON on standard input.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
import httpx

from bench.connector import REPORT_SPAN
from kpiterm.plugins.sql import MACROS
from kpiterm_amazon import orders
from kpiterm_amazon.all_orders import ALL_ORDERS
from kpiterm_amazon.places import SELLING_HOSTS
from kpiterm_amazon.reports import DOCUMENTS, REPORTS
from kpiterm_amazon.wire import stamp

_HOST = SELLING_HOSTS["na"]
_MARKETPLACE = "ATVPDKIKX0DER"


class Client:
    """The bare HTTP client of one task."""

    def __init__(self, task: dict[str, Any]) -> None:
        self._http = httpx.Client(base_url=task["url"], trust_env=False)
        form = {"grant_type": "refresh_token", "refresh_token": task["refresh_token"]}
        form |= {"client_id": task["client_id"], "client_secret": task["client_secret"]}
        answer = self._http.post("/auth/o2/token", data=form, headers={"Host": "api.amazon.com"})
        self._headers = {"Host": _HOST, "x-amz-access-token": answer.json()["access_token"]}

    def get(self, path: str, params: dict[str, str] | None = None) -> httpx.Response:
        return self._http.get(path, params=params, headers=self._headers).raise_for_status()

    def post(self, path: str, body: dict[str, object]) -> Any:  # noqa: ANN401 - any JSON
        return self._http.post(path, json=body, headers=self._headers).raise_for_status().json()

    def document(self, address: str) -> bytes:
        url = httpx.URL(address)
        answer = self._http.get(url.raw_path.decode(), headers={"Host": url.host, "Accept-Encoding": "identity"})
        return gzip.decompress(answer.raise_for_status().content)


def fetch_pages(client: Client, start: datetime, end: datetime, folder: Path) -> None:
    """Every page in a file of its own (which DuckDB reads twice as fast as lines of that length); the token of the next
    one is found without parsing the page."""
    query = {
        "lastUpdatedAfter": stamp(start), "lastUpdatedBefore": stamp(end), "marketplaceIds": _MARKETPLACE,
        "includedData": orders.INCLUDED, "maxResultsPerPage": "100",
    }  # fmt: skip
    for number in count():
        body = client.get(orders.SEARCH, query).content
        (folder / f"{number:06}.json").write_bytes(body)
        _, found, rest = body[-4096:].partition(b'"nextToken":"')
        if not found:
            return
        query["paginationToken"] = rest.partition(b'"')[0].decode()


def fetch_reports(client: Client, start: datetime, end: datetime, folder: Path) -> None:
    """One All-Orders report per thirty days."""
    for number, (first, last) in enumerate(_spans(start, end)):
        body: dict[str, object] = {
            "reportType": orders.REPORT_TYPE, "marketplaceIds": [_MARKETPLACE],
            "dataStartTime": stamp(first), "dataEndTime": stamp(last),
        }  # fmt: skip
        asked = client.post(REPORTS, body)["reportId"]
        document = client.get(f"{REPORTS}/{asked}").json()["reportDocumentId"]
        text = client.document(client.get(f"{DOCUMENTS}/{document}").json()["url"])
        (folder / f"{number}.tsv").write_bytes(text.decode("cp1252").encode())


def _spans(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    while start < end:
        yield start, min(start + REPORT_SPAN, end)
        start += REPORT_SPAN


def pages_sql(folder: Path) -> str:
    """The pages as the relation `source`."""
    record = ", ".join(f'"{name}" {kind}' for name, kind in orders.RECENT_ORDERS.columns.items())
    return (
        f"SELECT 1 AS _payload, unnest(o) FROM (SELECT unnest(orders) AS o FROM read_json('{folder}/*.json', "
        f"format = 'newline_delimited', columns = {{orders: 'STRUCT({record})[]'}}, maximum_object_size = 1048576))"
    )


def reports_sql(folder: Path) -> str:
    """The flat files as the relation `source`."""
    with (folder / "0.tsv").open(encoding="utf-8") as file:
        header = [cell.strip() for cell in file.readline().split("\t")]
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in header)
    return (
        f"SELECT 1 AS _payload, row_number() OVER () AS _row, * FROM read_csv('{folder}/*.tsv', auto_detect = false, "
        f"header = true, delim = '\t', quote = '', escape = '', columns = {{{columns}}})"
    )


def main() -> None:
    task = json.load(sys.stdin)
    folder, pages = Path(task["folder"]), sys.argv[1] == "pages"
    start, end = datetime.fromisoformat(task["from"]), datetime.fromisoformat(task["until"])
    began = time.monotonic()
    (fetch_pages if pages else fetch_reports)(Client(task), start, end, folder)
    fetched = time.monotonic()
    source = pages_sql(folder) if pages else reports_sql(folder)
    (output,) = (orders.RECENT_ORDERS if pages else ALL_ORDERS).outputs
    con = duckdb.connect(str(folder / "limit.duckdb"))
    con.execute(MACROS)
    con.execute("SET VARIABLE channel = 'amazon.com'; SET VARIABLE timezone = 'America/Los_Angeles'")
    con.execute(f"CREATE TABLE order_line AS WITH source AS ({source}) SELECT * FROM ({output.select})")
    rows = con.execute("SELECT count(*), count(DISTINCT order_id) FROM order_line").fetchall()[0]
    con.close()
    done = time.monotonic()
    size = sum(f.stat().st_size for f in folder.glob("*.json" if pages else "*.tsv"))
    print(json.dumps({"fetch": fetched - began, "read": done - fetched, "rows": rows[0], "orders": rows[1],
                      "bytes": size}))  # fmt: skip


if __name__ == "__main__":
    main()
