"""What a report takes over from the former ones of its school: blanks, references, partial corrections."""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import NamedTuple

import msgspec
import pytest

from pipeline.checking.carrying import Carrying, Key
from pipeline.checking.judgement import Checked, check
from pipeline.checking.table import answers_table, reports_of, values_of
from pipeline.measuring.figures import Share
from pipeline.measuring.picture import Outcome
from pipeline.measuring.rows import coverage_rows
from pipeline.reading.answers.former import former_day, is_withdrawn, without_reference
from pipeline.reading.finding.layouts import read_book
from pipeline.reading.opening.book import Book
from pipeline.reading.schools import Schools
from schemas.district import Registry
from schemas.form import Form
from schemas.remarks import Severity
from schemas.reports import FileRead
from tests.batch import CATALOGUE, MARCH, checked, file_of, measured, moment, order_form, school
from tests.order_form import ANSWERS, FORM, REGISTRY, OrderForm

JANUARY, MAY = date(2014, 1, 30), date(2014, 5, 20)
NOTHING = dict.fromkeys(ANSWERS, "")


class Fact(NamedTuple):
    """What stands in the long table under a report's number."""

    field: str
    value: str | float
    file: str
    as_of: str
    why: str


def history(*reports: tuple[date, Mapping[str, str]]) -> list[FileRead]:
    """Files `1.xlsx`, `2.xlsx` … of one school that differ from a clean report so."""
    return [file_of(order_form(day, answers=said), f"{n}.xlsx") for n, (day, said) in enumerate(reports, 1)]


def facts(found: Checked, report: int, item: str) -> list[Fact]:
    table = found.answers[(found.answers["report"] == report) & (found.answers["item"] == item)]
    table = table[table["basis"] == "stated"]
    columns = (table[name] for name in ("field", "text", "number", "file", "as_of", "carried"))
    return [Fact(name, text or number, *rest) for name, text, number, *rest in zip(*columns, strict=True)]


def said(found: Checked, *codes: str) -> list[tuple[str, str, str, Severity]]:
    """Code, file, item, severity of the remarks that speak of answers taken over."""
    wanted = codes or ("ANSWER-GONE", "ANSWER-FORMER", "ANSWER-NO-FORMER", "REPORT-PARTIAL", "ANSWER-CHANGED")
    return [(r.code, r.file, r.item, r.severity) for r in found.remarks if r.code in wanted]


# ── blanks ───────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("item", "words"),
    [("1", "Ким Сергей Ильич; учитель"), ("2", "Дневник.ру"), ("6.2", "331 чел. / 58 %"), ("7", "собрания"),
     ("9", "31 %"), ("11", "есть"), ("14", "44 %"), ("15", "Идёт по плану")],
)  # fmt: skip
def test_what_stood_and_is_blank_now_is_kept_with_one_warning_at_its_cell(item: str, words: str) -> None:
    found = checked(history((JANUARY, {item: words}), (MARCH, {item: ""})))
    former, now = facts(found, 0, item), facts(found, 1, item)
    assert now
    assert now == [one._replace(why="blank") for one in former]
    assert said(found) == [("ANSWER-GONE", "2.xlsx", item, Severity.WARNING)]
    [remark] = [r for r in found.remarks if r.code == "ANSWER-GONE"]
    assert remark.cell == found.reports[1].answer_cells[item]
    assert dict(remark.data)["day"] == JANUARY


def test_what_was_said_class_by_class_is_kept_class_by_class() -> None:
    reports = history((JANUARY, {"8": "5 кл. – 12 из 24, 6 кл. – 20 из 25"}), (MARCH, {"8": ""}))
    kept = [one for one in facts(checked(reports), 1, "8") if one.field == "by_class"]
    assert [one.value for one in kept] == ["5 кл. — 12 из 24", "6 кл. — 20 из 25"]
    assert {(one.file, one.why) for one in kept} == {("1.xlsx", "blank")}
    [row] = [row for row in coverage_rows(measured(reports)) if row.item == "8" and row.share is Share.COUNTED]
    assert (row.covered, row.total) == (32, 49)


def test_a_total_does_not_fall_because_a_cell_was_left_empty() -> None:
    figures = measured(history((JANUARY, {"14": "44 %"}), (MARCH, {"14": ""})))
    [row] = [row for row in coverage_rows(figures) if (row.school_code, row.item) == ("01", "14")]
    assert (row.share, row.percent, row.carried, row.file) == (Share.COUNTED, 44.0, True, "1.xlsx")
    assert figures.totals.loc["14", "counted"] == figures.totals.loc["14", "carried"] == 1


def test_a_blank_is_no_second_remark_for_its_deadline() -> None:
    found = checked(history((JANUARY, {}), (MARCH, {"7": ""})))
    assert [r.code for r in found.remarks if r.item == "7"] == ["ANSWER-GONE"]


def test_a_blank_leads_to_the_last_report_that_answered_however_long_ago() -> None:
    found = checked(history((JANUARY, {"9": "31 %"}), (MARCH, {"9": ""}), (MAY, {"9": ""})))
    assert facts(found, 2, "9") == [Fact("percent", 31.0, "1.xlsx", "2014-01-30", "blank")]


def test_an_answer_that_was_set_aside_is_handed_on_to_no_date() -> None:
    found = checked(history((JANUARY, {"9": "31 %"}), (MARCH, {"9": "131 %"}), (MAY, {"9": ""})))
    assert facts(found, 2, "9") == []
    assert said(found) == []


@pytest.mark.parametrize(("item", "row"), [("3", "3"), ("4", "4.2"), ("5", "5.1")])
def test_a_document_that_is_missing_is_kept_and_remarked_as_a_document(item: str, row: str) -> None:
    found = checked(history((JANUARY, {}), (MARCH, {row: ""})))
    assert {(one.file, one.why) for one in facts(found, 1, row)} == {("1.xlsx", "blank")}
    assert [r.code for r in found.remarks if r.item == row] == ["DOC-GONE"]


def test_acts_in_another_order_are_not_kept_twice() -> None:
    found = checked(history((JANUARY, {}), (MARCH, {"4.1": "приказ № 15 от 11.12.2013", "4.2": ""})))
    assert facts(found, 1, "4.2") == []


def test_an_act_whose_title_stands_alone_keeps_its_details() -> None:
    january, march = (order_form(day) for day in (JANUARY, MARCH))
    march.rows[march.row_of("4.1")][2] = ""
    found = checked([file_of(january, "1.xlsx"), file_of(march, "2.xlsx")])
    now = {(one.field, one.why) for one in facts(found, 1, "4.1")}
    assert now == {("title", ""), ("number", "blank"), ("date", "blank")}
    assert [r.code for r in found.remarks if r.item == "4.1"] == ["ANSWER-GONE"]


def test_where_reports_do_not_build_on_each_other_a_blank_is_a_blank() -> None:
    for form in (not_cumulative(), not_cumulative("9")):
        found = check(history((JANUARY, {"9": "31 %"}), (MARCH, {"9": ""})), {}, form, REGISTRY, CATALOGUE)
        assert facts(found, 1, "9") == []
        assert said(found) == []


@pytest.mark.parametrize("code", ["COUNT-FELL", "PCT-FELL", "DOC-GONE"])
def test_where_reports_do_not_build_on_each_other_nothing_falls_and_no_document_vanishes(code: str) -> None:
    now = {"10.1": "21/50%", "9": "20 %", "3": "нет"}
    files = history((JANUARY, {"10.1": "42/100%", "9": "31 %"}), (MARCH, now))
    assert said(checked(files), code)
    assert not said(check(files, {}, not_cumulative(), REGISTRY, CATALOGUE), code)


def not_cumulative(number: str = "") -> Form:
    """The form, or one item of it, whose reports stand each for itself."""
    if not number:
        return msgspec.structs.replace(FORM, cumulative=False)
    items = [msgspec.structs.replace(one, cumulative=False) if one.number == number else one for one in FORM.items]
    return msgspec.structs.replace(FORM, items=tuple(items))


# ── references ───────────────────────────────────────────────────────────────────────────────────────────
REFERENCES = [
    "без изменений", "Без изменений.", "изменений нет", "см. прошлый отчёт", "см. предыдущий отчет", "то же", "прежний",
    "-//-", "—//—", '-"-', "информация предоставлена ранее", "данные прежние", "остаётся без изменений",
    "Те же, что и в прошлом отчёте", "по-прежнему", "не изменилось", "Прежняя система",
]  # fmt: skip


@pytest.mark.parametrize("words", REFERENCES)
def test_words_that_lead_to_the_former_answer(words: str) -> None:
    assert former_day(words, FORM) == ""


@pytest.mark.parametrize(
    ("words", "day"),
    [("как на 20.03", "03-20"), ("как на 20.03.2014 г.", "2014-03-20"), ("см. отчёт за март", "03"),
     ("данные за январь 2014", "2014-01"), ("как и на 5 мая", "05-05")],
)  # fmt: skip
def test_a_reference_may_name_its_report(words: str, day: str) -> None:
    assert former_day(words, FORM) == day


@pytest.mark.parametrize("words", ["нет", "Дневник.ру", "классные часы", "приказ № 3 от 05.12.2013", "–", "80 %", ""])
def test_answers_are_no_references(words: str) -> None:
    assert former_day(words, FORM) is None


@pytest.mark.parametrize(
    ("words", "answer"),
    [("приказ № 3 от 05.12.2013 (без изменений)", "приказ № 3 от 05.12.2013"),
     ("Дневник.ру, без изменений", "Дневник.ру"), ("собрания; беседы", "собрания; беседы"),
     ("без изменений: приказ № 3 от 05.12.2013", "приказ № 3 от 05.12.2013")],
)  # fmt: skip
def test_an_answer_beside_the_words_is_the_answer(words: str, answer: str) -> None:
    assert without_reference(words, FORM) == answer


def test_words_however_far_behind_the_answer_are_found() -> None:
    assert without_reference(f"Дневник.ру{' ' * 20_000}— без изменений", FORM) == "Дневник.ру"


@pytest.mark.parametrize("item", ["1", "2", "3", "6.2", "7", "9", "11", "12.1", "14", "15"])
def test_a_reference_takes_over_the_former_answer_of_any_kind(item: str) -> None:
    words = {"15": "Идёт по плану"} if item == "15" else {}
    found = checked(history((JANUARY, words), (MARCH, {item: "без изменений"})))
    former = facts(found, 0, item)
    assert former
    assert facts(found, 1, item) == [one._replace(as_of="2014-03-20", why="reference") for one in former]
    assert said(found) == [("ANSWER-FORMER", "2.xlsx", item, Severity.INFO)]


def test_a_reference_in_the_row_of_an_act_takes_it_over() -> None:
    found = checked(history((JANUARY, {}), (MARCH, {"4.1": "без изменений"})))
    assert [(one.field, one.why) for one in facts(found, 1, "4.1") if one.why] == [
        ("number", "reference"),
        ("date", "reference"),
    ]


@pytest.mark.parametrize("item", ["1", "2", "3", "6.2", "7", "9", "11", "14"])
def test_a_reference_without_a_former_answer_is_an_error_and_never_a_text(item: str) -> None:
    found = checked(history((MARCH, {item: "без изменений"})))
    assert facts(found, 0, item) == []
    assert said(found) == [("ANSWER-NO-FORMER", "1.xlsx", item, Severity.ERROR)]


def test_a_reference_to_an_answer_that_was_set_aside_is_an_error() -> None:
    found = checked(history((JANUARY, {"9": "131 %"}), (MARCH, {"9": "без изменений"})))
    assert said(found) == [("ANSWER-NO-FORMER", "2.xlsx", "9", Severity.ERROR)]


def test_a_figure_beside_the_words_counts() -> None:
    found = checked(history((JANUARY, {"9": "31 %"}), (MARCH, {"9": "80 % (без изменений)"})))
    assert facts(found, 1, "9") == [Fact("percent", 80.0, "2.xlsx", "2014-03-20", "")]


def test_a_reference_to_a_named_report_takes_its_answer() -> None:
    reports = (JANUARY, {"9": "31 %"}), (MARCH, {"9": "40 %"}), (MAY, {"9": "как на 30.01"})
    assert facts(checked(history(*reports)), 2, "9") == [Fact("percent", 31.0, "1.xlsx", "2014-05-20", "reference")]


def test_a_remark_on_the_former_answer_stands_on_the_reference_too() -> None:
    found = checked(history((JANUARY, {"6.2": "331 из 570 (58%)"}), (MARCH, {"6.2": "то же"})))
    assert [(r.file, r.cell) for r in found.remarks if r.code == "TOTAL-NOT-BASE"] == [
        ("1.xlsx", found.reports[0].answer_cells["6.2"]),
        ("2.xlsx", found.reports[1].answer_cells["6.2"]),
    ]


def test_an_answer_taken_over_that_contradicts_another_item_is_an_error_where_it_is_taken_over() -> None:
    """More parents activated than have a login: the logins of March are fewer than those of January."""
    files = history((JANUARY, {"12.1": "90 %", "14": "80 %"}), (MARCH, {"12.1": "60 %", "14": ""}))
    found = checked(files)
    [remark] = [r for r in found.remarks if r.code == "ABOVE-LIMIT"]
    assert (remark.file, remark.item, remark.as_of) == ("2.xlsx", "14", MARCH)
    assert (1, "14") in found.set_aside


# ── several files for one date ───────────────────────────────────────────────────────────────────────────
def corrected(earlier: Mapping[str, str], later: Mapping[str, str]) -> Checked:
    """A whole report, and a file for the same date that came later."""
    files = history((MARCH, earlier), (MARCH, later))
    return checked(files, arrivals={"1.xlsx": moment(MARCH, 9), "2.xlsx": moment(MARCH, 10)})


def test_a_later_file_with_one_item_deletes_nothing() -> None:
    found = corrected({"14": "40 %"}, {**NOTHING, "14": "44 %"})
    assert facts(found, 1, "14") == [Fact("percent", 44.0, "2.xlsx", "2014-03-20", ""), *facts(found, 1, "14")[1:]]
    for item in ("1", "2", "3", "6.2", "7", "9", "11", "12.1"):
        assert facts(found, 1, item) == [one._replace(why="partial") for one in facts(found, 0, item)], item
    assert sorted(said(found)) == [
        ("ANSWER-CHANGED", "2.xlsx", "14", Severity.INFO),
        ("REPORT-PARTIAL", "2.xlsx", "", Severity.WARNING),
    ]


def test_the_warning_lists_what_the_later_file_lacks() -> None:
    [remark] = [r for r in corrected({}, {"9": "", "7": ""}).remarks if r.code == "REPORT-PARTIAL"]
    assert dict(remark.data) == {"other": "1.xlsx", "items": "п. 7, п. 9"}


def test_what_both_files_say_differently_is_told_as_old_and_new() -> None:
    [remark] = [r for r in corrected({"9": "31 %"}, {"9": "40 %"}).remarks if r.code == "ANSWER-CHANGED"]
    assert (dict(remark.data)["earlier"], remark.value) == ("31 %", "40 %")


def test_an_error_of_the_earlier_file_stays_until_it_is_corrected() -> None:
    found = corrected({"9": "131 %"}, {**NOTHING, "14": "44 %"})
    assert (1, "9") in found.set_aside
    assert [(r.file, r.code) for r in found.remarks if r.item == "9"][-1] == ("2.xlsx", "PCT-ABOVE-100")


def test_a_corrected_limit_mends_the_item_that_was_above_it() -> None:
    found = corrected({"12.1": "30 %", "14": "44 %"}, {**NOTHING, "12.1": "61 %"})
    assert (1, "14") not in found.set_aside


@pytest.mark.parametrize("words", ["снято", "Снят."])
def test_an_answer_taken_back_on_purpose_is_not_kept(words: str) -> None:
    assert is_withdrawn(words, FORM)
    found = corrected({"9": "31 %"}, {"9": words})
    assert facts(found, 1, "9") == []
    assert not said(found, "REPORT-PARTIAL")


def test_a_dash_takes_back_what_need_not_be_said() -> None:
    found = corrected({"15": "Идёт по плану"}, {"15": "—"})
    assert facts(found, 1, "15") == []
    assert not said(found, "REPORT-PARTIAL")


def test_problems_of_the_earlier_file_stay_unless_the_later_says_that_there_are_none() -> None:
    def problems(*said: tuple[str, str]) -> FileRead:
        form = OrderForm(problems=list(said))
        reports, remarks = read_book(Book((form.sheet(),)), FORM, Schools(REGISTRY))
        return FileRead("", "", reports, remarks)

    whole = replace(problems(("Слабый интернет", "Подана заявка")), file="1.xlsx")
    blank, none = (replace(problems(row), file="2.xlsx") for row in (("", ""), ("нет", "—")))
    assert [one.why for one in facts(checked([whole, blank]), 1, "problem.1")] == ["partial", "partial"]
    assert facts(checked([whole, none]), 1, "problem.1") == []


def test_a_file_of_which_something_is_left_is_not_called_replaced() -> None:
    arrivals = {"1.xlsx": moment(MARCH, 9), "2.xlsx": moment(MARCH, 10)}
    for later, outcome in (({"9": ""}, Outcome.IN_PART), ({"9": "40 %"}, Outcome.SUPERSEDED)):
        figures = measured(history((MARCH, {}), (MARCH, later)), arrivals=arrivals)
        assert [source.outcome for source in figures.sources] == [outcome, Outcome.COUNTED]


def test_two_files_that_were_one_report_for_an_earlier_date_are_both_older_and_neither_is_called_replaced() -> None:
    arrivals = {"1.xlsx": moment(JANUARY, 9), "2.xlsx": moment(JANUARY, 10), "3.xlsx": moment(MARCH)}
    figures = measured(history((JANUARY, {}), (JANUARY, {"9": ""}), (MARCH, {})), arrivals=arrivals)
    assert [source.outcome for source in figures.sources] == [Outcome.OLDER, Outcome.OLDER, Outcome.COUNTED]
    assert not {"REPORT-SUPERSEDED", "REPORT-PARTIAL"} & {one.code for one in figures.remarks}


def test_whatever_errors_come_to_light_what_is_kept_of_schools_is_what_is_found_anew() -> None:
    dice, registry = random.Random(1), Registry((school("01"), school("02")))
    files = [
        file_of(form_of_some(dice, day, code), f"{code} {day} {copy}.xlsx", registry)
        for code in ("01", "02")
        for day in (JANUARY, MARCH, MAY)
        for copy in ("а", "б")
    ]
    reports, table = reports_of(files, {}), answers_table(files, FORM, registry)
    answers = sorted({*values_of(table, "report", "item")})
    kept, taken, completed = Carrying(table, reports, FORM), set[frozenset[Key]](), set[Key]()
    for _ in range(40):
        wrong = frozenset(dice.sample(answers, dice.randint(0, 60)))
        found, anew = kept.carried(wrong), Carrying(table, reports, FORM).carried(wrong)
        assert found.table.equals(anew.table)
        assert (found.remarks, [*found.taken.items()]) == (anew.remarks, [*anew.taken.items()])
        assert found.completed == anew.completed
        taken.add(frozenset(found.taken))
        completed |= found.completed
    assert len(taken) > 10  # the errors have made a difference
    assert completed


def form_of_some(dice: random.Random, day: date, code: str) -> OrderForm:
    """Some answers left blank, of one the former, of an act now and then the title alone."""
    blank = dict.fromkeys(dice.sample(("6.1", "6.2", "7", "10.1", "13", "14", "15"), 6), "")
    former = {"13": "без изменений"} if dice.random() < 0.4 else {}
    form = order_form(day, code, blank | former)
    if dice.random() < 0.4:
        form.rows[form.row_of("4.1")][2] = ""
    return form


def test_the_reconciliation_balances_and_names_both_files() -> None:
    files = history((JANUARY, {"9": "31 %"}), (MARCH, {}), (MARCH, {**NOTHING, "14": "44 %", "12.1": "то же"}))
    arrivals = {file.file: moment(MARCH, n) for n, file in enumerate(files)}
    found = measured(files, arrivals=arrivals).reconciliation
    assert found.items["holds"].all()
    assert {(one.item, one.source, one.file, one.why) for one in found.taken} >= {
        ("9", "2.xlsx", "3.xlsx", "partial"),
        ("12.1", "2.xlsx", "3.xlsx", "reference"),
    }


def test_a_percent_taken_over_that_lacks_its_base_is_set_aside_and_not_unanswered() -> None:
    bases = {base: people for base, people in school().bases.items() if base != FORM.item("12.1").base}
    known = Registry((school(bases=bases),))
    reports = ((JANUARY, {"12.1": "61 %"}), (MARCH, {"12.1": ""}))
    files = [file_of(order_form(day, answers=said), f"{n}.xlsx", known) for n, (day, said) in enumerate(reports, 1)]
    figures = measured(files, known)
    [row] = [row for row in coverage_rows(figures) if row.item == "12.1"]
    assert (row.share, row.file) == (Share.SET_ASIDE, "1.xlsx")
    assert ("01", "12.1") in figures.unbased  # the registry's fault, no error of the school's
    assert said(checked(files, known)) == [("ANSWER-GONE", "2.xlsx", "12.1", Severity.WARNING)]
    assert figures.reconciliation.items["holds"].all()
