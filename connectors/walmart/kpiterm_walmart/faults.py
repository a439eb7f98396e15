"""What Walmart says went wrong, in whichever of its shapes: JSON, problem+json, XML, a page of the edge, or nothing."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

_CODES = ("code", "errorCode", "title", "status")
_WORDS = ("description", "info", "message", "detail", "error", "errors")
_NESTED = ("errors", "error")
_XML = re.compile(r"<(?:\w+:)?(code|description|info)>\s*([^<]+?)\s*</", re.IGNORECASE)
_TAG = re.compile(r"<(script|style|head)\b.*?</\1>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_PAGE = re.compile(r"(?:<!doctype html|<html)\b", re.IGNORECASE)
_ROOT = re.compile(r"(?:<\?xml[^>]*>\s*)?<([\w:.-]+)")
_LONGEST, _LONGEST_LINE = 300, 120


def said(body: bytes) -> str:
    """Code and message on one line; empty where the body says nothing."""
    text = body[:65536].decode("utf-8", "replace").strip()
    try:
        parts = list(_dig(msgspec.json.decode(text)))
    except msgspec.DecodeError:
        parts = list(_read(text))
    line = " ".join(" ".join(dict.fromkeys(filter(None, parts))).split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def _read(text: str) -> Iterator[str]:
    """Words from what is no JSON. Documents other than errors and pages are not quoted: they may name buyers."""
    if found := _XML.findall(text):
        yield from (html.unescape(value) for _, value in found)
    elif _PAGE.match(text):
        yield html.unescape(_TAG.sub(" ", text))
    elif root := _ROOT.match(text):
        yield f"an XML document {root[1]}"
    elif text[:1] not in ("{", "["):
        yield text.partition("\n")[0][:_LONGEST_LINE]


def _dig(answer: Any) -> Iterator[str]:  # noqa: ANN401 -- any JSON
    """Words from the innermost object that has some: `errors` and `error` may be lists, objects or texts."""
    if isinstance(answer, list):
        for entry in answer[:3]:
            yield from _dig(entry)
    elif isinstance(answer, Mapping):
        inner = next((answer[key] for key in _NESTED if isinstance(answer.get(key), list | dict) and answer[key]), None)
        if inner is not None:
            yield from _dig(inner)
        else:
            yield from _first(answer, _CODES, 1)
            yield from _first(answer, _WORDS, 2)
    elif isinstance(answer, str):
        yield answer


def _first(answer: Mapping[str, Any], keys: tuple[str, ...], most: int) -> list[str]:
    values = [str(answer[key]) for key in keys if isinstance(answer.get(key), str | int) and answer[key] != ""]
    return values[:most]
