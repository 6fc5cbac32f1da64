"""The fictional district: what is promised of it, held against the files that it writes."""

from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from random import Random

import msgspec
import pytest

from pipeline import monthly
from pipeline.demo import District, Planted, _reports, found, make
from pipeline.demo.district import make_schools
from pipeline.demo.faults import FAULTS
from pipeline.demo.forms import Forms
from pipeline.measuring.figures import State
from pipeline.reading.reports import Inputs, RegistryRead, read_file
from pipeline.settings import Limits, Settings
from schemas.district import Registry
from schemas.form import Base, CoverageMatrix, Form, Kind, Target, load_form
from schemas.remarks import load_catalogue, remark
from schemas.reports import FileRead
from schemas.strict import UsageError
from tests.conftest import MEALS, NOW, Run

FORM = load_form("form-547")


@pytest.fixture
def district(demo: Run) -> District:
    return demo.district


@pytest.fixture(scope="module")
def reads(demo: Run) -> dict[str, FileRead]:
    return read_all(demo.district, FORM)[1]


def read_all(district: District, form: Form) -> tuple[Registry, dict[str, FileRead]]:
    """The registry, and every report by its file."""
    folder = district.registry.parent
    read = read_file(Inputs(folder, form, Limits()), Path(district.registry.name))
    assert isinstance(read, RegistryRead)
    registry = read.registry
    inputs = Inputs(folder, form, Limits(), registry)
    files = sorted(p.relative_to(folder) for p in folder.rglob("*") if p.is_file() and p != district.registry)
    reads = [read_file(inputs, file) for file in files]
    return registry, {read.file: read for read in reads if isinstance(read, FileRead)}


def facts_of(read: FileRead) -> set[tuple[object, ...]]:
    return {
        (report.school, report.as_of, fact.item, fact.field, _comparable(fact.value))
        for report in read.reports
        for fact in report.facts
        if fact.field != "note"
    }


def truth_of(district: District) -> dict[str, set[tuple[object, ...]]]:
    by_file: dict[str, set[tuple[object, ...]]] = defaultdict(set)
    for fact in district.truth:
        by_file[fact.file].add((fact.school, fact.as_of, fact.item, fact.field, _comparable(fact.value)))
    return by_file


def clean_truth_of(district: District) -> dict[str, set[tuple[object, ...]]]:
    """Of the files in which nothing is planted."""
    faulty = {planted.file for planted in district.planted if not planted.state}
    return {file: facts for file, facts in truth_of(district).items() if file not in faulty}


def _comparable(value: str | float) -> str | float:
    return value if isinstance(value, str) else round(float(value), 6)


# ── the same again ───────────────────────────────────────────────────────────────────────────────────────────────
def test_the_same_arguments_give_the_same_bytes_and_file_times(tmp_path: Path) -> None:
    once, again = (_everything(make(tmp_path / name, FORM, 6, 2, seed=7)) for name in ("once", "again"))
    assert once == again


def test_another_seed_gives_another_district(tmp_path: Path) -> None:
    assert make(tmp_path / "7", FORM, 3, 1, seed=7).truth != make(tmp_path / "8", FORM, 3, 1, seed=8).truth


def test_made_anew_in_the_same_folder_it_stays_as_it_is(tmp_path: Path) -> None:
    once = _everything(make(tmp_path, FORM, 3, 1, seed=7))
    assert _everything(make(tmp_path, FORM, 3, 1, seed=7)) == once


@pytest.mark.parametrize("form", [FORM, load_form(str(MEALS))], ids=lambda form: form.id)
def test_a_form_filled_in_for_many_schools_keeps_nothing_of_the_one_before(form: Form) -> None:
    """Svod's own form is loaded once a date: each report is what it is with a form of its own."""
    dice = Random(5)
    days = form.order.reporting_dates[:2]
    reports = [report for school in make_schools(form, 3, dice) for report in _reports(school, days, True, form, dice)]
    reports[0].typed_shares[form.headline.item] = 7
    together = Forms(form)
    for report in (*reports, reports[0]):
        assert together.workbook_of(report) == Forms(form).workbook_of(report), report.file


@pytest.mark.parametrize(("faulty", "spoilt"), [(0.0, 0), (1.0, 6)])
def test_as_many_reports_hold_wrong_answers_as_are_asked_for(tmp_path: Path, faulty: float, spoilt: int) -> None:
    district = make(tmp_path, FORM, 6, 1, seed=7, faulty=faulty)
    files = [planted.file for planted in district.planted if planted.file]
    assert len(set(files)) == spoilt
    assert all(files.count(file) <= 3 for file in files)


def _everything(district: District) -> dict[str, tuple[bytes, int]]:
    folder = district.registry.parent
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {p.relative_to(folder).as_posix(): (p.read_bytes(), p.stat().st_mtime_ns) for p in files}


# ── what the schools wrote is what is read ───────────────────────────────────────────────────────────────────────
def test_reports_without_a_fault_read_back_to_exactly_the_facts_written(
    district: District, reads: dict[str, FileRead]
) -> None:
    truth = clean_truth_of(district)
    assert len(truth) >= 30
    assert {file: facts_of(reads[file]) for file in truth} == truth


@pytest.mark.parametrize("seed", [2, 3])
def test_other_hands_read_back_as_well(tmp_path: Path, seed: int) -> None:
    district = make(tmp_path, FORM, schools=10, dates=1, seed=seed)
    _, reads = read_all(district, FORM)
    truth = clean_truth_of(district)
    assert {file: facts_of(reads[file]) for file in truth} == truth


def test_a_fault_in_one_answer_leaves_the_school_s_other_answers_readable(
    district: District, reads: dict[str, FileRead]
) -> None:
    truth = truth_of(district)
    for planted in district.planted:
        if planted.item:
            assert truth[planted.file] <= facts_of(reads[planted.file]), planted.fault


def test_the_registry_names_every_school_with_its_people_and_who_gets_the_letters(district: District) -> None:
    registry, _ = read_all(district, FORM)
    assert not registry.remarks
    assert len(registry.schools) == 20
    assert all(set(school.bases) == {base.id for base in FORM.bases} for school in registry.schools)
    assert {recipient.email.rpartition("@")[2] for recipient in registry.mailing} == {"example.org"}


# ── a believable district ────────────────────────────────────────────────────────────────────────────────────────
def test_half_of_the_schools_answer_on_the_own_form_and_half_on_the_order_s(reads: dict[str, FileRead]) -> None:
    own = {report.school: report.own_form for read in reads.values() for report in read.reports if report.school}
    assert Counter(own.values())[True] in range(8, 12)


def test_at_the_last_date_seventeen_of_twenty_schools_have_reported(district: District) -> None:
    assert district.as_of == FORM.order.reporting_dates[2]
    assert len({fact.school for fact in district.truth if fact.as_of == district.as_of}) == 17


def test_most_reports_are_clean_and_no_fault_is_planted_often(district: District) -> None:
    reports = {fact.file for fact in district.truth}
    faulty = {planted.file for planted in district.planted}
    assert len(reports - faulty) > len(reports) / 2
    assert 28 <= len(district.planted) <= 40
    assert max(Counter(planted.fault for planted in district.planted).values()) <= 3


def test_what_is_covered_grows_from_date_to_date_unless_a_fault_says_otherwise(district: District) -> None:
    faulty = {planted.file for planted in district.planted}
    counts: dict[tuple[str, str], list[tuple[date, float]]] = defaultdict(list)
    for fact in district.truth:
        if fact.field == "count" and fact.file not in faulty:
            counts[fact.school, fact.item].append((fact.as_of, float(fact.value)))
    assert any(len(history) == 3 for history in counts.values())
    for history in counts.values():
        assert [count for _, count in sorted(history)] == sorted(count for _, count in history)


def test_activation_reaches_about_its_target_with_some_schools_behind(district: District) -> None:
    """Recomputed from the answers with people in them, those of the own form."""
    target = FORM.target_on(district.as_of)
    assert target
    people: dict[str, dict[str, float]] = defaultdict(dict)
    for fact in district.truth:
        if fact.item == FORM.headline.item and fact.as_of == district.as_of and fact.field in ("count", "total"):
            people[fact.school][fact.field] = float(fact.value)
    counted = [(p["count"], p["total"]) for p in people.values() if len(p) == 2]
    share = 100 * sum(count for count, _ in counted) / sum(total for _, total in counted)
    assert target.min < share < target.max
    assert any(100 * count / total < target.min for count, total in counted)


# ── faults ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_every_planted_fault_names_a_file_that_exists_or_a_school_that_sent_none(district: District) -> None:
    for planted in district.planted:
        if planted.file:
            assert (district.registry.parent / planted.file).is_file(), planted.fault
        else:
            assert planted.state is State.NOT_SUBMITTED
            assert planted.school not in {fact.school for fact in district.truth}


def test_every_code_of_a_fault_is_in_the_catalogue() -> None:
    known = load_catalogue().entries
    assert [code for fault in FAULTS for code in fault.codes if code not in known] == []


def test_a_fault_is_found_by_a_remark_on_its_file_and_item() -> None:
    planted = Planted("a.xlsx", "01", "6.1", "процент диапазоном", frozenset({"NUM-RANGE"}))
    assert _is_found(planted, remark("NUM-RANGE", file="a.xlsx", item="6.1"))
    assert not _is_found(planted, remark("NUM-RANGE", file="a.xlsx", item="6.2"))
    assert not _is_found(planted, remark("NUM-RANGE", file="b.xlsx", item="6.1"))
    assert not _is_found(planted, remark("NUM-ABOUT", file="a.xlsx", item="6.1"))


def test_a_fault_of_a_whole_file_is_found_by_a_remark_on_the_file() -> None:
    planted = Planted("a.xlsx", "01", "", "снимок", frozenset({"FILE-KIND"}))
    assert _is_found(planted, remark("FILE-KIND", file="a.xlsx"))


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(4, id="a greater whole made «more than all» right"),
        pytest.param(6, id="a quarter more of five people was no jump"),
        pytest.param(7, id="a wrong figure in the report before left nothing to have fallen from"),
    ],
)
def test_no_fault_hides_another(tmp_path: Path, seed: int) -> None:
    """Districts in which one did."""
    district = make(tmp_path, FORM, schools=20, dates=3, seed=seed)
    job = monthly.Job.of(tmp_path / "input", tmp_path / "output", district.as_of, Settings(), NOW, jobs=2)
    survey = monthly.take_survey(job)
    states = {line.school.code: line.state for line in survey.figures.submissions}
    remarks = (*survey.checked.remarks, *survey.figures.remarks)
    assert [planted for planted, is_found in found(district.planted, remarks, states) if not is_found] == []


def test_a_fault_that_no_remark_names_yet_is_not_found() -> None:
    assert not _is_found(Planted("a.xlsx", "01", "5.2", "документ пропал"), remark("ANSWER-MISSING", file="a.xlsx"))


def test_silence_is_found_by_the_state_of_the_school_s_report() -> None:
    planted = Planted("", "01", "", "ни разу не отчиталась", state=State.NOT_SUBMITTED)
    assert found([planted], [], {"01": State.NOT_SUBMITTED}) == [(planted, True)]
    assert found([planted], [], {"01": State.CARRIED}) == [(planted, False)]


def _is_found(planted: Planted, said: object) -> bool:
    [(_, is_found)] = found([planted], [said], {})  # type: ignore[list-item]
    return is_found


# ── refusals ─────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("schools", "dates"), [(0, 1), (1, 0), (1, 5)])
def test_too_few_schools_or_dates_that_the_form_has_not_are_refused(tmp_path: Path, schools: int, dates: int) -> None:
    with pytest.raises(UsageError, match="от 1 до 4 отчётных дат"):
        make(tmp_path, FORM, schools, dates, seed=1)


def test_a_folder_with_other_files_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "input").mkdir()
    (tmp_path / "input" / "свой отчёт.xlsx").write_bytes(b"")
    with pytest.raises(UsageError, match="свой отчёт"):
        make(tmp_path, FORM, 1, 1, seed=1)
    assert [path.name for path in (tmp_path / "input").iterdir()] == ["свой отчёт.xlsx"]


# ── another form ─────────────────────────────────────────────────────────────────────────────────────────────────
def other_form() -> Form:
    """A small one: other title, dates, numbers, people; no documents, no controls."""
    staff, children = (
        Base(
            id="staff",
            registry="Сотрудников",
            label="Сотрудников",
            group="Сотрудники",
            people=("сотрудник", "сотрудника", "сотрудников"),
            name="Сотрудников",
        ),
        Base(
            id="children",
            registry="Детей",
            label="Детей",
            group="Дети",
            people=("ребёнок", "ребёнка", "детей"),
            name="Детей",
        ),
    )
    change = msgspec.structs.replace
    person, trained, fed = FORM.item("1"), FORM.item("10.1"), FORM.headline_item
    reporting = (date(2015, 2, 10), date(2015, 3, 10))
    return change(
        FORM,
        id="form-other",
        title="Форма отчёта о питании",
        order=change(FORM.order, number="12", date=date(2015, 1, 12), reporting_dates=reporting, papers=()),
        bases=(staff, children),
        items=(
            change(person, number="1", due=reporting[0], title="Ответственный за организацию питания в школе"),
            change(
                trained, number="2", base="staff", due=reporting[1], title="Прошли медицинский осмотр", spellings=()
            ),
            change(
                fed,
                number="3",
                base="children",
                classes=False,
                title="Охват детей горячим питанием в школьной столовой",
            ),
        ),
        headline=change(FORM.headline, item="3"),
        targets=(Target(by=date(2015, 2, 1), min=50, max=70), Target(by=date(2015, 3, 1), min=80, max=90)),
        coverage=CoverageMatrix(groups=(), rows=(), columns=()),
        controls=(),
        stages=(),
    )


def test_a_form_of_another_order_makes_a_district_of_its_own(tmp_path: Path) -> None:
    form = other_form()
    district = make(tmp_path, form, schools=8, dates=2, seed=3)
    registry, reads = read_all(district, form)
    truth = clean_truth_of(district)
    assert len(registry.schools) == 8
    assert all(school.bases.keys() == {"staff", "children"} for school in registry.schools)
    assert {fact.item for fact in district.truth} >= {"1", "2", "3"}
    assert {file: facts_of(reads[file]) for file in truth} == truth


def test_kinds_of_faults_that_a_form_gives_no_room_for_are_not_planted(tmp_path: Path) -> None:
    form = other_form()
    assert {item.kind for item in form.items} == {Kind.PERSON, Kind.COVERAGE}
    planted = {p.fault for p in make(tmp_path, form, schools=8, dates=2, seed=3).planted}
    assert planted
    assert planted.isdisjoint({"документ без номера", "«нет» после срока", "больше, чем в связанном пункте"})
