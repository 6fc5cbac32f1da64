"""Doubt is inherited: what is derived from an answer under question is under question, and nothing else is.

Which statement rests on which cells is told here from a table of a few schools and dates, in plain Python.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from io import BytesIO

import msgspec
import pytest
from openpyxl import load_workbook

from pipeline.checking.judgement import Checked
from pipeline.measuring.alone import alone
from pipeline.measuring.calendar import Calendar
from pipeline.measuring.figures import Figures, Level, Rests, Statement
from pipeline.measuring.measure import measure
from pipeline.measuring.peers import PeerStanding
from pipeline.sending.letters import Page, leadership_letter
from pipeline.writing.brief import make_brief
from pipeline.writing.pages import titles
from pipeline.writing.pages.theme import Mark
from pipeline.writing.school.brief import make_school_brief
from schemas.district import Recipient, Registry
from schemas.remarks import Question, Remark, Severity, load_catalogue, remark
from schemas.reports import FileRead
from tests.batch import CATALOGUE, checked, file_of, moment, order_form, school
from tests.order_form import FORM
from tests.workbooks import school_workbook, summary_workbook

DAYS = (date(2014, 1, 10), date(2014, 1, 30), date(2014, 2, 20), date(2014, 3, 20))
*_, BEFORE, NOW = DAYS
CALENDAR = Calendar(DAYS, days_before=10)
HEADLINE, HEADLINE_SHEET = FORM.headline.item, FORM.headline.sheet
SHARES = tuple(item.number for item in FORM.coverage_items)
WORDS = tuple(item.number for item in FORM.due_items if not item.measured)  # milestones: is it done
DONE = (*WORDS, "6.1")  # in every report
COUNTED = tuple(item for item in SHARES if not FORM.item(item).may_be_not_provided)  # the others say that they are not

# How a school answers the headline item on each date: with a percent of its own, «» leaves it blank, «=» refers to the
# former answer, «!» cannot be counted, «2» sends a second file that lacks it, «-» sends no report.
OWN, BLANK, REFERENCE, WRONG, TWICE, NOTHING = "own", "", "=", "!", "2", "-"
HOW = {
    "01": (OWN, OWN, OWN, OWN),
    "02": (OWN, OWN, NOTHING, OWN),
    "03": (OWN, OWN, BLANK, OWN),
    "04": (OWN, OWN, OWN, NOTHING),
    "05": (OWN, WRONG, OWN, BLANK),
    "06": (NOTHING, OWN, OWN, REFERENCE),
    "07": (OWN, OWN, OWN, WRONG),
    "08": (NOTHING, NOTHING, NOTHING, OWN),
    "09": (OWN, OWN, TWICE, TWICE),
    "10": (NOTHING, NOTHING, NOTHING, NOTHING),
}
REGISTRY = Registry(tuple(school(code) for code in HOW))
ABOVE = dict.fromkeys(HOW, (20, 30, 40, 62)) | {"01": (5, 10, 20, 30), "04": (10, 20, 35, 35)}
BELOW = dict.fromkeys(HOW, (10, 15, 20, 25)) | {"01": (20, 30, 40, 50)}

Cell = tuple[str, date, str, str]  # school, date of the report, file, item
Percents = Mapping[str, tuple[int, ...]]


# ── the reports ──────────────────────────────────────────────────────────────────────────────────────────
@cache
def reports(case: str) -> tuple[tuple[FileRead, ...], Checked]:
    """Read and checked; no remark of their own puts anything under question."""
    percents = {"above": ABOVE, "below": BELOW}[case]
    files = tuple(file for code, how in HOW.items() for file in files_of(code, how, percents[code]))
    arrivals = {file.file: moment(DAYS[-1], hour=10 + file.file.endswith("b")) for file in files}
    quiet = {code: "off" for code, entry in CATALOGUE.entries.items() if entry.doubts}
    return files, checked(files, REGISTRY, arrivals, load_catalogue(quiet))


def files_of(code: str, how: tuple[str, ...], percents: tuple[int, ...]) -> Iterator[FileRead]:
    for day, kind, percent in zip(DAYS, how, percents, strict=True):
        words = {BLANK: "", REFERENCE: "без изменений", WRONG: "более 50 %"}.get(kind, f"{percent} %")
        if kind != NOTHING:
            yield file_of(order_form(day, code, {HEADLINE: words}), f"{code}-{day}-a", REGISTRY)
        if kind == TWICE:
            yield file_of(order_form(day, code, {HEADLINE: ""}), f"{code}-{day}-b", REGISTRY)


def questioned(said: Remark) -> Remark:
    return replace(said, severity=Severity.WARNING)


def on_every_cell(checked: Checked) -> tuple[Remark, ...]:
    """A remark of its own on each item of each report that has a share or a due date."""
    return tuple(
        questioned(report.remark("TOTAL-NOT-BASE", item=item, value=report.file))
        for report in checked.reports
        for item in (*SHARES, *WORDS)
    )


def figures(case: str, *remarks: Remark, as_of: date = NOW) -> Figures:
    files, judged = reports(case)
    judged = msgspec.structs.replace(judged, remarks=(*judged.remarks, *remarks))
    return measure(judged, list(files), REGISTRY, FORM, CATALOGUE, as_of, CALENDAR)


def cell_of(said: Remark) -> Cell:
    assert said.as_of
    return said.school, said.as_of, said.file, said.item


# ── which cells a statement rests on, told from the table ────────────────────────────────────────────────
def last_report(code: str, day: date) -> date | None:
    return max((d for d, kind in zip(DAYS, HOW[code], strict=True) if d <= day and kind != NOTHING), default=None)


def kind_on(code: str, day: date) -> str:
    return HOW[code][DAYS.index(day)]


def cells(code: str, day: date, item: str = HEADLINE) -> set[Cell]:
    """Those that the answer in force on `day` rests on; none where no answer counts."""
    sent = last_report(code, day)
    if sent is None:
        return set()
    own = {(code, sent, f"{code}-{sent}-a", item)}
    second = {(code, sent, f"{code}-{sent}-b", item)}
    kind = kind_on(code, sent)
    if item != HEADLINE:
        return second if kind == TWICE else own
    former = [d for d in DAYS if d < sent]
    match kind:
        case "!":
            return set()
        case "2":
            return own | second
        case "" | "=":
            return own | cells(code, former[-1])
    return own


def is_measured(code: str, day: date) -> bool:
    """Does the school say itself on that day where it stands."""
    return kind_on(code, day) in (OWN, TWICE)


def of_all(day: date, item: str = HEADLINE) -> set[Cell]:
    return set().union(*(cells(code, day, item) for code in HOW))


def percent_on(code: str, day: date, percents: Percents) -> int:
    """Of the headline item, by the school's report of that day; -1 where none is accepted."""
    kind = kind_on(code, day)
    if kind in (BLANK, REFERENCE):
        return percent_on(code, DAYS[DAYS.index(day) - 1], percents)
    return -1 if kind in (WRONG, NOTHING) else percents[code][DAYS.index(day)]


def milestones(case: str, alone: bool) -> dict[Statement, set[Cell]]:
    """What one report has shown as done stays done: `alone`, a doubt on one of several such reports changes nothing."""
    percents = {"above": ABOVE, "below": BELOW}[case]
    least = {Statement(Rests.MILESTONE, "", HEADLINE, target.by): target.min for target in FORM.targets}
    least |= {Statement(Rests.MILESTONE, "", item): 100 for item in (*WORDS, *COUNTED)}
    rests: dict[Statement, set[Cell]] = {}
    for milestone, percent in least.items():
        item = milestone.item
        for code in HOW:
            sent = [day for day in DAYS if kind_on(code, day) != NOTHING]
            proofs = [day for day in sent if item in DONE or percent_on(code, day, percents) >= percent]
            if item not in (HEADLINE, *DONE):
                proofs = []
            of_each = [cells(code, day, item) for day in proofs]
            found = (set.intersection(*of_each) if alone else of_each[-1]) if proofs else set()
            if proofs[-1:] != sent[-1:]:
                found |= cells(code, NOW, item)
            rests[milestone._replace(school=code)] = found
            rests[milestone] = rests.get(milestone, set()) | found
    return rests


def expected(case: str, alone: bool = False) -> dict[Statement, set[Cell]]:
    rests = milestones(case, alone)
    for item in WORDS:
        rests |= {Statement(Rests.FIGURE, code, item): cells(code, NOW, item) for code in HOW}
        rests[Statement(Rests.FIGURE, "", item)] = of_all(NOW, item)
    for item in COUNTED:
        both = [code for code in HOW if cells(code, NOW, item) and cells(code, BEFORE, item)]
        rests |= {Statement(kind, "", item): of_all(NOW, item) for kind in (Rests.FIGURE, Rests.PEERS)}
        if FORM.item(item).base:  # without people there is no total that could change
            compared = (cells(code, day, item) for code in both for day in (NOW, BEFORE))
            rests[Statement(Rests.CHANGE, "", item)] = set().union(*compared)
        rests |= {Statement(Rests.FIGURE, code, item): cells(code, NOW, item) for code in HOW}
    for code in HOW:
        own = [day for day in DAYS if is_measured(code, day)]
        rests |= {Statement(Rests.POINT, code, day=day): cells(code, day) for day in own}
        if NOW in own and cells(code, BEFORE):
            rests[Statement(Rests.CHANGE, code, HEADLINE)] = cells(code, NOW) | cells(code, BEFORE)
        if NOW in own and len(own) > 1:
            rests[Statement(Rests.COURSE, code)] = set().union(*(cells(code, day) for day in own))
    rests |= {Statement(Rests.POINT, day=day): of_all(day) for day in DAYS}
    rests[Statement(Rests.COURSE)] = set().union(*map(of_all, DAYS))
    return {statement: cells for statement, cells in rests.items() if cells}


def day_of_figure(code: str) -> date:
    """Of the report that gave the percent in force."""
    sent = last_report(code, NOW)
    assert sent
    return sent if is_measured(code, sent) else DAYS[DAYS.index(sent) - 1]


# ── the mutation ─────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("as_of", [NOW, date(2014, 4, 2)], ids=["reporting date", "between the dates"])
@pytest.mark.parametrize("case", ["above", "below"])
def test_a_remark_on_a_cell_is_carried_by_all_that_rests_on_it_and_by_nothing_else(case: str, as_of: date):
    """All cells at once, each with a remark of its own: a statement carries those of its cells."""
    whole = figures(case, *on_every_cell(reports(case)[1]), as_of=as_of)
    assert (whole.municipality.level is Level.BELOW) == (case == "below")
    found = {one: {cell_of(said) for said in remarks} for one, remarks in whole.doubts.found.items()}
    rests = expected(case)
    assert sorted(map(str, found.keys() ^ rests.keys())) == []
    assert {one: found[one] ^ rests[one] for one in found if found[one] != rests[one]} == {}


ALONE = {
    "of today": ("01", NOW, "a", HEADLINE),
    "of a school behind, not of today": ("04", BEFORE, "a", HEADLINE),
    "carried forward": ("03", BEFORE, "a", HEADLINE),
    "of a file that another has replaced in part": ("09", NOW, "a", HEADLINE),
    "of an early date": ("08", NOW, "a", HEADLINE),
    "of another item": ("02", NOW, "a", "6.2"),
    "of a document": ("02", NOW, "a", "3"),
}


@pytest.mark.parametrize("place", ALONE.values(), ids=ALONE)
def test_one_remark_alone_marks_what_rests_on_its_cell(place: tuple[str, date, str, str]):
    code, day, file, item = place
    cell = code, day, f"{code}-{day}-{file}", item
    [said] = (said for said in on_every_cell(reports("above")[1]) if cell_of(said) == cell)
    rests = {one for one, cells in expected("above", alone=True).items() if cell in cells}
    assert rests
    assert figures("above", said).doubts.found.keys() == rests


def test_the_figures_without_what_is_under_question_are_those_of_the_other_answers():
    """All schools are of one size: their shares may be averaged here."""
    said = [one for one in on_every_cell(reports("above")[1]) if one.item == HEADLINE]
    whole = figures("above", *(one for one in said if cell_of(one)[:2] in {("01", NOW), ("02", DAYS[0])}))
    undoubted = whole.undoubted
    assert undoubted
    shares = {code: ABOVE[code][DAYS.index(day_of_figure(code))] for code in HOW if cells(code, NOW)}
    assert whole.municipality.percent == pytest.approx(sum(shares.values()) / len(shares))
    del shares["01"]
    assert undoubted.municipality.percent == pytest.approx(sum(shares.values()) / len(shares))
    rows = {row.school.code: row for row in undoubted.activation if row.school}
    assert rows["01"].percent is None
    assert (rows["02"].percent, rows["02"].forecast) == (62, None)  # two reports are no trend
    assert undoubted.totals["counted"]["6.2"] == whole.totals["counted"]["6.2"]
    first = undoubted.trend[(undoubted.trend["date"] == DAYS[0]) & (undoubted.trend["school_code"] == "")]
    counted = [ABOVE[code][0] for code in HOW if cells(code, DAYS[0]) and code != "02"]
    assert first["percent"].item() == pytest.approx(sum(counted) / len(counted))


def test_where_every_answer_is_under_question_nothing_is_left_without_them():
    undoubted = figures("above", *on_every_cell(reports("above")[1])).undoubted
    assert undoubted
    assert undoubted.municipality.percent is None
    assert undoubted.counted == ()


# ── which remarks put what under question ────────────────────────────────────────────────────────────────
def test_what_nothing_puts_under_question_is_measured_once():
    whole = figures("above")
    assert (dict(whole.doubts.found), whole.undoubted) == ({}, None)


def test_a_remark_that_the_office_has_waived_puts_nothing_under_question():
    [said] = (one for one in on_every_cell(reports("above")[1]) if cell_of(one) == ("01", NOW, f"01-{NOW}-a", HEADLINE))
    assert figures("above", said).doubts.found
    waived = replace(said, severity=Severity.INFO, data=(*said.data, ("waiver", "ремонт (Иванова И. И.)")))
    assert not figures("above", waived).doubts.found


def test_a_remark_on_a_report_reaches_all_that_it_says_itself_for_its_date():
    """School 03 leaves the headline item blank in February: what it said in January is no copy."""
    [report] = (one for one in reports("above")[1].reports if (one.school, one.as_of) == ("03", BEFORE))
    found = figures("above", questioned(report.remark("SAME-ANSWERS", other="x.xlsx"))).doubts.found
    changes = {one.item for one in found if one.rests is Rests.CHANGE}
    assert changes == {item for item in COUNTED if FORM.item(item).base} - {HEADLINE}
    assert not any(one.rests is not Rests.CHANGE for one in found)


def test_a_partial_correction_puts_under_question_what_it_leaves_to_the_earlier_file():
    [report] = (one for one in reports("above")[1].reports if one.file == f"09-{NOW}-b")
    found = figures("above", questioned(report.remark("REPORT-PARTIAL", other="a", items="п. 14"))).doubts.found
    assert {one.item for one in found if one.rests is Rests.FIGURE} == {HEADLINE}
    assert Statement(Rests.FIGURE, "09", HEADLINE) in found


def test_what_is_folded_into_another_remark_still_puts_its_own_answer_under_question():
    """The report after a copied one: only what has fallen, by the one remark that tells of it."""
    [report] = (one for one in reports("above")[1].reports if (one.school, one.as_of) == ("01", NOW))
    fell = questioned(report.remark("COUNT-FELL", item="8", cell="C20", count=1.0, earlier=2.0, day=BEFORE))
    gone = questioned(report.remark("DOC-GONE", item="3", cell="C9", document="приказ № 1", day=BEFORE))
    after = questioned(replace(report.remark("AFTER-SAME-ANSWERS", day=BEFORE), folded=(fell, gone)))
    found = figures("above", after).doubts.found
    assert {one.item for one in found if one.rests is Rests.FIGURE} == {"3", "8"}
    [why] = found[Statement(Rests.FIGURE, "01", "8")]
    assert (why.code, why.cell) == ("AFTER-SAME-ANSWERS", "C20")


def test_what_is_taken_over_is_not_put_under_question_as_an_answer_of_the_copied_report():
    """The headline item is blank in it: the former answer counts, and that it is blank is the question."""
    [report] = (one for one in reports("above")[1].reports if (one.school, one.as_of) == ("05", NOW))
    gone = questioned(report.remark("ANSWER-GONE", item=HEADLINE, cell="D51", earlier="40 %", day=BEFORE))
    copied = questioned(replace(report.remark("SAME-ANSWERS", other="x.xlsx"), folded=(gone,)))
    found = figures("above", copied).doubts.found
    assert [one.code for one in found[Statement(Rests.FIGURE, "05", HEADLINE)]] == ["ANSWER-GONE"]
    assert [one.code for one in found[Statement(Rests.FIGURE, "05", "6.2")]] == ["SAME-ANSWERS"]


@pytest.mark.parametrize(
    ("code", "wish", "doubts"),
    [
        ("COUNT-FELL", "warning", Question.ITEM),
        ("COUNT-FELL", "info", None),  # the office has lowered it
        ("PCT-ROSE", "info", None),  # the office asks for no more
        ("COUNT-ABOVE-TOTAL", "warning", Question.ITEM),  # an error whose figure counts all the same
        ("COUNT-ABOVE-TOTAL", "error", None),
        ("DOC-INCOMPLETE", "warning", None),
    ],
)
def test_what_the_office_makes_of_a_remark_decides_whether_it_is_a_doubt(code: str, wish: str, doubts: Question | None):
    catalogue = load_catalogue({code: wish})
    assert catalogue.doubted_by(remark(code)) is doubts


def test_a_school_learns_of_the_others_only_that_some_answer_is_under_question():
    said = [one for one in on_every_cell(reports("above")[1]) if (one.school, one.item) in {("01", "6.2"), ("02", "8")}]
    whole = figures("above", *said)
    own = alone(whole, next(one for one in whole.schools if one.code == "02"))
    assert {said.school for remarks in own.doubts.found.values() for said in remarks} == {"02"}
    assert {one.item for one in own.doubts.found if one.rests is Rests.FIGURE} == {"8"}
    assert own.undoubted is None
    assert {one.item for one in own.doubts.found if one.rests is Rests.PEERS} == {"6.2", "8"}


# ── what is seen ─────────────────────────────────────────────────────────────────────────────────────────
ACTIVATION, COVERAGE, TREND = FORM.headline.sheet, titles.COVERAGE, titles.TREND
WHOLE = {ACTIVATION: "Итого по муниципалитету", COVERAGE: "Итого, % (Σ / Σ)", TREND: "Муниципалитет"}
OWN_FIGURE = {"№", "Активация, %", "Отклонение, п.п.", "Не хватает до плана, чел.", "Состояние"} | {
    "Нужно в неделю до 20.04, чел."
}
CHANGE = {"К прошлой дате, п.п.", "К прошлой дате, чел."}
COURSE = {"Свой темп, чел. в неделю", "Прогноз на 20.04, %", "Успеет к 20.04"}
NUMBER_COLUMN = {"№"}


TOTALS = (("total", 720.0), ("base", 600.0), ("label", "Родителей"))


def one_remark(code: str, day: date, file: str, item: str = HEADLINE) -> Remark:
    cell = code, day, f"{code}-{day}-{file}", item
    [said] = (said for said in on_every_cell(reports("above")[1]) if cell_of(said) == cell)
    return replace(said, cell="D51", data=TOTALS)


def marks(workbook: bytes) -> dict[str, set[tuple[str, str]]]:
    """Sheet -> (school or row, heading) of the cells with the mark behind their figure."""
    book = load_workbook(BytesIO(workbook))
    found = {}
    for name, header, titled in ((ACTIVATION, 6, 3), (COVERAGE, 6, 2), (TREND, 6, 2)):
        sheet = book[name]
        headings = {cell.column: " ".join(str(cell.value).replace("-\n", "").split()) for cell in sheet[header]}
        found[name] = {
            (str(sheet.cell(cell.row, titled).value), headings[cell.column])
            for row in sheet.iter_rows()
            for cell in row
            if f'" {Mark.CHECK}"' in cell.number_format
        }
    return found


def test_every_sheet_marks_what_rests_on_the_cell_and_nothing_else():
    """School 09 has answered in March, is above its plan and has a course; the others rest on nothing of it."""
    found = marks(summary_workbook(figures("above", one_remark("09", NOW, "b"))))
    own, whole = "МБОУ СОШ № 9", WHOLE[ACTIVATION]
    of_school = {(own, heading) for heading in OWN_FIGURE | CHANGE | COURSE}
    assert found[ACTIVATION] == of_school | {
        (whole, heading) for heading in (OWN_FIGURE | CHANGE | COURSE) - NUMBER_COLUMN
    }
    heading = f"{HEADLINE} {FORM.item(HEADLINE).column.replace('|', ' ').replace('- ', '')}"
    assert found[COVERAGE] == {(row, heading) for row in (own, WHOLE[COVERAGE], f"с {BEFORE:%d.%m.%Y}, п.п.")}
    assert found[TREND] == {(row, of) for row in (own, WHOLE[TREND]) for of in (f"{NOW:%d.%m.%Y}", *CHANGE)}


def test_what_is_carried_forward_marks_the_date_that_it_was_said_for_and_those_behind():
    found = marks(summary_workbook(figures("above", one_remark("04", BEFORE, "a"))))
    own = "МБОУ СОШ № 4"
    assert found[ACTIVATION] == {(own, heading) for heading in OWN_FIGURE} | {
        (WHOLE[ACTIVATION], heading) for heading in (OWN_FIGURE | CHANGE | COURSE) - NUMBER_COLUMN
    }
    before, now = f"{BEFORE:%d.%m.%Y}", f"{NOW:%d.%m.%Y}"
    assert found[TREND] == {(own, before)} | {(WHOLE[TREND], of) for of in (before, now, *CHANGE)}


def test_without_open_remarks_no_sheet_has_a_mark_or_tells_of_one():
    workbook = summary_workbook(figures("above"))
    assert not any(marks(workbook).values())
    texts = text_of(workbook)
    assert not any("«?» — под вопросом: опирается на ответ с открытым замечанием." in said for said in texts[TREND])
    assert "Под вопросом ничего нет: у учтённых показателей нет открытых замечаний." in texts[titles.METHOD]


def text_of(workbook: bytes) -> dict[str, list[str]]:
    book = load_workbook(BytesIO(workbook))
    return {
        sheet.title: [
            " ".join(cell.value.split()) for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)
        ]
        for sheet in book
    }


def test_a_rise_under_question_is_not_praised_and_the_first_page_tells_what_stands_without_it():
    calm = text_of(summary_workbook(figures("above")))
    praise = "Больше всех прибавили с 20.02.2014: МБОУ СОШ № 9 — на 22 п.п. (121 чел.), МБОУ СОШ № 1"
    assert any(praise in said for said in calm[TREND])
    texts = text_of(summary_workbook(figures("above", one_remark("01", NOW, "a"))))
    [movers] = (said for said in texts[TREND] if "прибавили" in said)
    assert "прибавили с 20.02.2014: МБОУ СОШ № 9 — на 22 п.п. (121 чел.). " in movers
    assert "Прирост под вопросом: МБОУ СОШ № 1." in movers
    every = "со всеми ответами МБОУ СОШ № 9 (+22 п.п.), МБОУ СОШ № 1 (+10 п.п.); без них МБОУ СОШ № 9 (+22 п.п.)"
    assert every in texts[titles.METHOD]
    assert any("Под вопросом показатель 1 школы (МБОУ СОШ № 1): без него — 51,9 %." in said for said in texts["Сводка"])


def test_a_fall_under_question_is_told_and_marked():
    percents = {"01": (20, 30, 40, 62), "02": (20, 30, 50, 45)}
    files = [
        file_of(order_form(day, code, {HEADLINE: f"{percent} %"}), f"{code}-{day}", REGISTRY)
        for code, course in percents.items()
        for day, percent in zip(DAYS, course, strict=True)
    ]
    judged = checked(files, REGISTRY, catalogue=load_catalogue({"SAME-ANSWERS": "off"}))
    whole = measure(judged, files, REGISTRY, FORM, CATALOGUE, NOW, CALENDAR)
    [movers] = (said for said in text_of(summary_workbook(whole))[TREND] if "Снизились" in said)
    assert "Снизились: МБОУ СОШ № 2 — на 5 п.п. (27 чел.) ?." in movers


def test_the_first_page_does_not_call_a_plan_met_that_only_answers_under_question_meet():
    said = [one_remark(code, NOW, "a") for code in ("02", "03", "08")]
    whole = figures("above", *said, one_remark("09", NOW, "b"))
    brief = make_brief(whole, CATALOGUE)
    assert whole.municipality.level is Level.ON
    assert "выполнение плана под вопросом, 4 школы из 8 ниже плана." in brief.headline.replace("\u00a0", " ")
    assert not brief.good
    assert "и ещё 1): без них — 36,2 %, план не выполнен." in brief.subline.replace("\u00a0", " ")


def test_a_plan_that_only_answers_under_question_miss_is_not_called_missed():
    today = {"02": "a", "03": "a", "06": "a", "08": "a", "09": "b"}
    said = [one_remark(code, NOW, file) for code, file in today.items()]
    whole = figures("below", *said, one_remark("04", BEFORE, "a"), one_remark("05", BEFORE, "a"))
    assert whole.undoubted
    assert (whole.municipality.percent, whole.undoubted.municipality.percent) == (26.25, 50)
    assert whole.municipality.level is Level.BELOW
    headline = make_brief(whole, CATALOGUE).headline.replace("\u00a0", " ")
    assert " % ? при плане 41–60 %: выполнение плана под вопросом, не хватает " in headline


def test_where_no_answer_is_left_nothing_is_said_to_be_well_without_them():
    said = (replace(one, data=(*one.data, *TOTALS)) for one in on_every_cell(reports("below")[1]))
    texts = text_of(summary_workbook(figures("below", *said)))[titles.METHOD]
    after = texts[texts.index("Без показателей под вопросом") :]
    assert any(line.startswith("сейчас 1 из 8; без них показателя нет") for line in after)
    assert not any("отстающих нет" in line or "0 из 0" in line for line in after)


def test_a_change_that_the_schools_counted_on_both_dates_do_not_share_is_marked_for_itself():
    """School 08 is counted only now: the change of the total rests on it, that of the same schools does not."""
    brief = make_brief(figures("above", one_remark("08", NOW, "a")), CATALOGUE)
    assert "итог изменился на +14,8 п.п. ?, а у школ, учтённых на обе даты (7), — на +13,7 п.п.:" in plain(
        brief.subline
    )


def test_nobody_is_said_to_have_stood_still_where_the_only_change_is_under_question():
    same = [(code, day, 30) for code in ("01", "02") for day in DAYS]
    files = [file_of(order_form(d, c, {HEADLINE: f"{p} %"}), f"{c}-{d}", REGISTRY) for c, d, p in same]
    judged = checked(files, REGISTRY, catalogue=load_catalogue({"SAME-ANSWERS": "off"}))
    still = "доля не изменилась ни в одной школе"
    calm = measure(judged, files, REGISTRY, FORM, CATALOGUE, NOW, CALENDAR)
    assert any(still in said for said in text_of(summary_workbook(calm))[TREND])
    [report] = (one for one in judged.reports if (one.school, one.as_of) == ("01", NOW))
    doubt = questioned(report.remark("COUNT-FELL", item=HEADLINE, count=1.0, earlier=2.0, day=BEFORE))
    judged = msgspec.structs.replace(judged, remarks=(*judged.remarks, doubt))
    whole = measure(judged, files, REGISTRY, FORM, CATALOGUE, NOW, CALENDAR)
    assert not any(still in said for said in text_of(summary_workbook(whole))[TREND])


def test_a_schools_page_marks_its_place_and_names_nobody():
    whole = figures("above", one_remark("09", NOW, "b"))
    pages = {school.code: text_of(school_workbook(whole, school)) for school in whole.schools[:9]}
    own, other = (" ".join(pages[code]["Школа"]) for code in ("09", "02"))
    assert "показатель под вопросом" in own
    assert "1-е место из" not in own
    assert "под вопросом: всего — не как в реестре (D51)" in own
    assert "1-е место из" in other
    assert "часть показателей под вопросом" in other
    assert "СОШ № 9" not in other


def test_what_everything_would_be_without_them_is_listed():
    said = text_of(summary_workbook(figures("above", one_remark("04", BEFORE, "a"))))[titles.METHOD]
    after = said[said.index("Без показателей под вопросом") :]
    for line in (
        "п. 14: итог",
        "Итог на 20.02.2014",
        "Прогноз на 20.04.2014",
        "Школ с выполненным планом",
        "Не хватает отстающим, чел.",
        "Кому догонять сначала",
        "Нужно в неделю до 20.04.2014, чел.",
        "Свой темп, чел. в неделю",
        "МБОУ СОШ № 4 (04)",
    ):
        assert line in after
    assert "сейчас МБОУ СОШ № 1, МБОУ СОШ № 4 (94 чел.); без них МБОУ СОШ № 1 (61 чел.)" in after
    [of_school] = (line for line in after if line.startswith("«Активация», № 2 из 8"))
    assert "без этого показателя нет ни места, ни отклонения" in of_school
    assert of_school.endswith("под вопросом: всего — не как в реестре (D51)")
    [of_item] = (line for line in after if line.startswith("активация родителей: сейчас 49,12 %"))
    assert "середина по школам 51 %, без них 62 %; изменение +13,7 п.п., без них +16 п.п." in of_item
    assert of_item.endswith("под вопросом 1 школа (МБОУ СОШ № 4): всего — не как в реестре")


def test_without_a_plan_no_deviation_from_it_is_spoken_of():
    whole = figures("above", one_remark("04", BEFORE, "a"))
    whole = replace(whole, form=msgspec.structs.replace(whole.form, targets=()))
    said = text_of(summary_workbook(whole))[titles.METHOD]
    [of_school] = (line for line in said if line.startswith("«Активация», № 2 из 8"))
    assert "без этого показателя места нет" in of_school
    assert not [line for line in said if "отклонени" in line]


def test_a_former_answer_under_question_puts_the_change_under_question_and_the_letter_says_so():
    """School 01 has answered in February and in March; only that of February is doubtful."""
    whole = figures("above", one_remark("01", BEFORE, "a"))
    brief = make_brief(whole, CATALOGUE)
    _, headline, target, *_ = brief.cards
    assert not headline.doubted
    assert [line for line in map(plain, headline.note_lines) if "с 20.02" in line][-1].startswith(
        "+13,7 п.п. ? с 20.02"
    )
    assert "было 7 из 8 ? при плане 30–40 %" in map(plain, target.note_lines)
    letter = letter_of(whole)
    assert "+13,7 п.п. ? с 20.02" in letter
    assert "«?» — под вопросом: опирается на ответ с открытым замечанием." in letter


def test_the_letter_marks_figures_and_schools_under_question():
    letter = letter_of(figures("below", one_remark("01", NOW, "a"), one_remark("02", NOW, "a")))
    assert "Активация родителей: 26,2 % ? (" in letter
    assert "МБОУ СОШ № 2 — 25,0 % ?, ещё 88 чел. ?" in letter
    assert "МБОУ СОШ № 3 — 25,0 %, ещё 88 чел.\n" in letter


def test_without_open_remarks_the_letter_bears_no_mark():
    assert "?" not in letter_of(figures("above"))


@pytest.mark.parametrize("case", ["above", "below"])
def test_where_every_answer_is_under_question_every_figure_of_the_first_page_is_marked(case: str):
    whole = figures(case, *(replace(one, data=TOTALS) for one in on_every_cell(reports(case)[1])))
    brief, letter = make_brief(whole, CATALOGUE), letter_of(whole)
    _, headline, target, second, _ = brief.cards
    assert all(card.doubted for card in (headline, target, second))
    changes = [line for card in (headline, second) for line in map(plain, card.note_lines) if "п.п." in line]
    assert len(changes) == 2
    assert all("п.п. ? с " in line for line in changes)
    assert " % ? при плане" in plain(brief.headline)
    behind = [line for line in letter.splitlines() if line.startswith("  МБОУ")]
    assert len(behind) == len(whole.below)
    assert all(line.count(" ?") == 2 for line in behind)
    catch_up, deadlines = (
        next(plain(f"{one.tag} {one.text}") for one in brief.decisions if one.tag.startswith(tag))
        for tag in (HEADLINE_SHEET, "Сроки")
    )
    assert catch_up.startswith(f"{HEADLINE_SHEET} ?")
    assert "прогноз" not in catch_up or "% ?" in catch_up
    assert deadlines.count("?") == 2


def test_what_another_remark_tells_of_has_stood_since_it_was_told_first():
    [before, now] = (one for one in reports("above")[1].reports if one.school == "01" and one.as_of in (BEFORE, NOW))
    fell, again = (
        questioned(one.remark("COUNT-FELL", item="8", count=1.0, earlier=2.0, day=BEFORE)) for one in (before, now)
    )
    copied = questioned(replace(now.remark("SAME-ANSWERS", other="x.xlsx"), folded=(again,)))
    age = figures("above", fell, copied).remark_history.standing["01", "8", "COUNT-FELL"]
    assert (age.since, age.times) == (BEFORE, 2)


def test_a_doubt_on_another_item_leaves_the_headline_s_figures_clean():
    """Item 6.2 is on no card: of all that the letter says only the deadlines rest on it."""
    letter = letter_of(figures("above", one_remark("02", NOW, "a", "6.2")))
    marked = [line for line in letter.splitlines() if "?" in line]
    assert [line.strip().partition(".")[0] for line in marked] == ["Сроки", "Во вложении — svod"]


def letter_of(whole: Figures) -> str:
    """In plain text, with plain spaces."""
    registry = replace(REGISTRY, mailing=(Recipient("Иванова И. И.", "office@example.org"),))
    letter = leadership_letter([Page(whole, make_brief(whole, CATALOGUE), "svod.xlsx", b"")], registry)
    assert letter
    _, _, body = letter.html.partition("<body")
    assert body.count(f"\u00a0{Mark.CHECK}") == letter.text.count(f"\u00a0{Mark.CHECK}")
    return plain(letter.text)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_a_milestone_that_rests_on_an_answer_under_question_is_marked():
    """In the table of schools and, below it, among the order's measures; the plan is item 3 and shows two of them.
    School 08 has reported once; of the others an earlier report shows it, too."""
    sheet = load_workbook(BytesIO(summary_workbook(figures("above", one_remark("08", NOW, "a", "3")))))[
        titles.MILESTONES
    ]
    header = next(row for row in sheet.iter_rows() if row[0].value == "Код")
    doubted = [cell for row in sheet.iter_rows() for cell in row if f'" {Mark.CHECK}"' in cell.number_format]
    of_plan = {cell.column for cell in header if str(cell.value).startswith("3\n")}
    of_schools = {sheet.cell(cell.row, 2).value for cell in doubted if cell.column in of_plan}
    assert of_schools >= {"МБОУ СОШ № 8", "Просрочили, школ"}
    assert not of_schools & {school.name for school in REGISTRY.schools if school.code != "08"}
    measures = {sheet.cell(cell.row, 1).value for cell in doubted if not sheet.cell(cell.row, 2).value}
    assert measures == {"Разработка и утверждение плана работы и его предоставление в Управление образования"}


def test_a_school_is_asked_to_check_what_information_alone_puts_under_question():
    said = replace(one_remark("09", NOW, "b"), code="PCT-ROSE", severity=Severity.INFO)
    whole = figures("above", replace(said, data=(("percent", 62.0), ("earlier", 5.0), ("history", "x"))))
    own = alone(whole, next(school for school in whole.schools if school.code == "09"))
    brief = make_school_brief(make_brief(own, CATALOGUE), own, PeerStanding(1, 8, 51.0))
    assert not brief.good
    assert ("Вопросы", "Проверьте ответы под вопросом: п. 14.") in {(one.tag, one.text) for one in brief.decisions}
