"""What leadership is told: every situation has its sentence, and the words never contradict the figures."""

from dataclasses import replace

import pytest

from pipeline.measuring.figures import Figures, State
from pipeline.wording import NBSP
from pipeline.writing.brief import DECISION_LENGTH, Brief, make_brief
from schemas.remarks import load_catalogue
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
    assert brief.cards[1].look["num_format"] == '0.0" "%'


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


# ── sub-line ─────────────────────────────────────────────────────────────────────────────────────────────
def test_subline_names_who_is_behind_silent_and_carried() -> None:
    assert spaced(brief_of(given.twenty_schools()).subline) == (
        "Отстающим не хватает 118 родителей: СОШ № 8 — 46, СОШ с. Кедровка — 22, ООШ № 7 — 15 и ещё 4 школы. "
        "Не отчиталась: НОШ с. Устье. Взяты с прошлой даты: ООШ № 7, СОШ пос. Заречный."
    )


def test_subline_cuts_long_lists_of_names() -> None:
    said = spaced(brief_of(given.three_hundred_schools()).subline)
    assert "и ещё 102 школы." in said
    assert "и ещё 12. Взяты с прошлой даты:" in said


def test_subline_says_when_all_is_well() -> None:
    assert brief_of(given.all_well()).subline == "Отчитались все школы, отстающих нет."


def test_subline_sends_to_the_list_of_schools_when_nobody_reported() -> None:
    said = brief_of(given.nobody_reported()).subline
    assert said == "Запросите отчёты: список школ и сроков — на листе «Сдача отчётов»."


def test_an_unread_report_is_not_called_missing() -> None:
    unread = Case("СОШ № 9", 60, (), State.UNREADABLE, None)
    brief = brief_of(district([CASES[1], unread]))
    assert "Не прочитан отчёт: СОШ № 9." in spaced(brief.subline)
    assert brief.cards[0].note_lines[1] == "нет 0 · перенесены 0 · не прочитаны 1"
    assert brief.cards[0].needs_action


# ── cards ────────────────────────────────────────────────────────────────────────────────────────────────
def test_cards_of_a_usual_district() -> None:
    cards = brief_of(given.twenty_schools()).cards
    assert [(card.label, spaced(card.figure), [spaced(line) for line in card.note_lines]) for card in cards] == [
        ("Отчитались школ", "17 из 20", ["вовремя 15 · с опозданием 2", "не представили: 1 · перенесены: 2"]),
        ("Активация родителей", "54,7 %", ["● по плану 41–60 %", "4 772 из 8 718 человек"]),
        ("Школ с выполненным планом", "11 из 18", ["▼ ниже плана: 7", "не хватает 118 родителей"]),
        ("Учителей работает в системе", "98,7 %", ["учтены 19 из 20 школ", "цель — 100 % к 01.09.2014"]),
        ("Замечания к отчётам", "4", ["! ошибок 2 — показатели отложены", "проверить 2"]),
    ]
    assert [card.needs_action for card in cards] == [True, False, True, False, True]


def test_cards_without_figures_show_a_dash() -> None:
    assert [card.figure for card in brief_of(given.nobody_reported()).cards] == ["0 из 20", "—", "—", "—", "—"]


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
            "ВСОШ: активированных больше, чем выдано логинов (п. 14 и 12.1), — показатель отложен до исправления.",
            "Замечания",
        ),
        (
            "Сроки",
            "Просрочено чаще всего: п. 6.1 (ознакомление учителей, срок 30.01.2014) — 19 школ; всего просроченных "
            "этапов — 50.",
            "Этапы",
        ),
        ("Мешает", "Интернет и связь — 3 школы; родители не видят пользы — 2; компьютеры и техника — 1.", "Проблемы"),
    ]
    assert not brief.calm


def test_below_plan_the_fewest_schools_that_bring_the_municipality_to_its_target_are_named() -> None:
    """58 people are missing: 46 in the largest school are not enough, with the 22 of the next they are."""
    text = spaced(brief_of(given.below_plan()).decisions[0].text)
    assert text.startswith("2 школы дают 58 % нехватки (68 из 118 чел.): СОШ № 8, СОШ с. Кедровка.")


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
    endless = [replace(case, name="ш" * 300) for case in CASES]
    assert brief_of(district(endless)).decisions[0].text.endswith("…")


def test_nothing_to_decide_is_said_in_one_line() -> None:
    brief = brief_of(given.all_well())
    assert brief.calm
    assert [decision.text for decision in brief.decisions] == [
        "Решений не требуется: все отчёты сданы, отстающих и просроченных этапов нет."
    ]


def test_an_empty_registry_is_not_called_calm() -> None:
    assert not brief_of(given.empty_registry()).calm


def test_a_forecast_is_not_rounded_up_to_the_next_target() -> None:
    figures = given.twenty_schools()
    close = replace(figures, municipality=replace(figures.municipality, forecast=60.7))
    assert "план 61 %, прогноз 60,7 %." in spaced(brief_of(close).decisions[0].text)


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
    assert footer == "Учтены ответы 18 из 20 школ, у 18 — по проценту; итог — по сумме людей."


def test_history_alone_is_enough_for_a_picture() -> None:
    """Nobody has reported for this date, but all that came earlier is carried forward and counted."""
    cases = [replace(case, state=State.CARRIED, days_late=None) for case in CASES[:5]]
    brief = brief_of(district(cases, history=HISTORY))
    assert brief.headline.startswith("Активация родителей — ")
    assert brief.cards[0].figure == "0 из 5"
