"""The restricted SQL of KPI definitions: columns of one table, numbers, comparisons, CASE and a few functions.

Division is left out on purpose: a ratio is a sum over a sum, and DuckDB's `/` is a binary float.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from kpiterm.config.toml import did_you_mean

_TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d+)?)|('(?:[^']|'')*')|([A-Za-z_]\w*)|(<>|<=|>=|!=|[-+*(),=<>])|(\S))")
_COMPARISONS = {"=", "<>", "!=", "<", "<=", ">", ">="}
_FUNCTIONS = {"coalesce", "least", "greatest", "abs", "lower"}
_KEYWORDS = {
    "and", "or", "not", "is", "null", "in", "between", "case", "when", "then", "else", "end", "true", "false",
}  # fmt: skip
AS_OF = "as_of"


class FragmentError(ValueError):
    """What is wrong with a fragment, and what to write instead."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem, self.remedy = problem, remedy


@dataclass(frozen=True, slots=True)
class Fragment:
    """Checked SQL in one spelling, and the columns that it reads. `{as_of}` stands for the moment of the question."""

    sql: str
    columns: frozenset[str]


def parse_fragment(text: str, columns: Collection[str], *, condition: bool = False) -> Fragment:
    """`text` as an expression (or a condition) over `columns`; FragmentError where it is anything else."""
    parser = _Parser(text, columns)
    sql = parser.condition() if condition else parser.sum()
    parser.finish()
    return Fragment(sql, frozenset(parser.used))


class _Parser:
    """Recursive descent; each method reads one construct and returns its SQL."""

    def __init__(self, text: str, columns: Collection[str]) -> None:
        self.text, self.columns = text, columns
        self.used: set[str] = set()
        self._tokens = [match for match in _TOKEN.finditer(text) if match.group().strip()]
        self._next = 0

    def peek(self) -> str:
        """The next token, keywords and names in lower case; empty at the end."""
        return self._word(self._tokens[self._next]) if self._next < len(self._tokens) else ""

    def finish(self) -> None:
        """Refuse whatever is left."""
        if self.peek():
            self._fail("", "an operator, or nothing more,")

    def condition(self) -> str:
        return self._joined("or", lambda: self._joined("and", self._negation))

    def sum(self) -> str:
        sql = self._product()
        while self.peek() in {"+", "-"}:
            sql = f"{sql} {self._take()} {self._product()}"
        return sql

    def _joined(self, word: str, operand: Callable[[], str]) -> str:
        sql = operand()
        while self.peek() == word:
            self._take()
            sql = f"{sql} {word.upper()} {operand()}"
        return sql

    def _negation(self) -> str:
        if self.peek() == "not":
            self._take()
            return f"NOT {self._negation()}"
        return self._predicate()

    def _predicate(self) -> str:
        left = self.sum()
        if self.peek() in _COMPARISONS:
            return f"{left} {self._take()} {self.sum()}"
        if self.peek() == "is":
            self._take()
            return f"{left} IS {self._optional('not')}{self._expect('null').upper()}"
        negated = self._optional("not")
        if self.peek() == "between":
            self._take()
            low = self.sum()
            self._expect("and")
            return f"{left} {negated}BETWEEN {low} AND {self.sum()}"
        if self.peek() == "in":
            self._take()
            return f"{left} {negated}IN {self._arguments()}"
        if negated:
            self._fail("after NOT", "BETWEEN or IN")
        return left

    def _product(self) -> str:
        sql = self._primary()
        while self.peek() == "*":
            self._take()
            sql = f"{sql} * {self._primary()}"
        return sql

    def _primary(self) -> str:
        head = self.peek()
        if head == "-":
            self._take()
            inner = self._primary()
            return f"-({inner})" if inner.startswith("-") else f"-{inner}"  # "--" would open a comment
        if head == "(":
            self._take()
            inner = self.condition()
            self._expect(")")
            return f"({inner})"
        if head == "case":
            return self._case()
        if head in {"true", "false", "null"}:
            return self._take().upper()
        if head[:1].isdigit() or (head[:1] == "'" and len(head) > 1):
            return self._take()
        if re.match(r"[a-z_]", head) and head not in _KEYWORDS:
            return self._name()
        return self._fail("", "a column, a number, a text in single quotes or CASE")

    def _name(self) -> str:
        name = self._take()
        if self.peek() == "(":
            if name == "seconds_between":
                return f"date_diff('second', {self._arguments()[1:]}"
            if name not in _FUNCTIONS:
                raise FragmentError(
                    f"function {name!r} in {self.text!r}", did_you_mean(name, {*_FUNCTIONS, "seconds_between"})
                )
            return f"{name}{self._arguments()}"
        if name == AS_OF:
            return "{as_of}"
        if name not in self.columns:
            raise FragmentError(f"unknown column {name!r} in {self.text!r}", did_you_mean(name, self.columns))
        self.used.add(name)
        return name

    def _case(self) -> str:
        parts = [self._take().upper()]
        while self.peek() == "when":
            self._take()
            test = self.condition()
            self._expect("then")
            parts.append(f"WHEN {test} THEN {self.sum()}")
        if len(parts) == 1:
            self._fail("after CASE", "WHEN … THEN …")
        if self.peek() == "else":
            self._take()
            parts.append(f"ELSE {self.sum()}")
        return f"{' '.join(parts)} {self._expect('end').upper()}"

    def _arguments(self) -> str:
        self._expect("(")
        items = [self.sum()]
        while self.peek() == ",":
            self._take()
            items.append(self.sum())
        self._expect(")")
        return f"({', '.join(items)})"

    def _optional(self, word: str) -> str:
        return f"{self._take().upper()} " if self.peek() == word else ""

    def _expect(self, word: str) -> str:
        if self.peek() != word:
            self._fail("", repr(word.upper()))
        return self._take()

    def _take(self) -> str:
        token = self.peek()
        self._next += 1
        return token

    def _fail(self, where: str, wanted: str) -> str:
        found = repr(self.peek()) if self.peek() else "the end"
        remedy = f"write {wanted} there"
        if self.peek() == "/":
            remedy = 'leave division to kind = "ratio": give numerator and denominator'
        raise FragmentError(f"found {found} {where}".rstrip() + f" in {self.text!r}", remedy)

    @staticmethod
    def _word(match: re.Match[str]) -> str:
        token = match.group().strip()
        return token.lower() if match[3] else token
