"""The board as JSON: what `kpiterm status --json` prints, and what state.json keeps for a start without the store.

Imports nothing but the view and texts, since a shell prompt may ask for the status at every line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from kpiterm.analysis.format import amount_digits, plain
from kpiterm.analysis.view import (
    AccountStatusView,
    Budget,
    Expected,
    Gauge,
    Interval,
    Projection,
    Span,
    StreamStatus,
    Target,
    View,
)
from kpiterm.i18n import in_all, named

_PLACES = Decimal("0.000001")
_Digits = Callable[[Decimal], Decimal]


def to_json(view: View) -> dict[str, Any]:
    """The shape of `kpiterm status --json`; values are rounded to six places, numerators and denominators are exact."""
    return _document(view, _rounded)


def state_document(view: View) -> dict[str, Any]:
    """The same with every digit, and reasons in every language, so that `view_from_json` gives the same view again."""
    document = _document(view, lambda value: value)
    for entry, gauge in zip(document["kpis"], view.gauges, strict=True):
        entry["reasons"] = in_all(gauge.reason) if gauge.reason else None
    return document


def view_from_json(document: Mapping[str, Any]) -> View:
    """The view that `state_document` was made from; ValueError or KeyError where the document is another thing."""
    if document["v"] != 1:
        raise ValueError(f"state version {document['v']}, expected 1")
    as_of = _moment_of(document["as_of"])
    if as_of is None:
        raise ValueError("state without as_of")
    return View(
        workspace=document["workspace"],
        as_of=as_of,
        currency=document["currency"],
        snapshot=document["snapshot"],
        gauges=tuple(_gauge_of(item) for item in document["kpis"]),
        accounts=tuple(_account_of(item) for item in document["accounts"]),
    )


def _document(view: View, digits: _Digits) -> dict[str, Any]:
    return {
        "v": 1,
        "workspace": view.workspace,
        "as_of": _moment(view.as_of),
        "currency": view.currency,
        "snapshot": view.snapshot,
        "kpis": [gauge_json(gauge, digits) for gauge in view.gauges],
        "accounts": [account_json(account) for account in view.accounts],
    }


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(_PLACES, ROUND_HALF_EVEN) if value.as_tuple().exponent < -6 else value  # type: ignore[operator]


def gauge_json(gauge: Gauge, digits: _Digits = _rounded) -> dict[str, Any]:
    """One entry of `kpis`."""

    def number(value: Decimal | None) -> str | None:
        if value is None:
            return None
        value = digits(value)
        return amount_digits(value, gauge.currency) if gauge.unit == "money" else plain(value)

    def exact(value: Decimal | None) -> str | None:
        if value is None:
            return None
        return amount_digits(value, gauge.currency) if gauge.currency else plain(value)

    target = gauge.target
    return {
        "id": gauge.id,
        "name": gauge.name,
        "channel": gauge.channel,
        "period": {key: getattr(gauge.period, key).isoformat() for key in ("start", "end", "through")},
        "value": number(gauge.value),
        "numerator": exact(gauge.numerator),
        "denominator": exact(gauge.denominator),
        "unit": gauge.unit,
        "currency": gauge.currency,
        "direction": gauge.direction,
        "target": {"op": target.op, "value": plain(target.value)} if target else None,
        "weight": None if gauge.weight is None else plain(gauge.weight),
        "state": gauge.state,
        "reason": gauge.reason,
        "maturity": gauge.maturity,
        "data_through": gauge.data_through.isoformat() if gauge.data_through else None,
        "sources": list(gauge.sources),
        "previous": number(gauge.previous),
        "change": number(gauge.change),
        "history": [number(value) for value in gauge.history],
        "group": gauge.group,
        "projection": _projection(gauge.projection),
        "expected": {"value": number(gauge.expected.value), "days": gauge.expected.days} if gauge.expected else None,
        "budget": _budget(gauge.budget, exact),
        "interval": _interval(gauge.interval),
        "definition": {"version": gauge.definition_version, "hash": gauge.definition_hash},
    }


def _projection(projection: Projection | None) -> dict[str, str | None] | None:
    if projection is None:
        return None
    return {
        "value": plain(projection.value),
        "low": plain(projection.low),
        "high": plain(projection.high),
        "p_hit": _plain(projection.p_hit),
    }


def _projection_of(item: Mapping[str, str | None] | None) -> Projection | None:
    if item is None:
        return None
    value, low, high = (Decimal(str(item[key])) for key in ("value", "low", "high"))
    return Projection(value=value, low=low, high=high, p_hit=_decimal(item["p_hit"]))


def _budget(budget: Budget | None, exact: Callable[[Decimal | None], str | None]) -> dict[str, str | None] | None:
    if budget is None:
        return None
    amounts = {key: exact(getattr(budget, key)) for key in ("allowed", "used", "left")}
    return amounts | {key: _plain(getattr(budget, key)) for key in ("burn_rate", "days_left")}


def _budget_of(item: Mapping[str, str | None] | None) -> Budget | None:
    if item is None:
        return None
    allowed, used, left = (Decimal(str(item[key])) for key in ("allowed", "used", "left"))
    pace = {key: _decimal(item[key]) for key in ("burn_rate", "days_left")}
    return Budget(allowed=allowed, used=used, left=left, **pace)


def _interval(interval: Interval | None) -> dict[str, str | None] | None:
    if interval is None:
        return None
    return {"low": plain(interval.low), "high": plain(interval.high), "verdict": interval.verdict}


def _interval_of(item: Mapping[str, Any] | None) -> Interval | None:
    return None if item is None else Interval(Decimal(item["low"]), Decimal(item["high"]), item["verdict"])


def account_json(account: AccountStatusView) -> dict[str, Any]:
    """One entry of `accounts`."""
    return {
        "name": account.name,
        "connector": account.connector,
        "last_sync": _moment(account.last_sync),
        "status": account.status,
        "error": account.error,
        "streams": [_stream(stream) for stream in account.streams],
    }


def _stream(stream: StreamStatus) -> dict[str, Any]:
    return {
        "name": stream.name,
        "status": stream.status,
        "last_run": _moment(stream.last_run),
        "watermark": _moment(stream.watermark),
        "rows": stream.rows,
        "error": stream.error,
        "hint": stream.hint,
        "note": stream.note,
    }


def _gauge_of(item: Mapping[str, Any]) -> Gauge:
    target, definition = item["target"], item["definition"]
    same = ("id", "name", "channel", "unit", "currency", "direction", "state", "maturity")
    numbers = ("value", "numerator", "denominator", "weight", "previous", "change")
    fields: dict[str, Any] = {key: item[key] for key in same} | {key: _decimal(item[key]) for key in numbers}
    return Gauge(
        **fields,
        reason=named(item["reasons"]) if item.get("reasons") else item["reason"],
        period=Span(*(date.fromisoformat(item["period"][key]) for key in ("start", "end", "through"))),
        target=Target(target["op"], Decimal(target["value"])) if target else None,
        data_through=date.fromisoformat(item["data_through"]) if item["data_through"] else None,
        sources=tuple(item["sources"]),
        history=tuple(_decimal(value) for value in item["history"]),
        group=item["group"],
        projection=_projection_of(item["projection"]),
        expected=Expected(Decimal(item["expected"]["value"]), item["expected"]["days"]) if item["expected"] else None,
        budget=_budget_of(item["budget"]),
        interval=_interval_of(item["interval"]),
        definition_version=definition["version"],
        definition_hash=definition["hash"],
    )


def _account_of(item: Mapping[str, Any]) -> AccountStatusView:
    return AccountStatusView(
        **{key: item[key] for key in ("name", "connector", "status", "error")},
        last_sync=_moment_of(item["last_sync"]),
        streams=tuple(_stream_of(stream) for stream in item["streams"]),
    )


def _stream_of(item: Mapping[str, Any]) -> StreamStatus:
    return StreamStatus(
        **{key: item[key] for key in ("name", "status", "rows", "error", "hint")},
        note=item.get("note"),
        last_run=_moment_of(item["last_run"]),
        watermark=_moment_of(item["watermark"]),
    )


def _moment(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None


def _moment_of(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)
