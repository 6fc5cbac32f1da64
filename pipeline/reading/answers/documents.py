"""Number and date of a document: «Приказ № 12-од от 05.12.2013», «пр. 137 от 8 декабря 2013 г.», «б/н от 08.12.13»."""

import re
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from pipeline.reading.answers.dates import FIRST_YEAR_OF_DOCUMENT, LONGEST, find_dates

NO_NUMBER = "б/н"

_SUFFIX = r"(?:\s?[-–]\s?(?:од|ах|п|р|л|у|ш)|\s(?:о[/-]?д|п))(?![^\W_])"  # «12 - од», «12 о/д»
_NUMBER = rf"(?=[\w/\-–.]*[0-9])[^\W_][\w/\-–.]*(?:{_SUFFIX})?"
_SIGNED = re.compile(rf"(?:№{{1,2}}|\bN[oо°º]?\.?(?=\s*[0-9])|#|\bномер:?)\s*(?P<number>{_NUMBER})", re.IGNORECASE)
_UNNUMBERED = re.compile(r"\bб\s?[/.]\s?н\b\.?|\bбез\s+номера\b", re.IGNORECASE)
_PAPER = r"\b(?:(?:приказ|протокол|распоряжени|постановлени|решени|положени|договор|акт)[а-я]*|прик?)\b\.?"
_ANY_PAPER = re.compile(_PAPER, re.IGNORECASE)
_RUN_ON = re.compile(r"(?<=[0-9])от$", re.IGNORECASE)
# Without a sign a number is a document's only right after the paper's name, right before «от» and the date, or alone.
_UNSIGNED = re.compile(
    rf"{_PAPER}\s+(?P<named>{_NUMBER})|\A\W*(?P<first>{_NUMBER})(?=\s+от\s*\x00)|\A(?P<alone>{_NUMBER})\Z",
    re.IGNORECASE,
)
# «СОШ № 5»: the school's number. «приказ по школе № 12» is the order's own.
_SCHOOL = re.compile(r"\b(?:[МГ]?[БКА]?ОУ|[СОН]ОШ|гимнази[яию]|лице[йяею]|школы|интерната)\W*\Z", re.IGNORECASE)
_OF_ANOTHER = re.compile(
    rf"\b(?:в|во|к|ко|о|об|по|на|из|с|со|взамен)\s+(?:\w+\s+)?{_PAPER}"
    r"|\b(?:основани|исполнени|соответстви|отмен|согласно|изменени[яй]\s+(?:к|в)\b|закон|фз\b|федеральн|министерств|управлени)",
    re.IGNORECASE,
)
_KIND_OF_PAPER = r"приказ|положени|план(?!ш)|распоряж|постановл|регламент|инструкц|акт(?!ив)|документ"
# A paper that is not in force yet, or no longer, said right behind its date, in brackets or behind a mark: «в работе
# школы», «прежний план отменён» say nothing of it.
_BEGINS = r"(?:\A|[-–—,;:(]|\.\d{2,4}\s*(?:г\b\.?)?\s)\s*"
_ENDS = r"(?=\s*(?:[-–—,;.)]|\Z))"
_DRAFT = re.compile(
    rf"(?:\A\W*|(?:(?<!\w)[-–—]|[,;(])\s*)(?:проекты?|черновик)(?:{_ENDS}|\s+(?:{_KIND_OF_PAPER}))(?!.*утвержд[её]н)"
    rf"|(?:{_BEGINS}|\b(?:{_KIND_OF_PAPER})[а-я]*\s+)(?:(?:ещ[её]|пока|находится)\s+)*"
    r"(?:не\s+(?:был[аоы]?\s+)?(?:утвержд[её]н|подписан|принят|издан)[аоы]?"
    rf"|на\s+(?:согласовании|утверждении|подписании|подписи|доработке))(?:{_ENDS}|\s+у\b)",
    re.IGNORECASE | re.DOTALL,
)
_CANCELLED = re.compile(
    rf"{_BEGINS}(?:отмен[её]н[аоы]?|аннулирован[аоы]?|утратил[аои]?\s+силу|недействител[а-я]+|не\s+действует){_ENDS}",
    re.IGNORECASE,
)
_TITLE = re.compile("«[^»]*»|\"[^\"]*\"|„[^“”]*[“”]|“[^”]*”|'[^']*'")
_HELD = "\x00"  # stands for every letter of a date, so that no number can run into it


class Document(NamedTuple):
    """What was found. `impossible`: a date, as written, that no calendar has. `several`: more than one is named."""

    number: str = ""
    day: date | None = None
    impossible: str = ""
    several: bool = False


class _Mark(NamedTuple):
    start: int
    number: str = ""
    day: date | None = None
    impossible: str = ""


def is_not_in_force(text: str, *, several: bool) -> bool:
    """«проект приказа № 12 от …», «приказ № 12 от … (отменён)», «на согласовании». Where several are named, another may
    be the one that is cancelled. A title in quotation marks says nothing of it."""
    bare = _TITLE.sub("«»", text)
    return bool(_DRAFT.search(bare) or (not several and _CANCELLED.search(bare)))


@lru_cache(maxsize=8192)
def read_document(text: str) -> Document:
    """The first document that the text names."""
    written = list(find_dates(text, FIRST_YEAR_OF_DOCUMENT))
    held = text
    for found in written:
        held = held[: found.start] + _HELD * (found.end - found.start) + held[found.end :]
    numbers = _numbers(held)
    dates = [_Mark(d.start, "", d.day, "" if d.day else d.text) for d in written]
    first = _of_first(sorted([*numbers, *dates], key=lambda mark: mark.start), held)
    return Document(
        next((mark.number for mark in first if mark.number), ""),
        next((mark.day for mark in first if mark.day), None),
        next((mark.impossible for mark in first if mark.impossible), ""),
        several=len(numbers) > 1 or len(dates) > 1,
    )


def holds_details(title: str) -> bool:
    """Does a document's title hold number and date, both its own: «Положение о дневнике (приказ № 208 от …)».

    Not where it speaks of another document: «Изменения в приказ № 5 от …», «на основании закона № 152-ФЗ от …».
    """
    document = read_document(title[:LONGEST])
    whole = bool(document.number and document.day) and not document.several
    return whole and not _OF_ANOTHER.search(title)


def _of_first(marks: list[_Mark], held: str) -> list[_Mark]:
    """The first document's number and date: side by side, with no other paper named between them."""
    if len(marks) < 2 or bool(marks[0].number) == bool(marks[1].number):
        return marks[:1]
    another = _ANY_PAPER.search(held[marks[0].start : marks[1].start].partition(" ")[2])
    return marks[:1] if another else marks[:2]


def _numbers(held: str) -> list[_Mark]:
    signed = [
        _Mark(found.start(), _trimmed(found["number"]))
        for found in _SIGNED.finditer(held)
        if not _SCHOOL.search(held[: found.start()])
    ]
    unnumbered = [_Mark(found.start(), NO_NUMBER) for found in _UNNUMBERED.finditer(held)]
    if signed or unnumbered:
        return signed + unnumbered
    unsigned = _UNSIGNED.finditer(held)
    return [_Mark(found.start(), _trimmed(found["named"] or found["first"] or found["alone"])) for found in unsigned]


def _trimmed(number: str) -> str:
    """Without what runs on into it: `137от` before a date, a full stop."""
    return _RUN_ON.sub("", number.strip()).rstrip(".-–/ ")
