"""From the raw cells of a workbook to reports: Svod's own form and the order's three-column form alike.

Every non-empty cell of a sheet with a form ends as a label, as an answer (facts or a remark), or as a note.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from pipeline.reading.answers.values import is_blank, read_answer, read_classes
from pipeline.reading.finding.head import Head, Meta, read_head, read_meta
from pipeline.reading.finding.one_report import FormRead, one_report
from pipeline.reading.finding.rows import Row, find_rows
from pipeline.reading.finding.signatures import closing_row, is_signature, signature_cells
from pipeline.reading.finding.tables import FormOnSheet, find_forms
from pipeline.reading.opening.book import Book, Cell, Sheet
from pipeline.reading.schools import Match, Schools
from schemas import own_form
from schemas.addresses import Spot
from schemas.district import School
from schemas.form import Form, Item, Kind
from schemas.likeness import is_one_of, only_repeats, plain, rest_of
from schemas.remarks import Remark, remark
from schemas.reports import Fact, ReportRead, Strange
from schemas.school_names import whole_school


class Role(StrEnum):
    """What a non-empty cell of a sheet with a form is to us."""

    LABEL = "label"  # printed by the form, its head included, or a blank left standing
    ANSWER = "answer"  # facts, or a remark
    NOTE = "note"  # beside the form


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


def readers(sheet: Sheet, form: Form, schools: Schools, meta: Meta) -> "Iterator[SheetReader]":
    """One reader for each form on the sheet, from top to bottom."""
    found = [] if sheet.name == own_form.META_SHEET else find_forms(sheet, form)
    for on_sheet, after in zip(found, [*found, None][1:], strict=True):
        yield SheetReader(sheet, on_sheet, after.head_first - 1 if after else None, form, schools, meta)


@dataclass
class SheetReader:
    """Reads one form on one sheet. `roles`: what became of each cell; at the end none is missing."""

    sheet: Sheet
    found: FormOnSheet
    below: int | None  # the last row before the next form on the same sheet
    form: Form
    schools: Schools
    meta: Meta
    facts: list[Fact] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    roles: dict[Spot, Role] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)
    answer_cells: dict[str, str] = field(default_factory=dict)
    said: dict[str, tuple[list[tuple[str, str | float]], str, str]] = field(default_factory=dict)
    passport: list[tuple[str, float, str]] = field(default_factory=list)
    grades: range = range(1, 12)
    bases: dict[str, float] = field(default_factory=dict)
    strange: list[Strange] = field(default_factory=list)

    def read(self) -> ReportRead:
        head = read_head(self.sheet, self.found.head_first, self.found.head_last, self.form, self.schools)
        self._print(head.labels)
        school = self._school(head)
        as_of = self._as_of(head)
        self._read_passport()
        self.bases = {base: people for base, people, _ in self.passport} | (school.bases if school else {})
        self.grades = whole_school(school.full_name or school.name if school else head.school.text)
        last_item = self._read_items()
        self._read_problems(self._find_signature(last_item))
        self._keep_notes()
        code = school.code if school else ""
        place = {"sheet": self.sheet.name, "school": code, "as_of": as_of}
        self.remarks = [replace(r, **place) for r in self.remarks]  # type: ignore[arg-type]
        return ReportRead(
            sheet=self.sheet.name,
            school=code,
            school_as_written=head.school.text,
            as_of=as_of,
            facts=tuple(self.facts),
            answer_cells=self.answer_cells,
            written=frozenset(self.written),
            bases=tuple(self.passport),
            own_form=self.found.items.columns.own_form,
            strange=tuple(self.strange),
        )

    # ── whose and for when ───────────────────────────────────────────────────────────────────────────────

    def _school(self, head: Head) -> School | None:
        by_meta = self.schools.by_code(self.meta.school) if self.meta.school else None
        if not head.school.text:
            if by_meta is None:
                self.remarks.append(remark("SCHOOL-MISSING", cell=head.school.cell))
            return by_meta
        match = self.schools.match(head.school.text)
        said = {"cell": head.school.cell, "value": head.school.text}
        if match.school is None and (code := re.search(r"\(код\s+([^)]+)\)", head.school.text)):
            match = Match(self.schools.by_code(code[1]), exact=True)
        if match.school is None and match.ambiguous and by_meta in match.candidates:
            return by_meta
        if match.school is None:
            self._say_unknown(match, said)
            return None
        if by_meta and by_meta != match.school:
            self.remarks.append(remark("SCHOOL-CONFLICT", **said, form_school=by_meta.name))
            return None
        if match.latin:
            self.remarks.append(remark("SCHOOL-LATIN", **said))
        if not match.exact:
            self.strange.append(Strange("school", head.school.text, match.school.code))
        return match.school

    def _say_unknown(self, match: Match, said: dict[str, str]) -> None:
        names = "; ".join(f"{s.name} (код {s.code})" for s in match.candidates)
        if match.ambiguous:
            self.remarks.append(remark("SCHOOL-AMBIGUOUS", **said, candidates=names))
        else:
            self.remarks.append(remark("SCHOOL-UNKNOWN", **said, near=f" Похожие: {names}." if names else ""))

    def _as_of(self, head: Head) -> date | None:
        if head.as_of_date is None:
            if head.as_of.text:
                example = f"{self.form.order.reporting_dates[0]:%d.%m.%Y}"
                said = {"cell": head.as_of.cell, "value": head.as_of.text}
                self.remarks.append(remark("DATE-UNREADABLE", **said, example=example))
            else:
                self.remarks.append(remark("DATE-MISSING"))
            return None
        if self.meta.as_of and self.meta.as_of != head.as_of_date:
            self.remarks.append(remark("DATE-CONFLICT", cell=head.as_of.cell, form_date=self.meta.as_of))
        return head.as_of_date

    def _read_passport(self) -> None:
        """Svod's own form: the label of a base, its figure in the cell below."""
        if not self.found.items.columns.own_form:
            return
        labels = {plain(base.label): base.id for base in self.form.bases} | {plain(own_form.CLASSES): ""}
        for spot, cell in sorted(self.sheet.cells.items()):
            if not self.found.head_first <= spot.row <= self.found.head_last:
                continue
            self._print([spot])  # the head of the own form is printed, all of it
            base = labels.get(plain(re.sub(r"-\n|\n|\u00ad", "", str(cell.value))))
            below = Spot(spot.row + 1, spot.column)
            figure = self.sheet.cells.get(below)
            if base and figure and isinstance(figure.value, float) and figure.value >= 0:
                self.passport.append((base, figure.value, self.sheet.address(below)))

    # ── the table of items ───────────────────────────────────────────────────────────────────────────────

    def _read_items(self) -> int:
        """The last row that answers an item."""
        table = self.found.items
        last = table.first - 1
        self._print(table.labels)
        for row in find_rows(self.sheet, table, self.form):
            last = row.row
            self._print([Spot(row.row, table.columns.number)])
            if row.act:
                self._read_act(row)
                continue
            self._print([Spot(row.row, table.columns.measure)])
            if row.doubtful:
                cell = self.sheet.address(Spot(row.row, table.columns.measure))
                self.remarks.append(remark("ITEM-BY-WORDING", item=row.number, cell=cell, value=row.words))
            known = table.columns.own_form or any(plain(row.words) == plain(one) for one in row.item.wordings)
            if row.words and not known:
                self.strange.append(Strange("item", row.words, row.number))
            if table.columns.own_form:
                self._read_own_row(row)
            else:
                self._read_answer(row.item, row.number, Spot(row.row, table.columns.answer))
            self._read_wording(row)
        return last

    def _read_wording(self, row: Row) -> None:
        """What a school has written into the item's wording: the answer in its blank, or a note."""
        spot = Spot(row.row, self.found.items.columns.measure)
        filled_in = self._filled_blank(row)
        if filled_in and row.number not in self.said:
            self._read_answer(row.item, row.number, spot, Cell(filled_in))
        elif filled_in:
            _, answer, _ = self.said[row.number]
            if plain(filled_in) not in plain(answer):
                del self.roles[spot]
        elif _figures(row.words) - _figures(" ".join(row.item.wordings)):
            del self.roles[spot]

    def _filled_blank(self, row: Row) -> str:
        """«Сетевой город» of a wording that ends in «___________»; blank where the blank was left as it is."""
        if not row.item.blank:
            return ""
        rest = rest_of(row.words, row.item.title).replace(row.item.hint, "").strip(' _«»"\n')
        return "" if self._is_hint(row.item, Cell(rest)) else rest

    def _read_act(self, row: Row) -> None:
        columns = self.found.items.columns
        title_spot, document_spot = Spot(row.row, columns.measure), Spot(row.row, columns.answer)
        title, document = self.sheet.cells.get(title_spot), self.sheet.cells.get(document_spot)
        self._leave_printed(row)
        if title is not None and self._says_no_acts(title) and (document is None or is_blank(document)):
            self._read_answer(row.item, row.number, title_spot)
            return
        if title is not None and not is_blank(title):
            self.roles[title_spot] = Role.ANSWER
            self._add(row.number, [Fact(row.number, "title", _as_text(title), self.sheet.address(title_spot))])
            if document is None or is_blank(document):
                what = remark("DOC-INCOMPLETE", value=_as_text(title), what="номер и дата", example=self._example())
                self._say(row.number, document_spot, [what])
        else:
            self._print([title_spot])
        self._read_answer(row.item, row.number, document_spot)

    def _says_no_acts(self, title: Cell) -> bool:
        """«нет» or «не требуется» where a document's title belongs: an answer, not a title."""
        return is_one_of(_as_text(title), ("нет", *self.form.recognise.not_required))

    def _example(self) -> str:
        return f"{self.form.order.date:%d.%m.%Y}"

    def _read_own_row(self, row: Row) -> None:
        columns = self.found.items.columns
        item, number = row.item, row.number
        answer = Spot(row.row, columns.answer)
        self._leave_printed(row)
        if item.kind is Kind.COVERAGE:
            self._read_own_coverage(item, number, row.row)
        elif item.kind is Kind.VOLUME:
            self._read_answer(item, number, Spot(row.row, columns.percent))
            self._read_own_guide(item, number, answer)
        elif item.kind in (Kind.GROUP, Kind.ACTS):
            self._print([answer])  # how to fill in the rows below
        else:
            self._read_answer(item, number, answer)
            if item.kind is Kind.YES_NO:
                self._read_own_address(item, number, row.row + 1)

    def _leave_printed(self, row: Row) -> None:
        """Columns of the own form that compute or check: printed, never read."""
        columns = self.found.items.columns
        if columns.own_form:
            people = columns.count if row.item.kind is Kind.COVERAGE else 0
            self._print(Spot(row.row, c) for c in range(columns.total, columns.percent + 2) if c != people)

    def _read_own_coverage(self, item: Item, number: str, row: int) -> None:
        """People in their own column, classes in the answer's; «не предусмотрено» may stand in either."""
        columns = self.found.items.columns
        people_spot, words_spot = Spot(row, columns.count), Spot(row, columns.answer)
        people, words = self.sheet.cells.get(people_spot), self.sheet.cells.get(words_spot)
        if words is not None and (words.value == own_form.COVERED or is_blank(words)):
            self._print([words_spot])
            words = None
        if people is not None and isinstance(people.value, float) and not people.percent_format:
            people = Cell(f"{people.value:.10g} чел.")  # the column says that these are people
        elif people is not None and isinstance(people.value, str) and re.fullmatch(r"[\d\s]+", people.value):
            people = Cell(f"{people.value} чел.")
        if people is None or is_blank(people):
            self._read_answer(item, number, words_spot if words is not None else people_spot)
            self.answer_cells[number] = self.sheet.address(people_spot)
            return
        self._read_answer(item, number, people_spot, people)
        if words is not None:
            self.roles[words_spot] = Role.ANSWER
            self._read_classes_beside(number, words_spot, words)
        self._take_total_from_passport(item, number)

    def _read_classes_beside(self, number: str, spot: Spot, words: Cell) -> None:
        classes = read_classes(_as_text(words))
        if classes:
            self._add(number, [self._named(Fact(number, "classes", classes, ""), number, self.sheet.address(spot))])
        else:
            self._say(number, spot, [remark("CLASSES-UNREADABLE", value=_as_text(words))])

    def _take_total_from_passport(self, item: Item, number: str) -> None:
        fields = {f.field for f in self.facts if f.item == number}
        for base, people, cell in self.passport:
            if base == item.base and fields & {"count", "percent"} and "total" not in fields:
                self._add(number, [Fact(number, "total", people, cell, basis="derived")])

    def _read_own_guide(self, item: Item, number: str, spot: Spot) -> None:
        """The words that lead to the column of shares: printed, unless a figure has been written among them."""
        guide = self.sheet.cells.get(spot)
        if guide is not None and _figures(_as_text(guide)):
            self._read_answer(item, number, spot, Cell(_as_text(guide).rstrip("→ ")))
        else:
            self._print([spot])

    def _read_own_address(self, item: Item, number: str, row: int) -> None:
        columns = self.found.items.columns
        label = self.sheet.cells.get(Spot(row, columns.measure))
        if label is None or not is_one_of(str(label.value), (own_form.ADDRESS,)):
            return
        spot = Spot(row, columns.answer)
        self._print(Spot(row, c) for c in range(columns.number, columns.percent + 2) if c != columns.answer)
        cell = self.sheet.cells.get(spot)
        if cell is not None and not is_blank(cell):
            self.roles[spot] = Role.ANSWER
            self._add(number, [Fact(number, "url", _as_text(cell), self.sheet.address(spot))])

    def _read_answer(self, item: Item, number: str, spot: Spot, cell: Cell | None = None) -> None:
        cell = cell or self.sheet.cells.get(spot)
        self.answer_cells.setdefault(number, self.sheet.address(spot))
        if cell is None:
            return
        if is_blank(cell) or self._is_hint(item, cell):
            self._print([spot])
            return
        if item.kind is Kind.GROUP:
            return  # no answer belongs here: what stands here is a note
        self.roles[spot] = Role.ANSWER
        answer = read_answer(item, cell, self.form, self.bases.get(item.base))
        facts = [self._named(fact, number, self.sheet.address(spot)) for fact in answer.facts]
        if number in self.said:
            self._say_again(number, facts, cell, spot)
            return
        self.answer_cells[number] = self.sheet.address(spot)
        self.said[number] = [(f.field, f.value) for f in facts], _as_text(cell), self.sheet.address(spot)
        self._add(number, facts)
        self._say(number, spot, answer.remarks)

    def _say_again(self, number: str, facts: list[Fact], cell: Cell, spot: Spot) -> None:
        """An item answered a second time: the same is passed over, another answer is a remark. Never added."""
        first, words, first_cell = self.said[number]
        if first != [(f.field, f.value) for f in facts]:
            twice = remark("ANSWER-TWICE", value=_as_text(cell), first=words, first_cell=first_cell)
            self._say(number, spot, [twice])

    def _named(self, fact: Fact, number: str, cell: str) -> Fact:
        if fact.field == "classes" and fact.value == "все":
            fact = fact._replace(value=f"{self.grades[0]}-{self.grades[-1]}")
        return replace_cell(fact, number, cell)

    def _is_hint(self, item: Item, cell: Cell) -> bool:
        """The order's own hint, left standing where the answer belongs."""
        return bool(item.hint) and isinstance(cell.value, str) and only_repeats(cell.value, item.hint)

    # ── the table of problems ────────────────────────────────────────────────────────────────────────────

    def _find_signature(self, last_item: int) -> int:
        """The row with which it begins below the last table."""
        table = self.found.problems or self.found.items
        first = table.first if table.problems else last_item + 1
        closing = closing_row(self.sheet, first, table.last, table.columns, self.form)
        self._print(signature_cells(self.sheet, closing, table.last, table.columns, self.form))
        return closing

    def _read_problems(self, closing: int) -> None:
        table = self.found.problems
        if table is None:
            return
        self._print(table.labels)
        counted = 0
        for row in range(table.first, closing):
            number = Spot(row, table.columns.number)
            cells = {
                name: (Spot(row, column), self.sheet.cells.get(Spot(row, column)))
                for name, column in (("problem", table.columns.measure), ("solution", table.columns.answer))
            }
            if (label := self.sheet.cells.get(number)) and re.fullmatch(r"\W*\d+\W*", _as_text(label)):
                self._print([number])
            if self.found.items.columns.own_form:
                self._print([Spot(row, self.found.items.columns.percent + 1)])  # the column of checks
            if label and number not in self.roles and cells["problem"][1] is None:
                continue  # words where a number belongs, and no problem beside them: a line below the table
            texts = {name: (spot, cell) for name, (spot, cell) in cells.items() if cell and not _says_none(cell)}
            self._print(spot for spot, _ in cells.values())
            self.roles.update({spot: Role.ANSWER for spot, _ in texts.values()})
            if not texts:
                continue
            counted += 1
            item = f"problem.{counted}"
            self.written.add(item)
            self.answer_cells[item] = self.sheet.address(cells["solution"][0])
            self._add(
                item,
                [Fact(item, name, _as_text(cell), self.sheet.address(spot)) for name, (spot, cell) in texts.items()],
            )

    # ── the rest ─────────────────────────────────────────────────────────────────────────────────────────

    def _keep_notes(self) -> None:
        last_row = self.below or max((spot.row for spot in self.sheet.cells), default=0)
        notes: list[Fact] = []
        for spot, cell in sorted(self.sheet.cells.items()):
            if not self.found.head_first <= spot.row <= last_row or spot in self.roles:
                continue
            if is_blank(cell) or self._is_label(cell) or self._is_printed_number(spot, cell):
                self._print([spot])
                continue
            self.roles[spot] = Role.NOTE
            notes.append(Fact("", "note", _as_text(cell), self.sheet.address(spot)))
        self.facts += notes
        if notes:
            cells = ", ".join(note.cell for note in notes[:12]) + (" …" if len(notes) > 12 else "")
            self.remarks.append(remark("NOTE-BESIDE", cell=notes[0].cell, cells=cells))

    def _is_label(self, cell: Cell) -> bool:
        text = cell.value if isinstance(cell.value, str) else ""
        hints = [item.hint for item in self.form.items if item.hint]
        printed = (
            *self.form.recognise.note, self.form.problems.title, self.form.title, *self.form.recognise.titles, *hints,
        )  # fmt: skip
        return any(only_repeats(text, one) for one in printed) or is_signature(cell, self.form)

    def _is_printed_number(self, spot: Spot, cell: Cell) -> bool:
        """A number of the table's first column whose row holds nothing else: printed, never answered."""
        tables = [t for t in (self.found.items, self.found.problems) if t]
        in_column = any(spot.column == t.columns.number and t.first <= spot.row <= t.last for t in tables)
        return in_column and re.fullmatch(r"\W*\d[\d.,]*\W*", _as_text(cell)) is not None

    def _print(self, spots: Iterable[Spot]) -> None:
        """These cells are the form's own, where there are any."""
        self.roles.update({spot: Role.LABEL for spot in spots if spot in self.sheet.cells})

    def _add(self, number: str, facts: Iterable[Fact]) -> None:
        self.facts += facts
        self.written.add(number)

    def _say(self, number: str, spot: Spot, remarks: Iterable[Remark]) -> None:
        self.remarks += [replace(r, item=number, cell=self.sheet.address(spot)) for r in remarks]


def _figures(text: str) -> set[str]:
    return set(re.findall(r"\d+", text))


def _says_none(cell: Cell) -> bool:
    """A blank, or the word that there are no problems."""
    return is_blank(cell) or plain(_as_text(cell)) in (
        "нет",
        "проблем нет",
        "нет проблем",
        "не возникало",
        "отсутствуют",
    )


def _as_text(cell: Cell) -> str:
    value = cell.value
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() else f"{value:.10g}".replace(".", ",")
    if isinstance(value, bool):
        return "да" if value else "нет"
    return f"{value:%d.%m.%Y}" if isinstance(value, date) else str(value).strip()


def replace_cell(fact: Fact, number: str, cell: str) -> Fact:
    return fact._replace(item=number, cell=cell)
