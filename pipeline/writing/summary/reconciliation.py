"""Sheet «Сверка»: proof that nothing disappeared between the schools' files and the municipality's figures."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

from xlsxwriter.utility import xl_col_to_name

from pipeline import wording
from pipeline.measuring.figures import (
    FORMER_SUMMARY,
    HOLDS_NOTHING,
    NOT_A_FORM,
    PAPER,
    UNREAD,
    Reconciliation,
    SetAside,
)
from pipeline.measuring.picture import Outcome
from pipeline.measuring.rows import ReconciledItem, reconciled_items
from pipeline.writing.pages import theme, titles
from pipeline.writing.pages.page import FIRST_ROW, Column, Page, said_of_rest, written
from pipeline.writing.pages.theme import Look, Mark
from pipeline.writing.summary import remarks
from schemas.answers import Why
from schemas.form import Kind
from schemas.remarks import Remark

_NARROW = 9.2
COLUMNS = (
    Column("Пункт", 7),
    Column("Показатель", 32),
    *(
        Column(heading, _NARROW)
        for heading in (
            "Ожида-|лось", "Учтено", "из них|перене-|сено", "Отло-|жено", "Не при-|менимо", "Нет|ответа",
            "Нет|отчёта", "Сходится",
            "Прочи-|тано", "из них|«не при-|менимо»", "В других|отчётах", "Сходится",
            "В отчётах|свода", "Учтено", "Отло-|жено", "Сходится",
            "Доля", "если|отложен-|ные верны", "Не ниже", "Не выше",
        )
    ),
)  # fmt: skip
(ITEM, ABOUT, EXPECTED, COUNTED, CARRIED, SET_ASIDE, NOT_APPLICABLE, NO_ANSWER, NO_REPORT, SCHOOLS_HOLD,
 READ, SAID_NOT_APPLICABLE, ELSEWHERE, ANSWERS_HOLD, PEOPLE, PEOPLE_COUNTED, PEOPLE_SET_ASIDE, PEOPLE_HOLD,
 SHARE, WITH_SET_ASIDE, LOW, HIGH) = range(len(COLUMNS))  # fmt: skip
# What the columns from there on are about.
_GROUPS = {
    EXPECTED: "Школы",
    READ: "Ответы во всех файлах",
    PEOPLE: "Охвачено людей",
    SHARE: "Доля по муниципалитету",
}
# Column -> its figure.
_SCHOOLS_AND_ANSWERS: dict[int, Callable[[ReconciledItem], int]] = {
    EXPECTED: lambda of: of.expected,
    COUNTED: lambda of: of.counted,
    CARRIED: lambda of: of.carried,
    SET_ASIDE: lambda of: of.set_aside,
    NOT_APPLICABLE: lambda of: of.not_applicable,
    NO_ANSWER: lambda of: of.no_answer,
    NO_REPORT: lambda of: of.no_report,
    READ: lambda of: of.read,
    SAID_NOT_APPLICABLE: lambda of: of.answered_not_applicable,
    ELSEWHERE: lambda of: of.elsewhere,
}
_PEOPLE: dict[int, Callable[[ReconciledItem], float]] = {
    PEOPLE: lambda of: of.people_read,
    PEOPLE_COUNTED: lambda of: of.people_counted,
    PEOPLE_SET_ASIDE: lambda of: of.people_set_aside,
}
_SHARES: dict[int, Callable[[ReconciledItem], float]] = {
    SHARE: lambda of: of.percent,
    WITH_SET_ASIDE: lambda of: of.percent_with_set_aside,
    LOW: lambda of: of.percent_low,
    HIGH: lambda of: of.percent_high,
}
# Into what the schools and the answers divide.
_WHERE_SCHOOLS = (COUNTED, SET_ASIDE, NOT_APPLICABLE, NO_ANSWER, NO_REPORT)
_WHERE_ANSWERS = (COUNTED, SET_ASIDE, SAID_NOT_APPLICABLE, ELSEWHERE)

GROUP_ROW, TOTAL_ROW, HEADER_ROW, DATA_ROW = range(FIRST_ROW, FIRST_ROW + 4)
NO_FIGURE = "—"
HOLDS, FAILS = f"{Mark.ON_PLAN} да", f"{Mark.BELOW} нет"
_LONGEST_VALUE = 34  # characters of a school's words that find room
_OUTCOMES = (*Outcome, FORMER_SUMMARY, PAPER, HOLDS_NOTHING, NOT_A_FORM, UNREAD)

_SECTION: Look = {"bold": True, "font_color": theme.NAVY, "font_size": 12}


def write(page: Page) -> None:
    found = page.book.figures.reconciliation
    page.head(
        f"Сверка {wording.on(page.book.figures.as_of, page.book.figures.every)}: ничего не потеряно",
        "Каждая школа, каждый ответ и каждый файл либо учтены, либо здесь сказано, почему нет. "
        "Школы: ожидалось = учтено + отложено + не применимо + нет ответа + нет отчёта. "
        "Ответы: прочитано = учтено + отложено + «не применимо» + в других отчётах (заменённых, прежних, не учтённых; "
        "без ответов, взятых из них). "
        "Люди: в отчётах свода = учтено + отложено. Если бы хоть одно равенство не сошлось, свод не был бы записан. "
        "«Не ниже» и «не выше» — в каких пределах окажется доля, что бы ни ответили школы, которые не учтены."
        f"{_said_of_unread(found)}{said_of_rest(found.set_aside, 'findings.csv')}",
        COLUMNS,
        across=True,
    )
    for column, group in _GROUPS.items():
        page.text(GROUP_ROW, column, group, theme.GROUP)
    page.header(HEADER_ROW, COLUMNS, height=42)
    last = DATA_ROW - 1
    for last, item in enumerate(reconciled_items(found).values(), DATA_ROW):
        _write_item(page, last, item)
    _write_totals(page, last)
    page.sheet.autofilter(HEADER_ROW, 0, last, len(COLUMNS) - 1)
    page.sheet.freeze_panes(0, ABOUT + 1)  # not the header: tables with other columns follow
    last = _write_set_aside(page, last + 2)
    if found.taken:
        last = _write_taken(page, last + 2)
    last = _write_outcomes(page, last + 2)
    if found.recognised:
        last = _write_recognised(page, last + 2)
    page.print_setup(last, len(COLUMNS), repeated=ABOUT + 1)


def _said_of_unread(found: Reconciliation) -> str:
    """What stands in the column of those set aside where some of an item's cannot be read and others can."""
    items = reconciled_items(found).values()
    if not any(found.unread(one.item) and not math.isnan(one.percent_with_set_aside) for one in items):
        return ""
    return " «Если отложенные верны» — без тех, которые не прочитаны."


# ── items ────────────────────────────────────────────────────────────────────────────────────────────────
def _write_item(page: Page, row: int, found: ReconciledItem) -> None:
    form = page.book.figures.form
    item = form.item(found.item)
    bold = (theme.BOLD,) if item.number == form.headline_number else ()
    page.text(row, ITEM, found.item, theme.ROW, theme.TEXT, *bold)
    page.text(row, ABOUT, wording.capital(item.about or wording.unbroken(item.title)), theme.ROW, *bold)
    for column, number_of in _SCHOOLS_AND_ANSWERS.items():
        page.number(row, column, number_of(found), theme.ROW, theme.PEOPLE_QUIET, theme.CENTRE)
    for column, percent_of in _SHARES.items():
        _write_figure(page, row, column, percent_of(found) / 100, theme.SHARE, *(bold if column == SHARE else ()))
    _write_check(page, row, SCHOOLS_HOLD, _equal(row, EXPECTED, _WHERE_SCHOOLS), found.holds)
    _write_check(page, row, ANSWERS_HOLD, _equal(row, READ, _WHERE_ANSWERS), found.holds)
    if item.kind is not Kind.COVERAGE:  # without a headcount
        for column in (*_PEOPLE, PEOPLE_HOLD):
            _write_figure(page, row, column, math.nan)
        return
    for column, people_of in _PEOPLE.items():
        people = people_of(found)
        page.number(row, column, 0.0 if math.isnan(people) else people, theme.ROW, theme.PEOPLE_QUIET, theme.CENTRE)
    _write_check(page, row, PEOPLE_HOLD, _equal(row, PEOPLE, (PEOPLE_COUNTED, PEOPLE_SET_ASIDE)), found.holds)


def _write_figure(page: Page, row: int, column: int, value: float, *looks: Look) -> None:
    if math.isnan(value):
        page.text(row, column, NO_FIGURE, theme.ROW, theme.CENTRE, theme.QUIET)
    else:
        page.number(row, column, value, theme.ROW, theme.CENTRE, *looks)


def _equal(row: int, whole: int, parts: Iterable[int]) -> str:
    """Condition that the parts make up the whole; people are no whole numbers."""
    cells = "-".join(f"{xl_col_to_name(column)}{row + 1}" for column in (whole, *parts))
    return f"ABS({cells})<0.000001"


def _write_check(page: Page, row: int, column: int, condition: str, holds: bool, *looks: Look) -> None:
    said, colour = (HOLDS, theme.GOOD) if holds else (FAILS, theme.ACTION)
    page.formula(row, column, f'=IF({condition},"{HOLDS}","{FAILS}")', said, theme.ROW, theme.CENTRE, colour, *looks)


def _write_totals(page: Page, last: int) -> None:
    """Schools and answers over all items; people of different items are not added up."""
    items = reconciled_items(page.book.figures.reconciliation).values()
    for column in range(len(COLUMNS)):
        page.number(TOTAL_ROW, column, None, theme.TOTAL)
    page.text(TOTAL_ROW, ABOUT, "Всего по пунктам", theme.TOTAL)
    for column, number_of in _SCHOOLS_AND_ANSWERS.items():
        total = f"=SUM({_below(column, last)})"
        page.formula(
            TOTAL_ROW, column, total, sum(map(number_of, items)), theme.TOTAL, theme.CENTRE, theme.PEOPLE_QUIET
        )
    for column in (SCHOOLS_HOLD, ANSWERS_HOLD, PEOPLE_HOLD):
        none_fails = f'COUNTIF({_below(column, last)},"{FAILS}")=0'
        _write_check(page, TOTAL_ROW, column, none_fails, all(item.holds for item in items), theme.TOTAL)


def _below(column: int, last: int) -> str:
    letter = xl_col_to_name(column)
    return f"{letter}{DATA_ROW + 1}:{letter}{last + 1}"


# ── what was set aside ───────────────────────────────────────────────────────────────────────────────────
# Where its columns begin on the grid of the items; a text runs on into the empty cells beside it.
_ASIDE = {
    0: "Пункт", 1: "Школа", 2: "Людей", 3: "из", 4: "%", 5: "Ответ школы", 8: "Причина — ведёт к замечанию",
    14: "Лист, ячейка", 17: "Файл",
}  # fmt: skip
_A_NUMBER, _A_SCHOOL, _A_COVERED, _A_TOTAL, _A_PERCENT, _A_VALUE, _A_REASON, _A_PLACE, _A_FILE = _ASIDE


def _write_set_aside(page: Page, row: int) -> int:
    """Every reason of every answer that is not counted. Index of the last row."""
    aside = page.book.figures.reconciliation.set_aside
    page.text(row, 0, "Отложено до исправления", _SECTION)
    if not aside:
        page.text(row + 1, 0, "Ничего не отложено.", theme.QUIET)
        return row + 1
    row += 1
    told = _headings(page, _ASIDE, (_A_VALUE, _A_PLACE, _A_FILE))
    _write_open_header(page, row, told, len(COLUMNS), centred=(_A_COVERED, _A_TOTAL, _A_PERCENT))
    places = {} if page.book.figures.public else remarks.places(page.book)
    for answer in written(aside):
        for reason in answer.remarks or (None,):
            row += 1
            _write_answer(page, row, answer)
            if reason:
                _write_reason(page, row, reason, places.get(reason, "A1"))
    return row


def _write_answer(page: Page, row: int, answer: SetAside) -> None:
    for column in range(len(COLUMNS)):
        page.number(row, column, None, theme.ROW)
    page.text(row, _A_NUMBER, answer.item, theme.ROW, theme.TEXT)
    page.text(row, _A_SCHOOL, answer.school.name, theme.ROW)
    for column, figure in ((_A_COVERED, answer.covered), (_A_TOTAL, answer.total)):
        _write_figure(page, row, column, math.nan if figure is None else figure, theme.PEOPLE)
    _write_figure(page, row, _A_PERCENT, math.nan if answer.percent is None else answer.percent / 100, theme.SHARE)


def _write_reason(page: Page, row: int, reason: Remark, place: str) -> None:
    """`place`: the cell of «Замечания» where it stands."""
    title = page.book.catalogue.entries[reason.code].title
    if page.book.figures.public:
        page.text(row, _A_REASON, title, theme.ROW)
        return
    page.text(row, _A_VALUE, wording.shortened(reason.value, _LONGEST_VALUE), theme.ROW, theme.SMALL, theme.TEXT)
    page.link(row, _A_REASON, titles.REMARKS, title, theme.ROW, cell=place)
    page.text(row, _A_PLACE, f"{reason.sheet}, {reason.cell}", theme.ROW, theme.SMALL)
    page.text(row, _A_FILE, reason.file, theme.ROW, theme.SMALL, theme.QUIET)


# ── what was taken over ──────────────────────────────────────────────────────────────────────────────────
_TAKEN = {
    0: "Пункт",
    1: "Школа",
    2: "Ответ",
    6: "Почему взят из другого отчёта",
    11: "Отчёт, где его нет",
    15: "Отчёт, где он стоит",
}
_T_NUMBER, _T_SCHOOL, _T_ANSWER, _T_WHY, _T_FILE, _T_SOURCE = _TAKEN
_WHY = {
    Why.PARTIAL: "файл исправляет лишь часть ответов",
    Why.BLANK: "пусто, раньше ответ был",
    Why.REFERENCE: "ссылка на прежний ответ",
}


def _write_taken(page: Page, row: int) -> int:
    """Every answer that a report takes over from another of its school, with both. Index of the last row."""
    page.text(row, 0, "Ответы из прежних отчётов", _SECTION)
    header = row + 1
    told = _headings(page, _TAKEN, (_T_ANSWER, _T_FILE, _T_SOURCE))
    _write_open_header(page, header, told, len(COLUMNS), centred=())
    taken = page.book.figures.reconciliation.taken
    for row, one in enumerate(written(taken), header + 1):
        for column in range(len(COLUMNS)):
            page.number(row, column, None, theme.ROW)
        page.text(row, _T_NUMBER, remarks.item_said(one.item), theme.ROW, theme.TEXT)
        page.text(row, _T_SCHOOL, one.school.name, theme.ROW)
        if not page.book.figures.public:
            answer = wording.shortened(one.answer, _LONGEST_VALUE)
            page.text(row, _T_ANSWER, answer, theme.ROW, theme.SMALL, theme.TEXT)
        page.text(row, _T_WHY, _WHY[one.why], theme.ROW, theme.SMALL)
        if page.book.figures.public:
            continue
        page.text(row, _T_FILE, one.file, theme.ROW, theme.SMALL)
        day = f" (на {one.as_of:%d.%m.%Y})" if one.as_of else ""
        page.text(row, _T_SOURCE, f"{one.source}, {one.cell}{day}", theme.ROW, theme.SMALL, theme.QUIET)
    return row


def _headings(page: Page, headings: Mapping[int, str], of_words: Sequence[int]) -> dict[int, str]:
    """Without those `of_words` of schools in the edition for a wider mailing, where no reason leads to its remark."""
    if not page.book.figures.public:
        return dict(headings)
    told = {column: heading for column, heading in headings.items() if column not in of_words}
    return {column: heading.partition(" — ")[0] for column, heading in told.items()}


# ── how reports were known ───────────────────────────────────────────────────────────────────────────────
def _write_recognised(page: Page, row: int) -> int:
    """By what items and columns were known, the most frequent first; of one report `trace` tells. Index of the last
    row."""
    page.text(row, 0, "Как узнаны отчёты", _SECTION)
    note = "Школа — по названию в реестре, дата — по записи в отчёте; об одном отчёте: run.py trace ШКОЛА ПУНКТ."
    page.text(row + 1, 0, note, theme.SMALL, theme.QUIET)
    by_number = sorted(page.book.figures.reconciliation.recognised.items(), key=lambda one: (-one[1], one[0]))
    for line, (how, reports) in enumerate(by_number, row + 2):
        page.number(line, 0, reports, theme.CENTRE)
        page.text(line, 1, wording.capital(how))
    return row + 1 + len(by_number)


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────
_FILES = {0: "Что стало с отчётом или файлом", 3: "Сколько"}
_NUMBER = 3


def _write_outcomes(page: Page, row: int) -> int:
    """What became of every report and of every file that gave none. Index of the last row."""
    found = page.book.figures.reconciliation
    page.text(row, 0, "Файлы", _SECTION)
    files = wording.count(found.files, wording.FILE)
    note = f"Во входящих {files}; в одном файле может быть несколько отчётов."
    if page.book.figures.unattributed:
        waiting = wording.number(page.book.figures.unattributed_files)
        where = "" if page.book.figures.public else f" — лист «{titles.SUBMISSIONS}»"
        note += f" Без школы или даты и до сих пор не исправлено: {waiting}{where}."
    page.text(row + 1, 0, note, theme.SMALL, theme.QUIET)
    total, row = row + 2, row + 3
    _write_open_header(page, row, _FILES, _NUMBER + 1, centred=(_NUMBER,))
    first = row + 1
    for row, (outcome, number) in enumerate(sorted(found.outcomes.items(), key=_in_order), first):
        for column in range(_NUMBER):
            page.number(row, column, None, theme.ROW)
        page.text(row, 0, outcome, theme.ROW)
        page.number(row, _NUMBER, number, theme.ROW, theme.CENTRE)
    for column in range(_NUMBER):
        page.number(total, column, None, theme.TOTAL)
    page.text(total, 0, "Отчётов и файлов без отчёта", theme.TOTAL)
    page.number(total, _NUMBER, found.sources, theme.TOTAL, theme.CENTRE)
    letter = xl_col_to_name(_NUMBER)
    sums = f"SUM({letter}{first + 1}:{letter}{max(row, first) + 1})={letter}{total + 1}"
    _write_check(page, total, _NUMBER + 1, sums, found.sources == sum(found.outcomes.values()), theme.TOTAL)
    return row


def _in_order(outcome: tuple[str, int]) -> int:
    return _OUTCOMES.index(outcome[0])


def _write_open_header(page: Page, row: int, headings: Mapping[int, str], columns: int, centred: Sequence[int]) -> None:
    """A header whose texts run on over the narrow columns beside them."""
    for column in range(columns):
        looks = (theme.CENTRE,) if column in centred else ()
        page.text(row, column, headings.get(column, ""), theme.HEADER, theme.OPEN_HEADER, *looks)
