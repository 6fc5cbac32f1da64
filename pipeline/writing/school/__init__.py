"""The page of one school: what its head gets back of the picture. Figures in, the bytes of a workbook out."""

from io import BytesIO

from pipeline import VERSION, wording
from pipeline.measuring.figures import Figures
from pipeline.measuring.peers import peer_standings
from pipeline.writing import theme
from pipeline.writing.school import details, front
from pipeline.writing.school.alone import alone
from pipeline.writing.school.brief import make_school_brief
from pipeline.writing.summary.charts import Charts
from pipeline.writing.summary.page import Book, Page
from schemas.district import School
from schemas.remarks import Catalogue


def write_school_page(figures: Figures, catalogue: Catalogue, school: School) -> bytes:
    """`school`: one of `figures.schools`. The same figures give the same bytes."""
    own, standings = alone(figures, school), peer_standings(figures.coverage, school.code)
    form = figures.form
    target = BytesIO()
    title = f"{school.name}: {wording.lowered(form.subject)} на {wording.day(figures.as_of)}"
    workbook = theme.open_workbook(target, title, form.office, figures.as_of)
    brief = make_school_brief(own, standings[form.headline.item], catalogue)
    book = Book(workbook, theme.Formats(workbook), own, brief, catalogue, VERSION)
    pages = [Page(book, workbook.add_worksheet(name)) for name in (front.SHEET, details.SHEET)]
    for page, colour in zip(pages, (theme.NAVY, theme.ORANGE), strict=True):
        page.sheet.set_tab_color(colour)
    charts = Charts(book)
    charts.lay_out()
    front.write(pages[0], school, standings, charts)
    details.write(pages[1])
    workbook.close()
    return target.getvalue()
