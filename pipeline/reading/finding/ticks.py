"""Columns headed with an item's answers, «Да | Нет | Частично»: in which of them a mark is the report's own answer."""

from collections.abc import Mapping

import msgspec

from pipeline.reading.answers.boxes import is_neither
from pipeline.reading.finding.answer_columns import AnswerColumns
from pipeline.reading.finding.headings import meaning_of, says_of_another
from pipeline.reading.finding.ledger import Ledger
from pipeline.reading.finding.tables import Table, columns_of_choices
from pipeline.reading.remembering import once_a_form
from schemas.form import Form, Item, Kind
from schemas.likeness import plain
from schemas.reports import NO, YES

AFFIRMS = ("да", "есть", "имеется")  # headings beside «нет», under which a mark is a yes


class Ticks(msgspec.Struct, frozen=True):
    """The columns headed with an item's answers: column -> the answer. `own`: where a mark is the item's answer; `odd`:
    where it is not certain whose it is, two columns headed alike, «Здание 1», «Образец»; `other`: of another time, of
    the plan, hidden. `third`: columns headed with an answer that is none of the item's."""

    own: dict[int, str] = {}
    odd: dict[int, str] = {}
    other: frozenset[int] = frozenset()
    third: frozenset[int] = frozenset()

    @property
    def known(self) -> frozenset[int]:
        return frozenset((*self.own, *self.odd, *self.other, *self.third))


def find_ticks(item: Item, ledger: Ledger, table: Table, columns: AnswerColumns) -> Ticks:
    """The columns of an item that is chosen, or of a yes or no where a column denies; of any other none."""
    if item.kind is not Kind.CHOICE and not (item.kind is Kind.YES_NO and columns.denied):
        return Ticks()
    named = {column: plain(words) for column, words in table.named.items()}
    headed = _headed_with_answers(item, named, table, columns)
    if not headed:
        return Ticks()
    others = frozenset(column for column in headed if _is_of_another_time(column, ledger, table))
    meant = {column: answer for column, answer in headed.items() if column not in others}
    own = {column: answer for column, answer in meant.items() if not _is_apart(column, table)}
    if len({named[column] for column in own}) < len(own):
        own = {}
    answers = _answers_of_choices(ledger.form)
    third = {c for c, words in named.items() if c not in headed and (is_neither(words) or words in answers)}
    third -= {c for c in third if _is_of_another_time(c, ledger, table) or _is_apart(c, table)}
    return Ticks(own, {c: answer for c, answer in meant.items() if c not in own}, others, frozenset(third))


def _headed_with_answers(item: Item, named: Mapping[int, str], table: Table, columns: AnswerColumns) -> dict[int, str]:
    """Column -> the item's answer that heads it."""
    if item.kind is Kind.CHOICE:
        return columns_of_choices(item, table.named)
    denied = [column for column in sorted(columns.denied) if not is_neither(named[column])]
    if not denied:
        return {}
    affirmed = {*AFFIRMS, *(named[column].removeprefix("не ") for column in denied)}
    yes = [column for column in columns.of(item) if named.get(column) in affirmed]
    return dict(sorted({**dict.fromkeys(yes, YES), **dict.fromkeys(denied, NO)}.items()))


def _is_of_another_time(column: int, ledger: Ledger, table: Table) -> bool:
    """Is the column hidden, of the plan or of another day than the report's."""
    meaning, as_of = table.meanings.get(column), ledger.when.as_of
    above = (meaning_of(ledger.form, words) for words in table.above.get(column, ()))
    foreign = meaning and meaning.day and as_of and not meaning.day.fits(as_of)
    return column in ledger.sheet.hidden_columns or bool(foreign) or any(one and one.aside for one in above)


def _is_apart(column: int, table: Table) -> bool:
    """Do words above the answer say that it is not the whole school's of the day, «Здание 1», «Образец»."""
    return any(says_of_another(words) for words in table.above.get(column, ()))


@once_a_form(maxsize=1)
def _answers_of_choices(form: Form) -> frozenset[str]:
    """The titles that the form gives to choose from, of whatever item."""
    return frozenset(plain(choice.title) for item in form.items for choice in item.choices)
