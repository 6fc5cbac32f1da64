"""What became of the decisions of earlier summaries, in one line of the first page."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from pipeline import wording
from pipeline.measuring.figures import SETTLED, Fate, Figures, Followed, Gain
from pipeline.writing.brief.decisions import DECISION_LENGTH
from pipeline.writing.pages import titles
from pipeline.writing.pages.brief import Decision
from pipeline.writing.pages.fates import people_gained
from schemas.decided import Decided

_TAG = "Решения"
_OF_DECISIONS = ("решения", "решений", "решений")  # after «из»
_LETTERS = (60, 45, 30, 20, 12)  # of a decision's words, as far as the line allows
_LONGEST_NAME = 30  # characters
_Part = Callable[[Decided], str]
# The one decision that is named, where there are several: what most wants an answer.
_WORST_FIRST = (Fate.OVERDUE, Fate.NOT_DONE, Fate.DOUBTED, Fate.UNKNOWN, Fate.TICKED, Fate.DONE)


def make_followed(figures: Figures) -> Iterator[Decision]:
    """A line where there are decisions of earlier summaries, else none."""
    if not figures.followed:
        return
    fates = {one.fate for one in figures.followed}
    proposal = "" if fates <= set(SETTLED) else "Проверить исполнение решений"
    if Fate.OVERDUE in fates:
        proposal = "Исполнить просроченные решения"
    said = f"{_said(figures.followed, 0)}." if figures.public else next(_fitting(figures.followed))
    yield Decision(_TAG, said, titles.DECISIONS, proposal)


def _fitting(followed: Sequence[Followed]) -> Iterator[str]:
    """Wordings that fit into a line, the fullest first: what was decided is shortened before anything is left out."""
    gained = _gained(followed)
    for end, beside in ((gained, (_who, _due)), (gained, (_who,)), (gained, ()), ("", ())):
        for letters in _LETTERS:
            said = f"{_said(followed, letters, beside)}{end}."
            if len(said) <= DECISION_LENGTH:
                yield said
    yield f"{_said(followed, 0)}."


def is_settled(figures: Figures) -> bool:
    """Is nothing left of the decisions of earlier summaries."""
    return all(one.fate in SETTLED for one in figures.followed)


def _said(followed: Sequence[Followed], letters: int, beside: Sequence[_Part] = ()) -> str:
    """`letters`: of the decision that is told of, none for 0; `beside`: what stands in brackets after it."""
    worst = min(followed, key=lambda one: _WORST_FIRST.index(one.fate))
    words = f" {_named(worst.decided, letters, beside)}" if letters else ""
    if len(followed) == 1:
        return f"Решение {_since(followed)}{words} — {worst.fate}"
    whole = f"{wording.number(len(followed))} {wording.plural(len(followed), *_OF_DECISIONS)}"
    said = f"Из {whole} {_since(followed)}: {', '.join(_counted(followed))}"
    return said if worst.fate in SETTLED or not words else f"{said} —{words}"


def _counted(followed: Sequence[Followed]) -> Iterator[str]:
    """«выполнено 2 (по отметке 1)», «просрочено 1»: the worst last, beside its words."""
    counts = Counter(one.fate for one in followed)
    if done := counts[Fate.DONE] + counts[Fate.TICKED]:
        ticked = counts[Fate.TICKED]
        yield f"{Fate.DONE} {done}{f' (по отметке {ticked})' if ticked else ''}"
    for fate in reversed(_WORST_FIRST):
        if counts[fate] and fate not in SETTLED:
            yield f"{fate} {counts[fate]}"


def _named(decided: Decided, letters: int, beside: Sequence[_Part]) -> str:
    """«Провести совещание» (Иванова И. И., до 15.04)"""
    words = f"«{wording.shortened(decided.decision or decided.memory.tag, letters)}»"
    brackets = ", ".join(filter(None, (part(decided) for part in beside)))
    return f"{words} ({brackets})" if brackets else words


def _who(decided: Decided) -> str:
    return wording.shortened(decided.who, _LONGEST_NAME)


def _due(decided: Decided) -> str:
    if decided.due:
        return f"до {wording.short_day(decided.due)}"
    return wording.shortened(decided.due_as_typed, _LONGEST_NAME)


def _since(followed: Sequence[Followed]) -> str:
    """«от 20.03»"""
    days = [one.decided.memory.as_of for one in followed]
    first, last = wording.short_day(min(days)), wording.short_day(max(days))
    return f"от {first}" if first == last else f"от {first}–{last}"


def _gained(followed: Sequence[Followed]) -> str:
    """«; +46 чел. у 3 школ»: of a school that several decisions are about, since the first of them."""
    gains: dict[str, Gain] = {}
    for one in sorted(followed, key=lambda one: one.decided.memory.as_of):
        for gain in one.gains:
            gains.setdefault(gain.school, gain)
    if not gains:
        return ""
    return f"; {people_gained(list(gains.values()))} у {wording.schools(len(gains), wording.Case.GENITIVE)}"
