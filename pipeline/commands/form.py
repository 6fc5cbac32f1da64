"""The command `form`: an order's form checked and told as people read it. Loads the form alone, writes nothing."""

import shutil
import textwrap
from collections.abc import Iterable, Iterator

from pipeline.wording import ITEM, NBSP, band, count, day, number, unbroken
from schemas import registry_book
from schemas.form import PROBLEM, ROW_BASE, Asked, Base, Form, Item, Kind, Lines, Measure, Table, load_form
from schemas.relations import counts_lines

_WIDEST = 100  # characters of a line: a longer one is not read
_BASE = ("столбец реестра", "столбца реестра", "столбцов реестра")
KINDS = {
    Kind.GROUP: "заголовок пунктов под ним",
    Kind.PERSON: "лицо: ФИО и должность",
    Kind.TEXT: "ответ словами",
    Kind.DOCUMENT: "документ: номер и дата",
    Kind.ACTS: "документы, каждый в своей строке: название, номер и дата",
    Kind.COVERAGE: "доля людей",
    Kind.VOLUME: "доля объёма: процент",
    Kind.YES_NO: "есть или нет, с адресом страницы",
    Kind.NUMBER: "число",
    Kind.CHOICE: "выбор из перечня",
    Kind.DATE: "дата",
    Kind.LINK: "адрес страницы",
    Kind.ROW: "строка таблицы",
    Kind.ROWS: "строки, которые добавляет школа",
}
_BLANK = {
    True: "продолжают друг друга: пустой ответ значит прежний",
    False: "стоят сами по себе: пустой ответ значит, что ответа нет",
}
_EVERY = {"week": "за неделю", "month": "за месяц", "quarter": "за квартал", "year": "за год"}
_ADDED = {"sum": "сумма", "mean": "среднее по школам", "ratio": "«{}» ÷ «{}»", "none": "не складывается"}
_SIGNS = {
    "sum": ("=", " + "), "product": ("=", " × "), "ratio": ("=", " ÷ "), "equal": ("=", " = "), "of_which": ("≤", ", "),
}  # fmt: skip
_COUNTS = {"stock": "на конец периода", "flow": "за период", "since_new_year": "с начала года"}
_ASKED = {"people": "число людей и процент", "percent": "процент"}


def checked(name_or_path: str) -> Iterator[str]:
    """What the form says, a line each, and last that it holds. Raises UsageError with the first thing that does not."""
    form = load_form(name_or_path)
    width = min(_WIDEST, shutil.get_terminal_size((_WIDEST, 0)).columns)
    for line in described(form):
        inner = line[: len(line) - len(line.lstrip())]
        yield textwrap.fill(line, width, subsequent_indent=f"{inner}  ", break_on_hyphens=False)
    yield ""
    yield f"Форма верна: {count(len(form.items), ITEM)}, {count(len(form.bases), _BASE)}."


def described(form: Form) -> Iterator[str]:
    """The form in lines, what belongs under another one is indented."""
    order = form.order
    yield f"Форма {form.id}, версия {form.version}: «{form.title}»"
    yield f"Приказ № {order.number} от {day(order.date)} ({form.subject}), {form.office}"
    yield f"Отчётные даты: {', '.join(map(day, order.reporting_dates))}"
    if form.period.every != "date":
        due = ", ".join(map(day, form.period.due)) or "последнего дня"
        yield f"Отчёт — {_EVERY[form.period.every]}; сдаётся до: {due}"
    yield f"Отчёты {_BLANK[form.cumulative]}"
    for title, said in (
        (f"Столбцы реестра, лист «{registry_book.SCHOOLS.sheet}»", (_base(base, form) for base in form.bases)),
        ("Слова приказа рядом с ответом", filter(None, (", ".join((*form.words.beside, *form.words.done)),))),
        ("Пункты", _items(form)),
        ("Таблицы", _tables(form)),
        ("Связи чисел", _relations(form)),
        (f"План: «{form.lead.name}», п. {form.headline_number}" if form.headline else "План", _targets(form)),
        ("Контроли между пунктами, в людях", _controls(form)),
        ("Листы «Охват» и «Сводка»", _shown(form)),
        ("Этапы и документы приказа", _stages(form)),
        ("Проблемы", _problems(form)),
        ("Группы проблем", (group.title for group in form.problem_groups)),
    ):
        lines = list(said)
        if lines or (title not in _OF_FIGURES and not form.asks_for_figures):
            yield ""
            yield title
            yield from _indented(lines or ["нет"])


_OF_FIGURES = (
    "Проблемы",
    "Таблицы",
    "Связи чисел",
    "Слова приказа рядом с ответом",
)  # not missed where a form has none


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)


def _base(base: Base, form: Form) -> str:
    one, few, many = base.people
    said = f"«{base.registry}» — группа «{base.group}»: 1 {one}, 2 {few}, 5 {many}"
    said += f"; классы {base.grades}" if base.grades else ""
    return f"{said}; часть от «{form.base(base.part_of).registry}»" if base.part_of else said


def _items(form: Form) -> Iterator[str]:
    for item in form.items:
        inner = "  " * bool(item.parent)
        yield f"{inner}{item.number}. {item.title}"
        yield f"{inner}  {' · '.join(_of_item(item, form))}"


def _of_item(item: Item, form: Form) -> Iterator[str]:
    """What is asked, until when, and what a school may write instead."""
    if item.kind is Kind.COVERAGE:
        classes = ", с классами" if item.classes else ""
        yield f"{KINDS[item.kind]}: {_ASKED[item.asks]}{classes}, от «{form.base(item.base).registry}»"
    else:
        yield from _asked(item, form)
    if item.required:
        yield "обязателен в каждом отчёте"
    if item.kind is Kind.ACTS and form.lists[item.number].bounded:
        yield _lines(form.lists[item.number]).removeprefix(", ")
    if item.plan:
        better = "не больше" if item.better == "less" else "не меньше"
        reason = f", иначе причина в п. {item.reason}" if item.reason else ""
        yield f"{better} плана из столбца «{item.plan}»{reason}"
    if item.due:
        yield f"срок {day(item.due)}"
    if item.done_at is not None:
        yield f"выполнен {_done_at(item)}"
    if item.cumulative not in (None, form.cumulative):
        yield f"отчёты об этом {_BLANK[item.cumulative]}"
    elif item.kind is Kind.ROWS and form.cumulative and not form.is_cumulative(item.number):
        yield "строки прошлого отчёта не переходят: вписываются в каждом отчёте заново"
    if item.optional:
        yield "можно не отвечать"
    for allowed, words in (
        (item.may_be_not_provided, form.recognise.not_provided),
        (item.may_be_not_required, form.recognise.not_required),
    ):
        if allowed:
            yield f"или «{words[0]}»"
    if item.hint:
        yield f"подсказка: {item.hint}"


def _done_at(item: Item) -> str:
    """«с 80 %», «при 20 и больше», «при 3 и меньше», «с двух ответов»."""
    at = number(item.done_at or 0)
    if item.measured:
        return f"с {at} %"
    if item.kind is Kind.CHOICE:
        return f"с числа ответов {at}"
    return f"при {at} и {'меньше' if item.better == 'less' else 'больше'}"


def _asked(item: Asked, form: Form) -> Iterator[str]:
    """What kind of answer it is; of a figure its unit and what the municipality's figure is."""
    unit = f", {form.unit(item.unit).short}" if item.unit else ""
    decimals = f", знаков после запятой: {item.decimals}" if item.decimals else ""
    said = KINDS[item.kind] if item.kind is not Kind.PERSON or item.asks_position else "лицо: ФИО"
    yield f"{said}{unit}{decimals}"
    if item.kind is Kind.NUMBER or item.unit or item.add != "sum":
        yield f"по району: {_ADDED[item.add].format(*item.ratio)}"
    yield from _bounds(item, form)
    if item.any_day:
        yield "день может быть вне отчётного периода"
    if item.choices:
        several = "несколько" if item.several else "одно"
        titles = (f"{choice.title} (с адресом страницы)" if choice.address else choice.title for choice in item.choices)
        yield f"{several} из: {', '.join(titles)}"
        if undone := [choice.title for choice in item.choices if not choice.done]:
            yield f"не выполнено при: {', '.join(undone)}"


def _bounds(item: Asked, form: Form) -> Iterator[str]:
    """Of a figure and of a table's row: the whole that it cannot exceed, the least and the most, over which time it is
    taken where that is not as the form has it."""
    if item.kind not in (Kind.NUMBER, Kind.ROW):
        return
    if item.base:
        whole = "числа людей своей строки" if item.base == ROW_BASE else f"«{form.base(item.base).registry}»"
        yield f"основа — {whole}" if item.kind is Kind.ROW else f"не больше {whole}"
    least = "" if item.min in (0, None) else f"от {number(item.min or 0)}"
    most = "" if item.max is None else f"до {number(item.max)}"
    if item.min is None or least or most:
        yield " ".join(filter(None, (least, most))) or "может быть и меньше нуля"
    if item.counts:
        yield _COUNTS[item.counts]
    if not item.add_periods:
        yield "за год по периодам не складывается"


def _tables(form: Form) -> Iterator[str]:
    for table in form.tables:
        rows = ", ".join(item.number for item in form.items if item.table == table.id)
        name = f"Таблица «{table.id}»"
        if form.has(table.id):  # columns of an item's own
            name, rows = f"Таблица п. {table.id}", "" if rows == table.id else rows
        yield f"{name}{rows and f', п. {rows}'}{_lines(table)}"
        for column in table.columns:
            required = " · обязательна, где строка заполнена" if column.required else ""
            yield f"  {column.id}: «{unbroken(column.title)}» — {' · '.join(_asked(column, form))}{required}"
        if table.closed:
            yield f"  не заполняются («х»): {', '.join(table.closed)}"


def _lines(lines: Lines | Table) -> str:
    """How many lines a school adds, where the order says so."""
    least = f", строк не меньше {lines.at_least}" if lines.at_least else ""
    return least if lines.at_most is None else f"{least}, строк не больше {lines.at_most}"


def _problems(form: Form) -> Iterator[str]:
    """Where they are told, if not in a table of their own without anything said of its lines."""
    if form.problems and form.problems.columns:
        yield f"проблема — {form.problems.columns[0]}, решение — {form.problems.columns[1]}"
    elif form.problems and form.lists[PROBLEM].bounded:
        yield f"«{form.problems.title}»{_lines(form.lists[PROBLEM])}"


def _relations(form: Form) -> Iterator[str]:
    """Of a relation written with `*` one place is enough to see what is meant."""
    for relation in form.relations:
        sign = _SIGNS[relation.kind]
        within = f" (±{number(relation.tolerance)})" if relation.tolerance else ""
        rows = f", строки {', '.join(relation.rows)}" if relation.rows else ""
        yield f"{relation.item} {sign[0]} {sign[1].join(map(_said_of, relation.of))}{within}{rows}"


def _said_of(address: str) -> str:
    return f"число строк списка {address.partition('/')[0]}" if counts_lines(address) else address


def _targets(form: Form) -> Iterator[str]:
    return (f"с {day(target.by)} — {band(target.min, target.max)}" for target in form.targets)


def _controls(form: Form) -> Iterator[str]:
    for control in form.controls:
        item, limit = (f"п. {number} ({form.item(number).about})" for number in (control.item, control.limit))
        yield f"{item} не больше {limit}: {control.reason}"


def _shown(form: Form) -> Iterator[str]:
    second = form.second_card
    for group in form.coverage_groups:
        yield f"«{group.title}»: п. {', '.join(group.items)}"
    if form.has_matrix:
        yield _matrix(form)
    if second:
        yield f"Рядом с главным показателем: «{second.title}», п. {second.item}"
    yield from (f"Карточка «Сводки»: «{card.title}», п. {card.item}" for card in form.cards)


def _matrix(form: Form) -> str:
    rows = ", ".join(form.base(base).group for base in form.coverage.rows)
    columns = "; ".join(f"{unbroken(column.title)} (п. {', '.join(column.items)})" for column in form.coverage.columns)
    return f"На «Сводке»: {rows} — {columns}"


def _stages(form: Form) -> Iterator[str]:
    for stage in form.stages:
        yield stage.title
        yield from _indented(map(_measure, stage.measures))
    for paper in form.order.papers:
        yield f"{paper.title} — до{NBSP}{day(paper.due)}, {_TICKED_OFF}"


_TICKED_OFF = f"отмечается в реестре, лист «{registry_book.PAPERS.sheet}»"


def _measure(measure: Measure) -> str:
    dates = [f"с{NBSP}{day(measure.since)}"] if measure.since else []
    dates += [f"до{NBSP}{day(measure.due)}"] if measure.due else []
    seen = f"п.{NBSP}{', '.join(measure.items)}" if measure.items else _TICKED_OFF
    return f"{measure.title} — {', '.join([*dates, seen])}"
