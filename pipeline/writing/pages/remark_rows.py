"""Remarks as every sheet lists them: their order, their severity in words and looks."""

from pipeline import wording
from pipeline.measuring.figures import Figures
from pipeline.writing.pages import theme
from pipeline.writing.pages.page import Book
from pipeline.writing.pages.theme import Look
from schemas.remarks import Remark, Severity

WAIVED = "разрешено"

SEVERITIES: dict[Severity, tuple[str, tuple[Look, ...]]] = {
    Severity.ERROR: (wording.SEVERITIES[Severity.ERROR], (theme.ACTION, theme.BOLD)),
    Severity.WARNING: (wording.SEVERITIES[Severity.WARNING], (theme.GOOD,)),
    Severity.INFO: (wording.SEVERITIES[Severity.INFO], (theme.QUIET,)),
}


def in_order(figures: Figures) -> list[Remark]:
    """Errors first, then by school and item; those of no known school after the schools'."""
    severities, form = list(SEVERITIES), figures.form
    return sorted(
        figures.remarks,
        key=lambda r: (
            severities.index(r.severity),
            not r.school,
            r.school,
            r.file,
            form.sort_key(r.item),
            r.code,
            r.sheet,
            r.cell,
        ),
    )


def listed(book: Book) -> list[Remark]:
    """In the sheet's order, without what is told elsewhere."""
    return [remark for remark in in_order(book.figures) if not book.catalogue.is_quiet(remark)]
