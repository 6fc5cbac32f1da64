"""Controls between reports and between schools: two reports that differ in one thing, one remark that names both."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.checking.judgement import check
from pipeline.demo.answers import Conduct, answers_on
from pipeline.demo.district import make_schools
from pipeline.demo.handwriting import Entry, Hand, typed
from pipeline.reading.opening.book import Cell
from pipeline.wording import message
from schemas.district import Registry, School, Waiver
from schemas.form import Plausible, load_form
from schemas.remarks import Catalogue, Remark, Severity, load_catalogue
from schemas.reports import FileRead
from tests.batch import CATALOGUE, MARCH, checked, file_of, order_form, school
from tests.conftest import MEALS as MEALS_PATH
from tests.depth import cases
from tests.order_form import FORM, REGISTRY, OrderForm
from tests.own_form import own_form_file

MEALS = load_form(MEALS_PATH)
JANUARY, FEBRUARY, MAY = date(2014, 1, 30), date(2014, 2, 20), date(2014, 5, 20)
BETWEEN = {"COUNT-FELL", "PCT-FELL", "BASE-JUMP", "DOC-GONE", "REPORT-UNCHANGED", "SAME-ANSWERS", "FAR-FROM-PEERS"} | {
    "PCT-ROSE",
    "GROWTH-ALIKE",
    "PCT-ROUND",
}


def spaced(text: str) -> str:
    return text.replace("\u00a0", " ")


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


@pytest.mark.parametrize(("before", "now"), [("45 %", "31 %"), ("71 %", "70 %"), ("100 %", "99 %"), ("95,5 %", "95 %")])
def test_a_volume_may_not_fall_by_any_part(before, now):
    """No people are derived from it: what is stated is what is compared."""
    assert two({"9": before}, {"9": now}) == [("PCT-FELL", "9", MARCH)]


@pytest.mark.parametrize(("before", "now"), [("70 %", "70 %"), ("70 %", "70,0 %"), ("70 %", "70,5 %")])
def test_a_volume_that_stands_or_grows_is_no_fall(before, now):
    assert two({"9": before}, {"9": now}) == []


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


@pytest.mark.parametrize("item", ["3", "4.2", "5.1"])
def test_a_document_that_is_taken_back_is_not_missed(item):
    assert two({}, {item: "снято"}) == []


def test_documents_in_another_order_or_with_a_mended_number_are_still_there():
    assert two({}, {"4.1": "приказ № 15 от 11.12.2013", "4.2": "приказ № 14 от 10.12.2013"}) == []
    assert two({}, {"4.1": "приказ № 14-од от 10.12.2013"}) == []


@pytest.mark.parametrize(("before", "now", "jumps"), [(460, 574, True), (574, 440, True), (480, 574, False)])
def test_a_base_that_jumps_by_more_than_a_fifth(before, now, jumps):
    remarks = two({"6.2": f"100 из {before}"}, {"6.2": f"331 из {now}"})
    assert remarks == ([("BASE-JUMP", "6.2", MARCH)] if jumps else [])


# ── what is hardly counted ──
def test_a_share_that_leaps_is_information_with_what_the_school_has_said_before():
    files = [
        file_of(order_form(day, answers={"12.2": "100 %", "13": words}), f"{number}.xlsx")
        for number, (day, words) in enumerate([(JANUARY, "4 %"), (MARCH, "5 %"), (MAY, "98 %")])
    ]
    [leap] = [remark for remark in checked(files).remarks if remark.code == "PCT-ROSE"]
    assert (leap.severity, leap.item, leap.as_of) == (Severity.INFO, "13", MAY)
    assert spaced(message(leap, CATALOGUE)) == (
        "Было 5 %, стало 98 %: необычно большой рост. По отчётам школы: 30.01 — 4 %, 20.03 — 5 %, 20.05 — 98 %."
    )


def test_a_share_may_rise_as_far_as_schools_do_before_a_deadline():
    assert two({"13": "8 %"}, {}) == []  # 80 points in seven weeks
    assert two({"13": "7,9 %"}, {}) == [("PCT-ROSE", "13", MARCH)]
    months = [file_of(order_form(JANUARY, answers={"13": "1 %"}), "1.xlsx"), file_of(order_form(MAY), "2.xlsx")]
    assert said(months) == []  # in four months it may


TEN_LESS = {"8": "40,5%", "9": "21 %", "12.1": "51%", "12.2": "85 %", "13": "78%"}


def test_many_items_that_have_grown_by_the_same_are_information_with_each_ones_history():
    files = [file_of(order_form(JANUARY, answers=TEN_LESS), "1.xlsx"), file_of(order_form(), "2.xlsx")]
    [alike] = [remark for remark in checked(files).remarks if remark.code == "GROWTH-ALIKE"]
    assert (alike.severity, alike.item, alike.as_of) == (Severity.INFO, "", MARCH)
    assert spaced(message(alike, CATALOGUE)) == (
        "Поровну, на 10 п.п., выросли показатели: п. 8: 30.01 — 40,5 %, 20.03 — 50,5 %; "
        "п. 9: 30.01 — 21 %, 20.03 — 31 %; п. 12.1: 30.01 — 51 %, 20.03 — 61 %; "
        "п. 12.2: 30.01 — 85 %, 20.03 — 95 %; п. 13: 30.01 — 78 %, 20.03 — 88 %."
    )


@pytest.mark.parametrize(
    "before",
    [
        TEN_LESS | {"13": "77%"},  # four items
        TEN_LESS | {"12.1": "40,5%"},  # from one start: it is the same people
    ],
)
def test_a_few_items_or_the_same_people_may_grow_alike(before):
    now = {"12.1": "50,5%"} if before["12.1"] == "40,5%" else {}
    assert two(before, now) == []


def test_people_too_grow_alike():
    people = {"6.1": 20, "6.2": 300, "6.3": 500, "10.2": 200, "10.3": 250}
    before, now = ({item: f"{number + more} чел." for item, number in people.items()} for more in (0, 20))
    assert two(before, now) == [("GROWTH-ALIKE", "", MARCH)]
    files = [file_of(order_form(day, answers=said), f"{day}.xlsx") for day, said in ((JANUARY, before), (MARCH, now))]
    [alike] = [one for one in checked(files).remarks if one.code == "GROWTH-ALIKE"]
    assert dict(alike.data)["history"].startswith("п. 6.1: 30.01 — 20\u00a0чел., 20.03 — 40\u00a0чел.;")


TENS = {"8": "50%", "9": "30 %", "12.1": "60%", "12.2": "90 %", "13": "80%", "14": "40%"}


def test_a_report_whose_percents_are_all_round_is_information_with_its_earlier_ones():
    files = [file_of(order_form(JANUARY, answers=TENS | {"13": "77 %"}), "1.xlsx")]
    files += [file_of(order_form(answers=TENS), "2.xlsx")]
    [tens] = [remark for remark in checked(files).remarks if remark.code == "PCT-ROUND"]
    assert (tens.severity, tens.item, tens.as_of) == (Severity.INFO, "", MARCH)
    assert dict(tens.data)["history"] == "30.01 — 5 из 6, 20.03 — 6 из 6"


@pytest.mark.parametrize("otherwise", [{"13": "82 %"}, {"13": "100 %"}, {"13": "80 % (490 чел.)"}])
def test_a_percent_that_is_counted_among_round_ones_makes_them_none(otherwise):
    """Everybody and nobody are no estimate, and people beside a percent have been counted."""
    assert two(TENS | otherwise, TENS | otherwise) == []


def test_people_that_are_all_round_are_information_too():
    people = {"6.1": 20, "6.2": 300, "6.3": 500, "8": 280, "10.1": 10, "10.2": 200, "10.3": 250, "14": 120}
    people |= {"9": "29 %", "12.1": "63 %", "12.2": "98 %", "13": "77 %"}
    answers = {item: said if isinstance(said, str) else f"{said} чел." for item, said in people.items()}
    [tens] = [one for one in checked([file_of(order_form(answers=answers))]).remarks if one.code == "PCT-ROUND"]
    assert dict(tens.data) == {"what": "числа людей", "figures": 8, "history": "20.03 — 8 из 8"}


def test_a_report_without_such_percents_has_no_place_in_their_history():
    counted = dict.fromkeys(TENS, "35 чел.") | {"9": ""}
    files = [file_of(order_form(JANUARY, answers=counted), "1.xlsx"), file_of(order_form(answers=TENS), "2.xlsx")]
    [tens] = [one for one in checked(files).remarks if one.code == "PCT-ROUND"]
    assert dict(tens.data)["history"] == "20.03 — 6 из 6"


def test_a_leap_is_measured_from_what_the_school_has_said_itself():
    """An answer kept because it was left blank is as old as the report that gave it, and is no answer of its date."""

    def leaps(*days):
        said = zip(days, ("5 %", "", "98 %"), strict=True)
        files = [file_of(order_form(day, answers={"8": answer}), f"{day}.xlsx") for day, answer in said]
        return [dict(one.data)["history"] for one in checked(files).remarks if one.code == "PCT-ROSE"]

    assert leaps(date(2014, 1, 10), date(2014, 2, 20), date(2014, 4, 20)) == []
    assert leaps(date(2014, 2, 20), MARCH, date(2014, 4, 20)) == ["20.02 — 5\u00a0%, 20.04 — 98\u00a0%"]


def test_how_much_is_too_much_is_the_forms():
    strict = msgspec.structs.replace(FORM, plausible=Plausible(rise=5, rise_days=49, alike=2, round=3))
    before = order_form(JANUARY, answers={"13": "82 %", "9": "25 %"})
    files = [
        file_of(before, "1.xlsx"),
        file_of(order_form(), "2.xlsx"),
    ]
    codes = {remark.code for remark in check(files, {}, strict, REGISTRY, CATALOGUE).remarks}
    assert codes & BETWEEN == {"PCT-ROSE", "GROWTH-ALIKE"}
    assert said(files) == []


def district(answers: dict[str, dict[str, str]]) -> tuple[list[FileRead], Registry]:
    registry = Registry(tuple(school(code) for code in answers))
    files = [file_of(order_form(MARCH, code, said), f"{code}.xlsx", registry) for code, said in answers.items()]
    return files, registry


OWN = {"6.1": "40/95%", "6.2": "330/57%", "6.3": "500/82%", "10.1": "30/71%", "10.2": "200/35%", "10.3": "301/49%"}
OWN |= {"3": "приказ № 99 от 01.12.2013", "8": "33%", "12.1": "63 %", "12.2": "98 %", "13": "77 %", "14": "42 %"}
OWN |= {"4.1": "приказ № 31 от 10.12.2013", "4.2": "приказ № 32 от 10.12.2013", "5.1": "приказ № 33 от 10.12.2013"}


# ── the same answers ─────────────────────────────────────────────────────────────────────────────────────
ON_BOTH = [("SAME-ANSWERS", "", MARCH), ("SAME-ANSWERS", "", MARCH)]

# The figures of one report: people covered. Its base is that of `school`.
PEOPLE = {"6.1": 37, "6.2": 331, "6.3": 597, "8": 290, "10.1": 23, "10.2": 281, "10.3": 311, "12.1": 352, "12.2": 39}
PEOPLE |= {"13": 31, "14": 244}


def written(pattern: str, decimals: int = 1, people: Mapping[str, int] = PEOPLE) -> dict[str, str]:
    """The same people written in one way: `{c}` of `{t}`, `{p}` percent."""
    bases = REGISTRY.schools[0].bases
    totals = {item: bases[FORM.item(item).base] for item in people}
    shares = {item: f"{100 * count / totals[item]:.{decimals}f}".replace(".", ",") for item, count in people.items()}
    return {item: pattern.format(c=c, t=f"{totals[item]:.0f}", p=shares[item]) for item, c in people.items()}


def test_the_same_answers_sent_by_two_schools_are_remarked_on_both():
    files, registry = district({"01": {}, "02": {"1": "Петров Пётр Петрович; учитель", "9": "30 %"}, "03": OWN})
    assert said(files, registry) == ON_BOTH


COPY, AFTER = "SAME-ANSWERS", "AFTER-SAME-ANSWERS"


def of_two_dates(
    january: dict[str, str], march: dict[str, str], catalogue: Catalogue = CATALOGUE, waivers: Sequence[Waiver] = ()
) -> list[Remark]:
    """Remarks on school 02, which answers so on two dates; school 01 sends the clean report on both."""
    registry = Registry((school("01"), school("02")), waivers=tuple(waivers))
    given = {"01": ({}, {}), "02": (january, march)}
    files = [
        file_of(order_form(day, code, said), f"{code}-{day}.xlsx", registry)
        for code, both in given.items()
        for day, said in zip((JANUARY, MARCH), both, strict=True)
    ]
    return [remark for remark in checked(files, registry, catalogue=catalogue).remarks if remark.school == "02"]


# School 02's own: other figures, and of the documents none that the clean report has.
OTHERS = OWN | {"4.1": "", "4.2": "", "5.1": "", "4.3": "№ 31 от 10.12.2013", "5.2": "№ 33 от 10.12.2013"}
OTHERS |= {"4.4": "№ 32 от 10.12.2013"}


def test_what_only_follows_from_a_copied_report_is_told_in_the_one_remark_that_says_so():
    [copied] = (
        remark for remark in of_two_dates(OTHERS | {"10.1": "42/100%"}, {}) if remark.severity is not Severity.INFO
    )
    assert (copied.code, copied.as_of) == (COPY, MARCH)
    assert [one.item for one in copied.folded if one.code == "DOC-GONE"] == ["3", "4.3", "4.4", "5.2"]
    said = spaced(message(copied, CATALOGUE))
    assert said.startswith(
        "Почти все числа и документы — как в отчёте другой школы («01-2014-03-20.xlsx»). Возможно, поэтому же: "
    )
    assert "документ пропал — п. 3 (C9), п. 4.3 (" in said
    assert "меньше, чем в прошлом отчёте — п. 10.1 (C" in said


def test_what_the_report_after_a_copied_one_has_otherwise_is_one_remark_too():
    january, march = (
        [remark for remark in of_two_dates({}, OTHERS | {"10.1": "15/36%"}) if remark.as_of == day]
        for day in (JANUARY, MARCH)
    )
    assert [(one.code, one.folded) for one in january] == [(COPY, ())]
    [after] = (one for one in march if one.severity is not Severity.INFO)
    assert (after.code, after.item) == (AFTER, "")
    assert {one.code for one in after.folded} == {"DOC-GONE", "COUNT-FELL"}
    assert [one.item for one in after.folded if one.code == "DOC-GONE"] == ["3", "4.1", "4.2", "5.1"]
    assert "Прошлый отчёт (на 30.01.2014) повторял отчёт другой школы" in spaced(message(after, CATALOGUE))


TWO_SCHOOLS = Registry((school("01"), school("02")))


def remarks_of_02(*reports: tuple[str, date, dict[str, str]], registry: Registry = TWO_SCHOOLS) -> list[Remark]:
    """`reports`: of which school, for which date, and where it differs from the clean one."""
    files = [file_of(order_form(day, code, said), f"{code}-{day}.xlsx", registry) for code, day, said in reports]
    return [remark for remark in checked(files, registry).remarks if remark.school == "02"]


def test_an_implausible_rise_after_a_copied_report_is_of_that_one_remark():
    nearly_none = {"10.1": "1 из 42", "12.2": "2 из 42"}
    own = OTHERS | {"10.1": "41 из 42", "12.2": "41 из 42"}
    found = remarks_of_02(("01", JANUARY, nearly_none), ("02", JANUARY, nearly_none), ("02", MARCH, own))
    [after] = (one for one in found if one.code == AFTER)
    assert [one.item for one in after.folded if one.code == "PCT-ROSE"] == ["10.1", "12.2"]
    assert not any(one.code == "PCT-ROSE" for one in found)


def test_what_a_report_takes_over_from_a_copied_one_is_compared_with_that():
    """In February school 02 leaves blank what it has copied: its own answers of March are held against those."""
    blank = dict.fromkeys((*PEOPLE, "3", "4.1", "4.2", "5.1"), "")
    found = remarks_of_02(
        ("01", JANUARY, {}), ("02", JANUARY, {}), ("02", FEBRUARY, blank), ("02", MARCH, OTHERS | {"10.1": "15/36%"})
    )
    [after] = (one for one in found if one.code == AFTER and one.as_of == MARCH)
    assert dict(after.data)["day"] == JANUARY
    assert {one.code for one in after.folded} == {"COUNT-FELL", "DOC-GONE"}


def test_what_stood_on_the_report_before_the_copy_stands_for_itself():
    """School 02 has other people than the registry knows, as it had in January; its answers are those of school 01."""
    more = {"10.1": "21 из 46"}
    found = remarks_of_02(("01", MARCH, {}), ("02", JANUARY, OTHERS | more), ("02", MARCH, more))
    [copied] = (one for one in found if one.code == COPY)
    assert {one.code for one in copied.folded} == {"DOC-GONE", "COUNT-FELL"}
    assert [one.as_of for one in found if one.code == "TOTAL-NOT-BASE"] == [JANUARY, MARCH]


def test_a_fall_is_another_one_at_every_date_and_follows_from_the_copy():
    """School 02's own count has fallen in February already; that of March falls behind because it is not its own."""
    february, january = OTHERS | {"10.1": "35 из 42"}, OTHERS | {"10.1": "42/100%"}
    found = remarks_of_02(("01", MARCH, {}), ("02", JANUARY, january), ("02", FEBRUARY, february), ("02", MARCH, {}))
    assert [(one.as_of, one.item) for one in found if one.code == "COUNT-FELL"] == [(FEBRUARY, "10.1")]
    [copied] = (one for one in found if one.code == COPY)
    assert "10.1" in {one.item for one in copied.folded if one.code == "COUNT-FELL"}


def test_the_second_copy_in_a_row_tells_its_consequences_in_its_own_remark():
    copies = [(code, day, {}) for code in ("01", "02") for day in (FEBRUARY, MARCH)]
    found = remarks_of_02(("02", JANUARY, OTHERS | {"10.1": "42/100%"}), *copies)
    assert not [one for one in found if one.code in ("DOC-GONE", "COUNT-FELL")]
    assert [(one.as_of, bool(one.folded)) for one in found if one.code == COPY] == [(FEBRUARY, True), (MARCH, True)]


def test_what_is_compared_with_an_honest_report_before_the_copy_follows_from_none():
    """In the copy of February two figures are set aside: those of March are held against January's own."""
    copied = {"10.1": "более 50 %", "12.2": "более 50 %"}
    own = OTHERS | {"10.1": "40 из 42", "12.2": "41 из 42"}
    less = own | {"10.1": "30 из 42"}
    found = remarks_of_02(
        ("02", JANUARY, own),
        ("01", FEBRUARY, copied),
        ("02", FEBRUARY, copied),
        ("02", MARCH, less),
    )
    assert [(one.item, dict(one.data)["day"]) for one in found if one.code == "COUNT-FELL"] == [("10.1", JANUARY)]


def test_of_three_reports_alike_each_tells_its_consequences_once():
    registry = Registry((school("01"), school("02"), school("03")))
    alike = (("01", MARCH, {}), ("02", MARCH, {}), ("03", MARCH, {}))
    found = remarks_of_02(("02", JANUARY, OTHERS), *alike, registry=registry)
    first, second = (one for one in found if one.code == COPY)
    assert [one.item for one in first.folded if one.code == "DOC-GONE"] == ["3", "4.3", "4.4", "5.2"]
    assert second.folded == ()


@pytest.mark.parametrize("wish", ["off", "info"])
def test_where_the_office_does_not_want_the_cause_its_consequences_stand_for_themselves(wish: str):
    codes = [one.code for one in of_two_dates(OTHERS, {}, load_catalogue({COPY: wish}))]
    assert codes.count("DOC-GONE") == 4
    later = [one.code for one in of_two_dates({}, OTHERS, load_catalogue({AFTER: wish}))]
    assert later.count("DOC-GONE") == 4


def test_a_copy_that_the_office_has_allowed_folds_nothing():
    one_report = Waiver("02", "", COPY, "Одно здание", "Иванова И. И.")
    found = of_two_dates(OTHERS, {}, waivers=[one_report])
    assert [one.code for one in found].count("DOC-GONE") == 4
    assert not any(one.folded for one in found)


def test_a_consequence_that_sets_a_figure_aside_stays_an_error():
    strict = load_catalogue({"COUNT-FELL": "error"})
    found = of_two_dates(OTHERS | {"10.1": "42/100%"}, {}, strict)
    assert ("COUNT-FELL", "10.1") in {(one.code, one.item) for one in found}
    assert [one.code for copied in found for one in copied.folded if one.code == "COUNT-FELL"] == []


WRITTEN = {
    "people and percent": written("{c} из {t} ({p} %)"),
    "people of all": written("{c} из {t}"),
    "people, percent": written("{c} чел. / {p} %"),
    "percent to a tenth": written("{p} %"),
    "whole percent": written("{p}%", decimals=0),
}


@pytest.mark.parametrize("other", WRITTEN.values(), ids=WRITTEN)
@pytest.mark.parametrize("one", WRITTEN.values(), ids=WRITTEN)
def test_answers_are_the_same_in_whatever_way_they_are_written(one, other):
    files, registry = district({"01": one, "02": other})
    assert said(files, registry) == ON_BOTH


@pytest.mark.parametrize("way", WRITTEN.values(), ids=WRITTEN)
def test_answers_are_the_same_on_the_order_s_form_and_on_svod_s_own(way):
    own = own_form_file("1.xlsx", answers={item: {"count": float(count)} for item, count in PEOPLE.items()})
    papers = {"3": "приказ № 12 от 05.12.2013", "4.1": "приказ № 14-од от 10.12.2013", "4.2": "", "5.1": ""}
    files, registry = district({"02": {**way, **papers, "5": "не требуется"}})
    assert said([own, *files], Registry((*REGISTRY.schools[:1], *registry.schools))) == ON_BOTH


def test_answers_taken_over_by_a_school_of_another_size_are_the_same():
    """Its percentages do not agree with its people then: wrong figures are a sign of copying, not a cloak."""
    registry = Registry(
        (school("01"), school("02", bases={"teachers": 50, "pupils": 700, "parents": 650, "able": 600}))
    )
    files = [file_of(order_form(MARCH, code, WRITTEN["people, percent"]), code, registry) for code in ("01", "02")]
    assert said(files, registry) == ON_BOTH


def test_schools_that_have_all_done_and_use_one_system_are_not_the_same():
    done = dict.fromkeys((*PEOPLE, "9"), "100 %")
    files, registry = district({"01": done | papers(1), "02": done | papers(7)})
    assert said(files, registry) == []


def papers(first: int) -> dict[str, str]:
    """Documents of one school, numbered from there."""
    acts = ("3", "4.1", "4.2", "5.1")
    return {act: f"приказ № {first + n} от 05.12.2013" for n, act in enumerate(acts)}


@settings(max_examples=cases(10, 30), deadline=None)
@given(st.lists(st.sampled_from(range(5, 100, 5)), min_size=11, max_size=11), st.sampled_from(["{p} %", "{c} из 20"]))
def test_schools_of_one_size_with_the_same_round_percents_are_not_the_same(percents, pattern):
    """Twenty people: every such percent is a whole number of them. The plans alone tell the two apart."""
    bases = dict.fromkeys(("teachers", "pupils", "parents", "able"), 20.0)
    registry = Registry((school("01", bases=bases), school("02", bases=bases)))
    figures = {item: pattern.format(p=p, c=p // 5) for item, p in zip(PEOPLE, percents, strict=True)}
    no_acts = dict.fromkeys(("4.1", "4.2", "5.1"), "") | dict.fromkeys(("4", "5"), "не требуется")
    plans = {"01": "приказ № 1 от 05.12.2013", "02": "приказ № 2 от 05.12.2013"}
    forms = {code: order_form(MARCH, code, figures | no_acts | {"3": plan}) for code, plan in plans.items()}
    files = [file_of(form, code, registry) for code, form in forms.items()]
    assert said(files, registry) == []


def test_what_more_than_a_few_schools_say_alike_tells_nothing():
    files, registry = district({f"{n:02d}": {} for n in range(1, 7)})
    assert said(files, registry) == []


def test_the_same_answers_for_another_date_are_none():
    registry = Registry((school("01"), school("02")))
    files = [file_of(order_form(day, code), code, registry) for day, code in ((JANUARY, "01"), (MARCH, "02"))]
    assert said(files, registry) == []


@pytest.mark.parametrize(
    ("other", "found"),
    [
        ({}, ["01", "02"]),
        ({"2.1": "430 из 612 (70,3 %)"}, []),
        ({"2.1": "306 из 612 (50 %)"}, []),
    ],
)
def test_a_form_with_three_figures_has_its_same_answers_too(other, found):
    registry = Registry((meals_school("01"), meals_school("02")))
    said = {"2.1": "431 из 612 (70,4 %)", "2.2": "86,3 %", "3": "5 из 7 (71,4 %)"}
    files = [
        file_of(meals_form(code, answers), code, registry) for code, answers in (("01", said), ("02", said | other))
    ]
    remarks = check(files, {}, MEALS, registry, CATALOGUE).remarks
    assert [one.school for one in remarks if one.code == "SAME-ANSWERS"] == found


def test_in_a_form_with_three_figures_round_ones_are_no_sign():
    registry = Registry((meals_school("01"), meals_school("02")))
    said = {"2.1": "306 из 612 (50 %)", "2.2": "85 %", "3": "100 %"}
    files = [file_of(meals_form(code, said), code, registry) for code in ("01", "02")]
    assert "SAME-ANSWERS" not in {one.code for one in check(files, {}, MEALS, registry, CATALOGUE).remarks}


def meals_school(code: str) -> School:
    return school(code, bases={"pupils": 612.0, "entitled": 95.0, "cooks": 7.0})


def meals_form(code: str, answers: dict[str, str]) -> OrderForm:
    name, day = f"МБОУ СОШ № {int(code)}", MEALS.order.reporting_dates[-1]
    rest = {"1": "Иванова Мария Петровна; директор", "4": "да"}
    form = OrderForm(form=MEALS, answers=rest | answers, problems=[])
    words = MEALS.recognise
    head = [[words.titles[0]], [f"{words.school[1]} {name}"], [f"{words.as_of[0]} {day:%d.%m.%Y}"], []]
    form.rows[: form.row_of("1")] = [*head, [words.number[0], words.measure[0], words.answer[0]]]
    return form


DAYS = [MARCH, JANUARY][: cases(1, 2)]


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("of_one_size", [False, True], ids=["of-all-sizes", "of-one-size"])
def test_among_300_schools_that_answer_for_themselves_no_two_are_the_same(day, of_one_size):
    registry, files = reports_of_the_demo(day, of_one_size)
    assert same_among(files, registry) == []


@pytest.mark.parametrize("day", DAYS)
def test_among_300_schools_one_that_answers_for_another_is_found(day):
    registry, files = reports_of_the_demo(day, of_one_size=True)
    copied, copying = conducts_of_the_demo(of_one_size=True)[0], registry.schools[7]
    copy = file_of(filled_in(copying, copied, day), copying.code, registry)
    assert same_among([*files[:7], copy, *files[8:]], registry) == [copied.school.code, copying.code]


def conducts_of_the_demo(of_one_size: bool) -> list[Conduct]:
    """How 300 schools of an invented district go about the order; nothing is planted in what they do."""
    dice = Random(1)
    schools = make_schools(FORM, 300, dice)
    if of_one_size:
        schools = tuple(replace(one, bases=schools[0].bases) for one in schools)
    return [Conduct(one, dice.uniform(0.6, 1.3), f"answers {dice.random()}") for one in schools]


@cache
def reports_of_the_demo(day: date, of_one_size: bool) -> tuple[Registry, list[FileRead]]:
    """Each school answers by its conduct, in its own hand."""
    conducts = conducts_of_the_demo(of_one_size)
    registry = Registry(tuple(conduct.school for conduct in conducts))
    forms = ((one.school, filled_in(one.school, one, day)) for one in conducts)
    return registry, [file_of(form, school.code, registry) for school, form in forms]


def same_among(files: list[FileRead], registry: Registry) -> list[str]:
    """Codes of those that are remarked to say what another says."""
    return [said.school for said in checked(files, registry).remarks if said.code == "SAME-ANSWERS"]


def filled_in(one: School, conduct: Conduct, day: date) -> OrderForm:
    hand = Hand(own_form=False, sloppy=int(one.code) % 2 == 0, seed=one.code)
    entries = {n: typed(FORM.item(n), answer, hand) for n, answer in answers_on(day, conduct, FORM).items()}
    return OrderForm(school=one.name, as_of=f"{day:%d.%m.%Y}", answers={n: cell(e) for n, e in entries.items()})


def cell(entry: Entry) -> str | Cell:
    return entry.value if isinstance(entry.value, str) else Cell(float(entry.value), entry.number_format)


def test_a_figure_far_from_the_peers_is_information():
    codes = [f"{n:02d}" for n in range(1, 11)]
    answers = {code: OWN | {"13": f"{70 + n} %"} for n, code in enumerate(codes)}
    answers["05"]["13"] = "7 %"
    files, registry = district(answers)
    far = [r for r in checked(files, registry).remarks if r.code == "FAR-FROM-PEERS"]
    assert [(r.school, r.item, r.severity) for r in far] == [("05", "13", Severity.INFO)]
