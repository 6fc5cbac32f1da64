"""Sheet «Слова»: what the answers in words say, by item: how many schools say it, in which words, and which."""

from pipeline import wording
from pipeline.measuring.words import UNKNOWN, Said, What, words
from pipeline.writing.pages import theme
from pipeline.writing.pages.page import FIRST_ROW, Column, Page, said_of_rest, written
from pipeline.writing.pages.theme import Look
from schemas.form import Form, Item, Kind

COLUMNS = (
    Column("Пункт", 26),
    Column("Что сказано", 36),
    Column("Школ", 7),
    Column("Как написано", 48),
    Column("Какие школы", 41),
)
ITEM, SAID, SCHOOLS, WRITTEN, NAMES = range(len(COLUMNS))

HEADER_ROW, DATA_ROW = FIRST_ROW, FIRST_ROW + 1
CELL = (theme.ROW, theme.WRAP, theme.TOP)

_MOST_NAMES, _MOST_SPELLINGS = 12, 8
_MOST_LETTERS = 1100  # of a text in one row, so that no row is higher than a printed page lets it be
# `{}`: the title of what is said.
_SAID = {
    What.NAMED: "{}",
    What.ADDRESS: "Есть, адрес указан",
    What.YES: "Есть, адрес не указан",
    What.NO: "Нет",
    What.TOLD: "Словами школы",
    What.WHOLE_SCHOOL: "Названы все классы школы",
    What.MISSING: "Не названы классы: {}",
    What.BEYOND: "Названы классы, которых в школе нет: {}",
    What.NOBODY: "Не назвала ни одна школа: {} кл. (справа — где они есть)",
    What.EVERY_GRADE: "Каждый класс назван хотя бы одной школой",
    What.NO_CLASSES: "Классы не указаны",
    What.BY_CLASS: "По классам: сложено",
    What.APART: "По классам: общего показателя нет",
    What.NOT_APPLICABLE: "Не предусмотрено",
    What.SET_ASIDE: "Неизвестно: ответ отложен из-за замечания",
    What.NO_ANSWER: "Неизвестно: нет ответа",
    What.NO_REPORT: "Неизвестно: нет отчёта",
}
_OPTIONAL = "Ничего не добавлено (по усмотрению)"
_GRADES = (What.WHOLE_SCHOOL, What.MISSING, What.BEYOND, What.NOBODY)  # told in the normal form: 5-9, 11


def is_needed(form: Form) -> bool:
    """Does the form ask for anything that is answered in words."""
    return any(item.kind in (Kind.TEXT, Kind.YES_NO) or item.measured for item in form.items)


def write(page: Page) -> None:
    figures = page.book.figures
    rows = words(figures)
    page.head(
        f"Что сказано словами {wording.on(figures.as_of, figures.every)}",
        "Разные написания сведены вместе, слова школ не изменены. Школа, которая назвала несколько форм или систем, "
        "считается в каждой строке. Классы школы — по её названию: начальная 1–4, основная 1–9, иначе 1–11. Доли по "
        "классам без числа детей не складываются. Полностью всё стоит в файле answers.csv."
        f"{said_of_rest(rows, 'answers.csv')}",
        COLUMNS,
    )
    page.header(HEADER_ROW, COLUMNS)
    row, item = DATA_ROW, None
    for said in written(rows):
        for text in _texts(said):
            _write_row(page, row, said, text, first=said.item != item)
            row, item = row + 1, said.item
    if not rows:
        page.text(row, ITEM, "Ответов словами нет.", theme.QUIET)
        row += 1
    page.table(HEADER_ROW, row - 1, len(COLUMNS), frozen_columns=SAID)


def _write_row(page: Page, row: int, said: Said, text: str, first: bool) -> None:
    """`first`: of its item, whose name is repeated in grey below because filters need it."""
    item_look: Look = {"bold": True, "font_color": theme.NAVY} if first else theme.QUIET
    look = theme.QUIET if said.what in UNKNOWN else {}
    texts = {ITEM: _item(said.item), SAID: _said(said), WRITTEN: text, NAMES: _names(said)}
    page.text(row, ITEM, texts[ITEM], *CELL, item_look)
    page.text(row, SAID, texts[SAID], *CELL, look)
    page.number(row, SCHOOLS, len(said.schools), *CELL, theme.CENTRE, theme.PEOPLE, look)
    page.text(row, WRITTEN, texts[WRITTEN], *CELL)
    page.text(row, NAMES, texts[NAMES], *CELL, look)
    page.fit_row(row, texts, COLUMNS)


def _item(item: Item) -> str:
    return wording.keep_together(f"п. {item.number} ({item.about})" if item.about else f"п. {item.number}")


def _said(said: Said) -> str:
    if said.what is What.NO_ANSWER and said.item.optional:
        return _OPTIONAL
    title = said.title.replace("-", "–") if said.what in _GRADES else said.title
    return _SAID[said.what].format(title)


def _names(said: Said) -> str:
    if said.what is What.EVERY_GRADE:
        return ""  # they follow in the next rows, by what they name
    names = wording.listed([school.name for school in said.schools], _MOST_NAMES, wording.SCHOOL)
    return wording.keep_together(names)


def _texts(said: Said) -> list[str]:
    """The schools' words, in as many rows as they need; of many spellings the first."""
    if said.what in _GRADES:
        return [", ".join(grades.replace("-", "–") for grades in said.written)]
    if said.what in (What.TOLD, What.BY_CLASS, What.APART):
        return _in_rows("; ".join(said.written))
    shown = [wording.shortened(text, _MOST_LETTERS // _MOST_SPELLINGS) for text in said.written[:_MOST_SPELLINGS]]
    rest = len(said.written) - len(shown)
    return [" · ".join([*shown, f"и ещё {rest}"] if rest else shown)]


def _in_rows(text: str) -> list[str]:
    """Cut between words, and nothing of it is lost."""
    rows: list[str] = []
    while len(text) > _MOST_LETTERS:
        at = text.rfind(" ", 1, _MOST_LETTERS)
        at = at if at > 0 else _MOST_LETTERS
        rows.append(text[:at])
        text = text[at:].lstrip()
    return [*rows, text]
