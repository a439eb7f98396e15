"""The same bytes through dlt into a DuckDB file, tuned: `python -m bench.dlt_peer FOLDER`, the task on standard input.

Tuned means: columns declared, orders stripped to them, one table of lines below that of orders and none below that, a
fast JSON parser, Parquet for the load, large buffers; and flat files as Arrow tables, into which dlt does not look row
by row. It stores what came and computes no canonical rows. Needs bench/peers.txt, and nothing of kpiterm.
"""

from __future__ import annotations

import importlib
import io
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.bare import FLAT_ENCODING, Task, bodies

_TUNING = {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "ERROR",
    "DATA_WRITER__BUFFER_MAX_ITEMS": "100000",
    "LOAD__DELETE_COMPLETED_JOBS": "true",
}
_ORDER = {
    "pages": {"orderId": "text", "createdTime": "timestamp", "lastUpdatedTime": "timestamp", "salesChannel": "json",
              "fulfillment": "json"},
    "graphql": {"id": "text", "test": "bool", "processedAt": "timestamp", "updatedAt": "timestamp",
                "cancelledAt": "timestamp", "currencyCode": "text", "displayFinancialStatus": "text",
                "displayFulfillmentStatus": "text", "totalShippingPriceSet": "json", "totalTaxSet": "json"},
}  # fmt: skip
_LINE = {
    "sku": "text", "name": "text", "quantity": "bigint", "currentQuantity": "bigint", "unfulfilledQuantity": "bigint",
    "isGiftCard": "bool", "originalTotalSet": "json", "discountAllocations": "json", "taxLines": "json",
    "variant": "json", "__parentId": "text",
}  # fmt: skip
_TEXTS = (
    "amazon-order-id", "order-item-id", "sku", "asin", "product-name", "order-status", "item-status", "sales-channel",
    "fulfillment-channel", "currency", "purchase-date", "last-updated-date",
)  # fmt: skip
_MONEY = (
    "item-price", "item-tax", "shipping-price", "shipping-tax", "item-promotion-discount", "ship-promotion-discount",
)  # fmt: skip
_LINES = {"pages": "orders__lines", "graphql": "orders__lines", "bulk": "lines", "reports": "lines"}

Record = dict[str, Any]


def nested(task: Task) -> Iterator[list[Record]]:
    """Orders with their lines, a page at a time."""
    parse, declared = importlib.import_module("orjson").loads, _ORDER[task["kind"]]
    for body in bodies(task):
        page = parse(body)
        if task["kind"] == "pages":
            found = [(order, order["orderItems"]) for order in page["orders"]]
        else:
            found = [(order, order["lineItems"]["nodes"]) for order in page["data"]["orders"]["nodes"]]
        yield [{**{name: order.get(name) for name in declared}, "lines": lines} for order, lines in found]


def flat(task: Task) -> Iterator[list[Record]]:
    """Orders and lines, each on its own, ten thousand at a time."""
    parse = importlib.import_module("orjson").loads
    for body in bodies(task):
        lines = body.splitlines()
        for first in range(0, len(lines), 10_000):
            yield [parse(line) for line in lines[first : first + 10_000]]


def tables(task: Task) -> Iterator[Any]:
    """An Arrow table for each flat file."""
    arrow, csv = importlib.import_module("pyarrow"), importlib.import_module("pyarrow.csv")
    types = dict.fromkeys(_TEXTS, arrow.string()) | dict.fromkeys(_MONEY, arrow.decimal128(18, 4))
    types["quantity"] = arrow.int64()
    wanted = csv.ConvertOptions(column_types=types, include_columns=list(types), strings_can_be_null=True)
    for body in bodies(task):
        yield csv.read_csv(
            io.BytesIO(body),
            read_options=csv.ReadOptions(encoding=FLAT_ENCODING),
            parse_options=csv.ParseOptions(delimiter="\t", quote_char=False),
            convert_options=wanted,
        )


def resource(dlt: Any, task: Task) -> Any:  # noqa: ANN401 - a library that may not be there
    """The task as a dlt resource."""
    kind = task["kind"]
    if kind == "reports":
        return dlt.resource(tables(task), name="lines")
    if kind == "bulk":
        return dlt.resource(
            flat(task),
            name="orders",
            table_name=lambda record: "lines" if "__parentId" in record else "orders",
            columns=_hints(_ORDER["graphql"] | _LINE),
            max_table_nesting=0,
        )
    return dlt.resource(nested(task), name="orders", columns=_hints(_ORDER[kind]), max_table_nesting=1)


def _hints(declared: dict[str, str]) -> dict[str, dict[str, str]]:
    return {name: {"data_type": kind} for name, kind in declared.items()}


def main() -> None:
    os.environ.update(_TUNING)
    task, folder = json.load(sys.stdin), Path(sys.argv[1])
    dlt: Any = importlib.import_module("dlt")
    pipeline = dlt.pipeline(
        "bench",
        destination=dlt.destinations.duckdb(str(folder / "dlt.duckdb")),
        dataset_name="bench",
        pipelines_dir=str(folder / "pipelines"),
    )
    pipeline.run(resource(dlt, task), loader_file_format="parquet").raise_on_failed_jobs()
    with pipeline.sql_client() as client:
        ((rows,),) = client.execute_sql(f"SELECT count(*) FROM {_LINES[task['kind']]}")
    print(json.dumps({"rows": rows, "version": f"dlt {dlt.__version__}"}))


if __name__ == "__main__":
    main()
