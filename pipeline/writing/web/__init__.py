"""«Сводка» as a page that opens on a telephone: one file, nothing is fetched, charts as SVG.

It says what the workbook's first sheet says, and adds no figure of its own.
"""

from pathlib import Path

from pipeline import wording
from pipeline.measuring.figures import Figures
from pipeline.wording import NBSP
from pipeline.writing.pages import colours, doubts
from pipeline.writing.pages.brief import Brief
from pipeline.writing.pages.completeness import (
    AWAITED_TITLE,
    awaited,
    awaited_said,
    met_title,
    none_met,
    why_none_awaited,
)
from pipeline.writing.pages.matrix import MatrixCell, coverage_matrix
from pipeline.writing.pages.series import trend_title, why_no_bars, why_no_trend
from pipeline.writing.pages.templates import templates
from pipeline.writing.pages.words import UNKNOWN
from pipeline.writing.web import completeness, schools, trend

_templates = templates(Path(__file__).parent)
_MOST_AWAITED = 20  # schools
_templates.filters["lines"] = lambda text: text.replace("|", "\n")
_template = _templates.get_template("page.html")


def write_web_page(figures: Figures, brief: Brief, book: str, memo: str) -> bytes:
    """`book`, `memo`: names of the files beside the page to which it leads."""
    form, when = figures.form, wording.on(figures.as_of, figures.every)
    content = {
        "brief": brief,
        "title": f"{form.subject}: сводка {when}",
        "matrix": coverage_matrix(figures) if form.has_matrix else None,
        "completeness": None if form.headline else _completeness(figures),
        **(_headline(figures) if form.headline else {}),
        "share": _share,
        "legend_said": doubts.legend(figures),
        "source": f"Источник: отчёты школ по приказу №{NBSP}{form.order.number}, {when}",
        "book": book,
        "memo": memo,
    }
    return _template.render(content, c=colours).encode("utf-8")


def _headline(figures: Figures) -> dict[str, object]:
    return {
        "schools_title": figures.form.lead.chart,
        "trend_title": trend_title(figures),
        "schools": [schools.wide(figures), schools.narrow(figures)],
        "trend": trend.draw(figures),
        "why_no_schools": why_no_bars(figures),
        "why_no_trend": why_no_trend(figures),
    }


def _completeness(figures: Figures) -> dict[str, object]:
    """In place of the headline's charts where there is none."""
    lines = awaited(figures)
    more = len(lines) - _MOST_AWAITED
    return {
        "awaited_title": AWAITED_TITLE,
        "awaited": [(line.school.name, awaited_said(line)) for line in lines[:_MOST_AWAITED]],
        "more": f"и ещё {wording.schools(more)}" if more > 0 else "",
        "why_none": why_none_awaited(figures),
        "met_title": met_title(figures),
        "met": completeness.draw(figures),
        "why_none_met": none_met(figures),
    }


def _share(cell: MatrixCell) -> str:
    if cell.percent is None:
        return UNKNOWN
    return doubts.with_mark(wording.percent(cell.percent, in_column=True), cell.doubted)
