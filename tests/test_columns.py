"""Which cell answers an item: every example of docs/reading.md, and what a form keeps however its columns are moved."""

import re
from itertools import groupby

import pytest

from pipeline.reading.opening.book import Cell, Sheet
from schemas.addresses import Spot
from tests.order_form import OrderForm, read
from tests.test_values import ITEMS, rows_of

EXAMPLES = rows_of("| item | headings | cells | facts | remark |")
FIRST = 3  # the column right of «Мероприятия»


def parts(text: str, mark: str) -> list[str]:
    return [part.strip() for part in f" {text} ".split(f" {mark} ")]


def typed(text: str) -> Cell:
    return Cell(float(text[7:])) if text.startswith("number ") else Cell(text)


def sheet_of(number: str, headings: str, cells: str) -> Sheet:
    """A form that answers one item, with these columns right of its wordings."""
    form = OrderForm(answers={}, problems=[])
    columns = [heading.removeprefix("hidden ") for heading in parts(headings, "·")]
    hidden = frozenset(FIRST + at for at, heading in enumerate(parts(headings, "·")) if heading.startswith("hidden "))
    paths = [parts(heading, ">") for heading in columns]
    under = any(len(path) > 1 for path in paths)
    heading = form.rows.index(["№", "Мероприятия", "Выполнение"])
    rows = [list(row[:2]) for row in form.rows[: form.row_of("15") + 1]]
    merged = []
    at = FIRST
    for top, group in groupby(path[0] for path in paths):
        width = len(list(group))
        rows[heading] += [top, *([""] * (width - 1) if under else [top] * (width - 1))]
        if under and width > 1:
            merged.append((Spot(heading + 1, at), Spot(heading + 1, at + width - 1)))
        at += width
    answer = form.row_of(number)
    lines = [re.fullmatch(r"\s*(?:\((.*?)\))?(.*)", line) for line in f" {cells} ".split(" // ")]
    for below, line in enumerate(lines):
        values = [typed(value) if value else "" for value in parts(line[2], "·")]
        if below:
            rows.insert(answer + below, ["", line[1] or "", *values])
        else:
            rows[answer] += values
    if under:
        rows.insert(heading + 1, ["", "", *(path[1] if len(path) > 1 else "" for path in paths)])
    form.rows = rows
    return form.sheet()._replace(merged=tuple(merged), hidden_columns=hidden)


@pytest.mark.parametrize(("item", "headings", "cells", "facts", "remark"), EXAMPLES)
def test_the_answers_column_follows_from_the_headings(item, headings, cells, facts, remark):
    number = ITEMS[item].number
    (report,), remarks = read(sheet_of(number, headings, cells))
    found = [f"{fact.field} {fact.value:g}" if isinstance(fact.value, float) else f"{fact.field} {fact.value}"
             for fact in report.facts if fact.item == number]  # fmt: skip
    assert " · ".join(found) == facts
    assert " ".join(r.code for r in remarks if r.code != "NOTE-BESIDE") == remark
