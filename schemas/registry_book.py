"""The registry workbook: one declared table a sheet, from which its reader, its writer and its pages of docs are made.

A column says what the office writes in it and what a cell that is not understood means: never a yes, never «without
end», never silence. No pandas: workers import this.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import ClassVar

import msgspec
from msgspec.structs import replace

from schemas import explained
from schemas.district import Topic
from schemas.form import Form
from schemas.likeness import plain

FILE = "registry.xlsx"
EXPLAINED = "isklyucheniya.xlsx"  # rows for it that schools have explained, for the office to tick


def tables(form: Form) -> "tuple[Table, ...]":
    """The sheets of the workbook, «Школы» with the columns of the form's bases."""
    return schools_table(form), MAILING, WAIVERS, PAPERS


def schools_table(form: Form) -> "Table":
    here = SCHOOLS.columns.index(CLASSES)
    own: tuple[Column, ...] = (*base_columns(form), *plan_columns(form))
    return replace(SCHOOLS, columns=(*SCHOOLS.columns[:here], *own, *SCHOOLS.columns[here:]))


def columns_beside(forms: "Sequence[Form]") -> "Iterator[tuple[int, Column]]":
    """Of orders that one registry serves: the columns of «Школы» that each but the first needs beside those of the
    orders before it, with the order's place. Two bases headed alike are one column."""
    known = {plain(column.heading) for column in schools_table(forms[0]).columns}
    for place, form in enumerate(forms[1:], start=1):
        own: tuple[Column, ...] = (*base_columns(form), *plan_columns(form))
        for column in own:
            if plain(column.heading) not in known:
                known.add(plain(column.heading))
                yield place, column


def base_columns(form: Form) -> "Iterator[People]":
    """A column for each base of the form, in its order."""
    for base in form.bases:
        holds = f"{base.label.lower()}: целое число"
        yield People(base.registry, holds=holds, unread="доли от этого числа не считаются", base=base.id)


def plan_columns(form: Form) -> "Iterator[Plan]":
    """A column for each figure that every school has a plan of its own for, in the form's order."""
    for item in form.questions:
        if item.plan:
            holds = f"план школы по п. {item.number}, {form.unit(item.unit).short if item.unit else 'число'}"
            yield Plan(item.plan, holds=holds, unread="план не проверяется", item=item.number)


class Need(StrEnum):
    """What it means that a column is not there."""

    REQUIRED = "yes"  # nothing on the sheet can be used without it
    EXPECTED = "expected"  # its absence is said
    OPTIONAL = "no"


class _Column(msgspec.Struct, frozen=True):
    """`holds`: what the office writes there. `unread`: what a cell that is not understood means. Both in Russian:
    clauses for the guide and for the remark. A heading begins so, or with one of its other `spellings`."""

    kind: ClassVar[str]

    heading: str
    holds: str
    unread: str
    spellings: tuple[str, ...] = ()
    need: Need = Need.OPTIONAL

    @property
    def headings(self) -> tuple[str, ...]:
        return (self.heading, *self.spellings)


class Text(_Column, frozen=True):
    kind = "text; not understood: an error value, a formula without a value"


class OwnCode(Text, frozen=True):
    kind = "code of the school, its own"


class Number(_Column, frozen=True):
    """Not below zero and not above `most`: more is a slip of the keyboard."""

    kind = "a whole number, not negative"

    most: int = 1_000_000


class People(Number, frozen=True):
    kind = "people of a base of the form: a whole number, not negative"

    need: Need = Need.EXPECTED
    base: str = ""


class Plan(_Column, frozen=True):
    """Of the item of a form, not below zero."""

    kind = "the plan of a figure of the form: a number, not negative"

    need: Need = Need.EXPECTED
    item: str = ""


class Day(_Column, frozen=True):
    kind = "a date"


class Address(_Column, frozen=True):
    kind = "one e-mail address"


class Words(_Column, frozen=True):
    """Any number of the known `words`, recognised by likeness; blank stands for `blank`. A dash is not blank here."""

    kind = "known words, separated by a comma, a semicolon or «и»"

    words: tuple[str, ...] = ()
    blank: str = ""


class Tick(_Column, frozen=True):
    """A yes or a no as people say it (`pipeline.reading.answers.yes_no`), by these words too; or a date."""

    kind = "a yes word or a date (received); a no word or nothing (not received)"

    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()


class SchoolCode(_Column, frozen=True):
    kind = "code of a school on «Школы», leading zeros do not matter"


class ItemNumber(_Column, frozen=True):
    kind = "number of an item of the form, or of a group of items"


class RemarkCode(_Column, frozen=True):
    kind = "code of a remark in the catalogue"


class Title(_Column, frozen=True):
    kind = "title of a paper or measure that no report shows, by likeness"


Column = Text | Number | Plan | Day | Address | Words | Tick | SchoolCode | ItemNumber | RemarkCode | Title


class Table(msgspec.Struct, frozen=True):
    """A sheet. `about`: what it is for and what holds of its rows, for the guide, in Russian. `strange`: code of the
    remark on a row that names no known school, item or document."""

    sheet: str
    about: str
    columns: tuple[Column, ...]
    strange: str = ""


# ── the sheets ───────────────────────────────────────────────────────────────────────────────────────────────

CODE = OwnCode(
    "Код",
    holds="код школы, свой у каждой; по нему школу узнают другие листы",
    unread="школа не учтена",
    spellings=("Код школы",),
    need=Need.REQUIRED,
)
NAME = Text(
    "Краткое наименование",
    holds="как школу называть в своде",
    unread="вместо наименования стоит код",
    spellings=("Краткое название", "Сокращённое наименование", "Наименование", "Название"),
    need=Need.REQUIRED,
)
FULL_NAME = Text(
    "Полное наименование",
    holds="наименование по уставу",
    unread="по нему школа не узнаётся",
    spellings=("Полное название",),
)
ALIASES = Text(
    "Другие названия",
    holds="как школа называет себя в отчётах, через точку с запятой",
    unread="по ним школа не узнаётся",
)
CLASSES = Number(
    "Классов",
    holds="классов: целое число",
    unread="число классов неизвестно",
    spellings=("Число классов", "Количество классов"),
    most=1_000,
)
EMAIL = Address(
    "Электронная почта",
    holds="адрес школы",
    unread="писать по нему нельзя",
    spellings=("Адрес электронной почты", "Эл. почта", "Почта", "E-mail"),
)
GROUP = Text(
    "Группа",
    holds="куст, район, вид школы — как называет управление; пусто — без группы",
    unread="школа показана без группы",
    spellings=("Группы", "Куст", "Округ"),
)
SINCE = Day(
    "Действует с",
    holds="первый день школы; пусто — действует давно",
    unread="школа считается открытой давно",
)
UNTIL = Day(
    "Действует по",
    holds="последний день школы; пусто — без срока",
    unread="школа считается действующей",
)
SCHOOLS = Table(
    "Школы",
    "Одна строка — одна школа. Без этого листа свод не делается.",
    (CODE, NAME, FULL_NAME, ALIASES, CLASSES, EMAIL, GROUP, SINCE, UNTIL),
)

RECIPIENT = Text("Имя", holds="кому идут письма", unread="строка не учтена", spellings=("Ф.И.О.", "Получатель"))
RECIPIENT_EMAIL = replace(
    EMAIL,
    holds="один адрес",
    unread="строка не учтена",
    spellings=(*EMAIL.spellings, "Адрес"),
    need=Need.REQUIRED,
)
WANTS = Words(
    "Что получает",
    holds="сводка, проблемы, сбои — одно или несколько; пусто — сводка",
    unread="эта строка не получает ничего",
    words=tuple(Topic),
    blank=Topic.SUMMARY,
)
MAILING = Table(
    "Рассылка",
    "Кому уходят письма. Если лист заполнен, а сводку не получает никто, об этом скажет сам запуск.",
    (RECIPIENT, RECIPIENT_EMAIL, WANTS),
)

_NOT_IN_FORCE = "исключение не действует"
SCHOOL_CODE = SchoolCode("Код школы", holds="код с листа «Школы»", unread=_NOT_IN_FORCE, need=Need.REQUIRED)
ITEM = ItemNumber(
    "Пункт",
    holds="номер пункта; номер группы касается всех её пунктов; пусто — отчёт в целом",
    unread=_NOT_IN_FORCE,
)
REMARK = RemarkCode(
    "Код замечания",
    holds="какое замечание разрешено; пусто — пункт исключён из плана школы",
    unread=_NOT_IN_FORCE,
)
REASON = Text("Основание", holds="почему разрешено", unread=_NOT_IN_FORCE)
WHO = Text("Кто разрешил", holds="фамилия разрешившего", unread=_NOT_IN_FORCE)
VALID_UNTIL = Day(
    "Действует до",
    holds="последний день исключения; пусто — бессрочно",
    unread=_NOT_IN_FORCE,
    spellings=("Действует по",),
)
EXPLANATION = Text(
    explained.WORDS,
    holds="слова школы, их вписывает Свод; строка с пояснением действует, когда заполнено «Кто разрешил»",
    unread=_NOT_IN_FORCE,
)
ABOUT = Text(
    explained.MEMORY,
    holds="вписывает Свод: о каком ответе пояснение; к другому ответу исключение не относится",
    unread=_NOT_IN_FORCE,
)
WAIVERS = Table(
    "Исключения",
    "Замечание с исключением становится сведением, показатель учитывается, основание стоит рядом. После указанного дня "
    "исключение перестаёт действовать само.",
    (SCHOOL_CODE, ITEM, REMARK, REASON, WHO, VALID_UNTIL, EXPLANATION, ABOUT),
    "REGISTRY-WAIVER",
)

PAPER_SCHOOL = replace(SCHOOL_CODE, unread="строка не учтена")
DOCUMENT = Title(
    "Документ",
    holds="название из приказа: копия приказа о назначении ответственного, план действий, заключение договора и другие",
    unread="строка не учтена",
    spellings=("Название документа", "Мероприятие"),
    need=Need.REQUIRED,
)
RECEIVED = Tick(
    "Получен",
    holds="дата или «да»; «нет» или пусто — не получен",
    unread="документ не считается ни полученным, ни просроченным",
    need=Need.REQUIRED,
    yes=("получен", "получена", "получено", "получены", "сдан", "сдана", "сдано", "сданы", "принят", "принята",
         "представлен", "представлена", "предоставлен", "предоставлена", "✓", "✔", "√", "☑"),
    no=("не получен", "не получена", "не получено", "не получены", "не сдан", "не сдана", "не сдано", "не принят",
        "не принята", "не представлен", "не представлена", "не предоставлен", "не предоставлена", "☐"),
)  # fmt: skip
PAPERS = Table(
    "Документы",
    "Здесь управление отмечает то, чего в отчётах нет. Без этого листа на «Этапах» о таких мероприятиях сказано "
    "«отчётом не проверяется».",
    (PAPER_SCHOOL, DOCUMENT, RECEIVED),
    "REGISTRY-TICK",
)
