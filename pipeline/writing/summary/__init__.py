"""The summary workbook: figures in, the bytes of `svod-<as-of>.xlsx` out."""

from collections.abc import Callable
from functools import partial
from io import BytesIO

from pipeline import wording
from pipeline.measuring.figures import Figures
from pipeline.writing.pages import theme
from pipeline.writing.pages.brief import Brief
from pipeline.writing.pages.charts import Charts
from pipeline.writing.pages.page import COVERAGE, DATA, FRONT, METHOD, RECONCILIATION, RULES, TREND, Book, Page
from pipeline.writing.pages.words import MILESTONES_SHEET, PROBLEMS_SHEET, REMARKS_SHEET, SUBMISSIONS_SHEET
from pipeline.writing.summary import (
    activation,
    coverage,
    data,
    front,
    method,
    milestones,
    problems,
    reconciliation,
    remarks,
    rules,
    submissions,
    trend,
)
from schemas.remarks import Catalogue


def write_summary(figures: Figures, brief: Brief, catalogue: Catalogue, version: str) -> bytes:
    """The whole workbook; the same figures give the same bytes. `brief`: what «Сводка» says of them."""
    form = figures.form
    target = BytesIO()
    title = f"{form.subject}: свод на {wording.day(figures.as_of)}"
    workbook = theme.open_workbook(target, title, form.office, figures.as_of)
    book = Book(workbook, theme.Formats(workbook), figures, brief, catalogue, version)
    charts = Charts(book, activation.share_of_rows(figures))
    contents: dict[str, Callable[[Page], None]] = {
        FRONT: partial(front.write, charts=charts),
        form.headline.sheet: activation.write,
        COVERAGE: coverage.write,
        MILESTONES_SHEET: milestones.write,
        TREND: partial(trend.write, charts=charts),
        SUBMISSIONS_SHEET: submissions.write,
        PROBLEMS_SHEET: problems.write,
        REMARKS_SHEET: remarks.write,
        RECONCILIATION: reconciliation.write,
        RULES: rules.write,
        DATA: data.write,
        METHOD: method.write,
    }
    tabs = {FRONT: theme.NAVY, REMARKS_SHEET: theme.ORANGE}
    pages = {name: Page(book, workbook.add_worksheet(name)) for name in contents}
    charts.lay_out()
    for name, write in contents.items():
        pages[name].sheet.set_tab_color(tabs.get(name, theme.BAND))
        write(pages[name])
    workbook.close()
    return target.getvalue()
