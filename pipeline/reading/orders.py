"""One input folder, several orders: which file, and which report in it, is whose."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from pipeline.reading.finding.order import order_in_title
from pipeline.reading.intake import Intake
from schemas.form import Form
from schemas.remarks import remark
from schemas.reports import FileRead, ReportRead

_REGISTRY = "FILE-REGISTRY"
_FOREIGN = {"FILE-NO-FORM", _REGISTRY, "FORM-OTHER-ORDER"}  # said of a file in which the form is not found


@dataclass(frozen=True)
class Shared:
    """`intakes`: of each order, without the files of the others; `nobodys`: files in which no order, or every one,
    finds nothing of its own, told of in each."""

    intakes: list[Intake]
    nobodys: list[str]


def others(form: Form, forms: Sequence[Form]) -> tuple[Form, ...]:
    """Those that stand beside it in the settings."""
    return tuple(one for one in forms if one is not form)


def share_out(forms: Sequence[Form], intakes: Sequence[Intake]) -> Shared:
    """`intakes`: the same folder, read with each of the forms in turn."""
    reads = [dict(zip(intake.inbox.reports, intake.reads, strict=True)) for intake in intakes]
    kept: list[dict[Path, FileRead]] = [{} for _ in forms]
    nobodys = []
    # an archive that took too long to open under one of the forms is a file there and a folder of files elsewhere
    for path in dict.fromkeys(path for known in reads for path in known):
        of_file = [known.get(path) for known in reads]
        named = next(read.file for read in of_file if read)
        told = _without_doubles(forms, [read or FileRead(named, "") for read in of_file])
        takers = _takers(told)
        if not takers:
            nobodys.append(told[0].file)
        for n in takers or range(len(forms)):
            if of_file[n] is not None:
                kept[n][path] = told[n]
    return Shared([_with(intake, found) for intake, found in zip(intakes, kept, strict=True)], nobodys)


def _with(intake: Intake, reads: dict[Path, FileRead]) -> Intake:
    inbox = msgspec.structs.replace(intake.inbox, reports=[path for path in intake.inbox.reports if path in reads])
    return msgspec.structs.replace(intake, inbox=inbox, reads=[reads[path] for path in inbox.reports])


def _takers(reads: Sequence[FileRead]) -> list[int]:
    """Whose the file is: a summary that has come back is its order's alone, a paper is of those that ask for it, and a
    copy of the registry, in which no order finds its form, of those that know it. None where no order finds its form,
    or the file cannot be opened."""
    decided = [n for n, read in enumerate(reads) if read.decisions is not None]
    if decided:
        return decided
    if papers := [n for n, read in enumerate(reads) if read.papers]:
        return papers
    if not any(_is_foreign(read) for read in reads) and not any(read.reports for read in reads):
        return []
    if all(map(_is_foreign, reads)):
        return [n for n, read in enumerate(reads) if any(said.code == _REGISTRY for said in read.remarks)]
    return [n for n, read in enumerate(reads) if not _is_foreign(read)]


def _is_foreign(read: FileRead) -> bool:
    return not read.reports and any(said.code in _FOREIGN for said in read.remarks)


def _without_doubles(forms: Sequence[Form], reads: Sequence[FileRead]) -> list[FileRead]:
    """A sheet in which several orders find a report is the one's whose title it bears; else nobody's, and that is
    said."""
    sheets = [{report.sheet for report in read.reports} for read in reads]
    result = []
    for n, read in enumerate(reads):
        for report in read.reports:
            claiming = [form for form, some in zip(forms, sheets, strict=True) if report.sheet in some]
            if len(claiming) == 1:
                continue
            owner = order_in_title(report.title, claiming)
            if owner is not forms[n]:
                read = _without(read, report)
                if owner is None:
                    orders = ", ".join(f"№ {form.order.number}" for form in claiming)
                    why = f" (на лист подходят приказы {orders}, а заголовок не говорит, чей он)"
                    place = {"file": read.file, "sheet": report.sheet}
                    said = remark("FORM-OTHER-ORDER", **place, other=why, subject=forms[n].subject)
                    read = replace(read, remarks=(*read.remarks, said))
        result.append(read if read.reports or read.remarks or read.decisions else _nothing(read, forms[n]))
    return result


def _nothing(read: FileRead, form: Form) -> FileRead:
    """All its sheets have turned out to be another order's."""
    return replace(read, remarks=(remark("FORM-OTHER-ORDER", file=read.file, other="", subject=form.subject),))


def _without(read: FileRead, report: ReportRead) -> FileRead:
    reports = tuple(one for one in read.reports if one is not report)
    place = report.sheet, report.school, report.as_of
    return replace(
        read,
        reports=reports,
        remarks=tuple(said for said in read.remarks if (said.sheet, said.school, said.as_of) != place),
    )
