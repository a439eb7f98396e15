"""What a connector is made of: frozen values that check themselves, and plain functions. Nothing here does I/O."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from kpiterm.plugins import facts
from kpiterm.plugins.hosts import check_hosts, hosts_of

if TYPE_CHECKING:
    import httpx

    from kpiterm.plugins.context import Context
    from kpiterm.plugins.sheet import Sheet

API_VERSION = 1
NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
Format = Literal["json", "ndjson", "tsv", "csv"]


def _check_name(kind: str, name: str) -> None:
    if not NAME.fullmatch(name):
        raise ValueError(f"{kind} name {name!r}: use lower-case letters, digits, '-' and '_', at most 40")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One value of an account that is no secret, such as the marketplace."""

    name: str
    help: str
    default: str | None = None
    choices: tuple[str, ...] = ()
    required: bool = False

    def __post_init__(self) -> None:
        _check_name("setting", self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """One value that lives in the keyring and nowhere else."""

    name: str
    help: str
    required: bool = True

    def __post_init__(self) -> None:
        _check_name("secret", self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A vendor's token bucket: requests per second and burst of the operations that `match` names.

    `match` is a method and a path in which `*` stands for one segment: `"GET /reports/2021-06-30/reports/*"`.
    """

    operation: str
    match: str
    per_second: float
    burst: int

    def __post_init__(self) -> None:
        if self.per_second <= 0 or self.burst < 1:
            raise ValueError(f"rate {self.operation}: per_second must be positive and burst at least 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marketplace:
    """Where an account sells: the channel its rows carry, the zone that cuts its business day, its currency."""

    channel: str
    timezone: str
    currency: str

    def __post_init__(self) -> None:
        ZoneInfo(self.timezone)


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open span of time, aware UTC, that one fetch covers and one transaction commits."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None or self.start >= self.end:
            raise ValueError(f"window {self.start} .. {self.end}: two aware moments, the first one earlier")

    def days(self, timezone: str) -> list[date]:
        """The business days that the window touches, in `timezone`."""
        zone = ZoneInfo(timezone)
        first = self.start.astimezone(zone).date()
        last = (self.end - timedelta(microseconds=1)).astimezone(zone).date()
        return [first + timedelta(n) for n in range((last - first).days + 1)]

    def __str__(self) -> str:
        return f"{self.start.astimezone(UTC):%Y-%m-%dT%H:%MZ}..{self.end.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """A raw body as the vendor sent it, and what is needed to read it.

    `request` says in one line, without secrets, what was asked. `records` is the path of keys to the list of records
    in a JSON body (empty: the body is the list). `extra` adds constant columns, each named with a leading underscore,
    that the body itself lacks (currency, profile). A `Path` body belongs to the host, which removes it.
    """

    body: bytes | Path
    format: Format
    request: str
    records: tuple[str, ...] = ()
    encoding: str = "utf-8"
    extra: Mapping[str, str | int | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if bad := [name for name in self.extra if not name.startswith("_")]:
            raise ValueError(f"payload extra {bad[0]!r}: names of added columns start with '_'")


@dataclass(frozen=True, slots=True)
class Row:
    """One canonical row, for sources too small to need SQL: columns of `facts.TABLES[table]`, money as Decimal, moments
    aware.

    A row without `channel` belongs to the account's own. It replaces the rows that equal it in the table's identity.
    """

    table: str
    values: Mapping[str, object]

    def __post_init__(self) -> None:
        known = facts.TABLES.get(self.table)
        if known is None:
            raise ValueError(f"row for unknown table {self.table!r}; known: {', '.join(facts.TABLES)}")
        if unknown := set(self.values) - {c.name for c in known.columns} - {"channel"}:
            raise ValueError(f"row for {self.table}: unknown column {min(unknown)!r}")


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record of an imported file that cannot be read: kept apart and shown, never guessed at."""

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something that people should know about what was read, though its rows were loaded.

    A stream gives one where the vendor shows less than was asked for; it is kept with the run, and shown with the
    stream until a later run that reads as far back does not repeat it. An importer gives one about its file.
    """

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """Rows for one canonical table.

    `select` is SQL from the relation `source` (the declared columns and `_payload`) to columns of the table, by name.
    `replaces` says which rows the new ones supersede within the account: a tuple of columns ("the whole order"), or
    the single column of a window ("window:day": every row of this source whose day lies in the window).
    """

    into: str
    select: str
    replaces: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.into not in facts.TABLES:
            raise ValueError(f"output into unknown table {self.into!r}; known: {', '.join(facts.TABLES)}")
        known = {c.name for c in facts.TABLES[self.into].all_columns}
        for column in self.replaces:
            if column.removeprefix("window:") not in known:
                raise ValueError(f"output into {self.into}: replaces names the unknown column {column!r}")
        if not self.replaces:
            raise ValueError(f"output into {self.into}: replaces is empty, so a re-run would double its rows")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How bodies become rows: the source columns with their DuckDB types, those that must be there, the outputs.

    Columns that are not declared are never stored. Flat-file headers are matched by stripped, case-less name; cells
    come without surrounding blanks, empty ones as NULL, and `_row` numbers the lines.
    """

    columns: Mapping[str, str]
    outputs: tuple[Output, ...]
    required: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if missing := set(self.required) - set(self.columns):
            raise ValueError(f"shape: required column {min(missing)!r} is not declared")


Fetch = Callable[["Context", Window], Iterator[Payload | Row | Note]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """One kind of data of a connector: how to fetch a window of it, and where its rows go.

    The host plans windows from the watermark: each run re-reads `lookback`, in steps of `max_window`, starting
    `history` ago, not more often than `every`. `lag` is how far behind now the vendor is, `retention` how far back it
    can be asked at all. `by_day` cuts windows at the business day's midnight; `snapshot` means that only the present
    can be read. `settles` is how long rows may still be restated (a KPI over younger rows is provisional). `needs`
    names optional settings and secrets without which the stream is skipped.

    `ahead` is for streams whose reports are ordered and waited for: a fetch is begun before its turn, up to its first
    `ctx.sleep`, while fewer than so many streams of the same `ahead` are under way. What was ordered must be found
    again by `ctx.recall`, and nothing may be asked before that is dear to ask twice.

    With a `shape`, `fetch` yields payloads that the host reads by it. Without one it yields rows, each preceded by the
    payload that it was read from, where there is one. What the vendor keeps back is said in a `Note`.
    """

    name: str
    title: str
    fetch: Fetch
    shape: Shape | None = None
    by_day: bool = False
    lookback: timedelta = timedelta(0)
    max_window: timedelta = timedelta(days=30)
    history: timedelta = timedelta(days=60)
    every: timedelta = timedelta(minutes=15)
    lag: timedelta = timedelta(0)
    retention: timedelta | None = None
    settles: timedelta = timedelta(0)
    needs: tuple[str, ...] = ()
    snapshot: bool = False
    ahead: int = 0

    def __post_init__(self) -> None:
        _check_name("stream", self.name)
        if self.max_window <= timedelta(0) or self.history <= timedelta(0):
            raise ValueError(f"stream {self.name}: max_window and history must be positive")


@dataclass(frozen=True, slots=True)
class Probe:
    """One finding of an account test: what was tried, whether it worked, and the remedy where it did not."""

    name: str
    ok: bool
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connector:
    """A marketplace or tool that kpiterm can read. The entry-point name of the plugin must equal `name`.

    `hosts` are all that it may speak to. Where each account has a host of its own, its first label is a setting:
    `"{shop}.myshopify.com"` lets an account speak to its own shop and to no other.
    """

    name: str
    title: str
    hosts: tuple[str, ...]
    streams: tuple[Stream, ...]
    marketplace: Callable[[Mapping[str, str]], Marketplace]
    settings: tuple[Setting, ...] = ()
    secrets: tuple[Secret, ...] = ()
    rates: tuple[Rate, ...] = ()
    auth: Callable[[Context], httpx.Auth] | None = None
    test: Callable[[Context], Iterable[Probe]] | None = None
    api_version: int = API_VERSION

    def __post_init__(self) -> None:
        _check_name("connector", self.name)
        declared = {
            "stream": [s.name for s in self.streams],
            "setting": [s.name for s in self.settings],
            "secret": [s.name for s in self.secrets],
        }
        for kind, seen in declared.items():
            if doubled := {n for n in seen if seen.count(n) > 1}:
                raise ValueError(f"connector {self.name}: two {kind}s are named {min(doubled)!r}")
        fields = {*declared["setting"], *declared["secret"]}
        for stream in self.streams:
            if unknown := set(stream.needs) - fields:
                raise ValueError(f"stream {stream.name}: needs {min(unknown)!r}, which {self.name} does not declare")
        check_hosts(self.name, self.hosts, declared["setting"])

    def hosts_for(self, settings: Mapping[str, str]) -> tuple[str, ...]:
        """The hosts that an account with these settings may speak to; SettingError where a setting gives none."""
        return hosts_of(self.hosts, settings)

    def stream(self, name: str) -> Stream | None:
        return next((s for s in self.streams if s.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer:
    """Reads one kind of exported file. `recognise` looks at the content only; `read` yields payloads or rows.

    What `read` cannot take it yields as `Rejected`; what the owner of the file should know, as `Note`. `columns` are
    those that such a file has, with all its spellings where one has several: what a near miss lacks of them is named.
    """

    kind: str
    title: str
    recognise: Callable[[Sheet], bool]
    read: Callable[[Sheet], Iterator[Payload | Row | Rejected | Note]]
    shape: Shape | None = None
    marketplace: Marketplace | None = None
    columns: tuple[str | tuple[str, ...], ...] = ()

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9_]+\.[a-z0-9_]+", self.kind):
            raise ValueError(f"importer kind {self.kind!r}: write '<connector>.<file kind>'")

    @property
    def connector(self) -> str:
        return self.kind.partition(".")[0]


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What `kpiterm_sync_finished` is told: one entry a stream, as in `kpiterm sync --json`."""

    workspace: str
    runs: tuple[Mapping[str, object], ...]
