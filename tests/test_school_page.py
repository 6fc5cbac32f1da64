"""The page of one school: its figures are the survey's, every state has its sentence, no other school is named."""

import re
import zipfile
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pandas as pd
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.measuring.alone import NOT_NAMED, alone
from pipeline.measuring.figures import Figures, Milestone, Share, State
from pipeline.measuring.peers import peer_standings
from schemas.district import School
from schemas.remarks import Severity, remark
from tests import figures as given
from tests.conftest import Run
from tests.figures import AS_OF, CASES, STATES
from tests.libreoffice import needs_libreoffice, saved_together
from tests.open_xml import breaches, machine_words
from tests.test_cli import one_russian_sentence, svod
from tests.workbooks import school_workbook

pytestmark = pytest.mark.filterwarnings("ignore:.*(extension is not supported|Unable to read chart)")

LONG_NAME = "Муниципальное бюджетное общеобразовательное учреждение «Средняя общеобразовательная школа № 8 " * 2

ONE = given.Case("СОШ № 8", 455, (12.1, 22.0, 31.0))
# Which school of which district shows which state of its page.
PAGES = {
    "below": ("twenty-schools", "08"),
    "on plan": ("twenty-schools", "02"),
    "above": ("twenty-schools", "04"),
    "set aside": ("twenty-schools", "19"),
    "no report": ("twenty-schools", "20"),
    "carried": ("twenty-schools", "11"),
    "before the first target": ("before-the-first-target", "13"),
    "after the last target": ("target-of-hundred", "08"),
    "no history": ("no-history", "08"),
    "nobody reported": ("nobody-reported", "08"),
    "another form": ("another-form", "08"),
}


def page(figures: Figures, code: str) -> bytes:
    school = next(school for school in figures.schools if school.code == code)
    return school_workbook(figures, school)


@cache
def page_of(name: str) -> bytes:
    state, code = PAGES[name]
    return page(STATES[state](), code)


def sheet(book: bytes, name: str = "Школа", values: bool = True) -> Worksheet:
    return openpyxl.load_workbook(BytesIO(book), data_only=values)[name]


def said(book: bytes) -> str:
    """Every text of the sheets that are seen, with plain spaces."""
    workbook = openpyxl.load_workbook(BytesIO(book), data_only=True)
    texts = [
        str(cell.value) for seen in workbook.worksheets[:2] for row in seen.iter_rows() for cell in row if cell.value
    ]
    return "\n".join(texts).replace("\u00a0", " ")


def coverage_table(book: bytes, values: bool = True) -> dict[str, list[Any]]:
    """Item -> the values of its row, from the people covered on."""
    rows = list(sheet(book, values=values).iter_rows(values_only=True))
    header = next(index for index, row in enumerate(rows) if row[0] == "Пункт")
    return {row[0]: list(row[2:]) for row in rows[header + 1 :] if row[1]}


def charts(book: bytes) -> list[str]:
    with zipfile.ZipFile(BytesIO(book)) as package:
        return [name for name in package.namelist() if name.startswith("xl/charts/chart")]


def parts(book: bytes) -> str:
    """The whole package as text, with plain spaces."""
    with zipfile.ZipFile(BytesIO(book)) as package:
        texts = [package.read(name).decode() for name in package.namelist()]
    return "\n".join([*package.namelist(), *texts]).replace("\u00a0", " ").replace("&quot;", '"')


# ── place among the schools ──────────────────────────────────────────────────────────────────────────────
def coverage_of(*percents: float | None) -> pd.DataFrame:
    shares = [Share.NO_REPORT if percent is None else Share.COUNTED for percent in percents]
    codes = [str(number) for number in range(1, len(percents) + 1)]
    columns = {"school_code": codes, "item": "14", "share": pd.Series(shares, dtype="object")}
    return pd.DataFrame({**columns, "percent": pd.Series(percents, dtype="float64")})


def test_the_highest_share_is_the_first_place_and_equal_shares_take_the_better_one() -> None:
    coverage = coverage_of(40, 70, 70, 10)
    assert [peer_standings(coverage, code)["14"].place for code in "1234"] == [3, 1, 1, 4]


def test_what_binary_fractions_add_makes_no_place_better() -> None:
    coverage = coverage_of(41.0, 41.0 + 1e-13)
    assert [peer_standings(coverage, code)["14"].place for code in "12"] == [1, 1]


def test_only_schools_that_are_counted_have_a_place_and_make_the_median() -> None:
    coverage = coverage_of(None, 20, 50, 60, 30)
    assert peer_standings(coverage, "1")["14"] == (None, 4, 40.0)
    assert peer_standings(coverage, "3")["14"] == (2, 4, 40.0)


def test_one_school_alone_has_no_place_and_nobody_no_median() -> None:
    assert peer_standings(coverage_of(30, None), "1")["14"] == (None, 1, 30.0)
    assert peer_standings(coverage_of(None), "1")["14"] == (None, 0, None)


# ── figures ──────────────────────────────────────────────────────────────────────────────────────────────
def test_the_table_holds_the_figures_of_the_survey_beside_those_of_all_schools(demo: Run) -> None:
    figures = demo.done.figures
    own = figures.coverage[figures.coverage["school_code"] == "14"].set_index("item")
    table = coverage_table(page(figures, "14"))
    assert set(table) == set(own.index)
    for item, (covered, total, share, whole, middle, place, _) in table.items():
        row, standing = own.loc[item], peer_standings(figures.coverage, "14")[item]
        if row["share"] is not Share.COUNTED:
            assert (covered, total, share, place) == ("—", "—", "—", "—")
        elif row["total"] == row["total"]:
            assert (covered, total) == (pytest.approx(row["covered"]), row["total"])
        if row["share"] is Share.COUNTED:
            assert (share, place) == (pytest.approx(row["percent"] / 100), standing.place)
        municipal = figures.totals["percent"][item]
        assert whole == ("—" if municipal != municipal else pytest.approx(municipal / 100))
        assert middle == pytest.approx(standing.median / 100)


def test_cards_say_share_people_missing_place_and_report() -> None:
    front = sheet(page_of("below"))
    cards = [[str(front.cell(row, column).value) for row in (6, 7, 8)] for column in (1, 3, 6, 8)]
    plain = [[text.replace("\u00a0", " ") for text in card] for card in cards]
    assert plain[0] == [
        "Активация родителей",
        "0.31",
        "▼ ниже плана 41–60 % · +9 п.п. с 20.02\n141 из 455 чел. · +41 с 20.02",
    ]
    assert plain[1] == ["Не хватает до плана", "46", "▼ родителей до 41 %\nк 20.04 нужно 61–100 %"]
    assert plain[2] == ["Место среди школ", "16", "из 18 школ с показателем\nсередина по школам — 45,4 %"]
    assert plain[3] == ["Отчёт на 20.03.2014", "позже", "принят с замечаниями\nсдан позже на 1 день"]


def test_pace_says_what_is_needed_and_whether_the_forecast_reaches_the_next_target() -> None:
    front = sheet(page_of("below"))
    pace = {str(row[0].value): row[2].value for row in front.iter_rows(11, 17)}
    assert pace["Свой темп, чел. в неделю"] == pytest.approx(0.09 * 455 / 4)
    assert pace["Нужно до 20.04, чел. в неделю"] == 31
    assert pace["Прогноз на 20.04"] == pytest.approx(0.40)
    assert pace["К 20.04"] == "▼ не успеет"


def test_what_is_overdue_stands_with_its_date_and_days_the_longest_first() -> None:
    rows = list(sheet(page_of("set aside"), "Что исправить").iter_rows(4, 8, values_only=True))
    assert rows[1][:1] + rows[1][1:3] == ("6.1", datetime(2014, 1, 30), "Ознакомление учителей")
    assert [row[4] for row in rows[1:]] == [49, 49, 49, "?"]


def test_what_is_under_question_stands_below_what_is_overdue_and_is_not_called_late() -> None:
    rows = list(sheet(page_of("set aside"), "Что исправить").iter_rows(3, 11, values_only=True))
    assert rows[0][0] == "Просрочено и под вопросом на 20.03.2014"
    assert [row[4] for row in rows[5:]] == ["?"] * 4
    assert rows[5][2].replace("\u00a0", " ") == "Активация родителей до 30 %"
    assert rows[5][3] == "? ответ есть, но не учтён: смотрите замечания"


def test_a_paper_that_has_not_come_is_overdue_without_any_report() -> None:
    figures = given.twenty_schools()
    papers = figures.measures["measure"].isin([paper.title for paper in figures.form.order.papers])
    measures = figures.measures.assign(state=figures.measures["state"].mask(papers, Milestone.OVERDUE))
    text = said(page(replace(figures, measures=measures), "20"))
    assert "Просрочено: 2. Дольше всего: Копия приказа о назначении ответственного лица — 87 дней." in text


def test_a_remark_names_its_cell_what_to_do_and_how_long_it_has_stood() -> None:
    rows = [[str(value or "").replace("\u00a0", " ") for value in row]
            for row in sheet(page_of("set aside"), "Что исправить").iter_rows(values_only=True)]  # fmt: skip
    row = next(row for row in rows if "D51" in row[1])
    assert row[:2] == ["! ошибка", "п. 14, лист «Отчёт», D51"]
    assert row[2].startswith("Активировано 31 чел., но логины выданы 24")
    assert row[3:] == ["Исправьте число в п. 14 или в п. 12.1.", "30.01.2014\n2-й раз подряд"]


def test_same_figures_give_the_same_bytes() -> None:
    anew = given.district(given.CASES, remarks=given.REMARKS, problems=given.PROBLEMS)
    assert page(anew, "08") == page(given.twenty_schools(), "08")


@needs_libreoffice
def test_recalculation_changes_no_value(tmp_path: Path) -> None:
    pages = {name: page_of(name) for name in ("below", "set aside", "carried", "after the last target")}
    for (name, book), anew in zip(pages.items(), saved_together(pages.values(), tmp_path), strict=True):
        formulas, cached = (openpyxl.load_workbook(BytesIO(book), data_only=values) for values in (False, True))
        computed = openpyxl.load_workbook(anew, data_only=True)
        live = [cell for row in formulas["Школа"].iter_rows() for cell in row if cell.data_type == "f"]
        assert len(live) > 8
        for cell in live:
            was, now = (workbook["Школа"][cell.coordinate].value for workbook in (cached, computed))
            assert now == pytest.approx(was, abs=1e-9), (name, cell.coordinate)


# ── every state has its words ────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("below", "Активация родителей — 31 % при плане 41–60 %: план не выполнен, не хватает 46 родителей."),
        ("on plan", "Активация родителей — 52 % при плане 41–60 %: план выполнен."),
        ("above", "Активация родителей — 72 % при плане 41–60 %: план перевыполнен."),
        ("set aside", "Показатель «Активация родителей» отложен до исправления: в ответе на п. 14 ошибка."),
        ("no report", "Школа не отчиталась на 20.03.2014 — показателей пока нет."),
        ("carried", "Показатели перенесены из отчёта на 20.02.2014. 15-е место из 18 школ."),
        ("before the first target", "Активация родителей — 7,8 %. План ещё не действует: к 20.02.2014 нужно 30–40 %."),
        ("after the last target", "Следующего срока нет: действует последняя ступень плана."),
        ("no history", "Прогноз — когда отчётов не меньше трёх."),
        ("nobody reported", "Учтённых показателей школы за отчётные даты ещё нет: рисовать пока нечего."),
        ("another form", "Питание льготников — 31 % при плане 50–70 %: план не выполнен, не хватает 87 детей."),
    ],
)
def test_every_state_has_its_sentence(name: str, sentence: str) -> None:
    assert sentence in said(page_of(name))


def with_submission(figures: Figures, **changes: Any) -> Figures:
    lines = tuple(
        msgspec.structs.replace(line, **changes) if line.school.code == "20" else line for line in figures.submissions
    )
    return replace(figures, submissions=lines)


def test_a_report_that_could_not_be_read_is_asked_for_again() -> None:
    text = said(page(with_submission(given.twenty_schools(), state=State.UNREADABLE), "20"))
    assert "Отчёт школы не прочитан — показателей пока нет." in text
    assert "Пришлите файл снова: присланный прочитать не удалось." in text


def test_of_a_school_that_owes_nothing_nothing_is_asked() -> None:
    text = said(page(with_submission(given.twenty_schools(), owes=False), "20"))
    assert "Отчёта школы ещё нет, и пока он не требуется." in text
    assert "Сейчас ничего не требуется" in text
    assert "Пришлите" not in text


@pytest.mark.parametrize(
    ("share", "sentence"),
    [
        (Share.NO_ANSWER, "В отчёте нет ответа на п. 14: показателя «Активация родителей» пока нет."),
        (Share.NOT_APPLICABLE, "Показатель «Активация родителей» к школе не относится."),
    ],
)
def test_a_report_without_the_headline_figure_says_why(share: Share, sentence: str) -> None:
    figures = given.twenty_schools()
    rows = tuple(
        msgspec.structs.replace(row, share=share) if row.school and row.school.code == "19" else row
        for row in figures.activation
    )
    assert sentence in said(page(replace(figures, activation=rows), "19"))


def test_a_school_without_others_has_no_place() -> None:
    text = said(page(given.district([ONE]), "01"))
    assert "у других школ показателя нет" in text
    assert "место из" not in text


def test_carried_and_set_aside_are_said_in_words() -> None:
    assert coverage_table(page_of("carried"))["6.1"][-1] == "↔ перенесено с 20.02.2014"
    assert coverage_table(page_of("set aside"))["14"][-1] == "! отложено до исправления"


def test_a_share_just_below_plan_is_not_shown_as_the_plan() -> None:
    book = page(given.district([given.Case("СОШ № 1", 10_000, (40.97,))], history=(given.AS_OF,)), "01")
    assert sheet(book)["A7"].number_format == '0.00" "%'
    assert "40,97 % при плане 41–60 %" in said(book)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_without_a_repair_and_without_machine_words(name: str) -> None:
    assert breaches(page_of(name)) == []
    assert machine_words(page_of(name)) == []


# ── the chart ────────────────────────────────────────────────────────────────────────────────────────────
def test_the_chart_draws_the_schools_own_course_without_what_was_carried() -> None:
    workbook = openpyxl.load_workbook(BytesIO(page_of("carried")), data_only=True)
    course = {row[0].date(): row[3] for row in workbook["_графики"].iter_rows(2, values_only=True, min_col=7) if row[3]}
    assert course == {date(2014, 1, 30): pytest.approx(0.219), date(2014, 2, 20): pytest.approx(0.338)}


def test_the_chart_is_native_and_described_for_those_who_cannot_see() -> None:
    assert len(charts(page_of("below"))) == 1
    assert re.search(r'descr="Факт школы и ступени плана\. Активация родителей — 31', parts(page_of("below")))


def test_without_a_figure_a_sentence_stands_in_place_of_the_chart() -> None:
    assert charts(page_of("no report")) == []
    assert "рисовать пока нечего" in said(page_of("no report"))


# ── no other school is named ─────────────────────────────────────────────────────────────────────────────
def marks_of(school: School, figures: Figures) -> list[str]:
    """What would give a school away."""
    files = [source.file for source in figures.sources if source.school_code == school.code]
    return [name for name in (school.name, school.full_name, *school.aliases, school.email, *files) if name]


def names(text: str, mark: str) -> bool:
    return mark in text and re.search(rf"(?<!\w){re.escape(mark)}(?!\w)", text) is not None


def test_no_part_of_any_page_names_another_school(demo: Run) -> None:
    figures = demo.done.figures
    for school in figures.schools:
        own, text = " ".join(marks_of(school, figures)), parts(page(figures, school.code))
        assert names(text, school.name.replace('"', "&quot;")) or names(text, school.name)
        others = [mark for other in figures.schools if other != school for mark in marks_of(other, figures)]
        assert len(others) > len(figures.schools)
        assert [mark for mark in others if names(text, mark) and not names(own, mark)] == []


def test_a_remark_that_names_the_file_of_another_school_does_so_no_more() -> None:
    figures = given.twenty_schools()
    same = remark("SAME-ANSWERS", file="otchet-08.xlsx", sheet="Отчёт", school="08", as_of=given.AS_OF,
                  other="otchet-03.xlsx")  # fmt: skip
    text = said(page(replace(figures, remarks=(replace(same, severity=Severity.WARNING),)), "08"))
    assert f"как в отчёте другой школы («{NOT_NAMED}»)" in text
    assert "otchet-03" not in text


def test_what_is_folded_into_a_remark_names_no_other_school_either() -> None:
    figures = given.twenty_schools()
    same = remark("SAME-ANSWERS", file="otchet-08.xlsx", school="08", other="otchet-03.xlsx")
    whole = replace(figures, remarks=(replace(same, folded=(same,)),))
    [own] = alone(whole, next(school for school in figures.schools if school.code == "08")).remarks
    assert [dict(one.data)["other"] for one in (own, *own.folded)] == [NOT_NAMED, NOT_NAMED]


def test_a_school_closed_since_the_date_before_is_not_named_either() -> None:
    figures = given.twenty_schools()
    *expected, closed = figures.schools
    assert figures.before
    assert closed in figures.before.schools
    copied = remark("SAME-ANSWERS", file="otchet-01.xlsx", school=expected[0].code, other=closed.name)
    sources = tuple(source for source in figures.sources if source.school_code != closed.code)
    [own] = alone(replace(figures, schools=tuple(expected), sources=sources, remarks=(copied,)), expected[0]).remarks
    assert dict(own.data)["other"] == NOT_NAMED


def test_solutions_of_others_are_shown_without_their_names() -> None:
    figures = given.twenty_schools()
    lyceum, gymnasium = figures.schools[4], figures.schools[3]
    offered = ((lyceum, "Провели день открытых дверей"), (gymnasium, "Как в ООШ №\u00a04: обзвонили родителей"))
    problem = msgspec.structs.replace(
        figures.problems[0], school=figures.schools[7], problem="Слабый интернет", solution="", offered=offered
    )
    book = page(replace(figures, problems=(problem,)), "08")
    assert "Решения других школ:\nПровели день открытых дверей" in said(book)
    assert not any(names(parts(book), word) for word in (lyceum.name, gymnasium.name, "ООШ № 4"))


def test_remarks_on_the_registry_are_not_the_schools() -> None:
    figures = given.twenty_schools()
    on_registry = remark("REGISTRY-NUMBER", file="registry.xlsx", school="08", column="Родителей", value="много")
    assert "Замечаний нет." in said(page(replace(figures, remarks=(on_registry,)), "08"))


def test_that_an_older_report_is_no_longer_needed_is_no_news_unless_the_office_has_made_it_a_warning() -> None:
    figures = given.twenty_schools()
    severe = remark("REPORT-OLDER", file="otchet-08.xlsx", school="08", as_of=AS_OF, newer=AS_OF)
    older = replace(severe, severity=Severity.INFO)
    assert "Замечаний нет." in said(page(replace(figures, remarks=(older,)), "08"))
    warned = replace(older, severity=Severity.WARNING)
    assert "? проверить" in said(page(replace(figures, remarks=(warned,)), "08"))


# ── text and paper ───────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("text", ["=1+1", "+7 914", "-5", "@SUM(A1)", "http://example.org"])
def test_text_from_outside_is_never_a_formula_or_a_link(text: str) -> None:
    figures = given.district([replace(ONE, name=text), *CASES[:3]], problems=(("Интернет и связь", 0, text, text),))
    book = page(figures, "01")
    cells = [
        cell for row in sheet(book, "Что исправить", values=False).iter_rows() for cell in row if cell.value == text
    ]
    assert [(cell.data_type, cell.hyperlink) for cell in cells] == [("s", None)] * 2
    assert breaches(book) == []


def test_pages_are_a4_portrait_one_page_wide() -> None:
    workbook = openpyxl.load_workbook(BytesIO(page_of("below")))
    assert workbook.sheetnames == ["Школа", "Что исправить", "_графики"]
    assert [seen.sheet_state for seen in workbook.worksheets] == ["visible", "visible", "hidden"]
    for seen in workbook.worksheets[:2]:
        assert (seen.page_setup.orientation, seen.page_setup.paperSize) == ("portrait", 9)
        assert seen.sheet_properties.pageSetUpPr.fitToPage


def test_a_very_long_name_finds_room() -> None:
    usual, long = (sheet(page(given.district([replace(ONE, name=name)]), "01")) for name in ("СОШ № 8", LONG_NAME))
    assert long.row_dimensions[2].height >= 3 * 16 > usual.row_dimensions[2].height


# ── the command ──────────────────────────────────────────────────────────────────────────────────────────
def test_the_command_writes_the_page_and_prints_its_path_last(few: Run, tmp_path: Path) -> None:
    school = few.done.figures.schools[4]
    options = ["--as-of", few.district.as_of, "--input", few.input, "--output", tmp_path]
    result = svod("school", school.code, *options)
    assert (result.returncode, result.stderr) == (0, "")
    place = Path(result.stdout.splitlines()[-1])
    assert place.parent == tmp_path / few.district.as_of.isoformat() / "schools"
    assert place.name.startswith(f"{school.code}-")
    assert svod("school", school.name, *options).stdout == result.stdout
    assert place.read_bytes() == page(few.done.figures, school.code)


def test_an_unknown_school_is_one_sentence_with_the_codes(few: Run, tmp_path: Path) -> None:
    result = svod("school", "999", "--as-of", few.district.as_of, "--input", few.input, "--output", tmp_path / "out")
    assert result.returncode == 2
    assert one_russian_sentence(result.stderr)
    assert few.done.figures.schools[0].code in result.stderr
    assert not (tmp_path / "out").exists()


def test_without_a_school_the_command_says_what_is_missing(tmp_path: Path) -> None:
    result = svod("school", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert one_russian_sentence(result.stderr)


def test_all_pages_are_written_by_one_command(few: Run, tmp_path: Path) -> None:
    result = svod("school", "--all", "--as-of", few.district.as_of, "--input", few.input, "--output", tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    folder = Path(result.stdout.splitlines()[-1])
    assert folder == tmp_path / few.district.as_of.isoformat() / "schools"
    codes = [path.name.partition("-")[0] for path in sorted(folder.glob("*.xlsx"))]
    assert codes == [school.code for school in few.done.figures.schools]
    assert next(folder.glob("03-*")).read_bytes() == page(few.done.figures, "03")


def test_one_school_and_all_of_them_at_once_are_not_asked_for(few: Run, tmp_path: Path) -> None:
    result = svod("school", "03", "--all", "--input", few.input, "--output", tmp_path / "out")
    assert (result.returncode, result.stdout) == (2, "")
    assert one_russian_sentence(result.stderr)
