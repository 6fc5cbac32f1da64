"""«Этапы», «Сдача отчётов», «Замечания» and «Сверка»: what each sheet says, and what its figures lead to."""

import gc
import weakref
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.measuring.calendar import Calendar
from pipeline.measuring.figures import Figures, Milestone, RemarkHistory, State, Unattributed
from pipeline.writing.pages import page
from pipeline.writing.summary import trend
from schemas.district import Registry
from schemas.remarks import Severity, remark
from tests import figures as given
from tests.batch import MARCH, file_of, measured, order_form, school
from tests.figures import AS_OF, REMARKS
from tests.libreoffice import needs_libreoffice, recalculated, saved_together
from tests.test_summary import book_of, column, opened, summary
from tests.workbooks import school_workbook, summary_workbook

pytestmark = pytest.mark.filterwarnings("ignore:.*(extension is not supported|Unable to read chart)")


def sheet_of(figures: Figures, name: str, values: bool = True) -> Worksheet:
    return opened(summary(figures), values)[name]


def row_of(sheet: Worksheet, first: str) -> list[Any]:
    """The row that begins with that text."""
    return next([cell.value for cell in row] for row in sheet.iter_rows() if row[0].value == first)


def texts(sheet: Worksheet) -> list[str]:
    return [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]


def target_of_link(cell: Any) -> tuple[str, str]:
    """Sheet and cell."""
    name, _, place = cell.hyperlink.location.partition("!")
    return name.strip("'"), place


def test_figures_go_once_their_workbook_is_written() -> None:
    figures = replace(given.twenty_schools())
    kept = weakref.ref(figures)
    summary_workbook(figures)
    del figures
    gc.collect()
    assert kept() is None


# ── «Этапы» ──────────────────────────────────────────────────────────────────────────────────────────────
def headings(sheet: Worksheet, row: int) -> list[str]:
    return [str(cell.value or "").replace("\n", " ") for cell in sheet[row]]


def test_items_stand_under_the_first_stage_that_names_them_with_the_steps_of_the_target_in_their_place() -> None:
    sheet = book_of("twenty-schools")["Этапы"]
    stages, items = headings(sheet, 5), headings(sheet, 7)
    of_stage = {stage: items[place] for place, stage in enumerate(stages) if stage}
    assert of_stage == {"1. Подготовительный этап": "1 Ответ- ствен- ный", "2. Основной этап": "8 Заяв- ления"}
    assert [item for item in items if item.startswith("14")] == [
        "14 → 30\u00a0%",
        "14 → 41\u00a0%",
        "14 → 61\u00a0%",
        "14 → 100\u00a0%",
    ]
    assert [item.split()[0] for item in items if item.startswith("13")] == ["13"]
    assert items[-3:] == ["Сделано", "Просро- чено", "Под воп- росом"]


def test_a_step_of_the_target_is_done_overdue_or_still_ahead() -> None:
    sheet = book_of("twenty-schools")["Этапы"]
    first = headings(sheet, 7).index("14 → 30\u00a0%") + 1
    steps = {row[1].value: [cell.value for cell in row[first - 1 : first + 3]] for row in sheet.iter_rows(10, 29)}
    assert steps["СОШ № 3"] == ["●", "●", "●", "○"]
    assert steps["СОШ с. Кедровка"] == ["×", "○", "○", "○"]
    assert steps["ВСОШ"] == ["?"] * 4
    assert steps["НОШ с. Устье"] == ["·"] * 4
    assert sheet.cell(6, first).value == datetime(2014, 2, 20)


def test_overdue_marks_are_counted_by_item_and_by_school() -> None:
    sheet = book_of("twenty-schools")["Этапы"]
    late = headings(sheet, 7).index("6.1 Озн. учит.") + 1
    marks = [sheet.cell(row, late).value for row in range(10, 30)]
    assert sheet.cell(8, late).value == marks.count("×") == 19
    assert marks[-1] == "·"
    whole = [cell.value for row in sheet.iter_rows(10, 29, 3, sheet.max_column - 3) for cell in row]
    assert row_of(sheet, "01")[-2:] == [2, 0]
    assert sheet.cell(8, sheet.max_column - 1).value == whole.count("×")
    assert sheet.cell(9, sheet.max_column).value == whole.count("?") > 0


def test_papers_are_columns_once_the_office_ticks_them_off() -> None:
    figures = given.twenty_schools()
    title = figures.form.order.papers[0].title
    assert title not in headings(sheet_of(figures, "Этапы"), 7)
    measures = figures.measures.copy()
    ticked = measures["measure"] == title
    measures.loc[ticked, "state"] = Milestone.OVERDUE
    measures.loc[ticked & (measures["school_code"] == "01"), "state"] = Milestone.DONE
    sheet = sheet_of(replace(figures, measures=measures), "Этапы")
    paper = headings(sheet, 7).index(title) + 1
    assert sheet.cell(5, paper).value == "Документы"
    assert [sheet.cell(row, paper).value for row in (8, 10, 11)] == [19, "●", "×"]


def test_a_measure_that_the_office_ticks_off_is_a_column_too_and_adds_to_what_is_overdue() -> None:
    figures = given.twenty_schools()
    title = next(title for title in figures.form.unseen if title.startswith("Анализ готовности"))
    this = figures.measures["measure"] == title
    overdue = replace(figures, measures=figures.measures.assign(state=figures.measures["state"].mask(this, "overdue")))
    book = opened(summary(overdue))
    sheet = book["Этапы"]
    assert sheet.cell(8, headings(sheet, 7).index(title) + 1).value == 20
    assert sheet.cell(8, sheet.max_column - 1).value == overdue.overdue_total == figures.overdue_total + 20
    front = " ".join(texts(book["Сводка"]))
    assert f"Просрочено этапов — {overdue.overdue_total}, ещё под вопросом {figures.questioned_total};" in front


@needs_libreoffice
def test_the_total_of_overdue_stages_is_the_one_that_the_front_tells(tmp_path: Path) -> None:
    """Recalculated over the marks of every kind of column: papers, items, steps of the target."""
    figures = given.twenty_schools()
    papers = figures.measures["measure"].isin([paper.title for paper in figures.form.order.papers])
    ticked = replace(figures, measures=figures.measures.assign(state=figures.measures["state"].mask(papers, "overdue")))
    sheet = openpyxl.load_workbook(recalculated(summary(ticked), tmp_path), data_only=True)["Этапы"]
    assert sheet.cell(8, sheet.max_column - 1).value == ticked.overdue_total
    assert sheet.cell(9, sheet.max_column).value == ticked.questioned_total > 0


def test_items_that_no_stage_names_are_shown_all_the_same() -> None:
    sheet = book_of("another-form")["Этапы"]
    outside = headings(sheet, 5).index("Вне этапов")
    assert headings(sheet, 7)[outside].startswith("4 ")


def test_what_no_report_shows_is_never_called_done() -> None:
    sheet = book_of("twenty-schools")["Этапы"]
    row = row_of(sheet, "Анализ готовности образовательной организации к введению электронных дневников")
    assert [value for value in row[1:] if value is not None] == ["–", "до 23.12.2013", "отчётом не проверяется"]


def test_every_measure_says_how_many_schools_have_done_it_and_when_the_first_and_the_last() -> None:
    figures = given.twenty_schools()
    measures = figures.measures.copy()
    this = measures["measure"] == "Приём и регистрация заявлений родителей (законных представителей)"
    for code, day in (("01", date(2014, 1, 30)), ("02", date(2014, 2, 20)), ("03", date(2014, 2, 20))):
        measures.loc[this & (measures["school_code"] == code), ["state", "done_since"]] = [Milestone.DONE, day]
    measures.loc[this & (measures["school_code"] == "04"), "state"] = Milestone.NOT_APPLICABLE
    row = row_of(sheet_of(replace(figures, measures=measures), "Этапы"), measures[this]["measure"].iloc[0])
    said = [value for value in row[1:] if value is not None]
    assert said == ["8", "до 01.09.2014", 3, 15, 0, 0, 1, 1, datetime(2014, 1, 30), datetime(2014, 2, 20)]


def test_what_begins_with_a_date_and_never_ends_says_so() -> None:
    named = "Регулярное заполнение электронных дневников: оценки и посещаемость"
    before = [value for value in row_of(book_of("twenty-schools")["Этапы"], named)[1:] if value is not None]
    assert before == ["13, 14", "с 01.09.2014", "ещё не начато"]
    after = row_of(book_of("target-of-hundred")["Этапы"], named)
    assert "с 01.09.2014" in after
    assert "ещё не начато" not in after


@pytest.mark.parametrize("state", ["three-schools", "three-hundred-schools"])
def test_a_link_above_the_schools_leads_to_the_measures(state: str) -> None:
    sheet = book_of(state, values=False)["Этапы"]
    name, cell = target_of_link(sheet["C3"])
    assert (name, sheet[cell].value) == ("Этапы", "Мероприятия приказа")


# ── «Сдача отчётов» ──────────────────────────────────────────────────────────────────────────────────────
def with_submission(**changes: Any) -> Figures:
    """Twenty schools, the first line of «Сдача отчётов» changed."""
    figures = given.twenty_schools()
    first, *others = figures.submissions
    return replace(figures, submissions=(msgspec.structs.replace(first, **changes), *others))


def test_submissions_begin_with_those_to_be_rung_up_and_show_replaced_files() -> None:
    sheet = book_of("twenty-schools")["Сдача отчётов"]
    assert column(sheet, "Состояние", 6)[:4] == [
        "× не представлен",
        "! на доработку",
        "заменён более поздним",
        "↔ перенесён с прошлой даты",
    ]


def with_strangers() -> Figures:
    """Twenty schools and two files of which it is not known whose they are."""
    unknown = remark("SCHOOL-UNKNOWN", file="от почты.xlsx", value="ООШ № 8", near=" Похожие: СОШ № 8 (код 08).")
    damaged = remark("FILE-DAMAGED", file="отчёт (3).xlsx", what="он обрезан")
    strangers = (
        Unattributed("от почты.xlsx", "ООШ № 8", AS_OF, unknown),
        Unattributed("отчёт (3).xlsx", "", None, damaged),
    )
    return replace(given.twenty_schools(), unattributed=strangers)


def test_what_belongs_to_nobody_stands_first_with_what_was_read_and_the_nearest_name() -> None:
    sheet = sheet_of(with_strangers(), "Сдача отчётов")
    rows = [[value for value in row if value] for row in sheet.iter_rows(5, 8, 1, 10, values_only=True)]
    assert rows == [
        ["Файлы без школы или даты — 2: сначала проверьте, чьи они"],
        ["Файл", "Что прочитано", "Ближайшее название", "Что сделать"],
        [
            "от почты.xlsx",
            "Школа не найдена: «ООШ № 8», на 20.03.2014",
            "СОШ № 8 (код 08)",
            "Исправьте название школы или добавьте его в столбец «Другие названия» реестра.",
        ],
        ["отчёт (3).xlsx", "Файл повреждён", "—", "Откройте файл в Excel, сохраните заново и пришлите ещё раз."],
    ]
    assert sheet["B10"].value == "Всего: 20\u00a0школ"
    assert sheet.auto_filter.ref.startswith("A11:")
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("C1", "$10:$11")
    assert column(sheet, "Состояние", 11)[:2] == ["× не представлен", "! на доработку"]


@needs_libreoffice
def test_below_what_belongs_to_nobody_the_totals_are_those_of_the_schools(tmp_path: Path) -> None:
    book = summary(with_strangers())
    cached, anew = opened(book), openpyxl.load_workbook(recalculated(book, tmp_path), data_only=True)
    totals = [[cell.value for cell in one["Сдача отчётов"][10]] for one in (cached, anew)]
    assert totals[0] == totals[1]
    assert totals[0][2] == "не представлены: 1 · не прочитаны: 0 · перенесены: 2"


def test_how_many_files_belong_to_nobody_is_the_same_on_every_sheet() -> None:
    book = opened(summary(with_strangers()))
    assert "В папке 2\u00a0неопознанных файла: сначала проверьте их." in " ".join(texts(book["Сводка"]))
    assert "до сих пор не исправлено: 2 — лист «Сдача отчётов»." in " ".join(texts(book["Сверка"]))


def test_the_office_reads_what_to_ask_of_every_school() -> None:
    sheet = book_of("twenty-schools")["Сдача отчётов"]
    assert column(sheet, "Напомнить", 6)[:6] == [
        "прислать отчёт на 20.03.2014",
        "исправить ошибок: 2",
        None,
        "прислать отчёт на 20.03.2014",
        "прислать отчёт на 20.03.2014",
        "",
    ]
    unread = sheet_of(with_submission(state=State.UNREADABLE, file="отчёт.pdf", errors=1), "Сдача отчётов")
    assert column(unread, "Напомнить", 6)[0] == "прислать файл снова: не прочитан"


def test_errors_of_other_files_are_said_to_be_left_out() -> None:
    assert "в других файлах" not in book_of("twenty-schools")["Сдача отчётов"]["A2"].value
    figures = given.twenty_schools()
    nobodys = replace(remark("FILE-DAMAGED", file="а.xlsx", what="он обрезан"), severity=Severity.ERROR)
    note = sheet_of(replace(figures, remarks=(*figures.remarks, nobodys)), "Сдача отчётов")["A2"].value
    assert "Ошибок в других файлах и в реестре — 1: лист «Замечания»." in note


def test_of_a_school_that_was_not_in_being_no_report_is_asked() -> None:
    sheet = sheet_of(with_submission(owes=False), "Сдача отчётов")
    assert column(sheet, "Состояние", 6)[0] == "– отчёт не требуется"
    assert column(sheet, "Напомнить", 6)[0] == ""
    assert sheet["C5"].value == "не представлены: 0 · не прочитаны: 0 · перенесены: 2"


@pytest.mark.parametrize(
    ("days", "said"), [(1, "1\u00a0день"), (2, "2\u00a0дня"), (5, "5\u00a0дней"), (21, "21\u00a0день")]
)
def test_lateness_is_said_in_days(days: int, said: str) -> None:
    sheet = sheet_of(with_submission(state=State.ACCEPTED, days_late=days), "Сдача отчётов")
    assert column(sheet, "Срок", 6)[0] == f"▼ позже на {said}"


def test_schools_on_time_late_carried_and_silent_are_counted_above_the_table() -> None:
    sheet = book_of("twenty-schools")["Сдача отчётов"]
    assert sheet["B5"].value == "Всего: 20\u00a0школ"
    assert sheet["C5"].value == "не представлены: 1 · не прочитаны: 0 · перенесены: 2"
    assert (sheet["G5"].value, sheet["H5"].value, sheet["I5"].value) == ("вовремя: 15 · позже: 2", 2, 3)
    assert book_of("twenty-schools", values=False)["Сдача отчётов"]["C5"].data_type == "f"


def test_between_reporting_dates_the_note_says_for_which_one_the_sheet_is() -> None:
    figures = given.twenty_schools()
    assert "на отчётную дату" not in sheet_of(figures, "Сдача отчётов")["A2"].value
    april = replace(figures, as_of=date(2014, 4, 20))
    assert "на отчётную дату 20.03.2014" in sheet_of(april, "Сдача отчётов")["A2"].value


def test_before_the_first_reporting_date_nothing_is_owed() -> None:
    figures = given.nobody_reported()
    silent = tuple(msgspec.structs.replace(line, owes=False) for line in figures.submissions)
    early = replace(figures, as_of=date(2014, 1, 20), reporting_date=None, submissions=silent)
    sheet = sheet_of(early, "Сдача отчётов")
    assert "Отчётных дат ещё не было: первая — 30.01.2014." in sheet["A2"].value
    assert set(column(sheet, "Состояние", 6)) == {"– отчёт не требуется"}


def test_the_number_of_errors_leads_to_the_schools_remarks() -> None:
    book = book_of("twenty-schools")
    sheet = book["Сдача отчётов"]
    errors = next(row for row in sheet.iter_rows(7) if row[1].value == "ВСОШ")[7]
    name, cell = target_of_link(errors)
    assert (errors.value, name) == (2, "Замечания")
    remarks = book[name]
    row = remarks[remarks[cell].row]
    assert [cell.value for cell in row][1:6] == ["19", "ВСОШ", "10.2", "Отчёт", "E41"]


# ── «Замечания» ──────────────────────────────────────────────────────────────────────────────────────────
def test_remarks_name_the_place_and_what_to_do() -> None:
    sheet = book_of("twenty-schools")["Замечания"]
    first = [cell.value for cell in sheet[7]]
    assert first[:6] == ["! ошибка", "19", "ВСОШ", "10.2", "Отчёт", "E41"]
    assert first[7] == "Наберите число цифрами."
    assert [row[0] for row in sheet.iter_rows(7, values_only=True)] == ["! ошибка"] * 2 + ["? проверить"] * 2 + [
        "· сведение"
    ]
    assert sheet["A5"].value == "Ошибок: 2 · проверить: 2 · сведений: 1"


def test_remarks_of_no_known_school_come_after_the_schools_of_their_severity() -> None:
    figures = given.twenty_schools()
    nobodys = replace(REMARKS[1], school="", file="а.xlsx")
    sheet = sheet_of(replace(figures, remarks=(nobodys, *REMARKS)), "Замечания")
    assert column(sheet, "Важность", 6)[:4] == ["! ошибка", "! ошибка", "! ошибка", "? проверить"]
    assert column(sheet, "Код", 6)[:4] == ["19", "19", "", "04"]


def test_a_remark_says_since_when_it_stands_and_for_which_time() -> None:
    sheet = book_of("twenty-schools")["Замечания"]
    assert column(sheet, "Стоит с", 6) == [datetime(2014, 3, 20), datetime(2014, 1, 30)] + [
        datetime(2014, 3, 20)
    ] * 2 + [None]
    assert column(sheet, "Который раз подряд", 6) == ["впервые", "2-й\u00a0раз", "впервые", "впервые", None]


def test_what_an_exception_allows_is_said_beside_the_severity() -> None:
    figures = given.twenty_schools()
    allowed = replace(REMARKS[3], severity=Severity.INFO, data=(*REMARKS[3].data, ("waiver", "ремонт (Иванова)")))
    sheet = sheet_of(replace(figures, remarks=(*REMARKS[:3], allowed)), "Замечания")
    assert column(sheet, "Важность", 6)[-1] == "· сведение, разрешено"
    assert column(sheet, "Замечание", 6)[-1].endswith("Разрешено: ремонт (Иванова).")
    assert sheet["A5"].value == "Ошибок: 2 · проверить: 1 · сведений: 1"


def test_the_offices_own_work_and_the_share_with_what_is_set_aside_stand_above_the_remarks() -> None:
    figures = given.twenty_schools()
    items = figures.reconciliation.items.copy()
    items.loc["14", "percent_with_set_aside"] = 55.1
    changed = replace(figures, reconciliation=msgspec.structs.replace(figures.reconciliation, items=items))
    assert sheet_of(changed, "Замечания")["A4"].value == (
        "Исправлено ошибок прошлой отчётной даты: 2 из 4. Отложено до исправления: 1\u00a0показатель; если отложенное "
        "верно, активация родителей — 55,1\u00a0% вместо 54,7\u00a0%."
    )


def test_a_share_that_stays_the_same_is_not_said_twice() -> None:
    assert "активация родителей останется 54,7\u00a0%." in book_of("twenty-schools")["Замечания"]["A4"].value


UNREAD = {"14": "более 40 %"}
CONTRADICTS = {"14": "274 из 548 (90 %) (1-11 классы)"}


def with_answers(*answers: dict[str, str]) -> Figures:
    """Of schools whose answers differ so from the clean ones, and of one with those alone."""
    registry = Registry(tuple(school(f"{n:02}") for n in range(1, len(answers) + 2)))
    forms = [order_form(code=f"{n:02}", answers=said) for n, said in enumerate((*answers, {}), 1)]
    return measured([file_of(form, f"{n}.xlsx", registry) for n, form in enumerate(forms)], registry)


def test_what_an_unread_figure_would_make_of_the_share_is_not_said() -> None:
    book = opened(summary(with_answers(UNREAD)))
    assert book["Замечания"]["A4"].value == (
        "Отложено до исправления: 1\u00a0показатель; каким с ними станет итог (активация родителей), неизвестно: "
        "непрочитанных показателей — 1."
    )
    line = row_of(book["О расчёте"], "п.\u00a014: со всеми")
    assert line[1] is None
    assert line[2].endswith("каким стал бы итог с отложенными, неизвестно: они не прочитаны (1\u00a0школа)")
    [reconciled] = [
        row for row in book["Сверка"].iter_rows(7, values_only=True) if row[:2] == ("14", "Активация родителей")
    ]
    assert reconciled[19] == "—"
    assert "без тех, которые не прочитаны" not in book["Сверка"]["A2"].value


def test_where_nothing_is_counted_there_is_no_share_now() -> None:
    registry = Registry((school("01"),))
    figures = measured([file_of(order_form(code="01", answers=UNREAD), "1.xlsx", registry)], registry)
    said = row_of(opened(summary(figures))["О расчёте"], "п.\u00a014: со всеми")[2]
    assert "сейчас показателя нет; каким стал бы итог с отложенными, неизвестно" in said


def test_of_read_and_unread_figures_those_that_were_read_say_what_the_share_would_be() -> None:
    book = opened(summary(with_answers(UNREAD, CONTRADICTS)))
    assert book["Замечания"]["A4"].value == (
        "Отложено до исправления: 2\u00a0показателя; если отложенное верно, активация родителей — 47,2\u00a0% вместо "
        "44,5\u00a0% (без непрочитанных показателей: 1)."
    )
    line = row_of(book["О расчёте"], "п.\u00a014: со всеми")
    assert line[2].endswith("если верны прочитанные из отложенных; не прочитано — 1 (2\u00a0школы)")
    assert book["Сверка"]["A2"].value.endswith("«Если отложенные верны» — без тех, которые не прочитаны.")


def test_a_rise_is_of_the_schools_that_were_measured_on_both_dates_and_a_former_answer_is_no_blank() -> None:
    january, may = date(2014, 1, 30), date(2014, 5, 20)
    sent = {
        ("01", MARCH): "44,5 %",
        ("01", may): "50 %",
        ("02", january): "30 %",
        ("02", may): "70 %",
        ("03", MARCH): "40 %",
        ("03", may): "без изменений",
    }
    registry = Registry(tuple(map(school, ("01", "02", "03"))))
    files = [
        file_of(order_form(day, code, {"14": said, "12.1": "90 %"}), f"{code} {day}.xlsx", registry)
        for (code, day), said in sent.items()
    ]
    figures = measured(files, registry, may)
    sheet = opened(summary(figures))["Динамика"]
    assert sheet["A4"].value.endswith(
        "Больше всех прибавили с 20.03.2014: МБОУ СОШ №\u00a01 — на 5,5\u00a0п.п. (30\u00a0чел.). "
        "Прирост с более раннего отчёта: МБОУ СОШ №\u00a02."
    )
    assert column(sheet, "20.03.2014", 6) == [pytest.approx(0.445), "·", pytest.approx(0.4)]
    assert column(sheet, "20.05.2014", 6) == [pytest.approx(0.5), pytest.approx(0.7), "прежний"]
    assert "«пусто» — в отчёте нет ответа, «прежний» — учтён ответ прежнего отчёта." in sheet["A2"].value
    for one, since in zip(registry.schools, ("С 20.03", "С прежнего отчёта", "С 20.03"), strict=True):
        own = opened(school_workbook(figures, one))["Школа"]
        said = [str(value) for row in own.iter_rows(values_only=True) for value in row if value is not None]
        assert [text for text in said if text.endswith(", п.п.")] == [f"{since}, п.п."]
        assert any("+" in text and "с 20.03" in text for text in said) is (one.code == "01")  # of a card


@pytest.mark.parametrize("referring", [1, 2, 13])
def test_what_stands_for_a_former_answer_is_explained_where_the_table_shows_it(referring: int) -> None:
    days = tuple(date(2014, 1, 30) + n * timedelta(30) for n in range(14))
    assert len(days) == trend.MOST_DATES + 2
    registry = Registry((school("01"),))
    said = ["без изменений" if n == referring else "40 %" for n in range(len(days))]
    files = [
        file_of(order_form(day, answers={"14": answer, "12.1": "90 %"}), f"{day}.xlsx", registry)
        for day, answer in zip(days, said, strict=True)
    ]
    sheet = opened(summary(measured(files, registry, days[-1], calendar=Calendar(days, days_before=10))))["Динамика"]
    is_shown = referring >= 2
    assert ("прежний" in texts(sheet)) is is_shown
    assert ("«прежний» — учтён ответ прежнего отчёта" in sheet["A2"].value) is is_shown


@pytest.mark.parametrize("when", [{"until": date(2014, 2, 28)}, {"since": date(2014, 4, 1)}])
def test_a_school_that_is_not_in_being_is_called_by_its_name(when: dict[str, date]) -> None:
    january = date(2014, 1, 30)
    registry = Registry((school("01"), school("02", **when)))
    files = [file_of(order_form(january, "02"), "2.xlsx", registry), file_of(order_form(), "1.xlsx", registry)]
    book = opened(summary(measured(files, registry)))
    assert row_of(book["Замечания"], "· сведение")[1:3] == ["02", "МБОУ СОШ № 2"]
    assert row_of(book["О расчёте"], "2.xlsx")[2].startswith("МБОУ СОШ №\u00a02: ")


def test_what_is_told_elsewhere_is_not_listed_and_links_still_lead_to_their_remarks() -> None:
    figures = given.twenty_schools()
    older = [
        replace(remark("REPORT-OLDER", file=f"otchet-{code}-01.xlsx", school=code, as_of=date(2014, 1, 30),
                       newer=AS_OF), severity=Severity.INFO)
        for code in ("01", "19")
    ]  # fmt: skip
    book = opened(summary(replace(figures, remarks=(*older, *REMARKS))))
    sheet = book["Замечания"]
    assert column(sheet, "Замечание", 6) == column(book_of("twenty-schools")["Замечания"], "Замечание", 6)
    assert sheet["A5"].value == "Ошибок: 2 · проверить: 2 · сведений: 1"
    assert "Прежние отчёты школ здесь не перечислены: они — на листе «О расчёте»" in sheet["A2"].value
    assert "Прежние отчёты" not in book_of("twenty-schools")["Замечания"]["A2"].value
    (row,) = (row for row in book["Сверка"].iter_rows(23) if row[0].value == "14")
    _, cell = target_of_link(row[8])
    assert [one.value for one in sheet[sheet[cell].row]][1:4] == ["19", "ВСОШ", "14"]


def test_an_older_report_that_the_office_has_made_a_warning_is_listed() -> None:
    older = replace(remark("REPORT-OLDER", file="otchet.xlsx", school="01", as_of=date(2014, 1, 30), newer=AS_OF),
                    severity=Severity.WARNING)  # fmt: skip
    sheet = sheet_of(replace(given.twenty_schools(), remarks=(older,)), "Замечания")
    assert column(sheet, "Важность", 6) == ["? проверить"]


def test_without_an_earlier_date_nothing_is_said_of_corrections() -> None:
    figures = replace(given.twenty_schools(), remark_history=RemarkHistory({}))
    assert "Исправлено" not in " ".join(texts(sheet_of(figures, "Замечания")))


def test_the_reconciliation_says_by_what_reports_were_recognised():
    figures = given.three_schools()
    recognised = {"бланк Свода": 1, "форма приказа, столбец ответов: по заголовку; на дату отчёта": 2}
    sheet = sheet_of(
        replace(figures, reconciliation=msgspec.structs.replace(figures.reconciliation, recognised=recognised)),
        "Сверка",
    )
    rows = [[cell.value for cell in row[:2]] for row in sheet.iter_rows()]
    first = rows.index(["Как узнаны отчёты", None]) + 2
    assert rows[first : first + 2] == [
        [2, "Форма приказа, столбец ответов: по заголовку; на дату отчёта"],
        [1, "Бланк Свода"],
    ]


# ── «Сверка» ─────────────────────────────────────────────────────────────────────────────────────────────
def checks(sheet: Worksheet) -> list[str]:
    return [text for text in texts(sheet) if text in ("● да", "▼ нет")]


@pytest.mark.parametrize("state", ["twenty-schools", "nobody-reported", "another-form"])
def test_every_equation_holds(state: str) -> None:
    assert set(checks(book_of(state)["Сверка"])) == {"● да"}


@needs_libreoffice
def test_the_sheet_itself_computes_its_checks(tmp_path: Path) -> None:
    """A figure that went missing after measuring is found by whoever recalculates the workbook."""
    places = ("counted", "read", "people_read")
    for lost, anew in zip(places, saved_together(map(with_one_lost, places), tmp_path), strict=True):
        sheet = openpyxl.load_workbook(anew, data_only=True)["Сверка"]
        assert "▼ нет" in row_of(sheet, "14"), lost
        assert "▼ нет" in [cell.value for cell in sheet[6]], lost
        assert "▼ нет" not in row_of(sheet, "13"), lost


def with_one_lost(place: str) -> bytes:
    figures = given.twenty_schools()
    items = figures.reconciliation.items.copy()
    items.loc["14", place] -= 1
    return summary(replace(figures, reconciliation=msgspec.structs.replace(figures.reconciliation, items=items)))


def test_an_item_without_a_headcount_has_no_people() -> None:
    sheet = book_of("twenty-schools")["Сверка"]
    assert row_of(sheet, "9")[14:] == ["—"] * 8
    assert row_of(sheet, "13")[17] == "● да"


def test_the_share_stands_beside_the_range_it_can_lie_in() -> None:
    row = row_of(book_of("twenty-schools")["Сверка"], "14")
    share, with_set_aside, low, high = row[18:22]
    assert low < with_set_aside < share < high


def test_what_is_set_aside_names_the_place_and_leads_to_its_remark() -> None:
    book = book_of("twenty-schools")
    sheet = book["Сверка"]
    (row,) = (row for row in sheet.iter_rows(23) if row[0].value == "14")
    values = [cell.value for cell in row if cell.value is not None]
    assert values == ["14", "ВСОШ", 40, 80, 0.5, "31", "Больше, чем в связанном пункте", "Отчёт, D51", "otchet-19.xlsx"]
    name, cell = target_of_link(row[8])
    found = [cell.value for cell in book[name][book[name][cell].row]]
    assert found[1:6] == ["19", "ВСОШ", "14", "Отчёт", "D51"]


def test_every_reason_of_an_answer_that_is_set_aside_has_its_own_row() -> None:
    figures = given.twenty_schools()
    (aside,) = figures.reconciliation.set_aside
    second = replace(REMARKS[1], item=aside.item)
    found = msgspec.structs.replace(
        figures.reconciliation, set_aside=(aside._replace(remarks=(*aside.remarks, second)),)
    )
    sheet = sheet_of(replace(figures, reconciliation=found, remarks=(*figures.remarks, second)), "Сверка")
    assert [row[8] for row in sheet.iter_rows(23, values_only=True) if row[0] == "14"] == [
        "Больше, чем в связанном пункте",
        "Буква вместо цифры",
    ]


def test_nothing_set_aside_is_said_so() -> None:
    assert "Ничего не отложено." in texts(book_of("all-well")["Сверка"])


def test_what_became_of_every_file_adds_up() -> None:
    figures = given.twenty_schools()
    outcomes = {"прежний отчёт школы": 20, "не прочитан": 1, "учтён": 17, "не форма отчёта": 2}
    found = msgspec.structs.replace(figures.reconciliation, outcomes=outcomes, files=39, sources=40)
    sheet = sheet_of(replace(figures, reconciliation=found), "Сверка")
    start = next(row[0].row for row in sheet.iter_rows() if row[0].value == "Файлы")
    said = [(row[0], row[3]) for row in sheet.iter_rows(start + 4, start + 7, values_only=True)]
    assert said == [("учтён", 17), ("прежний отчёт школы", 20), ("не форма отчёта", 2), ("не прочитан", 1)]
    assert [cell.value for cell in sheet[start + 2]][3:5] == [40, "● да"]
    assert "39\u00a0файлов" in sheet.cell(start + 1, 1).value


# ── very many schools ────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def few_rows(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(page, "MOST_ROWS", 3)
    return 3


@pytest.mark.parametrize(
    ("name", "header", "csv"),
    [("Этапы", 9, "answers.csv"), ("Сдача отчётов", 6, "indicators.csv"), ("Замечания", 6, "findings.csv")],
)
def test_a_table_that_is_too_long_is_cut_and_says_where_all_of_it_stands(
    name: str, header: int, csv: str, few_rows: int
) -> None:
    sheet = sheet_of(given.twenty_schools(), name)
    first, last = (int("".join(filter(str.isdigit, end))) for end in sheet.auto_filter.ref.split(":"))
    assert (first, last - first) == (header, few_rows)
    assert f"Показаны первые 3 строк из {'20' if name == 'Этапы' else '21' if csv == 'indicators.csv' else '5'}" in (
        sheet["A2"].value
    )
    assert csv in sheet["A2"].value


def test_totals_above_a_cut_table_stay_those_of_all_schools(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = book_of("twenty-schools")  # kept for other tests too: made before its rows become few
    monkeypatch.setattr(page, "MOST_ROWS", 3)
    cut = opened(summary(given.twenty_schools()), values=False)
    for name, total in (("Этапы", 8), ("Сдача отчётов", 5), ("Замечания", 5)):
        assert [cell.value for cell in cut[name][total]] == [cell.value for cell in whole[name][total]]
