"""Sheet «Решения»: what is to be decided, with cells for the decision, and what became of those before.

The office fills in the yellow cells; the workbook, put into the input folder, brings them into the next summary. How a
row is known again then, `schemas.decided` tells.
"""

from collections.abc import Sequence
from datetime import date

from msgspec import structs

from pipeline import wording
from pipeline.measuring.figures import SETTLED, Fate, Figures, Followed
from pipeline.writing.pages import theme
from pipeline.writing.pages.brief import Decision, Subject
from pipeline.writing.pages.doubts import is_headline_doubted
from pipeline.writing.pages.fates import due_said, fate_said, gained_said
from pipeline.writing.pages.page import FIRST_ROW, LONGEST_TEXT, TITLE_ROW, Column, Page
from pipeline.writing.pages.theme import Look
from schemas import decided as sheet
from schemas.decided import Concerned, Decided, Memory

COLUMNS = (
    Column(sheet.SINCE, 10),
    Column(sheet.TAG, 12),
    Column(sheet.TEXT, 27),
    Column(sheet.SCHOOLS, 18),
    Column(sheet.DECISION, 28),
    Column(sheet.WHO, 14),
    Column(sheet.DUE, 11),
    Column(sheet.DONE, 10.5),
    Column(sheet.FATE, 13),
    Column(sheet.GAINED, 11),
)
SINCE, TAG, TEXT, SCHOOLS, DECISION, WHO, DUE, DONE, FATE, GAINED = range(len(COLUMNS))
MEMORY = len(COLUMNS)  # hidden
HEADER_ROW, DATA_ROW = FIRST_ROW, FIRST_ROW + 1
OWN_ROWS = 5  # for decisions about no line of the summary
MOST_NAMED = 8  # schools in a cell; all of them are remembered

CELL = (theme.ROW, theme.WRAP, theme.TOP)
YELLOW: Look = {"bg_color": theme.INPUT, "border": 1, "border_color": theme.GRID}
SECTION: Look = {"bold": True, "font_color": theme.NAVY, "font_size": 12}


def write(page: Page) -> None:
    figures = page.book.figures
    page.head(
        f"Решения управления по своду {wording.on(figures.as_of, figures.every)}",
        "Впишите решения в жёлтые ячейки, сохраните книгу и положите её в папку input: в следующем своде будет видно, "
        "что выполнено. Строки можно сортировать и добавлять. Срок — датой (15.04.2014): по другим словам просрочку не "
        "определить. «Отметка об исполнении» — «да» или «нет»: она важнее того, что показывают отчёты.",
        COLUMNS,
    )
    page.header(HEADER_ROW, COLUMNS, height=38)
    page.sheet.set_column(MEMORY, MEMORY, None, None, {"hidden": True})
    page.text(TITLE_ROW, MEMORY, sheet.seal(figures.form.id, figures.as_of), theme.TEXT)
    page.text(HEADER_ROW, MEMORY, sheet.MEMORY, theme.HEADER)
    row = _write_followed(page, DATA_ROW) if figures.followed else DATA_ROW
    last = _write_to_decide(page, row) - 1
    _ask_for_what_is_meant(page, last)
    page.sheet.freeze_panes(DATA_ROW, 0)
    page.sheet.repeat_rows(HEADER_ROW)
    page.print_setup(last, len(COLUMNS))


# ── decided before ───────────────────────────────────────────────────────────────────────────────────────
def _write_followed(page: Page, row: int) -> int:
    """The row after them."""
    page.text(row, SINCE, "Решено ранее", SECTION)
    for one in page.book.figures.followed:
        row += 1
        _write_one_followed(page, row, one)
    return row + 1


def _write_one_followed(page: Page, row: int, one: Followed) -> None:
    """Its yellow cells hold what was typed, so that it can be changed and comes back again."""
    decided, memory = one.decided, one.decided.memory
    codes = [school.code for school in memory.schools]
    _write_subject(page, row, memory.as_of, memory.tag, memory.text, codes)
    _write_typed(page, row, decided)
    fate = fate_said(one)
    page.text(row, FATE, fate, *CELL, *_look_of(one))
    gained = gained_said(one.gains, len(codes))
    page.text(row, GAINED, gained, *CELL)
    settled = one.fate in SETTLED
    _remember(page, row, structs.replace(memory, settled=settled))
    texts = {TAG: memory.tag, TEXT: memory.text, SCHOOLS: _names(page.book.figures, codes), FATE: fate}
    typed = {DECISION: decided.decision, WHO: decided.who, DUE: decided.due_as_typed, GAINED: gained}
    page.fit_row(row, {**texts, **typed}, COLUMNS)


def _look_of(one: Followed) -> tuple[Look, ...]:
    if one.fate in (Fate.OVERDUE, Fate.NOT_DONE) or one.late:
        return (theme.ACTION,)
    return (theme.GOOD,) if one.fate in SETTLED else ()


def _write_typed(page: Page, row: int, decided: Decided) -> None:
    page.text(row, DECISION, decided.decision, *CELL, theme.TEXT, YELLOW)
    page.text(row, WHO, decided.who, *CELL, theme.TEXT, YELLOW)
    if decided.due:
        page.day(row, DUE, decided.due, *CELL, theme.CENTRE, theme.DATE, YELLOW)
    else:
        page.text(row, DUE, due_said(decided), *CELL, theme.CENTRE, theme.DATE, YELLOW)
    page.text(row, DONE, decided.done or decided.done_as_typed, *CELL, theme.CENTRE, YELLOW)


# ── to decide now ────────────────────────────────────────────────────────────────────────────────────────
def _write_to_decide(page: Page, row: int) -> int:
    """The row after them."""
    brief = page.book.brief
    lines = [(decision, decision.about) for decision in brief.decisions if decision.about]
    page.text(row, SINCE, "Требует решения управления" if lines else "Новых вопросов для решения нет", SECTION)
    for decision, about in lines:
        row += 1
        _write_line(page, row, decision, about)
    row += 1
    page.text(row, SINCE, "Другие решения управления", SECTION)
    for _ in range(OWN_ROWS):
        row += 1
        for column in (SINCE, TAG, TEXT, SCHOOLS, FATE, GAINED):
            page.number(row, column, None, *CELL)
        _leave_blank(page, row)
        page.sheet.set_row(row, 2 * theme.ROW_HEIGHT)
    return row + 1


def _write_line(page: Page, row: int, decision: Decision, about: Subject) -> None:
    figures = page.book.figures
    _write_subject(page, row, figures.as_of, decision.tag, decision.text, about.schools)
    _leave_blank(page, row)
    for column in (FATE, GAINED):
        page.number(row, column, None, *CELL)
    memory = Memory(
        key=f"{figures.as_of.isoformat()} {about.matter}",
        as_of=figures.as_of,
        matter=about.matter,
        tag=decision.tag,
        text=decision.text,
        schools=_concerned(figures, about.schools),
        papers=about.papers,
    )
    _remember(page, row, memory)
    texts = {TEXT: decision.text, SCHOOLS: _names(figures, about.schools)}
    page.fit_row(row, texts, COLUMNS)


def _concerned(figures: Figures, codes: Sequence[str]) -> tuple[Concerned, ...]:
    covered = {row.school.code: row.covered for row in figures.activation if row.school}
    return tuple(Concerned(code, covered.get(code), is_headline_doubted(figures, code)) for code in codes)


# ── what rows share ──────────────────────────────────────────────────────────────────────────────────────
def _write_subject(page: Page, row: int, since: date, tag: str, text: str, codes: Sequence[str]) -> None:
    page.day(row, SINCE, since, *CELL, theme.CENTRE, theme.DATE)
    page.text(row, TAG, tag, *CELL, theme.BOLD)
    page.text(row, TEXT, text, *CELL)
    page.text(row, SCHOOLS, _names(page.book.figures, codes), *CELL)


def _names(figures: Figures, codes: Sequence[str]) -> str:
    """One that the registry does not know any more by its code."""
    said = [wording.keep_together(figures.name_by_code.get(code, f"код {code}")) for code in codes]
    return wording.listed(said, MOST_NAMED, wording.SCHOOL)


def _leave_blank(page: Page, row: int) -> None:
    for column, looks in {
        DECISION: (theme.TEXT,),
        WHO: (theme.TEXT,),
        DUE: (theme.CENTRE, theme.DATE),
        DONE: (theme.CENTRE,),
    }.items():
        page.number(row, column, None, *CELL, *looks, YELLOW)


def _remember(page: Page, row: int, memory: Memory) -> None:
    """What does not find room in a cell is not cut there: the row would be about nothing then that can be known."""
    text = sheet.remembered(memory)
    page.text(
        row,
        MEMORY,
        text if len(text) <= LONGEST_TEXT else sheet.remembered(structs.replace(memory, schools=())),
        theme.TEXT,
    )


def _ask_for_what_is_meant(page: Page, last: int) -> None:
    """Hints at the cells; they refuse nothing, for words are kept as they are typed."""
    page.sheet.data_validation(
        DATA_ROW, DUE, last, DUE,
        {
            "validate": "date", "criteria": ">=", "value": page.book.figures.as_of, "error_type": "information",
            "input_title": sheet.DUE, "input_message": "Дата, например 15.04.2014.",
            "error_title": sheet.DUE,
            "error_message": "Это не дата или дата раньше свода. "
            "Слова будут показаны, но просрочку по ним не определить.",
        },
    )  # fmt: skip
    page.sheet.data_validation(
        DATA_ROW, DONE, last, DONE,
        {
            "validate": "list", "source": ["да", "нет"], "error_type": "information", "error_title": sheet.DONE,
            "error_message": "Понятны «да» и «нет»; другое будет показано, но отметкой не считается.",
        },
    )  # fmt: skip
