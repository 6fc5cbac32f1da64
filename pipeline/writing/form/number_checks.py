"""What the column «Проверка» says of figures, choices, dates and addresses: one answer, or the first of a table's row
that wants something.

What follows from other figures (`sum`, `product`, `ratio`, `equal`) is not computed for the school: it is held against
what the school states, and the hint says what comes out. A blank counts for nothing in a sum; a product and a ratio
wait for all their parts. `of_which` and bases bound a figure from above.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby, pairwise
from typing import assert_never

from xlsxwriter.utility import xl_cell_to_rowcol, xl_rowcol_to_cell

from pipeline.wording import number as said_number
from pipeline.writing.form.checks import LINE_WANTED, PAPER_WANTED, PERSON_WANTED, Checks, names_paper, names_person
from pipeline.writing.form.hints import (
    DONE,
    NOT_A_NUMBER,
    Case,
    Cell,
    Condition,
    Hint,
    array,
    blank,
    both,
    choose,
    either,
    join,
    noted,
    one_of,
    say,
)
from pipeline.writing.form.period import first_day_in_excel
from pipeline.writing.form.prefill import SEPARATOR
from pipeline.writing.pages.theme import Mark
from schemas import own_form
from schemas.form import Form, Item, Kind
from schemas.periods import first_day
from schemas.relations import Held, counts_lines, in_lines, list_of, relations_of

YES_OR_NO = own_form.YES, own_form.NO

_EXACT = 6  # decimals: what a binary fraction adds behind them is no difference
_AT_ONCE = 45  # cases of one chain: Excel nests 64 levels at most
_ROOM = 8000  # characters of a formula; Excel takes 8192
_LONGEST_NUMBER = 10  # digits before the decimal comma
_MOST_OF_A_LIST = 255
_BLANK = '""'
_ANSWERING = frozenset({Kind.YES_NO, Kind.CHOICE})  # where «нет» is an answer
_FEW = 4  # numbers of rows that are named one by one

_NOT_FROM_LIST = f"{Mark.BELOW} нужно из списка"
_LEFT_TO_THE_OFFICE = f"{Mark.IN_PROGRESS} проверит Управление"


class NumberChecks:
    """`cells`: address -> where it is answered, known when the whole form has been laid out. `bases`: the cells of the
    passport. `names`: address of a table's cell -> what its hints call it."""

    def __init__(self, form: Form, checks: Checks, bases: Mapping[str, Cell]) -> None:
        self.form = form
        self.checks = checks
        self.bases = bases
        self.cells: dict[str, Cell] = {}
        self.names: dict[str, str] = {}
        self._held: dict[str, list[Held]] = {}
        self._parts: dict[str, Held] = {}  # address -> the sum that it is a part of
        for held in relations_of(form):
            self._held.setdefault(held.item, []).append(held)
            if held.kind == "sum":
                self._parts |= dict.fromkeys(held.of, held)

    # ── one answer ───────────────────────────────────────────────────────────────────────────────────────
    def item(self, item: Item, note: str = "") -> Hint:
        cell = self.cells[item.number]
        none = self._nobody([item])
        hint = choose(
            *([(both(blank(cell), none), say(Mark.NONE))] if none else ()),
            self.checks.empty(item, cell, self._urge(item), note),
            *self.checks.exempt(item, cell),
            *self._wrong(item),
            *self._not_done(item, cell),
            *self._not_yet(item, cell),
            otherwise=say(DONE),
        )
        return _fitting(hint)

    def _urge(self, item: Item) -> str:
        match item.kind:
            case Kind.NUMBER:
                return f"укажите число, {self.form.unit(item.unit).short}" if item.unit else "укажите число"
            case Kind.CHOICE:
                return "укажите из списка" if item.several else "выберите из списка"
            case Kind.DATE:
                return "укажите дату: ДД.ММ.ГГГГ"
            case (
                Kind.GROUP
                | Kind.PERSON
                | Kind.TEXT
                | Kind.DOCUMENT
                | Kind.ACTS
                | Kind.COVERAGE
                | Kind.VOLUME
                | Kind.YES_NO
                | Kind.LINK
                | Kind.ROW
                | Kind.ROWS
            ):
                return "укажите адрес страницы"
            case _:
                assert_never(item.kind)

    def _not_done(self, item: Item, cell: Cell) -> list[Case]:
        """A choice by which what is asked for is not done yet: a truthful answer."""
        undone = [choice.title for choice in item.choices if not choice.done]
        return [(one_of(cell, (title,)), say(f"{Mark.IN_PROGRESS} {title}")) for title in undone]

    def _not_yet(self, item: Item, cell: Cell) -> Iterator[Case]:
        """A figure with which what is asked for is not done yet, or too few of several choices."""
        if item.done_at is None:
            return
        if item.kind is Kind.CHOICE:
            done = [choice.title for choice in item.choices if choice.done]
            chosen = len({title.casefold() for title in done} & set(_pieces(cell)))
            few = Condition(f"{_named(cell, done)}<{item.done_at:.15g}", chosen < item.done_at)
            yield few, say(f"{Mark.IN_PROGRESS} нужно ответов: {item.done_at:.15g}")
            return
        less = item.better == "less"
        wanted = f"{'не больше' if less else 'нужно'} {said_number(item.done_at)}"
        sign, short = (
            (">", cell.number is not None and cell.number > item.done_at)
            if less
            else ("<", cell.number is not None and cell.number < item.done_at)
        )
        yield (
            _figure(cell, Condition(f"{cell.ref}{sign}{item.done_at:.15g}", short)),
            say(f"{Mark.IN_PROGRESS} {wanted}"),
        )

    # ── a row of a table ─────────────────────────────────────────────────────────────────────────────────
    def row(self, cells: Sequence[Item], notes: Mapping[str, str]) -> Hint:
        """A row of figures with a title. One that is left blank wholly, a class that the school has not, is no mistake
        where others of its sum are filled in."""
        wrong = [case for item in cells for case in self._wrong(item)]
        empty = self._all_blank(cells)
        none = self._nobody(cells)
        missing = [case for item in cells if (case := self._missing(item, notes.get(item.number, "")))]
        whole = self._whole_row_missing(cells) if not any(item.number in notes for item in cells) else []
        lenient = [(both(empty, none), say(Mark.NONE))] if none else []
        lenient += [(both(empty, condition), hint) for condition, hint in whole]
        if missing and not self.form.item(cells[0].number.partition("/")[0]).required:
            lenient.append((self._only_zeros(cells), say(DONE)))
        return _one_of_many([*wrong, *lenient, *missing], otherwise=self._finished(empty))

    def line(self, cells: Sequence[Item], *, wanted: bool, notes: Mapping[str, str]) -> Hint:
        """A line of a list. `wanted`: there have to be so many lines at least."""
        empty = self._all_blank(cells)
        blank_line = LINE_WANTED if wanted else Mark.NONE
        said = " ".join(dict.fromkeys(notes[item.number] for item in cells if item.number in notes))
        wrong = [case for item in cells for case in self._wrong(item)]
        missing = [case for item in cells if (case := self._missing(item, notes.get(item.number, "")))]
        cases = [(empty, say(noted(blank_line, said))), *wrong, *missing]
        return _one_of_many(cases, otherwise=say(DONE))

    def _all_blank(self, cells: Sequence[Item]) -> Condition:
        here = [self.cells[item.number] for item in cells]
        tests = ",".join(f'{cell.ref}=""' for cell in here)
        return Condition(f"AND({tests})", not any(cell.text for cell in here))

    def _only_zeros(self, cells: Sequence[Item]) -> Condition:
        """There is something, and all of it is zeros: its blanks are not asked for, as the pipeline does not."""
        here = [self.cells[item.number] for item in cells]
        tests = ",".join(f'IF(ISNUMBER({cell.ref}),{cell.ref}=0,{cell.ref}="")' for cell in here)
        holds = any(cell.number is not None for cell in here) and all(
            cell.number == 0 or not cell.text for cell in here
        )
        return Condition(f"AND({_count(here)}>0,{tests})", holds)

    def _finished(self, empty: Condition) -> Hint:
        return choose((empty, say(Mark.NONE)), otherwise=say(DONE))

    def _nobody(self, cells: Sequence[Item]) -> Condition | None:
        """Of a row about people of whom the school has none."""
        base = next((item.base for item in cells if item.base), "")
        if not base:
            return None
        people = self.bases[base]
        return Condition(f"AND(ISNUMBER({people.ref}),N({people.ref})=0)", people.number == 0)

    def _whole_row_missing(self, cells: Sequence[Item]) -> list[Case]:
        """A part of a sum may be left out where another part is there."""
        held = next((self._parts[item.number] for item in cells if item.number in self._parts), None)
        if held is None or not any(item.required for item in cells):
            return []
        parts = [cell for number in held.of for cell in self._part(number)]
        others = Condition(f"{_count(parts)}>0", any(cell.number is not None for cell in parts))
        return [(others, say(f"{Mark.IN_PROGRESS} пусто; если нет, можно 0"))]

    def _missing(self, item: Item, note: str) -> Case | None:
        """A blank cell that is asked for, or whose answer was set aside."""
        cell = self.cells[item.number]
        empty = Condition(f'{cell.ref}=""', not cell.text)
        verb = "выберите" if item.kind is Kind.CHOICE else "укажите"
        hint = self.checks.missing(item, f"{verb} {self.names[item.number]}", note)
        return None if hint.text == Mark.NONE else (empty, hint)

    # ── what is wrong with an answer ─────────────────────────────────────────────────────────────────────
    def _wrong(self, item: Item) -> Iterator[Case]:
        cell, name = self.cells[item.number], self.names.get(item.number, "")
        named = f": {name}" if name else ""
        match item.kind:
            case Kind.NUMBER:
                yield from self._wrong_number(item, cell, named)
                for held in self._held_of(item):
                    yield from self._unlike(held, item, cell, name)
            case Kind.CHOICE:
                known = _all_known(cell, item) if item.several else one_of(cell, tuple(c.title for c in item.choices))
                yield _filled_but(cell, known), say(f"{_NOT_FROM_LIST}{named}")
            case Kind.DATE:
                yield _is_text(cell), say(f"{Mark.BELOW} нужна дата ДД.ММ.ГГГГ{named}")
                if not item.any_day:
                    yield self._outside(cell), say(f"{Mark.BELOW} нужна дата в отчётном периоде{named}")
            case Kind.LINK:
                page = Condition(f'OR({blank(cell).excel},ISNUMBER(SEARCH(".",{cell.ref})))', "." in cell.text)
                yield _filled_but(cell, page), say(f"{Mark.BELOW} нужно: https://…{named}")
            case Kind.DOCUMENT:
                paper = either(one_of(cell, (own_form.NO,)), names_paper(cell))
                yield _filled_but(cell, paper), say(f"{PAPER_WANTED}{named}")
            case Kind.PERSON if not item.asks_position:
                return
            case Kind.PERSON:
                yield _filled_but(cell, names_person(cell)), say(f"{PERSON_WANTED}{named}")
            case Kind.YES_NO:
                yield _filled_but(cell, one_of(cell, YES_OR_NO)), say(f"{_NOT_FROM_LIST}{named}")
            case Kind.GROUP | Kind.TEXT | Kind.ACTS | Kind.COVERAGE | Kind.VOLUME | Kind.ROW | Kind.ROWS:
                return
            case _:
                assert_never(item.kind)

    def _held_of(self, item: Item) -> Iterator[Held]:
        """What holds at a cell; of a line of a list what the form says of its column."""
        row, slash, column = item.number.partition("/")
        yield from self._held.get(item.number, ())
        above = f"{row.rpartition('.')[0]}/{column}"
        if slash and list_of(above, self.form):
            for held in self._held.get(above, ()):
                yield from in_lines(held, self.form, lambda _: [row])

    def _part(self, number: str) -> list[Cell]:
        """The cell at an address; of a list's column those of all its lines."""
        if number in self.cells:
            return [self.cells[number]]
        row, _, column = number.partition("/")
        own = (f"{above}/{column}" for above in dict.fromkeys(one.partition("/")[0] for one in self.cells))
        return [self.cells[one] for one in own if one.partition("/")[0].rpartition(".")[0] == row and one in self.cells]

    def _whole(self, number: str) -> Cell:
        """What a figure is held against: a cell, the sum of a list's column, or how many lines it has."""
        if counts_lines(number):
            return self._lines(number.partition("/")[0])
        cells = self._part(number)
        if number in self.cells:
            return cells[0]
        return Cell(_sum(cells), math.fsum(cell.number or 0.0 for cell in cells))

    def _lines(self, of_list: str) -> Cell:
        """How many lines of a list are filled in; one that says «нет» and nothing else is none."""
        lines: dict[str, list[tuple[str, Cell]]] = {}
        for address, cell in self.cells.items():
            row, slash, name = address.partition("/")
            if slash and row.rpartition(".")[0] == of_list:
                lines.setdefault(row, []).append((name, cell))
        answering = {cell.number.partition("/")[2] for cell in self.form.cells_of(of_list) if cell.kind in _ANSWERING}
        filled = sum(
            any(_says_more(cell, answers=name in answering) for name, cell in cells) for cells in lines.values()
        )
        columns = [(column[0][0], [cell for _, cell in column]) for column in zip(*lines.values(), strict=True)]
        said = "+".join(_more_in(_areas(below), answers=name in answering) for name, below in columns)
        return Cell(f"SUMPRODUCT(--(({said})>0))", float(filled))

    def _wrong_number(self, item: Item, cell: Cell, named: str) -> Iterator[Case]:
        ref, n = cell.ref, cell.number
        yield _is_text(cell), say(f"{NOT_A_NUMBER}{named}")
        if not item.decimals:
            fraction = Condition(f"{ref}<>INT({ref})", n is not None and not n.is_integer())
            yield _figure(cell, fraction), say(f"{Mark.BELOW} нужно целое число{named}")
        if item.min is not None:
            low = Condition(f"{ref}<{item.min:.15g}", n is not None and n < item.min)
            yield _figure(cell, low), say(f"{Mark.BELOW} нужно от {said_number(item.min)}{named}")
        if item.max is not None:
            high = Condition(f"{ref}>{item.max:.15g}", n is not None and n > item.max)
            yield _figure(cell, high), say(f"{Mark.BELOW} больше {said_number(item.max)}{named}")
        if item.base:
            people = self.bases[item.base]
            whole = people.number
            above = Condition(f"AND(ISNUMBER({people.ref}),{ref}>{people.ref})", _above(n, whole))
            label = "всего в школе" if named else f"«{self.form.base(item.base).label}»"
            yield _figure(cell, above), say(f"{Mark.BELOW} больше, чем {label}{named}")

    def _outside(self, cell: Cell) -> Condition:
        """Not in the period that the report is for; of a report on a date, after it."""
        last, every = self.checks.as_of, self.form.period.every
        late, early = f"{cell.ref}>{last.ref}", f"{cell.ref}<{first_day_in_excel(every, last.ref)}"
        outside = late if every == "date" else f"OR({early},{late})"
        given, now = cell.value, last.value
        holds = isinstance(given, date) and isinstance(now, date) and not _within(given, now, self.form)
        return Condition(f"IF(AND(ISNUMBER({cell.ref}),ISNUMBER({last.ref})),{outside},FALSE)", holds)

    # ── figures against each other ───────────────────────────────────────────────────────────────────────
    def _unlike(self, held: Held, item: Item, cell: Cell, name: str) -> Iterator[Case]:
        if held.kind == "sum":
            parts = [cell for number in held.of for cell in self._part(number)]
        else:
            parts = [self._whole(number) for number in held.of]
        mended = f"{Mark.BELOW} исправьте{f' {name}' if name else ''}: "
        decimals = item.decimals
        match held.kind:
            case "sum":
                total = sum(part.number or 0.0 for part in parts)
                said = f"сумма {self._said(held)} — "
                yield self._case(cell, held, _sum(parts), total, _addable(parts), mended + said, decimals)
            case "product":
                product = "*".join(part.ref for part in parts)
                value = _product(parts)
                yield self._case(cell, held, product, value, _all_figures(parts), f"{mended}по умножению ", decimals)
            case "ratio":
                above, below = parts
                can = both(_all_figures(parts), Condition(f"N({below.ref})<>0", bool(below.number)))
                value = above.number / below.number if above.number is not None and below.number else 0.0
                ratio = f"{above.ref}/{below.ref}"
                yield self._case(cell, held, ratio, value, can, f"{mended}по делению ", decimals)
            case "equal":
                for number, part in zip(held.of, parts, strict=True):
                    can = _all_figures([part])
                    said = f"{_lines_said(number)} — " if counts_lines(number) else "нужно "
                    yield self._case(cell, held, part.ref, part.number or 0.0, can, mended + said, decimals)
            case _:
                yield from self._above_whole(held, cell, parts, name)

    def _case(self, cell: Cell, held: Held, excel: str, value: float, can: Condition, said: str, decimals: int) -> Case:
        """The figure is another than what comes out."""
        differs = Condition(
            f"ABS(ROUND({cell.ref}-({excel}),{_EXACT}))>{held.tolerance:.15g}",
            cell.number is not None and abs(round(cell.number - value, _EXACT)) > held.tolerance,
        )
        return _figure(cell, can, differs), join(say(said), _shown(excel, value, decimals))

    def _above_whole(self, held: Held, cell: Cell, parts: Sequence[Cell], name: str) -> Iterator[Case]:
        for number, whole in zip(held.of, parts, strict=True):
            above = Condition(
                f"ROUND({cell.ref}-{whole.ref},{_EXACT})>{held.tolerance:.15g}",
                _above(cell.number, whole.number, held.tolerance),
            )
            said = f"{Mark.BELOW} больше, чем {self._whole_said(held.item, number)}{f': {name}' if name else ''}"
            yield _figure(cell, _all_figures([whole]), above), say(said)

    def _whole_said(self, part: str, whole: str) -> str:
        row, slash, _ = whole.partition("/")
        if counts_lines(whole):
            return _lines_said(whole)
        if not slash:
            return f"в п. {whole}"
        return self.names[whole] if row == part.partition("/")[0] else f"в строке {row}"

    def _said(self, held: Held) -> str:
        """«строк 1, 2, 3», «строк 1.1–1.11», «гр. 3, гр. 4», «пп. 1, 2»."""
        rows = list(dict.fromkeys(number.partition("/")[0] for number in held.of))
        if "/" not in held.item:
            return f"пп. {_listed(rows)}"
        if rows == [held.item.partition("/")[0]]:
            return ", ".join(self.names[number] for number in held.of)
        return f"строк {_listed(rows)}"


def _lines_said(address: str) -> str:
    return f"строк в п. {address.partition('/')[0]}"


def _listed(numbers: Sequence[str]) -> str:
    last = [int(number.rpartition(".")[2]) for number in numbers]
    runs_on = len({number.rpartition(".")[0] for number in numbers}) == 1 and all(b - a == 1 for a, b in pairwise(last))
    return f"{numbers[0]}–{numbers[-1]}" if len(numbers) > _FEW and runs_on else ", ".join(numbers)


# ── conditions ───────────────────────────────────────────────────────────────────────────────────────────
def _is_text(cell: Cell) -> Condition:
    return Condition(f'AND(ISTEXT({cell.ref}),{cell.ref}<>"")', isinstance(cell.value, str) and cell.value != "")


def _figure(cell: Cell, *more: Condition) -> Condition:
    """There is a figure, and all the rest holds: asked one after the other, for text is no operand."""
    excel = more[-1].excel
    for condition in reversed(more[:-1]):
        excel = f"IF({condition.excel},{excel},FALSE)"
    holds = cell.number is not None and all(condition.holds for condition in more)
    return Condition(f"IF(ISNUMBER({cell.ref}),{excel},FALSE)", holds)


def _filled_but(cell: Cell, known: Condition) -> Condition:
    return Condition(f'AND({cell.ref}<>"",NOT({known.excel}))', bool(cell.text) and not known.holds)


def _all_known(cell: Cell, item: Item) -> Condition:
    """Are all that are named, with `SEPARATOR` between them, choices of the item."""
    said = _between_separators(cell)
    named = f'LEN({said})-LEN(SUBSTITUTE({said},"{SEPARATOR}",""))-1'
    titles = {choice.title.casefold() for choice in item.choices}
    pieces = _pieces(cell)
    holds = len(set(pieces)) == len(pieces) and set(pieces) <= titles
    return Condition(f"{_named(cell, [choice.title for choice in item.choices])}={named}", holds)


def _named(cell: Cell, titles: Sequence[str]) -> str:
    """How many of the titles the cell names."""
    known = array(tuple(f"{SEPARATOR}{_no_wildcards(title)}{SEPARATOR}" for title in titles))
    return f"SUMPRODUCT(--ISNUMBER(SEARCH({known},{_between_separators(cell)})))"


def _between_separators(cell: Cell) -> str:
    said = f'"{SEPARATOR}"&TRIM({cell.ref})&"{SEPARATOR}"'
    for other in (f"{SEPARATOR} ", f" {SEPARATOR}", SEPARATOR * 2):
        said = f'SUBSTITUTE({said},"{other}","{SEPARATOR}")'
    return said


def _pieces(cell: Cell) -> list[str]:
    return [piece.strip().casefold() for piece in cell.text.strip(f" {SEPARATOR}").split(SEPARATOR)]


def _no_wildcards(text: str) -> str:
    for sign in "~?*":
        text = text.replace(sign, f"~{sign}")
    return text


def _all_figures(cells: Sequence[Cell]) -> Condition:
    tests = ",".join(f"ISNUMBER({cell.ref})" for cell in cells)
    return Condition(f"AND({tests})", all(cell.number is not None for cell in cells))


def _addable(parts: Sequence[Cell]) -> Condition:
    """Is there a figure among them and no words: what they add to the sum nobody knows."""
    words = "+".join(f"SUMPRODUCT(--ISTEXT({area}))" for area in _areas(parts))
    said = any(isinstance(part.value, str) and part.value for part in parts)
    return Condition(f"AND({_count(parts)}>0,{words}=0)", any(part.number is not None for part in parts) and not said)


def _above(part: float | None, whole: float | None, tolerance: float = 0) -> bool:
    return part is not None and whole is not None and round(part - whole, _EXACT) > tolerance


def _within(day: date, last: date, form: Form) -> bool:
    every = form.period.every
    return day <= last and (every == "date" or day >= first_day(every, last))


def _says_more(cell: Cell, *, answers: bool) -> bool:
    return bool(cell.text) and (answers or cell.text.casefold() != own_form.NO)


def _more_in(areas: Sequence[str], *, answers: bool) -> str:
    [area] = areas  # lines stand right below each other
    said = f"({area}<>{_BLANK})"
    return said if answers else f'{said}*({area}<>"{own_form.NO}")'


# ── figures ──────────────────────────────────────────────────────────────────────────────────────────────
def _areas(cells: Sequence[Cell]) -> list[str]:
    """Cells right below each other as one range."""
    places = sorted((column, row) for row, column in (xl_cell_to_rowcol(cell.ref) for cell in cells))
    runs = groupby(enumerate(places), key=lambda one: (one[1][0], one[1][1] - one[0]))
    found = []
    for (column, _), run in runs:
        rows = [row for _, (_, row) in run]
        ends = [xl_rowcol_to_cell(row, column) for row in (rows[0], rows[-1])]
        found.append(":".join(dict.fromkeys(ends)))
    return found


def _sum(parts: Sequence[Cell]) -> str:
    return f"SUM({','.join(_areas(parts))})"


def _count(parts: Sequence[Cell]) -> str:
    return f"COUNT({','.join(_areas(parts))})"


def _product(parts: Sequence[Cell]) -> float:
    value = 1.0
    for part in parts:
        value *= part.number or 0.0
    return value


def _shown(excel: str, value: float, decimals: int) -> Hint:
    """The figure with a comma, in whatever language Excel speaks."""
    rounded = Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    longest = f"{'0' * _LONGEST_NUMBER}{',' if decimals else ''}{'0' * decimals}"
    return Hint(f'SUBSTITUTE(FIXED({excel},{decimals},TRUE),".",",")', f"{rounded:f}".replace(".", ","), longest)


def _one_of_many(cases: Sequence[Case], otherwise: Hint) -> Hint:
    """The first case that holds, of more than Excel nests in one another."""
    groups = [cases[at : at + _AT_ONCE] for at in range(0, len(cases), _AT_ONCE)]
    if len(groups) == 1:
        return _fitting(choose(*cases, otherwise=otherwise))
    chosen = [(_any(group), choose(*group[:-1], otherwise=group[-1][1])) for group in groups]
    return _fitting(choose(*chosen, otherwise=otherwise))


def _fitting(hint: Hint) -> Hint:
    """None is promised where its formula would be too long."""
    return hint if len(hint.formula) < _ROOM else say(_LEFT_TO_THE_OFFICE)


def _any(cases: Sequence[Case]) -> Condition:
    tests = ",".join(condition.excel for condition, _ in cases)
    return Condition(f"OR({tests})", any(condition.holds for condition, _ in cases))


def in_words(item: Item) -> str:
    """The choices of an item for a sentence: «школа», «комбинат питания»."""
    return ", ".join(f"«{choice.title}»" for choice in item.choices)


def list_fits(words: Sequence[str]) -> bool:
    """Do they go into a rule as they are: Excel takes 255 characters, with commas between them."""
    return len(",".join(words)) <= _MOST_OF_A_LIST and not any("," in word for word in words)
