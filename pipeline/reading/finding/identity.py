"""Whose report it is and for when: what the head says, held against Svod's own `_meta` and the registry."""

import re
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from pipeline.reading.finding.head import Head, Meta, Said, read_head
from pipeline.reading.finding.ledger import Ledger
from pipeline.reading.finding.tables import FormOnSheet
from pipeline.reading.schools import Match, Schools
from pipeline.wording import day as day_said
from pipeline.wording import on
from schemas.district import School
from schemas.form import Form
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
    if len(head.schools) > 1:
        _say_several(ledger, "SCHOOL-SEVERAL", head.schools)
        return Identity(None, "", _as_of(ledger, head, meta))
    said = head.schools[0] if head.schools else Said()
    return Identity(_school(ledger, said, schools, meta), said.text, _as_of(ledger, head, meta))


def _school(ledger: Ledger, named: Said, schools: Schools, meta: Meta) -> School | None:
    by_meta = schools.by_code(meta.school) if meta.school else None
    if not named.text:
        if by_meta is None:
            ledger.remarks.append(remark("SCHOOL-MISSING", cell=named.cell))
        return by_meta
    match = schools.match(named.text)
    said = {"cell": named.cell, "value": named.text}
    if match.school is None and (code := re.search(r"\(код\s+([^)]+)\)", named.text)):
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
        ledger.strange.append(Strange("school", named.text, match.school.code))
    return match.school


def _say_unknown(ledger: Ledger, match: Match, said: dict[str, str]) -> None:
    names = "; ".join(f"{s.name} (код {s.code})" for s in match.candidates)
    if match.ambiguous:
        ledger.remarks.append(remark("SCHOOL-AMBIGUOUS", **said, candidates=names))
    else:
        ledger.remarks.append(remark("SCHOOL-UNKNOWN", **said, near=f" Похожие: {names}." if names else ""))


def _say_several(ledger: Ledger, code: str, said: Iterable[Said]) -> None:
    """Two things said where one belongs: never the first of them."""
    named = list(said)
    words = "; ".join(f"«{one.text}»" for one in named)
    ledger.remarks.append(remark(code, cell=named[0].cell, value=named[0].text, named=words))


def _as_of(ledger: Ledger, head: Head, meta: Meta) -> date | None:
    if not head.dates:
        ledger.remarks.append(remark("DATE-MISSING"))
        return None
    if len(head.dates) > 1:
        _say_several(ledger, "DATE-SEVERAL", (said for said, _ in head.dates))
        return None
    [(said, day)] = head.dates
    order = ledger.form.order
    if day is None:
        example = _example(ledger.form)
        place = {"cell": said.cell, "value": said.text}
        ledger.remarks.append(remark("DATE-UNREADABLE", **place, example=example))
        return None
    if day < order.date:
        ledger.remarks.append(remark("DATE-BEFORE-ORDER", cell=said.cell, value=said.text, order_date=order.date))
        return None
    if meta.as_of and meta.as_of != day:
        ledger.remarks.append(remark("DATE-CONFLICT", cell=said.cell, form_date=meta.as_of))
    return day


def _example(form: Form) -> str:
    """How the first report says for when it is."""
    first, every = form.order.reporting_dates[0], form.period.every
    return day_said(first) if every == "date" else on(first, every)
