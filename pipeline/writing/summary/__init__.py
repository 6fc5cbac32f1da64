"""The summary workbook: figures in, the bytes of `svod-<as-of>.xlsx` out."""

from datetime import datetime, time
from io import BytesIO

from pipeline import wording
from pipeline.measuring.figures import Figures
from pipeline.writing.pages import theme
from pipeline.writing.pages.brief import Brief
from pipeline.writing.pages.charts import Charts
from pipeline.writing.pages.page import Book, Page
from pipeline.writing.summary import activation
from pipeline.writing.summary.contents import sheets
from schemas.remarks import Catalogue


def write_summary(figures: Figures, brief: Brief, catalogue: Catalogue, version: str, sources: str) -> bytes:
    """The whole workbook; the same figures give the same bytes. Of public figures it is the edition for a wider
    mailing, without the sheets and columns that would name people. `brief`: what «Сводка» says of them; `sources`:
    digest of what they were made from, by which a workbook that was sent on is matched with its manifest."""
    form = figures.form
    target = BytesIO()
    title = f"{form.subject}: свод {wording.on(figures.as_of, figures.every)}"
    workbook = theme.open_workbook(target, title, form.office, figures.as_of)
    workbook.set_custom_property("Состояние на", datetime.combine(figures.as_of, time()), "date")
    workbook.set_custom_property("Исходные данные, SHA-256", sources, "text")
    contents = sheets(form, public=figures.public)
    seen = tuple(sheet.title for sheet in contents)
    book = Book(workbook, theme.Formats(workbook), figures, brief, catalogue, version, seen)
    charts = Charts(book, activation.share_of_rows(figures) if form.headline else None)
    pages = [Page(book, workbook.add_worksheet(title)) for title in seen]
    charts.lay_out()
    for sheet, page in zip(contents, pages, strict=True):
        page.sheet.set_tab_color(sheet.tab)
        sheet.write(page, charts)
        page.sheet.settle()
    workbook.close()
    return target.getvalue()
