"""How reports go wrong, by the order and by how people err: a table of faults, each with its way into a report.

The table follows the order and how people fill in forms, not what the checks find: a fault that no remark names yet
stands here all the same, without a code.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import cycle, islice
from pathlib import PurePosixPath
from random import Random
from typing import NamedTuple, TypeVar

from pipeline.demo.answers import Act, Answer, Covered, Document, YesNo
from pipeline.demo.handwriting import Entry
from pipeline.demo.reports import Report, own_form_line
from pipeline.demo.word import form_with_struck_answer, letter
from schemas.district import School
from schemas.form import Form
from schemas.school_names import whole_school

_OF_ONE_KIND = 3
_IN_ONE_REPORT = 3
WHOLE = ""  # in place of an item: the whole report is wrong
_COMPARED = 8  # shares and documents: of a form with fewer a copy is hardly ever told
_MANY = 20  # people: a quarter more of fewer is no jump


@dataclass
class Desk:
    """The reports on their way, and what has been done to them."""

    form: Form
    reports: list[Report]
    dice: Random
    spoilt: list["Spoilt"] = field(default_factory=list)
    attempts: list[Report] = field(default_factory=list)  # files that a later one of the same school corrects

    def plant(self, number: int, erring: frozenset[str], faults: Sequence["Fault"]) -> None:
        """Tries `number` of the faults in turn: wrong answers in reports of the schools `erring` (codes), wrong files
        that are sent again in those of the others."""
        for fault in islice(cycle(faults), min(number, _OF_ONE_KIND * len(faults))):
            for report in self._candidates(fault, erring):
                if self._try(fault, report):
                    break

    def plant_in(self, share: float, faults: Sequence["Fault"]) -> None:
        """One to three wrong answers in so many of the reports, of those faults that a report shows by itself."""
        answers = [fault for fault in faults if not fault.sent_again]
        for report in self.reports:
            if self.dice.random() < share:
                tried = self.dice.sample(answers, len(answers))
                planted = (fault for fault in tried if self._try(fault, report, [report]))
                for _ in islice(planted, self.dice.randint(1, _IN_ONE_REPORT)):
                    pass

    def _candidates(self, fault: "Fault", erring: frozenset[str]) -> list[Report]:
        """In random order; for a wrong answer the least burdened first, of these the latest."""
        if fault.sent_again:
            fit = [r for r in self.reports if not r.corrects and r.school.code not in erring]
            return self.dice.sample(fit, len(fit))
        # What is wrong as a whole bears no second fault: one of the two would not be seen.
        fit = [
            r
            for r in self.reports
            if r.school.code in erring and len(r.spoilt) < _IN_ONE_REPORT and WHOLE not in r.spoilt
        ]
        return sorted(self.dice.sample(fit, len(fit)), key=lambda r: (len(r.spoilt), -r.as_of.toordinal()))

    def _try(self, fault: "Fault", report: Report, among: Sequence[Report] | None = None) -> bool:
        """`among`: the reports that the fault looks at; all of them where nothing is said."""
        sender = report.school
        victim = report.first_attempt() if fault.sent_again else report
        item = fault.plant(Case(self.form, victim, among or self.reports, self.dice))
        if item is None:
            return False
        if fault.sent_again:
            report.correct()
            self.attempts.append(victim)
        victim.spoilt.add(item)
        self.spoilt.append(Spoilt(fault, victim, sender, item))
        return True


class Spoilt(NamedTuple):
    """`item`: blank where the whole report is. The report's school may have been made another: `sender` sent it."""

    fault: "Fault"
    report: Report
    sender: School
    item: str


A = TypeVar("A", bound=Answer)


@dataclass(frozen=True)
class Case:
    """A report that is to go wrong, among all that are on their way."""

    form: Form
    report: Report
    reports: Sequence[Report]
    dice: Random

    @property
    def before(self) -> Report | None:
        """The school's report for the date before this one's."""
        code, day = self.report.school.code, self.report.as_of
        earlier = [r for r in self.reports if r.school.code == code and r.as_of < day]
        return max(earlier, key=lambda r: r.as_of, default=None)

    @property
    def spoilt(self) -> set[str]:
        """Items in which a fault is planted, at whichever date: each is told by what the school said before."""
        return {item for r in self.reports if r.school.code == self.report.school.code for item in r.spoilt}

    def free(self) -> Iterator[str]:
        """Answered items in which no fault is planted yet, in random order."""
        spoilt = self.spoilt
        numbers = [number for number in self.report.answers if number not in spoilt]
        return iter(self.dice.sample(numbers, len(numbers)))

    def answers(self, kind: type[A]) -> Iterator[tuple[str, A]]:
        """Free items with their answers of one kind."""
        for number in self.free():
            answer = self.report.answers[number]
            if isinstance(answer, kind):
                yield number, answer

    def shares(self) -> Iterator[tuple[str, int]]:
        """Free items with a share that leaves room to mistype it, and that share in whole percent."""
        for number in self.free():
            percent = self.report.percent(number)
            if percent is not None and 12 <= percent <= 94:
                yield number, percent

    def give(self, number: str, answer: Answer, *, spelt_out: bool = False) -> str:
        """Puts another answer in the place of the true one, typed by the same hand."""
        self.report.give(self.form, number, answer, spelt_out=spelt_out)
        return number

    def type(self, number: str, value: str, number_format: str = "General") -> str:
        """Puts words where the answer stood, from which nothing can be taken."""
        self.report.entries[number] = Entry(value, number_format)
        return number


Plant = Callable[[Case], str | None]  # the item that is spoilt, blank for the whole report; None: cannot be done here


@dataclass(frozen=True)
class Fault:
    """`codes`: remarks that name it; none: no remark does yet. `sent_again`: the school sends a right file later."""

    name: str
    codes: frozenset[str]
    plant: Plant
    sent_again: bool = False


# ── an answer mistyped ───────────────────────────────────────────────────────────────────────────────────────────
def _share_as(pattern: str) -> Plant:
    """`{p}`: the true percent, `{more}`: five more."""

    def plant(case: Case) -> str | None:
        return next((case.type(n, pattern.format(p=p, more=p + 5)) for n, p in case.shares()), None)

    return plant


_LIKE_DIGITS = str.maketrans("03", "ОЗ")


def _letter_for_digit(case: Case) -> str | None:
    for number, percent in case.shares():
        if (spoilt := str(percent).translate(_LIKE_DIGITS)) != str(percent):
            return case.type(number, f"{spoilt}%")
    return None


def _count_above_total(case: Case) -> str | None:
    for number, answer in case.answers(Covered):
        return case.give(number, replace(answer, count=answer.total + 7), spelt_out=True)
    return None


def _percent_disagrees(case: Case) -> str | None:
    for number, answer in _covered_in_words(case):
        percent = case.report.percent(number)
        if percent is not None and percent < 80:
            return case.type(number, f"{answer.count} чел. / {percent + 14} %")
    return None


def _total_not_as_in_registry(case: Case) -> str | None:
    for number, answer in _covered_in_words(case):
        return case.give(number, replace(answer, total=answer.total + 9), spelt_out=True)
    return None


def _covered_in_words(case: Case) -> Iterator[tuple[str, Covered]]:
    """Only on the order's form: the own one computes percents and takes the whole from one place."""
    return iter(()) if case.report.hand.own_form else case.answers(Covered)


def _two_answers(case: Case) -> str | None:
    if case.report.hand.own_form:
        return None
    for number, percent in case.shares():
        first = case.report.entries[number]
        case.report.entries[number] = replace(first, facts={})
        case.report.again[number] = Entry(f"{percent + 5} %")
        return number
    return None


def _another_answer_beside(case: Case) -> str | None:
    """In a column of its own, without a heading: whose answer is it?"""
    for number, percent in () if case.report.hand.own_form else case.shares():
        case.report.entries[number] = replace(case.report.entries[number], facts={})
        case.report.beside[number] = Entry(f"{percent + 5} %")
        return number
    return None


def _share_typed_over(case: Case) -> str | None:
    """Over the own form's formula, and not what the people are."""
    for number, percent in case.shares() if case.report.hand.own_form else ():
        if isinstance(case.report.answers[number], Covered) and percent < 75:
            case.report.entries[number] = replace(case.report.entries[number], facts={})
            case.report.typed_shares[number] = percent + 20
            return number
    return None


def _formula(case: Case) -> str | None:
    return next((case.type(n, f"={p}/100", "0%") for n, p in case.shares()), None)


def _error_cell(case: Case) -> str | None:
    words = case.dice.choice(("#DIV/0!", "#ДЕЛ/0!"))
    return next((case.type(n, words) for n, _ in case.shares()), None)


# ── an answer against the order or the school's other answers ────────────────────────────────────────────────────
def _above_limit(which: int) -> Plant:
    """Against the form's control of that index: the wider figure was not kept up."""

    def plant(case: Case) -> str | None:
        covered = dict(case.answers(Covered))
        for control in case.form.controls[which : which + 1]:
            item, limit = covered.get(control.item), covered.get(control.limit)
            if item and limit and item.count >= 10:
                case.give(control.limit, replace(limit, count=round(item.count * 0.8)))
                case.report.spoilt.add(control.limit)
                return control.item
        return None

    return plant


def _left_empty(case: Case) -> str | None:
    for number in case.free():
        due = case.form.answer_due.get(number)
        if due and due < case.report.as_of:
            case.report.take_out(number)
            return number
    return None


def _signed_later(case: Case) -> str | None:
    for number, document in case.answers(Document):
        return case.give(number, replace(document, day=case.report.as_of + timedelta(days=20)))
    return None


def _without_number(case: Case) -> str | None:
    for number, act in case.answers(Act):
        signed = act.document.day
        facts = {"title": act.title, "date": signed.isoformat()}
        case.report.entries[number] = Entry(f"приказ от {signed:%d.%m.%Y}", beside=act.title, facts=facts)
        return number
    return None


def _no_after_deadline(case: Case) -> str | None:
    for number, _ in case.answers(YesNo):
        due = case.form.item(number).due
        if due and due < case.report.as_of:
            return case.give(number, YesNo(False))
    return None


# ── a report against the one before, and against another school's ────────────────────────────────────────────────
def _count_falls(case: Case) -> str | None:
    for number, answer in case.answers(Covered):
        earlier = case.before.answers.get(number) if case.before else None
        if isinstance(earlier, Covered) and earlier.count >= 20:
            return case.give(number, replace(answer, count=round(earlier.count * 0.8)))
    return None


def _document_vanishes(case: Case) -> str | None:
    """The last of several: the rows above it keep their numbers."""
    for number, _ in case.answers(Act):
        group, _, place = number.rpartition(".")
        last = f"{group}.{int(place) + 1}" not in case.report.answers
        if last and int(place) > 1 and case.before and number in case.before.answers:
            case.report.take_out(number)
            return number
    return None


def _base_jumps(case: Case) -> str | None:
    """A quarter more people than at the last date, wherever they are the whole: of a base on whose items no other fault
    rests, for a greater whole would make «more than all» right."""
    wholes = [base.id for base in case.form.bases if not base.part_of]
    spoilt = {case.form.item(number).base for number in case.spoilt if number}
    for base in case.dice.sample(wholes, len(wholes)):
        covered = [(n, a) for n, a in case.answers(Covered) if case.form.item(n).base == base]
        if case.before and covered and base not in spoilt and case.report.school.bases[base] >= _MANY:
            people = round(case.report.school.bases[base] * 1.25)
            bases = case.report.school.bases | {base: float(people)}
            case.report.school = replace(case.report.school, bases=bases)
            for number, answer in covered:
                case.give(number, replace(answer, total=people), spelt_out=True)
                case.report.spoilt.add(number)
            return min((number for number, _ in covered), key=case.form.sort_key)  # where it is told of them all
    return None


def _copied(case: Case) -> str | None:
    """From a smaller school, for an earlier date: the district's last picture keeps its own figures. Of a form that
    asks for little a copy is no proof: a school's own totals and round shares leave nothing alike."""
    if sum(item.measured or item.documented for item in case.form.items) < _COMPARED:
        return None
    report = case.report
    last = max(r.as_of for r in case.reports)
    for donor in case.reports:
        smaller = all(people <= report.school.bases[base] for base, people in donor.school.bases.items())
        alike = donor.as_of == report.as_of and donor.school != report.school and smaller
        if alike and report.as_of < last and not donor.spoilt and not report.spoilt:
            donor.spoilt.add(WHOLE)  # it stays what was copied
            report.answers, report.entries, report.problems = {}, {}, list(donor.problems)
            for number, answer in donor.answers.items():
                case.give(number, _with_own_total(case, number, answer))
            return ""
    return None


def _with_own_total(case: Case, number: str, answer: Answer) -> Answer:
    """On its own form the school's whole stands printed: nobody copies that."""
    if case.report.hand.own_form and isinstance(answer, Covered):
        return replace(answer, total=round(case.report.school.bases[case.form.item(number).base]))
    return answer


# ── the head, the file ───────────────────────────────────────────────────────────────────────────────────────────
def _school_called(name: str) -> Plant:
    def plant(case: Case) -> str:
        case.report.school_line = name
        return ""

    return plant


def _kindergarten(case: Case) -> str | None:
    """Another institution that bears the school's number."""
    number = re.search(r"\d+", case.report.school.name)
    return _school_called(f"МБДОУ «Детский сад № {number[0]} «Ромашка»")(case) if number else None


def _form_of_neighbour(case: Case) -> str | None:
    """The own form that was handed out to another school, its heading typed over."""
    report = case.report
    others = sorted({r.school.code: r.school for r in case.reports if r.school != report.school}.items())
    if not report.hand.own_form or not others:
        return None
    report.school_line = own_form_line(report.school)
    report.school = case.dice.choice(others)[1]
    return ""


def _without_date(case: Case) -> str:
    case.report.date_line = ""
    return ""


def _next_year(case: Case) -> str:
    case.report.date_line = case.report.as_of + timedelta(days=365)
    return ""


def _nothing_filled_in(case: Case) -> str:
    case.report.answers, case.report.entries, case.report.problems = {}, {}, []
    return ""


def _sent_twice(case: Case) -> str | None:
    for number, answer in case.answers(Covered):
        case.give(number, replace(answer, count=round(answer.count * 0.9)))
        return ""
    return None


def _two_answers_in_one_book(case: Case) -> str | None:
    """The school's report for the date a second time, on another sheet, with another share."""
    for number, percent in () if case.report.hand.own_form else case.shares():
        twin = case.report.first_attempt()
        twin.entries[number] = Entry(f"{percent + 5} %")
        case.report.twin = twin
        return ""
    return None


def _form_of_another_order(case: Case) -> str | None:
    """Its items bear numbers that this order's form has too."""
    if case.report.hand.own_form:
        return None
    case.report.foreign = True
    return ""


def _half_arrived(case: Case) -> str:
    case.report.cut_off = True
    return ""


def _scan_in_disguise(case: Case) -> str:
    case.report.content = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
    return ""


def _covering_letter(case: Case) -> str:
    case.report.content = letter("Направляем отчёт о выполнении приказа. Директор школы")
    case.report.file = str(PurePosixPath(case.report.file).with_suffix(".docx"))
    return ""


def _struck_out_in_word(case: Case) -> str | None:
    for number, _ in case.shares():
        case.report.content = form_with_struck_answer(case.report, case.form, number)
        case.report.file = str(PurePosixPath(case.report.file).with_suffix(".docx"))
        return number
    return None


def _by_class(case: Case) -> str | None:
    """A share for the lower grades and another for the upper ones."""
    for number, percent in () if case.report.hand.own_form else case.shares():
        answer = case.report.answers[number]
        if isinstance(answer, Covered) and answer.classes and percent > 20:
            grades = whole_school(case.report.school.full_name)
            half = len(grades) // 2
            lower, upper = (f"{part[0]}-{part[-1]} кл." for part in (grades[:half], grades[half:]))
            return case.type(number, f"{lower} – {percent - 8} %, {upper} – {percent + 5} %")
    return None


def _answer(name: str, plant: Plant, *codes: str) -> Fault:
    return Fault(name, frozenset(codes), plant)


def _file(name: str, plant: Plant, *codes: str) -> Fault:
    return Fault(name, frozenset(codes), plant, sent_again=True)


# What is tried first can be planted in reports that bear nothing yet.
FAULTS = (
    _answer("те же ответы, что у другой школы", _copied, "SAME-ANSWERS"),
    _answer("процент диапазоном", _share_as("{p}–{more} %"), "NUM-RANGE"),
    _file("школа, которой нет в реестре", _school_called("МБОУ СОШ № 904 п. Дальний"), "SCHOOL-UNKNOWN"),
    _answer("«более» вместо числа", _share_as("более {p} %"), "NUM-BOUND"),
    _answer("пустой ответ после срока", _left_empty, "ANSWER-MISSING", "ANSWER-GONE", "DOC-GONE"),
    _file("снимок PDF под видом книги Excel", _scan_in_disguise, "FILE-KIND"),
    _answer("буква вместо цифры", _letter_for_digit, "NUM-LETTER"),
    _answer("больше, чем в связанном пункте", _above_limit(0), "ABOVE-LIMIT"),
    _file("дата отчёта не указана", _without_date, "DATE-MISSING", "DATE-UNREADABLE"),
    _answer("охвачено больше, чем всего", _count_above_total, "COUNT-ABOVE-TOTAL"),
    _answer("число меньше, чем в прошлом отчёте", _count_falls, "COUNT-FELL"),
    _answer("процент не сходится с людьми", _percent_disagrees, "PCT-DISAGREES"),
    _file("незаполненный бланк", _nothing_filled_in, "REPORT-EMPTY"),
    _answer("документ подписан позже отчёта", _signed_later, "DOC-AFTER-REPORT"),
    _answer("больше 100 %", _share_as("104 %"), "PCT-ABOVE-100"),
    _file("два файла на одну дату", _sent_twice, "REPORT-SUPERSEDED"),
    _answer("«около» вместо числа", _share_as("около {p} %"), "NUM-ABOUT"),
    _answer("всего — не как в реестре", _total_not_as_in_registry, "TOTAL-NOT-BASE"),
    _file("файл скопирован не до конца", _half_arrived, "FILE-DAMAGED"),
    _answer("документ без номера", _without_number, "DOC-INCOMPLETE"),
    _answer("больше, чем в другом связанном пункте", _above_limit(1), "ABOVE-LIMIT"),
    _file("письмо Word вместо бланка", _covering_letter, "FILE-KIND", "FILE-NO-FORM"),
    _answer("два разных ответа на один пункт", _two_answers, "ANSWER-TWICE"),
    _answer("ошибка вместо числа", _error_cell, "CELL-ERROR"),
    _file("отчёт на будущую дату", _next_year, "DATE-FUTURE"),
    _answer("формула без значения", _formula, "CELL-NO-VALUE"),
    _answer("документ пропал", _document_vanishes, "DOC-GONE"),
    _file("бланк соседней школы", _form_of_neighbour, "SCHOOL-CONFLICT"),
    _answer("слова вместо числа", _share_as("в процессе"), "NUM-NONE"),
    _answer("всего — на четверть больше прошлого", _base_jumps, "BASE-JUMP"),
    _file("неузнаваемое название школы", _school_called("МБОУ «Шк. им. героя», пос."), "SCHOOL-UNKNOWN"),
    _answer("«нет» после срока", _no_after_deadline, "ANSWER-NO"),
    _answer("другой ответ рядом, в столбце без названия", _another_answer_beside, "ANSWER-DISPUTED"),
    _file("детский сад с номером школы", _kindergarten, "SCHOOL-UNKNOWN"),
    _answer("доля вписана поверх формулы", _share_typed_over, "ANSWER-TWICE"),
    _file("форма другого приказа", _form_of_another_order, "FORM-OTHER-ORDER"),
    _file("зачёркнутый ответ в файле Word", _struck_out_in_word, "ANSWER-ASIDE"),
    _file("два разных отчёта на одну дату в книге", _two_answers_in_one_book, "FORM-CONFLICT"),
    _answer("ответ по классам вместо одного числа", _by_class, "CLASSES-APART"),
)
