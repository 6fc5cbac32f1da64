"""From the raw cells of a workbook to reports: Svod's own form and the order's three-column form alike."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from pipeline.reading.finding.asides import tell_asides
from pipeline.reading.finding.head import Meta, read_meta
from pipeline.reading.finding.identity import Identity, read_identity
from pipeline.reading.finding.items import read_items
from pipeline.reading.finding.ledger import Ledger
from pipeline.reading.finding.notes import keep_notes
from pipeline.reading.finding.one_report import FormRead, one_report
from pipeline.reading.finding.order_form import OrderForm
from pipeline.reading.finding.own_form import OwnForm
from pipeline.reading.finding.problem_rows import read_problems
from pipeline.reading.finding.rows import find_rows
from pipeline.reading.finding.tables import FormOnSheet, find_forms
from pipeline.reading.opening.book import Book, Sheet
from pipeline.reading.schools import Schools
from schemas import own_form
from schemas.form import Form
from schemas.remarks import Remark, remark
from schemas.reports import ReportRead
from schemas.school_names import whole_school


def read_book(book: Book, form: Form, schools: Schools) -> tuple[tuple[ReportRead, ...], tuple[Remark, ...]]:
    """The report of a workbook, and what is to be said about it. Remarks lack only the file's name."""
    meta = read_meta(book.sheets)
    forms: list[FormRead] = []
    for sheet in book.sheets:
        for reader in readers(sheet, form, schools, meta):
            report = reader.read()
            forms.append(FormRead(report, tuple(reader.remarks), _is_answered(report, form), sheet.hidden))
    if not forms:
        sheets = ", ".join(f"«{sheet.name}»" for sheet in book.sheets) or "нет"
        return (), (remark("FILE-NO-FORM", sheets=sheets),)
    return one_report(forms)


def _is_answered(report: ReportRead, form: Form) -> bool:
    return any({number, number.rpartition(".")[0]} & form.answer_due.keys() for number in report.written)


def readers(sheet: Sheet, form: Form, schools: Schools, meta: Meta) -> "Iterator[FormReader]":
    """One reader for each form on the sheet, from top to bottom."""
    found = [] if sheet.name == own_form.META_SHEET else find_forms(sheet, form)
    for on_sheet, after in zip(found, [*found, None][1:], strict=True):
        last_row = after.head_first - 1 if after else max(spot.row for spot in sheet.cells)
        yield FormReader(Ledger(sheet, form), on_sheet, last_row, schools, meta)


@dataclass
class FormReader:
    """Reads one form on one sheet into its ledger. `last_row`: the last one before the next form on the same sheet."""

    ledger: Ledger
    found: FormOnSheet
    last_row: int
    schools: Schools
    meta: Meta
    remarks: list[Remark] = field(default_factory=list)

    def read(self) -> ReportRead:
        """The report; its remarks, complete but for the file's name, lie in `remarks`."""
        ledger, found = self.ledger, self.found
        identity = read_identity(ledger, found, self.schools, self.meta)
        own = OwnForm(ledger, found) if found.items.columns.own_form else None
        passport = own.passport if own else ()
        self._know_the_school(identity, passport)
        rows = list(find_rows(ledger.sheet, found.items, ledger.form))
        reader = own or OrderForm(ledger, found.items, rows, identity.as_of)
        if isinstance(reader, OrderForm) and reader.columns.foreign:
            ledger.remarks.append(remark("COLUMN-OTHER-DATE", value=", ".join(reader.columns.foreign)))
            rows = []
        read_items(ledger, found.items, rows, reader.read_row)
        last_item = rows[-1].row if rows else found.items.first - 1
        read_problems(ledger, found, last_item)
        keep_notes(ledger, found, self.last_row)
        tell_asides(ledger, found, self.last_row)
        report = ReportRead(
            sheet=ledger.sheet.name,
            school=identity.school.code if identity.school else "",
            school_as_written=identity.school_as_written,
            as_of=identity.as_of,
            facts=tuple(ledger.facts),
            answer_cells=ledger.answer_cells,
            written=frozenset(ledger.written),
            bases=passport,
            own_form=own is not None,
            strange=tuple(ledger.strange),
        )
        self.remarks = [
            replace(r, sheet=report.sheet, school=report.school, as_of=report.as_of) for r in ledger.remarks
        ]
        return report

    def _know_the_school(self, identity: Identity, passport: tuple[tuple[str, float, str], ...]) -> None:
        """What the answers are read with: the school's wholes and its classes."""
        school = identity.school
        self.ledger.bases = {base: people for base, people, _ in passport} | (school.bases if school else {})
        self.ledger.grades = whole_school(school.full_name or school.name if school else identity.school_as_written)
