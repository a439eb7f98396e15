"""Which encoding a text export is in, decided by its bytes: byte order mark, valid UTF-8, Japanese, else Western."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_EVIDENCE = 1 << 20
_CONTROL = bytes(range(1, 9)) + bytes(range(14, 27)) + bytes(range(28, 32))
# Kana, Japanese punctuation and everyday kanji in cp932, at least two in a row. What Western accents and dashes would
# be in cp932 are lone signs between ASCII letters, rare kanji, or half-width kana.
_JAPANESE = re.compile(rb"(?:[\x81-\x83\x88-\x97][\x40-\x7e\x80-\xfc]){2,}")
_NOT_ASCII = re.compile("[^\x00-\x7f\uff61-\uff9f]")


def is_binary(head: bytes) -> bool:
    """Whether the first bytes of a file are no text in any encoding known here."""
    if marked(head) or utf16_without_mark(head):
        return False
    return len(head.translate(None, _CONTROL)) < 0.98 * len(head) or head.count(0) > 0.3 * len(head)


def marked(head: bytes) -> str | None:
    """The encoding that a byte order mark declares."""
    return next((name for mark, name in _MARKS if head.startswith(mark)), None)


def utf16_without_mark(head: bytes) -> str | None:
    """UTF-16 shows itself in text that is mostly ASCII: every other byte is zero."""
    pairs = len(head) // 2
    if pairs < 2:
        return None
    for name, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[0::2])):
        if zeros.count(0) > 0.4 * pairs and head.count(0) < 1.2 * zeros.count(0):
            return name
    return None


def detect(chunks: Iterable[bytes]) -> str:
    """Read all of a file once, in bounded memory: `utf-8`, `utf-16…`, `utf-32`, `cp932` or `cp1252`."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    evidence = bytearray()
    known, valid, first = None, True, True
    for chunk in chunks:
        if first:
            known, first = marked(chunk) or utf16_without_mark(chunk[:65536]), False
        if known and known != "utf-8":
            continue
        if valid:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                valid = False
                evidence += chunk
                continue
        if not chunk.isascii() and len(evidence) < _EVIDENCE:
            evidence += chunk
    if known and known != "utf-8":
        return known
    return "utf-8" if valid and not decoder.getstate()[0] else _judge(bytes(evidence))


def _judge(sample: bytes) -> str:
    utf8 = sample.decode("utf-8", "replace")
    broken = utf8.count("\ufffd")
    if len(_NOT_ASCII.findall(utf8)) - broken > 20 * broken:
        return "utf-8"  # a few titles cut in the middle of a letter
    in_runs = sum(len(run) for run in _JAPANESE.findall(sample)) // 2
    return "cp932" if in_runs > 0.5 * len(_NOT_ASCII.findall(sample.decode("cp932", "replace"))) else "cp1252"
