"""Remarks as every sheet lists them: their order, their severity in words and looks, what has become of them."""

from typing import NamedTuple

from pipeline import wording
from pipeline.measuring.figures import Mended
from pipeline.writing.pages import theme
from pipeline.writing.pages.page import Book
from pipeline.writing.pages.theme import Look
from schemas.form import Form
from schemas.periods import Every
from schemas.remarks import Remark, Severity

WAIVED = "разрешено"

SEVERITIES: dict[Severity, tuple[str, tuple[Look, ...]]] = {
    Severity.ERROR: (wording.SEVERITIES[Severity.ERROR], (theme.ACTION, theme.BOLD)),
    Severity.WARNING: (wording.SEVERITIES[Severity.WARNING], (theme.GOOD,)),
    Severity.INFO: (wording.SEVERITIES[Severity.INFO], (theme.QUIET,)),
}


class Line(NamedTuple):
    """A remark as a table tells it. `state`: its severity or what has become of it, in words; `todo`: what to do, or
    which file has done it."""

    remark: Remark
    state: str
    todo: str
    looks: tuple[Look, ...]  # of the state
    stands: bool = True


def lines(book: Book) -> list[Line]:
    """What stands, without what is told elsewhere; then what a later report has made good. Both with errors first, then
    by school and item; those of no known school after the schools'."""
    figures, catalogue = book.figures, book.catalogue
    standing = [_line(remark, book) for remark in figures.remarks if not catalogue.is_quiet(remark)]
    made_good = [_mended(one, figures.every) for one in figures.mended]
    return sorted([*standing, *made_good], key=lambda line: _sort_key(line, figures.form))


def _line(remark: Remark, book: Book) -> Line:
    said, looks = SEVERITIES[remark.severity]
    state = f"{said}, {WAIVED}" if remark.waiver else said
    return Line(remark, state, wording.todo(remark, book.catalogue), looks)


def _mended(one: Mended, every: Every) -> Line:
    said = wording.corrected_by(one.file, one.as_of, every)
    return Line(one.remark, wording.MENDED, said, (theme.QUIET,), stands=False)


def _sort_key(line: Line, form: Form) -> tuple[object, ...]:
    remark = line.remark
    gravity = not line.stands, list(SEVERITIES).index(remark.severity)
    whose = not remark.school, remark.school, remark.file
    return *gravity, *whose, form.sort_key(remark.item), remark.code, remark.sheet, remark.cell
