"""Papers that schools send beside their reports, the order itself or the plan: whose they are, and which of the papers
that the form asks for. What is not said, by the file's name, its text or its sender, is not guessed.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

from pipeline.reading.answers.documents import holds_details, read_document
from pipeline.reading.inbox import Inbox
from pipeline.reading.schools import Schools
from schemas.district import Registry
from schemas.form import Form, Paper
from schemas.likeness import plain
from schemas.remarks import Remark, remark
from schemas.reports import FileRead, PaperRead, ReportRead
from schemas.school_names import mentions

_HEAD = 1_500  # letters of a paper that tell what it is and whose
_OF_ANY_PAPER = ("копия", "от", "г", "год", "скан")
_BEGINNING = 300  # letters of it that say what it is
# A report is no paper: it has to come as a form. «Во исполнение приказа», «по исполнению» begin papers too.
_REPORT = re.compile(
    r"\bотч[её]т|\bсведени|\bинформаци[яю]\b|\bинформации\s+об?\b|\b(?:об?|ход)\s+(?:исполнени|выполнени)"
    r"|^\W*(?:исполнение|выполнение)\b",
    re.IGNORECASE | re.MULTILINE,
)
_LONG = 3  # words of an item's wording that no paper has by chance


def with_papers(inbox: Inbox, reads: Sequence[FileRead], registry: Registry, form: Form) -> list[FileRead]:
    """The reads, those of papers with what they are instead of the remark that they are no report; and where a report
    names another number or date than the paper, that is said on the report. `reads`: in the order of the inbox."""
    if registry.draft:
        return list(reads)
    office = _Office(registry, form)
    told = [office.told(path, read, inbox) for path, read in zip(inbox.reports, reads, strict=True)]
    papers = [(read.file, paper) for read in told for paper in read.papers if paper.item]
    return [_held_against(read, papers) for read in told] if papers else told


class _Office:
    """What the office knows: its schools, the papers that it asks for."""

    def __init__(self, registry: Registry, form: Form) -> None:
        self._registry = registry
        self._schools = Schools(registry)
        self._form = form
        self._by_email: dict[str, set[str]] = {}
        for school in registry.schools:
            if school.email:
                self._by_email.setdefault(school.email.casefold(), set()).add(school.code)

    def told(self, path: Path, read: FileRead, inbox: Inbox) -> FileRead:
        name = re.sub(r"[_\s]+", " ", path.stem)
        if read.words is None or self._may_be_a_report(name, read.words):
            return read
        senders = inbox.inside[path].senders if path in inbox.inside else ()
        school = self._school(name, read.words[:_HEAD], senders)
        if not school:
            return read
        details = _details(name, read.words[:_HEAD], self._form)
        by_name = self._paper(
            name, is_name=True, may_be_the_order=self._is_the_order(school, name, read.words, details)
        )
        paper = by_name or self._paper(read.words[:_BEGINNING])
        if paper is None:
            return read  # it may be the scan of a report
        code = "PAPER-RECEIVED" if by_name else "PAPER-BY-TEXT"
        said = remark(code, file=read.file, school=school, document=paper.title)
        return replace(
            read, remarks=(said,), papers=(PaperRead(school, paper.title, details.number, details.day, paper.item),)
        )

    def _may_be_a_report(self, name: str, words: str) -> bool:
        """Where it calls itself one, or says what the form's items say."""
        written = f" {plain(words)} "
        return (
            _REPORT.search(name) is not None
            or _REPORT.search(words[:_BEGINNING]) is not None
            or sum(f" {one} " in written for one in self._wordings) > 1
        )

    @cached_property
    def _wordings(self) -> frozenset[str]:
        known = map(plain, self._form.all_wordings)
        return frozenset(wording for wording in known if len(wording.split()) >= _LONG)

    def _is_the_order(self, school: str, name: str, words: str, details: "_Details") -> bool:
        """May it be the office's order, and none of the school's: it names the order's number, which is not the
        school's. A paper of the school that names the order has a number of its own, which its text tells."""
        own = f" {plain(self._form.order.number)} "
        known = self._registry.school(school)
        if known and own in f" {plain(f'{known.name} {known.full_name}')} ":
            return False
        return own in f" {plain(name)} " or (not details.number and own in f" {plain(words[:_BEGINNING])} ")

    def _school(self, name: str, head: str, senders: Sequence[str]) -> str:
        """The code of the one school that is named, by whatever of them; blank for none and for several."""
        found = {code for sender in senders for code in self._by_email.get(sender, ())}
        for line in (name, *head.splitlines()):
            for said in (*mentions(line), *mentions(self._without_papers(line))):
                if school := self._schools.match(said).school:
                    found.add(school.code)
        return found.pop() if len(found) == 1 else ""

    def _without_papers(self, line: str) -> str:
        """«План действий СОШ № 8» without the words of the paper, which would be taken for the school's."""
        return re.sub(r"\w+", lambda word: " " if self._words.fullmatch(plain(word[0])) else word[0], line)

    def _beside_the_school(self, name: str) -> str:
        of_school = {word for said in mentions(self._without_papers(name)) for word in plain(said).split()}
        words = (word for word in plain(name).split() if word.isalpha() and word not in of_school)
        return " ".join(word for word in words if word not in _OF_ANY_PAPER)

    @cached_property
    def _words(self) -> re.Pattern[str]:
        """The words that papers are called by."""
        known = {
            word for one in self._form.order.papers for said in (one.title, *one.spellings) for word in said.split()
        }
        return re.compile("|".join(sorted(_pattern(word) for word in known if len(word) > 2)) or "$")

    def _paper(self, text: str, is_name: bool = False, may_be_the_order: bool = False) -> Paper | None:
        """The one paper whose words stand in the text. One word alone («приказ») may be any other paper's: it has to be
        all that a file's name says beside the school, numbers and dates, and not the office's own order."""
        written, alone = f" {plain(text)} ", ""
        if is_name and not may_be_the_order:
            alone = f" {self._beside_the_school(text)} "
        found = [
            paper
            for paper in self._form.order.papers
            if any(p.fullmatch(alone) if one_word else p.search(written) for p, one_word in _patterns(paper))
        ]
        return found[0] if len(found) == 1 else None


@lru_cache(maxsize=64)
def _patterns(paper: Paper) -> tuple[tuple[re.Pattern[str], bool], ...]:
    """Its title and its other spellings (`*`: any ending), and is it one word."""
    words = [[_pattern(word) for word in spelling.split()] for spelling in (paper.title, *paper.spellings)]
    return tuple((re.compile(f" {' '.join(some)} "), len(some) == 1) for some in words)


def _pattern(word: str) -> str:
    return rf"{re.escape(plain(word.rstrip('*')))}{'[^ ]*' if word.endswith('*') else ''}"


class _Details(NamedTuple):
    number: str = ""
    day: date | None = None


def _details(name: str, head: str, form: Form) -> _Details:
    """Number and date of the paper itself, where a line holds both and speaks of no other document."""
    lines = [line for line in head.splitlines() if holds_details(line)]
    for line in lines or [name] * holds_details(name):
        found = read_document(line)
        if (found.number, found.day) != (form.order.number, form.order.date):
            return _Details(found.number, found.day)
    return _Details()


# ── against the reports ──────────────────────────────────────────────────────────────────────────────────


def _held_against(read: FileRead, papers: Sequence[tuple[str, PaperRead]]) -> FileRead:
    said = tuple(one for report in read.reports for one in _differences(read.file, report, papers))
    return replace(read, remarks=(*read.remarks, *said)) if said else read


def _differences(file: str, report: ReportRead, papers: Sequence[tuple[str, PaperRead]]) -> Iterator[Remark]:
    own = [(name, paper) for name, paper in papers if paper.school == report.school and paper.number and paper.day]
    for item in dict.fromkeys(paper.item for _, paper in own):
        stated, cell = _stated(report, item)
        of_item = [(name, paper) for name, paper in own if paper.item == item]
        if stated.day is None or any(_is_same(stated, paper) for _, paper in of_item):
            continue
        name, paper = of_item[-1]
        place = {"file": file, "sheet": report.sheet, "cell": cell, "school": report.school, "as_of": report.as_of}
        yield remark("PAPER-DIFFERS", **place, item=item, value=_said(stated), paper=name, there=_said(paper))


def _stated(report: ReportRead, item: str) -> tuple[_Details, str]:
    """What the answer of the item says of number and date, and its cell."""
    facts = [fact for fact in report.facts if fact.item == item]
    said = {fact.field: str(fact.value) for fact in facts}
    cell = facts[0].cell if facts else ""
    if "number" in said and "date" in said:
        return _Details(said["number"], date.fromisoformat(said["date"])), cell
    words = " ".join(said.values())
    if holds_details(words):
        found = read_document(words)
        return _Details(found.number, found.day), cell
    return _Details(), cell


def _is_same(stated: _Details, paper: PaperRead) -> bool:
    return stated.day == paper.day and _plain(stated.number) == _plain(paper.number)


def _plain(number: str) -> str:
    return re.sub(r"[\W_]", "", number.casefold())


def _said(details: "_Details | PaperRead") -> str:
    return f"№ {details.number} от {details.day:%d.%m.%Y}"
