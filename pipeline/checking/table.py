"""Reports as read become one long table of facts, completed by what follows from them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import chain, compress, groupby, islice, starmap
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pandas as pd

from schemas.answers import BASES_OF_FACTS, FIGURES, Why
from schemas.district import Registry
from schemas.form import Form
from schemas.remarks import Remark, remark
from schemas.reports import (
    FORMER,
    FORMER_DAY,
    INSTEAD_OF_ANSWERS,
    PROBLEM_FIELDS,
    WITHDRAWN,
    Fact,
    FileRead,
    ReportRead,
)

Place = tuple[str, str, str, date | None]  # file, sheet, school, date: whose report, and where it stands
StatedFact = tuple[str, str, str, float]  # item, field, text, number (-1 where there is none)

_PLACE = ["file", "sheet", "cell", "school_code", "as_of"]
_NOWHERE = -1
_INSTEAD, _FIELD = frozenset(INSTEAD_OF_ANSWERS), attrgetter("field")
_BASES = ("", *sorted(BASES_OF_FACTS))  # of a figure of an answer; blank: no such figure


class Reference(NamedTuple):
    """«без изменений» in an answer's cell. `day`: of the report that is meant (`2014-03-20`, `03-20`, `03`), blank: the
    last."""

    cell: str
    words: str
    day: str


class Report(msgspec.Struct, frozen=True):
    """Head of one report in the batch: whose, for when, from where, arrived when."""

    number: int
    file: str
    sheet: str
    school: str
    as_of: date | None
    arrived: datetime | None
    answer_cells: dict[str, str]
    written: frozenset[str]
    bases: tuple[tuple[str, float, str], ...]  # passport of Svod's own form: base, people, cell
    own_form: bool
    references: dict[str, Reference] = {}  # item -> instead of its answer, to the former one
    withdrawn: frozenset[str] = frozenset()  # items whose former answer the school takes back

    @property
    def usable(self) -> bool:
        """Whose and for when are both known."""
        return bool(self.school) and self.as_of is not None

    @property
    def place(self) -> Place:
        return self.file, self.sheet, self.school, self.as_of

    def remark(self, code: str, **fields: object) -> Remark:
        """A remark that stands on this report."""
        place = {"file": self.file, "sheet": self.sheet, "school": self.school, "as_of": self.as_of}
        return remark(code, **place, **fields)


class FactRow(NamedTuple):
    """One row of the long table, as far as a remark on it needs it."""

    report: int
    file: str
    sheet: str
    cell: str
    school_code: str
    as_of: str
    item: str
    field: str
    text: str
    number: float
    basis: str
    carried: str

    @property
    def written(self) -> str:
        """The fact in words: its text, «331», «44,5 %»."""
        if self.text:
            return self.text
        figure = f"{self.number:.10g}".replace(".", ",")
        return f"{figure} %" if self.field == "percent" else figure

    def remark(self, code: str, **figures: object) -> Remark:
        """A remark that stands on this fact."""
        return remark(
            code,
            file=self.file,
            sheet=self.sheet,
            cell=self.cell,
            school=self.school_code,
            as_of=date.fromisoformat(self.as_of) if self.as_of else None,
            item=self.item,
            value=self.written,
            **figures,
        )


def place_of(about: Remark) -> Place:
    """The report that a remark is about, as `Report.place` says it."""
    return about.file, about.sheet, about.school, about.as_of


def reports_of(reads: list[FileRead], arrivals: dict[str, datetime | None]) -> list[Report]:
    """Heads of all reports, numbered in the order of files and sheets. `arrivals`: file -> arrival."""
    found = ((read.file, report) for read in reads for report in read.reports)
    return [_head(number, file, report, arrivals.get(file)) for number, (file, report) in enumerate(found)]


def _head(number: int, file: str, report: ReportRead, arrived: datetime | None) -> Report:
    instead = [fact for fact in report.facts if fact.field in _INSTEAD] if _says_instead(report) else []
    return Report(
        number,
        file,
        report.sheet,
        report.school,
        report.as_of,
        arrived,
        report.answer_cells,
        report.written,
        report.bases,
        report.own_form,
        _references(instead),
        frozenset(fact.item for fact in instead if fact.field == WITHDRAWN),
    )


def _says_instead(report: ReportRead) -> bool:
    """Is anything said in place of an answer, as in few reports: asked at once of all that is said."""
    return not _INSTEAD.isdisjoint(map(_FIELD, report.facts))


def _references(instead: Sequence[Fact]) -> dict[str, Reference]:
    """Item -> what is said in place of its answer."""
    days = {fact.item: str(fact.value) for fact in instead if fact.field == FORMER_DAY}
    said = (fact for fact in instead if fact.field == FORMER)
    return {fact.item: Reference(fact.cell, str(fact.value), days.get(fact.item, "")) for fact in said}


def answers_table(reads: list[FileRead], form: Form, registry: Registry) -> pd.DataFrame:
    """All facts of the batch (`schemas.answers.Answers`), stated and derived, one row number each."""
    stated = _stated(reads)
    return with_facts(stated, _derived(stated, form, registry))


def with_facts(table: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
    """The table, and facts below it in its types. Raises ValueError for a text that is none of its categories, of which
    nothing would be left."""
    for name, texts in table.select_dtypes("category").items():
        if not facts[name].isin(texts.cat.categories).all():
            raise ValueError(f"a text is none of the table's categories: {name}")
    return pd.concat([table, facts.astype(table.dtypes.to_dict())], ignore_index=True)


def coverage_of(table: pd.DataFrame, form: Form) -> pd.DataFrame:
    """Coverage answers side by side: one row a report and item, in reading order — school_code; count, total, percent
    (NaN: no such figure), each with its `…_basis` (stated, derived; blank: no such figure) and its `…_row`, that of the
    table which says so; half, of a stated percent half a unit of its last digit, NaN where none is stated; `said_row`:
    the one that states the share itself."""
    items = [item.number for item in form.coverage_items]
    said = table[table["item"].isin(items) & table["field"].isin(FIGURES)]
    at, answers = pd.factorize(_keys(said)[0])
    numbers, rows = said["number"].to_numpy(), said.index.to_numpy()
    first = _first(at, np.full(len(at), True), len(answers))
    wide = said[["report", "item", "school_code"]].iloc[first].reset_index(drop=True)
    stated_at = {name: _first(at, (said["field"] == name).to_numpy(), len(answers)) for name in FIGURES}
    bases = said["basis"].cat.set_categories(_BASES)
    for name, here in stated_at.items():
        known = here != _NOWHERE
        wide[name] = np.where(known, numbers[here], np.nan)
        wide[f"{name}_basis"] = bases.iloc[here].reset_index(drop=True).where(known, "")
        wide[f"{name}_row"] = np.where(known, rows[here], np.nan)
    shares = stated_at["percent"]
    wide["half"] = np.where(shares != _NOWHERE, said["half"].to_numpy()[shares], np.nan)
    wide = wide[wide["count"].notna() | wide["percent"].notna()].reset_index(drop=True)
    stated = wide["percent_row"].where(wide["percent_basis"] == "stated")
    return wide.assign(said_row=stated.fillna(wide["count_row"]).astype("int64"))


def of_keys(table: pd.DataFrame, keys: Iterable[tuple[int, str]]) -> "pd.Series[bool]":
    """Which rows are of one of these reports and items."""
    own, items = _keys(table)
    wanted = [number * len(items) + items[item] for number, item in keys if item in items]
    return pd.Series(np.isin(own, np.array(wanted, int)), index=table.index, dtype="bool")


def _keys(table: pd.DataFrame) -> "tuple[np.ndarray[Any, Any], dict[str, int]]":
    """One number for report and item of each row: that of the report, so many items a report, and that of the item; the
    numbers of the items."""
    codes, items = pd.factorize(table["item"])
    return table["report"].to_numpy() * len(items) + codes, {item: code for code, item in enumerate(items)}


def _first(at: "np.ndarray[Any, Any]", wanted: "np.ndarray[Any, Any]", answers: int) -> "np.ndarray[Any, Any]":
    """Position of the first wanted fact of each answer. `at`: number of each fact's answer, of so many."""
    found = np.full(answers, _NOWHERE)
    positions = np.flatnonzero(wanted)[::-1]  # the last ones first: those before them take their places
    found[at[positions]] = positions
    return found


def fact_rows(table: pd.DataFrame, numbers: "pd.Series[float] | pd.Index[int]") -> Iterator[FactRow]:
    """The facts of these row numbers, in their order."""
    rows = table.loc[numbers.astype("int64")]
    return starmap(FactRow, values_of(rows, *FactRow._fields))


def values_of(table: pd.DataFrame, *columns: str) -> "Iterator[tuple[Any, ...]]":
    """Row by row the values of these columns: a column's texts are fetched all at once, not one by one."""
    return zip(*(table[name].tolist() for name in columns), strict=True)


def problem_facts(table: pd.DataFrame, form: Form) -> pd.DataFrame:
    """What the table says of problems: `item` the row, `problem.1` or the line of a list, `field` problem or
    solution."""
    if not form.problems or not form.problems.columns:
        return table[table["field"].isin(PROBLEM_FIELDS)]
    fields = dict(zip(form.problems.columns, PROBLEM_FIELDS, strict=True))
    known = {number: fields.get(form.answered_by(number)) for number in table["item"].unique()}
    found = table.assign(field=table["item"].map(known))[table["field"] == "text"]
    found = found[found["field"].notna()]
    return found.assign(item=found["item"].str.partition("/")[0])


def answer_in_words(facts: Iterable[FactRow]) -> str:
    """«245 чел. из 280 / 87 %», «№ 12 от 05.12.2013», «Иванова А. П., учитель»: what a school has stated, as one."""
    said = {fact.field: fact.written for fact in facts if fact.basis == "stated" and fact.field != "note"}
    figures = " ".join(f"{before}{said.pop(name)}{behind}" for name, before, behind in _IN_FIGURES if name in said)
    figures = figures.removeprefix("/ ")
    if "date" in said:
        said["date"] = f"от {date.fromisoformat(said['date']):%d.%m.%Y}"
    if "number" in said:
        said["number"] = f"№ {said['number']}" if any(map(str.isdigit, said["number"])) else said["number"]
    paper = " ".join(said.pop(name) for name in ("title", "number", "date") if name in said)
    return ", ".join(filter(None, (figures, paper, *said.values())))


_IN_FIGURES = (("count", "", " чел."), ("total", "из ", ""), ("percent", "/ ", ""), ("classes", "(", " кл.)"))


def frame_of(rows: Iterable[tuple[object, ...]], types: Mapping[str, Any]) -> pd.DataFrame:
    """Rows as a frame with these columns and types, also when there is none."""
    columns = list(zip(*rows, strict=True)) or [()] * len(types)
    series = zip(types.items(), columns, strict=True)
    return pd.DataFrame({name: pd.Series(list(values), dtype=kind) for (name, kind), values in series})


def stated_facts(table: pd.DataFrame) -> dict[int, frozenset[StatedFact]]:
    """report -> what it states itself, cells and notes aside. Raises ValueError where a report's facts stand apart."""
    stated = table[(table["basis"] == "stated") & (table["field"] != "note") & (table["carried"] == "")]
    if not stated["report"].is_monotonic_increasing:
        raise ValueError("the facts of a report do not stand together")
    facts = values_of(stated.fillna({"number": -1.0}), "item", "field", "text", "number")
    reports = groupby(stated["report"].tolist())
    return {report: frozenset(islice(facts, sum(1 for _ in rows))) for report, rows in reports}


def base_people(coverage: pd.DataFrame, form: Form, registry: Registry) -> "pd.Series[float]":
    """People in the base of each coverage answer by the registry, index as given; NaN where it does not know."""
    bases = {item.number: item.base for item in form.coverage_items}
    known = {(school.code, base): people for school in registry.schools for base, people in school.bases.items()}
    answers = values_of(coverage, "school_code", "item")
    people = [known.get((code, bases[item]), np.nan) for code, item in answers]
    return pd.Series(people, index=coverage.index, dtype="float64")


def _stated(reads: list[FileRead]) -> pd.DataFrame:
    """The stated facts as rows of `Answers`."""
    reports = [(read.file, report) for read in reads for report in read.reports]
    said = [
        [fact for fact in report.facts if fact.field not in _INSTEAD] if _says_instead(report) else report.facts
        for _, report in reports
    ]
    whose = np.repeat(np.arange(len(reports)), list(map(len, said)))
    facts, at = _each_once(list(chain.from_iterable(said)))
    days = (report.as_of.isoformat() if report.as_of else "" for _, report in reports)
    stated = {
        "report": whose,
        "file": categories(file for file, _ in reports)[whose],
        "sheet": categories(report.sheet for _, report in reports)[whose],
        "cell": categories(fact.cell for fact in facts)[at],
        "school_code": categories(report.school for _, report in reports)[whose],
        "as_of": categories(days)[whose],
        "item": categories(fact.item for fact in facts)[at],
        "field": categories((fact.field for fact in facts), FIGURES)[at],
        "text": pd.array([fact.value if isinstance(fact.value, str) else "" for fact in facts], dtype="str")[at],
        "number": np.array([np.nan if isinstance(fact.value, str) else fact.value for fact in facts], float)[at],
        "half": np.fromiter((fact.half for fact in facts), float, len(facts))[at],
        "basis": categories((fact.basis for fact in facts), BASES_OF_FACTS)[at],
        "carried": categories([""], tuple(Why))[np.zeros(len(whose), int)],
    }
    return pd.DataFrame(stated)


def _each_once(facts: Sequence[Fact]) -> "tuple[list[Fact], np.ndarray[Any, Any]]":
    """The facts, each looked at once, and which of them stands at each place: what many reports say alike is one object
    (`reading.sharing`)."""
    objects = pd.Index(np.fromiter(map(id, facts), "int64", len(facts)))
    at, _ = pd.factorize(objects)
    return list(compress(facts, (~objects.duplicated()).tolist())), at


def categories(texts: Iterable[str], others: Sequence[str] = ()) -> pd.Categorical:
    """The texts, each held once. `others`: that may follow."""
    texts = list(texts)
    known = sorted({*texts, *map(str, others)})
    codes = {text: code for code, text in enumerate(known)}
    at = np.fromiter(map(codes.__getitem__, texts), "int32", len(texts))
    return pd.Categorical.from_codes(at, pd.Index(known, dtype="str"))


def _derived(stated: pd.DataFrame, form: Form, registry: Registry) -> pd.DataFrame:
    """The facts that follow: a total from the registry's base, a count from percent and total, a percent from both
    . Never rounded to people."""
    wide = coverage_of(stated, form)
    total = wide["total"].fillna(base_people(wide, form, registry))
    count = wide["count"].fillna(wide["percent"] / 100 * total)
    percent = wide["percent"].fillna((wide["count"] / total * 100).where(total > 0))
    places = stated.loc[wide["said_row"], _PLACE].set_index(wide.index)
    rows = pd.concat([wide[["report", "item"]], places], axis="columns").assign(text="", basis="derived", carried="")
    half = wide["half"].fillna(0.0)
    new = [
        rows.assign(field=name, number=full, half=half if name == "count" else 0.0)[full.notna() & wide[name].isna()]
        for name, full in (("count", count), ("total", total), ("percent", percent))
    ]
    return pd.concat(new, ignore_index=True)[list(stated.columns)]
