"""The memo to sign: it says what «Сводка» says, and of everybody, in a document that opens, prints and is signed."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from threading import Event
from zipfile import ZipFile

import docx
import msgspec
import pytest
from docx.document import Document
from docx.shared import Pt

from pipeline import wording
from pipeline.commands.comparing import first_difference
from pipeline.files import Outputs
from pipeline.measuring.figures import Doubts, Figures, Milestone, Problem, Rests, State, Statement, Unattributed
from pipeline.month import Background
from pipeline.settings import Settings
from pipeline.survey import Job, Taken
from pipeline.wording import NBSP
from pipeline.writing.brief import make_brief
from pipeline.writing.memo import memo_said
from pipeline.writing.word import laid_down
from schemas.district import School
from schemas.remarks import load_catalogue, remark
from tests import figures as given
from tests.conftest import Run
from tests.figures import AS_OF, CASES, STATES, Case, district
from tests.libreoffice import needs_libreoffice, printed_document

CATALOGUE = load_catalogue()
BOOK = "svod-2014-03-20.xlsx"


def memo_of(figures: Figures) -> bytes:
    return laid_down(memo_said(figures, make_brief(figures, CATALOGUE), BOOK))


def opened(content: bytes) -> Document:
    return docx.Document(BytesIO(content))


@cache
def state(name: str) -> tuple[Figures, Document]:
    figures = STATES[name]()
    return figures, opened(memo_of(figures))


def spaced(text: str) -> str:
    return text.replace(NBSP, " ")


def sections(document: Document) -> dict[str, list[str]]:
    """Heading -> the paragraphs under it; what stands above the first under «»."""
    found: dict[str, list[str]] = {"": []}
    for paragraph in document.paragraphs:
        if paragraph.style is not None and paragraph.style.name == "Heading 1":
            found[spaced(paragraph.text)] = []
        else:
            found[list(found)[-1]].append(spaced(paragraph.text))
    return found


def section(figures: Figures, heading: str) -> str:
    return "\n".join(sections(opened(memo_of(figures)))[heading])


def table(document: Document) -> list[list[str]]:
    """Its rows; none where there is no table."""
    return [[spaced(cell.text) for cell in row.cells] for made in document.tables for row in made.rows]


def row_of(figures: Figures, school: str) -> list[str]:
    return next(row for row in table(opened(memo_of(figures))) if row[1] == school)


def all_text(document: Document) -> Iterator[str]:
    yield from (paragraph.text for paragraph in document.paragraphs)
    yield from (cell.text for made in document.tables for row in made.rows for cell in row.cells)


# ── the figures ──────────────────────────────────────────────────────────────────────────────────────────
def figure(text: str) -> float | None:
    """What a cell of the table shows, as a number; None for «—»."""
    shown = text.removesuffix(" ?").removesuffix(" %").replace(",", ".").replace("−", "-").replace(" ", "")
    return None if shown == "—" else float(shown)


@pytest.mark.parametrize(
    ("number", "said"), [(1, "учтена 1 из 1 школы"), (2, "учтены 2 из 2 школ"), (21, "учтена 21 из 21 школы")]
)
def test_how_many_schools_are_counted_is_said_in_the_right_number(number: int, said: str) -> None:
    figures = district([replace(CASES[0], name=f"СОШ № {n}") for n in range(1, number + 1)])
    assert spaced(row_of(figures, "Итого по сумме людей")[-1]) == said


@pytest.mark.parametrize("name", STATES)
def test_every_figure_of_the_table_is_that_of_figures(name: str) -> None:
    figures, document = state(name)
    rows = {row[1]: row for row in table(document)[1:]}
    known = {spaced(one.school.name): one for one in figures.activation if one.school}
    whole = msgspec.structs.replace(figures.municipality, shortfall=figures.shortfall)
    for school, row in rows.items():
        one = whole if school == "Итого по сумме людей" else known[school]
        share, plan, deviation, missing = row[2:6]
        if one.percent is None:
            assert (share, plan, deviation, missing) == ("—",) * 4
            continue
        assert figure(share) == pytest.approx(one.percent, abs=0.0501)
        assert figure(deviation) == (one.deviation and pytest.approx(one.deviation, abs=0.0501))
        assert figure(missing) == (one.shortfall if figures.target else None)
        target = figures.target
        assert plan == (spaced(wording.band(target.min, target.max)) if target else "—")


@pytest.mark.parametrize("name", STATES)
def test_nobody_is_left_out_unsaid(name: str) -> None:
    """Every school stands in the table, is counted among those left out, or is named as silent."""
    figures, document = state(name)
    shown = len(table(document)[2:])
    told = sections(document)
    if not shown:
        assert all(spaced(school.name) in "".join(told["Кто отчитался"]) for school in figures.schools)
        return
    left_out = len(figures.schools) - shown
    said = "\n".join(told[f"{figures.form.headline.name}: план и факт"])
    assert (f"и ещё {spaced(wording.schools(left_out))} — в книге {BOOK}" in said) is (left_out > 0)


@pytest.mark.parametrize("name", STATES)
def test_it_begins_with_the_verdict_of_the_first_page_and_proposes_what_that_wants_decided(name: str) -> None:
    figures, document = state(name)
    brief = make_brief(figures, CATALOGUE)
    told = sections(document)
    assert told[f"{figures.form.headline.name}: план и факт"][0].startswith(spaced(brief.headline))
    proposals = [paragraph for paragraph in document.paragraphs if paragraph.style.name == "List Number"]
    assert len(proposals) == (0 if brief.calm else len(brief.decisions))
    said = "\n".join(told["Предложения"])
    assert all(spaced(decision.text) in said for decision in brief.decisions)
    assert all(decision.proposal for decision in brief.decisions if not brief.calm)


@pytest.mark.parametrize("name", STATES)
def test_what_is_overdue_is_counted_as_on_the_first_page(name: str) -> None:
    figures, document = state(name)
    said = sections(document)["Сроки этапов"][0]
    assert (f"Просрочено этапов — {spaced(wording.number(figures.overdue_total))}" in said) is bool(figures.overdue)
    assert (f"под вопросом {figures.questioned_total}" in said) is bool(figures.questioned)


@pytest.mark.parametrize("name", STATES)
def test_what_is_missing_is_never_called_met_or_absent(name: str) -> None:
    figures, document = state(name)
    told = sections(document)
    if not any(line.as_of for line in figures.submissions):
        assert "Просроченных этапов нет" not in "".join(told["Сроки этапов"])
        assert told["Что мешает"] == ["Отчётов нет: что мешает школам, неизвестно."]


def test_nothing_of_order_547_stands_in_a_memo_of_another_form() -> None:
    _, document = state("another-form")
    text = "\n".join(all_text(document))
    assert "Отдел питания" in text
    assert "по теме «Горячее питание»" in text
    assert "приказу № 81-од от 20.08.2025" in spaced(text)
    assert not [word for word in ("547", "дневник", "одител", "Управление образования") if word in text]


# ── what was asked, who reported ─────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("twenty-schools", "Отчётная дата — 20.03.2014. План по показателю «Активация родителей» (п. 14) — 41–60 % "
         "(действует с 20.03.2014); следующий — 61–100 % к 20.04.2014."),
        ("before-the-first-target", "План по показателю «Активация родителей» (п. 14) ещё не действует: нужно 30–40 % "
         "к 20.02.2014."),
        ("target-of-hundred", "(п. 14) — 100 % (действует с 01.09.2014)."),
    ],
)  # fmt: skip
def test_the_plan_in_force_and_the_coming_one_are_told(name: str, said: str) -> None:
    assert said in sections(state(name)[1])["Что запрошено"][0]


def test_between_reporting_dates_the_date_is_called_the_last_one() -> None:
    figures = replace(given.twenty_schools(), reporting_date=given.HISTORY[0])
    assert "Последняя отчётная дата — 30.01.2014." in section(figures, "Что запрошено")


def test_before_the_first_reporting_date_nobody_is_silent() -> None:
    figures = given.nobody_reported()
    nobody_owes = tuple(msgspec.structs.replace(line, owes=False) for line in figures.submissions)
    early = replace(figures, reporting_date=None, submissions=nobody_owes)
    assert section(early, "Кто отчитался") == "Отчёты пока не требуются."


def test_who_reported_is_said_with_who_did_not() -> None:
    assert section(given.twenty_schools(), "Кто отчитался") == (
        "Отчитались 17 из 20 школ: вовремя — 15, позже срока — 2. Не отчиталась: НОШ с. Устье. "
        "Взяты прежние отчёты: ООШ № 7, СОШ пос. Заречный. На доработке отчёт: ВСОШ."
    )


def test_files_of_nobody_stand_before_those_who_are_called_silent() -> None:
    said = remark("FILE-DAMAGED", file="отчёт.xlsx")
    figures = replace(given.twenty_schools(), unattributed=(Unattributed("отчёт.xlsx", "", None, said),))
    who = section(figures, "Кто отчитался")
    assert (
        "В папке 1 неопознанный файл (в книге svod-2014-03-20.xlsx, лист «Сдача отчётов»): сначала проверьте его, "
        in who
    )
    assert who.index("неопознанный файл") < who.index("Не отчиталась")


def test_without_a_registry_it_is_not_known_who_is_silent() -> None:
    figures = replace(given.all_well(), draft_registry=True)
    assert section(figures, "Кто отчитался").startswith("Реестра школ нет: ")
    assert "кто не отчитался — неизвестно" in section(figures, "Кто отчитался")


def test_a_school_that_owes_nothing_is_not_silent() -> None:
    figures = given.twenty_schools()
    lines = tuple(
        msgspec.structs.replace(line, owes=line.state is not State.NOT_SUBMITTED) for line in figures.submissions
    )
    figures = replace(figures, submissions=lines)
    assert "ещё от 1 школы отчёт не требуется" in section(figures, "Кто отчитался")
    assert "Не отчиталась" not in section(figures, "Кто отчитался")
    assert row_of(figures, "НОШ с. Устье")[6] == "отчёт не требуется"


def test_of_very_many_who_are_silent_the_first_are_named_and_where_the_others_stand() -> None:
    silent = [Case(f"СОШ № {n}", 100, (), State.NOT_SUBMITTED, None) for n in range(1, 31)]
    who = section(district(silent), "Кто отчитался")
    assert "СОШ № 20 и ещё 10 (в книге svod-2014-03-20.xlsx, лист «Сдача отчётов»)." in who
    assert "СОШ № 21" not in who


# ── the table ────────────────────────────────────────────────────────────────────────────────────────────
def test_a_school_that_is_not_counted_says_why_and_a_former_figure_says_of_when() -> None:
    figures = given.twenty_schools()
    assert row_of(figures, "ВСОШ")[2:] == ["—", "—", "—", "—", "п. 14 отложен: замечание"]
    assert row_of(figures, "НОШ с. Устье")[6] == "отчёт не представлен"
    assert row_of(figures, "ООШ № 7")[6] == "ниже плана; отчёт на 20.02.2014"


def test_a_report_that_could_not_be_read_is_not_called_missing() -> None:
    unread = Case("СОШ № 1", 100, (), State.UNREADABLE, None)
    figures = district([unread, CASES[1]])
    assert row_of(figures, "СОШ № 1")[6] == "отчёт не прочитан"
    assert "Не прочитан отчёт: СОШ № 1." in section(figures, "Кто отчитался")


def test_what_is_under_question_bears_its_mark_and_the_legend() -> None:
    figures = given.twenty_schools()
    doubtful = remark("COUNT-FELL", school="08", item="14", count=1.0, before=2.0, as_of_before=AS_OF)
    found = {Statement(Rests.FIGURE, code, "14"): (doubtful,) for code in ("08", "")}
    figures = replace(figures, doubts=Doubts(found), undoubted=figures)
    assert row_of(figures, "СОШ № 8")[2:6] == ["31,0 % ?", "41–60 %", "−10,0 ?", "46 ?"]
    assert row_of(figures, "Итого по сумме людей")[5] == "118 ?"
    assert row_of(figures, "СОШ № 10")[2] == "48,0 %"
    said = section(figures, "Активация родителей: план и факт")
    assert "«?» — под вопросом: опирается на ответ с открытым замечанием." in said
    assert "Под вопросом показатель 1 школы (СОШ № 8): без него — 54,7 %." in said


def test_a_deviation_does_not_contradict_its_share() -> None:
    figures = district([Case("СОШ № 1", 10_000, (40.97,)), Case("СОШ № 2", 10_000, (41.0,))], history=(AS_OF,))
    assert row_of(figures, "СОШ № 1")[2:6] == ["40,97 %", "41–60 %", "−0,03", "3"]
    assert row_of(figures, "СОШ № 2")[2:6] == ["41,0 %", "41–60 %", "0,0", "0"]


def test_of_three_hundred_schools_those_to_act_on_are_shown() -> None:
    figures, document = state("three-hundred-schools")
    shown = [row[1] for row in table(document)[1:-1]]
    expected = [row for row in figures.activation if row.percent is None or row.percent < 41]
    assert shown == [spaced(row.school.name) for row in expected if row.school]


# ── what hinders ─────────────────────────────────────────────────────────────────────────────────────────
def test_what_hinders_is_told_in_the_schools_own_words() -> None:
    lines = sections(opened(memo_of(given.twenty_schools())))["Что мешает"]
    assert lines[1] == (
        "Интернет и связь — 3 школы: «У большинства родителей нет домашнего интернета, мобильная связь не держит» "
        "(СОШ с. Кедровка); «Скорость интернета в селе до 128 кбит/с» (ООШ с. Белый Мыс)"
    )
    assert lines[-1] == "Компьютеры и техника — 1 школа: «=Один компьютер на пять учителей» (СОШ № 10)"


def test_examples_are_of_different_schools_in_different_words() -> None:
    figures = given.twenty_schools()
    first, second = figures.schools[:2]
    said = [(first, "Нет связи"), (first, "Плохая связь"), (second, "нет связи"), (second, "Связи нет вовсе")]
    problems = tuple(Problem("Связь", school, words, "", AS_OF) for school, words in said)
    assert section(replace(figures, problems=problems), "Что мешает").endswith(
        "Связь — 2 школы: «Нет связи» (СОШ № 1); «Связи нет вовсе» (СОШ № 2)"
    )


def test_words_that_xml_cannot_hold_stop_nothing() -> None:
    school = School("01", "СОШ\x00 № 1\ud800")
    hostile = "нет\x00 \x1bинтернета\ufffe \u202eи связи\x0b<b>&amp;]]>\ud83d"
    figures = given.twenty_schools()
    figures = replace(figures, problems=(Problem("Связь\x07", school, hostile, "", AS_OF),))
    assert "Связь — 1 школа: «нет интернета и связи <b>&amp;]]>» (СОШ № 1)" in section(figures, "Что мешает")


# ── deadlines ────────────────────────────────────────────────────────────────────────────────────────────
def test_deadlines_are_not_called_met_where_a_report_is_missing() -> None:
    figures = district([CASES[1], CASES[-1]])
    done = figures.milestones["state"].map(lambda one: Milestone.DONE if one is Milestone.OVERDUE else one)
    figures = replace(figures, milestones=figures.milestones.assign(state=done))
    said = section(figures, "Сроки этапов")
    assert said.startswith("Просроченных этапов нет. В 1 школе сроки не проверить: учтённого отчёта нет.")


# ── the document ─────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("name", STATES)
def test_the_same_figures_are_the_same_bytes(name: str) -> None:
    content = memo_of(STATES[name]())
    assert content == memo_of(STATES[name]())
    with ZipFile(BytesIO(content)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert package.testzip() is None


def test_it_is_dated_by_its_figures_and_signed_by_the_office() -> None:
    properties = state("twenty-schools")[1].core_properties
    assert properties.created == properties.modified
    assert properties.created is not None
    assert properties.created.date() == AS_OF
    assert properties.author == "Управление образования"
    assert properties.title == "Справка об итогах мониторинга по теме «Электронные дневники» по состоянию на 20.03.2014"


def test_page_styles_and_headings_are_those_of_an_office_document() -> None:
    _, document = state("twenty-schools")
    page = document.sections[0]
    margins = (page.left_margin, page.right_margin, page.top_margin, page.bottom_margin)
    assert page.page_width is not None
    assert page.page_height is not None
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
    assert [round(margin.mm) for margin in margins if margin is not None] == [30, 10, 20, 20]
    used = {paragraph.style.name for paragraph in document.paragraphs if paragraph.style is not None}
    assert used == {"Ведомство", "Title", "Heading 1", "Body Text", "Пояснение", "List Bullet", "List Number",
                    "Подпись справки"}  # fmt: skip
    assert document.styles["Body Text"].font.size == Pt(12)
    assert "PAGE" in page.footer.paragraphs[0]._p.xml
    header = document.tables[0].rows[0]._tr.xml
    assert "w:tblHeader" in header
    with ZipFile(BytesIO(memo_of(given.all_well()))) as package:
        theme = package.read("word/theme/theme1.xml").decode("utf-8")
    assert theme.count('<a:latin typeface="Times New Roman"') == 2


@needs_libreoffice
def test_twenty_schools_fit_on_two_pages_that_can_be_printed(tmp_path) -> None:
    path = printed_document(memo_of(given.twenty_schools()), tmp_path)
    pages = re.findall(rb"/Type/Page/Parent.*?/MediaBox\[0 0 (\d+)[\d.]* (\d+)", path.read_bytes(), re.DOTALL)
    assert pages == [(b"595", b"841")] * 2  # A4


def test_of_two_memos_the_paragraph_or_the_row_that_differs_is_told() -> None:
    figures = given.twenty_schools()
    was = memo_of(figures)
    said = first_difference("spravka.docx", was, memo_of(replace(figures, draft_registry=True)))
    assert said.startswith("абзац 6: было «Отчитались 17 из 20 школ")
    said = first_difference("spravka.docx", was, memo_of(replace(figures, activation=figures.activation[:-1])))
    assert said == "таблица 1, строка 21: было «20», стало пусто"


# ── in a run ─────────────────────────────────────────────────────────────────────────────────────────────
def test_a_run_lays_it_beside_the_summary_made_of_the_same_figures(few: Run) -> None:
    content = (few.folder / f"spravka-{few.district.as_of}.docx").read_bytes()
    figures = few.done.figures
    brief = make_brief(figures, CATALOGUE)
    assert content == laid_down(memo_said(figures, brief, few.done.summary.path.name))


def test_while_files_are_still_being_marked_it_is_made_by_who_asks_for_it(few: Run, tmp_path: Path) -> None:
    survey = few.done.survey
    job = Job.of(tmp_path, tmp_path, few.district.as_of, Settings(), datetime(2014, 4, 1, tzinfo=UTC))
    text = memo_said(survey.figures, make_brief(survey.figures, CATALOGUE), BOOK)
    taken, asked = Taken(CATALOGUE, survey.intake, survey.remembered), Event()
    with Outputs(tmp_path) as outputs, Background(job, taken, Path("2014"), outputs) as background:
        background._thread.submit(asked.wait, 60)  # as if it marked them
        background.lay_down(text)
        made = background.laid_down()
        asked.set()
    assert made == laid_down(text)
    assert background._laying_down.cancelled()
