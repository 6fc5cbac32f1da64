"""What the standard form says besides the order's own words: shared by those who write it and those who read it.

The order's words (title, items, «в», «по состоянию на», problems) stand in the form's TOML.

How the form lies on its sheet: the passport is pairs of cells, a label (`Base.label` or `CLASSES`) and right under it
the figure; below it the row of `HEADINGS`; below that the items by number, the rows of acts and `ADDRESS` right under
their item; then the table of problems with numbers of its own; at the end, under `SIGNED`, the block of whoever signs
and whoever has filled it in: rows of labels with cells under them, of which nothing is an answer.
"""

from enum import StrEnum

from schemas.form import Form, Item, Kind
from schemas.own_names import PLAN_MIN

SHEET = "Отчёт"
HELP_SHEET = "Как заполнить"
META_SHEET = "_meta"

NUMBER = "№"
MEASURE = "Мероприятия"
ANSWER = "Выполнение"
TOTAL = "Всего, чел."
COUNT = "Из них, чел."
SHARE = "Доля, %"
CHECK = "Проверка"
HEADINGS = (NUMBER, MEASURE, ANSWER, TOTAL, COUNT, SHARE, CHECK)

SHORT_LABEL = 3  # letters: a label no longer («на») is one only right before a date in the same cell

CHECK_MARKS = "▼●▲○!?–·×↔←"  # with one of these begins all that the column `CHECK` says

CLASSES = "Классов"  # how many the school has: the passport's figure that is no base
COVERED = "охват, чел. →"  # stands under ANSWER where a coverage asks for no classes
CLASSES_SHOWN = "классы: "  # how the cell's format shows them; its value is the classes alone
CLASSES_WANTED = "…"  # stands where classes are asked for, and is as good as blank
ADDRESS = "адрес страницы (если есть)"  # the row under a yes/no item or a choice that asks for it
YES, NO = "есть", "нет"

ACT_ROWS = 8
PROBLEM_ROWS = 10

SIGNED = "Подписи"
SIGNERS = (  # a row of labels, under each of them room to write
    ("Руководитель: должность", "фамилия, имя, отчество", "подпись", "дата"),
    ("Исполнитель: должность", "фамилия, имя, отчество", "телефон", ""),
)

TARGET_NAME = PLAN_MIN  # defined name of the value of Meta.PLAN_MIN


class Meta(StrEnum):
    """Keys of the very hidden sheet: key in A, value in B, one a row."""

    FORM = "form"  # Form.id
    VERSION = "version"  # Form.version, a number
    SCHOOL = "school"  # code in the registry, text; blank on a blank form
    AS_OF = "as_of"  # ISO date that the form was handed out for
    PLAN_MIN = "plan_min"  # bounds of the target in force on that date, fractions; blank where none is
    PLAN_MAX = "plan_max"


def headings(form: Form) -> tuple[str, ...]:
    """The row of `HEADINGS` in the order's own words, by which the table is found again."""
    known = form.recognise
    return known.number[0], known.measure[0], known.answer[0], *HEADINGS[3:]


def date_label(form: Form) -> str:
    """What stands before the report's date or period: a word long enough to be known by itself, where there is one."""
    known = form.recognise.as_of
    return next((label for label in known if len(label) > SHORT_LABEL), known[0])


def guide(form: Form, item: Item) -> str:
    """What stands to the right of an item that is answered in the rows below it."""
    if item.kind is Kind.GROUP:
        counted = any(below.parent == item.number and below.kind is Kind.COVERAGE for below in form.items)
        return ": ".join(filter(None, [item.hint, "впишите число людей, процент посчитается" if counted else ""]))
    if item.kind is not Kind.ACTS:
        return ""
    details = item.hint.strip("()") or "реквизиты"
    text = f"Слева — название, справа — {details}: № … от ДД.ММ.ГГГГ. Лишние строки оставьте пустыми."
    if allowed := exemption(form, item):
        text += f" Если документы не нужны, впишите в первую строку «{allowed}»."
    return text


def is_check(text: str) -> bool:
    """Does it begin as what the column `CHECK` computes: with a mark."""
    return text[:1] in CHECK_MARKS and text[1:2] in ("", " ")


def school_line(name: str, code: str) -> str:
    """The school as it stands in the head of its form."""
    return f"{name} (код {code})"


def exemptions(form: Form, item: Item) -> tuple[str, ...]:
    """What a school may write instead of an answer, in all known spellings; none where one is asked for anyhow."""
    if item.may_be_not_provided:
        return form.recognise.not_provided
    return form.recognise.not_required if item.may_be_not_required else ()


def exemption(form: Form, item: Item) -> str:
    """The spelling of `exemptions` that the form itself proposes; blank where there is none."""
    return next(iter(exemptions(form, item)), "")
