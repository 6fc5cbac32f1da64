"""Remarks as every sheet lists them: their order, their severity in words and looks, what has become of them."""

from typing import NamedTuple

from pipeline import wording
from pipeline.measuring.figures import Mended
from pipeline.writing.pages import theme
from pipeline.writing.pages.page import Book
from pipeline.writing.pages.theme import Look
from schemas.form import Form
from schemas.periods import Every
from schemas.remarks import Catalogue, Remark, Severity

WAIVED = "разрешено"

SEVERITIES: dict[Severity, tuple[str, tuple[Look, ...]]] = {
    Severity.ERROR: (wording.SEVERITIES[Severity.ERROR], (theme.ACTION, theme.BOLD)),
    Severity.WARNING: (wording.SEVERITIES[Severity.WARNING], (theme.GOOD,)),
    Severity.INFO: (wording.SEVERITIES[Severity.INFO], (theme.QUIET,)),
}


class Line(NamedTuple):
    """A remark as a table tells it. `state`: its severity or what has become of it, in words; `done`: which file has
    done what was to be done, blank while it stands."""

    remark: Remark
    state: str
    looks: tuple[Look, ...]  # of the state
    done: str = ""

    @property
    def stands(self) -> bool:
        return not self.done

    def todo(self, catalogue: Catalogue) -> str:
        """What is to be done, or which file has done it. Made when it is asked for: of many remarks few are shown."""
        return self.done or wording.todo(self.remark, catalogue)


def lines(book: Book) -> list[Line]:
    """What stands, without what is told elsewhere; then what a later report has made good. Both with errors first, then
    by school and item; those of no known school after the schools'."""
    figures = book.figures
    standing = [_line(remark) for remark in figures.remarks if not book.catalogue.is_quiet(remark)]
    made_good = [_mended(one, figures.every) for one in figures.mended]
    return sorted([*standing, *made_good], key=lambda line: _sort_key(line, figures.form))


def _line(remark: Remark) -> Line:
    said, looks = SEVERITIES[remark.severity]
    state = f"{said}, {WAIVED}" if remark.waiver else said
    return Line(remark, state, looks)


def _mended(one: Mended, every: Every) -> Line:
    said = wording.corrected_by(one.file, one.as_of, every)
    return Line(one.remark, wording.MENDED, (theme.QUIET,), done=said)


def _sort_key(line: Line, form: Form) -> tuple[object, ...]:
    remark = line.remark
    gravity = not line.stands, list(SEVERITIES).index(remark.severity)
    whose = not remark.school, remark.school, remark.file
    return *gravity, *whose, form.sort_key(remark.item), remark.code, remark.sheet, remark.cell
