"""The first page as one HTML file: it says what «Сводка» says, fetches nothing, and is read by who cannot see it."""

import re
from dataclasses import replace
from functools import cache

import msgspec
import pytest
from lxml import html

from pipeline import wording
from pipeline.commands.comparing import first_difference
from pipeline.measuring.figures import Doubts, Figures, Rests, Statement
from pipeline.writing.brief import make_brief
from pipeline.writing.pages.matrix import coverage_matrix
from pipeline.writing.pages.series import actual_shares, bars, forecast_shares
from pipeline.writing.web import write_web_page
from pipeline.writing.web.schools import NARROW, WIDE
from schemas.periods import Every
from schemas.remarks import load_catalogue
from tests import figures as given
from tests.conftest import Run
from tests.figures import STATES

CATALOGUE = load_catalogue()
BOOK, MEMO = "svod-2014-03-20.xlsx", "spravka-2014-03-20.docx"
SMALLEST = {"px": 11, "pt": 8}  # of a letter: 11 pixels are 8,25 points


def page_of(figures: Figures) -> bytes:
    return write_web_page(figures, make_brief(figures, CATALOGUE), BOOK, MEMO)


@cache
def state(name: str) -> tuple[Figures, html.HtmlElement]:
    figures = STATES[name]()
    return figures, html.document_fromstring(page_of(figures).decode())


def shown(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def flat(said: str) -> str:
    return " ".join(said.split())


# ── it says what «Сводка» says ───────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("name", STATES)
def test_every_word_of_the_first_page_stands_on_it(name: str) -> None:
    figures, page = state(name)
    brief = make_brief(figures, CATALOGUE)
    assert [shown(one) for one in page.iter("h1")] == [flat(brief.headline)]
    assert shown(page.find_class("subline")[0]) == flat(brief.subline)
    for card, given_card in zip(page.find_class("card"), brief.cards, strict=True):
        assert shown(card.find("dt")) == given_card.label
        assert [shown(said) for said in card.iter("dd")] == [flat(given_card.said), *map(flat, given_card.note_lines)]
    lines = page.find_class("decisions")[0].iter("div")
    for line, decision in zip(lines, brief.decisions, strict=True):
        where = f"лист «{decision.sheet}»" if decision.sheet else ""
        assert [shown(cell) for cell in line] == [flat(decision.tag), flat(decision.text), where]
    assert flat(brief.decide) == shown(page.find_class("decide")[0])
    assert flat(brief.footer) in shown(page.find("body/footer"))


@pytest.mark.parametrize("name", STATES)
def test_both_pictures_of_the_schools_show_them_in_the_order_of_the_workbooks_chart(name: str) -> None:
    figures, page = state(name)
    for kind in ("wide", "narrow"):
        drawn = page.xpath(f"//svg[@class='{kind}']")
        assert bool(drawn) == bool(bars(figures))
        for picture in drawn:
            names = [one.text for one in picture.iter("text") if one.get("class") == "name"]
            assert names == [one.label for one in bars(figures)]


@pytest.mark.parametrize("name", STATES)
def test_a_bar_is_as_long_as_its_share(name: str) -> None:
    figures, page = state(name)
    for kind in ("wide", "narrow"):
        pictures = page.xpath(f"//svg[@class='{kind}']")
        assert len(pictures) == bool(bars(figures))
        drawn = [one for picture in pictures for one in picture.iter("rect") if one.get("class") in ("fact", "below")]
        texts = (one for picture in pictures for one in picture.iter("text"))
        ticks = {one.text: float(one.get("x")) for one in texts if one.get("class") == "tick"}
        for bar, rect in zip(bars(figures), drawn, strict=True):
            whole = ticks["100 %"] - ticks["0 %"]
            assert float(rect.get("width")) == pytest.approx(min(bar.share, 1) * whole, abs=0.11)
            assert rect.get("class") == ("below" if bar.below else "fact")


def test_the_last_share_of_the_way_does_not_contradict_the_headline() -> None:
    figures = given.district([given.Case("СОШ № 1", 10_000, (30.0, 35.0, 40.97))])
    page = html.document_fromstring(page_of(figures).decode())
    [way] = page.xpath("//svg[@class='any']")
    shown = [one.text.replace("\u00a0", " ") for one in way.iter("text") if "fact" in one.get("class")]
    assert shown[0] == "40,97 %"
    assert "20.03.2014 — 40,97 %" in html.tostring(way, encoding="unicode").replace("\u00a0", " ")


@pytest.mark.parametrize("name", STATES)
def test_nothing_of_a_picture_stands_outside_it(name: str) -> None:
    """Letters are taken at their widest: a picture's last words are read on paper too."""
    _, page = state(name)
    for picture in page.iter("svg"):
        _, _, width, height = map(float, picture.get("viewbox").split())
        for text in picture.iter("text"):
            x, long = float(text.get("x")), 6 * len(text.text)
            left = {"start": x, "middle": x - long / 2, "end": x - long}[text.get("text-anchor")]
            assert left >= -4
            assert left + long <= width + 4, text.text
            assert 0 < float(text.get("y")) <= height
        for rect in picture.iter("rect"):
            assert float(rect.get("x")) + float(rect.get("width")) <= width


@pytest.mark.parametrize("name", STATES)
def test_who_cannot_see_a_picture_is_told_all_of_it(name: str) -> None:
    figures, page = state(name)
    for kind in ("wide", "narrow"):
        for picture in page.xpath(f"//svg[@class='{kind}']"):
            told = picture.get("aria-label")
            assert all(f"{one.name} — {one.said}" in told for one in bars(figures))
    for picture in page.xpath("//svg[@class='any']"):
        told = picture.get("aria-label")
        assert all(f"{wording.day(day)} — " in told for day in actual_shares(figures))
        assert ("прогноз" in told) == bool(forecast_shares(figures))


@pytest.mark.parametrize("name", STATES)
def test_the_small_table_is_that_of_the_workbook(name: str) -> None:
    figures, page = state(name)
    for row, (label, cells) in zip(page.iterfind(".//tbody/tr"), coverage_matrix(figures).rows, strict=True):
        said, *shares = map(shown, row)
        assert said == flat(label)
        expected = ["—" if cell.percent is None else f"{cell.percent:.1f} %".replace(".", ",") for cell in cells]
        assert [share.removesuffix(" ?") for share in shares] == expected


def test_a_figure_under_question_bears_its_mark_and_the_page_explains_it() -> None:
    figures = given.twenty_schools()
    item = figures.form.headline.item
    doubts = Doubts({Statement(Rests.FIGURE, "", item): figures.remarks[:1]})
    page = html.document_fromstring(page_of(replace(figures, doubts=doubts)).decode())
    assert [shown(cell) for cell in page.iter("b")] == ["98,7 %", "54,7 % ?"]
    assert "«?» — под вопросом" in shown(page.find("body/footer"))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nobody-reported", ["Нет данных для диаграммы: отчётов нет.", "Нет данных за прошлые даты."]),
        ("twenty-schools", []),
    ],
)
def test_a_picture_that_cannot_be_drawn_says_why(name: str, said: list[str]) -> None:
    assert [shown(one) for one in state(name)[1].find_class("none")] == said


# ── one file, for everybody ──────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("name", STATES)
def test_it_runs_no_script_fetches_nothing_and_leads_to_the_files_beside_it_alone(name: str) -> None:
    _, page = state(name)
    content = page_of(STATES[name]()).decode()
    assert not list(page.iter("script", "link", "img", "iframe", "object"))
    assert "url(" not in content
    assert "://" not in content
    assert [one.get("href") for one in page.iter("a")] == [BOOK, MEMO]
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"


def test_what_a_school_is_called_stays_text() -> None:
    figures = given.twenty_schools()
    evil = '<script>alert("1")</script>" onload="x'
    first = figures.activation[0]
    assert first.school is not None
    rows = (msgspec.structs.replace(first, school=replace(first.school, name=evil)), *figures.activation[1:])
    page = html.document_fromstring(page_of(replace(figures, activation=rows)).decode())
    assert not list(page.iter("script"))
    assert not page.xpath("//*[@onload]")
    assert all(evil in picture.get("aria-label") for picture in page.xpath("//svg[@class='wide']"))


def test_no_letter_is_smaller_than_eight_points() -> None:
    style = state("twenty-schools")[1].find(".//style").text
    sizes = re.findall(r"(?:font-size: |font: )([\d.]+)(px|pt)", style)
    assert len(sizes) > 20
    assert not [size for size, unit in sizes if float(size) < SMALLEST[unit]]
    assert WIDE <= 0.57 * 1062  # pixels of the left half of A4 landscape: printed letters are not made smaller
    assert NARROW <= 360


def test_dark_and_light_have_the_same_colours_to_choose_from() -> None:
    style = state("twenty-schools")[1].find(".//style").text
    light, dark = (set(re.findall(r"--[\w-]+(?=:)", palette)) for palette in re.findall(r":root \{(.*?)\}", style))
    assert light == dark
    assert set(re.findall(r"var\((--[\w-]+)\)", style)) == light


def test_nothing_of_order_547_stands_on_a_page_of_another_form() -> None:
    text = page_of(STATES["another-form"]()).decode()
    assert "ГОРЯЧЕЕ ПИТАНИЕ" in text
    assert not [word for word in ("547", "дневник", "одител", "Управление образования") if word in text]


@pytest.mark.parametrize(("every", "end"), [("date", "на 20.03.2014."), ("month", "за март 2014 г.")])
def test_the_source_ends_in_one_full_stop(every: Every, end: str) -> None:
    figures = STATES["all-well"]()
    form = msgspec.structs.replace(figures.form, period=msgspec.structs.replace(figures.form.period, every=every))
    page = html.document_fromstring(page_of(replace(figures, form=form)).decode())
    [source] = [said for said in map(shown, page.iter("p")) if said.startswith("Источник")]
    assert source.startswith(f"Источник: отчёты школ по приказу № 547, {end} Рядом")


@pytest.mark.parametrize("name", STATES)
def test_the_same_figures_are_the_same_bytes(name: str) -> None:
    assert page_of(STATES[name]()) == page_of(STATES[name]())


def test_of_two_pages_the_line_that_differs_is_told() -> None:
    figures = given.twenty_schools()
    said = first_difference("svodka.html", page_of(figures), page_of(replace(figures, draft_registry=True)))
    assert re.match(r"строка \d+: было «", said)


def test_a_run_lays_it_beside_the_summary_made_of_the_same_figures(few: Run) -> None:
    day = few.district.as_of
    figures = few.done.figures
    expected = write_web_page(figures, make_brief(figures, CATALOGUE), f"svod-{day}.xlsx", f"spravka-{day}.docx")
    assert (few.folder / f"svodka-{day}.html").read_bytes() == expected
