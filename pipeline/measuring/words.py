"""What the answers in words say over all schools: names and forms counted, addresses, classes, what schools add.

Taken from `Figures` alone: what is shown follows from the form's kinds and keys, never from an item's number.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cached_property
from statistics import median
from typing import NamedTuple, assert_never

from pipeline.checking.table import values_of
from pipeline.measuring.figures import Figures, Share
from pipeline.measuring.milestones import says_no
from pipeline.measuring.problems import Words, groups_named, leaders, title_of, words_of
from pipeline.measuring.rows import coverage_rows
from schemas.district import School
from schemas.form import Form, Item, Kind
from schemas.grades import grades_of, normal_form
from schemas.likeness import plain, stems
from schemas.remarks import Severity
from schemas.reports import YES
from schemas.school_names import whole_school

_LONG = 5  # letters of a word's beginning that `stems` compares
_PARTS = re.compile(r"[,;\n•]|\.\s+(?=[А-ЯЁA-Z])")  # between the things of a list
_BULLET = re.compile(r"^[\s\d).*–—-]+(?=\D)|[\s.]+$")
_SCHEME = re.compile(r"^(?:https?://)?(?:www\.)?")


class What(StrEnum):
    """What is told of the schools of one `Said`."""

    NAMED = "named"  # a name, or a thing of a list; `title` is what it is called
    ADDRESS = "address"  # «есть», with this address
    YES = "yes"  # «есть», without an address
    NO = "no"
    TOLD = "told"  # words of one school, as they are
    WHOLE_SCHOOL = "whole_school"  # all its grades are named
    MISSING = "missing"  # of its grades these are not named
    BEYOND = "beyond"  # grades are named that it has not
    NOBODY = "nobody"  # grades that no school names; `schools` have them
    EVERY_GRADE = "every_grade"  # each grade is named by some school; `schools` name theirs
    NO_CLASSES = "no_classes"  # an answer that names no classes
    BY_CLASS = "by_class"  # figures by class, added up
    APART = "apart"  # figures by class, of which no single one follows
    NOT_APPLICABLE = "not_applicable"
    SET_ASIDE = "set_aside"
    NO_ANSWER = "no_answer"
    NO_REPORT = "no_report"


UNKNOWN = (What.SET_ASIDE, What.NO_ANSWER, What.NO_REPORT)  # of these schools it is not known what they would say


class Said(NamedTuple):
    """One thing that schools say at an item. `title`: its name, or grades in normal form; blank where `what` tells all.
    `written`: the schools' own words, each once."""

    item: Item
    what: What
    title: str
    schools: tuple[School, ...]
    written: tuple[str, ...] = ()


class Spread(NamedTuple):
    """The shares of an item whose shares are of no people: percent 0–100. `lowest`: its schools; `full`: how many
    are at 100 % or above; `counted`: how many schools have a share that counts."""

    item: Item
    median: float
    least: float
    lowest: tuple[School, ...]
    full: int
    counted: int


def words(figures: Figures) -> tuple[Said, ...]:
    """In the form's order; within an item what most schools say first, and what is not known last."""
    answers = _Answers(figures)
    return tuple(said for item in figures.form.items for said in _of_item(answers, item))


def spreads(figures: Figures) -> tuple[Spread, ...]:
    """Of every volume with a share that counts, in the form's order."""
    found = (_spread(figures, item) for item in figures.form.coverage_items if item.kind is Kind.VOLUME)
    return tuple(spread for spread in found if spread)


def _of_item(answers: "_Answers", item: Item) -> Iterator[Said]:
    match item.kind:
        case Kind.TEXT:
            yield from _gathered(answers, item) if item.gather else _told(answers, item)
        case Kind.YES_NO:
            yield from _addresses(answers, item)
        case Kind.COVERAGE | Kind.VOLUME:
            if item.classes:
                yield from _classes(answers, item)
            yield from _by_class(answers, item)
        case Kind.NUMBER | Kind.CHOICE | Kind.DATE | Kind.LINK | Kind.ROW | Kind.ROWS:
            pass  # figures and choices have a sheet of their own
        case Kind.GROUP | Kind.PERSON | Kind.DOCUMENT | Kind.ACTS:
            pass  # a heading; persons and documents stand one by one on the sheet of all answers
        case _:
            assert_never(item.kind)


_FIELDS = frozenset({"text", "yes", "url", "classes", "by_class"})  # that hold the words
_Asked = tuple[str, str, bool]  # item, field, whether it counts


class _Answers:
    """The facts of a picture by school and item, and why a school has none."""

    def __init__(self, figures: Figures) -> None:
        self.figures = figures
        self.schools = {school.code: school for school in figures.schools}
        self._order = {code: place for place, code in enumerate(self.schools)}
        self._answered = set[tuple[str, str]]()  # school and item, of those that are answered in words
        self._said: defaultdict[_Asked, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        in_words = {item.number for item in figures.form.items if item.kind in (Kind.TEXT, Kind.YES_NO)}
        table = figures.answers
        told = table[table["field"].isin(_FIELDS) | table["item"].isin(in_words)]
        for code, item, field, text, counted in values_of(told, "school_code", "item", "field", "text", "counted"):
            if item in in_words:
                self._answered.add((code, item))
            if field in _FIELDS:
                self._said[item, field, counted][code].append(text)

    def said(self, item: Item, field: str, *, counted: bool = True) -> dict[str, list[str]]:
        """School code -> what its facts of that field say, in the order of the schools."""
        assert field in _FIELDS
        found = self._said[item.number, field, counted]
        return {code: found[code] for code in self._in_order(found)}

    def of(self, codes: Iterable[str]) -> tuple[School, ...]:
        """In the order of the schools."""
        return tuple(self.schools[code] for code in self._in_order(codes))

    def _in_order(self, codes: Iterable[str]) -> list[str]:
        """Those of schools, each once. Few of many: not all schools are gone through for each thing that is said."""
        return sorted(self._order.keys() & codes, key=self._order.__getitem__)

    def silent(self, item: Item, answered: Iterable[str]) -> Iterator[Said]:
        """The schools of which nothing that counts is known, by the reason."""
        reasons = {code: self._reason(code, item) for code in self.schools.keys() - answered}
        for what in UNKNOWN:
            if schools := self.of(code for code, reason in reasons.items() if reason is what):
                yield Said(item, what, "", schools)

    def _reason(self, code: str, item: Item) -> What:
        if code in self._without_report:
            return What.NO_REPORT
        if (share := self.shares.get((code, item.number))) is not None:
            return What.SET_ASIDE if share is Share.SET_ASIDE else What.NO_ANSWER
        asked = code, item.number
        return What.SET_ASIDE if asked in self._remarked or asked in self._answered else What.NO_ANSWER

    @cached_property
    def shares(self) -> dict[tuple[str, str], Share]:
        return {(row.school_code, row.item): row.share for row in coverage_rows(self.figures)}

    @cached_property
    def _remarked(self) -> frozenset[tuple[str, str]]:
        """School and item of what is written and remarked on: a remark on a blank has no words of the school."""
        remarks = self.figures.remarks
        return frozenset(
            (said.school, said.item) for said in remarks if said.value and said.severity is not Severity.INFO
        )

    @cached_property
    def _without_report(self) -> frozenset[str]:
        return frozenset(code for (code, _), share in self.shares.items() if share is Share.NO_REPORT)


# ── names and lists ──────────────────────────────────────────────────────────────────────────────────────────
def _gathered(answers: _Answers, item: Item) -> Iterator[Said]:
    """What schools call by one name, however they spell it; a thing that the form does not know is grouped by
    likeness."""
    texts = {code: said[0] for code, said in answers.said(item, "text").items()}
    no = {code: text for code, text in texts.items() if says_no(text)}
    pieces = [(code, piece) for code, text in texts.items() if code not in no for piece in _pieces(text, item)]
    groups: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    unknown, known = [], {piece: _known(piece, item) for piece in {piece for _, piece in pieces}}
    for code, piece in pieces:
        for title in known[piece]:
            groups[title].append((code, piece))
        if not known[piece]:
            unknown.append((code, piece))
    for alike in _alike(unknown, item):
        groups[title_of(alike)] += alike
    found = [
        Said(item, What.NAMED, title, answers.of(code for code, _ in group), _once(piece for _, piece in group))
        for title, group in groups.items()
    ]
    yield from sorted(found, key=lambda said: (-len(said.schools), said.title))
    if no:
        yield Said(item, What.NO, "", answers.of(no), _once(no.values()))
    yield from answers.silent(item, texts)


def _pieces(text: str, item: Item) -> list[str]:
    """The things of a list; a name is one."""
    parts = _PARTS.split(text) if item.gather == "list" else [text]
    bare = [_BULLET.sub("", part).strip() for part in parts]
    return [part for part in bare if plain(part)] or [text.strip()]


def _known(piece: str, item: Item) -> list[str]:
    """Titles of the form's groups of which a word is there."""
    return list(groups_named(f" {plain(piece)}", item.groups))


def _alike(named: list[tuple[str, str]], item: Item) -> list[list[tuple[str, str]]]:
    """(school, wording) by what the wordings say; words of the item's own title («система») tell none apart."""
    generic = stems(item.title)

    def telling(wording: str) -> Words:
        said = words_of(wording)
        return frozenset(word for word in said if word[:_LONG] not in generic) or said

    same = leaders({telling(wording) for _, wording in named})
    groups: defaultdict[Words, list[tuple[str, str]]] = defaultdict(list)
    for code, wording in dict.fromkeys(named):
        groups[same[telling(wording)]].append((code, wording))
    return list(groups.values())


# ── words as they are, addresses ─────────────────────────────────────────────────────────────────────────────
def _told(answers: _Answers, item: Item) -> Iterator[Said]:
    """School by school. Who adds nothing where nothing need be said is left out."""
    texts = answers.said(item, "text")
    for code, said in texts.items():
        yield Said(item, What.TOLD, "", answers.of([code]), _once(said))
    yield from answers.silent(item, texts)


def _addresses(answers: _Answers, item: Item) -> Iterator[Said]:
    yes = {code: said[0] for code, said in answers.said(item, "yes").items()}
    urls = {code: said[0] for code, said in answers.said(item, "url").items()}
    pages: defaultdict[str, list[str]] = defaultdict(list)
    for code, url in urls.items():
        pages[_SCHEME.sub("", url.casefold()).rstrip("/")].append(code)
    found = [
        Said(item, What.ADDRESS, page, answers.of(codes), _once(urls[code] for code in codes))
        for page, codes in pages.items()
    ]
    yield from sorted(found, key=lambda said: (-len(said.schools), said.schools[0].code))
    for what, codes in (
        (What.YES, [c for c, s in yes.items() if s == YES]),
        (What.NO, [c for c in yes if yes[c] != YES]),
    ):
        if schools := answers.of(code for code in codes if code not in urls):
            yield Said(item, what, "", schools)
    yield from answers.silent(item, {*yes, *urls})


# ── classes ──────────────────────────────────────────────────────────────────────────────────────────────────
def _classes(answers: _Answers, item: Item) -> Iterator[Said]:
    """The classes of an answer that counts against the school's own grades; first those that no school names."""
    named = {code: grades_of(said[0]) for code, said in answers.said(item, "classes").items()}
    named = {code: grades for code, grades in named.items() if answers.shares[code, item.number] is Share.COUNTED}
    yield from _together(answers, item, named)
    yield from _apart_from_own(answers, item, named)
    without = [c for c in answers.schools if c not in named and answers.shares[c, item.number] is Share.COUNTED]
    exempt = [c for c in answers.schools if answers.shares[c, item.number] is Share.NOT_APPLICABLE]
    for what, codes in ((What.NO_CLASSES, without), (What.NOT_APPLICABLE, exempt)):
        if codes:
            yield Said(item, what, "", answers.of(codes))
    yield from answers.silent(item, [*named, *without, *exempt])


def _together(answers: _Answers, item: Item, named: dict[str, frozenset[int]]) -> Iterator[Said]:
    """The grades that no school names; nothing where no school names any, for then they are not known."""
    if not named:
        return
    own = {code: _own(school, item, answers.figures.form) for code, school in answers.schools.items()}
    nobody = frozenset[int]().union(*own.values()) - frozenset[int]().union(*named.values())
    if nobody:
        having = answers.of(code for code, grades in own.items() if grades & nobody)
        yield Said(item, What.NOBODY, normal_form(nobody), having)
    else:
        yield Said(item, What.EVERY_GRADE, "", answers.of(named))


def _apart_from_own(answers: _Answers, item: Item, named: dict[str, frozenset[int]]) -> Iterator[Said]:
    found: defaultdict[tuple[What, str], list[str]] = defaultdict(list)
    for code, grades in named.items():
        own = _own(answers.schools[code], item, answers.figures.form)
        if own <= grades:
            found[What.WHOLE_SCHOOL, ""].append(code)
        else:
            found[What.MISSING, normal_form(own - grades)].append(code)
        if beyond := grades - own:
            found[What.BEYOND, normal_form(beyond)].append(code)
    order = (What.WHOLE_SCHOOL, What.MISSING, What.BEYOND)
    for (what, title), codes in sorted(
        found.items(), key=lambda one: (order.index(one[0][0]), -len(one[1]), one[0][1])
    ):
        said = _once(map(normal_form, dict.fromkeys(named[code] for code in codes)))
        yield Said(item, what, title, answers.of(codes), said)


def _by_class(answers: _Answers, item: Item) -> Iterator[Said]:
    for what, counted in ((What.BY_CLASS, True), (What.APART, False)):
        for code, parts in answers.said(item, "by_class", counted=counted).items():
            yield Said(item, what, "", answers.of([code]), tuple(parts))


def _own(school: School, item: Item, form: Form) -> frozenset[int]:
    """The school's grades, by its name, as far as the item asks for them."""
    return form.grades_of_base(item.base, whole_school(school.full_name or school.name))


def _spread(figures: Figures, item: Item) -> Spread | None:
    rows = (row for row in coverage_rows(figures) if row.item == item.number and row.share is Share.COUNTED)
    percents = {row.school_code: row.percent for row in rows}
    if not percents:
        return None
    least = min(percents.values())
    lowest = tuple(school for school in figures.schools if percents.get(school.code) == least)
    full = sum(percent >= 100 for percent in percents.values())
    return Spread(item, median(percents.values()), least, lowest, full, len(percents))


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    """Each as it is written, once; case and spaces alone make no other spelling."""
    spellings: dict[str, str] = {}
    for text in texts:
        spellings.setdefault(" ".join(text.casefold().split()), " ".join(text.split()))
    return tuple(spellings.values())
