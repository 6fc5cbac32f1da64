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
_REPORT = re.compile(r"\bотч[её]т", re.IGNORECASE)  # a scan of a report is no paper: it has to come as a file


def with_papers(inbox: Inbox, reads: Sequence[FileRead], registry: Registry, form: Form) -> list[FileRead]:
    """The reads, those of papers with what they are instead of the remark that they are no report; and where a report
    names another number or date than the paper, that is said on the report. `reads`: in the order of the inbox."""
    if registry.draft or not any(read.words is not None for read in reads):
        return list(reads)
    office = _Office(registry, form)
    told = [office.told(path, read, inbox) for path, read in zip(inbox.reports, reads, strict=True)]
    papers = [(read.file, paper) for read in told for paper in read.papers if paper.item]
    return [_held_against(read, papers) for read in told] if papers else told


class _Office:
    """What the office knows: its schools, the papers that it asks for."""

    def __init__(self, registry: Registry, form: Form) -> None:
        self._schools = Schools(registry)
        self._form = form
        self._by_email: dict[str, set[str]] = {}
        for school in registry.schools:
            if school.email:
                self._by_email.setdefault(school.email.casefold(), set()).add(school.code)

    def told(self, path: Path, read: FileRead, inbox: Inbox) -> FileRead:
        if read.words is None or _REPORT.search(path.stem):
            return read
        name = re.sub(r"[_\s]+", " ", path.stem)
        senders = inbox.inside[path].senders if path in inbox.inside else ()
        school = self._school(name, read.words[:_HEAD], senders)
        if not school:
            return read
        paper = self._paper(name, is_name=True) or self._paper(read.words[:_HEAD])
        if paper is None:
            return replace(read, remarks=self._unclear(read, school))
        details = _details(name, read.words[:_HEAD], self._form)
        said = remark("PAPER-RECEIVED", file=read.file, school=school, document=paper.title)
        return replace(
            read, remarks=(said,), papers=(PaperRead(school, paper.title, details.number, details.day, paper.item),)
        )

    def _unclear(self, read: FileRead, school: str) -> tuple[Remark, ...]:
        """A text document is told as before: it may be a report that nobody finds in it."""
        if any(said.code != "FILE-KIND" for said in read.remarks):
            return read.remarks
        return (remark("PAPER-UNCLEAR", file=read.file, school=school),)

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

    def _paper(self, text: str, is_name: bool = False) -> Paper | None:
        """The one paper whose words stand in the text. One word alone («приказ») may be any other paper's: it has to be
        all that a file's name says beside the school, numbers and dates."""
        written, alone = f" {plain(text)} ", f" {self._beside_the_school(text)} " if is_name else ""
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
