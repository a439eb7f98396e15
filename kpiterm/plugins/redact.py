"""Hides secrets in text that people may see: by known value in every spelling they take on the wire, and by name."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterable, Iterator, Mapping

HIDDEN = "***"
SECRET_HEADERS = frozenset({
    "authorization", "proxy-authorization", "cookie", "set-cookie", "x-amz-access-token", "x-amz-security-token",
    "x-api-key", "x-shopify-access-token", "wm_sec.access_token", "wm_sec.auth_signature",
})  # fmt: skip
_SHORTEST = 4
_SHORTEST_BASE64 = 8

_NAMES = "|".join(re.escape(name) for name in sorted(SECRET_HEADERS - {"cookie", "set-cookie"}, key=len, reverse=True))
# what stands between name and value in a header line, a dict or a list of pairs
_IS = r"(?:['\"]?\s*[:=]\s*|['\"]\s*,\s*)(?:b(?=['\"]))?['\"]?"
_FIELDS = "access_token|refresh_token|client_secret|id_token|password"
_BY_NAME = (
    (re.compile(rf"(?i)\b((?:{_NAMES}){_IS}(?:bearer |basic )?)[^\s'\"]+"), rf"\1{HIDDEN}"),
    (re.compile(rf"(?i)\b(cookie{_IS})[^'\"\r\n]+"), rf"\1{HIDDEN}"),
    (re.compile(rf"(?i)\b((?:{_FIELDS})['\"]?\s*[:=]\s*['\"]?)[^'\"&\s,;}}]+"), rf"\1{HIDDEN}"),
    (re.compile(r"(?i)(\b[a-z][a-z0-9+.-]*://)[^/\s@'\"]+@"), rf"\1{HIDDEN}@"),
)
_QUERY = re.compile(r"(?i)(\bhttps?://[^\s?'\"<>]+\?)([^\s'\"<>]+)")
_SIGNED = re.compile(r"(?i)sig(?:nature)?=|x-amz-|token|secret|credential|password|api_?key|awsaccesskeyid")


class Redactor:
    """Callable text -> text without the known secrets. Values shorter than four characters are not looked for."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._lock = threading.Lock()
        self._patterns: dict[str, int] = {}
        self._values: set[str] = set()
        self._known: re.Pattern[str] | None = None
        for value in values:
            self.add(value)

    def add(self, value: str) -> None:
        """Hide `value` from now on, raw, percent-encoded, JSON-escaped and inside base64."""
        value = value.strip()
        if len(value) < _SHORTEST or value in self._values:
            return
        with self._lock:
            self._patterns.update(_patterns(value))
            self._values.add(value)
            self._known = None

    def __call__(self, text: str) -> str:
        if self._values:
            text = _blank(text, self._known or self._compiled())
        for pattern, replacement in _BY_NAME:
            text = pattern.sub(replacement, text)
        return _QUERY.sub(_hide_signed_query, text)

    def _compiled(self) -> re.Pattern[str]:
        """All known values, the longest first; a look-ahead, so that of overlapping ones every character is hidden."""
        with self._lock:
            if self._known is None:
                longest_first = sorted(self._patterns, key=self._patterns.__getitem__, reverse=True)
                self._known = re.compile(f"(?=({'|'.join(longest_first)}))")
            return self._known

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """A copy that may be shown: secret headers hidden by name, all others by value."""
        return {name: HIDDEN if name.lower() in SECRET_HEADERS else self(value) for name, value in headers.items()}


def _blank(text: str, known: re.Pattern[str]) -> str:
    """`text` with each stretch of overlapping or touching matches replaced once."""
    parts: list[str] = []
    hidden_to = 0
    for match in known.finditer(text):
        if match.start() > hidden_to or not parts:
            parts += [text[hidden_to : match.start()], HIDDEN]
        hidden_to = max(hidden_to, match.end(1))
    return "".join(parts) + text[hidden_to:]


def _hide_signed_query(match: re.Match[str]) -> str:
    address, query = match.groups()
    return address + HIDDEN if _SIGNED.search(query) else match.group()


def _patterns(value: str) -> Iterator[tuple[str, int]]:
    """Patterns of a secret, each with the length of what it hides."""
    yield "".join(_spellings(character) for character in value), len(value)
    if len(value) >= _SHORTEST_BASE64:
        yield from ((re.escape(core), len(core)) for core in _base64_cores(value.encode(errors="surrogatepass")))


def _spellings(character: str) -> str:
    """A pattern for one character: as it is, percent-encoded, or escaped as in JSON."""
    if character.isascii() and character.isalnum():
        return character
    percent = "".join(f"%(?i:{byte:02x})" for byte in character.encode(errors="surrogatepass"))
    forms = {re.escape(character), percent, re.escape(json.dumps(character)[1:-1])}
    if character == " ":
        forms.add(r"\+")
    return f"(?:{'|'.join(sorted(forms, key=len, reverse=True))})"


def _base64_cores(value: bytes) -> Iterator[str]:
    """What base64 of any text around `value` must hold: three alignments, without the characters shared with others."""
    for offset in range(3):
        coded = base64.b64encode(bytes(offset) + value).rstrip(b"=").decode()
        whole = (offset + len(value)) * 8 // 6
        core = coded[-(-offset * 8 // 6) : whole]
        yield core
        yield core.replace("+", "-").replace("/", "_")
