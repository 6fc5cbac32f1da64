"""Whose report it is and for when: what the head says, held against Svod's own `_meta` and the registry."""

import re
from datetime import date
from typing import NamedTuple

from pipeline.reading.finding.head import Head, Meta, read_head
from pipeline.reading.finding.ledger import Ledger
from pipeline.reading.finding.tables import FormOnSheet
from pipeline.reading.schools import Match, Schools
from schemas.district import School
from schemas.remarks import remark
from schemas.reports import Strange


class Identity(NamedTuple):
    """`school` and `as_of` are None where they are not certain: then a remark says why."""

    school: School | None
    school_as_written: str
    as_of: date | None


def read_identity(ledger: Ledger, found: FormOnSheet, schools: Schools, meta: Meta) -> Identity:
    head = read_head(ledger.sheet, found.head_first, found.head_last, ledger.form, schools)
    ledger.label(head.labels)
    return Identity(_school(ledger, head, schools, meta), head.school.text, _as_of(ledger, head, meta))


def _school(ledger: Ledger, head: Head, schools: Schools, meta: Meta) -> School | None:
    by_meta = schools.by_code(meta.school) if meta.school else None
    if not head.school.text:
        if by_meta is None:
            ledger.remarks.append(remark("SCHOOL-MISSING", cell=head.school.cell))
        return by_meta
    match = schools.match(head.school.text)
    said = {"cell": head.school.cell, "value": head.school.text}
    if match.school is None and (code := re.search(r"\(код\s+([^)]+)\)", head.school.text)):
        match = Match(schools.by_code(code[1]), exact=True)
    if match.school is None and match.ambiguous and by_meta in match.candidates:
        return by_meta
    if match.school is None:
        _say_unknown(ledger, match, said)
        return None
    if by_meta and by_meta != match.school:
        ledger.remarks.append(remark("SCHOOL-CONFLICT", **said, form_school=by_meta.name))
        return None
    if match.latin:
        ledger.remarks.append(remark("SCHOOL-LATIN", **said))
    if not match.exact:
        ledger.strange.append(Strange("school", head.school.text, match.school.code))
    return match.school


def _say_unknown(ledger: Ledger, match: Match, said: dict[str, str]) -> None:
    names = "; ".join(f"{s.name} (код {s.code})" for s in match.candidates)
    if match.ambiguous:
        ledger.remarks.append(remark("SCHOOL-AMBIGUOUS", **said, candidates=names))
    else:
        ledger.remarks.append(remark("SCHOOL-UNKNOWN", **said, near=f" Похожие: {names}." if names else ""))


def _as_of(ledger: Ledger, head: Head, meta: Meta) -> date | None:
    if head.as_of_date is None:
        if head.as_of.text:
            example = f"{ledger.form.order.reporting_dates[0]:%d.%m.%Y}"
            said = {"cell": head.as_of.cell, "value": head.as_of.text}
            ledger.remarks.append(remark("DATE-UNREADABLE", **said, example=example))
        else:
            ledger.remarks.append(remark("DATE-MISSING"))
        return None
    if meta.as_of and meta.as_of != head.as_of_date:
        ledger.remarks.append(remark("DATE-CONFLICT", cell=head.as_of.cell, form_date=meta.as_of))
    return head.as_of_date
