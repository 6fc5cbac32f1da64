"""The live column «Проверка» of the standard form: beside every answer a formula that says what is still to be done.

The formulas are made from the form's data (deadlines, bases, controls, targets) as the pipeline's controls are, and use
functions of Excel 2007 alone. Deadlines are held against the report's own date. A hint begins with what the status line
counts: `TO_FILL` an answer that is asked for, `TO_CORRECT` one that is wrong; «▼ ниже плана» is a fact and blocks
nothing.

Excel has no patterns: some answers it judges roughly, and some only the pipeline can judge.

| answer | the hint asks for | left to the pipeline |
|---|---|---|
| document | a digit (or «б/н») before « от » or behind «№», one after « от » | number, date, not after the report |
| person | a separator | a name on one side of it, a position on the other |
| coverage | a whole number up to the total and to the limits | can the classes be read; passport and registry |
| yes/no | «есть» or «нет» | |
| text, problem | anything | |
| the report's date | a date cell | is it a reporting date |

So are all controls between reports and between schools. Where the pipeline understands more than the form asks for
(«245 чел.», «57 %», «да» for «есть», a document without « от », a person without a separator, a document without its
title, a solution without its problem), the hint holds the school to the form.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from pipeline.wording import NBSP, plural
from pipeline.writing.pages.theme import Mark
from schemas import own_form
from schemas.form import Form, Item

TO_FILL = tuple(f"{Mark.BELOW} {verb}" for verb in ("укажите", "заполните", "выберите", "опишите"))
TO_CORRECT = tuple(f"{Mark.BELOW} {word}" for word in ("больше", "нужн", "исправьте"))

_DONE = f"{Mark.ON_PLAN} заполнено"
_UNDER_WAY = f"{Mark.IN_PROGRESS} в работе"
_ALL_COVERED = f"{Mark.ON_PLAN} 100 %"
_CELL_ERROR = f"{Mark.BELOW} исправьте ошибку в ячейке"
_NOT_A_NUMBER = f"{Mark.BELOW} нужно число, без слов"
_MORE_THAN_ALL = f"{Mark.BELOW} больше, чем всего: исправьте здесь или вверху"
_PAPER_WANTED = f"{Mark.BELOW} нужно: № … от ДД.ММ.ГГГГ"

_NO_ANSWER = " \xa0_.…-–—"  # a cell with nothing but these is blank to the pipeline too
_OF, _SIGN = " от ", "№"
_DIGITS = tuple("0123456789")
_NUMBERED = (*_DIGITS, "б/н", "без номера")
_SEPARATORS = (";", ",", "(", *(f" {dash} " for dash in "-–—"))
_PIECE = 120  # characters of one literal; Excel takes 255, doubled quotes among them
_MOST = 20_000  # people of a school
_LONGEST = 255  # of an answer, characters that are looked through for a date


class Cell(NamedTuple):
    """A cell of the form (a range, an expression), and what is there when the form is handed out."""

    ref: str
    value: str | float | date | None = None

    @property
    def text(self) -> str:
        return "" if self.value is None else f"{self.value:.15g}" if isinstance(self.value, float) else str(self.value)

    @property
    def number(self) -> float | None:
        return self.value if isinstance(self.value, float) else None


@dataclass(frozen=True)
class Covered:
    """The cells of a coverage answer. `words`: classes or «не предусмотрено», where there is room for them."""

    words: Cell | None
    total: Cell
    count: Cell


class Condition(NamedTuple):
    """A question as Excel asks it, and whether it holds when the form is handed out."""

    excel: str
    holds: bool


class Hint(NamedTuple):
    """A text as Excel makes it, and as it is when the form is handed out. `longest`: of all that it may become, for
    which its row needs room."""

    excel: str
    text: str
    longest: str

    @property
    def formula(self) -> str:
        """For the cell; an answer that is itself an error (#REF!) is said, not passed on."""
        return f"=IFERROR({self.excel},{_literal(_CELL_ERROR)})"


Case = tuple[Condition, Hint]


class Checks:
    """The hints of one form. `as_of`: the report's date; `plan`: the least share asked of the headline item on the date
    that the form is handed out for."""

    def __init__(self, form: Form, as_of: Cell, plan: Cell) -> None:
        self.form = form
        self.as_of = as_of
        self.plan = plan
        self.answer_due = form.answer_due

    # ── answers by kind ──────────────────────────────────────────────────────────────────────────────────
    def text(self, item: Item, answer: Cell, note: str = "") -> Hint:
        wanted = item.hint.strip("()")
        urge = f"укажите: {wanted}" if wanted else "опишите словами"
        return _choose(self._empty(item, answer, urge, note), otherwise=_say(_DONE))

    def person(self, item: Item, answer: Cell, note: str = "") -> Hint:
        return _choose(
            self._empty(item, answer, "укажите ФИО и должность", note),
            *self._exempt(item, answer),
            (_has_any(Cell(f'SUBSTITUTE({answer.ref},CHAR(10),";")', answer.text), _SEPARATORS), _say(_DONE)),
            otherwise=_say(f"{Mark.BELOW} нужно: ФИО; должность"),
        )

    def document(self, item: Item, answer: Cell, note: str = "") -> Hint:
        return _choose(
            self._empty(item, answer, "укажите № и дату", note),
            *self._instead_of_a_paper(item, answer),
            (_names_paper(answer), _say(_DONE)),
            otherwise=_say(_PAPER_WANTED),
        )

    def act(self, item: Item, title: Cell, details: Cell, all_rows: Cell | None, note: str = "") -> Hint:
        """`all_rows`: the cells of all acts, on the first row alone: there it is said that there is not one."""
        no_title, no_details = _blank(title), _blank(details)
        no_act = _both(no_title, no_details)
        empty = (no_act, _say(_noted(Mark.NONE, note)))
        if all_rows:
            instead = own_form.exemption(self.form, item)
            urge = f"укажите или «{instead}»" if instead else "укажите документы"
            empty = (no_act, _choose((_all_blank(all_rows), self._missing(item, urge, note)), otherwise=empty[1]))
        said_alone = [(_both(no_details, said), hint) for said, hint in self._instead_of_a_paper(item, title)]
        return _choose(
            empty,
            *said_alone,
            *self._instead_of_a_paper(item, details),
            (_either(no_title, no_details), _say(f"{Mark.BELOW} нужны название и реквизиты")),
            (_names_paper(details), _say(_DONE)),
            otherwise=_say(_PAPER_WANTED),
        )

    def coverage(self, item: Item, cells: Covered, limits: Iterable[tuple[str, Covered]], note: str = "") -> Hint:
        """`limits`: what the form's controls hold this count against, with the hint of the control."""
        total, count = cells.total, cells.count
        return _choose(
            (_blank(count), self._no_count(item, cells.words, note)),
            *self._exempt(item, count),
            *_said_in_words(count),
            (_not_a_number(count), _say(_NOT_A_NUMBER)),
            (_no_people(count), _say(f"{Mark.BELOW} нужно целое число, от 0")),
            (_not_a_number(total), _say(f"{Mark.BELOW} заполните сведения о школе")),
            (_more(count, total), _say(_MORE_THAN_ALL)),
            *((_above(count, limit), _say(f"{Mark.BELOW} {said}")) for said, limit in limits),
            *(self._below_plan(cells) if item.number == self.form.headline.item else ()),
            (_everyone(cells), _say(_ALL_COVERED)),
            otherwise=_say(_UNDER_WAY),
        )

    def volume(self, item: Item, share: Cell, note: str = "") -> Hint:
        """`share`: a fraction, shown as a percent."""
        number = share.number or 0.0
        return _choose(
            self._empty(item, share, "укажите процент", note),
            *self._exempt(item, share),
            (_not_a_number(share), _say(_NOT_A_NUMBER)),
            (
                Condition(f"OR({share.ref}<0,{share.ref}>1)", not 0 <= number <= 1),
                _say(f"{Mark.BELOW} нужно от 0 до 100 %"),
            ),
            (Condition(f"{share.ref}=1", number == 1), _say(_ALL_COVERED)),
            otherwise=_say(_UNDER_WAY),
        )

    def yes_no(self, item: Item, answer: Cell, note: str = "") -> Hint:
        choice = f"«{own_form.YES}» или «{own_form.NO}»"
        return _choose(
            self._empty(item, answer, f"выберите {choice}", note),
            *self._exempt(item, answer),
            (_one_of(answer, (own_form.YES,)), _say(_DONE)),
            (_one_of(answer, (own_form.NO,)), self._said_no(item)),
            otherwise=_say(f"{Mark.BELOW} нужно {choice}"),
        )

    def address(self, answer: Cell) -> Hint:
        return _choose((_blank(answer), _say(Mark.NONE)), otherwise=_say(_DONE))

    def problem(self, problem: Cell, solution: Cell) -> Hint:
        """«нет» says that there is none."""
        no_problem, no_solution = _blank(problem), _blank(solution)
        return _choose(
            (_both(no_problem, no_solution), _say(Mark.NONE)),
            (no_problem, _say(f"{Mark.BELOW} опишите проблему")),
            (_one_of(problem, (own_form.NO,)), _say(Mark.NONE)),
            (no_solution, _say(f"{Mark.IN_PROGRESS} решение не указано")),
            otherwise=_say(_DONE),
        )

    # ── the status line ──────────────────────────────────────────────────────────────────────────────────
    def status(self, hints: str, shown: Sequence[str], school: Cell | None) -> Hint:
        """What is to be done before sending. `hints`: the range of all hints; `shown`: what stands in it when the form
        is handed out; `school`: the cell for its name, where the school fills that in."""
        fill, correct = _counted(hints, shown, TO_FILL), _counted(hints, shown, TO_CORRECT)
        answers = _with_noun(fill, "ответ", "ответа", "ответов")
        mistakes = _with_noun(correct, "ошибку", "ошибки", "ошибок")
        where = _say(f" — см. столбец «{own_form.CHECK}»")
        undated = Condition(f"NOT(ISNUMBER({self.as_of.ref}))", not isinstance(self.as_of.value, date))
        nameless = [(_blank(school), _say(f"{Mark.BELOW} Впишите название школы"))] if school else []
        return _choose(
            *nameless,
            (undated, _say(f"{Mark.BELOW} Впишите, на какую дату отчёт: ДД.ММ.ГГГГ")),
            (
                _both(_none(fill), _none(correct)),
                _say(f"{Mark.ON_PLAN} Можно отправлять: все обязательные пункты заполнены"),
            ),
            (_none(fill), _join(_say(f"{Mark.BELOW} Исправьте "), mistakes, where)),
            (_none(correct), _join(_say(f"{Mark.BELOW} Впишите ещё "), answers, where)),
            otherwise=_join(_say(f"{Mark.BELOW} Впишите ещё "), answers, _say(", исправьте "), mistakes, where),
        )

    # ── parts of hints ───────────────────────────────────────────────────────────────────────────────────
    def _empty(self, item: Item, answer: Cell, urge: str, note: str) -> Case:
        return _blank(answer), self._missing(item, urge, note)

    def _missing(self, item: Item, urge: str, note: str) -> Hint:
        """Nothing is answered: asked for once the deadline has passed. `note`: why last time's answer is left out."""
        due = self.answer_due.get(item.number)
        if due is None:
            return _say(_noted(Mark.NONE, note))
        return _choose(
            (self._passed(due), _say(_noted(f"{Mark.BELOW} {urge}", note))),
            otherwise=_say(_noted(f"{Mark.IN_PROGRESS} нужно до {due:%d.%m.%Y}", note)),
        )

    def _no_count(self, item: Item, words: Cell | None, note: str) -> Hint:
        instead = own_form.exemption(self.form, item)
        urge = f"укажите число людей или «{instead}»" if instead else "укажите число людей"
        if words is None:
            return self._missing(item, urge, note)
        return _choose(
            self._empty(item, words, urge, note),
            *self._exempt(item, words),
            otherwise=_say(_noted(f"{Mark.BELOW} укажите число людей", note)),
        )

    def _exempt(self, item: Item, answer: Cell) -> list[Case]:
        """«не предусмотрено», where the form allows it."""
        allowed = own_form.exemptions(self.form, item)
        return [(_one_of(answer, allowed), _say(_DONE))] if allowed else []

    def _instead_of_a_paper(self, item: Item, answer: Cell) -> list[Case]:
        return [*self._exempt(item, answer), (_one_of(answer, (own_form.NO,)), self._said_no(item))]

    def _said_no(self, item: Item) -> Hint:
        """A typed «нет» is a truthful answer: shown, never counted as to fill in or to correct."""
        no = f"{Mark.IN_PROGRESS} {own_form.NO}"
        if item.due is None:
            return _say(no)
        return _choose(
            (self._passed(item.due), _say(f"{no}, срок прошёл {item.due:%d.%m.%Y}")),
            otherwise=_say(f"{no}, нужно до {item.due:%d.%m.%Y}"),
        )

    def _passed(self, due: date) -> Condition:
        """A deadline has passed from the day after it."""
        now = self.as_of.value
        return Condition(
            f"N({self.as_of.ref})>DATE({due.year},{due.month},{due.day})", isinstance(now, date) and now > due
        )

    def _below_plan(self, cells: Covered) -> list[Case]:
        total, count = cells.total, cells.count
        # ROUND first: 0,41 × 300 is 122,99999…
        lacking = f"ROUNDUP(ROUND({self.plan.ref}*{total.ref}-{count.ref},6),0)"
        people = math.ceil(round((self.plan.number or 0.0) * (total.number or 0.0) - (count.number or 0.0), 6))
        below = Condition(f"AND(ISNUMBER({self.plan.ref}),{lacking}>0)", self.plan.number is not None and people > 0)
        said = _join(_say(f"{Mark.BELOW} ниже плана: ещё "), _number(lacking, people), _say(" чел."))
        return [(below, said)]


# ── conditions ───────────────────────────────────────────────────────────────────────────────────────────
def _blank(cell: Cell) -> Condition:
    return Condition(f'{_stripped(cell.ref)}=""', not cell.text.strip(_NO_ANSWER))


def _all_blank(area: Cell) -> Condition:
    """Of a whole range; its `value` is all that stands in it."""
    return Condition(f"SUMPRODUCT(LEN({_stripped(area.ref)}))=0", not area.text.strip(_NO_ANSWER))


def _stripped(ref: str) -> str:
    for character in _NO_ANSWER:
        ref = f'SUBSTITUTE({ref},"{character}","")'
    return ref


def _one_of(cell: Cell, words: tuple[str, ...]) -> Condition:
    said = cell.text.strip().casefold()
    return Condition(
        f"ISNUMBER(MATCH(TRIM({cell.ref}),{_array(words)},0))", any(said == word.casefold() for word in words)
    )


def _has_any(cell: Cell, parts: tuple[str, ...]) -> Condition:
    """Does one of the parts stand in the text."""
    said = cell.text.casefold()
    return Condition(
        f"SUMPRODUCT(--ISNUMBER(SEARCH({_array(parts)},{cell.ref})))>0", any(part in said for part in parts)
    )


def _names_paper(cell: Cell) -> Condition:
    """A date after « от »; a number before it, or behind the date with its sign: «приказ от 05.12.2013 № 12»."""
    at = f'SEARCH("{_OF}",{cell.ref}&"{_OF}")'
    before, _, after = cell.text.partition(_OF)
    numbered = _has_any(Cell(f"LEFT({cell.ref},{at})", before), _NUMBERED)
    behind = f"MID({cell.ref},{at}+{len(_OF)},{_LONGEST})"
    sign = f'SEARCH("{_SIGN}",{behind}&"{_SIGN}")'
    day, _, number = after.partition(_SIGN)
    dated = _has_any(Cell(f"LEFT({behind},{sign}-1)", day), _DIGITS)
    numbered_behind = _has_any(Cell(f"MID({behind},{sign},{_LONGEST})", number), _NUMBERED)
    return _both(dated, _either(numbered, numbered_behind))


def _not_a_number(cell: Cell) -> Condition:
    """To be asked before any comparison: in Excel text is greater than any number."""
    return Condition(f"NOT(ISNUMBER({cell.ref}))", cell.number is None)


def _said_in_words(count: Cell) -> list[Case]:
    """The school's figures of last time where they are no mere number («58,5 %», «331 из 574»): accepted, and read
    again as they stand; better is a number."""
    said = count.text if isinstance(count.value, str) else ""
    wish = f"{Mark.IN_PROGRESS} было {said}: впишите число людей"
    return [(Condition(f"{count.ref}={_quoted(said)}", True), _say(wish))] if said.strip(_NO_ANSWER) else []


def _no_people(count: Cell) -> Condition:
    number = count.number or 0.0
    return Condition(f"OR({count.ref}<0,{count.ref}<>INT({count.ref}))", number < 0 or not number.is_integer())


def _more(count: Cell, total: Cell) -> Condition:
    return Condition(f"{count.ref}>{total.ref}", (count.number or 0.0) > (total.number or 0.0))


def _above(count: Cell, limit: Covered) -> Condition:
    """A limit that is itself wrong limits nothing."""
    total, most = limit.total, limit.count
    n, of, here = most.number, total.number, count.number
    usable = n is not None and of is not None and n.is_integer() and 0 <= n <= of
    return Condition(
        f"AND(ISNUMBER({most.ref}),N({most.ref})=INT(N({most.ref})),N({most.ref})>=0,N({most.ref})<=N({total.ref}),"
        f"{count.ref}>N({most.ref}))",
        usable and n is not None and here is not None and here > n,
    )


def _everyone(cells: Covered) -> Condition:
    total, count = cells.total, cells.count
    return Condition(f"AND({total.ref}>0,{count.ref}={total.ref})", bool(total.number) and count.number == total.number)


def _both(first: Condition, second: Condition) -> Condition:
    return Condition(f"AND({first.excel},{second.excel})", first.holds and second.holds)


def _either(first: Condition, second: Condition) -> Condition:
    return Condition(f"OR({first.excel},{second.excel})", first.holds or second.holds)


def _counted(hints: str, shown: Sequence[str], beginnings: tuple[str, ...]) -> Hint:
    """How many hints begin so."""
    begun = _array(tuple(f"{beginning}*" for beginning in beginnings))
    return _number(f"SUMPRODUCT(COUNTIF({hints},{begun}))", sum(hint.startswith(beginnings) for hint in shown))


def _none(counted: Hint) -> Condition:
    return Condition(f"{counted.excel}=0", counted.text == "0")


# ── texts ────────────────────────────────────────────────────────────────────────────────────────────────
def _choose(*cases: Case, otherwise: Hint) -> Hint:
    """The hint of the first case that holds."""
    excel = otherwise.excel
    for condition, hint in reversed(cases):
        excel = f"IF({condition.excel},{hint.excel},{excel})"
    text = next((hint.text for condition, hint in cases if condition.holds), otherwise.text)
    longest = max((hint.longest for hint in (*(hint for _, hint in cases), otherwise)), key=len)
    return Hint(excel, text, longest)


def _say(text: str) -> Hint:
    return Hint(_literal(text), text, text)


def _number(excel: str, number: int) -> Hint:
    return Hint(excel, str(number), "0" * len(str(_MOST)))


def _with_noun(number: Hint, one: str, few: str, many: str) -> Hint:
    """«1 ответ», «2 ответа», «5 ответов», «11 ответов», «21 ответ»."""
    n = number.excel
    by_last_digit = f"INDEX({_array((many, one, *[few] * 3, *[many] * 5))},1+MOD({n},10))"
    excel = f'{n}&"{NBSP}"&IF(AND(MOD({n},100)>10,MOD({n},100)<15),{_quoted(many)},{by_last_digit})'
    said = f"{number.text}{NBSP}{plural(int(number.text), one, few, many)}"
    return Hint(excel, said, f"{number.longest}{NBSP}{max(one, few, many, key=len)}")


def _join(*parts: Hint) -> Hint:
    excel = "&".join(part.excel for part in parts)
    return Hint(excel, "".join(part.text for part in parts), "".join(part.longest for part in parts))


def _noted(hint: str, note: str) -> str:
    return f"{hint}\n{note}" if note else hint


def _literal(text: str) -> str:
    """The text in a formula; a line break is no part of a literal."""
    return "&CHAR(10)&".join(_quoted(line) for line in text.split("\n"))


def _quoted(line: str) -> str:
    pieces = [line[at : at + _PIECE] for at in range(0, len(line), _PIECE)] or [""]
    return "&".join('"' + piece.replace('"', '""') + '"' for piece in pieces)


def _array(words: tuple[str, ...]) -> str:
    return "{" + ",".join(_quoted(word) for word in words) + "}"
