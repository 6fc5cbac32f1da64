"""Contradictions of what is asked for beside shares and words: figures, choices, tables, relations, periods, cards."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise

import msgspec

from schemas.form import (
    OF_ROW_FIGURES,
    ROW_BASE,
    Asked,
    Choice,
    Form,
    Item,
    Kind,
    Problems,
    Relation,
    Table,
    is_of_row,
    said_by_row,
)
from schemas.form_refusals import Named, Refusal, day_said, instead, ring_in, twice
from schemas.likeness import plain
from schemas.relations import LINES, counts_lines
from schemas.strict import Keys, fields_of

Why = Iterator[tuple[str, str]]  # a key, and what is wrong with it


def figure_refusals(form: Form) -> Iterator[Refusal]:
    yield from _of_units(form)
    yield from _of_tables(form)  # what follows looks into them
    yield from _of_asked(form)
    yield from _of_acts_and_problems(form)
    yield from _of_relations(form)
    yield from _of_period(form)
    yield from _of_cards(form)


# ── keys and kinds ───────────────────────────────────────────────────────────────────────────────────────
EVERY_ANSWER = frozenset(Kind) - {Kind.GROUP}
SHARES = frozenset({Kind.COVERAGE, Kind.VOLUME})
_NUMBER, _TEXT, _TABLES = frozenset({Kind.NUMBER}), frozenset({Kind.TEXT}), frozenset({Kind.ROW, Kind.ROWS})
KINDS_OF_KEY = {  # to which kinds of items and columns a key says something
    "base": frozenset({Kind.COVERAGE, Kind.NUMBER, Kind.ROW}),
    "asks": frozenset({Kind.COVERAGE}),
    "classes": frozenset({Kind.COVERAGE}),
    "gather": _TEXT,
    "groups": _TEXT,
    "due": EVERY_ANSWER,
    "done_at": frozenset({*SHARES, Kind.NUMBER, Kind.CHOICE}),
    "optional": EVERY_ANSWER,
    "required": EVERY_ANSWER,
    "cumulative": EVERY_ANSWER,
    "may_be_not_provided": SHARES,
    "may_be_not_required": EVERY_ANSWER - SHARES,
    "any_day": frozenset({Kind.DATE}),
    "table": _TABLES,
    "rows": frozenset({Kind.ROWS}),
    **dict.fromkeys(("columns", "label", "closed"), frozenset({Kind.GROUP, Kind.ROWS})),
    **dict.fromkeys(("at_least", "at_most"), frozenset({Kind.ACTS, Kind.ROWS})),
    **dict.fromkeys(OF_ROW_FIGURES, _NUMBER | {Kind.ROW}),
    **dict.fromkeys(("ratio", "plan", "better", "reason"), _NUMBER),
    **dict.fromkeys(("choices", "several"), frozenset({Kind.CHOICE})),
}
_NEEDED = {"table": _TABLES, "choices": frozenset({Kind.CHOICE})}
_IN_TABLES = EVERY_ANSWER - SHARES - _TABLES - {Kind.ACTS}  # kinds of a table's columns
MOST_DECIMALS = 6
MOST_LINES = 1000  # that an order may speak of: the form has a row for each that has to be there
_WHOLE = 100  # percent


def misplaced_keys(asked: Asked) -> Why:
    """Keys that the kind does not know, and those that it cannot do without."""
    for field in fields_of(type(asked)):
        kinds = KINDS_OF_KEY.get(field.name)
        if kinds and asked.kind not in kinds and getattr(asked, field.name) != field.default:
            known = ", ".join(kind for kind in Kind if kind in kinds)
            yield field.name, f"при kind = «{asked.kind}» этого ключа не бывает (бывает при {known}) — уберите его."
    for key, kinds in _NEEDED.items():
        if asked.kind in kinds and not getattr(asked, key, None):
            yield key, f"при kind = «{asked.kind}» этот ключ нужен — впишите его."


def _all_asked(form: Form) -> Iterator[tuple[Keys, Asked, Table | None]]:
    """Items and columns, with the table of a column."""
    yield from ((("items", n), item, None) for n, item in enumerate(form.items))
    for n, table in enumerate(form.tables):
        yield from ((("tables", n, "columns", m), column, table) for m, column in enumerate(table.columns))


def _of_asked(form: Form) -> Iterator[Refusal]:
    for index, item in enumerate(form.items):
        yield from (Refusal(("items", index, "done_at"), why) for why in _of_done_at(item, form))
    for keys, asked, table in _all_asked(form):
        if table:  # of an item they are told with the rest of it
            yield from (Refusal((*keys, key), why) for key, why in misplaced_keys(asked))
        for key, why in (*_of_figures(asked, form), *_of_number(asked, table, form), *_of_ratio(asked, table, form)):
            yield Refusal((*keys, key), why)
        yield from _of_choices(keys, asked.choices, form)
        yield from _of_addresses_asked(keys, asked, table)


def _of_done_at(item: Item, form: Form) -> Iterator[str]:
    """When an item is done is a matter of its deadline."""
    at, done = item.done_at, sum(choice.done for choice in item.choices)
    if at is None or item.kind not in KINDS_OF_KEY["done_at"]:
        return
    if not item.due and not any(item.number in measure.items for stage in form.stages for measure in stage.measures):
        yield "когда пункт выполнен, важно к сроку: впишите due или назовите пункт в stages — или уберите этот ключ."
    elif not math.isfinite(at):
        yield "нужно обычное число — исправьте."
    elif item.measured and not 0 < at <= _WHOLE:
        yield f"{at:g} — доля, с которой пункт выполнен, бывает больше 0 и до 100 %: исправьте."
    elif item.choices and not item.several:
        yield "из нескольких ответов (several = true) это — сколько нужно; одному ответу хватает ключа done: уберите."
    elif item.choices and at not in range(1, done + 1):
        yield f"{at:g} — с ответами пункт выполнен (done), их {done}: нужно целое число от 1 до {done}, исправьте."
    elif not (item.measured or item.choices) and not _within(at, item.min, item.max):
        yield f"{at:g} — не от min до max: такого числа в отчёте не будет, исправьте."


def _within(value: float, least: float | None, most: float | None) -> bool:
    return (least is None or value >= least) and (most is None or value <= most)


def _of_addresses_asked(keys: Keys, asked: Asked, table: Table | None) -> Iterator[Refusal]:
    for n, choice in enumerate(asked.choices):
        if choice.address and (table or asked.several):
            where = (
                "в таблице для него есть столбец вида link" if table else "когда ответов несколько, не понять, к какому"
            )
            yield Refusal((*keys, "choices", n, "address"), f"адрес спросить нельзя: {where} — уберите этот ключ.")


# ── figures ──────────────────────────────────────────────────────────────────────────────────────────────
def _of_units(form: Form) -> Iterator[Refusal]:
    ids = [unit.id for unit in form.units]
    yield from twice(((("units", n, "id"), one) for n, one in enumerate(ids)), form, str)
    yield from twice(_unit_words(form), form, str.casefold)
    for index, unit in enumerate(form.units):
        if unit.of and unit.of not in ids:
            yield Refusal(("units", index, "of"), f"неизвестная единица «{unit.of}»{instead(unit.of, ids)}")
        if not math.isfinite(unit.factor) or unit.factor <= 0:
            yield Refusal(("units", index, "factor"), f"{unit.factor:g} — нужно число больше 0: исправьте.")
        if bool(unit.of) is not (unit.factor != 1):
            why = f"сколько в «{unit.id}» меньших единиц, говорят of и factor вместе — впишите оба или уберите."
            yield Refusal(("units", index, "factor"), why)
    if ring := ring_in({unit.id: [unit.of] for unit in form.units if unit.of}):
        why = f"«{ring}» оказывается частью самой себя — уберите of у самой мелкой единицы."
        yield Refusal(("units", ids.index(ring), "of"), why)


def _unit_words(form: Form) -> Iterator[Named]:
    """What a cell may name a unit by: of two units nobody could tell which is meant."""
    for n, unit in enumerate(form.units):
        own = dict.fromkeys(word.casefold() for word in (*unit.words, *unit.spellings))
        yield ("units", n, "short"), unit.short
        yield from ((("units", n, "spellings"), word) for word in own if word != unit.short.casefold())


def _of_figures(asked: Asked, form: Form) -> Why:
    """Of a number, and of a row what it says of its figures."""
    if asked.kind not in (Kind.NUMBER, Kind.ROW):
        return
    units = [unit.id for unit in form.units]
    if asked.unit and asked.unit not in units:
        yield "unit", f"неизвестная единица «{asked.unit}»{instead(asked.unit, units)}"
    if not 0 <= asked.decimals <= MOST_DECIMALS:
        yield "decimals", f"{asked.decimals} — знаков после запятой бывает от 0 до {MOST_DECIMALS}: исправьте."
    for key, bound in (("min", asked.min), ("max", asked.max)):
        if bound is not None and not math.isfinite(bound):
            yield key, "нужно обычное число — исправьте."
    if asked.min is not None and asked.max is not None and asked.min > asked.max:
        yield "max", f"{asked.max:g} меньше, чем min = {asked.min:g} — исправьте одно из них."
    if asked.counts == "flow" and form.period.every == "date":
        yield "counts", "за период (flow) считают, когда он назван — впишите period.every или уберите ключ."


def _of_number(asked: Asked, table: Table | None, form: Form) -> Why:
    if asked.kind is not Kind.NUMBER:
        return
    bases = [base.id for base in form.bases]
    if asked.base and asked.base not in bases and not (table and asked.base == ROW_BASE):
        yield "base", f"неизвестная основа «{asked.base}»{instead(asked.base, bases)}"
    if asked.reason:
        yield from _of_reason(asked, form)


def _of_reason(asked: Asked, form: Form) -> Why:
    reason = next((item for item in form.items if item.number == asked.reason), None)
    if not asked.plan:
        yield "reason", "причина нужна, когда не выполнен план, а ключа plan нет — впишите его или уберите reason."
    if reason is None:
        numbers = [item.number for item in form.items]
        yield "reason", f"пункта «{asked.reason}» в форме нет{instead(asked.reason, numbers)}"
    elif reason.kind is not Kind.TEXT:
        yield "reason", f"пункт {asked.reason} не вида text: причину в нём не написать — назовите другой."


def _of_ratio(asked: Asked, table: Table | None, form: Form) -> Why:
    """Of a column it names columns beside it, of an item other items or cells."""
    if asked.kind is Kind.ROW:
        if asked.add == "ratio":
            yield "add", "у строки бывают sum, mean и none: частное двух столбцов говорит сам столбец — исправьте."
        return
    if (asked.add == "ratio") is not bool(asked.ratio):
        yield "ratio", "add = «ratio» и ключ ratio бывают только вместе — впишите оба или уберите."
    elif asked.ratio and len(asked.ratio) != 2:
        yield "ratio", "нужны два имени: что делить и на что — исправьте."
    beside: dict[str, Asked] = {one.id: one for one in table.columns} if table else dict(_by_address(form))
    for name in asked.ratio:
        if name not in beside:
            yield "ratio", f"«{name}» в форме нет{instead(name, beside)}"
        elif beside[name].kind is not Kind.NUMBER or beside[name].add != "sum" or beside[name] is asked:
            yield "ratio", f"«{name}» — не число, которое складывают: назовите другое."


def _of_choices(keys: Keys, choices: tuple[Choice, ...], form: Form) -> Iterator[Refusal]:
    if len(choices) == 1:
        yield Refusal((*keys, "choices"), "ответ один, выбирать не из чего — впишите остальные.")
    said: list[Named] = []
    for n, choice in enumerate(choices):
        said.append(((*keys, "choices", n, "title"), choice.title))
        said += [((*keys, "choices", n, "spellings", m), text) for m, text in enumerate(choice.spellings)]
    yield from twice(said, form)


# ── tables ───────────────────────────────────────────────────────────────────────────────────────────────
def _of_tables(form: Form) -> Iterator[Refusal]:
    ids = [table.id for table in form.tables]
    yield from twice(((("tables", n, "id"), one) for n, one in enumerate(ids)), form, str)
    for index, item in enumerate(form.items):
        if item.table and item.table not in ids:
            yield Refusal(("items", index, "table"), f"неизвестная таблица «{item.table}»{instead(item.table, ids)}")
        if item.kind is Kind.ROW and item.base and item.base not in [base.id for base in form.bases]:
            known = [base.id for base in form.bases]
            yield Refusal(("items", index, "base"), f"неизвестная основа «{item.base}»{instead(item.base, known)}")
    for index, table in enumerate(form.tables):
        rows = [item for item in form.items if item.table == table.id]
        yield from _of_columns(("tables", index), table, form)
        yield from _of_row_figures(table, form)
        for inner, why in (*_of_table(table, rows), *_of_lines(table, rows)):
            yield Refusal(("tables", index, *inner), why)


def _of_row_figures(table: Table, form: Form) -> Iterator[Refusal]:
    """A row speaks for the columns that name no unit of their own."""
    columns = [column for column in table.columns if is_of_row(column)]
    for index, item in enumerate(form.items):
        if item.kind is not Kind.ROW or item.table != table.id:
            continue
        said = [name for name in said_by_row(item) if name != "ratio"]
        if said and not columns:
            why = "в таблице нет числового столбца без unit, о котором это говорит, — уберите этот ключ."
            yield Refusal(("items", index, said[0]), why)
        for cell in form.cells_of(item.number) if said else ():
            if cell.min is not None and cell.max is not None and cell.min > cell.max:
                why = f"в «{cell.number}» min = {cell.min:g} больше, чем max = {cell.max:g}, — исправьте одно из них."
                yield Refusal(("items", index, "min" if "min" in said else "max"), why)


def _of_table(table: Table, rows: list[Item]) -> Iterator[tuple[Keys, str]]:
    if not rows:
        yield ("id",), f"таблицу «{table.id}» не называет ни один пункт (ключ table) — впишите его или уберите её."
    if not table.columns:
        yield ("columns",), "в таблице нет ни одного столбца — впишите их."
    cells = {f"{row.number}/{column.id}": row for row in rows for column in table.columns}
    for n, address in enumerate(table.closed):
        if address not in cells:
            yield ("closed", n), f"клетки «{address}» в таблице нет{instead(address, cells)}"
        elif cells[address].kind is Kind.ROWS:
            yield ("closed", n), f"строки «{cells[address].number}» школа вписывает сама: закрыть клетку в них нельзя."
    for row in rows:
        if table.columns and {f"{row.number}/{column.id}" for column in table.columns} <= set(table.closed):
            yield ("closed",), f"в строке {row.number} закрыты все клетки — откройте хотя бы одну или уберите строку."


def _of_lines(table: Table, rows: list[Item]) -> Iterator[tuple[Keys, str]]:
    """How many lines a school may add."""
    most = table.at_most
    if (table.at_least or most is not None) and not any(row.kind is Kind.ROWS for row in rows):
        yield (("at_least" if table.at_least else "at_most"),), "строки здесь не вписывают (kind = «rows») — уберите."
    if len({row.kind for row in rows}) > 1:
        yield ("id",), "одну таблицу называют пункты видов row и rows — сделайте их две."
    yield from (((key,), why) for key, why in _of_bounds(table))


def _of_bounds(lines: Table | Item | Problems) -> Why:
    if lines.at_least < 0:
        yield "at_least", f"{lines.at_least} — строк не бывает меньше 0: исправьте."
    if lines.at_most is not None and lines.at_most < (least := max(1, lines.at_least)):
        yield "at_most", f"{lines.at_most} — меньше, чем нужно строк ({least}): исправьте."
    for name, bound in (("at_least", lines.at_least), ("at_most", lines.at_most or 0)):
        if bound > MOST_LINES:
            yield name, f"{bound} — строк бывает не больше {MOST_LINES}: исправьте."


def _of_columns(keys: Keys, table: Table, form: Form) -> Iterator[Refusal]:
    columns = [((*keys, "columns", n), column) for n, column in enumerate(table.columns)]
    yield from twice((((*where, "id"), column.id) for where, column in columns), form, str)
    said: list[Named] = [((*keys, "label", n), text) for n, text in enumerate(table.label)]
    for where, column in columns:
        if not column.id.strip() or set(column.id) & set("/*. "):
            yield Refusal((*where, "id"), f"«{column.id}» — часть адреса: без пробелов, точек, «/» и «*» — исправьте.")
        if column.kind not in _IN_TABLES:
            known = ", ".join(kind for kind in Kind if kind in _IN_TABLES)
            yield Refusal((*where, "kind"), f"столбца вида «{column.kind}» не бывает (бывает {known}) — исправьте.")
        said.append(((*where, "title"), column.title))
        said += [((*where, "spellings", n), text) for n, text in enumerate(column.spellings)]
    yield from twice(said, form)


def _of_acts_and_problems(form: Form) -> Iterator[Refusal]:
    """What a school adds lines to beside its lists."""
    for index, item in enumerate(form.items):
        if item.kind is Kind.ACTS:
            yield from (Refusal(("items", index, key), why) for key, why in _of_bounds(item))
        if item.optional and item.number in form.lists and form.lists[item.number].at_least > 0:
            unlike = (
                "пункт необязателен, а строк в нём нужно не меньше, чем велит at_least, — уберите один из этих ключей."
            )
            yield Refusal(("items", index, "optional"), unlike)
    if form.problems:
        why = _of_columns_of_problems(form.problems, form) if form.problems.columns else _of_bounds(form.problems)
        yield from (Refusal(("problems", key), said) for key, said in why)


def _of_columns_of_problems(problems: Problems, form: Form) -> Why:
    """They are two columns of words in one list, and all else is said there."""
    for field in fields_of(Problems):
        if field.name != "columns" and getattr(problems, field.name) != field.default:
            yield field.name, "проблемы — графы списка (columns), и это сказано в нём — уберите этот ключ."
    words = [cell.number for cell in form.cells if cell.kind is Kind.TEXT and cell.number not in form.cells_of_rows]
    for address in problems.columns:
        if address not in words:
            yield "columns", f"«{address}» — не графа вида text в списке строк{instead(address, words)}"
    if len(problems.columns) != 2 or len({address.partition("/")[0] for address in problems.columns}) != 1:
        yield "columns", "нужны две графы одного списка, проблема и решение — исправьте."


# ── relations ────────────────────────────────────────────────────────────────────────────────────────────
_ANY = "*"
_OF_HOW_MANY = {"sum": (1, None), "product": (2, None), "ratio": (2, 2), "equal": (1, None), "of_which": (1, 1)}


def _by_address(form: Form) -> dict[str, Item]:
    return {item.number: item for item in (*form.items, *form.cells)}


def _of_relations(form: Form) -> Iterator[Refusal]:
    known = _by_address(form)
    parts: dict[str, list[str]] = {}
    for index, one in enumerate(form.relations):
        for key, why in (*_of_addresses(one, known), *_of_relation(one, form)):
            yield Refusal(("relations", index, key), why)
        if one.kind in ("sum", "of_which") and not one.rows:
            wholes = [(one.item, of) if one.kind == "of_which" else (of, one.item) for of in one.of]
            for part, whole in wholes:
                parts.setdefault(part, []).append(whole)
        if ring := ring_in(parts):
            why = f"по этой и прежним записям «{ring}» — часть самой себя, по кругу: исправьте item и of."
            yield Refusal(("relations", index, "of"), why)
            return
    written = Counter(msgspec.json.encode(one) for one in form.relations)
    for index, one in enumerate(form.relations):
        if written[msgspec.json.encode(one)] > 1 and index:
            yield Refusal(("relations", index, "item"), f"то же самое о «{one.item}» уже сказано — уберите повтор.")
            return


def _of_addresses(one: Relation, known: dict[str, Item]) -> Why:
    for key, address in (("item", one.item), *(("of", of) for of in one.of)):
        if counts_lines(address):
            yield from _of_counted_lines(key, address, one, known)
            continue
        found = [item for number, item in known.items() if _fits(number, address)]
        if not found:
            yield key, f"адреса «{address}» в форме нет{instead(address, known)}"
        elif not any(item.kind is Kind.NUMBER for item in found):
            yield key, f"по адресу «{address}» чисел нет — назовите пункт или клетку вида number."
        if key == "of" and _places(address) - _places(one.item):
            yield key, f"в «{address}» стоит «*», а в «{one.item}» на этом месте нет — исправьте одно из двух."
    if one.item in one.of:
        yield "of", f"«{one.item}» сравнивается с самим собой — исправьте."


def _of_counted_lines(key: str, address: str, one: Relation, known: dict[str, Item]) -> Why:
    """`6/#`: a figure outside of the list is held against the number of its lines."""
    lists = [number for number, item in known.items() if item.kind is Kind.ROWS]
    row = address.partition("/")[0]
    if key == "item":
        yield key, f"«{address}» — число строк списка, его не вписывают: назовите в item число, а его — в of."
    elif row not in lists:
        why = f"«{address}» — число строк списка, а пункта {row} вида rows нет"
        yield key, f"{why}{instead(address, [f'{number}/{LINES}' for number in lists])}"
    elif one.kind not in ("equal", "of_which"):
        yield key, f"с числом строк («{address}») сравнивают: нужен kind = «equal» или «of_which»."
    elif _ANY in one.item or one.item.partition("/")[0] in lists:
        yield key, f"с числом строк («{address}») сравнивают одно число вне списков — исправьте item."


def _fits(number: str, address: str) -> bool:
    parts, asked = number.split("/"), address.split("/")
    return len(parts) == len(asked) and all(want in (_ANY, part) for part, want in zip(parts, asked, strict=True))


def _places(address: str) -> set[int]:
    """Where an address has `*`: 0 the row, 1 the column."""
    return {n for n, part in enumerate(address.split("/")) if part == _ANY}


def _of_relation(one: Relation, form: Form) -> Why:
    least, most = _OF_HOW_MANY[one.kind]
    lists = {item.number for item in form.items if item.kind is Kind.ROWS}
    own, others = one.item.partition("/")[0], {of.partition("/")[0] for of in one.of} & lists
    if own in lists and others - {own}:
        yield "of", f"строки списка {own} с другим списком ({min(others - {own})}) не сравнить — назовите его графы."
    elif own not in lists and others and one.kind in ("product", "ratio"):
        yield "of", f"строки списка {min(others)} здесь — одна сумма: нужен kind = «sum», «equal» или «of_which»."
    if len(one.of) < least or (most is not None and len(one.of) > most):
        number = f"{least}" if most == least else f"хотя бы {least}"
        yield "of", f"при kind = «{one.kind}» нужно адресов: {number} — исправьте."
    if not math.isfinite(one.tolerance) or one.tolerance < 0:
        yield "tolerance", f"{one.tolerance:g} — нужно число не меньше 0: исправьте."
    if one.rows and 0 not in _places(one.item):
        yield "rows", f"строки названы, а в «{one.item}» вместо строки нет «*» — исправьте одно из двух."
    numbers = [item.number for item in form.items if item.kind in _TABLES]
    for row in one.rows:
        if row not in numbers:
            yield "rows", f"строки «{row}» в таблицах формы нет{instead(row, numbers)}"
    if len(set(one.rows)) < len(one.rows):
        yield "rows", "строка названа не один раз — уберите повтор."


# ── periods and cards ────────────────────────────────────────────────────────────────────────────────────
def _of_period(form: Form) -> Iterator[Refusal]:
    period, dates = form.period, form.order.reporting_dates
    if period.counts == "flow" and period.every == "date":
        why = "за период (flow) считают, когда он назван — впишите period.every или исправьте counts."
        yield Refusal(("period", "counts"), why)
    for earlier, later in pairwise(dates):
        if period.every != "date" and _span(earlier, period.every) == _span(later, period.every):
            why = f"{day_said(earlier)} и {day_said(later)} — в одном периоде (period.every = «{period.every}»)"
            yield Refusal(("order", "reporting_dates"), f"{why}: оставьте одну из дат.")
    if period.due and len(period.due) != len(dates):
        why = f"сроков {len(period.due)}, а отчётных дат {len(dates)} — впишите по сроку на каждую."
        yield Refusal(("period", "due"), why)
        return
    for index, (earlier, due) in enumerate(zip(dates, period.due[1:], strict=False), start=1):
        if due <= earlier:
            why = f"{day_said(due)} — не позже прошлой отчётной даты ({day_said(earlier)}): исправьте срок."
            yield Refusal(("period", "due", index), why)


def _span(day: date, every: str) -> tuple[int, ...]:
    """Of the week, month, quarter or year in which the day lies."""
    match every:
        case "week":
            return day.isocalendar()[:2]
        case "month":
            return day.year, day.month
        case "quarter":
            return day.year, (day.month - 1) // 3
    return (day.year,)


MOST_CARDS = 3  # beside «Отчиталось школ» and the remarks, in one row
_WITH_FIGURE = SHARES | {Kind.NUMBER, Kind.CHOICE, Kind.YES_NO}


def _of_cards(form: Form) -> Iterator[Refusal]:
    known = _by_address(form)
    if len(form.cards) > MOST_CARDS:
        why = f"{len(form.cards)} записей, а на «Сводке» помещается не больше {MOST_CARDS} — сократите."
        yield Refusal(("cards",), why)
    yield from twice(((("cards", n, "item"), card.item) for n, card in enumerate(form.cards)), form, str)
    yield from twice(((("cards", n, "title"), card.title) for n, card in enumerate(form.cards)), form)
    for index, card in enumerate(form.cards):
        item = known.get(card.item)
        if item is None:
            yield Refusal(("cards", index, "item"), f"адреса «{card.item}» в форме нет{instead(card.item, known)}")
        elif item.kind not in _WITH_FIGURE:
            why = f"у пункта {card.item} (kind = «{item.kind}») нет цифры на муниципалитет — назовите другой."
            yield Refusal(("cards", index, "item"), why)
        elif item.add == "none":
            why = f"у пункта {card.item} стоит add = «none»: цифры на муниципалитет нет — назовите другой."
            yield Refusal(("cards", index, "item"), why)


def plan_headings(form: Form) -> Iterator[Named]:
    """Columns of the registry with the schools' plans."""
    for keys, asked, _ in _all_asked(form):
        if asked.plan:
            yield (*keys, "plan"), asked.plan


def same_heading(one: str, other: str) -> bool:
    """Is a column of the registry found by both, as it is found by how it begins."""
    return plain(one).startswith(plain(other)) or plain(other).startswith(plain(one))


def headings_taken(form: Form, own: Iterable[str]) -> Iterator[Refusal]:
    """Headings of bases and plans that begin as one before them does. `own`: those that the registry has itself."""
    headings = [(heading, "Свод ищет сам") for heading in own]
    named = [(("bases", n, "registry"), base.registry) for n, base in enumerate(form.bases)]
    for keys, text in (*named, *plan_headings(form)):
        for heading, whose in headings:
            if same_heading(text, heading):
                why = f"«{text}» начинается так же, как столбец «{heading}», который {whose} — назовите иначе."
                yield Refusal(keys, why)
                break
        headings.append((text, "уже занят"))
