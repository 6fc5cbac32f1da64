"""«Исправлено»: what a later report of the school has made good is told with the file that did, and counted nowhere."""

import csv
import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from pipeline.measuring.alone import alone
from pipeline.measuring.figures import Figures, Mended
from pipeline.reading.finding.layouts import read_book
from pipeline.reading.opening.book import Book
from pipeline.reading.schools import Schools
from pipeline.writing.brief import make_brief
from pipeline.writing.csv_files import findings_csv
from schemas.district import Registry, Waiver
from schemas.remarks import Remark, Severity, remark
from schemas.reports import FileRead
from tests.batch import CATALOGUE, MARCH, file_of, measured, moment, order_form, school
from tests.order_form import ANSWERS
from tests.test_summary import column, opened
from tests.test_summary_sheets import sheet_of
from tests.workbooks import school_workbook

pytestmark = pytest.mark.filterwarnings("ignore:.*(extension is not supported|Unable to read chart)")

JANUARY, MAY = date(2014, 1, 30), date(2014, 5, 20)
TWO = Registry((school("01"), school("02")))
WRONG = {"6.2": "более 50 %"}
FIRST, LATER = "отчёт.xlsx", "отчёт исправленный.xlsx"

Came = Mapping[str, datetime | None]
IN_TURN: Came = {FIRST: moment(MARCH, 9), LATER: moment(MARCH, 15)}


def sent(name: str = FIRST, day: date = MARCH, code: str = "01", **answers: str) -> FileRead:
    changed = {item[1:].replace("_", "."): words for item, words in answers.items()}
    return file_of(order_form(day, code, changed), name, TWO)


def wrong(name: str = FIRST, day: date = MARCH) -> FileRead:
    return file_of(order_form(day, answers=WRONG), name, TWO)


def without_date(name: str = FIRST, **answers: str) -> FileRead:
    """A report of school 01 whose head says no date."""
    form = order_form(answers={item[1:].replace("_", "."): words for item, words in answers.items()})
    form.rows = [row for row in form.rows if not (row and str(row[0]).startswith("по состоянию"))]
    return file_of(form, name, TWO)


def without_answers(name: str = FIRST, day: date = MARCH) -> FileRead:
    return file_of(order_form(day, answers=dict.fromkeys(ANSWERS, "")), name, TWO)


def with_two_reports(name: str = FIRST) -> FileRead:
    """Two different reports of one school and date in one workbook: neither counts."""
    other = replace(order_form(answers={"13": "12 %"}), name="Лист2")
    reports, remarks = read_book(Book((order_form().sheet(), other.sheet())), other.form, Schools(TWO))
    return FileRead(name, "", reports, tuple(replace(said, file=name) for said in remarks))


def encrypted(name: str = FIRST) -> FileRead:
    return FileRead(name, "", (), (remark("FILE-ENCRYPTED", file=name),))


def measured_by(*files: FileRead, came: Came = IN_TURN, as_of: date = MARCH, registry: Registry = TWO) -> Figures:
    return measured(files, registry, as_of, came)


def errors(figures: Figures) -> list[tuple[str, str]]:
    """File and code of the errors that the first page counts."""
    return [(one.file, one.code) for one in figures.remarks if one.severity is Severity.ERROR]


def made_good(figures: Figures) -> list[tuple[str, str, str, date]]:
    """The remark's file and code, and which report has made it good."""
    return [(one.remark.file, one.remark.code, one.file, one.as_of) for one in figures.mended]


# ── files that gave no report ────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("first", "code"),
    [
        (without_date(), "DATE-MISSING"),
        (with_two_reports(), "FORM-CONFLICT"),
        (without_answers(), "REPORT-EMPTY"),
    ],
    ids=["no date", "two reports in conflict", "empty"],
)
def test_a_file_that_gave_no_report_is_made_good_by_one_that_came_later(first: FileRead, code: str):
    figures = measured_by(first, sent(LATER))
    assert (FIRST, code, LATER, MARCH) in made_good(figures)
    assert [one for one in figures.remarks if one.file == FIRST and one.severity is not Severity.INFO] == []


@pytest.mark.parametrize(
    "came",
    [
        {FIRST: moment(MARCH, 15), LATER: moment(MARCH, 9)},
        {FIRST: moment(MARCH, 9), LATER: moment(MARCH, 9)},
        {FIRST: None, LATER: moment(MARCH, 9)},
        {FIRST: moment(MARCH, 9), LATER: None},
        {},
    ],
    ids=["came before", "came at once", "first not known", "later not known", "neither known"],
)
def test_it_stays_an_error_where_the_other_did_not_come_later_or_nobody_knows(came: Came):
    figures = measured_by(without_date(), sent(LATER), came=came)
    assert (errors(figures), figures.mended) == ([(FIRST, "DATE-MISSING")], ())


def test_a_report_of_another_school_makes_nothing_good():
    figures = measured_by(without_date(), sent(LATER, code="02"))
    assert (errors(figures), figures.mended) == ([(FIRST, "DATE-MISSING")], ())


def test_whose_file_that_cannot_be_opened_is_nobody_knows_so_it_stays_an_error():
    figures = measured_by(encrypted(), sent(LATER))
    assert (errors(figures), figures.mended) == ([(FIRST, "FILE-ENCRYPTED")], ())


def test_two_reports_in_one_file_do_not_make_each_other_good():
    both = without_date("книга.xlsx")
    good = sent("книга.xlsx")
    read = replace(both, reports=(*both.reports, *(replace(one, sheet="Лист2") for one in good.reports)))
    figures = measured_by(read, came={"книга.xlsx": moment(MARCH)})
    assert errors(figures) == [("книга.xlsx", "DATE-MISSING")]


def test_a_file_without_date_that_came_for_the_next_date_is_not_made_good_by_a_correction_of_the_last():
    came = {FIRST: moment(MAY - timedelta(days=3)), LATER: moment(MAY - timedelta(days=1))}
    figures = measured_by(without_date(), sent(LATER, MARCH), came=came, as_of=MAY)
    assert errors(figures) == [(FIRST, "DATE-MISSING")]
    figures = measured_by(without_date(), sent(LATER, MAY), came=came, as_of=MAY)
    assert made_good(figures) == [(FIRST, "DATE-MISSING", LATER, MAY)]


def test_an_empty_report_for_a_later_date_is_not_made_good_by_the_one_before():
    came = {FIRST: moment(MARCH), LATER: moment(MAY)}
    figures = measured_by(without_answers(FIRST, MAY), sent(LATER, MARCH), came=came, as_of=MAY)
    assert [one.code for one in figures.remarks if one.file == FIRST] == ["REPORT-EMPTY"]


def test_each_error_of_such_a_file_is_held_against_the_later_answer():
    """The later report gives the date; item 6.2 is as wrong there, and 10.1 is left blank."""
    first = without_date(i6_2="более 50 %", i10_1="около 50 %", i13="более 80 %")
    figures = measured_by(first, sent(LATER, i6_2="более 50 %", i10_1=""))
    assert {(one.remark.code, one.remark.item) for one in figures.mended} == {("DATE-MISSING", ""), ("NUM-BOUND", "13")}
    open_ones = {(one.file, one.code, one.item) for one in figures.remarks if one.severity is Severity.ERROR}
    assert open_ones == {
        (FIRST, "NUM-BOUND", "6.2"),
        (LATER, "NUM-BOUND", "6.2"),
        (FIRST, "NUM-ABOUT", "10.1"),
    }


def test_a_blank_that_keeps_an_older_answer_makes_nothing_good():
    files = sent("январь.xlsx", JANUARY), without_date(i6_2="более 50 %"), sent(LATER, i6_2="")
    figures = measured_by(*files, came={**IN_TURN, "январь.xlsx": moment(JANUARY)})
    assert errors(figures) == [(FIRST, "NUM-BOUND")]


def test_an_error_on_a_heading_is_held_against_all_answers_under_it():
    first = without_date()
    nameless = replace(first.remarks[0], code="ROW-NAMELESS", item="6", value="12 чел.")
    first = replace(first, remarks=(*first.remarks, nameless))
    assert "ROW-NAMELESS" in [one.remark.code for one in measured_by(first, sent(LATER)).mended]
    assert errors(measured_by(first, sent(LATER, i6_2="105 %"))) == [(FIRST, "ROW-NAMELESS"), (LATER, "PCT-ABOVE-100")]


def test_a_report_with_an_error_on_the_whole_makes_no_error_on_the_whole_good():
    later = sent(LATER)
    head = Remark("COLUMN-OTHER-DATE", LATER, later.reports[0].sheet, "C6", "01", MARCH, value="май")
    figures = measured_by(without_date(), replace(later, remarks=(*later.remarks, head)))
    assert errors(figures) == [(FIRST, "DATE-MISSING"), (LATER, "COLUMN-OTHER-DATE")]


# ── reports that another has replaced ────────────────────────────────────────────────────────────────────
def test_an_error_of_a_replaced_file_is_made_good_by_the_file_that_replaces_it():
    figures = measured_by(wrong(), sent(LATER))
    assert (errors(figures), made_good(figures)) == ([], [(FIRST, "NUM-BOUND", LATER, MARCH)])


def test_an_error_that_the_second_file_repeats_is_an_error_and_not_made_good():
    figures = measured_by(wrong(), wrong(LATER))
    assert (errors(figures), figures.mended) == ([(LATER, "NUM-BOUND")], ())


def test_another_error_in_the_same_answer_makes_nothing_good():
    figures = measured_by(wrong(), sent(LATER, i6_2="105 %"))
    assert (errors(figures), figures.mended) == ([(LATER, "PCT-ABOVE-100")], ())


def test_an_error_in_an_answer_that_a_partial_correction_leaves_alone_stands():
    figures = measured_by(wrong(), sent(LATER, i6_2=""))
    assert (errors(figures), figures.mended) == ([(LATER, "NUM-BOUND")], ())


def test_the_file_that_gave_the_answer_is_named_and_not_a_partial_correction_after_it():
    third = "третий.xlsx"
    files = wrong(), sent(LATER), sent(third, i6_2="")
    figures = measured_by(*files, came={**IN_TURN, third: moment(MARCH, 18)})
    assert made_good(figures) == [(FIRST, "NUM-BOUND", LATER, MARCH)]


def test_an_answer_taken_back_is_no_error_any_more():
    figures = measured_by(wrong(), sent(LATER, i6_2="снято"))
    assert made_good(figures) == [(FIRST, "NUM-BOUND", LATER, MARCH)]


def test_of_files_that_came_at_once_none_is_called_a_correction():
    """One of them counts all the same, and the other is told as replaced."""
    figures = measured_by(wrong("а.xlsx"), sent("б.xlsx"), came=dict.fromkeys(("а.xlsx", "б.xlsx"), moment(MARCH)))
    assert (errors(figures), figures.mended) == ([], ())
    assert [one.code for one in figures.remarks if one.file == "а.xlsx"] == ["REPORT-SUPERSEDED"]


def test_an_error_of_the_last_date_is_made_good_by_the_answer_of_this_one():
    figures = measured_by(wrong(FIRST, JANUARY), sent(LATER), came={})
    assert (errors(figures), made_good(figures)) == ([], [(FIRST, "NUM-BOUND", LATER, MARCH)])
    assert [one.file for one in figures.remark_history.corrected] == [FIRST]


def test_an_answer_left_blank_makes_the_error_of_the_last_date_not_good():
    figures = measured_by(wrong(FIRST, JANUARY), sent(LATER, i6_2=""), came={})
    assert (figures.mended, figures.remark_history.raised, figures.remark_history.corrected) == ((), 1, ())


def test_what_the_office_allows_is_not_corrected():
    waived = replace(TWO, waivers=(Waiver("01", "13", "PCT-ABOVE-100", "ремонт", "Ким"),))
    figures = measured_by(without_date(i13="104 %"), sent(LATER, i13="104 %"), registry=waived)
    assert made_good(figures) == [(FIRST, "DATE-MISSING", LATER, MARCH)]
    assert errors(figures) == [(FIRST, "PCT-ABOVE-100")]


def test_a_correction_of_an_earlier_date_that_came_after_the_report_is_not_made_good_by_it():
    came = {FIRST: moment(MARCH, 15), LATER: moment(MARCH, 9)}
    figures = measured_by(wrong(FIRST, JANUARY), sent(LATER), came=came)
    assert (errors(figures), figures.mended) == ([], ())


def test_of_dates_long_past_nothing_is_told():
    figures = measured_by(wrong(FIRST, JANUARY), sent("март.xlsx"), sent(LATER, MAY), came={}, as_of=MAY)
    assert figures.mended == ()


def test_a_warning_of_the_last_report_is_not_called_corrected_by_the_next():
    """It asked to check something; whether that was done no report tells."""
    figures = measured_by(sent(FIRST, JANUARY, i3="приказ от 05.12.2013"), sent(LATER), came={})
    assert (figures.remark_history.corrected, figures.mended) == ((), ())


def test_an_error_of_two_files_is_told_once():
    third = "третий.xlsx"
    came = {**IN_TURN, third: moment(MARCH, 18)}
    figures = measured_by(wrong(), wrong(LATER), sent(third), came=came)
    assert [(one.remark.code, one.file) for one in figures.mended] == [("NUM-BOUND", third)]


# ── what people read ─────────────────────────────────────────────────────────────────────────────────────
def of_both_kinds() -> Figures:
    """A file without a date, and one with an error that is replaced; then a clean report."""
    third = "третий.xlsx"
    return measured_by(without_date(), wrong(LATER), sent(third), came={**IN_TURN, third: moment(MARCH, 18)})


def test_the_first_page_the_letter_and_the_decisions_do_not_count_them():
    figures, clean = of_both_kinds(), measured_by(sent())
    brief, as_if_clean = make_brief(figures, CATALOGUE), make_brief(clean, CATALOGUE)
    assert (brief.cards[-1], brief.decisions) == (as_if_clean.cards[-1], as_if_clean.decisions)
    stands = make_brief(measured_by(without_date(), sent(LATER), came={}), CATALOGUE)
    assert stands.cards[-1] != brief.cards[-1]


def test_the_sheet_lists_them_last_with_the_file_that_corrects():
    sheet = sheet_of(of_both_kinds(), "Замечания")
    states, todo = column(sheet, "Важность", 6), column(sheet, "Что сделать", 6)
    assert states[-2:] == ["● исправлено"] * 2
    assert set(todo[-2:]) == {"Исправлено: файл «третий.xlsx», отчёт на 20.03.2014."}
    assert column(sheet, "Стоит с", 6)[-2:] == [None, None]
    assert sheet["A5"].value.endswith(" · исправлено: 2")
    assert sheet["A5"].value.startswith("Ошибок: 0 · ")
    assert "«Исправлено» — " in sheet["A2"].value
    assert "исправлено" not in sheet_of(measured_by(sent()), "Замечания")["A5"].value


def test_findings_keep_them_as_information():
    found = list(
        csv.DictReader(io.StringIO(b"".join(findings_csv(of_both_kinds(), CATALOGUE)).decode("utf-8"), newline=""))
    )
    rows = {(row["file"], row["code"]): row for row in found}
    for key in ((FIRST, "DATE-MISSING"), (LATER, "NUM-BOUND")):
        assert rows[key]["severity"] == "info"
        assert rows[key]["message"].endswith(" Исправлено: файл «третий.xlsx», отчёт на 20.03.2014.")


def test_the_schools_page_asks_for_nothing_and_tells_what_is_made_good():
    figures = of_both_kinds()
    one, other = figures.schools
    book = opened(school_workbook(figures, one))
    words = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert words.count("● исправлено") == 2
    assert "Исправлено: файл «третий.xlsx», отчёт на 20.03.2014." in words
    assert not any("исправьте ошибок" in text.casefold() for text in words)
    assert alone(figures, other).mended == ()


def test_rules_count_only_what_stands():
    figures = of_both_kinds()
    rules = {rule.code: rule for rule in figures.rules}
    assert (rules["DATE-MISSING"].fired, rules["NUM-BOUND"].fired) == (0, 0)
    assert rules["NUM-BOUND"].standing[MARCH] == 0


def test_the_rules_of_an_earlier_date_count_what_stood_by_the_files_of_now():
    came = {FIRST: moment(MARCH, 9), LATER: moment(MARCH, 15), "май.xlsx": moment(MAY)}
    figures = measured_by(without_answers(), sent(LATER), sent("май.xlsx", MAY), came=came, as_of=MAY)
    assert next(rule for rule in figures.rules if rule.code == "REPORT-EMPTY").standing[MARCH] == 0


def test_nothing_is_told_of_a_remark_both_ways():
    figures = of_both_kinds()
    told: list[Remark] = [one.remark for one in figures.mended]
    assert not {*told} & {*figures.remarks}
    assert all(isinstance(one, Mended) and one.remark.severity is not Severity.INFO for one in figures.mended)
