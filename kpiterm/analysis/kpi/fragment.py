"""The restricted SQL of KPI definitions: columns of one table, numbers, comparisons, CASE and a few functions.

Division is left out on purpose: a ratio is a sum over a sum, and DuckDB's `/` is a binary float.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, NoReturn

from kpiterm.config.toml import did_you_mean
from kpiterm.plugins import facts

Type = Literal["number", "text", "flag", "time", "null"]
_TYPES: Mapping[str, Type] = {
    facts.TEXT: "text", facts.MONEY: "number", facts.COUNT: "number", facts.RATE: "number", facts.FLAG: "flag",
    facts.DAY: "time", facts.MOMENT: "time",
}  # fmt: skip
_TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d+)?)|('(?:[^']|'')*')|([A-Za-z_]\w*)|(<>|<=|>=|!=|[-+*(),=<>])|(\S))")
_COMPARISONS = {"=", "<>", "!=", "<", "<=", ">", ">="}
_CONSTANTS: Mapping[str, Type] = {"true": "flag", "false": "flag", "null": "null"}
_KEYWORDS = {"and", "or", "not", "is", "in", "between", "case", "when", "then", "else", "end", *_CONSTANTS}
# What each function takes: arguments of a type (None: of any, but all alike), and how many (None: one or more).
_FUNCTIONS: Mapping[str, tuple[Type | None, int | None]] = {
    "coalesce": (None, None), "least": (None, None), "greatest": (None, None), "abs": ("number", 1),
    "lower": ("text", 1), "seconds_between": ("time", 2),
}  # fmt: skip


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


class Term(NamedTuple):
    """A piece of SQL and the type of its value."""

    sql: str
    type: Type


def parse_fragment(text: str, columns: Mapping[str, str], *, condition: bool = False) -> Fragment:
    """`text` as a number (or a condition) over `columns`, names to DuckDB types; FragmentError where it is neither."""
    parser = _Parser(text, columns)
    found = parser.condition()
    parser.finish()
    wanted = "flag" if condition else "number"
    if found.type != wanted:
        remedy = "write a condition, such as status = 'shipped'" if condition else "write an amount or a number"
        raise FragmentError(f"{text!r} is a {found.type}", remedy)
    return Fragment(found.sql, frozenset(parser.used))


class _Parser:
    """Recursive descent; each method reads one construct and returns it as a Term."""

    def __init__(self, text: str, columns: Mapping[str, str]) -> None:
        self.text, self.columns = text, columns
        self.used: set[str] = set()
        self._tokens = [match for match in _TOKEN.finditer(text) if match.group().strip()]
        self._next = 0

    def peek(self) -> str:
        """The next token, keywords and names in lower case; empty at the end."""
        if self._next >= len(self._tokens):
            return ""
        match = self._tokens[self._next]
        return match.group().strip().lower() if match[3] else match.group().strip()

    def finish(self) -> None:
        """Refuse whatever is left."""
        if self.peek():
            self._fail("an operator, or nothing more,")

    def condition(self) -> Term:
        return self._joined("or", lambda: self._joined("and", self._negation))

    def _joined(self, word: str, operand: Callable[[], Term]) -> Term:
        left = operand()
        while self.peek() == word:
            self._take()
            right = operand()
            self._need("flag", left, right)
            left = Term(f"{left.sql} {word.upper()} {right.sql}", "flag")
        return left

    def _negation(self) -> Term:
        if self.peek() != "not":
            return self._predicate()
        self._take()
        inner = self._negation()
        self._need("flag", inner)
        return Term(f"NOT {inner.sql}", "flag")

    def _predicate(self) -> Term:
        left = self._sum()
        if self.peek() in _COMPARISONS:
            operator, right = self._take(), self._sum()
            self._alike(left, right)
            return Term(f"{left.sql} {operator} {right.sql}", "flag")
        if self.peek() == "is":
            self._take()
            return Term(f"{left.sql} IS {self._optional('not')}{self._expect('null').upper()}", "flag")
        negated = self._optional("not")
        if self.peek() == "between":
            self._take()
            low = self._sum()
            self._expect("and")
            high = self._sum()
            self._alike(left, low, high)
            return Term(f"{left.sql} {negated}BETWEEN {low.sql} AND {high.sql}", "flag")
        if self.peek() == "in":
            self._take()
            items = self._arguments()
            self._alike(left, *items)
            return Term(f"{left.sql} {negated}IN ({_listed(items)})", "flag")
        return self._fail("BETWEEN or IN") if negated else left

    def _sum(self) -> Term:
        return self._series({"+", "-"}, lambda: self._series({"*"}, self._primary))

    def _series(self, operators: set[str], operand: Callable[[], Term]) -> Term:
        left = operand()
        while self.peek() in operators:
            operator, right = self._take(), operand()
            self._need("number", left, right)
            left = Term(f"{left.sql} {operator} {right.sql}", "number")
        return left

    def _primary(self) -> Term:
        head = self.peek()
        if head == "-":
            self._take()
            inner = self._primary()
            self._need("number", inner)
            return Term(f"-({inner.sql})" if inner.sql.startswith("-") else f"-{inner.sql}", "number")  # "--" comments
        if head == "(":
            self._take()
            inner = self.condition()
            self._expect(")")
            return Term(f"({inner.sql})", inner.type)
        if head == "case":
            return self._case()
        if head in _CONSTANTS:
            return Term(self._take().upper(), _CONSTANTS[head])
        if head[:1].isdigit():
            return Term(self._take(), "number")
        if len(head) > 1 and head.startswith("'"):
            return Term(self._take(), "text")
        if re.match(r"[a-z_]", head) and head not in _KEYWORDS:
            return self._name()
        return self._fail("a column, a number, a text in single quotes or CASE")

    def _name(self) -> Term:
        name = self._take()
        if self.peek() == "(":
            return self._call(name)
        if name == "as_of":
            return Term("{as_of}", "time")
        if name not in self.columns:
            raise FragmentError(f"unknown column {name!r} in {self.text!r}", did_you_mean(name, self.columns.keys()))
        self.used.add(name)
        return Term(name, _TYPES[self.columns[name]])

    def _call(self, name: str) -> Term:
        if name not in _FUNCTIONS:
            raise FragmentError(f"function {name!r} in {self.text!r}", did_you_mean(name, _FUNCTIONS.keys()))
        wanted, count = _FUNCTIONS[name]
        items = self._arguments()
        if count is not None and len(items) != count:
            raise FragmentError(f"{name} has {len(items)} arguments in {self.text!r}", f"give it {count}")
        result = self._need(wanted, *items) if wanted else self._alike(*items)
        if name == "seconds_between":
            return Term(f"date_diff('second', {_listed(items)})", "number")
        return Term(f"{name}({_listed(items)})", result)

    def _case(self) -> Term:
        parts, results = [self._take().upper()], []
        while self.peek() == "when":
            self._take()
            test = self.condition()
            self._need("flag", test)
            self._expect("then")
            results.append(self._sum())
            parts.append(f"WHEN {test.sql} THEN {results[-1].sql}")
        if not results:
            self._fail("WHEN … THEN …")
        if self.peek() == "else":
            self._take()
            results.append(self._sum())
            parts.append(f"ELSE {results[-1].sql}")
        return Term(f"{' '.join(parts)} {self._expect('end').upper()}", self._alike(*results))

    def _arguments(self) -> list[Term]:
        self._expect("(")
        items = [self._sum()]
        while self.peek() == ",":
            self._take()
            items.append(self._sum())
        self._expect(")")
        return items

    def _need(self, wanted: Type, *terms: Term) -> Type:
        for term in terms:
            if term.type not in {wanted, "null"}:
                raise FragmentError(f"{term.sql!r} is a {term.type} in {self.text!r}", f"a {wanted} is needed there")
        return wanted

    def _alike(self, *terms: Term) -> Type:
        known = next((term.type for term in terms if term.type != "null"), None)
        return self._need(known, *terms) if known else "null"

    def _optional(self, word: str) -> str:
        return f"{self._take().upper()} " if self.peek() == word else ""

    def _expect(self, word: str) -> str:
        if self.peek() != word:
            self._fail(repr(word.upper()))
        return self._take()

    def _take(self) -> str:
        token = self.peek()
        self._next += 1
        return token

    def _fail(self, wanted: str) -> NoReturn:
        found = repr(self.peek()) if self.peek() else "the end"
        remedy = f"write {wanted} there"
        if self.peek() == "/":
            remedy = 'leave division to kind = "ratio": give numerator and denominator'
        raise FragmentError(f"found {found} in {self.text!r}", remedy)


def _listed(terms: list[Term]) -> str:
    return ", ".join(term.sql for term in terms)
