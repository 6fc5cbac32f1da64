"""The page of one school: what its head gets back of the picture. Figures in, the bytes of a workbook out."""

from io import BytesIO

from pipeline import VERSION, wording
from pipeline.measuring.figures import Figures
from pipeline.measuring.peers import PeerStanding
from pipeline.writing.pages import theme
from pipeline.writing.pages.brief import Brief
from pipeline.writing.pages.charts import Charts
from pipeline.writing.pages.page import Book, Page
from pipeline.writing.school import details, front
from pipeline.writing.school.brief import make_school_brief
from schemas.remarks import Catalogue


def write_school_page(own: Figures, standings: dict[str, PeerStanding], brief: Brief, catalogue: Catalogue) -> bytes:
    """`own`: `alone`. `standings`: item -> where the school stands among the others. `brief`: of `own`.

    The same figures give the same bytes.
    """
    form, (school,) = own.form, own.schools
    target = BytesIO()
    title = f"{school.name}: {wording.lowered(form.subject)} {wording.on(own.as_of, own.every)}"
    workbook = theme.open_workbook(target, title, form.office, own.as_of)
    said = make_school_brief(brief, own, standings.get(form.headline_number))
    book = Book(workbook, theme.Formats(workbook), own, said, catalogue, VERSION, (front.SHEET, details.SHEET))
    pages = [Page(book, workbook.add_worksheet(name)) for name in book.sheets]
    for page, colour in zip(pages, (theme.NAVY, theme.ORANGE), strict=True):
        page.sheet.set_tab_color(colour)
    charts = Charts(book)
    if form.headline:
        charts.lay_out()
    front.write(pages[0], school, standings, charts)
    details.write(pages[1])
    workbook.close()
    return target.getvalue()
