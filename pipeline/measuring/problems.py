"""What gets in the way, in the schools' own words: grouped by the form's stems, what is left by likeness."""

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator
from datetime import date
from functools import lru_cache
from itertools import chain, islice
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from pipeline.checking.judgement import Checked
from pipeline.checking.table import problem_facts, values_of
from pipeline.measuring.evidence import Evidence
from pipeline.measuring.figures import Problem
from pipeline.wording import capital
from schemas.district import School
from schemas.form import Form, WordGroup
from schemas.likeness import plain
from schemas.own_names import OTHER_PROBLEMS

OTHER = OTHER_PROBLEMS
MOST_OFFERED = 2  # solutions of other schools beside a problem

# Two words at least so alike (1 − mistakes / letters) are one word mistyped. «кабинент» for «кабинет» is 0,875 and
# found, «ученик» for «учебник» 0,857 and not: a miss leaves a problem alone in «Другое», a wrong hit would hide it.
SAME_WORD = 0.87

Offered = tuple[tuple[School, str], ...]
Words = frozenset[str]  # of a wording, without endings and without those that say nothing


class Row(NamedTuple):
    """A row of a school's table of problems; one of the texts may be blank. `report`: its number."""

    report: int
    school: str
    as_of: date | None
    problem: str
    solution: str


def problems(evidence: Evidence) -> tuple[Problem, ...]:
    """The tables of problems in the picture's reports: the group that most schools name first, then by school."""
    shown, form = evidence.shown, evidence.form
    schools = {school.code: school for school in shown.schools}
    rows = list(_rows(evidence.checked, form))
    current = [row for row in rows if row.report in shown.reports]
    by_stem = {problem: group_of(problem, form) for problem in dict.fromkeys(row.problem for row in rows)}
    groups = by_stem | groups_by_likeness((r.school, r.problem) for r in current if by_stem[r.problem] == OTHER)
    since = _first_dates(current, rows, by_stem)
    offers = _offers(current, groups, schools)
    found = [
        Problem(groups[row.problem], schools[row.school], row.problem, row.solution, since[row], offers.get(row, ()))
        for row in current
    ]
    naming = Counter(group for group, _ in {(p.group, p.school.code) for p in found})

    def place(p: Problem) -> tuple[object, ...]:
        return p.group == OTHER, -naming[p.group], p.group, not p.problem, p.school.code, p.problem, p.solution

    return tuple(sorted(found, key=place))


def group_of(problem: str, form: Form) -> str:
    """The first group one of whose stems begins a word of the problem."""
    return next(groups_named(_CONNECTIVES.sub("", f" {plain(problem)}"), form.problem_groups), OTHER)


def groups_named(words: str, groups: Iterable[WordGroup]) -> Iterator[str]:
    """Titles of the groups one of whose stems begins a word. `words`: plain, a space before each."""
    return (group.title for group in groups if any(stem in words for stem in _beginnings(group.stems)))


@lru_cache  # a form has few groups, and its schools write much
def _beginnings(stems: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f" {plain(stem)}" for stem in stems)


def groups_by_likeness(named: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Wording -> title of its group, for those of `named` (school, wording) that several schools name alike.

    The title is the members' most frequent wording, of equally frequent ones the shortest.
    """
    distinct = {(school, problem) for school, problem in named if problem}
    same = leaders({words_of(problem) for _, problem in distinct})
    members: defaultdict[Words, list[tuple[str, str]]] = defaultdict(list)
    for school, problem in distinct:
        members[same[words_of(problem)]].append((school, problem))
    shared = [group for group in members.values() if len({school for school, _ in group}) > 1]
    return {problem: title for group in shared for title in [title_of(group)] for _, problem in group}


def _rows(checked: Checked, form: Form) -> Iterator[Row]:
    """Of all reports, those that are not in the picture among them."""
    table = problem_facts(checked.answers, form)
    texts: defaultdict[tuple[int, str], dict[str, str]] = defaultdict(dict)
    for report, item, field, text in values_of(table, "report", "item", "field", "text"):
        texts[report, item][field] = text
    for (number, _), said in texts.items():
        report = checked.reports[number]
        yield Row(number, report.school, report.as_of, said.get("problem", ""), said.get("solution", ""))


def title_of(group: list[tuple[str, str]]) -> str:
    """The most frequent wording of a group, of equally frequent ones the shortest. `group`: (school, wording), each
    pair once."""
    schools = Counter(plain(problem) for _, problem in group)
    best = min((problem for _, problem in group), key=lambda problem: (-schools[plain(problem)], len(problem), problem))
    return capital(" ".join(best.split()).rstrip(" .,;:!…"))


# ── likeness ─────────────────────────────────────────────────────────────────────────────────────────────
def alike(one: Words, other: Words) -> bool:
    """The same words, at most one of them mistyped. A word more may already make another problem of it."""
    left, right = one - other, other - one
    if not left and not right:
        return True
    return len(left) == len(right) == 1 and OSA.normalized_similarity(*left, *right) >= SAME_WORD


@lru_cache(maxsize=65536)
def words_of(wording: str) -> Words:
    """What a wording says: «Не хватает кабинетов» and «нехватка кабинетов» both say {нет, кабинет}."""
    words = frozenset(_stem(word) for word in plain(wording).split())
    telling = words - _LACK - _EMPTY
    if not telling:
        return words
    return telling | {_NOT} if words & _LACK else telling


def leaders(wordings: set[Words]) -> dict[Words, Words]:
    """Each wording -> one and the same of all that are alike, at once or through others."""
    above: dict[Words, Words] = {}

    def leader(words: Words) -> Words:
        while words in above:
            words = above[words]
        return words

    for pair in _mistyped(wordings):
        one, other = map(leader, pair)
        if one != other:
            above[other] = one
    return {words: leader(words) for words in wordings}


def _mistyped(wordings: set[Words]) -> Iterator[tuple[Words, Words]]:
    """Pairs that are alike but not the same. Only wordings that share all words but one are compared."""
    left_over: defaultdict[Words, list[str]] = defaultdict(list)
    for words in wordings:
        for word in words:
            left_over[words - {word}].append(word)
    for rest, left in left_over.items():
        for index, word in enumerate(left, start=1):
            found = process.extract(
                word, left[index:], scorer=OSA.normalized_similarity, score_cutoff=SAME_WORD, limit=None
            )
            yield from ((rest | {word}, rest | {other}) for other, _, _ in found)


def _stem(word: str) -> str:
    """The word without its longest ending that leaves three letters."""
    lengths = range(min(_LONGEST_ENDING, len(word) - 3), 0, -1)
    return next((word[:-length] for length in lengths if word[-length:] in _ENDINGS), word)


# ── since when, and how others solved it ─────────────────────────────────────────────────────────────────
def _first_dates(current: list[Row], rows: list[Row], by_stem: dict[str, str]) -> dict[Row, date]:
    """Row -> date of the school's first report that names the problem, retyped or with words more or less."""
    of_school: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        of_school[row.school].append(row)

    def same(one: Row, other: Row) -> bool:
        if not one.problem or not other.problem:
            return one.problem == other.problem and plain(one.solution) == plain(other.solution)
        words, others = words_of(one.problem), words_of(other.problem)
        same_words = words <= others or others <= words or alike(words, others)
        return same_words and by_stem[one.problem] == by_stem[other.problem]

    return {row: min(one.as_of for one in of_school[row.school] if one.as_of and same(one, row)) for row in current}


def _offers(rows: list[Row], groups: dict[str, str], schools: dict[str, School]) -> dict[Row, Offered]:
    """Row without a solution -> what other schools of its group wrote: those with the same words first."""
    solved = [row for row in rows if row.problem and row.solution and groups[row.problem] != OTHER]
    solved.sort(key=lambda row: (row.school, row.problem, row.solution))
    of_words = _solutions((words_of(row.problem), row) for row in solved)
    of_group = _solutions((groups[row.problem], row) for row in solved)

    def offered(row: Row) -> Offered:
        known = chain(of_words.get(words_of(row.problem), ()), of_group.get(groups[row.problem], ()))
        distinct: dict[str, Row] = {}
        for other in (other for other in known if other.school != row.school):
            distinct.setdefault(plain(other.solution), other)
            if len(distinct) == MOST_OFFERED:
                break
        return tuple((schools[other.school], other.solution) for other in distinct.values())

    return {row: offered(row) for row in rows if row.problem and not row.solution}


def _solutions(solved: Iterable[tuple[Hashable, Row]]) -> dict[Hashable, list[Row]]:
    """By key: those that most schools wrote first; two schools with each, so that there is one beside any school."""
    givers: defaultdict[Hashable, defaultdict[str, dict[str, Row]]] = defaultdict(lambda: defaultdict(dict))
    for key, row in solved:
        givers[key][plain(row.solution)].setdefault(row.school, row)
    return {
        key: [row for schools in sorted(texts.values(), key=len, reverse=True) for row in islice(schools.values(), 2)]
        for key, texts in givers.items()
    }


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────
# Begin like a word about communication, and say nothing of it.
_CONNECTIVES = re.compile(r" в связи со?\b| связан\w*")


def _listed(words: str) -> Words:
    return frozenset(words.split())


_ENDINGS = _listed("""
    ение ения ению ении ений ением ениям ениями ениях ание ания анию ании аний анием аниям аниями аниях
    ость ости остью остей ия ию ии ие ием иям иях иями ий
    а я о е и ы у ю ь й ам ям ом ем ах ях ами ями ов ев ей ой
    ый ая яя ое ее ые ого его ому ему ым им ую юю ою ых их ыми ими
    ть ет ют ут ит ят ат ает ают яет яют ует уют ал ала ало али ял яли ил ила или ена ено ены ан ана ано аны
    ются ется утся ится ятся ается аются яется яются
""")
_LONGEST_ENDING = max(map(len, _ENDINGS))


def _stems_of(words: str) -> Words:
    return frozenset(map(_stem, _listed(words)))


_NOT = "нет"  # stands for every word of lack
_LACK = _stems_of("""
    нет нету не без мало нехватка нехватки хватает хватило недостает недостаток недостатка недостаточно недостаточное
    недостаточная отсутствует отсутсвует отсутствие отсутствия
""")
_EMPTY = _stems_of("""
    в во на по из за от до у к с со о об и или а но для при наш нас школа школьный учреждение организация оу
    очень слишком часто частые иногда периодически периодические постоянно постоянные есть имеется имеются идет
""")
