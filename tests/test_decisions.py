"""Decisions come back: what the office writes into the yellow cells of «Решения» is told by the next summary."""

import csv
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from pipeline import monthly
from pipeline.commands import console
from pipeline.commands.rebuild import rebuild
from pipeline.measuring.figures import Fate, Figures, Followed
from pipeline.reading.decided import DecisionsFound, find_decisions
from pipeline.reading.opening.book import Book, Cell, Sheet
from pipeline.settings import Settings, load_settings
from pipeline.writing.brief import make_brief
from pipeline.writing.registry import write_registry
from schemas import decided as sheet_of
from schemas.addresses import Spot
from schemas.decided import Concerned, Decided, DecisionsRead, Matter, Memory
from schemas.district import Registry
from schemas.reports import FileRead
from schemas.strict import UsageError
from tests.batch import CATALOGUE, MARCH, file_of, measured, order_form
from tests.conftest import NOW, Once
from tests.figures import all_well, twenty_schools
from tests.libreoffice import needs_libreoffice, recalculated, saved_as
from tests.order_form import FORM, REGISTRY
from tests.test_returned import order_form_file
from tests.workbooks import summary_workbook

APRIL, MAY, JUNE = date(2014, 4, 20), date(2014, 5, 20), date(2014, 6, 20)
COLLEGE = Settings(controls={"SAME-ANSWERS": "off"})  # these schools answer alike on purpose
WHOLES = {"10": 150, "11": 100, "12": 50}  # parents able to use the service, of three schools
SHARES = {"6.1": "100%", "6.2": "58%", "6.3": "97%", "10.1": "50%", "10.2": "50%", "10.3": "50%"}
# The plan is 41 % in March: № 10 lacks 32 people, № 11 31, and both are needed. № 1 is silent.
IN_MARCH = {"10": 30, "11": 10, "12": 30}
FILLED = "svod-2014-03-20.xlsx"


class Office:
    """An office with four schools, three of which have reported in March."""

    def __init__(self, folder: Path) -> None:
        self.input, self.output = folder / "input", folder / "output"

    def receives(self, day: date, covered: dict[str, int]) -> None:
        self.input.mkdir(parents=True, exist_ok=True)
        for code, people in covered.items():
            form = order_form(day, code, {**SHARES, "14": f"{people} чел. из {WHOLES[code]}"})
            form.rows[2][0] = f"в {next(one.name for one in REGISTRY.schools if one.code == code)}"
            (self.input / f"{code} {day}.xlsx").write_bytes(order_form_file(form))

    def runs(self, day: date, settings: Settings = COLLEGE) -> monthly.Done:
        return monthly.run(monthly.Job.of(self.input, self.output, day, settings, NOW))

    def summary(self, day: date) -> Path:
        return self.output / day.isoformat() / f"svod-{day}.xlsx"

    def findings(self, day: date) -> set[tuple[str, str]]:
        with (self.output / day.isoformat() / "findings.csv").open(encoding="utf-8", newline="") as file:
            return {(row["file"], row["code"]) for row in csv.DictReader(file)}

    def decides(self, day: date, name: str = FILLED, **by_tag: tuple[object, ...]) -> Path:
        """Fills the summary's yellow cells and puts it into the input folder."""
        place = self.input / name
        place.write_bytes(filled(self.summary(day), by_tag, self.input / "tmp.xlsx"))
        return place


def filled(summary: Path, by_tag: dict[str, tuple[object, ...]], at: Path) -> bytes:
    book = openpyxl.load_workbook(summary)
    sheet = book[sheet_of.SHEET]
    for tag, typed in by_tag.items():
        fill(sheet, row_of(sheet, tag), *typed)
    book.save(at)
    content = at.read_bytes()
    at.unlink()
    return content


def fill(sheet: Worksheet, row: int, *typed: object) -> None:
    for heading, value in zip(sheet_of.TYPED, typed, strict=False):
        sheet.cell(row, column_of(sheet, heading)).value = value  # type: ignore[assignment]


def column_of(sheet: Worksheet, heading: str) -> int:
    return next(cell.column for row in sheet.iter_rows(max_row=10) for cell in row if cell.value == heading)


def row_of(sheet: Worksheet, tag: str) -> int:
    """Of a line of that tag; «Своё» is the first of the blank rows."""
    if tag == "Своё":
        return sheet.max_row - 4
    column = column_of(sheet, sheet_of.TAG)
    return next(row for row in range(6, sheet.max_row + 1) if str(sheet.cell(row, column).value).startswith(tag))


def shown(summary: Path) -> list[dict[str, object]]:
    """The rows of «Решения» with a decision, by heading."""
    sheet = openpyxl.load_workbook(summary)[sheet_of.SHEET]
    columns = {heading: column_of(sheet, heading) for heading in sheet_of.HEADINGS}
    rows = ({heading: sheet.cell(row, at).value for heading, at in columns.items()} for row in range(6, sheet.max_row))
    return [row for row in rows if row[sheet_of.DECISION]]


def said(figures: Figures) -> str:
    """The first page's line about decisions; blank where there is none."""
    lines = [one.text for one in make_brief(figures, CATALOGUE).decisions if one.tag == "Решения"]
    return " ".join(lines).replace("\u00a0", " ")


def fates(done: monthly.Done) -> dict[str, Fate]:
    return {one.decided.decision: one.fate for one in done.figures.followed}


def march_is_made(folder: Path) -> None:
    office = Office(folder)
    office.receives(MARCH, IN_MARCH)
    (office.input / "registry.xlsx").write_bytes(write_registry(FORM, Registry(REGISTRY.schools), MARCH))
    office.runs(MARCH)


@pytest.fixture
def office(once: Once, tmp_path: Path) -> Office:
    once("march", march_is_made)
    return Office(Path(shutil.copytree(once.folder / "march", tmp_path / "office")))


PLAN = ("Провести совещание с директорами", "Иванова И. И.", datetime(2014, 4, 15))
REPORT = ("Запросить отчёт", "Петров П. П.", datetime(2014, 3, 31))


# ── the way of a decision ────────────────────────────────────────────────────────────────────────────────
def test_what_was_decided_in_march_stands_on_the_first_page_in_may_with_done_or_not_and_people_gained(office: Office):
    office.decides(MARCH, Активация=PLAN, Отчёты=REPORT, Своё=("Купить принтер", "Сидоров"))
    office.receives(MAY, {"10": 75, "11": 41, "12": 30})
    done = office.runs(MAY)
    assert fates(done) == {
        "Провести совещание с директорами": Fate.DONE,  # 50 % and 41 %: the plan of March
        "Запросить отчёт": Fate.OVERDUE,
        "Купить принтер": Fate.UNKNOWN,
    }
    assert said(done.figures) == (
        "Из 3 решений от 20.03: выполнено 1, не проверить 1, просрочено 1 — «Запросить отчёт» (Петров П. П.); "
        "+76 чел. у 2 школ."
    )
    rows = {str(row[sheet_of.DECISION]): row for row in shown(office.summary(MAY))}
    assert rows["Провести совещание с директорами"][sheet_of.FATE] == "● выполнено"
    assert rows["Провести совещание с директорами"][sheet_of.GAINED] == "+76\u00a0чел. у 2 из 2\u00a0школ"
    assert rows["Запросить отчёт"][sheet_of.FATE] == "× просрочено"
    assert rows["Купить принтер"][sheet_of.FATE] == "· не проверить: решает управление"


def test_letter_memo_and_page_say_the_same_line(office: Office):
    office.decides(MARCH, Отчёты=REPORT)
    office.receives(MAY, {"10": 75})
    office.runs(MAY)
    folder = office.output / MAY.isoformat()
    page = (folder / f"svodka-{MAY}.html").read_text("utf-8").replace("\u00a0", " ")
    assert "Решение от 20.03 «Запросить отчёт» (Петров П. П., до 31.03) — просрочено" in page
    book = openpyxl.load_workbook(office.summary(MAY))
    assert any("Запросить отчёт" in str(cell.value) for row in book["Сводка"].iter_rows() for cell in row)
    from docx import Document

    proposals = [paragraph.text for paragraph in Document(str(folder / f"spravka-{MAY}.docx")).paragraphs]
    assert any("Исполнить просроченные решения" in text for text in proposals)


def test_the_figures_of_a_former_summary_are_taken_into_no_count(office: Office, tmp_path: Path):
    office.receives(MAY, {"10": 75})
    office.runs(MAY)
    folder = office.output / MAY.isoformat()
    before = {name: (folder / name).read_bytes() for name in ("answers.csv", "indicators.csv")}
    office.decides(MARCH, Активация=PLAN)
    done = office.runs(MAY)
    assert {name: (folder / name).read_bytes() for name in before} == before
    assert (FILLED, "DECISIONS-READ") in office.findings(MAY)
    assert done.figures.unattributed == ()
    assert [one.outcome for one in done.figures.sources if one.file == FILLED] == ["прежний свод: прочитаны решения"]


def test_a_decision_that_is_done_is_shown_once_more_and_one_that_is_not_until_it_is(office: Office):
    office.decides(MARCH, Активация=PLAN, Отчёты=REPORT)
    office.receives(MAY, {"10": 75, "11": 41, "12": 30})
    office.runs(MAY)
    office.decides(MAY, f"svod-{MAY}.xlsx")
    done = office.runs(JUNE)
    assert fates(done) == {"Запросить отчёт": Fate.OVERDUE}  # of both workbooks, once
    assert said(done.figures).startswith("Решение от 20.03 «Запросить отчёт»")


def test_what_is_changed_in_a_later_workbook_holds(office: Office):
    office.decides(MARCH, Отчёты=REPORT)
    office.receives(MAY, {"10": 75})
    office.runs(MAY)
    office.decides(MAY, f"svod-{MAY}.xlsx", Отчёты=("Вызвать директора", "Петров П. П.", datetime(2014, 7, 1), "нет"))
    assert fates(office.runs(JUNE)) == {"Вызвать директора": Fate.NOT_DONE}


def test_the_tick_of_the_office_stands_before_the_reports_and_is_told_apart(office: Office):
    office.decides(MARCH, Отчёты=(*REPORT, "да"), Своё=("Купить принтер", "", None, "выполнено"))
    done = office.runs(MAY)
    assert set(fates(done).values()) == {Fate.TICKED, Fate.UNKNOWN}  # «выполнено» is no yes and no no
    rows = {str(row[sheet_of.DECISION]): row for row in shown(office.summary(MAY))}
    assert rows["Запросить отчёт"][sheet_of.FATE] == "● выполнено по отметке; по отчётам — нет"
    assert rows["Купить принтер"][sheet_of.DONE] == "выполнено"


def test_without_decisions_nothing_is_said_of_them(office: Office):
    done = office.runs(MAY)
    assert said(done.figures) == ""
    shutil.copy(office.summary(MARCH), office.input / FILLED)  # nobody has filled it in
    done = office.runs(MAY)
    assert said(done.figures) == ""
    assert (FILLED, "DECISIONS-READ") in office.findings(MAY)


# ── the workbook as people leave it ──────────────────────────────────────────────────────────────────────
def test_rows_may_be_sorted_inserted_and_columns_moved(office: Office):
    def disordered(sheet: Worksheet) -> None:
        fill(sheet, row_of(sheet, "Активация"), *PLAN)
        fill(sheet, row_of(sheet, "Отчёты"), *REPORT)
        sheet.insert_rows(7)
        fill(sheet, 7, "Провести проверку", "Сидоров")
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=6)]
        heads = [[cell.value for cell in row] for row in sheet.iter_rows(max_row=5)]
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
        for number, row in enumerate([*heads, *reversed(rows)], start=1):
            for column, value in enumerate(reversed(row), start=1):
                sheet.cell(number, column).value = value

    book = openpyxl.load_workbook(office.summary(MARCH))
    disordered(book[sheet_of.SHEET])
    book.save(office.input / FILLED)
    office.receives(MAY, {"10": 75, "11": 41})
    done = office.runs(MAY)
    assert fates(done) == {
        "Провести совещание с директорами": Fate.DONE,
        "Запросить отчёт": Fate.OVERDUE,
        "Провести проверку": Fate.UNKNOWN,
    }


@needs_libreoffice
def test_a_workbook_saved_by_libreoffice_comes_back(office: Office, tmp_path: Path):
    filled_in = office.decides(MARCH, Активация=PLAN, Отчёты=REPORT)
    filled_in.write_bytes(recalculated(filled_in.read_bytes(), tmp_path).read_bytes())
    assert set(fates(office.runs(MAY))) == {PLAN[0], REPORT[0]}
    filled_in.unlink()
    (office.input / "свод.ods").write_bytes(saved_as("ods", office_filled(office, tmp_path), tmp_path).read_bytes())
    assert set(fates(office.runs(MAY))) == {PLAN[0], REPORT[0]}


def office_filled(office: Office, folder: Path) -> bytes:
    return filled(office.summary(MARCH), {"Активация": PLAN, "Отчёты": REPORT}, folder / "filled.xlsx")


@pytest.mark.parametrize(
    ("typed", "due"),
    [
        (datetime(2014, 4, 15), date(2014, 4, 15)),
        ("15.04.2014", date(2014, 4, 15)),
        ("до 15 апреля 2014 г.", date(2014, 4, 15)),
        ("не позднее 15.04.2014", date(2014, 4, 15)),
        ("до 15 апреля", None),  # of which year
        ("31.02.2014", None),
        ("после 15.04.2014", None),
        ("с 15.04.2014 по 20.04.2014", None),
        ("к маю", None),
    ],
)
def test_a_day_is_read_and_never_guessed(typed: object, due: date | None):
    [decided] = read_of(row(decision="Запросить", due=typed)).read.decisions
    assert decided.due == due
    assert decided.due_as_typed == ("" if due else typed)


def test_a_day_that_is_not_read_is_shown_as_typed_and_never_overdue(office: Office):
    office.decides(MARCH, Отчёты=("Запросить отчёт", "", "до 1 апреля"))
    done = office.runs(MAY)
    assert fates(done) == {"Запросить отчёт": Fate.NOT_DONE}
    assert said(done.figures) == "Решение от 20.03 «Запросить отчёт» (до 1 апреля) — не выполнено."
    assert [row[sheet_of.DUE] for row in shown(office.summary(MAY))] == ["до 1 апреля"]


def test_a_summary_that_is_not_earlier_is_told_of_and_not_followed(office: Office):
    office.decides(MARCH, Отчёты=REPORT)
    done = office.runs(MARCH)
    assert done.figures.followed == ()
    assert (FILLED, "DECISIONS-LATER") in office.findings(MARCH)


def test_of_two_workbooks_of_one_date_with_other_words_the_one_that_came_later_counts_and_it_is_said(office: Office):
    import os

    first = office.decides(MARCH, "первая.xlsx", Отчёты=REPORT)
    os.utime(first, (NOW.timestamp() - 9_000, NOW.timestamp() - 9_000))
    second = office.decides(MARCH, "вторая.xlsx", Отчёты=("Вызвать директора", *REPORT[1:]))
    os.utime(second, (NOW.timestamp() - 5_000, NOW.timestamp() - 5_000))
    assert list(fates(office.runs(MAY))) == ["Вызвать директора"]
    assert ("первая.xlsx", "DECISIONS-DIFFER") in office.findings(MAY)


def test_a_foreign_workbook_with_a_sheet_of_that_name_is_none_of_ours(office: Office):
    book = openpyxl.Workbook()
    book.active.title = sheet_of.SHEET  # type: ignore[union-attr]
    book.active.append(list(sheet_of.HEADINGS))  # type: ignore[union-attr]
    book.active.append([MARCH, "Отчёты", "", "", "Чужое решение", "Некто", "15.04.2014"])  # type: ignore[union-attr]
    book.save(office.input / "чужая.xlsx")
    done = office.runs(MAY)
    assert done.figures.followed == ()
    assert ("чужая.xlsx", "FILE-NO-FORM") in office.findings(MAY)


def test_a_summary_of_another_order_is_none_of_ours():
    foreign = Sheet(sheet_of.SHEET, {Spot(1, 1): Cell(sheet_of.seal("form-meals", MARCH))})
    assert find_decisions(Book((foreign,)), FORM) is None


# ── cells that mean harm ─────────────────────────────────────────────────────────────────────────────────
def row(**typed: object) -> dict[str, object]:
    names = {"decision": sheet_of.DECISION, "who": sheet_of.WHO, "due": sheet_of.DUE, "done": sheet_of.DONE}
    names["memory"] = sheet_of.MEMORY
    return {names[name]: value for name, value in typed.items()}


def read_of(*rows: dict[str, object], headings: Iterable[str] = sheet_of.HEADINGS) -> DecisionsFound:
    cells = {Spot(1, 20): Cell(sheet_of.seal(FORM.id, MARCH))}
    columns = {heading: number for number, heading in enumerate(headings, start=1)}
    cells |= {Spot(3, number): Cell(heading) for heading, number in columns.items()}
    for number, typed in enumerate(rows, start=4):
        cells |= {Spot(number, columns[name]): Cell(value) for name, value in typed.items()}  # type: ignore[arg-type]
    found = find_decisions(Book((Sheet(sheet_of.SHEET, cells),)), FORM)
    assert found
    return found


def test_thousands_of_rows_and_huge_texts_are_bounded():
    found = read_of(*(row(decision=f"{number} {'длинно ' * 5_000}", who="Кто-то") for number in range(3_000)))
    assert len(found.read.decisions) == sheet_of.MOST
    assert max(len(one.decision) for one in found.read.decisions) <= sheet_of.LONGEST
    assert [one.code for one in found.remarks] == ["DECISIONS-READ", "DECISIONS-MANY"]


@pytest.mark.parametrize(
    "memory",
    [
        "",
        "{",
        "[" * 30_000,
        '{"key":1}',
        "=1+1",
        sheet_of.remembered(Memory(key="x", as_of=MAY, matter=Matter.PLAN, tag="", text="")),
    ],
)
def test_a_row_whose_memory_cannot_be_is_a_decision_of_the_offices_own(memory: str):
    [decided] = read_of(row(decision="Проверить", memory=memory)).read.decisions
    assert (decided.memory.matter, decided.memory.as_of) == (Matter.OWN, MARCH)


def test_a_line_with_two_decisions_keeps_both():
    memory = sheet_of.remembered(Memory(key="k", as_of=MARCH, matter=Matter.PLAN, tag="", text=""))
    found = read_of(row(decision="Первое", memory=memory), row(decision="Второе", memory=memory))
    assert len({one.memory.key for one in found.read.decisions}) == 2


def test_a_sheet_without_a_column_that_is_needed_is_told_of():
    found = read_of(headings=[one for one in sheet_of.HEADINGS if one != sheet_of.DUE])
    assert [one.code for one in found.remarks] == ["DECISIONS-UNREADABLE"]
    assert found.read == DecisionsRead(MARCH)


# ── the settings, the archive, what lies there already ───────────────────────────────────────────────────
def test_the_settings_may_name_the_workbook_where_it_lies(office: Office, tmp_path: Path):
    office.summary(MARCH).write_bytes(office_filled(office, tmp_path))
    settings = tmp_path / "settings.toml"
    named = office.summary(MARCH).relative_to(tmp_path).as_posix()
    settings.write_text(f'decisions = "{named}"\n[controls]\nSAME-ANSWERS = "off"\n', "utf-8")
    done = office.runs(MAY, load_settings(settings))
    assert set(fates(done)) == {PLAN[0], REPORT[0]}
    assert str(tmp_path) not in (office.output / MAY.isoformat() / "manifest.json").read_text("utf-8")
    assert rebuild(office.output, MAY, lambda done, of: None).is_the_same


def test_settings_that_name_no_such_workbook_are_a_mistake_that_is_said(office: Office):
    with pytest.raises(UsageError, match=r"decisions.*нет"):
        office.runs(MAY, replace_decisions(office.input / "нет.xlsx"))
    office.receives(MAY, {"10": 75})
    report = shutil.move(office.input / f"10 {MAY}.xlsx", office.output / "отчёт.xlsx")
    with pytest.raises(UsageError, match="не свод с листом «Решения»"):
        office.runs(MAY, replace_decisions(Path(report)))


def replace_decisions(path: Path) -> Settings:
    return Settings(controls=COLLEGE.controls, decisions=str(path))


def test_twice_the_same_bytes_and_the_month_is_made_again_from_the_archive(office: Office):
    office.decides(MARCH, Активация=PLAN, Отчёты=REPORT)
    office.receives(MAY, {"10": 75})
    office.runs(MAY)
    first = office.summary(MAY).read_bytes()
    office.runs(MAY)
    assert office.summary(MAY).read_bytes() == first
    (office.output / "cache" / "reads").unlink()
    office.runs(MAY)
    assert office.summary(MAY).read_bytes() == first
    assert rebuild(office.output, MAY, lambda done, of: None).is_the_same


def test_what_is_written_into_a_summary_where_it_lies_is_not_overwritten(office: Office, tmp_path: Path):
    office.summary(MARCH).write_bytes(office_filled(office, tmp_path))
    office.receives(MARCH, {"10": 40})  # corrected
    done = office.runs(MARCH)
    assert shown(office.summary(MARCH))
    assert done.summary.lies_at.name == f"svod-{MARCH}-новый.xlsx"
    lines = console.kept_lines(done.kept, office.output)
    assert f"Отличается от записанного Сводом и оставлено как есть: {MARCH}/svod-{MARCH}.xlsx." in lines


def test_names_of_persons_stand_in_no_log(office: Office):
    office.decides(MARCH, Отчёты=REPORT)
    office.runs(MAY)
    for path in (office.output / "logs").rglob("*"):
        assert "Петров" not in path.read_text("utf-8")


# ── what became of it, by what it was about ──────────────────────────────────────────────────────────────
def fate_of(matter: Matter, *reports: tuple[date, str, dict[str, str | float]], **memory: object) -> Followed:
    """Of a decision of March about № 1, in May. reports: day, code, answers that are changed."""
    return fate_among(figures_of(reports), matter, **memory)


def figures_of(reports: Iterable[tuple[date, str, dict[str, str | float]]]) -> Callable[[FileRead], Figures]:
    def figures(decisions: FileRead) -> Figures:
        files = [file_of(order_form(day, code, answers), f"{code} {day}.xlsx") for day, code, answers in reports]
        return measured([*files, decisions], Registry(REGISTRY.schools[:1]), MAY)

    return figures


def fate_among(figures: Callable[[FileRead], Figures], matter: Matter, **changes: object) -> Followed:
    fields = {"schools": (Concerned("01", 100.0),), "due": None, "done": "", "papers": False, **changes}
    memory = Memory(
        key="k", as_of=MARCH, matter=matter, tag="Тема", text="О чём",
        schools=fields["schools"], papers=fields["papers"],  # type: ignore[arg-type]
    )  # fmt: skip
    decided = Decided(memory, "Решить", due=fields["due"], done=fields["done"])  # type: ignore[arg-type]
    read = FileRead("svod.xlsx", "", decisions=DecisionsRead(MARCH, (decided,)))
    [one] = figures(read).followed
    return one


@pytest.mark.parametrize(
    ("answer", "fate"),
    [
        ("225/41,1%", Fate.DONE),  # 41,06 %
        ("224/40,9%", Fate.NOT_DONE),  # 40,88 %
        ("много", Fate.UNKNOWN),  # not read: nobody knows
    ],
)
def test_a_school_has_caught_up_where_it_is_on_the_plan_of_the_day_on_which_it_was_decided(answer: str, fate: Fate):
    assert fate_of(Matter.PLAN, (MAY, "01", {"14": answer})).fate is fate


def test_an_answer_under_question_shows_nothing_as_done():
    one = fate_of(Matter.PLAN, (MARCH, "01", {"14": "300/54,7%"}), (MAY, "01", {"14": "250/45,6%"}))  # it fell
    assert one.fate is Fate.DOUBTED
    assert [gain.doubted for gain in one.gains] == [True]


def test_people_gained_are_those_of_schools_that_were_counted_then_and_have_reported_since():
    report = (MAY, "01", {"14": "225/41,1%"})
    assert [gain.people for gain in fate_of(Matter.PLAN, report).gains] == [125.0]
    assert fate_of(Matter.PLAN, report, schools=(Concerned("01"), Concerned("99", 5.0))).gains == ()
    assert fate_of(Matter.PLAN, (MARCH, "01", {"14": "225/41,1%"})).gains == ()  # carried forward


def test_a_school_has_reported_where_its_report_is_for_the_date_in_force():
    assert fate_of(Matter.REPORTS, (MAY, "01", {})).fate is Fate.DONE
    assert fate_of(Matter.REPORTS, (MARCH, "01", {})).fate is Fate.NOT_DONE
    assert fate_of(Matter.REPORTS, (MAY, "01", {}), schools=()).fate is Fate.UNKNOWN  # files that belong to nobody


def test_errors_are_corrected_where_the_report_in_force_has_none():
    assert fate_of(Matter.ERRORS, (MAY, "01", {})).fate is Fate.DONE
    assert fate_of(Matter.ERRORS, (MAY, "01", {"14": "80–85 %"})).fate is Fate.NOT_DONE
    assert fate_of(Matter.ERRORS, (MARCH, "01", {})).fate is Fate.UNKNOWN  # it was never sent again


def test_deadlines_are_met_where_nothing_of_that_day_is_overdue_any_more():
    whole = {"6.1": "42/100%", "6.2": "574/100%", "6.3": "612/100%", "14": "335/61,1%"}
    assert fate_of(Matter.DEADLINES, (MAY, "01", {})).fate is Fate.NOT_DONE  # 6.2 was due in January
    assert fate_of(Matter.DEADLINES, (MAY, "01", whole)).fate is Fate.DONE
    assert fate_of(Matter.DEADLINES, (MAY, "01", whole), papers=True).fate is Fate.UNKNOWN  # nobody ticks them off


@pytest.mark.parametrize("matter", [Matter.HINDERS, Matter.OWN, Matter.REGISTRY])
def test_what_no_report_shows_is_for_the_office_to_say(matter: Matter):
    assert fate_of(matter, (MAY, "01", {})).fate is Fate.UNKNOWN
    assert fate_of(matter, (MAY, "01", {}), done="да").fate is Fate.TICKED


@pytest.mark.parametrize(
    ("due", "fate", "late"),
    [(MAY, Fate.NOT_DONE, False), (date(2014, 5, 19), Fate.OVERDUE, True), (None, Fate.NOT_DONE, False)],
)
def test_a_decision_is_overdue_from_the_day_after_its_day(due: date | None, fate: Fate, late: bool):
    one = fate_of(Matter.REPORTS, (MARCH, "01", {}), due=due)
    assert (one.fate, one.late) == (fate, late)


def test_what_nobody_can_check_is_never_overdue():
    one = fate_of(Matter.OWN, (MAY, "01", {}), due=APRIL)
    assert (one.fate, one.late) == (Fate.UNKNOWN, True)


# ── the pages ────────────────────────────────────────────────────────────────────────────────────────────
def with_decisions(figures: Figures, *found: Followed) -> Figures:
    return replace(figures, followed=found)


def decided(fate: Fate, decision: str = "Провести совещание", who: str = "Иванова И. И.") -> Followed:
    memory = Memory(key=decision, as_of=date(2014, 2, 20), matter=Matter.PLAN, tag="Активация", text="О чём")
    return Followed(Decided(memory, decision, who, date(2014, 3, 1)), fate)


def test_with_all_decisions_done_a_calm_page_stays_calm():
    calm = make_brief(with_decisions(all_well(), decided(Fate.DONE)), CATALOGUE)
    assert calm.calm
    assert [one.tag for one in calm.decisions] == ["Итог", "Решения"]
    late = make_brief(with_decisions(all_well(), decided(Fate.OVERDUE)), CATALOGUE)
    assert not late.calm
    assert [one.tag for one in late.decisions] == ["Решения"]


def test_however_long_the_words_the_line_fits():
    many = [decided(fate, "Очень длинное решение " * 20, "Длиннофамильный " * 9) for fate in Fate for _ in range(12)]
    [line] = [
        one for one in make_brief(with_decisions(twenty_schools(), *many), CATALOGUE).decisions if one.tag == "Решения"
    ]
    assert len(line.text) <= 125
    assert "просрочено 12" in line.text


def test_the_sheet_has_a_row_a_line_and_some_for_decisions_of_its_own(tmp_path: Path):
    figures = twenty_schools()
    path = tmp_path / "svod.xlsx"
    path.write_bytes(summary_workbook(figures))
    sheet = openpyxl.load_workbook(path)[sheet_of.SHEET]
    text, memory = column_of(sheet, sheet_of.TEXT), column_of(sheet, sheet_of.MEMORY)
    lines = {str(sheet.cell(row, text).value) for row in range(6, sheet.max_row + 1)}
    assert {one.text for one in make_brief(figures, CATALOGUE).decisions} <= lines
    assert sheet.column_dimensions[sheet.cell(1, memory).column_letter].hidden
    yellow = [row for row in range(6, sheet.max_row + 1) if is_yellow(sheet, row)]
    assert len(yellow) == len(make_brief(figures, CATALOGUE).decisions) + 5


def is_yellow(sheet: Worksheet, row: int) -> bool:
    return all(sheet.cell(row, column_of(sheet, name)).fill.fgColor.rgb == "FFFFF7CF" for name in sheet_of.TYPED)


def test_what_was_typed_is_text_and_never_runs(tmp_path: Path):
    figures = with_decisions(twenty_schools(), decided(Fate.UNKNOWN, "=HYPERLINK(1)", "=1+1"))
    path = tmp_path / "svod.xlsx"
    path.write_bytes(summary_workbook(figures))
    sheet = openpyxl.load_workbook(path)[sheet_of.SHEET]
    typed = [cell for row in sheet.iter_rows(min_row=6) for cell in row if str(cell.value).startswith("=")]
    assert {cell.data_type for cell in typed} == {"s"} or all(cell.quotePrefix for cell in typed)
