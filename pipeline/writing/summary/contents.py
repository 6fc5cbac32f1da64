"""The one table of the summary's sheets: title, question, writer and colour of the tab of each.

Links on «Сводка», tabs, the README's list and the gallery follow from it: a new sheet is its module and its line here.
"""

from collections.abc import Callable
from typing import NamedTuple

from pipeline.writing.pages import theme, titles
from pipeline.writing.pages.charts import Charts
from pipeline.writing.pages.page import Page
from pipeline.writing.summary import (
    activation,
    by_school,
    coverage,
    data,
    decisions,
    front,
    method,
    milestones,
    numbers,
    problems,
    reconciliation,
    remarks,
    rules,
    submissions,
    trend,
    words,
)
from schemas.form import Form


class Sheet(NamedTuple):
    """`answers`: what the reader learns there, as the documentation says it. `needed`: has the form anything for it.
    `public`: does it stand in the edition for a wider mailing."""

    title: str
    answers: str
    write: Callable[[Page, Charts], None]
    tab: str = theme.BAND
    needed: bool = True
    public: bool = True


def sheets(form: Form, *, public: bool = False) -> tuple[Sheet, ...]:
    """In the order of the tabs; a sheet for which the form has nothing is left out. `public`: those for a wider
    mailing."""
    return tuple(sheet for sheet in _all_sheets(form) if sheet.needed and (sheet.public or not public))


def _all_sheets(form: Form) -> tuple[Sheet, ...]:
    with_headline, with_shares = form.headline is not None, bool(form.coverage_items)
    return (
        Sheet(
            titles.FRONT,
            "the page that leadership reads: on target or not, who is behind, what to decide",
            front.write,
            theme.NAVY,
        ),
        Sheet(
            titles.NUMBERS,
            "the order's form filled in for the whole municipality: sums, means, choices, the year",
            _without_charts(numbers.write),
            needed=form.asks_for_figures,
        ),
        Sheet(
            form.headline.sheet if form.headline else "",
            "target against actual, school by school, the worst first",
            _without_charts(activation.write),
            needed=with_headline,
        ),
        Sheet(
            titles.COVERAGE,
            "every coverage item of every school, as a heat table",
            _without_charts(coverage.write),
            needed=with_shares,
        ),
        Sheet(
            titles.BY_SCHOOL,
            "every figure with a unit, school by school",
            _without_charts(by_school.write),
            needed=form.asks_for_figures,
        ),
        Sheet(
            titles.MILESTONES,
            "what is done, under way and overdue",
            _without_charts(milestones.write),
            needed=form.has_milestones,
        ),
        Sheet(titles.TREND, "the headline item from date to date", trend.write, needed=with_headline),
        Sheet(titles.SUBMISSIONS, "who has reported, and who has to be rung up", _without_charts(submissions.write)),
        Sheet(
            titles.PROBLEMS,
            "what gets in the way, in the schools' words, and how others solved it",
            _without_charts(problems.write),
            needed=form.problems is not None,
        ),
        Sheet(
            titles.DECISIONS,
            "what to decide, with cells for who does it by when; what became of what was decided before",
            _without_charts(decisions.write),
            theme.ORANGE,
            public=False,  # whoever is to do it is named
        ),
        Sheet(
            titles.WORDS,
            "what the answers in words say: systems, forms, addresses, classes, what schools add",
            _without_charts(words.write),
            needed=words.is_needed(form),
            public=False,
        ),
        Sheet(
            titles.REMARKS,
            "what is wrong, in which cell, and what to do",
            _without_charts(remarks.write),
            theme.ORANGE,
            public=False,  # what a school wrote, where
        ),
        Sheet(titles.RECONCILIATION, "proof that no answer has disappeared", _without_charts(reconciliation.write)),
        Sheet(titles.RULES, "every control, and how often it fired", _without_charts(rules.write)),
        Sheet(titles.DATA, "all answers, a row a school", _without_charts(data.write)),
        Sheet(titles.METHOD, "rules, dates and files behind the figures", _without_charts(method.write)),
    )


def _without_charts(write: Callable[[Page], None]) -> Callable[[Page, Charts], None]:
    return lambda page, _: write(page)
