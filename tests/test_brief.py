"""What leadership is told: every situation has its sentence, and the words never contradict the figures."""

import re
from dataclasses import replace
from datetime import date

import msgspec
import pytest

from pipeline import wording
from pipeline.measuring.figures import Figures, Level, Milestone, Restated, Share, State, Unattributed
from pipeline.measuring.problems import OTHER
from pipeline.sending.letters import Page, leadership_letter
from pipeline.wording import NBSP
from pipeline.writing.brief import make_brief
from pipeline.writing.brief.cards import CARD_LINE
from pipeline.writing.brief.decisions import DECISION_LENGTH
from pipeline.writing.pages.brief import Brief
from pipeline.writing.pages.words import name_within
from schemas.district import Recipient, Registry
from schemas.remarks import Severity, load_catalogue, remark
from tests import figures as given
from tests.figures import AS_OF, CASES, HISTORY, REMARKS, STATES, Case, district


def brief_of(figures: Figures) -> Brief:
    return make_brief(figures, load_catalogue())


def spaced(text: str) -> str:
    """With ordinary spaces, to be compared with sentences as one types them."""
    return text.replace(NBSP, " ")


# ── headline ─────────────────────────────────────────────────────────────────────────────────────────────
HEADLINES = {
    "twenty-schools": "Активация родителей — 54,7 % при плане 41–60 %: план выполнен, но 7 школ из 18 ниже плана.",
    "three-schools": "Активация родителей — 48,1 % при плане 41–60 %: план выполнен, но 2 школы из 3 ниже плана.",
    "all-well": "Активация родителей — 59,2 % при плане 41–60 %: план выполнен во всех школах.",
    "below-plan": "Активация родителей — 38,8 % при плане 41–60 %: план не выполнен, не хватает 58 родителей. "
    "7 школ из 11 ниже плана.",
    "target-of-hundred": "Активация родителей — 84,5 % при плане 100 %: план не выполнен, не хватает 1 350 родителей. "
    "15 школ из 18 ниже плана.",
    "before-the-first-target": "Активация родителей — 23,3 %. План ещё не действует: к 20.02.2014 нужно 30–40 %.",
    "nobody-reported": "Ни одна школа из 20 не отчиталась на 20.03.2014 — показателей пока нет.",
    "empty-registry": "Нет ни одной школы в реестре.",
    "another-form": "Питание льготников — 54,7 % при плане 50–70 %: план выполнен, но 11 школ из 18 ниже плана.",
    "exactly-on-target": "Активация родителей — 41 % при плане 41–60 %: план выполнен во всех школах.",
}


@pytest.mark.parametrize("state", HEADLINES)
def test_headline_says_the_verdict_in_one_sentence(state: str) -> None:
    assert spaced(brief_of(STATES[state]()).headline) == HEADLINES[state]


def test_schools_not_counted_are_admitted_where_nobody_is_behind() -> None:
    silent = Case("НОШ с. Устье", 60, (), State.NOT_SUBMITTED, None)
    brief = brief_of(district([CASES[1], CASES[2], silent]))
    assert spaced(brief.headline).endswith("план выполнен, отстающих нет; учтены 2 из 3 школ.")


def test_above_the_band_is_said() -> None:
    brief = brief_of(district([CASES[2], CASES[3]]))
    assert spaced(brief.headline).endswith("при плане 41–60 %: план перевыполнен во всех школах.")


def test_reports_without_one_counted_figure_point_to_the_remarks() -> None:
    brief = brief_of(district([replace(case, set_aside=True) for case in CASES[:3]]))
    assert brief.headline == "Отчёты есть, но ни один показатель «Активация родителей» не принят: смотрите замечания."


@pytest.mark.parametrize(
    ("shares", "headline", "card"),
    [
        (
            [Share.NOT_APPLICABLE] * 3,
            "Отчёты есть, но показатель «Активация родителей» ни к одной школе не относится.",
            "ни к одной школе не относится",
        ),
        (
            [Share.NO_ANSWER, Share.NOT_APPLICABLE, Share.NO_ANSWER],
            "Отчёты есть, но на п. 14 («Активация родителей») нет ни одного ответа.",
            "ответов нет",
        ),
        (
            [Share.NO_ANSWER, Share.SET_ASIDE, Share.NOT_APPLICABLE],
            "Отчёты есть, но ни один показатель «Активация родителей» не принят: смотрите замечания.",
            "показатель не принят",
        ),
    ],
)
def test_where_no_answer_is_set_aside_nobody_is_sent_to_the_remarks(
    shares: list[Share], headline: str, card: str
) -> None:
    figures = district([replace(case, set_aside=True, state=State.ACCEPTED) for case in CASES[:3]])
    rows = tuple(
        msgspec.structs.replace(row, share=share) for row, share in zip(figures.activation, shares, strict=True)
    )
    codes = {row.school.code: share for row, share in zip(figures.activation, shares, strict=True) if row.school}
    coverage = figures.coverage.assign(share=[codes[code] for code in figures.coverage["school_code"].astype("str")])
    brief = brief_of(replace(figures, activation=rows, coverage=coverage, remarks=()))
    assert spaced(brief.headline) == headline
    assert [one.note_lines for one in brief.cards[1:3]] == [(card,), (card,)]
    is_aside = Share.SET_ASIDE in shares  # to have no remarks is no praise then
    assert brief.cards[-1].note_lines == ((card,) if is_aside else ("● замечаний нет",))


def test_without_any_target_only_the_share_is_said() -> None:
    figures = given.twenty_schools()
    aimless = replace(figures, target=None, next_target=None)
    assert spaced(brief_of(aimless).headline) == "Активация родителей — 54,7 %."


@pytest.mark.parametrize(
    ("percent", "said"),
    [(40.97, "40,97 % при плане 41–60 %: план не выполнен"), (60.04, "60,04 % при плане 41–60 %: план перевыполнен")],
)
def test_rounding_does_not_contradict_the_verdict(percent: float, said: str) -> None:
    brief = brief_of(district([Case("СОШ № 1", 10_000, (percent,))], history=(AS_OF,)))
    assert said in spaced(brief.headline)
    assert brief.cards[1].look["num_format"] == '0.00" "%'


def test_a_binary_fraction_asks_for_no_more_decimals() -> None:
    brief = brief_of(district([Case("СОШ № 1", 100, (40.99999999999999,))], history=(AS_OF,)))
    assert "41 % при плане 41–60 %: план выполнен" in spaced(brief.headline)
    assert brief.cards[1].look["num_format"] == '[<0.9995]0.0" "%;0.0##" "%'


def test_headline_is_bad_news_only_below_plan() -> None:
    assert not brief_of(given.below_plan()).good
    assert brief_of(given.twenty_schools()).good
    assert brief_of(given.nobody_reported()).good


@pytest.mark.parametrize(
    ("missing", "words"), [(1, "1 родителя"), (2, "2 родителей"), (21, "21 родителя"), (111, "111 родителей")]
)
def test_people_missing_stand_in_the_right_case(missing: int, words: str) -> None:
    percent = 41 - missing / 10  # of 1000 parents
    brief = brief_of(district([Case("СОШ № 1", 1000, (percent,))], history=(AS_OF,)))
    assert f"не хватает {words}." in spaced(brief.headline)


def test_one_school_is_not_counted_out_of_one() -> None:
    behind, well = Case("СОШ № 1", 100, (31.0,)), Case("СОШ № 1", 100, (45.0,))
    silent = Case("СОШ № 1", 100, (), State.NOT_SUBMITTED, None)
    said = [spaced(brief_of(district([case], history=(AS_OF,))).headline) for case in (behind, well, silent)]
    assert said == [
        "Активация родителей — 31 % при плане 41–60 %: план не выполнен, не хватает 10 родителей.",
        "Активация родителей — 45 % при плане 41–60 %: план выполнен.",
        "Школа не отчиталась на 20.03.2014 — показателей пока нет.",
    ]
    assert brief_of(district([well], history=(AS_OF,))).subline == "Школа отчиталась."


def test_all_schools_below_plan_are_called_all() -> None:
    headline = spaced(brief_of(district([CASES[7], CASES[12]])).headline)
    assert headline.endswith("не хватает 68 родителей. Ниже плана все 2 школы.")


def test_carried_figures_alone_are_said_to_be_old() -> None:
    cases = [replace(case, state=State.CARRIED, days_late=None) for case in CASES[:5]]
    assert brief_of(district(cases)).headline.endswith("На 20.03.2014 отчётов нет: данные прежние.")


def test_before_the_first_reporting_date_nobody_is_blamed() -> None:
    early = replace(given.nobody_reported(), as_of=date(2014, 1, 10), reporting_date=None)
    excused = replace(early, submissions=tuple(msgspec.structs.replace(row, owes=False) for row in early.submissions))
    brief = brief_of(excused)
    assert brief.headline == "Показателей пока нет: первая отчётная дата — 30.01.2014."
    assert brief.subline == "Отчётной даты ещё не было, отчёты пока не требуются."
    unread = tuple(msgspec.structs.replace(row, state=State.UNREADABLE) for row in excused.submissions[:1])
    assert spaced(brief_of(replace(excused, submissions=unread)).subline) == "Не прочитан отчёт: СОШ № 1."


def test_between_reporting_dates_nobody_has_reported_for_the_date_in_force() -> None:
    later = date(2014, 4, 10)
    figures = replace(given.nobody_reported(), as_of=later)
    assert "не отчиталась на 20.03.2014" in brief_of(figures).headline


# ── sub-line ─────────────────────────────────────────────────────────────────────────────────────────────
def test_subline_names_who_is_behind_silent_and_carried() -> None:
    assert spaced(brief_of(given.twenty_schools()).subline) == (
        "Не учтены 2 школы: с их ответами — от 53,9 до 55,5 %. "
        "Отстающим не хватает 118 родителей: СОШ № 8 — 46, СОШ с. Кедровка — 22, ООШ № 7 — 15 и ещё 4 школы. "
        "Не отчиталась: НОШ с. Устье. Взяты с прошлой даты: ООШ № 7, СОШ пос. Заречный."
    )


def test_one_school_behind_is_named_with_what_it_lacks() -> None:
    said = brief_of(district([CASES[7], CASES[3]])).subline
    assert spaced(said) == "Отстаёт СОШ № 8: не хватает 46 родителей."


@pytest.mark.parametrize("state", ["below-plan", "target-of-hundred"])
def test_below_plan_what_the_municipality_lacks_and_what_its_schools_lack_are_said_by_their_names(state: str) -> None:
    """Its schools lack more together: some are made up for by those above the plan, and each school's are rounded."""
    figures = STATES[state]()
    assert figures.shortfall != figures.municipality.shortfall
    brief = brief_of(figures)
    notes = [line for card in brief.cards for line in card.note_lines]
    said = spaced(" ".join([brief.headline, brief.subline, *notes]))
    assert f"не хватает {wording.number(figures.municipality.shortfall or 0)} родителей".replace(NBSP, " ") in said
    whole, each = (
        spaced(wording.number(number)) for number in (figures.municipality.shortfall or 0, figures.shortfall)
    )
    apart = f"до плана муниципалитета — {whole}, до плана каждой школы — {each}."
    assert f"Не хватает родителей: {apart} Больше всего: СОШ № 8 — " in said
    assert said.count(each) == 1


def test_subline_cuts_long_lists_of_names() -> None:
    said = spaced(brief_of(given.three_hundred_schools()).subline)
    assert "и ещё 102 школы." in said
    assert "и ещё 12. Взяты с прошлой даты:" in said


def test_subline_says_when_all_is_well() -> None:
    assert brief_of(given.exactly_on_target()).subline == "Отчитались все школы, отстающих нет."


def test_subline_sends_to_the_list_of_schools_when_nobody_reported() -> None:
    said = brief_of(given.nobody_reported()).subline
    assert said == "Запросите отчёты: список школ и сроков — на листе «Сдача отчётов»."


def test_an_unread_report_is_not_called_missing() -> None:
    unread = Case("СОШ № 9", 60, (), State.UNREADABLE, None)
    brief = brief_of(district([CASES[1], unread]))
    assert "Не прочитан отчёт: СОШ № 9." in spaced(brief.subline)
    assert brief.cards[0].note_lines[1] == "не прочитаны: 1"
    assert brief.cards[0].needs_action


def test_a_card_of_schools_that_are_absent_in_every_way_is_said_shortly() -> None:
    """The usual words of the three would not find room in one line."""
    unread = Case("СОШ № 9", 60, (), State.UNREADABLE, None)
    card = brief_of(district([*CASES, unread])).cards[0]
    assert card.note_lines[1] == "нет 1 · перенесены 2 · не прочитаны 1"


def test_between_reporting_dates_it_is_said_of_which_date_the_figures_are() -> None:
    figures = replace(given.three_schools(), as_of=date(2014, 4, 10))
    assert brief_of(figures).subline.startswith("Показатели школ — по отчётам на 20.03.2014. ")
    newer = tuple(msgspec.structs.replace(row, as_of=date(2014, 4, 1)) for row in figures.submissions)
    said = brief_of(replace(figures, submissions=newer)).subline
    assert said.startswith("Показатели школ — по отчётам на 20.03.2014 и более поздним. ")
    assert "Показатели школ" not in brief_of(given.three_schools()).subline


@pytest.mark.parametrize(
    ("percent", "silent", "said"),
    [
        (45.0, 50, "от 30 до 63,3 %, план может оказаться не выполнен."),
        (38.0, 10, "от 34,5 до 43,6 %, план может оказаться выполнен."),
        (30.0, 10, "от 27,3 до 36,4 %."),
    ],
)
def test_range_tells_whether_the_verdict_hangs_on_those_who_are_missing(percent: float, silent: int, said: str) -> None:
    missing = Case("СОШ № 2", silent, (), State.NOT_SUBMITTED, None)
    brief = brief_of(district([Case("СОШ № 1", 100, (percent,)), missing], history=(AS_OF,)))
    assert spaced(brief.subline).startswith(f"Не учтена 1 школа: с её ответом — {said}")


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, "Не учтена 1 школа: с её ответом"), (2, "Не учтены 2 школы: с их ответами"),
     (5, "Не учтены 5 школ: с их ответами"), (11, "Не учтены 11 школ: с их ответами"),
     (21, "Не учтена 21 школа: с их ответами"), (101, "Не учтена 101 школа: с их ответами")],
)  # fmt: skip
def test_schools_that_are_not_counted_are_said_in_the_right_number(number: int, said: str) -> None:
    silent = [Case(f"НОШ № {n}", 60, (), State.NOT_SUBMITTED, None) for n in range(number)]
    assert spaced(brief_of(district([CASES[1], *silent], history=(AS_OF,))).subline).startswith(f"{said} — от ")


def test_no_range_is_given_where_it_is_not_known_how_many_are_missing() -> None:
    figures = given.twenty_schools()
    items = figures.reconciliation.items.assign(percent_low=float("nan"), percent_high=float("nan"))
    unknown = replace(figures, reconciliation=msgspec.structs.replace(figures.reconciliation, items=items))
    assert "Не учтены" not in brief_of(unknown).subline


def test_those_who_will_miss_the_next_target_are_named_where_nobody_is_behind() -> None:
    assert spaced(brief_of(given.all_well()).subline) == (
        "Отчитались все школы, отстающих нет. По прогнозу к 20.04 до 61 % не дойдут: ООШ с. Ключевое, СОШ № 5, "
        "Школа-интернат № 1."
    )


def test_of_many_restated_dates_the_newest_that_were_told_are_named_and_the_others_counted() -> None:
    figures = given.twenty_schools()
    days = [date(2014, month, day) for month in (1, 2, 3) for day in (10, 20)]
    told = tuple(Restated(day, 41.0, 39.6, day.day == 10, ()) for day in days)
    subline = spaced(brief_of(replace(figures, restated=told)).subline)
    assert subline.count("Сообщённый итог на ") == 3
    assert "Итог на 20" not in subline
    assert subline.endswith("Итог изменился ещё на 3 прежние даты: лист «О расчёте» сводной книги.")
    newest = tuple(msgspec.structs.replace(one, sent=False) for one in told)
    subline = spaced(brief_of(replace(figures, restated=newest)).subline)
    assert "Итог на 20.02 изменился: был 41 %, стал 39,6 %. Итог на 10.03 изменился" in subline
    assert "Итог на 10.02" not in subline
    earlier = (msgspec.structs.replace(newest[0], date=date(2013, 12, 20)), *newest[-2:])
    subline = spaced(brief_of(replace(figures, restated=earlier)).subline)
    assert "Итог на 20.12.2013 изменился" in subline
    assert "Итог на 10.03.2014 изменился" in subline


@pytest.mark.parametrize(
    ("was", "now", "sent", "said"),
    [
        (41.0, 39.6, True, "Сообщённый итог на 30.01 изменился: был 41 %, стал 39,6 % (другие данные: СОШ № 3)."),
        (41.0, 41.02, False, "Итог на 30.01 изменился: был 41 %, стал 41,02 % (другие данные: СОШ № 3)."),
        (None, 39.6, False, "Итог на 30.01 изменился: показателя не было, стал 39,6 % (другие данные: СОШ № 3)."),
        (41.0, None, False, "Итог на 30.01 изменился: был 41 %, теперь показателя нет (другие данные: СОШ № 3)."),
    ],
)
def test_a_restated_date_is_told(was: float | None, now: float | None, sent: bool, said: str) -> None:
    figures = given.twenty_schools()
    restated = Restated(HISTORY[0], was, now, sent, (figures.schools[2],))
    assert spaced(brief_of(replace(figures, restated=(restated,))).subline).endswith(said)


# ── cards ────────────────────────────────────────────────────────────────────────────────────────────────
def test_cards_of_a_usual_district() -> None:
    cards = brief_of(given.twenty_schools()).cards
    assert [(card.label, spaced(card.figure), [spaced(line) for line in card.note_lines]) for card in cards] == [
        (
            "Отчиталось школ",
            "17 из 20",
            ["вовремя 15 · позже 2 · было 19 из 20", "не представили: 1 · перенесены: 2"],
        ),
        (
            "Активация родителей",
            "54,7 %",
            ["● по плану 41–60 %", "4 772 из 8 718 чел. · +1 460 с 20.02", "+16,8 п.п. с 20.02 у 18 школ"],
        ),
        (
            "Школ с выполненным планом",
            "11 из 18",
            ["▼ ниже плана: 7 · не хватает 118 чел.", "было 13 из 19 при плане 30–40 %"],
        ),
        (
            "Учителей работает в системе",
            "98,7 %",
            ["учтены 19 из 20 школ", "цель — 100 % к 01.09.2014", "+2,8 п.п. с 20.02 у 19 школ"],
        ),
        (
            "Замечания к отчётам",
            "4",
            ["! ошибок 2 · отложено показателей 1", "проверить 2 · исправлено ошибок 2 из 4"],
        ),
    ]
    assert [card.needs_action for card in cards] == [True, False, True, False, True]


def test_cards_without_figures_show_a_dash() -> None:
    assert [card.figure for card in brief_of(given.nobody_reported()).cards] == ["0 из 20", "—", "—", "—", "—"]


def test_the_second_card_wants_action_once_its_deadline_has_passed_and_not_all_are_covered() -> None:
    late = brief_of(given.target_of_hundred()).cards[3]
    assert (spaced(late.figure), late.needs_action) == ("99,9 %", True)
    assert not brief_of(given.twenty_schools()).cards[3].needs_action


def test_errors_that_set_nothing_aside_are_not_said_to() -> None:
    """Those of files that gave no report."""
    figures = given.nobody_reported()
    unread = replace(REMARKS[1], school="", file="письмо.pdf", code="FILE-KIND")
    card = brief_of(replace(figures, remarks=(unread,))).cards[4]
    assert card.note_lines == ("! ошибок 1", "проверить 0")


def test_no_card_wants_action_when_all_is_well() -> None:
    cards = brief_of(given.all_well()).cards
    assert not any(card.needs_action for card in cards)
    assert cards[4].note_lines == ("● замечаний нет",)


def test_a_target_that_is_not_yet_in_force_is_not_judged() -> None:
    card = brief_of(given.before_the_first_target()).cards[2]
    assert (card.figure, card.note_lines) == ("—", ("план ещё не действует",))


def test_an_arrival_that_is_not_known_is_not_called_punctual() -> None:
    cases = [CASES[1], replace(CASES[2], days_late=None)]
    assert brief_of(district(cases)).cards[0].note_lines[0] == "вовремя 1 · позже 0 · неизвестно 1"


def test_without_an_earlier_date_nothing_is_compared() -> None:
    brief = brief_of(given.no_history())
    assert brief.dates == "по состоянию на 20.03.2014"
    assert "было" not in str(brief.cards)
    assert [spaced(line) for line in brief.cards[2].note_lines] == ["▼ ниже плана: 7", "не хватает 118 родителей"]


def test_the_date_of_comparison_is_named_once_for_all_cards() -> None:
    assert brief_of(given.twenty_schools()).dates == "по состоянию на 20.03.2014 · сравнение с 20.02.2014"


@pytest.mark.parametrize("state", STATES)
def test_notes_of_a_card_are_three_lines_at_most_that_fit(state: str) -> None:
    for card in brief_of(STATES[state]()).cards:
        assert len(card.note_lines) <= 3  # as many as their row on «Сводка» is high
        assert all(len(line) <= CARD_LINE for line in card.note_lines)


def test_a_school_that_owes_nothing_is_not_called_silent() -> None:
    figures = district([CASES[1], Case("СОШ № 9", 60, (), State.NOT_SUBMITTED, None)])
    excused = tuple(
        msgspec.structs.replace(row, owes=row.state is not State.NOT_SUBMITTED) for row in figures.submissions
    )
    brief = brief_of(replace(figures, submissions=excused))
    assert brief.cards[0].figure == "1 из 1"
    assert len(brief.cards[0].note_lines) == 1
    assert not brief.cards[0].needs_action
    assert "Отчитались все, от кого отчёт нужен" in brief.subline
    assert "Отчёты" not in [decision.tag for decision in brief.decisions]


@pytest.mark.parametrize("state", STATES)
def test_a_card_shows_a_dash_exactly_where_it_has_no_number(state: str) -> None:
    for card in brief_of(STATES[state]()).cards:
        assert (card.value is None) == (card.figure == "—")


# ── decisions ────────────────────────────────────────────────────────────────────────────────────────────
def test_decisions_of_a_usual_district() -> None:
    brief = brief_of(given.twenty_schools())
    assert [(d.tag, spaced(d.text), d.sheet) for d in brief.decisions] == [
        (
            "Активация",
            "3 школы дают 70 % нехватки (83 из 118 чел.): СОШ № 8, СОШ с. Кедровка, ООШ № 7. К 20.04 план 61 %, "
            "прогноз 72 %.",
            "Активация",
        ),
        (
            "Отчёты",
            "Нет отчёта: НОШ с. Устье; данные прошлой даты: ООШ № 7, СОШ пос. Заречный. Нужен запрос директорам.",
            "Сдача отчётов",
        ),
        (
            "Ошибки",
            "ВСОШ: активированных больше, чем выдано логинов (п. 14 и 12.1). И ещё 1 ошибка, всего в 1 школе.",
            "Замечания",
        ),
        (
            "Сроки",
            "Просрочено этапов — 52, ещё под вопросом 4; чаще всего п. 6.1 (ознакомление учителей, срок 30.01.2014) "
            "— 19 школ.",
            "Этапы",
        ),
        ("Мешает", "Интернет и связь — 3 школы; родители не видят пользы — 2; компьютеры и техника — 1.", "Проблемы"),
    ]
    assert not brief.calm
    assert brief.decide == "Требует решения управления"


def test_below_plan_the_fewest_schools_that_bring_the_municipality_to_its_target_are_named() -> None:
    """58 people are missing: 46 in the largest school are not enough, with the 22 of the next they are."""
    text = spaced(brief_of(given.below_plan()).decisions[0].text)
    assert text.startswith(
        "2 школы дают 58 % нехватки до плана каждой школы (68 из 118 чел.): СОШ № 8, СОШ с. Кедровка."
    )


def test_one_director_is_asked_in_the_singular() -> None:
    silent = Case("НОШ с. Устье", 60, (), State.NOT_SUBMITTED, None)
    text = spaced(brief_of(district([CASES[1], silent])).decisions[0].text)
    assert text == "Нет отчёта: НОШ с. Устье. Нужен запрос директору."


def test_an_error_that_no_control_between_items_explains_is_named_by_its_title() -> None:
    brief = brief_of(replace(given.twenty_schools(), remarks=REMARKS[1:2]))
    errors = next(decision for decision in brief.decisions if decision.tag == "Ошибки")
    assert spaced(errors.text) == "ВСОШ: буква вместо цифры (п. 10.2) — показатель отложен до исправления."


def test_an_error_of_an_unknown_school_is_named_by_its_file() -> None:
    unknown = replace(REMARKS[1], school="", item="", code="FILE-KIND", file="письмо.pdf")
    brief = brief_of(replace(given.all_well(), remarks=(unknown,)))
    assert brief.decisions[0].text == "Файл «письмо.pdf»: не книга Excel — нужно исправить."


def test_an_error_of_a_known_school_comes_before_one_of_an_unknown_file() -> None:
    unknown = replace(REMARKS[0], school="", file="черновик.xlsx")
    brief = brief_of(replace(given.twenty_schools(), remarks=(unknown, REMARKS[1])))
    errors = next(decision for decision in brief.decisions if decision.tag == "Ошибки")
    assert errors.text.startswith("ВСОШ: буква вместо цифры")


def test_the_same_error_of_many_schools_is_one_line() -> None:
    errors = tuple(replace(REMARKS[0], school=f"{number:02d}") for number in range(1, 7))
    brief = brief_of(replace(given.twenty_schools(), remarks=errors))
    text = next(decision.text for decision in brief.decisions if decision.tag == "Ошибки")
    assert spaced(text).startswith("СОШ № 1, СОШ № 2 и др.: активированных больше")


@pytest.mark.parametrize("state", STATES)
def test_a_line_of_decision_fits_on_the_page(state: str) -> None:
    assert all(len(decision.text) <= DECISION_LENGTH for decision in brief_of(STATES[state]()).decisions)


def test_long_names_are_lowered_in_number_and_at_last_cut() -> None:
    long = [replace(case, name=f"{case.name}, филиал в посёлке городского типа Верхние Сосновки") for case in CASES]
    for decision in brief_of(district(long)).decisions:
        assert len(decision.text) <= DECISION_LENGTH
    endless = [replace(case, name=f"{number} {'ш' * 300}") for number, case in enumerate(CASES, 1)]
    assert re.match(r"3 школы дают .*: \d+ ш+… и ещё 2\.", spaced(brief_of(district(endless)).decisions[0].text))


CHARTER = "Муниципальное бюджетное общеобразовательное учреждение"


@pytest.mark.parametrize(
    ("name", "room", "said"),
    [
        ("МБОУ СОШ № 4", 34, "МБОУ СОШ № 4"),
        (f"{CHARTER} «Средняя общеобразовательная школа № 4»", 34, "МБОУ «СОШ № 4»"),
        ("МБОУ «Основная общеобразовательная школа № 4 посёлка Лесной»", 34, "МБОУ «ООШ № 4 посёлка Лесной»"),
        ("СОШ с углублённым изучением отдельных предметов № 4 имени Героя", 34, "СОШ с углублённым изучением о… № 4"),
        ("СОШ № 4 с углублённым изучением отдельных предметов", 34, "СОШ № 4 с углублённым изучением о…"),
        ("Школа в посёлке городского типа Верхние Сосновки", 34, "Школа в посёлке городского типа В…"),
        ("СОШ с углублённым изучением № 4", 4, "СОШ…"),
        ("МБОУ «Школа с углублённым изучением предметов № 4А»", 34, "МБОУ «Школа с углублённым из… № 4А"),
        ("МБОУ «Школа с углублённым изучением предметов № 12/3»", 34, "МБОУ «Школа с углублённым… № 12/3"),
        ("МБОУ «Школа с углублённым изучением предметов № 4-бис»", 34, "МБОУ «Школа с углублённым… № 4-бис"),
    ],
)
def test_in_little_room_a_name_keeps_the_number_that_tells_it_apart(name: str, room: int, said: str) -> None:
    assert name_within(name, room) == said
    assert len(said) <= room


def test_where_there_is_no_room_for_a_name_of_each_kind_schools_are_counted() -> None:
    states = [State.NOT_SUBMITTED] * 9 + [State.UNREADABLE] * 3 + [State.CARRIED] * 2
    cases = [
        replace(CASES[n], name=f"МБОУ СОШ № {n + 200}", state=state, set_aside=False) for n, state in enumerate(states)
    ]
    figures = replace(
        district(cases), unattributed=tuple(Unattributed(f"{n}.xlsx", "", None, REMARKS[0]) for n in range(4))
    )
    [said] = [one.text for one in brief_of(figures).decisions if one.tag == "Отчёты"]
    assert spaced(said) == (
        "В папке 4 неопознанных файла: сначала проверьте их. Нет отчёта — 9; отчёт не прочитан — 3; "
        "данные прошлой даты — 2."
    )


def test_schools_with_long_names_are_named_in_what_is_to_be_decided() -> None:
    title = f"{CHARTER} средняя общеобразовательная школа с углублённым изучением отдельных предметов №"
    long = [replace(case, name=f"{title} {number} имени Героя") for number, case in enumerate(CASES, 1)]
    catch_up, absent = [one.text for one in brief_of(district(long)).decisions if one.tag in ("Активация", "Отчёты")]
    for said in (catch_up, absent):
        assert re.search(r": МБОУ СОШ с углублён\w*… № \d+", spaced(said))


def test_nothing_to_decide_is_said_in_one_line() -> None:
    brief = brief_of(given.all_well())
    assert brief.calm
    assert brief.decide == "Решения управления"
    assert [decision.text for decision in brief.decisions] == [
        "Решений не требуется: все отчёты сданы, отстающих и просроченных этапов нет."
    ]


def test_where_the_order_has_no_plan_nobody_is_behind() -> None:
    figures = given.all_well()
    brief = brief_of(replace(figures, form=msgspec.structs.replace(figures.form, targets=())))
    assert "Решений не требуется: все отчёты сданы, просроченных этапов нет." in [one.text for one in brief.decisions]


def test_an_empty_registry_is_not_called_calm() -> None:
    assert not brief_of(given.empty_registry()).calm


def test_most_of_those_behind_are_not_presented_as_few() -> None:
    """Of ten schools that lack about the same, six make up most of what they lack."""
    above = Case("СОШ № 90", 1000, (20.0, 40.0, 90.0))
    behind = [Case(f"СОШ № {number}", 100, (10.0, 20.0, 30.0)) for number in range(1, 11)]
    figures = district([above, *behind])
    assert figures.municipality.level is not Level.BELOW
    text = spaced(brief_of(figures).decisions[0].text)
    assert text.startswith("В 10 школах не хватает 110 родителей, больше всего: СОШ № 1, СОШ № 2,")


def test_beside_the_gravest_error_stands_how_many_others_there_are() -> None:
    figures = given.twenty_schools()
    others = [replace(REMARKS[0], school=f"{number:02d}", item="9") for number in range(1, 12)]
    brief = brief_of(replace(figures, remarks=(*REMARKS, *others)))
    text = next(spaced(decision.text) for decision in brief.decisions if decision.tag == "Ошибки")
    errors = sum(one.severity is Severity.ERROR for one in (*REMARKS, *others))
    assert text.endswith(f"И ещё {errors - 1} ошибок, всего в 12 школах.")
    nobodys = [replace(REMARKS[0], school="", file=f"{name}.xlsx", item="") for name in "ааб"]
    brief = brief_of(replace(figures, remarks=(*REMARKS, *others, *nobodys)))
    text = next(spaced(decision.text) for decision in brief.decisions if decision.tag == "Ошибки")
    assert text.endswith(f"И ещё {errors + 2} ошибок, всего в 12 школах и 2 файлах без школы.")


def test_where_the_errors_are_is_left_out_before_the_line_is_cut() -> None:
    figures = given.twenty_schools()
    schools = tuple(replace(one, name=f"Общеобразоват. № {one.code}") for one in figures.schools)
    nobodys = [replace(REMARKS[0], school="", file=f"{n}.xlsx", item="") for n in range(11)]
    named = replace(figures, schools=schools, remarks=(*REMARKS, *nobodys))
    text = next(spaced(decision.text) for decision in brief_of(named).decisions if decision.tag == "Ошибки")
    assert text.endswith("(п. 14 и 12.1). И ещё 12 ошибок, всего в 1 школе и 11 файлах.")
    longer = replace(named, schools=tuple(replace(one, name=f"{one.name} имени первого учителя") for one in schools))
    text = next(spaced(decision.text) for decision in brief_of(longer).decisions if decision.tag == "Ошибки")
    assert text.endswith("(п. 14 и 12.1). И ещё 12 ошибок.")


def test_below_plan_all_who_are_behind_are_called_so() -> None:
    text = spaced(brief_of(given.target_of_hundred()).decisions[0].text)
    assert text == "До плана должны дойти все отстающие: СОШ № 8, СОШ № 2, СОШ № 5, СОШ пос. Заречный и ещё 11."
    alone = spaced(brief_of(district([CASES[7]])).decisions[0].text)
    assert alone.startswith("До плана должна дойти: СОШ № 8. К 20.04 план 61 %")


def test_the_only_ones_behind_are_named_without_a_share_of_themselves() -> None:
    text = spaced(brief_of(district([CASES[7], CASES[3]])).decisions[0].text)
    assert text.startswith("До плана не хватает 46 родителей: СОШ № 8. К 20.04 план 61 %")


def test_how_many_will_miss_the_next_target_is_said_where_there_is_room() -> None:
    text = spaced(brief_of(given.three_schools()).decisions[0].text)
    assert text.endswith("К 20.04 план 61 %, прогноз 63 %. По прогнозу не успеют 2 школы.")


def test_a_forecast_is_not_rounded_up_to_the_next_target() -> None:
    figures = given.twenty_schools()
    close = replace(figures, municipality=msgspec.structs.replace(figures.municipality, forecast=60.7))
    assert "план 61 %, прогноз 60,7 %." in spaced(brief_of(close).decisions[0].text)


def test_no_forecast_says_that_all_parents_will_be_there_while_schools_stay_behind() -> None:
    figures = given.three_schools()
    all_of_them = replace(figures, next_target=figures.form.targets[-1])
    text = spaced(brief_of(all_of_them).decisions[0].text)
    assert text.endswith("К 01.09 план 100 %. По прогнозу не успеют 2 школы.")


def overdue_said(figures: Figures) -> str:
    return next(spaced(decision.text) for decision in brief_of(figures).decisions if decision.tag == "Сроки")


def test_a_step_of_the_target_that_most_schools_have_missed_is_named_with_its_percent() -> None:
    figures = given.twenty_schools()
    nothing_else = replace(figures, milestones=figures.milestones.assign(state=Milestone.DONE))
    assert overdue_said(nothing_else) == (
        "Просрочено: п. 14 (активация родителей до 30 %, срок 20.02.2014) — 2 школы; под вопросом этапов — 4."
    )


def test_what_is_under_question_is_no_overdue_stage() -> None:
    figures = given.twenty_schools()
    milestones = figures.milestones.assign(state=Milestone.DONE)
    aside = replace(figures, milestones=milestones, steps=figures.steps[figures.steps["school_code"] == "19"])
    assert overdue_said(aside) == "Просроченных этапов нет, под вопросом 4: ответы есть, но не учтены."
    ahead = replace(aside, as_of=date(2014, 2, 20))
    assert "Сроки" not in [decision.tag for decision in brief_of(ahead).decisions]


def test_a_paper_that_most_schools_owe_is_named_by_its_title() -> None:
    figures = given.twenty_schools()
    papers = figures.measures["measure"] == figures.form.order.papers[1].title
    ticked = replace(figures, measures=figures.measures.assign(state=figures.measures["state"].mask(papers, "overdue")))
    assert overdue_said(ticked) == (
        "Просрочено этапов — 72, ещё под вопросом 4; чаще всего «План действий по введению электронн…» "
        "(срок 23.12.2013) — 20 школ."
    )


def test_a_solution_without_a_problem_is_no_problem_that_a_school_names() -> None:
    figures = given.twenty_schools()
    solution = msgspec.structs.replace(figures.problems[0], problem="", solution="Куплены три компьютера", group=OTHER)
    assert "Мешает" not in [d.tag for d in brief_of(replace(figures, problems=(solution,))).decisions]
    beside = brief_of(replace(figures, problems=(*figures.problems, solution))).decisions[-1].text
    assert beside == brief_of(figures).decisions[-1].text


# ── the registry ─────────────────────────────────────────────────────────────────────────────────────────
def test_what_the_registry_lacks_is_one_sentence_to_the_office() -> None:
    figures = replace(given.twenty_schools(), unbased=frozenset({("01", "6.2"), ("02", "6.2"), ("02", "13")}))
    decision = brief_of(figures).decisions[0]
    assert (decision.tag, decision.sheet) == ("Реестр", "Замечания")
    assert spaced(decision.text) == (
        "Заполните в реестре столбцы «Педагогических работников», «Родителей»: без них показатели 2 школ не считаются."
    )


def test_remarks_on_the_registry_reach_the_first_page() -> None:
    figures = given.twenty_schools()
    said = replace(
        remark("REGISTRY-SHEET", file="registry.xlsx", sheet="Школ", near="Школы"), severity=Severity.WARNING
    )
    decision = brief_of(replace(figures, remarks=(*figures.remarks, said, said))).decisions[0]
    assert (decision.tag, spaced(decision.text)) == ("Реестр", "2 замечания к самому реестру: исправьте его.")


def test_without_a_registry_nobody_is_said_to_have_reported_in_full() -> None:
    """The schools known are those that wrote."""
    brief = brief_of(replace(given.all_well(), draft_registry=True))
    said = spaced(" ".join([brief.headline, brief.subline, *(one.text for one in brief.decisions)]))
    assert brief.decisions[0].tag == "Реестр"
    assert "Отчитались ли все, неизвестно: реестра нет." in brief.subline
    assert "во всех школах" not in said
    assert "Решений не требуется" not in said


def test_before_the_first_reporting_date_no_report_is_said_to_be_there() -> None:
    early = replace(given.nobody_reported(), as_of=date(2014, 1, 10), reporting_date=None, submissions=())
    assert brief_of(early).decisions[-1].text == (
        "Решений не требуется: отчётной даты ещё не было, отчёты не запрашивались."
    )


def test_where_nobody_is_counted_nobody_is_praised() -> None:
    """All have reported, none can be counted for want of the registry's base."""
    figures = given.all_well()
    unknown = {"percent": None, "covered": None, "total": None, "level": Level.UNKNOWN, "share": Share.SET_ASIDE}
    activation = tuple(msgspec.structs.replace(row, **unknown) for row in figures.activation)
    nobody = replace(
        figures,
        activation=activation,
        municipality=msgspec.structs.replace(figures.municipality, percent=None, level=Level.UNKNOWN),
        unbased=frozenset((school.code, "14") for school in figures.schools),
    )
    brief = brief_of(nobody)
    said = spaced(
        " ".join([brief.headline, brief.subline, *(line for card in brief.cards for line in card.note_lines)])
    )
    assert brief.headline == "Отчёты есть, но «Активация родителей» не считается: в реестре не заполнено число людей."
    assert "отстающих нет" not in said
    assert "замечаний нет" not in said
    assert not brief_of(replace(nobody, unbased=frozenset())).decisions[0].text.count("отстающих")


# ── what belongs to nobody ───────────────────────────────────────────────────────────────────────────────
def strangers(number: int) -> tuple[Unattributed, ...]:
    files = (f"отчёт ({index}).xlsx" for index in range(number))
    return tuple(Unattributed(file, "", None, remark("FILE-DAMAGED", file=file)) for file in files)


def test_what_belongs_to_nobody_is_named_before_anybody_is_called_silent() -> None:
    figures = replace(given.twenty_schools(), unattributed=strangers(2))
    brief = brief_of(figures)
    assert "В папке 2 неопознанных файла. Не отчиталась: НОШ с. Устье." in spaced(brief.subline)
    reports = next(spaced(decision.text) for decision in brief.decisions if decision.tag == "Отчёты")
    assert reports.startswith("В папке 2 неопознанных файла: сначала проверьте их. Нет отчёта: НОШ с. Устье;")
    assert "директор" not in reports
    assert "неопознано 2" in " ".join(brief.cards[0].note_lines)


def test_a_file_of_nobody_is_a_matter_though_all_have_reported() -> None:
    figures = replace(given.all_well(), unattributed=strangers(1))
    reports = [spaced(decision.text) for decision in brief_of(figures).decisions if decision.tag == "Отчёты"]
    assert reports == ["В папке 1 неопознанный файл: сначала проверьте его."]


def test_where_nothing_could_be_attributed_nobody_is_said_to_have_failed_to_report() -> None:
    brief = brief_of(replace(given.nobody_reported(), unattributed=strangers(5)))
    assert (
        spaced(brief.headline)
        == "В папке 5 неопознанных файлов, других отчётов на 20.03.2014 нет — показателей пока нет."
    )
    assert brief.subline == ("Сначала проверьте неопознанное: что прочитано, сказано на листе «Сдача отчётов».")


# ── whatever the form ────────────────────────────────────────────────────────────────────────────────────
def test_another_form_speaks_its_own_words() -> None:
    brief = brief_of(given.another_form())
    assert spaced(brief.kicker) == "ГОРЯЧЕЕ ПИТАНИЕ · ПРИКАЗ № 81-ОД ОТ 20.08.2025"
    assert brief.decisions[0].tag == brief.decisions[0].sheet == "Питание"
    words = " ".join([brief.headline, brief.subline, *(d.text for d in brief.decisions), brief.cards[2].label])
    assert "родител" not in words
    assert "ктиваци" not in words


def test_footer_tells_how_many_schools_gave_only_a_percent() -> None:
    footer = spaced(brief_of(given.twenty_schools()).footer)
    assert (
        footer == "Активация родителей (п. 14): учтены ответы 18 из 20 школ, у 18 — по проценту; итог — по сумме людей."
    )


def test_the_answers_of_21_schools_are_answers() -> None:
    many = district([replace(CASES[1], name=f"СОШ № {number}") for number in range(21)])
    assert spaced(brief_of(many).footer).startswith("Активация родителей (п. 14): учтены ответы 21 из 21 школы,")
    assert spaced(brief_of(district([CASES[1]])).footer).startswith(
        "Активация родителей (п. 14): учтён ответ 1 из 1 школы,"
    )


def test_history_alone_is_enough_for_a_picture() -> None:
    """Nobody has reported for this date, but all that came earlier is carried forward and counted."""
    cases = [replace(case, state=State.CARRIED, days_late=None) for case in CASES[:5]]
    brief = brief_of(district(cases, history=HISTORY))
    assert brief.headline.startswith("Активация родителей — ")
    assert brief.cards[0].figure == "0 из 5"


def test_nothing_in_the_letter_is_wider_than_a_telephone() -> None:
    """Word, which Outlook shows letters with, is told its width in a comment."""
    figures, mailing = given.below_plan(), Registry(mailing=(Recipient("Начальник", "head@example.org"),))
    letter = leadership_letter([Page(figures, brief_of(figures), "svod.xlsx", b"")], mailing)
    assert letter
    seen = re.sub(r"<!--.*?-->", "", letter.html, flags=re.DOTALL)
    widths = [int(width) for width in re.findall(r'(?<![-\w])(?:width="|min-width:)(\d+)(?:"|px;)', seen)]
    assert widths
    assert max(widths) <= 360 - 2 * 16
    for tag in ("table", "tr", "td", "div"):
        assert len(re.findall(rf"<{tag}\b", seen)) == seen.count(f"</{tag}>")
