"""From the raw cells of a workbook to reports: Svod's own form and the order's three-column form alike."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from pipeline.reading.answers.values import Around
from pipeline.reading.finding.asides import tell_asides
from pipeline.reading.finding.grid_cells import read_grids
from pipeline.reading.finding.head import Meta, read_meta
from pipeline.reading.finding.identity import Identity, read_identity
from pipeline.reading.finding.items import read_items, tell_headings
from pipeline.reading.finding.ledger import Ledger
from pipeline.reading.finding.notes import keep_notes
from pipeline.reading.finding.order import of_another_order, speaks_of_another
from pipeline.reading.finding.order_form import OrderForm
from pipeline.reading.finding.own_form import OwnForm
from pipeline.reading.finding.pieces import Piece, reports_in
from pipeline.reading.finding.problem_rows import read_problems
from pipeline.reading.finding.reports_of_book import FormRead, reports_of_book
from pipeline.reading.finding.rows import find_rows
from pipeline.reading.finding.tables import Table
from pipeline.reading.opening.book import Book, Sheet
from pipeline.reading.schools import Schools
from schemas.form import Form, Item, Kind
from schemas.periods import first_day
from schemas.remarks import Remark, remark
from schemas.reports import ReportRead
from schemas.school_names import parse, whole_school


def read_book(book: Book, form: Form, schools: Schools) -> tuple[tuple[ReportRead, ...], tuple[Remark, ...]]:
    """The reports of a workbook, and what is to be said about them. Remarks lack only the file's name."""
    meta = read_meta(book.sheets)
    if other := of_another_order(meta, form):
        return (), (other,)
    forms, others = [], []
    for reader in readers(book.sheets, form, schools, meta):
        parts = [(piece.sheet, piece.found) for piece in reader.pieces]
        if other := speaks_of_another(parts, reader.pieces[0].title, form):
            others.append(other)
            continue
        report = reader.read()
        hidden = reader.pieces[0].sheet.hidden
        forms.append(FormRead(report, tuple(reader.remarks), _is_answered(report, form), hidden))
    if others and not forms:
        return (), tuple(others[:1])
    if not forms:
        sheets = ", ".join(f"«{sheet.name}»" for sheet in book.sheets) or "нет"
        return (), (remark("FILE-NO-FORM", sheets=sheets, table=_first_table(form)),)
    return reports_of_book(forms)


_HEADINGS_SAID = 2  # of a table that a file lacks


def _first_table(form: Form) -> str:
    """The headings of the table that a report cannot lack: that of the items, else the first of the form's own."""
    in_tables = (Kind.GROUP, Kind.ROW, Kind.ROWS)
    if any(item.kind not in in_tables for item in form.items) or not form.tables:
        return f"{form.recognise.measure[0]} — {form.recognise.answer[0]}"
    table = form.tables[0]
    return " — ".join((*table.label[:1], *(column.title for column in table.columns[:_HEADINGS_SAID])))


def _is_answered(report: ReportRead, form: Form) -> bool:
    """Has an item that is not optional an answer? The title of an act alone may be the form's own."""
    answers = {fact.item for fact in report.facts if fact.field != "title"}
    titled = {fact.item for fact in report.facts if fact.field == "title"}
    written = report.written - (titled - answers)
    return any(form.answered_by(number) in form.telling for number in written)


def _when(as_of: date | None, form: Form) -> Around:
    """The span that a report is about, which its date ends, or the date where it is a state on it."""
    if as_of is None or form.period.every == "date":
        return Around(as_of=as_of)
    return Around(since=first_day(form.period.every, as_of), until=as_of)


def readers(sheets: tuple[Sheet, ...], form: Form, schools: Schools, meta: Meta) -> "Iterator[FormReader]":
    """One reader for each report, in the order of sheets and from top to bottom."""
    for pieces in reports_in(sheets, form, schools):
        yield FormReader(pieces, Ledger(pieces[0].sheet, form), schools, meta)


@dataclass
class FormReader:
    """Reads the pieces of one report into its ledger; `ledgers` has one for each sheet that they stand on."""

    pieces: list[Piece]
    ledger: Ledger
    schools: Schools
    meta: Meta
    remarks: list[Remark] = field(default_factory=list)
    ledgers: dict[str, Ledger] = field(default_factory=dict)
    columns: list[str] = field(default_factory=list)  # why the answers were read where they were, a sentence a piece

    def read(self) -> ReportRead:
        """The report; its remarks, complete but for the file's name, lie in `remarks`."""
        ledger, first = self.ledger, self.pieces[0]
        self._tell_the_version()
        identity = read_identity(ledger, first.found, self.schools, self.meta)
        ledger.when = _when(identity.as_of, ledger.form)
        own = OwnForm(ledger, first.found) if self._is_own(first) else None
        passport = own.passport if own else ()
        self._know_the_school(identity, passport)
        self.ledgers = {first.sheet.name: ledger}
        last: Item | None = None
        for piece in self.pieces:
            last = self._read_piece(piece, identity, own, last)
        report = ReportRead(
            sheet=first.sheet.name,
            school=identity.school.code if identity.school else "",
            school_as_written=identity.school_as_written,
            as_of=identity.as_of,
            facts=tuple(ledger.facts),
            answer_cells=ledger.answer_cells,
            written=frozenset(ledger.written),
            bases=passport,
            own_form=own is not None,
            strange=tuple(ledger.strange),
            title=first.title,
            columns="; ".join(dict.fromkeys(self.columns)),
        )
        place = {"sheet": report.sheet, "school": report.school, "as_of": report.as_of}
        self.remarks = [replace(r, **place) for r in ledger.remarks]  # type: ignore[arg-type]
        return report

    def _is_own(self, first: Piece) -> bool:
        """Svod's own form: by its columns, or, where it has tables of rows and columns alone, by what it remembers."""
        found = first.found
        of_grids = bool(found.grids) and found.items.first > found.items.last
        return found.items.columns.own_form or (of_grids and self.meta.form == self.ledger.form.id)

    def _tell_the_version(self) -> None:
        """A form of another version is read all the same: numbers and wordings decide."""
        version = str(self.ledger.form.version)
        if self.meta.version and self.meta.version != version:
            said = remark("FORM-OTHER-VERSION", version=self.meta.version, now=version)
            self.ledger.remarks.append(said)

    def _know_the_school(self, identity: Identity, passport: tuple[tuple[str, float, str], ...]) -> None:
        """What the answers are read with: the school's wholes and its classes."""
        school = identity.school
        self.ledger.bases = {base: people for base, people, _ in passport} | (school.bases if school else {})
        self.ledger.grades = whole_school(school.full_name or school.name if school else identity.school_as_written)

    def _read_piece(self, piece: Piece, identity: Identity, own: OwnForm | None, before: Item | None) -> Item | None:
        """`before`: the last item of the piece before it. Returns the last one of this."""
        ledger, found = self._ledger_of(piece), piece.found
        if piece is not self.pieces[0]:
            ledger.roles |= piece.head[0].roles  # the same head once more, or a title
        rows = find_rows(ledger.sheet, found.items, ledger.form, before)
        reader = own or OrderForm(ledger, self._without_own_name(found.items, identity), rows, identity.as_of)
        if isinstance(reader, OrderForm) and rows:
            self.columns.append(reader.columns.why)
            if reader.columns.foreign:
                ledger.remarks.append(remark("COLUMN-OTHER-DATE", value=", ".join(reader.columns.foreign)))
                rows = []
            elif reader.columns.other or self._names_another_school(reader.columns.heading, identity):
                ledger.remarks.append(remark("COLUMN-NOT-ANSWER", value=reader.columns.heading))
                rows = []
        read_items(ledger, found.items, rows, reader.read_row)
        tell_headings(ledger, rows, last=piece is self.pieces[-1])
        read_grids(ledger, found)
        read_problems(ledger, found, rows[-1].row if rows else found.items.first - 1)
        keep_notes(ledger, found, rows, piece.last_row)
        tell_asides(ledger, found, piece.last_row)
        return rows[-1].item if rows else before

    def _names_another_school(self, heading: str, identity: Identity) -> bool:
        """Only with a word for the kind of school: «№ 10», «Данные школы 10» may be anything's number."""
        named = self.schools.match(heading).school if identity.school and parse(heading).kinds else None
        return named is not None and named != identity.school

    def _without_own_name(self, table: Table, identity: Identity) -> Table:
        """A column below the answer's heading that is headed with the report's own school is no part of it."""
        known = {
            column: replace(meaning, odd="")
            for column, meaning in table.meanings.items()
            if meaning.odd and identity.school and self.schools.match(meaning.odd).school == identity.school
        }
        return replace(table, meanings={**table.meanings, **known}) if known else table

    def _ledger_of(self, piece: Piece) -> Ledger:
        name = piece.sheet.name
        if name not in self.ledgers:
            self.ledgers[name] = self.ledger.on(piece.sheet)
        return self.ledgers[name]
