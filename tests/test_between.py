"""Controls between reports and between schools: two reports that differ in one thing, one remark that names both."""

from datetime import date

import pytest

from pipeline.reading.records import FileRead, Registry
from schemas.remarks import Severity
from tests.batch import MARCH, checked, file_of, order_form, school
from tests.order_form import REGISTRY

JANUARY, MAY = date(2014, 1, 30), date(2014, 5, 20)
BETWEEN = {"COUNT-FELL", "PCT-FELL", "BASE-JUMP", "DOC-GONE", "REPORT-UNCHANGED", "SAME-ANSWERS", "FAR-FROM-PEERS"}


def two(before: dict[str, str], now: dict[str, str]) -> list[tuple[str, str, date | None]]:
    """Remarks between a report for January and one for March that differ from a clean one so."""
    files = [file_of(order_form(JANUARY, answers=before), "1.xlsx"), file_of(order_form(MARCH, answers=now), "2.xlsx")]
    return said(files)


def said(files: list[FileRead], registry: Registry = REGISTRY) -> list[tuple[str, str, date | None]]:
    remarks = [r for r in checked(files, registry).remarks if r.code in BETWEEN]
    assert all(r.severity is not Severity.ERROR for r in remarks)
    return [(r.code, r.item, r.as_of) for r in remarks]


def test_reports_that_only_grow_bring_no_remark():
    assert two({"6.3": "500 чел.", "9": "20 %", "14": "12 %"}, {}) == []


@pytest.mark.parametrize(
    ("item", "before", "now"),
    [("6.2", "400 из 574 (69,7%)", "331 из 574 (58%)"), ("10.1", "42/100%", "21/50%"), ("14", "60%", "44,5%")],
)
def test_a_count_that_falls(item, before, now):
    assert two({item: before}, {item: now}) == [("COUNT-FELL", item, MARCH)]


def test_both_figures_and_the_date_are_in_the_remark():
    files = [file_of(order_form(JANUARY, answers={"10.1": "42/100%"}), "1.xlsx"), file_of(order_form(MARCH), "2.xlsx")]
    (remark,) = [r for r in checked(files).remarks if r.code in BETWEEN]
    assert dict(remark.data) == {"count": 21, "earlier": 42, "day": JANUARY}


@pytest.mark.parametrize(("before", "now"), [("58%", "57,6%"), ("58%", "58%"), ("57,6%", "331 чел.")])
def test_a_fall_that_rounding_explains_is_none(before, now):
    assert two({"6.2": before}, {"6.2": now}) == []


def test_a_volume_may_not_fall():
    assert two({"9": "45 %"}, {"9": "31 %"}) == [("PCT-FELL", "9", MARCH)]


def test_a_figure_once_set_aside_is_no_fall_and_the_one_before_it_is_remembered():
    reports = [(JANUARY, "42/100%"), (MARCH, "60 из 42"), (MAY, "40 чел.")]
    files = [
        file_of(order_form(day, answers={"10.1": words}), f"{number}.xlsx")
        for number, (day, words) in enumerate(reports)
    ]
    assert said(files) == [("COUNT-FELL", "10.1", MAY)]


@pytest.mark.parametrize(("item", "documents"), [("3", ["3"]), ("4.2", ["4.2"]), ("5.1", ["5.1"])])
def test_a_document_that_vanishes(item, documents):
    now = dict.fromkeys(documents, "")
    assert two({}, now) == [("DOC-GONE", item, MARCH)]


def test_documents_in_another_order_or_with_a_mended_number_are_still_there():
    assert two({}, {"4.1": "приказ № 15 от 11.12.2013", "4.2": "приказ № 14 от 10.12.2013"}) == []
    assert two({}, {"4.1": "приказ № 14-од от 10.12.2013"}) == []


@pytest.mark.parametrize(("before", "now", "jumps"), [(460, 574, True), (574, 440, True), (480, 574, False)])
def test_a_base_that_jumps_by_more_than_a_fifth(before, now, jumps):
    remarks = two({"6.2": f"100 из {before}"}, {"6.2": f"331 из {now}"})
    assert remarks == ([("BASE-JUMP", "6.2", MARCH)] if jumps else [])


def district(answers: dict[str, dict[str, str]]) -> tuple[list[FileRead], Registry]:
    registry = Registry(tuple(school(code) for code in answers))
    files = [file_of(order_form(MARCH, code, said), f"{code}.xlsx", registry) for code, said in answers.items()]
    return files, registry


OWN = {"6.1": "40/95%", "6.2": "330/57%", "6.3": "500/82%", "10.1": "30/71%", "10.2": "200/35%", "10.3": "300/49%"}
OWN |= {"3": "приказ № 99 от 01.12.2013", "8": "33%", "12.1": "63 %", "12.2": "98 %", "13": "77 %", "14": "42 %"}
OWN |= {"4.1": "приказ № 31 от 10.12.2013", "4.2": "приказ № 32 от 10.12.2013", "5.1": "приказ № 33 от 10.12.2013"}


def test_the_same_answers_sent_by_two_schools_are_remarked_on_both():
    files, registry = district({"01": {}, "02": {"1": "Петров Пётр Петрович; учитель", "9": "30 %"}, "03": OWN})
    assert said(files, registry) == [("SAME-ANSWERS", "", MARCH), ("SAME-ANSWERS", "", MARCH)]


def test_schools_that_have_all_done_and_use_one_system_are_not_the_same():
    done = dict.fromkeys(("6.1", "6.2", "6.3", "8", "9", "10.1", "10.2", "10.3", "12.1", "12.2", "13", "14"), "100 %")
    first = done | {"3": "приказ № 1 от 05.12.2013", "4.1": "приказ № 2 от 05.12.2013"}
    second = done | {"3": "приказ № 7 от 05.12.2013", "4.1": "приказ № 8 от 05.12.2013"}
    files, registry = district({"01": first, "02": second})
    assert said(files, registry) == []


def test_a_figure_far_from_the_peers_is_information():
    codes = [f"{n:02d}" for n in range(1, 11)]
    answers = {code: OWN | {"13": f"{70 + n} %"} for n, code in enumerate(codes)}
    answers["05"]["13"] = "7 %"
    files, registry = district(answers)
    far = [r for r in checked(files, registry).remarks if r.code == "FAR-FROM-PEERS"]
    assert [(r.school, r.item, r.severity) for r in far] == [("05", "13", Severity.INFO)]
