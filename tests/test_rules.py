"""The rule book: what each control asks for, how often it fired at the date, how often it was excepted."""

from dataclasses import replace
from functools import cache
from io import BytesIO

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.measuring.figures import Figures
from pipeline.measuring.rules import Rule, about_nothing, rule_book
from pipeline.wording import message
from schemas.district import Registry, Waiver
from schemas.remarks import Catalogue, Remark, Severity, load_catalogue, remark
from tests.batch import CATALOGUE, checked, file_of, measured, order_form
from tests.figure_reports import HEALTH
from tests.order_form import FORM, REGISTRY
from tests.workbooks import summary_workbook

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")

# Two reports for one date, the second counts: a percent that disagrees in both, there excepted; a total that is not the
# registry's; a range. What both say differently is told for three items.
FAULTS = (
    {"6.3": "597 чел. / 90 %", "10.1": "21 из 43 (49%)"},
    {"6.2": "331 из 574 (59%)", "13": "80–85 %"},
)
WAIVER = Waiver("01", "6.2", "PCT-DISAGREES", "опечатка согласована", "Иванова")
EXCEPTING = replace(REGISTRY, waivers=(WAIVER,))


OF_LISTS = {"LIST-SHORT", "LIST-LONG"}  # of those for which the order says how many lines they have
OF_ANY_FORM = {code for code, entry in CATALOGUE.entries.items() if not entry.kinds} - OF_LISTS


def remarks(registry: Registry = EXCEPTING, catalogue: Catalogue = CATALOGUE) -> tuple[Remark, ...]:
    files = [file_of(order_form(answers=said), f"{number}.xlsx") for number, said in enumerate(FAULTS)]
    return checked(files, registry, catalogue=catalogue).remarks


def by_code(rules: tuple[Rule, ...]) -> dict[str, Rule]:
    return {rule.code: rule for rule in rules}


# ── the book ─────────────────────────────────────────────────────────────────────────────────────────────
def test_every_control_of_the_catalogue_is_in_the_book_with_its_words_and_an_example() -> None:
    rules = by_code(rule_book(CATALOGUE, []))
    assert rules.keys() == CATALOGUE.entries.keys()
    rule = rules["COUNT-ABOVE-TOTAL"]
    assert rule.rule == "Охваченных не больше, чем всего."
    assert rule.example == message(CATALOGUE.example("COUNT-ABOVE-TOTAL"), CATALOGUE)
    assert (rule.severity, rule.fired, rule.waived, rule.off) == (Severity.ERROR, 0, 0, False)


def test_rules_for_answers_that_a_form_does_not_ask_for_are_in_its_book_only_where_they_have_fired() -> None:
    left_out = about_nothing(FORM, CATALOGUE)
    assert by_code(rule_book(CATALOGUE, [], left_out=left_out)).keys() == OF_ANY_FORM
    assert {"CHOICE-ONE", "SUM-DISAGREES"} <= left_out
    assert not {"CHOICE-ONE", "SUM-DISAGREES"} & about_nothing(HEALTH, CATALOGUE)
    assert {"ABOVE-LIMIT", "PROBLEM-NO-SOLUTION"} <= about_nothing(HEALTH, CATALOGUE)
    fired = rule_book(CATALOGUE, [remark("NUM-WHOLE")], left_out=left_out)
    assert by_code(fired)["NUM-WHOLE"].fired == 1


def test_a_control_counts_its_remarks_and_those_of_them_that_are_excepted() -> None:
    rules = by_code(rule_book(CATALOGUE, remarks()))
    counts = {code: (rule.fired, rule.waived) for code, rule in rules.items() if rule.fired}
    told = {"ANSWER-CHANGED": (3, 0)}
    assert counts == {**told, "PCT-DISAGREES": (2, 1), "TOTAL-NOT-BASE": (1, 0), "NUM-RANGE": (1, 0)}


def test_an_exception_that_is_not_granted_is_not_counted() -> None:
    assert by_code(rule_book(CATALOGUE, remarks(REGISTRY)))["PCT-DISAGREES"].waived == 0


def test_an_excepted_remark_leaves_the_rule_as_grave_as_it_is() -> None:
    assert by_code(rule_book(CATALOGUE, remarks()))["PCT-DISAGREES"].severity is Severity.ERROR


def test_what_fired_most_often_comes_first_then_the_gravest_then_by_code() -> None:
    order = [(rule.fired, rule.severity, rule.code) for rule in rule_book(CATALOGUE, remarks())]
    fired_codes = [code for fired, _, code in order if fired]
    assert fired_codes == ["ANSWER-CHANGED", "PCT-DISAGREES", "NUM-RANGE", "TOTAL-NOT-BASE"]
    silent = [(list(Severity).index(severity), code) for fired, severity, code in order if not fired]
    assert silent == sorted(silent)


def test_the_office_s_own_severities_and_what_it_has_switched_off_are_shown() -> None:
    wishes = load_catalogue({"TOTAL-NOT-BASE": "error", "NUM-RANGE": "off"})
    rules = by_code(rule_book(wishes, remarks(catalogue=wishes)))
    assert rules["TOTAL-NOT-BASE"].severity is Severity.ERROR
    assert (rules["NUM-RANGE"].off, rules["NUM-RANGE"].fired) == (True, 0)


# ── the sheet «Правила» ──────────────────────────────────────────────────────────────────────────────────
HEADER = 6  # row of the headings; the total stands above it


def figures(catalogue: Catalogue = CATALOGUE) -> Figures:
    files = [file_of(order_form(answers=said), f"{number}.xlsx") for number, said in enumerate(FAULTS)]
    found = measured(files, EXCEPTING)
    days = found.rules[0].standing
    standing = {day: {rule.code: rule.standing[day] for rule in found.rules} for day in days}
    return replace(found, rules=rule_book(catalogue, found.remarks, standing, about_nothing(FORM, catalogue)))


@cache
def sheet(values: bool = True) -> Worksheet:
    """With the values of formulas, or with the formulas."""
    catalogue = load_catalogue({"FILE-LINK": "off"})
    book = summary_workbook(figures(catalogue), catalogue)
    return openpyxl.load_workbook(BytesIO(book), data_only=values)["Правила"]


def lines() -> list[tuple[object, ...]]:
    return list(sheet().iter_rows(HEADER + 1, values_only=True))


def test_the_sheet_shows_every_rule_in_the_book_s_order() -> None:
    rules = figures().rules
    assert [(line[1], line[2], line[3], line[4], line[5]) for line in lines()] == [
        (rule.title, rule.rule, rule.example, rule.fired, rule.waived) for rule in rules
    ]


def test_severity_is_a_mark_and_a_word_and_what_is_switched_off_says_so() -> None:
    said = {line[1]: line[0] for line in lines()}
    assert said["Процент не сходится с числом людей"] == "! ошибка"
    assert said["Всего — не как в реестре"] == "? проверить"
    assert said["Проблема без решения"] == "· сведение"
    assert said["Не файл"] == "– отключено"


def test_the_totals_are_live_and_are_the_number_of_remarks_and_of_exceptions() -> None:
    last = HEADER + len(OF_ANY_FORM)
    assert [sheet(values=False).cell(HEADER - 1, column).value for column in (5, 6)] == [
        f"=SUM(E{HEADER + 1}:E{last})",
        f"=SUM(F{HEADER + 1}:F{last})",
    ]
    shown = figures().remarks
    assert [sheet().cell(HEADER - 1, column).value for column in (5, 6)] == [len(shown), 1]


def test_no_code_of_a_remark_is_shown() -> None:
    words = " ".join(str(cell) for row in sheet().iter_rows(values_only=True) for cell in row)
    assert [code for code in CATALOGUE.entries if code in words] == []


def test_heading_and_rule_stay_in_sight() -> None:
    assert sheet().freeze_panes == f"C{HEADER + 1}"
    assert sheet().auto_filter.ref == f"A{HEADER}:I{HEADER + len(OF_ANY_FORM)}"
    assert sheet().print_title_rows == f"${HEADER - 1}:${HEADER}"
