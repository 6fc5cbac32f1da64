"""How figures are said: numbers with their nouns in the right case, and never a minus before nothing."""

from io import BytesIO
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from pipeline import wording
from pipeline.wording import MINUS, NBSP, Case
from pipeline.writing.pages import theme
from tests.libreoffice import as_shown, needs_libreoffice

PARENT = ("родитель", "родителя", "родителей")


@pytest.mark.parametrize(
    ("n", "nominative", "genitive"),
    [
        (0, "родителей", "родителей"),
        (1, "родитель", "родителя"),
        (2, "родителя", "родителей"),
        (5, "родителей", "родителей"),
        (11, "родителей", "родителей"),
        (12, "родителей", "родителей"),
        (21, "родитель", "родителя"),
        (22, "родителя", "родителей"),
        (111, "родителей", "родителей"),
        (1001, "родитель", "родителя"),
    ],
)
def test_a_noun_goes_with_its_number_in_the_case_that_is_asked_for(n: int, nominative: str, genitive: str) -> None:
    shown = f"{n:,}".replace(",", NBSP)
    assert wording.count(n, PARENT) == f"{shown}{NBSP}{nominative}"
    assert wording.count(n, PARENT, Case.GENITIVE) == f"{shown}{NBSP}{genitive}"
    assert wording.noun(n, PARENT, Case.GENITIVE) == genitive


@pytest.mark.parametrize(("counted", "said"), [(1, "учтена 1 из 21 школы"), (3, "учтены 3 из 21 школы")])
def test_those_counted_are_said_out_of_all_in_the_genitive(counted: int, said: str) -> None:
    assert wording.counted_of(counted, 21).replace(NBSP, " ") == said


@pytest.mark.parametrize("value", [-0.0, -0.04, -0.0000001, 0.04])
@pytest.mark.parametrize("in_column", [False, True])
def test_nothing_has_no_sign(value: float, in_column: bool) -> None:
    assert wording.percent(value, in_column=in_column) == ("0,0" if in_column else "0") + f"{NBSP}%"
    assert MINUS not in wording.percent(value, 0)
    assert MINUS not in wording.number(round(value, 1))


def test_what_is_less_than_nothing_keeps_its_sign() -> None:
    assert wording.percent(-0.06) == f"{MINUS}0,1{NBSP}%"
    assert wording.percent(-12.0) == f"{MINUS}12{NBSP}%"


@needs_libreoffice
def test_no_signed_format_of_the_workbook_shows_a_sign_before_nothing(tmp_path: Path) -> None:
    """LibreOffice prints the cells as they are shown."""
    shown = {
        "people": (theme.PEOPLE_CHANGE, {-0.4: "0", 0.0: "0", 0.4: "0", -0.6: "−1", 1240.0: "+1,240"}),
        "pace": (theme.PACE, {-0.04: "0", 0.0: "0", 0.04: "0", -0.06: "−0.1", 12.34: "12.3"}),
        "points": (theme.POINTS, {-0.04: "0", 0.0: "0", 0.04: "0", -0.06: "−0.1", 3.21: "+3.2"}),
        "fine points": (theme.FINE_POINTS, {-0.004: "0", 0.0: "0", 0.004: "0", -0.03: "−0.03", 0.04: "+0.04"}),
    }
    target = BytesIO()
    with Workbook(target) as book:
        sheet = book.add_worksheet()
        for row, (name, (look, values)) in enumerate(shown.items()):
            sheet.write(row, 0, name)
            for column, value in enumerate(values, start=1):
                sheet.write_number(row, column, value, book.add_format(look))
    expected = [[name, *values.values()] for name, (_, values) in shown.items()]
    assert as_shown(target.getvalue(), tmp_path) == expected


@pytest.mark.parametrize(
    ("value", "decimals", "said"),
    [(99.97, 1, "99,97"), (99.6, 0, "99,6"), (99.9996, 1, "99,9996"), (100.0, 1, "100"), (99.94, 1, "99,9")],
)
def test_nothing_is_rounded_up_to_all(value, decimals, said):
    assert wording.percent(value, decimals) == f"{said}{NBSP}%"


@pytest.mark.parametrize(("number", "said"), [(1, "1 школе"), (2, "2 школах"), (11, "11 школах"), (21, "21 школе")])
def test_schools_after_a_preposition(number, said):
    assert wording.in_schools(number).replace(NBSP, " ") == said


def test_a_heading_of_a_table_stands_in_a_sentence_without_its_breaks() -> None:
    assert wording.unbroken("Акти-|вировали,|чел.") == "Активировали, чел."


@pytest.mark.parametrize(
    ("written", "together"),
    [
        ("СОШ № 5, с.  Тихая Падь", "СОШ №~5, с.~Тихая Падь"),
        ("п. 6.1: 40 чел. из 80 %", "п.~6.1: 40~чел. из 80~%"),
        ("р.п. Заозёрный, пос. Луч", "р.п.~Заозёрный, пос.~Луч"),
        ("тип. 5, охвачено чел. и №", "тип. 5, охвачено чел. и №"),
        ("№ \nс новой строки, 5\n%", "№ \nс новой строки, 5\n%"),
    ],
)
def test_what_belongs_together_stays_on_one_line(written: str, together: str) -> None:
    assert wording.keep_together(written) == together.replace("~", NBSP)


@pytest.mark.parametrize(
    ("value", "decimals", "said"),
    [
        (41, 0, "41 год"),
        (44, 1, "44 года"),
        (11, 0, "11 лет"),
        (0, 0, "0 лет"),
        (44.3, 1, "44,3 года"),
        (-2, 0, "−2 года"),
    ],
)
def test_a_unit_that_is_a_word_goes_with_its_figure(value: float, decimals: int, said: str) -> None:
    assert wording.figure(value, decimals, "лет", ("год", "года", "лет")) == said.replace(" ", NBSP)
    short = wording.figure(value, decimals, "л.", ("год", "года", "лет"))
    assert short.endswith(f"{NBSP}л.")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("п. 8: 20.02 — 20 чел..", "п. 8: 20.02 — 20 чел."),
        ("за 2026 г.. Дальше", "за 2026 г. Дальше"),
        ("и так..", "и так."),
        ("«с 2014 г...» не понято.", "«с 2014 г...» не понято."),
        ("«с 2014 г..» не понято.", "«с 2014 г..» не понято."),
    ],
)
def test_a_sentence_that_ends_in_a_full_stop_needs_no_second_one(text: str, said: str) -> None:
    assert wording.one_stop(text) == said
    assert wording.one_stop("и так далее…") == "и так далее…"
    assert wording.one_stop("школы...") == "школы..."
