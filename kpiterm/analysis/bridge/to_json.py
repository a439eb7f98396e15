"""Bridges as JSON: what `kpiterm reconcile --json` prints."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from kpiterm.analysis.bridge.result import Bridge, Step
from kpiterm.analysis.bridge.words import Language, said
from kpiterm.analysis.format import amount_digits, plain

_PLACES = Decimal("0.000001")


def to_json(bridges: Sequence[Bridge], language: Language) -> dict[str, Any]:
    """All of them; steps that move nothing are among the steps, with an amount of 0."""
    return {"bridges": [_bridge(bridge, language) for bridge in bridges]}


def _bridge(bridge: Bridge, language: Language) -> dict[str, Any]:
    def number(value: Decimal | None) -> str | None:
        if value is None:
            return None
        return amount_digits(value, bridge.currency) if bridge.currency else plain(value)

    def step(found: Step) -> dict[str, Any]:
        return {
            "code": found.code,
            "amount": number(found.amount),
            "rows": found.rows,
            "example": found.example,
            "note": said(found.note, language),
        }

    share = bridge.residual_share
    source, ours = bridge.source, bridge.ours
    return {
        "kpi": bridge.kpi,
        "channel": bridge.channel,
        "currency": bridge.currency,
        "period": {key: getattr(bridge.period, key).isoformat() for key in ("start", "end", "through")},
        "source": {
            "name": source.name or None,
            "kind": source.kind,
            "accounts": list(source.accounts),
            "value": number(source.value),
            "rows": source.rows,
        },
        "steps": [step(found) for found in bridge.steps],
        "ours": {"name": ours.name, "value": number(ours.value), "rows": ours.rows},
        "residual": number(bridge.residual),
        "residual_share": None if share is None else plain(share.quantize(_PLACES, ROUND_HALF_EVEN)),
        "state": bridge.state,
        "note": said(bridge.note, language),
        "days": [
            {
                "day": off.day.isoformat(),
                "residual": number(off.residual),
                "source": number(off.source),
                "ours": number(off.ours),
            }
            for off in bridge.days
        ],
    }
