"""Checks statements with nothing at hand but their files: each is settled again, and each names the one before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kpiterm.analysis.contract.document import fingerprint, read_json
from kpiterm.analysis.contract.parse import contract_from_text
from kpiterm.analysis.contract.statement import ENGINE, Closing, statement, text
from kpiterm.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was found about one statement file; no faults means that it is what was closed. `as_of` is None of a draft,
    which stands in no chain."""

    file: str
    contract: str | None
    period: str | None
    total: str | None
    hash: str | None
    previous: str | None
    as_of: str | None
    faults: tuple[str, ...]


def verify(files: Mapping[str, bytes]) -> list[Verdict]:
    """A verdict for each file, by its name; statements of one contract are also held against each other."""
    found = [_verify(name, body) for name, body in files.items()]
    return [replace(verdict, faults=(*verdict.faults, *_chain(verdict, found))) for verdict in found]


def _verify(name: str, body: bytes) -> Verdict:
    try:
        document = read_json(body.decode("utf-8"), name)
    except (UnicodeDecodeError, UsageError) as error:
        why = error.message if isinstance(error, UsageError) else f"{name}: not UTF-8"
        return Verdict(
            file=name, contract=None, period=None, total=None, hash=None, previous=None, as_of=None, faults=(why,)
        )

    def told(key: str) -> str | None:
        value = document.get(key)
        return value if isinstance(value, str) else None

    return Verdict(
        file=name,
        contract=told("contract"),
        period=told("period"),
        total=told("total"),
        hash=told("hash"),
        previous=told("previous"),
        as_of=told("as_of") if document.get("closed") is True else None,
        faults=tuple(_faults(document, body)),
    )


def _faults(document: Mapping[str, object], body: bytes) -> Iterator[str]:
    if document.get("hash") != fingerprint(document):
        yield f"the hash does not match: it says {document.get('hash')}, its content gives {fingerprint(document)}"
    if body != text(document).encode():
        yield "it is not written as statements are: spaces, the order of keys or the end of the file were changed"
    if document.get("engine") != ENGINE:
        yield f"it was settled by rules {document.get('engine')}; this kpiterm knows rules {ENGINE}"
        return
    try:
        again = _again(document)
    except UsageError as error:
        yield f"it cannot be settled again: {error.message}"
        return
    yield from (
        f"{where}: it says {old}, settled again it is {new}" for where, old, new in _differences(document, again)
    )


def _again(document: Mapping[str, object]) -> dict[str, object]:
    contract_text, period, values = document.get("contract_text"), document.get("period"), document.get("values")
    if not isinstance(contract_text, str) or not isinstance(period, str) or not isinstance(values, dict):
        raise UsageError("contract_text, period or values are missing: this is no statement")
    as_of, previous, log = (document.get(key) for key in ("as_of", "previous", "log"))
    closing = Closing(
        closed=document.get("closed") is True,
        as_of=as_of if isinstance(as_of, str) else None,
        previous=previous if isinstance(previous, str) else None,
        log=log if isinstance(log, dict) else None,
    )
    return statement(contract_from_text(contract_text, "contract_text"), period, values, closing)


def _differences(old: object, new: object, where: str = "") -> Iterator[tuple[str, object, object]]:
    """Where two documents differ, each with what they say; the hash itself was looked at before."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted({*old, *new} - ({"hash"} if not where else set())):
            yield from _differences(old.get(key), new.get(key), f"{where}.{key}" if where else str(key))
    elif isinstance(old, Sequence) and isinstance(new, Sequence) and not isinstance(old, str) and len(old) == len(new):
        for number, (one, other) in enumerate(zip(old, new, strict=True), 1):
            yield from _differences(one, other, f"{where}[{number}]")
    elif old != new:
        yield where, old, new


def _chain(verdict: Verdict, found: Sequence[Verdict]) -> Iterator[str]:
    """Of several statements of a contract, each must name the one that was closed before it."""
    chain = [v for v in found if v.contract == verdict.contract and v.hash and v.as_of]
    mine = sorted(chain, key=lambda v: v.as_of or "")
    place = mine.index(verdict) if verdict in mine else 0
    if place and verdict.previous != mine[place - 1].hash:
        before = mine[place - 1]
        yield f"it names {verdict.previous} as the statement before it, but {before.file} is {before.hash}"
