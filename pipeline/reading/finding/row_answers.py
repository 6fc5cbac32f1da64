"""What the cells of an item's rows say together: one answer, several figures of one, or two answers that differ.

The chosen columns (`answer_columns`) hold the answer. Every other cell of the row that would itself read as an answer
is evidence: where it says something else, nothing is counted; where the answer is blank and one such cell reads, it is
taken with a warning that names it.
"""

import re
from collections.abc import Iterator, Sequence

import msgspec
from msgspec.structs import replace

from pipeline.reading.answers.boxes import Tick, tick_of
from pipeline.reading.answers.units import unit_alone
from pipeline.reading.answers.values import Answer, classes_apart, is_blank, is_said_by_dash, read_answer, read_classes
from pipeline.reading.finding.answer_columns import AnswerColumns, reads_as_answer
from pipeline.reading.finding.headings import Meaning, meaning_of
from pipeline.reading.finding.ledger import Ledger, Role, is_hint, text_of
from pipeline.reading.finding.tables import Table
from pipeline.reading.finding.ticks import AFFIRMS, Ticks, find_ticks
from pipeline.reading.opening.book import Cell
from schemas.addresses import Spot, spot_at
from schemas.form import Item, Kind
from schemas.likeness import plain
from schemas.remarks import Remark, remark
from schemas.reports import NO, Fact

_CLASSES = re.compile(r"\d+\s*(?:[-–—]\s*\d+)?\s*(?:-?[а-я]{1,2}\s*)?(?:кл|\Z)\w*|класс\w*\W*[\d\W]+", re.IGNORECASE)
_CORRECTED = re.compile(
    r"\W*(?:испр\w*|уточн\w*|верно|правильно|следует читать|читать|факт\w*)[\s.:–—-]+(?=\d)", re.IGNORECASE
)
_ALL = re.compile(r"\W*(?:все|всех|всем|полностью)(?!\w)", re.IGNORECASE)
_FIGURE = re.compile(r"\d[\d\s]*(?:[.,]\d+)?")
_COUNTED = {"count", "total", "percent", "yes"}
_ORDER = ("count", "total", "", "percent", "classes")  # in which figures are put together
_NEAR = 1.0  # percentage points by which a share may differ from people and their whole, both rounded


class Piece(msgspec.Struct, frozen=True):
    """A cell that belongs to an answer, and what the headings of its column and row say of it."""

    spot: Spot
    cell: Cell
    meaning: Meaning


class Reading(msgspec.Struct, frozen=True):
    """Cells read as one answer: `cell` is what they say together, `places` where each figure stands."""

    spot: Spot
    cell: Cell
    answer: Answer
    places: dict[str, Spot]

    @property
    def figures(self) -> dict[str, str | float]:
        return {fact.field: fact.value for fact in self.answer.facts}

    @property
    def sound(self) -> bool:
        """Something is said, and nothing is wrong with it."""
        return bool(self.answer.facts) and not self.answer.remarks


class RowReader:
    """Reads the answers of one table whose columns are chosen."""

    def __init__(self, ledger: Ledger, table: Table, columns: AnswerColumns) -> None:
        self.ledger, self.table, self.columns = ledger, table, columns
        other = (table.columns.number, table.columns.measure, table.parts)
        self._known = frozenset((*other, *columns.answers, *columns.settled))  # columns, of whatever
        self._ticks_of: dict[str, Ticks] = {}

    def read(self, item: Item, number: str, rows: Sequence[int], wording: int, *, sure: bool = True) -> None:
        """The answer of an item, from its own row and those that continue it. `wording` is the column of its words;
        `sure`: a row without any words can be no other item's."""
        pieces = list(self._pieces(item, rows, wording))
        strangers = [] if sure else [p for p in pieces if p.spot.row != rows[0] and not _is_named(p.meaning)]
        if stranger := next((p for p in strangers if self._is_evidence(item, p)), None):
            spots = [stranger.spot, *(piece.spot for piece in pieces if piece.spot.row == rows[0])]
            self.ledger.refuse(number, spots, remark("ROW-NAMELESS", value=_shown(stranger.cell)))
            return
        pieces = [piece for piece in pieces if piece not in strangers]
        self.ledger.answer_cells.setdefault(number, self._address(spot_at(rows[0], self.columns.first)))
        if item.kind is Kind.GROUP:
            self._read_group(item, pieces)
            stray = (piece.spot for piece in pieces if piece.spot not in self.ledger.roles and _says_how_many(piece))
            self.ledger.in_headings += [(number, spot) for spot in stray]
            return
        own, others = self._own_people(item, pieces)
        if item.measured and self._is_apart(item, own):
            self._refuse_parts(item, number, own)
            return
        if odd := self._odd_alone(item, own):
            self._refuse_odd(number, odd)
            return
        if unclear := self._unclear_tick(item, rows[0], own):
            self.ledger.refuse(number, [unclear[0]], unclear[1])
            self._keep_ticks(item, rows[0])
            return
        readings = list(self._readings(item, own))
        if not readings:
            self.ledger.take_back(item, number, spot_at(rows[0], self.columns.first))
            for column in self.columns.answers:
                self.ledger.tell_unseen(number, spot_at(rows[0], column))
        beside = [*others, *self._beside(item, rows, wording)]
        if readings and self.columns.parts:
            beside = self._without_parts(item, readings[0], beside)
        if len(own) == len(readings) == len(beside) == 1 and item.measured and not readings[0].answer.facts:
            readings, beside = self._with_its_share(item, own[0], beside[0]) or (readings, beside)
        self._settle(item, number, readings, beside)
        if own:
            self.ledger.label(spot for spot, _ in self._of_another(item, rows[1:], wording))
        else:
            self._refuse_another_day(item, number, rows[1:], wording)
        self._tell_nameless(number, [piece for piece in own if piece.spot.row != rows[0]])

    def _tell_nameless(self, number: str, below: list[Piece]) -> None:
        """An answer taken from a row below that has no words of its own."""
        nameless = [piece for piece in below if not _is_named(piece.meaning)]
        used = next((piece for piece in nameless if self.ledger.roles.get(piece.spot) is Role.ANSWER), None)
        if used and number not in self.ledger.refused:
            self.ledger.say(number, used.spot, [remark("ANSWER-BESIDE", value=_shown(used.cell))])

    # ── the cells ────────────────────────────────────────────────────────────────────────────────────────

    def _pieces(self, item: Item, rows: Sequence[int], wording: int) -> Iterator[Piece]:
        """The filled cells of the chosen columns; blanks and the order's hints are printed."""
        ticked = self._ticks(item).known
        for row in rows:
            if ticked:
                yield from self._ticked(item, row)
            if self.columns.unit:
                self._mind_unit(item, row)
            of_row = self._meaning_of_row(item, row, wording) if row != rows[0] else None
            for column, meaning in self.columns.of(item).items():
                if column in ticked:
                    continue
                spot = spot_at(row, column)
                cell = self.ledger.sheet.cells.get(spot)
                if cell is None:
                    continue
                if (is_blank(cell) and not is_said_by_dash(item, cell, self.ledger.form)) or is_hint(item, cell):
                    self.ledger.label([spot])
                    continue
                if of_row and self._is_of_another(of_row):
                    continue
                if self.columns.unit:
                    cell = self._with_unit(row, cell)
                yield Piece(spot, cell, of_row.under(meaning) if of_row else meaning)

    def _ticked(self, item: Item, row: int) -> list[Piece]:
        """Columns headed with the answers themselves, «Да | Нет | Частично»: the one that is marked is the answer. What
        says that a column is not marked is looked at only where nothing else is said, «нет» under «Да»."""
        found: dict[Tick, list[Piece]] = {tick: [] for tick in Tick}
        for column, answer in self._ticks(item).own.items():
            spot = spot_at(row, column)
            cell = self.ledger.sheet.cells.get(spot)
            if cell is None or is_hint(item, cell) or not self._is_said(item, cell, answer):
                self.ledger.label([spot])
                continue
            tick = tick_of(text_of(cell), answer)
            if tick is Tick.WORDS and item.kind is Kind.YES_NO and answer == NO:
                piece = Piece(spot, cell, Meaning())
                if not self._is_evidence(item, piece):
                    continue  # a note
                tick = Tick.MARKED if "yes" in self._reading(item, [piece]).figures else tick  # «есть», as a mark does
            found[tick].append(Piece(spot, Cell(answer) if tick is Tick.MARKED else cell, Meaning()))
        marked, said = found[Tick.MARKED], found[Tick.WORDS]
        said = said if marked or said else found[Tick.DENIED]
        unmarked = [*found[Tick.EMPTY], *found[Tick.DENIED]]
        self.ledger.label(piece.spot for piece in unmarked if piece not in said)
        if item.several and len(marked) > 1:
            self.ledger.roles |= dict.fromkeys((piece.spot for piece in marked), Role.ANSWER)
            marked = [replace(marked[0], cell=Cell("; ".join(text_of(piece.cell) for piece in marked)))]
        return [*marked, *said]

    def _is_said(self, item: Item, cell: Cell, answer: str) -> bool:
        return not is_blank(cell) or (answer != NO and is_said_by_dash(item, cell, self.ledger.form))

    def _ticks(self, item: Item) -> Ticks:
        if item.number not in self._ticks_of:
            self._ticks_of[item.number] = find_ticks(item, self.ledger, self.table, self.columns)
        return self._ticks_of[item.number]

    def _unclear_tick(self, item: Item, row: int, own: list[Piece]) -> tuple[Spot, Remark] | None:
        """A mark of which it is not certain what it answers: in a column that is none of the item's answers, wherever
        else one stands; in one of two columns headed alike; «нет» below an answer that is not marked."""
        ticks = self._ticks(item)
        for column in sorted((*ticks.third, *(() if own else ticks.odd))):
            spot, tick = spot_at(row, column), self._tick(row, column)
            heading = ": ".join((*self.table.above.get(column, ()), self.table.named[column]))
            if tick is Tick.MARKED and column in ticks.odd:
                return spot, remark("COLUMN-UNKNOWN", value=_shown(self.ledger.sheet.cells[spot]), heading=heading)
            if tick is Tick.MARKED:
                return spot, _unknown(item, heading)
            if own and tick in (Tick.EMPTY, Tick.DENIED):
                self.ledger.label([spot])
        for piece in own if item.kind is Kind.CHOICE else ():
            at, column = piece.spot
            is_denied = column in ticks.own and self._tick(at, column) is Tick.DENIED
            if is_denied and plain(ticks.own[column]) not in (*AFFIRMS, NO):
                return piece.spot, _unknown(item, f"{self.table.named[column]}: {_shown(piece.cell)}")
        return None

    def _tick(self, row: int, column: int) -> Tick | None:
        cell = self.ledger.sheet.cells.get(spot_at(row, column))
        return None if cell is None or is_blank(cell) else tick_of(text_of(cell), self.table.named[column])

    def _keep_ticks(self, item: Item, row: int) -> None:
        """Marks of which the remark tells are no notes."""
        ticks = self._ticks(item)
        for column in (*ticks.own, *ticks.odd, *ticks.third):
            if self._tick(row, column) not in (None, Tick.WORDS):
                self.ledger.roles.setdefault(spot_at(row, column), Role.ANSWER)

    def _odd_alone(self, item: Item, pieces: list[Piece]) -> Piece | None:
        """An answer in one of several columns that only words tell apart which nobody knows: «Корпус А», «Корпус Б»."""
        odd = self.columns.odd.keys() & self.columns.answers.keys()
        if len(odd) < 2 or not (item.measured or item.kind is Kind.YES_NO):
            return None
        if {piece.spot.column for piece in pieces} >= odd:
            return None
        return next((piece for piece in pieces if piece.spot.column in odd and self._counts(item, piece)), None)

    def _counts(self, item: Item, piece: Piece) -> bool:
        """Is it a figure or a yes; «не предусмотрено» holds of the whole school wherever it stands."""
        return any(fact.field in _COUNTED for fact in self._reading(item, [piece]).answer.facts)

    def _refuse_odd(self, number: str, piece: Piece) -> None:
        heading = self.columns.odd[piece.spot.column]
        said = remark("COLUMN-UNKNOWN", value=_shown(piece.cell), heading=heading)
        self.ledger.refuse(number, [piece.spot], said)

    def _is_of_another(self, of_row: Meaning) -> bool:
        """Does the row tell the plan, or another day than the report's."""
        as_of = self.ledger.when.as_of
        return of_row.aside == "plan" or bool(of_row.day and as_of and not of_row.day.fits(as_of))

    def _refuse_another_day(self, item: Item, number: str, rows: Sequence[int], wording: int) -> None:
        """The only answer of an item stands in a row below it that names another day."""
        as_of = self.ledger.when.as_of
        if not item.measured or number in self.ledger.answered or number in self.ledger.refused:
            return
        for spot, of_row in self._of_another(item, rows, wording):
            cell = self.ledger.sheet.cells[spot]
            if as_of and not of_row.aside and self._is_evidence(item, Piece(spot, cell, Meaning())):
                said = f"{text_of(self.ledger.sheet.cells[Spot(spot.row, wording)])}: {_shown(cell)}"
                why = remark("NUM-OTHER-DATE", value=said, when=str(of_row.day), as_of=as_of)
                self.ledger.refuse(number, [spot], why)
                return

    def _of_another(self, item: Item, rows: Sequence[int], wording: int) -> Iterator[tuple[Spot, Meaning]]:
        """The filled cells of rows below the item's own that tell the plan, or another day than the report's."""
        for row in rows:
            of_row = self._meaning_of_row(item, row, wording)
            if of_row and self._is_of_another(of_row):
                spots = (spot_at(row, column) for column in self.columns.of(item))
                yield from ((spot, of_row) for spot in spots if spot in self.ledger.sheet.cells)

    def _meaning_of_row(self, item: Item, row: int, wording: int) -> Meaning | None:
        label = self.ledger.sheet.cells.get(spot_at(row, wording))
        if label is None or not isinstance(label.value, str):
            return None
        meaning = row_meaning(label.value, item, self.ledger)
        if meaning:
            self.ledger.label([Spot(row, wording)])
        return meaning

    def _with_unit(self, row: int, cell: Cell) -> Cell:
        """A bare number with the unit that stands in a column of its own."""
        unit = self.ledger.sheet.cells.get(spot_at(row, self.columns.unit))
        if unit is None or not isinstance(unit.value, str):
            return cell
        self.ledger.label([Spot(row, self.columns.unit)])
        meaning = meaning_of(self.ledger.form, unit.value)
        return _as_figure(cell, meaning.role) if meaning and meaning.role in ("count", "percent") else cell

    def _mind_unit(self, item: Item, row: int) -> None:
        """A unit in a column of its own, where it is not the one that the form asks for."""
        cell = self.ledger.sheet.cells.get(spot_at(row, self.columns.unit))
        if item.kind is Kind.NUMBER and cell is not None and (unit := unit_alone(text_of(cell), self.ledger.form)):
            self.ledger.label([Spot(row, self.columns.unit)])
            if unit != item.unit:
                self.ledger.units[item.number] = unit

    def _beside(self, item: Item, rows: Sequence[int], wording: int) -> Iterator[Piece]:
        """The cells of the row outside all columns that are known to hold the answer or another thing, and words
        below the item's own."""
        known = self._known | self._ticks(item).known
        spots = [spot for spot in self.ledger.on_row(rows[0]) if spot.column not in known and spot.column != wording]
        spots += [spot for row in rows[1:] if (spot := spot_at(row, wording)) not in self.ledger.roles]
        for spot in spots:
            cell = self.ledger.sheet.cells.get(spot)
            inside = not self.table.width or spot.column <= self.table.width
            if inside and cell is not None and not is_blank(cell):
                yield Piece(spot, _as_corrected(cell), Meaning())

    def _without_parts(self, item: Item, whole: Reading, beside: list[Piece]) -> list[Piece]:
        """Without the columns of parts of the school, where what they say makes the answer for all of it."""
        parts = [piece for piece in beside if piece.spot.column in self.columns.parts]
        said = [self._reading(item, [piece]).figures for piece in parts]
        return [piece for piece in beside if piece not in parts] if _make_up(whole.figures, said) else beside

    def _own_people(self, item: Item, pieces: list[Piece]) -> tuple[list[Piece], list[Piece]]:
        """The pieces about the people of the item; those in columns of other people where there are none."""
        if not any(piece.meaning.base for piece in pieces) or not item.base:
            return pieces, []
        own = [piece for piece in pieces if not piece.meaning.base or self._same_people(piece.meaning.base, item.base)]
        return own, [] if own else pieces

    def _same_people(self, base: str, asked: str) -> bool:
        """A column names people by a word: bases of whom the form speaks in the same words are the same to it."""
        form = self.ledger.form
        return base in (asked, *form.wholes_of(asked)) or form.base(base).people == form.base(asked).people

    def _read_group(self, item: Item, pieces: list[Piece]) -> None:
        """A heading of items answers none itself; but columns of people under it answer the item of each."""
        for part in (one for one in self.ledger.form.items if one.base and one.parent == item.number):
            own = [piece for piece in pieces if piece.meaning.base and self._same_people(piece.meaning.base, part.base)]
            if own:
                self._settle(part, part.number, list(self._readings(part, own)), [])

    # ── parts of the classes ─────────────────────────────────────────────────────────────────────────────

    def _is_apart(self, item: Item, pieces: list[Piece]) -> bool:
        """Is the answer given for parts of the classes one by one? No single answer follows for the whole school."""
        if len(pieces) < 2:
            return False
        parts = {classes for piece in pieces if (classes := piece.meaning.grades or self._classes(item, piece))}
        return len(parts) > 1

    def _classes(self, item: Item, piece: Piece) -> str:
        facts = read_answer(item, piece.cell, self.ledger.form, self._base(item)).facts
        return next((str(fact.value) for fact in facts if fact.field == "classes"), "")

    def _refuse_parts(self, item: Item, number: str, pieces: list[Piece]) -> None:
        """No figure of the school; what is said of each part is kept with its cell, where it can be read."""
        said = [_with_grades(piece) for piece in pieces]
        words = "; ".join(said)
        self.ledger.refuse(number, [piece.spot for piece in pieces], remark("CLASSES-APART", value=words))
        parts = classes_apart(item, Cell(words), words, self.ledger.form)
        if len(parts) == len(pieces):
            facts = [
                self.ledger.named(Fact("", "by_class", part.words, ""), number, piece.spot)
                for part, piece in zip(parts, pieces, strict=True)
            ]
            self.ledger.add(number, facts)

    # ── one reading of several cells ─────────────────────────────────────────────────────────────────────

    def _readings(self, item: Item, pieces: list[Piece]) -> Iterator[Reading]:
        """Figures that stand apart as one answer; whole answers each for itself, where they do not complete it."""
        if not item.measured:
            yield from (self._reading(item, [piece]) for piece in pieces)
            return
        figures = [piece for piece in pieces if piece.meaning.role]
        wholes = [piece for piece in pieces if not piece.meaning.role]
        if figures and len(wholes) == 1 and self._completes(item, figures, wholes[0]):
            figures, wholes = [*figures, *wholes], []
        if figures:
            yield self._reading(item, figures)
        if len(wholes) > 1 and not figures and (joined := self._joined(item, wholes)):
            yield joined
            return
        yield from (self._reading(item, [piece]) for piece in wholes)

    def _completes(self, item: Item, figures: list[Piece], whole: Piece) -> bool:
        """Is the cell headed «Выполнение» one more figure beside those of the other columns?"""
        said = set(self._reading(item, [whole]).figures) - {"classes"}
        return len(said) < 2 and not said & {piece.meaning.role for piece in figures}

    def _joined(self, item: Item, pieces: list[Piece]) -> Reading | None:
        """Cells one under the other, each a different figure: «50 чел.», «63 %»; or a figure and its classes."""
        if len({piece.spot.column for piece in pieces}) > 1:
            return None
        said = [set(self._reading(item, [piece]).figures) for piece in pieces]
        if any(one & other for at, one in enumerate(said) for other in said[at + 1 :]):
            return None
        joined = self._reading(item, pieces)
        wanted = set().union(*said) | {"classes"}
        return joined if joined.sound and set(joined.figures) | {"classes"} == wanted else None

    def _with_its_share(self, item: Item, own: Piece, beside: Piece) -> tuple[list[Reading], list[Piece]] | None:
        """A bare number, which may be people or percent, and its percent in the next cell, where the base bears them
        out together."""
        share = self._reading(item, [beside]).figures.keys() == {"percent"}
        if not share or not isinstance(own.cell.value, float) or beside.spot.column != own.spot.column + 1:
            return None
        people = replace(own, meaning=Meaning(roles=frozenset({"count"})))
        joined = self._reading(item, [people, beside])
        base, said = self._base(item), joined.figures
        if not (joined.sound and base and {"count", "percent"} <= said.keys()):
            return None
        half = next(fact.half for fact in joined.answer.facts if fact.field == "percent")
        count = float(said["count"])
        agrees = count <= base and abs(100 * count / base - float(said["percent"])) <= half
        return ([joined], []) if agrees else None

    def _reading(self, item: Item, pieces: list[Piece]) -> Reading:
        if len(pieces) > 1:
            pieces = sorted(pieces, key=lambda piece: (_ORDER.index(piece.meaning.role), piece.spot))
        parts = [_as_figure(piece.cell, piece.meaning.role) for piece in pieces] if item.measured else [pieces[0].cell]
        graded = next((piece.meaning.grades for piece in pieces if piece.meaning.grades), "") if item.classes else ""
        cell = parts[0] if len(parts) == 1 else Cell(_put_together(pieces, parts))
        if graded and not isinstance(cell.value, bool):
            cell = Cell(f"{_shown(cell)} ({graded} кл.)")
        answer = read_answer(item, cell, self.ledger.form, self._base(item), self.ledger.around(item.number))
        places = {piece.meaning.role: piece.spot for piece in pieces if piece.meaning.role}
        for piece in pieces:
            if not piece.meaning.role and len(pieces) > 1:
                alone = read_answer(item, piece.cell, self.ledger.form, self._base(item)).facts
                places |= {fact.field: piece.spot for fact in alone}
        return Reading(pieces[0].spot, cell, answer, places)

    def _base(self, item: Item) -> float | None:
        return self.ledger.bases.get(item.base)

    # ── which of them counts ─────────────────────────────────────────────────────────────────────────────

    def _settle(self, item: Item, number: str, readings: list[Reading], beside: list[Piece]) -> None:
        evidence = [self._reading(item, [piece]) for piece in beside if self._is_evidence(item, piece)]
        if not readings:
            self._take_from_beside(item, number, evidence, beside)
            return
        # of equals the first; mostly there is one alone
        first = max(readings, key=lambda one: (one.sound, len(one.figures))) if len(readings) > 1 else readings[0]
        rivals = [one for one in readings if one is not first and (one.sound or not first.sound)]
        rival = next((one for one in [*rivals, *evidence] if self._differ(item, first, one)), None)
        if rival is None or (rival in evidence and not first.answer.facts):
            said = first.answer if number == item.number else None  # a row of acts may be asked for otherwise
            self.ledger.answer(item, number, first.spot, first.cell, first.places, said)
        else:
            spots = [first.spot, *first.places.values()]
            disputed = remark("ANSWER-DISPUTED", value=_shown(first.cell), other=_shown(rival.cell),
                              other_cell=self._address(rival.spot))  # fmt: skip
            self.ledger.refuse(number, list(dict.fromkeys(spots)), disputed)
            self._keep_ticks(item, first.spot.row)

    def _is_evidence(self, item: Item, piece: Piece) -> bool:
        return reads_as_answer(item, piece.cell, self.ledger.form, self._base(item))

    def _take_from_beside(self, item: Item, number: str, evidence: list[Reading], beside: list[Piece]) -> None:
        """The item is blank: the one answer that stands beside it; of several that differ none."""
        if evidence:
            first = evidence[0]
            rival = next((one for one in evidence if self._differ(item, first, one)), None)
            odd = first.spot.column in self.columns.odd and _COUNTED & first.figures.keys()
            if rival is None and odd:
                self._refuse_odd(number, next(one for one in beside if one.spot == first.spot))
            elif rival is None:
                self.ledger.answer(item, number, first.spot, first.cell)
                self.ledger.say(number, first.spot, [remark("ANSWER-BESIDE", value=_shown(first.cell))])
            else:
                disputed = remark("ANSWER-DISPUTED", value=_shown(first.cell), other=_shown(rival.cell),
                                  other_cell=self._address(rival.spot))  # fmt: skip
                self.ledger.refuse(number, [first.spot], disputed)
        elif item.kind is Kind.TEXT and beside:
            words = remark("ANSWER-OUTSIDE", value=_shown(beside[0].cell))
            self.ledger.say(number, beside[0].spot, [words])

    def _differ(self, item: Item, one: Reading, other: Reading) -> bool:
        """Do two readings say different things? A share and people agree where their whole says so."""
        if not item.measured:
            return _plain_figures(one) != _plain_figures(other)
        mine, theirs = one.figures, other.figures
        if not mine or not theirs:
            return bool(mine) != bool(theirs)
        shared = mine.keys() & theirs.keys()
        if any(not _agree(name, mine[name], theirs[name], one, other) for name in shared):
            return True
        base = self._base(item) or next((f["total"] for f in (mine, theirs) if "total" in f), None)
        both = mine | theirs
        if shared - {"classes"} or not base or not {"count", "percent"} <= both.keys():
            return False
        return abs(float(both["count"]) / float(base) * 100 - float(both["percent"])) > _NEAR

    def _address(self, spot: Spot) -> str:
        return self.ledger.sheet.address(spot)


def _unknown(item: Item, said: str) -> Remark:
    if item.kind is Kind.YES_NO:
        return remark("YES-NO-UNREADABLE", value=said)
    return remark("CHOICE-UNKNOWN", value=said, near="; ".join(item.answers))


def row_meaning(label: str, item: Item, ledger: Ledger) -> Meaning | None:
    """What the words before a row added below an item say of its answer: «чел.», «%», «1-4 классы»; of a share also
    «план», «факт», «март»."""
    if is_blank(Cell(label)):
        return Meaning()
    meaning = meaning_of(ledger.form, label)
    if meaning is None and (classes := read_classes(label)):
        meaning = Meaning(grades=classes)
    if meaning is None or (item.measured and meaning.aside == "plan"):
        return meaning
    return meaning if not meaning.aside and (_is_named(meaning) and (item.measured or _is_figure(meaning))) else None


def _as_corrected(cell: Cell) -> Cell:
    """«испр. 20 %», «факт: 20 %» beside an answer: what it should be."""
    found = _CORRECTED.match(cell.value) if isinstance(cell.value, str) else None
    return Cell(str(cell.value)[found.end() :]) if found else cell


def _says_how_many(piece: Piece) -> bool:
    """Figures, or that it is all of them; classes alone fill in a hint, «с указанием классов 1-11»."""
    text = _CLASSES.sub("", _shown(piece.cell))
    return re.search(r"\d", text) is not None or _ALL.match(text) is not None


def _make_up(whole: dict[str, str | float], parts: list[dict[str, str | float]]) -> bool:
    """Do the people of the parts add up to the whole's, does its share lie between theirs?"""
    told = {name: [float(part[name]) for part in parts if name in part] for name in ("count", "total", "percent")}
    shared = {name: figures for name, figures in told.items() if name in whole and len(figures) == len(parts)}
    return any(shared.values()) and all(
        min(figures) <= float(whole[name]) <= max(figures) if name == "percent" else sum(figures) == whole[name]
        for name, figures in shared.items()
    )


def _is_named(meaning: Meaning) -> bool:
    return _is_figure(meaning) or meaning.fact or meaning.day is not None


def _is_figure(meaning: Meaning) -> bool:
    return bool(meaning.roles or meaning.grades)


def _agree(name: str, mine: str | float, theirs: str | float, one: Reading, other: Reading) -> bool:
    if name != "percent":
        return mine == theirs
    halves = [fact.half for reading in (one, other) for fact in reading.answer.facts if fact.field == "percent"]
    return abs(float(mine) - float(theirs)) <= max(halves)


def _plain_figures(reading: Reading) -> dict[str, str]:
    return {name: str(value).casefold() for name, value in reading.figures.items() if name != "url"}


def _as_figure(cell: Cell, role: str) -> Cell:
    """A bare number in a column of people, shares or classes, with the words that say so."""
    if not role or isinstance(cell.value, bool) or not isinstance(cell.value, str | float):
        return cell
    if role == "classes":
        return Cell(f"({_shown(cell)} кл.)") if read_classes(_shown(cell)) else cell
    if isinstance(cell.value, float) and cell.percent_format:
        return Cell(f"{cell.value * 100:.10g} %")
    text = _shown(cell).strip()
    if not _FIGURE.fullmatch(text):
        return cell
    if role == "percent":
        is_share = 0 < float(text.replace(",", ".").replace(" ", "").replace("\u00a0", "")) < 1
        return cell if is_share else Cell(f"{text} %")  # 0,84 may be 84 % or less than one: the base decides
    return Cell(f"{text} чел." if role == "count" else f"из {text}")


def _put_together(pieces: list[Piece], parts: list[Cell]) -> str:
    text = ""
    for piece, part in zip(pieces, parts, strict=True):
        gap = " " if piece.meaning.role in ("total", "classes") else "\n"
        text += f"{gap if text else ''}{_shown(part)}"
    return text


def _shown(cell: Cell) -> str:
    if isinstance(cell.value, float) and cell.percent_format:
        return f"{cell.value * 100:.10g} %".replace(".", ",")
    return text_of(cell)


def _with_grades(piece: Piece) -> str:
    return f"{piece.meaning.grades} кл. — {_shown(piece.cell)}" if piece.meaning.grades else _shown(piece.cell)
