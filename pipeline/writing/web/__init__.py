"""«Сводка» as a page that opens on a telephone: one file, nothing is fetched, charts as SVG.

It says what the workbook's first sheet says, and adds no figure of its own.
"""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline import wording
from pipeline.measuring.figures import Figures
from pipeline.wording import NBSP
from pipeline.writing.pages import colours, doubts
from pipeline.writing.pages.brief import Brief
from pipeline.writing.pages.matrix import MatrixCell, coverage_matrix
from pipeline.writing.pages.series import TREND_TITLE, WHY_NO_TREND, why_no_bars
from pipeline.writing.pages.words import UNKNOWN
from pipeline.writing.web import schools, trend

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
_templates.filters["lines"] = lambda text: text.replace("|", "\n")


def write_web_page(figures: Figures, brief: Brief, book: str, memo: str) -> bytes:
    """`book`, `memo`: names of the files beside the page to which it leads."""
    form = figures.form
    content = {
        "brief": brief,
        "title": f"{form.subject}: сводка на {wording.day(figures.as_of)}",
        "schools_title": form.headline.chart,
        "trend_title": TREND_TITLE,
        "matrix": coverage_matrix(figures),
        "schools": [schools.wide(figures), schools.narrow(figures)],
        "trend": trend.draw(figures),
        "why_no_schools": why_no_bars(figures),
        "why_no_trend": WHY_NO_TREND,
        "share": _share,
        "legend_said": doubts.legend(figures),
        "source": f"Источник: отчёты школ по приказу №{NBSP}{form.order.number}, на {wording.day(figures.as_of)}",
        "book": book,
        "memo": memo,
    }
    return _templates.get_template("page.html").render(content, c=colours).encode("utf-8")


def _share(cell: MatrixCell) -> str:
    if cell.percent is None:
        return UNKNOWN
    return doubts.with_mark(wording.percent(cell.percent, in_column=True), cell.doubted)
