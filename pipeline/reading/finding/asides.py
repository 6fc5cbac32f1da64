"""What a reader sees at a cell and what is no part of its value, told where it may matter: struck out, in a box, in a
note. Where an answer is blank it may be the answer itself, and somebody must look."""

from pipeline.reading.answers.values import is_blank, refers_elsewhere
from pipeline.reading.finding.ledger import Ledger, Role
from pipeline.reading.finding.tables import FormOnSheet
from pipeline.reading.opening.book import Aside, AsideKind, Cell
from schemas.addresses import Spot
from schemas.remarks import Remark, remark

_WHAT: dict[AsideKind, str] = {
    "struck": "зачёркнуто «{}»",
    "raised": "надстрочными знаками стоит «{}»",
    "footnote": "сноска «{}»",
    "endnote": "концевая сноска «{}»",
    "comment": "примечание «{}»",
    "box": "надпись «{}» поверх текста",
    "picture": "рисунок",
    "chunk": "вставленный документ",
}
_UNREAD: tuple[AsideKind, ...] = ("box", "chunk")  # they may belong anywhere


def tell_asides(ledger: Ledger, found: FormOnSheet, last_row: int) -> None:
    """A remark for each aside from the form's head to `last_row`; below the last form to the end of the sheet."""
    if not ledger.sheet.asides:  # so are most sheets
        return
    items = {cell: number for number, cell in ledger.answer_cells.items()}
    after = any(spot.row > last_row for spot in ledger.sheet.cells)
    for aside in ledger.sheet.asides:
        if found.head_first <= aside.spot.row and not (after and aside.spot.row > last_row):
            address = ledger.sheet.address(aside.spot)  # in a text document the same for a whole row
            item = ledger.answer_spots.get(aside.spot) or items.get(address, "")
            said = _said(ledger, aside, item, found.items.columns.measure)
            ledger.remarks[:] = [*_without_references(ledger.remarks, said), *said]


def _without_references(remarks: list[Remark], said: list[Remark]) -> list[Remark]:
    """Of a cell whose note is told itself, «см. примечание» need not be told too."""
    told = {one.cell for one in said if one.code == "ANSWER-ASIDE"}
    return [r for r in remarks if not (r.code == "ANSWER-ASIDE" and r.cell in told and refers_elsewhere(Cell(r.value)))]


def _said(ledger: Ledger, aside: Aside, item: str, measure: int) -> list[Remark]:
    code = _code(ledger, aside, bool(item) and aside.spot.column > measure)
    if not code:
        return []
    what = _WHAT[aside.kind].format(aside.text.replace("\n", " "))
    return [remark(code, item=item, cell=ledger.sheet.address(aside.spot), value=aside.text, what=what)]


def _code(ledger: Ledger, aside: Aside, at_answer: bool) -> str:
    """Blank where nothing is to be said: a box read as part of the head, a picture that answers nothing."""
    if ledger.roles.get(aside.spot) is Role.LABEL and aside.kind in _UNREAD and not at_answer:
        return ""
    if at_answer and _is_left_blank(ledger, aside.spot):
        return "ANSWER-ASIDE"
    if aside.kind in _UNREAD:
        return "TEXT-UNREAD"
    return "" if aside.kind == "picture" else "TEXT-ASIDE"


def _is_left_blank(ledger: Ledger, spot: Spot) -> bool:
    cell = ledger.sheet.cells.get(spot)
    return cell is None or is_blank(cell) or refers_elsewhere(cell)
