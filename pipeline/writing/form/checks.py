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
from datetime import date

import msgspec

from pipeline.writing.form.hints import (
    DONE,
    NO_ANSWER,
    NOT_A_NUMBER,
    Case,
    Cell,
    Condition,
    Hint,
    all_blank,
    blank,
    both,
    choose,
    either,
    has_any,
    how_many,
    is_none,
    join,
    not_a_number,
    noted,
    one_of,
    quoted,
    say,
    whole_number,
    with_noun,
)
from pipeline.writing.pages.theme import Mark
from schemas import own_form
from schemas.form import Form, Item

TO_FILL = tuple(f"{Mark.BELOW} {verb}" for verb in ("укажите", "заполните", "выберите", "опишите"))
TO_CORRECT = tuple(f"{Mark.BELOW} {word}" for word in ("больше", "нужн", "исправьте"))

LINE_WANTED = f"{Mark.BELOW} заполните строку"  # one of so many that there have to be
_UNDER_WAY = f"{Mark.IN_PROGRESS} в работе"
_ALL_COVERED = f"{Mark.ON_PLAN} 100 %"
_MORE_THAN_ALL = f"{Mark.BELOW} больше, чем всего: исправьте здесь или вверху"
PAPER_WANTED = f"{Mark.BELOW} нужно: № … от ДД.ММ.ГГГГ"
PERSON_WANTED = f"{Mark.BELOW} нужно: ФИО; должность"

_OF, _SIGN = " от ", "№"
_DIGITS = tuple("0123456789")
_NUMBERED = (*_DIGITS, "б/н", "без номера")
_SEPARATORS = (";", ",", "(", *(f" {dash} " for dash in "-–—"))
_LONGEST = 255  # of an answer, characters that are looked through for a date


class Covered(msgspec.Struct, frozen=True):
    """The cells of a coverage answer. `words`: classes or «не предусмотрено», where there is room for them."""

    words: Cell | None
    total: Cell
    count: Cell


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
        return choose(self.empty(item, answer, urge, note), otherwise=say(DONE))

    def person(self, item: Item, answer: Cell, note: str = "") -> Hint:
        if not item.asks_position:
            empty = self.empty(item, answer, "укажите ФИО", note)
            return choose(empty, *self.exempt(item, answer), otherwise=say(DONE))
        return choose(
            self.empty(item, answer, "укажите ФИО и должность", note),
            *self.exempt(item, answer),
            (names_person(answer), say(DONE)),
            otherwise=say(PERSON_WANTED),
        )

    def document(self, item: Item, answer: Cell, note: str = "") -> Hint:
        return choose(
            self.empty(item, answer, "укажите № и дату", note),
            *self._instead_of_a_paper(item, answer),
            (names_paper(answer), say(DONE)),
            otherwise=say(PAPER_WANTED),
        )

    def act(
        self, item: Item, title: Cell, details: Cell, all_rows: Cell | None, note: str = "", wanted: Cell | None = None
    ) -> Hint:
        """`all_rows`: the cells of all acts, on the first row alone: there it is said that there is not one. `wanted`:
        there have to be so many acts, unless the first title says that none is needed."""
        no_title, no_details = blank(title), blank(details)
        no_act = both(no_title, no_details)
        empty = (no_act, say(noted(Mark.NONE, note)))
        if wanted:
            allowed = [(said, say(Mark.NONE)) for said, _ in self.exempt(item, wanted)]
            empty = (no_act, choose(*allowed, otherwise=say(noted(LINE_WANTED, note))))
        elif all_rows:
            instead = own_form.exemption(self.form, item)
            urge = f"укажите или «{instead}»" if instead else "укажите документы"
            empty = (no_act, choose((all_blank(all_rows), self.missing(item, urge, note)), otherwise=empty[1]))
        said_alone = [(both(no_details, said), hint) for said, hint in self._instead_of_a_paper(item, title)]
        return choose(
            empty,
            *said_alone,
            *self._instead_of_a_paper(item, details),
            (either(no_title, no_details), say(f"{Mark.BELOW} нужны название и реквизиты")),
            (names_paper(details), say(DONE)),
            otherwise=say(PAPER_WANTED),
        )

    def coverage(self, item: Item, cells: Covered, limits: Iterable[tuple[str, Covered]], note: str = "") -> Hint:
        """`limits`: what the form's controls hold this count against, with the hint of the control."""
        total, count = cells.total, cells.count
        return choose(
            (blank(count), self._no_count(item, cells.words, note)),
            *self.exempt(item, count),
            *_said_in_words(count),
            (not_a_number(count), say(NOT_A_NUMBER)),
            (_no_people(count), say(f"{Mark.BELOW} нужно целое число, от 0")),
            (not_a_number(total), say(f"{Mark.BELOW} заполните сведения о школе")),
            (_more(count, total), say(_MORE_THAN_ALL)),
            *((_above(count, limit), say(f"{Mark.BELOW} {said}")) for said, limit in limits),
            *(self._below_plan(cells) if item.number == self.form.headline_number else ()),
            (_everyone(cells), say(_ALL_COVERED)),
            *(_enough(cells, item.done_at) if item.done_at else ()),
            otherwise=say(_UNDER_WAY),
        )

    def volume(self, item: Item, share: Cell, note: str = "") -> Hint:
        """`share`: a fraction, shown as a percent."""
        number = share.number or 0.0
        return choose(
            self.empty(item, share, "укажите процент", note),
            *self.exempt(item, share),
            (not_a_number(share), say(NOT_A_NUMBER)),
            (
                Condition(f"OR({share.ref}<0,{share.ref}>1)", not 0 <= number <= 1),
                say(f"{Mark.BELOW} нужно от 0 до 100 %"),
            ),
            (Condition(f"{share.ref}=1", number == 1), say(_ALL_COVERED)),
            *(_enough_of_it(share, item.done_at) if item.done_at else ()),
            otherwise=say(_UNDER_WAY),
        )

    def yes_no(self, item: Item, answer: Cell, note: str = "") -> Hint:
        choice = f"«{own_form.YES}» или «{own_form.NO}»"
        return choose(
            self.empty(item, answer, f"выберите {choice}", note),
            *self.exempt(item, answer),
            (one_of(answer, (own_form.YES,)), say(DONE)),
            (one_of(answer, (own_form.NO,)), self._said_no(item)),
            otherwise=say(f"{Mark.BELOW} нужно {choice}"),
        )

    def address(self, answer: Cell) -> Hint:
        return choose((blank(answer), say(Mark.NONE)), otherwise=say(DONE))

    def problem(self, problem: Cell, solution: Cell, *, wanted: bool = False) -> Hint:
        """«нет» says that there is none. `wanted`: there have to be so many."""
        no_problem, no_solution = blank(problem), blank(solution)
        none = say(LINE_WANTED if wanted else Mark.NONE)
        return choose(
            (both(no_problem, no_solution), none),
            (no_problem, say(f"{Mark.BELOW} опишите проблему")),
            (one_of(problem, (own_form.NO,)), none),
            (no_solution, say(f"{Mark.IN_PROGRESS} решение не указано")),
            otherwise=say(DONE),
        )

    # ── the status line ──────────────────────────────────────────────────────────────────────────────────
    def status(self, hints: str, shown: Sequence[str], school: Cell | None) -> Hint:
        """What is to be done before sending. `hints`: the range of all hints; `shown`: what stands in it when the form
        is handed out; `school`: the cell for its name, where the school fills that in."""
        fill, correct = how_many(hints, shown, TO_FILL), how_many(hints, shown, TO_CORRECT)
        answers = with_noun(fill, "ответ", "ответа", "ответов")
        mistakes = with_noun(correct, "ошибку", "ошибки", "ошибок")
        where = say(f" — см. столбец «{own_form.CHECK}»")
        undated = Condition(f"NOT(ISNUMBER({self.as_of.ref}))", not isinstance(self.as_of.value, date))
        when = "Впишите, на какую дату отчёт: ДД.ММ.ГГГГ"
        if self.form.period.every != "date":
            when = "Впишите последний день периода, за который отчёт: ДД.ММ.ГГГГ"
        nameless = [(blank(school), say(f"{Mark.BELOW} Впишите название школы"))] if school else []
        return choose(
            *nameless,
            (undated, say(f"{Mark.BELOW} {when}")),
            (
                both(is_none(fill), is_none(correct)),
                say(f"{Mark.ON_PLAN} Можно отправлять: все обязательные пункты заполнены"),
            ),
            (is_none(fill), join(say(f"{Mark.BELOW} Исправьте "), mistakes, where)),
            (is_none(correct), join(say(f"{Mark.BELOW} Впишите ещё "), answers, where)),
            otherwise=join(say(f"{Mark.BELOW} Впишите ещё "), answers, say(", исправьте "), mistakes, where),
        )

    # ── parts of hints ───────────────────────────────────────────────────────────────────────────────────
    def empty(self, item: Item, answer: Cell, urge: str, note: str) -> Case:
        return blank(answer), self.missing(item, urge, note)

    def missing(self, item: Item, urge: str, note: str) -> Hint:
        """Nothing is answered: asked for once the deadline has passed. `note`: why last time's answer is left out."""
        if item.required and not item.optional:
            return say(noted(f"{Mark.BELOW} {urge}", note))
        due = self.answer_due.get(item.number)
        if due is None:
            return say(noted(Mark.NONE, note))
        return choose(
            (self._passed(due), say(noted(f"{Mark.BELOW} {urge}", note))),
            otherwise=say(noted(f"{Mark.IN_PROGRESS} нужно до {due:%d.%m.%Y}", note)),
        )

    def _no_count(self, item: Item, words: Cell | None, note: str) -> Hint:
        instead = own_form.exemption(self.form, item)
        urge = f"укажите число людей или «{instead}»" if instead else "укажите число людей"
        if words is None:
            return self.missing(item, urge, note)
        return choose(
            self.empty(item, words, urge, note),
            *self.exempt(item, words),
            otherwise=say(noted(f"{Mark.BELOW} укажите число людей", note)),
        )

    def exempt(self, item: Item, answer: Cell) -> list[Case]:
        """«не предусмотрено», where the form allows it."""
        allowed = own_form.exemptions(self.form, item)
        return [(one_of(answer, allowed), say(DONE))] if allowed else []

    def _instead_of_a_paper(self, item: Item, answer: Cell) -> list[Case]:
        return [*self.exempt(item, answer), (one_of(answer, (own_form.NO,)), self._said_no(item))]

    def _said_no(self, item: Item) -> Hint:
        """A typed «нет» is a truthful answer: shown, never counted as to fill in or to correct."""
        no = f"{Mark.IN_PROGRESS} {own_form.NO}"
        if item.due is None:
            return say(no)
        return choose(
            (self._passed(item.due), say(f"{no}, срок прошёл {item.due:%d.%m.%Y}")),
            otherwise=say(f"{no}, нужно до {item.due:%d.%m.%Y}"),
        )

    def _passed(self, due: date) -> Condition:
        """A deadline has passed from the day after it. A period stands in words, with which Excel cannot compare."""
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
        said = join(say(f"{Mark.BELOW} ниже плана: ещё "), whole_number(lacking, people), say(" чел."))
        return [(below, said)]


# ── conditions ───────────────────────────────────────────────────────────────────────────────────────────
def names_paper(cell: Cell) -> Condition:
    """A date after « от »; a number before it, or behind the date with its sign: «приказ от 05.12.2013 № 12»."""
    at = f'SEARCH("{_OF}",{cell.ref}&"{_OF}")'
    before, _, after = cell.text.partition(_OF)
    numbered = has_any(Cell(f"LEFT({cell.ref},{at})", before), _NUMBERED)
    behind = f"MID({cell.ref},{at}+{len(_OF)},{_LONGEST})"
    sign = f'SEARCH("{_SIGN}",{behind}&"{_SIGN}")'
    day, _, number = after.partition(_SIGN)
    dated = has_any(Cell(f"LEFT({behind},{sign}-1)", day), _DIGITS)
    numbered_behind = has_any(Cell(f"MID({behind},{sign},{_LONGEST})", number), _NUMBERED)
    return both(dated, either(numbered, numbered_behind))


def names_person(cell: Cell) -> Condition:
    """With a separator between name and position."""
    return has_any(Cell(f'SUBSTITUTE({cell.ref},CHAR(10),";")', cell.text), _SEPARATORS)


def _enough(cells: Covered, percent: float) -> list[Case]:
    """The share from which it is done, where that is less than all."""
    count, total = cells.count, cells.total
    reached = Condition(
        f"ROUND({count.ref}*100-{percent:.15g}*{total.ref},6)>=0",
        round((count.number or 0.0) * 100 - percent * (total.number or 0.0), 6) >= 0,
    )
    return [(reached, say(f"{Mark.ON_PLAN} {percent:.15g} % и больше".replace(".", ",")))]


def _enough_of_it(share: Cell, percent: float) -> list[Case]:
    reached = Condition(
        f"ROUND({share.ref}*100-{percent:.15g},6)>=0", round((share.number or 0) * 100 - percent, 6) >= 0
    )
    return [(reached, say(f"{Mark.ON_PLAN} {percent:.15g} % и больше".replace(".", ",")))]


def _said_in_words(count: Cell) -> list[Case]:
    """The school's figures of last time where they are no mere number («58,5 %», «331 из 574»): accepted, and read
    again as they stand; better is a number."""
    said = count.text if isinstance(count.value, str) else ""
    wish = f"{Mark.IN_PROGRESS} было {said}: впишите число людей"
    return [(Condition(f"{count.ref}={quoted(said)}", True), say(wish))] if said.strip(NO_ANSWER) else []


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
