"""Work ahead of who takes it: in order, a little ahead only, and its errors are told."""

from __future__ import annotations

from threading import Event

import pytest

from kpiterm.cli.ahead import ahead


def test_results_come_in_order_whatever_takes_longest() -> None:
    def late(number: int) -> int:
        Event().wait(0.01 * (number % 3 == 0))
        return number * number

    assert list(ahead(late, range(20))) == [number * number for number in range(20)]


def test_no_more_is_taken_than_a_few_items_ahead() -> None:
    numbers = iter(range(100))
    results = ahead(lambda number: number, numbers)
    next(results)
    assert next(numbers) <= 6
    results.close()


def test_an_error_is_raised_where_its_result_would_be() -> None:
    results = ahead(lambda number: 1 / number, [1, 0, 1])
    assert next(results) == 1
    with pytest.raises(ZeroDivisionError):
        next(results)
