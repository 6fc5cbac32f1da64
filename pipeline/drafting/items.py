"""The items of the order's form: numbers, words, hints, and what each of them asks."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from pipeline.drafting.columns import DraftTable, columns_of, unit_of
from pipeline.drafting.kinds import Asked, asked, number_in
from pipeline.drafting.opening import NUMBER, Row
from pipeline.drafting.tables import NO_ITEM, NOTE, Table, Use
from pipeline.wording import listed
from schemas.form import Kind, in_digits

_BLANK = re.compile(r"\s*(«?_{3,}»?)\s*$")
_HEADING = re.compile(r"(\d{1,2})\.\s*(\D.*)")
_ROMAN_HEADING = re.compile(r"([IVXІХ]{1,4})\.\s*(\D.*)")
_PART_OF_FORM = re.compile(r"^(?:раздел|часть)\s+", re.IGNORECASE)
_SECTION = re.compile(r"^(?:раздел|таблица|часть)\s*№?\s*[\dIVX]*\s*[.:)–—-]*\s*", re.IGNORECASE)
_OUTSIDE = re.compile(r"(?:(\d{1,2}(?:\.\d{1,2})?)[.)]?(?=\s))?\s*([^_]*?)[\s:–—-]*_{3,}.*")
_PART = re.compile(r"^(?:в том числе|в т\.\s?ч|из них)", re.IGNORECASE)
_OPTIONAL = re.compile(r"дополнительн\w+ (?:информаци|сведени)|по усмотрению|^примечани", re.IGNORECASE)
_MARKS = re.compile(r"[хx–—-]", re.IGNORECASE)  # stand where nothing is to be filled in
_SEVERAL = re.compile("несколько", re.IGNORECASE)
_ANSWER = re.compile(  # that may head a column to be marked
    r"да|нет|частично|есть|имеется|отсутствует|не требуется|не предусмотрено|в работе|планируется|(?:не )?выполнено"
    r"|(?:не )?готово?|не полностью|затрудняюсь ответить",
    re.IGNORECASE,
)
_YES_AND_NO = ({"да", "нет"}, {"есть", "нет"}, {"имеется", "отсутствует"})
_LETTER = re.compile(r"^[а-яё]\)\s*", re.IGNORECASE)
_CROSS = re.compile(r"[хx]", re.IGNORECASE)  # of these, where nothing belongs
_NOT_ADDED = re.compile(r"(?<!за год )не (?:складыва|суммиру)\w+(?! (?:по месяц|по квартал|за год))", re.IGNORECASE)
_LONGEST = 480
UNREAD = Asked(Kind.TEXT)


@dataclass(frozen=True)
class Found:
    """A row of the form. `rows_below`: blank rows with numbers under it. `is_heading`: stands over a table and not in
    it. `doubts`: key -> why it is a guess. `table`: the drafted table in which it is a row, or to which it leads.
    `unit`: words for its unit that stand beside its title, in a column of units or over the answers. `ticked`: its
    answers, each of which heads a column to be marked."""

    number: str
    title: str
    hint: str = ""
    blank: str = ""
    rows_below: bool = False
    is_heading: bool = False
    due: str = ""
    asked: Asked = UNREAD
    doubts: dict[str, str] = field(default_factory=dict)
    table: str = ""
    unit: str = ""
    ticked: tuple[str, ...] = ()

    @property
    def measured(self) -> str:
        """The title with its unit, «Пострадало, чел.»."""
        return f"{self.title}, {self.unit}" if self.unit and not unit_of(self.title)[0] else self.title

    @property
    def parent(self) -> str:
        return self.number.rpartition(".")[0]

    @property
    def optional(self) -> bool:
        return self.asked.kind is not Kind.GROUP and _OPTIONAL.search(self.title) is not None

    def doubted(self, key: str, why: str) -> "Found":
        return replace(self, doubts={**self.doubts, key: why})


def items_of(rows: Sequence[Row], tables: Iterable[Table]) -> tuple[list[Found], list[DraftTable], list[str]]:
    """The items of all tables of the form, in their order; those tables that have several columns of answers; and what
    could not be drafted, a Russian sentence each."""
    found: list[Found] = []
    grids: list[DraftTable] = []
    left: list[str] = []
    unused = 1 + max((int(one.partition(".")[0]) for table in tables for one in _numbers(table)), default=0)
    for table in tables:
        if table.use is Use.FORM:
            items, grid = _of_table(rows, table, len(grids) + 1, unused)
            unused = max([unused, *(int(one.number.partition(".")[0]) + 1 for one in items if one.number)])
            _add(found, left, items)
            grids += [grid] if grid is not None else []
            left += _notes_beside(table)
        elif table.use is Use.OTHER and table.rows and len(table.heading) > 1:
            heading = listed([f"«{cell[:40]}»" for cell in table.heading if cell], 4)
            left.append(f"Таблица {heading} не понята: если в ней пункты отчёта, впишите их сами.")
        elif table.use is Use.OTHER and _LETTER.match(table.heading[0]):
            said = f"«{table.heading[0][:40]}»"
            left.append(f"Таблица без заголовка ({said} …) не понята: если в ней пункты отчёта, впишите их сами.")
    left += _outside(rows, tables)
    grids = [_of_found(grid, found) for grid in grids]
    return [*_with_kinds([*_numbered(found)], rows)], grids, left


def _notes_beside(table: Table) -> Iterator[str]:
    """Columns of words beside answers that are marked."""
    ticked = listed([f"«{one}»" for one in ticked_in(table)], 4)
    for title in (table.heading[n] for n in table.answers if ticked and NOTE.search(table.heading[n])):
        yield f"Графа «{title}» не вошла: ответ здесь — отметка в графах {ticked}; нужны и слова — впишите пункты сами."


def _of_found(grid: DraftTable, found: Iterable[Found]) -> DraftTable:
    """Without the rows that could not be drafted."""
    rows = {item.number for item in found if item.table == grid.id}
    closed = tuple(cell for cell in grid.closed if cell.partition("/")[0] in rows)
    return replace(grid, rows=tuple(row for row in grid.rows if row in rows), closed=closed)


def _numbered(items: list[Found]) -> Iterator[Found]:
    """Lists over which the order has no number get the next ones."""
    last = max((int(one.number.partition(".")[0]) for one in items if one.number), default=0)
    for item in items:
        if not item.number:
            last += 1
            why = item.doubts.get("number", "в приказе у списка нет номера")
            item = replace(item, number=str(last)).doubted("number", why)
        yield item


def _outside(rows: Sequence[Row], tables: Iterable[Table]) -> Iterator[str]:
    """Lines to be filled in below the form's tables: «7. Причины отказов: ______»."""
    starts = [table.start for table in tables if table.use is Use.FORM]
    for n, row in enumerate(rows[min(starts, default=len(rows)) :], min(starts, default=0)):
        found = None if row.is_table or n + 1 in starts else _OUTSIDE.fullmatch(row.text)
        if found and (found[1] or (re.search(r"[^\W\d_]{4}", found[2]) and not NO_ITEM.search(found[2]))):
            said = f"{found[1]}. {found[2][:60]}".strip() if found[1] else found[2][:60]
            yield f"Строка «{said}» стоит не в таблице: впишите пункт сами; из строк вне таблиц Свод ответов не читает."


def _add(found: list[Found], left: list[str], new: Iterable[Found]) -> None:
    known = {one.number for one in found}
    for one in new:
        if not one.number:
            found.append(one)
        elif one.number in known and one.is_heading and one.table:
            why = f"под номером {one.number} в приказе есть и строка другой таблицы"
            found.append(replace(one, number="").doubted("number", why))
        elif one.number in known:
            left.append(f"Пункт {one.number} («{one.title[:60]}») встречается второй раз: впишите его сами.")
        elif one.number.count(".") > 1:
            left.append(f"Пункт {one.number} («{one.title[:60]}») на третьем уровне: Свод знает два, впишите иначе.")
        else:
            known.add(one.number)
            found.append(one)


# ── a table ──────────────────────────────────────────────────────────────────────────────────────────────
def _of_table(rows: Sequence[Row], table: Table, number: int, unused: int) -> tuple[list[Found], DraftTable | None]:
    """Its items, and the table itself where they are answered in several columns: rows of it, or lines of a list.
    `unused`: from which number on rows may be numbered of which the order numbers none."""
    items = [*(_rows(table) if [*_numbers(table)] else _unnumbered(table, unused))]
    over_number, over_title = _heading_of(rows, table, is_list=not items)
    if over_number and all(item.parent == over_number for item in items):
        above = Found(over_number, _title(over_title), is_heading=True)
        if not items:
            columns = [cell for n, cell in enumerate(table.heading) if cell and n != table.number]
            free = DraftTable(f"список{number}", "", columns_of(columns, of_list=True), is_list=True)
            return [replace(above, table=free.id)], free
        items = [above, *items]
    if not items and len(table.answers) > 1:
        before = rows[table.start - 1] if table.start else None
        is_title = before and sum(map(bool, before.cells)) == 1  # of merged cells, where it stands in the table
        is_to_fill_in = before and "___" in before.text  # «по состоянию на ____» is no title
        over = before.text if before and is_title and not is_to_fill_in else table.heading[table.measure]
        columns = [cell for n, cell in enumerate(table.heading) if cell and n != table.number]
        free = DraftTable(f"список{number}", "", columns_of(columns, of_list=True), is_list=True)
        return [Found("", _title(_SECTION.sub("", over)), is_heading=True, table=free.id)], free
    grid = None
    if ticked_in(table):
        items = [item if item.is_heading else _ticked(item, table, items) for item in items]
    elif len(table.answers) > 1:
        grid = _grid(table, items, f"таблица{number}", over_title)
        items = [item if item.is_heading else replace(item, table=grid.id) for item in items]
    orphans = {item.parent for item in items if item.parent} - {item.number for item in items}
    return [*_with_parents(items, orphans)], grid


def _heading_of(rows: Sequence[Row], table: Table, *, is_list: bool) -> tuple[str, str]:
    """Number and title of the line over the table; blank where it has none. A Roman number is no list's own: it may be
    that of a part of the form whose items are numbered in digits."""
    over = _PART_OF_FORM.sub("", rows[table.start - 1].text) if table.start else ""
    found = _HEADING.fullmatch(over) or (None if is_list else _ROMAN_HEADING.fullmatch(over))
    return (in_digits(found[1]), found[2]) if found else ("", "")


def ticked_in(table: Table) -> tuple[str, ...]:
    """«Да | Нет | Частично | Примечание»: headings of the columns of which one is marked."""
    answers = tuple(table.heading[n] for n in table.answers if not NOTE.search(table.heading[n]))
    known = [answer for answer in answers if _ANSWER.fullmatch(answer.strip())]
    return answers if len(known) == len(answers) > 1 else ()


def _ticked(item: Found, table: Table, items: Iterable[Found]) -> Found:
    """With the answers that the order leaves open for it."""
    crossed = {table.heading[n] for number, n in _crossed(table, items) if number == item.number}
    ticked = tuple(answer for answer in ticked_in(table) if answer not in crossed)
    if len(ticked) > 1:
        return replace(item, hint="", ticked=ticked)
    return replace(item, hint="").doubted("kind", "графы ответа в приказе закрыты знаком «х»: какой нужен ответ")


def _crossed(table: Table, items: Iterable[Found]) -> Iterator[tuple[str, int]]:
    """Numbers of items, and columns of answers that are closed for them."""
    rows = {item.number: item for item in items if not item.is_heading}
    by_title = {item.title: item.number for item in rows.values()} if not [*_numbers(table)] else {}
    for cells in table.rows:
        number = _number_and_title(table, cells)[0] or by_title.get(cells[table.measure], "")
        if number in rows:
            yield from ((number, n) for n in table.answers if _CROSS.fullmatch(cells[n]))


def _grid(table: Table, items: list[Found], name: str, above: str) -> DraftTable:
    columns = columns_of((table.heading[n] for n in table.answers), of_list=False, above=above)
    ids = dict(zip(table.answers, (column.id for column in columns), strict=True))
    crossed = tuple(f"{number}/{ids[n]}" for number, n in _crossed(table, items))
    rows = tuple(item.number for item in items if not item.is_heading)
    return DraftTable(name, table.heading[table.measure], columns, rows, crossed)


def _rows(table: Table) -> Iterator[Found]:
    last: Found | None = None
    below = 0  # rows without a number under the last item
    for cells in table.rows:
        number, title = _number_and_title(table, cells)
        hint = " ".join(filter(None, (cells[n] for n in table.answers if not _MARKS.fullmatch(cells[n]))))
        if all(not cell or cell.isdecimal() for cell in cells) and (sum(map(bool, cells)) > 1 or not any(cells)):
            continue  # numbers of the columns
        if number and (title or hint):
            if last:
                yield last
            due = cells[table.due] if table.due is not None else ""
            last, below = _found(number, title, hint if len(table.answers) == 1 else "", due), 0
            last = _with_unit(last, _unit(table, cells))
        elif last and number.startswith(f"{last.number}."):
            last = replace(last, rows_below=True)
        elif last and title:
            below += 1
            yield last
            over = last.parent or last.number
            number = f"{over}.{int(last.number.rpartition('.')[2]) + 1}" if last.parent else f"{over}.1"
            last = _found(number, title, hint, "").doubted("number", "в приказе у строки нет номера")
    if last:
        yield last


def _with_unit(item: Found, said: str) -> Found:
    """What stands among the units and is none, «Ф.И.О.», is a hint."""
    if said and not unit_of(f", {said}")[0] and not item.hint:
        return replace(item, hint=said)
    return replace(item, unit=said)


def _numbers(table: Table) -> Iterator[str]:
    """Of the rows of a table of the form."""
    if table.use is Use.FORM:
        yield from filter(None, (_number_and_title(table, cells)[0] for cells in table.rows))


def _unnumbered(table: Table, unused: int) -> Iterator[Found]:
    """Rows that have titles alone, «Школьный этап», «а) приобретено»."""
    titled = [cells for cells in table.rows if cells[table.measure] and not _counts_columns(cells)]
    for number, cells in enumerate(titled, unused):
        hint = " ".join(filter(None, (cells[n] for n in table.answers if not _MARKS.fullmatch(cells[n]))))
        title = _LETTER.sub("", cells[table.measure])
        due = cells[table.due] if table.due is not None else ""
        item = _found(str(number), title, hint if len(table.answers) == 1 else "", due)
        yield _with_unit(item, _unit(table, cells)).doubted("number", "в приказе у строки нет номера")


def _counts_columns(cells: tuple[str, ...]) -> bool:
    """«1 | 2 | 3»"""
    return [cell for cell in cells if cell] == [str(n) for n in range(1, len(cells) + 1)]


def _unit(table: Table, cells: tuple[str, ...]) -> str:
    """Words that name the unit of a row: in a column of its own, or over the one column of answers."""
    if table.unit is not None:
        return cells[table.unit]
    over = table.heading[table.answers[0]] if len(table.answers) == 1 else ""
    return over.rpartition(",")[2].strip() if "," in over and unit_of(over)[0] else ""


def _number_and_title(table: Table, cells: tuple[str, ...]) -> tuple[str, str]:
    title = cells[table.measure]
    if table.number is not None and (found := NUMBER.fullmatch(_number_in(table, cells[table.number]))):
        return found[1], title
    if table.number is None and (inside := re.fullmatch(rf"{NUMBER.pattern}\s+(.+)", title)):
        return inside[1], inside[2]
    return "", title


def _number_in(table: Table, said: str) -> str:
    """A Roman number is a section's where another row has that number in digits."""
    number = in_digits(said)
    others = (row[table.number] for row in table.rows) if table.number is not None and not said[:1].isdecimal() else ()
    return "" if any(other.rstrip(".) ") == number for other in others) else number


def _found(number: str, title: str, hint: str, due: str) -> Found:
    if not title:
        return Found(number, f"Пункт {number}", hint, due=due).doubted("title", "в приказе у пункта нет названия")
    blank = _BLANK.search(title)
    words = _title(_BLANK.sub("", title))
    item = Found(number, words, hint, blank[1] if blank else "", due=due)
    return item.doubted("title", "текст приказа длиннее и обрезан") if len(title) > _LONGEST else item


def _title(text: str) -> str:
    return text[:_LONGEST].strip()


def _with_parents(items: list[Found], orphans: set[str]) -> Iterator[Found]:
    for item in items:
        if item.parent in orphans:
            orphans.remove(item.parent)
            yield Found(item.parent, f"Пункт {item.parent}").doubted("title", "в приказе такого пункта не нашлось")
        yield item


# ── what is asked ────────────────────────────────────────────────────────────────────────────────────────
def _with_kinds(items: list[Found], rows: Sequence[Row]) -> Iterator[Found]:
    by_number = {item.number: item for item in items}
    parents = {item.parent for item in items}
    for item in items:
        if item.table:
            kind = Kind.ROWS if item.is_heading else Kind.ROW
            doubt = "свободный список: сколько в нём строк не меньше и не больше, впишите в [[tables]]"
            yield replace(item, asked=Asked(kind, doubt if kind is Kind.ROWS else ""))
            continue
        own = asked(item.measured, item.hint)
        is_over_others = item.is_heading or own.kind is not Kind.NUMBER or item.title.endswith(":")
        if item.number in parents and is_over_others:
            yield _group(item, [one for one in items if one.parent == item.number])
            continue
        above = by_number.get(item.parent)
        if item.ticked:
            kind = Kind.YES_NO if {one.casefold() for one in item.ticked} in _YES_AND_NO else Kind.CHOICE
            said = () if kind is Kind.YES_NO else item.ticked
            yield replace(item, asked=Asked(kind, "ответы взяты из заголовков граф", choices=said))
        elif "kind" in item.doubts:
            yield replace(item, asked=Asked(Kind.TEXT, item.doubts["kind"]))
        else:
            hint = item.hint or (above.hint if above else "")
            guess = asked(item.measured, hint, item.rows_below)
            if guess.kind is Kind.TEXT and guess.doubt and above and _of_unit(above):
                guess = number_in(f"{above.title} {item.title}")  # «минимальная» under «Температура, °С:»
            if guess.kind is Kind.TEXT and (said := _listed(rows, item.number)):
                guess = Asked(
                    Kind.CHOICE,
                    "ответы взяты из указаний по заполнению",
                    choices=said,
                    several=_SEVERAL.search(f"{item.title} {hint}") is not None,
                )
            yield replace(item, asked=guess._replace(is_added=guess.is_added and not _is_not_added(rows, item.number)))


def _of_unit(above: Found) -> bool:
    """Is it a heading that names the unit of what is under it."""
    return above.title.endswith(":") and unit_of(above.title.rstrip(":"))[0] != ""


def _listed(rows: Sequence[Row], number: str) -> tuple[str, ...]:
    """What the order's own directions list to choose from: «Пункт 3 — … из перечня: 1) …; 2) …»."""
    said = next((text for text in _directions(rows, number) if "переч" in text), "")
    parts = [part.strip() for part in re.findall(r"\d\)\s*([^;.]+)", said)]
    return tuple(parts) if len(parts) > 1 and len({part.casefold() for part in parts}) == len(parts) else ()


def _is_not_added(rows: Sequence[Row], number: str) -> bool:
    """«Строка 8 — число дней; по округу не складывается»."""
    return any(_NOT_ADDED.search(text) for text in _directions(rows, number))


def _directions(rows: Sequence[Row], number: str) -> Iterator[str]:
    """What the order's own directions say of an item."""
    begins = re.compile(rf"(?:\d+\.\s*)?(?:пункт|строка|п\.)\s*{re.escape(number)}(?!\.?\d)", re.IGNORECASE)
    return (row.text for row in rows if begins.match(row.text))


def _group(item: Found, under: list[Found]) -> Found:
    """An item over others. Where these are «в том числе» it is answered too, and a group is not: that must be said."""
    doubt = item.doubts.get("kind", "")
    if any(_PART.search(one.title) for one in under):
        doubt = "под пунктом есть «в том числе»: свой ответ пункта в форме пропадёт, дайте ему отдельный номер"
    elif not doubt and not item.is_heading and not item.hint and not item.title.endswith(":"):
        doubt = "заголовок ли это: свой ответ пункта в форме пропадёт, дайте ему тогда отдельный номер"
    return replace(item, asked=Asked(Kind.GROUP, doubt))
