"""What the streams know of ad reports: the days wanted of a report type, and a document of rows by column name.

Which of Amazon's APIs makes the report is decided in `kpiterm_amazon.ads`; one that calls its columns otherwise renames
them to those of `AdsReport`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from kpiterm.plugins import Context, Download


@dataclass(frozen=True, slots=True, kw_only=True)
class AdsReport:
    """A report type with the columns to ask for, by the names of reporting v3; one unknown column fails the request."""

    type_id: str
    ad_product: str
    group_by: str
    columns: tuple[str, ...]


class Maker(Protocol):
    """Makes a report of the days `first` to `last` of a profile, both included: a JSON list of objects that have the
    report's columns, once; asking on says that it has been read. Raises TransientError while it is not finished."""

    def __call__(
        self, ctx: Context, profile_id: str, report: AdsReport, first: date, last: date
    ) -> Iterator[Download]: ...
