"""The order's stages with their deadlines, the shares that it asks for from a day on, the items that show a measure."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from pipeline.drafting.dates import clauses, days_in, shares_in
from pipeline.drafting.head import points
from pipeline.drafting.items import Found
from pipeline.drafting.opening import NUMBER, Row
from pipeline.drafting.tables import Table, Use
from schemas.form import Kind
from schemas.likeness import stems

_WHOLE_TIME = re.compile(r"весь период|постоянно|в течение", re.IGNORECASE)
_STAGE = re.compile(r"этап|\d{1,2}\.\s", re.IGNORECASE)
_SECTION = re.compile(r"\d{1,2}\.\d{1,2}\.?\s")
_REPORT = re.compile(r"отч[её]т", re.IGNORECASE)
# A share that people are to grow by, or to stay below, is none that they are to reach; nor is one of a whole time.
_NO_PLAN = re.compile(
    r"\bна\s+\d[\d\s%–—-]*%|не (?:более|больше|выше|свыше|превы)|(?<!не )\b(?:менее|меньше|ниже)\b|максимум|прирост"
    r"|сни[жз]|сокра|уменьш|вырос|увеличил",
    re.IGNORECASE,
)
_SEVERAL = "процентов в предложении несколько: какой к какому дню и план ли это"
_PART = 0.7  # below SURE
SURE, LIKELY = 0.75, 0.4  # likeness of a measure's words and an item's: that it is meant; that it may be


@dataclass
class Measure:
    """`untold`: its deadline in words that name no day. `items`: those that show it, with how alike their words are."""

    title: str
    due: date | None = None
    since: date | None = None
    untold: str = ""
    items: dict[str, float] = field(default_factory=dict)


@dataclass
class Stage:
    title: str
    measures: list[Measure]


class Target(NamedTuple):
    """From `by` on `low`–`high` percent; `about`: the words around it; `doubt`: why it is a guess."""

    by: date
    low: int
    high: int
    about: str
    doubt: str = ""


def stages_of(tables: Iterable[Table]) -> tuple[list[Stage], list[Target]]:
    reading = _Reading()
    for table in tables:
        if table.use is Use.STAGES:
            for cells in table.rows:
                reading.add(cells, table)
    return [stage for stage in reading.stages if stage.measures], reading.targets


class _Reading:
    """Stages and targets as row after row is read. `held`: the deadline of the section, for rows that have none."""

    def __init__(self) -> None:
        self.stages: list[Stage] = []
        self.targets: list[Target] = []
        self.held = _UNTOLD

    def add(self, cells: tuple[str, ...], table: Table) -> None:
        when = _when(cells, table)
        texts = [cell for n, cell in enumerate(cells) if cell and cell != when and n not in table.who]
        words = [text for text in texts if not NUMBER.fullmatch(text)]
        if len(words) == len(texts) == 1 and not when and _begins_stage(words[0], table):
            self.stages.append(Stage(words[0], []))
            self.held = _UNTOLD
            return
        if words and words[0] == cells[0] and _has_sections(table):
            self.held = _deadline(when, _UNTOLD)
            words = words[1:]
        for title in (word.strip(" :;") for word in words):
            self._add_measure(title, when)

    def _add_measure(self, title: str, when: str) -> None:
        if not self.stages:
            self.stages.append(Stage("Мероприятия приказа", []))
        measures = self.stages[-1].measures
        shares, days = shares_in(title), days_in(when)
        if shares and days and not _NO_PLAN.search(title):
            self.targets.append(Target(days[0].day, *shares[0], f"{measures[-1].title if measures else ''} {title}"))
        elif title and title not in (measure.title for measure in measures):
            deadline = _deadline(when, self.held)
            if deadline.since and _WHOLE_TIME.search(when):
                self.held = deadline
            measures.append(Measure(title, *deadline))


def _begins_stage(text: str, table: Table) -> bool:
    if table.number is not None:
        return True  # what is measured has a number
    return _STAGE.match(text) is not None and not _SECTION.match(text)


def _has_sections(table: Table) -> bool:
    """Stands a column of stages and sections before that of the measures."""
    columns = [n for n in range(len(table.heading)) if n != table.due and n not in table.who]
    return table.number is None and len(columns) > 1


class _Deadline(NamedTuple):
    due: date | None
    since: date | None
    untold: str


_UNTOLD = _Deadline(None, None, "")


def _deadline(when: str, held: _Deadline) -> _Deadline:
    """What the words say: a day, or words that name none; where nothing is said, what holds for the section."""
    days = days_in(when)
    if not days:
        return held if not when or _WHOLE_TIME.search(when) else _Deadline(None, None, when)
    starts, ends = [one.day for one in days if one.is_from], [one.day for one in days if not one.is_from]
    return _Deadline(ends[-1] if ends else None, starts[0] if starts else None, "")


def _when(cells: Sequence[str], table: Table) -> str:
    """What stands in the column of deadlines; where cells are merged, the last one that speaks of time."""
    if table.due is not None and cells[table.due] and any(cells[: table.due]):
        return cells[table.due]
    last = next((cell for cell in reversed(cells) if cell), "")
    about_time = days_in(last) and len(last) < 60 and not shares_in(last)
    return last if about_time or (len(last) < 30 and _WHOLE_TIME.search(last)) else ""


# ── shares in sentences ──────────────────────────────────────────────────────────────────────────────────
def targets_in(rows: Sequence[Row], tables: Sequence[Table], day: date | None) -> Iterator[Target]:
    """«к 20.02.2014 — 30–40 %» in the order's own points: a day after its own and a share in one clause, or as many of
    both: «к … — 40 %, к … — 60 %»."""
    for about, clause in _clauses_of(rows, tables):
        days, shares = days_in(clause), shares_in(clause)
        doubt = _SEVERAL if len(days) > 1 else ""
        if _is_plan(clause, day):
            yield from (Target(one.day, *share, about, doubt) for one, share in zip(days, shares, strict=True))


def untold_shares(rows: Sequence[Row], tables: Sequence[Table], day: date | None) -> Iterator[str]:
    """Clauses of the order's own points with shares of which no plan could be made."""
    clauses_of = (clause for _, clause in _clauses_of(rows, tables))
    yield from (clause.strip() for clause in clauses_of if shares_in(clause) and not _is_plan(clause, day))


def _clauses_of(rows: Sequence[Row], tables: Sequence[Table]) -> Iterator[tuple[str, str]]:
    """With the first line of the point that each stands in."""
    yield from ((point[0], clause) for point in points(rows, tables) for clause in clauses("; ".join(point)))


def _is_plan(clause: str, day: date | None) -> bool:
    days = days_in(clause)
    is_later = all(day is None or one.day > day for one in days)
    is_span = len({one.is_from for one in days}) > 1  # «с … по …»
    fits = len(days) == len(shares_in(clause)) and is_later and not is_span
    return fits and not (_REPORT.search(clause) or _NO_PLAN.search(clause))


def in_order(targets: Iterable[Target]) -> tuple[list[Target], bool]:
    """By day, and whether they can stand as one plan: no day twice, no band below the one before."""
    ordered = sorted(set(targets), key=lambda target: (target.by, target.low))
    fits = all(one.by < other.by and other.low >= one.high for one, other in pairwise(ordered))
    return ordered, fits


# ── which items show a measure ───────────────────────────────────────────────────────────────────────────
def match(stages: Iterable[Stage], items: Sequence[Found]) -> dict[str, tuple[Measure, float]]:
    """Item -> the measure that its words are most alike; entered at the measure too."""
    measures = [measure for stage in stages for measure in stage.measures]
    titles = {item.number: item.title for item in items}
    words = {item.number: _stems(f"{titles.get(item.parent, '')} {item.title}") for item in items}
    texts = [*map(_stems, titles.values()), *(_stems(one.title) for one in measures)]
    seen = Counter(word for text in texts for word in text)
    found: dict[str, tuple[Measure, float]] = {}
    for item in items:
        if item.asked.kind is Kind.GROUP or item.optional:
            continue
        alike = [(_likeness(words[item.number], _stems(one.title), seen), one) for one in measures]
        score, best = max(alike, key=lambda pair: pair[0], default=(0.0, None))
        if best is not None and score >= LIKELY:
            found[item.number] = best, score
            best.items[item.number] = score
    return found


def _stems(text: str) -> frozenset[str]:
    """Without what stands in brackets: examples and reservations."""
    return stems(re.sub(r"\([^)]*\)", "", text))


def _likeness(one: frozenset[str], other: frozenset[str], seen: Counter[str]) -> float:
    """0–1: how much of what both say they share, rare words above those that stand everywhere. An item that says less
    than the measure is alike as far as it goes, but never for sure."""

    def weight(words: Iterable[str]) -> float:
        return sum(1 / math.sqrt(seen[word]) for word in words)

    shared = weight(one & other)
    return max(2 * shared / ((weight(one) + weight(other)) or 1), _PART * shared / (weight(one) or 1))


def meant_by(targets: Sequence[Target], items: Sequence[Found]) -> str:
    """The coverage item whose words are most alike those around the targets; blank where none is."""
    about = stems(" ".join({target.about for target in targets}))
    titles = {item.number: f"{item.title} {item.hint}" for item in items}
    coverage = [item for item in items if item.asked.kind is Kind.COVERAGE]
    words = {item.number: stems(f"{titles.get(item.parent, '')} {titles[item.number]}") for item in coverage}
    seen = Counter(word for text in (*words.values(), about) for word in text)
    scores = {number: _likeness(about, text, seen) for number, text in words.items()}
    best = max(scores, key=lambda number: scores[number], default="")
    return best if best and scores[best] > 0 else ""
