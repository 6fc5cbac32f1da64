"""Explanations come back: what a school writes beside a remark is shown to the office, and one tick allows it, for that
answer and until a day."""

import csv
from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from pipeline import monthly
from pipeline.measuring.figures import Heard
from pipeline.reading.explained import find_explanations
from pipeline.reading.opening.grid import open_book
from pipeline.settings import Limits, Settings
from pipeline.writing.registry import write_registry
from schemas.district import Registry
from schemas.explained import MEMORY, WORDS, Asked, asked, figure_of, recalled, remembered
from schemas.registry_book import EXPLAINED
from schemas.remarks import remark
from tests.batch import MARCH, order_form
from tests.conftest import NOW
from tests.libreoffice import needs_libreoffice, saved_as
from tests.order_form import FORM, REGISTRY
from tests.test_returned import order_form_file

JANUARY, APRIL, MAY, JUNE = date(2014, 1, 30), date(2014, 4, 20), date(2014, 5, 20), date(2014, 6, 20)
SETTINGS = Settings(controls={"SAME-ANSWERS": "off"}, reporting_dates=(APRIL, MAY, JUNE))
ITEM, CODE = "6.2", "TOTAL-NOT-BASE"  # the registry counts 574 pupils
WHY = "Выбыли два класса"


class Office:
    """An office with one school that says every month what it is told to say at item 6.2."""

    def __init__(self, folder: Path) -> None:
        self.input, self.output = folder / "input", folder / "output"
        self.input.mkdir(parents=True)
        registry = write_registry(FORM, Registry(tuple(s for s in REGISTRY.schools if s.code == "01")), MARCH)
        self.registry = self.input / "registry.xlsx"
        self.registry.write_bytes(registry)

    def receives(self, day: date, answer: str, name: str = "") -> None:
        form = order_form(day, "01", {ITEM: answer})
        (self.input / (name or f"01 {day}.xlsx")).write_bytes(order_form_file(form))

    def runs(self, day: date) -> monthly.Done:
        return monthly.run(monthly.Job.of(self.input, self.output, day, SETTINGS, NOW))

    def returned(self, day: date) -> Path:
        [path] = (self.output / day.isoformat() / "returns").iterdir()
        return path

    def explains(self, day: date, words: str = WHY, code: str = CODE) -> Path:
        """The school fills in the cell of its returned file and sends it; nothing else is changed."""
        place = self.input / f"пояснения {day}.xlsx"
        place.write_bytes(explained(self.returned(day).read_bytes(), words, code))
        return place

    def ticks(self, day: date, until: date | None = None) -> None:
        tick(self.output / day.isoformat(), self.registry, until)

    def allows_an_explanation(self, day: date) -> None:
        """Of the question about that date's report; the next run finds the row in the registry."""
        self.receives(day, LESS)
        self.runs(day)
        self.explains(day)
        self.runs(day)
        self.ticks(day)


def tick(folder: Path, registry: Path, until: date | None = None) -> None:
    """The office copies the drafted rows into its registry and says who allows them."""
    drafted = openpyxl.load_workbook(folder / EXPLAINED)["Исключения"]
    book = openpyxl.load_workbook(registry)
    sheet = book["Исключения"] if "Исключения" in book.sheetnames else book.create_sheet("Исключения")
    head = next(row[0].row for row in drafted.iter_rows() if row[0].value == "Код школы")
    for cells in drafted.iter_rows(min_row=head if sheet.max_row == 1 else head + 1):
        sheet.append([cell.value for cell in cells])
        if cells[0].row > head:
            sheet.cell(sheet.max_row, 5).value = "Иванова"
            sheet.cell(sheet.max_row, 6).value = until or sheet.cell(sheet.max_row, 6).value
    book.save(registry)


def explained(data: bytes, words: str, code: str = CODE) -> bytes:
    book = openpyxl.load_workbook(BytesIO(data))
    sheet = book["Замечания"]
    head = next(cell for row in sheet.iter_rows() for cell in row if cell.value == MEMORY)
    column = next(cell.column for cell in sheet[head.row] if cell.value == WORDS)
    for row in range(head.row + 1, sheet.max_row + 1):
        about = recalled(str(sheet.cell(row, head.column).value or ""))
        if about and about.code == code:
            sheet.cell(row, column).value = words
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def state(done: monthly.Done) -> str:
    """What stands at the item: nothing, a question, a question with an explanation, or what the office allows."""
    found = [one for one in done.figures.remarks if (one.item, one.code) == (ITEM, CODE)]
    if not found:
        return "no remark"
    (said,) = found
    heard = done.figures.explained_of(said)
    if said.waiver:
        return "allowed"
    return "explained" if heard and heard.heard is Heard.WAITS else "asked"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


# ── five months ──────────────────────────────────────────────────────────────────────────────────────────
LESS, LESS_STILL = "331 из 560 (59,1%)", "331 из 555 (59,6%)"
# Month, what the school answers, what it does then, what the office does, and what stands there before and after.
FIVE_MONTHS = [
    (JANUARY, LESS, "asked", "explains", "explained", "", "explained"),  # the office has not decided yet
    (MARCH, LESS, "asked", "explains", "explained", "ticks", "allowed"),  # until April
    (APRIL, LESS, "allowed", "", "allowed", "", "allowed"),  # the same answer, and it is not yet over
    (MAY, LESS, "asked", "explains", "explained", "ticks", "allowed"),  # it has expired: asked again; now until June
    (JUNE, LESS_STILL, "asked", "", "asked", "", "asked"),  # another answer, whatever is allowed until June
]


def test_five_months_of_an_explanation(office: Office):
    for day, answer, at_first, school, then, tick, at_last in FIVE_MONTHS:
        office.receives(day, answer)
        assert state(office.runs(day)) == at_first, day
        if school:
            office.explains(day, f"{WHY}, {day:%m.%Y}")
        assert state(office.runs(day)) == then, day
        if tick:
            office.ticks(day)
        assert state(office.runs(day)) == at_last, day
        assert (office.output / day.isoformat() / EXPLAINED).exists() is (at_last == "explained"), day


# ── what the school writes ───────────────────────────────────────────────────────────────────────────────
def test_words_beside_a_remark_are_no_figure_and_stand_beside_it_for_the_office(office: Office):
    office.receives(MARCH, LESS)
    office.runs(MARCH)
    folder = office.output / MARCH.isoformat()
    before = answers(folder)
    office.explains(MARCH, "Верно 999, а не 331")
    done = office.runs(MARCH)
    assert answers(folder) == before
    sheet = openpyxl.load_workbook(folder / f"svod-{MARCH}.xlsx")["Замечания"]
    shown = [cell.value for row in sheet.iter_rows() for cell in row if cell.value]
    assert WORDS in shown
    assert "Верно 999, а не 331 (не принято)" in shown
    assert [one.words for one in done.figures.explanations] == ["Верно 999, а не 331"]
    again = openpyxl.load_workbook(office.returned(MARCH))["Замечания"]
    assert "Верно 999, а не 331" in [cell.value for row in again.iter_rows() for cell in row]


def answers(folder: Path) -> list[tuple[str, ...]]:
    """All but the file's name and where in it the answer stands."""
    with (folder / "answers.csv").open(encoding="utf-8", newline="") as file:
        return [(row["item"], row["field"], row["value"], row["basis"], row["counted"]) for row in csv.DictReader(file)]


def test_the_cell_is_to_be_typed_into_and_its_row_says_what_it_is_about(office: Office):
    office.receives(MARCH, LESS)
    done = office.runs(MARCH)
    book = openpyxl.load_workbook(office.returned(MARCH))
    sheet = book["Замечания"]
    head = next(cell for row in sheet.iter_rows() for cell in row if cell.value == MEMORY)
    assert sheet.column_dimensions["J"].hidden or sheet.column_dimensions["I"].max >= head.column
    abouts = {}
    for row in range(head.row + 1, sheet.max_row + 1):
        if about := recalled(str(sheet.cell(row, head.column).value or "")):
            abouts[about] = sheet.cell(row, head.column - 2)
    (said,) = [one for one in done.figures.remarks if one.code == CODE]
    about = asked(said)
    assert about in abouts
    assert about == Asked("01", CODE, ITEM, MARCH, figure_of(said))
    assert (abouts[about].value, abouts[about].protection.locked) == (None, False)
    assert not any(abouts[about].coordinate in rule.sqref for rule in sheet.data_validations.dataValidation)


def test_an_explanation_of_what_has_been_mended_meanwhile_is_not_needed(office: Office):
    office.receives(MARCH, LESS)
    office.runs(MARCH)
    place = office.explains(MARCH)
    book = openpyxl.load_workbook(place)
    sheet = next(one for one in book if one.title != "Замечания")
    cell = next(cell for row in sheet.iter_rows() for cell in row if cell.value == LESS)
    cell.value = LESS_STILL
    book.save(place)
    done = office.runs(MARCH)
    assert state(done) == "asked"
    assert [one.heard for one in done.figures.explanations] == [Heard.NOT_NEEDED]


def test_an_explanation_from_the_file_of_another_school_is_said_and_not_used(office: Office):
    office.receives(MARCH, LESS)
    office.runs(MARCH)
    place = office.explains(MARCH)
    book = openpyxl.load_workbook(place)
    sheet = book["Замечания"]
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and (about := recalled(cell.value)):
                cell.value = remembered(Asked("07", about.code, about.item, about.as_of, about.figure))
    book.save(place)
    done = office.runs(MARCH)
    assert state(done) == "asked"
    assert [one.value for one in done.figures.remarks if one.code == "EXPLANATION-ASTRAY"] == [WHY]


@needs_libreoffice
@pytest.mark.parametrize("kind", ["xlsx", "ods", "xls"])
def test_it_survives_libreoffice(office: Office, tmp_path: Path, kind: str):
    office.receives(MARCH, LESS)
    done = office.runs(MARCH)
    data = explained(office.returned(MARCH).read_bytes(), WHY)
    folder = tmp_path / kind
    folder.mkdir()
    saved = saved_as(kind, data, folder)
    (found,) = find_explanations(open_book(saved.read_bytes(), Limits()))
    assert found.asked in {asked(one) for one in done.figures.remarks}
    assert found.words == WHY


def test_a_dash_or_nothing_explains_nothing(office: Office):
    office.receives(MARCH, LESS)
    office.runs(MARCH)
    for words in ("—", " ", ""):
        office.explains(MARCH, words)
        assert state(office.runs(MARCH)) == "asked"


# ── what the office does ─────────────────────────────────────────────────────────────────────────────────
def test_a_drafted_row_allows_nothing_and_is_no_mistake_until_it_is_ticked(office: Office):
    office.allows_an_explanation(MARCH)
    _edit(office.registry, lambda row: row.update({"Кто разрешил": None}))
    done = office.runs(MARCH)
    assert state(done) == "explained"
    assert [one.code for one in done.figures.remarks if one.code.startswith("REGISTRY-W")] == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({WORDS: None, MEMORY: None}, ""),  # the office's own exception then, for any answer
        ({MEMORY: "испорчено"}, "изменена"),
        ({"Пункт": "6.1"}, "к другой школе"),
        ({"Код замечания": "COUNT-FELL"}, "к другой школе"),
    ],
)
def test_a_drafted_row_that_was_changed_is_not_taken_for_what_it_was(office: Office, change, said: str):
    office.allows_an_explanation(MARCH)
    _edit(office.registry, lambda row: row.update(change))
    done = office.runs(MARCH)
    found = [str(dict(one.data)["what"]) for one in done.figures.remarks if one.code == "REGISTRY-WAIVER"]
    assert (state(done) == "allowed") is (said == "")
    assert [said in one for one in found] == ([True] if said else [])


def test_a_row_copied_without_its_headings_allows_nothing(office: Office):
    """It would stand for any answer, and for a school that nobody has ticked."""
    office.allows_an_explanation(MARCH)
    book = openpyxl.load_workbook(office.registry)
    sheet = book["Исключения"]
    for cell in list(sheet[2]) + list(sheet[1]):
        if cell.value in (WORDS, MEMORY):
            cell.value = None
    book.save(office.registry)
    done = office.runs(MARCH)
    assert state(done) == "explained"
    (found,) = [one for one in done.figures.remarks if one.code == "REGISTRY-WAIVER"]
    assert "без заголовков" in str(dict(found.data)["what"])


def _edit(path: Path, change) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book["Исключения"]
    head = next(row for row in sheet.iter_rows() if row[0].value == "Код школы")
    names = [cell.value for cell in head]
    for cells in sheet.iter_rows(min_row=head[0].row + 1):
        row = {name: cell.value for name, cell in zip(names, cells, strict=True)}
        change(row)
        for name, cell in zip(names, cells, strict=True):
            cell.value = row[name]
    book.save(path)


def test_a_second_run_drafts_the_same_bytes(office: Office):
    office.receives(MARCH, LESS)
    office.runs(MARCH)
    office.explains(MARCH)
    office.runs(MARCH)
    drafted = (office.output / MARCH.isoformat() / EXPLAINED).read_bytes()
    office.runs(MARCH)
    assert (office.output / MARCH.isoformat() / EXPLAINED).read_bytes() == drafted


# ── what an answer is ────────────────────────────────────────────────────────────────────────────────────
def test_another_answer_is_another_figure_and_a_waiver_is_none():
    one = remark(CODE, school="01", as_of=MARCH, item=ITEM, value=LESS, total=560.0, base=574)
    same = remark(CODE, school="01", as_of=MARCH, item=ITEM, value=LESS, base=574.0, total=560, waiver="да")
    assert figure_of(one) == figure_of(same)
    for other in (
        remark(CODE, school="01", as_of=MARCH, item=ITEM, value=LESS, total=561, base=574),
        remark(CODE, school="01", as_of=MARCH, item=ITEM, value=f"{LESS}.", total=560, base=574),
    ):
        assert figure_of(other) != figure_of(one)
    assert asked(remark(CODE, school="", as_of=MARCH)) is None
