"""The contracts: pandera judges the whole batch at once; what it finds is a school's mistake or ours, never both."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pandera.pandas as pa
import pytest
from pandera.config import config_context
from pandera.errors import SchemaErrors

from pipeline.checking import contracts
from pipeline.checking.contracts import judge_facts, judge_registry
from pipeline.checking.table import answers_table, stated_facts, with_facts
from schemas.answers import Answers
from schemas.contracts import CONTRACTS
from schemas.district import Registry
from schemas.registry import SchoolBases
from schemas.strict import UsageError
from tests import figure_reports
from tests.batch import brief, checked, file_of, order_form, school
from tests.figure_reports import HEALTH, SPRING
from tests.order_form import FORM, REGISTRY

# Name of the fault: answers that hold it, and the one remark that is due.
BROKEN = {
    "percent-below-zero": ({"13": "-5 %"}, ("NUM-NEGATIVE", "13", "C31", "error")),
    "volume-below-zero": ({"9": "-1 %"}, ("NUM-NEGATIVE", "9", "C21", "error")),
    "count-below-zero": ({"10.1": "-2 чел."}, ("NUM-NEGATIVE", "10.1", "C23", "error")),
    "percent-of-people-above-100": ({"6.3": "101 %"}, ("PCT-ABOVE-100", "6.3", "C18", "error")),
    "volume-above-100": ({"9": "100,5 %"}, ("PCT-ABOVE-100", "9", "C21", "error")),
    "plan-dated-after-the-report": ({"3": "приказ № 12 от 21.03.2014"}, ("DOC-AFTER-REPORT", "3", "C9", "warning")),
    "act-dated-after-the-report": ({"4.2": "приказ № 9 от 01.09.2014"}, ("DOC-AFTER-REPORT", "4.2", "C12", "warning")),
}
SOUND = {
    "nothing-at-all-covered": {"13": "0 %", "14": "0 %"},
    "all-of-the-volume": {"9": "100 %"},
    "document-of-the-report's-own-day": {"3": "приказ № 12 от 20.03.2014"},
    "derived-percent-above-100": {"6.3": "613 чел."},  # its count is at fault: not said of the percent as well
}


@pytest.mark.parametrize(("answers", "due"), BROKEN.values(), ids=BROKEN)
def test_a_broken_contract_is_one_remark_at_its_cell(answers, due):
    assert brief(checked([file_of(order_form(answers=answers))]).remarks) == [due]


@pytest.mark.parametrize("answers", SOUND.values(), ids=SOUND)
def test_a_sound_neighbour_breaks_no_contract(answers):
    remarks = checked([file_of(order_form(answers=answers))]).remarks
    assert {said.code for said in remarks}.isdisjoint({code for (code, *_) in (due for _, due in BROKEN.values())})


def table_of(*answers: dict[str, str | float]) -> pd.DataFrame:
    files = [file_of(order_form(answers=said), f"{number}.xlsx") for number, said in enumerate(answers)]
    return answers_table(files, FORM, REGISTRY)


def test_a_remark_says_what_stands_in_the_cell_and_the_figures_of_its_message():
    form = order_form(answers={"13": "-5 %", "3": "приказ № 12 от 21.03.2014"})
    after, below = sorted(checked([file_of(form, "0.xlsx")]).remarks, key=lambda said: said.code)
    assert below.value == "-5 %"
    assert after.value == "2014-03-21"
    assert after.data == (("day", date(2014, 3, 21)),)
    assert (after.file, after.sheet, after.school, after.as_of) == ("0.xlsx", "Лист1", "01", date(2014, 3, 20))


def test_one_validation_finds_the_failures_of_every_report():
    later = {"3": "приказ № 12 от 21.03.2014", "4.2": "приказ № 9 от 01.09.2014"}
    table = table_of(*(later for _ in range(30)))
    with pytest.raises(SchemaErrors) as found:
        Answers.validate(table, lazy=True)
    rows = found.value.failure_cases["index"].astype(int)
    assert set(table.loc[rows, "report"]) == set(range(30))
    remarks = judge_facts(table)
    assert len(remarks) == 60
    assert [said.file for said in remarks] == list(table.loc[sorted(set(rows)), "file"])


ON_THE_WAY_OUT = {"Indicators", "NumberIndicators", "AnswersFile", "FindingsFile"}
OF_FIGURES = {"Numbers", "Relations", "Grown", "Required", "Planned", "Lists", "DaysOfLists", "Addresses"}
OF_CONTROLS = {"BetweenItems"}


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the models, as often as they have judged."""
    calls: list[str] = []
    real = pa.DataFrameSchema.validate

    def counting(schema: pa.DataFrameSchema, table: pd.DataFrame, *options: object, **named: object) -> object:
        calls.append(schema.name)
        return real(schema, table, *options, **named)

    monkeypatch.setattr(pa.DataFrameSchema, "validate", counting)
    return calls


@pytest.mark.parametrize("files", [0, 1, 40])
def test_pandera_is_called_once_a_batch_and_model_however_many_files_there_are(files, judged):
    checked([file_of(order_form(), f"{number}.xlsx") for number in range(files)])
    assert sorted(judged) == sorted({model.__name__ for model in CONTRACTS.values()} - ON_THE_WAY_OUT - OF_FIGURES)


@pytest.mark.parametrize("files", [0, 1, 40])
def test_the_models_of_figures_judge_forms_that_ask_for_figures(files, judged):
    reports = [figure_reports.file_of(figure_reports.OF_HEALTH, SPRING, name=f"{n}.xlsx") for n in range(files)]
    checked(reports, figure_reports.registry(HEALTH), form=HEALTH)
    assert sorted(judged) == sorted({model.__name__ for model in CONTRACTS.values()} - ON_THE_WAY_OUT - OF_CONTROLS)


def test_no_text_is_lost_where_facts_are_put_below_the_table():
    table = table_of({"13": "40 %"}, {"13": "50 %"})
    below = with_facts(table, table.iloc[:1].astype({"file": "str"}).assign(file="1.xlsx"))
    assert [*below["file"].unique()] == ["0.xlsx", "1.xlsx"]
    assert below.dtypes.equals(table.dtypes)
    with pytest.raises(ValueError, match="none of the table's categories: file"):
        with_facts(table, table.iloc[:1].astype({"file": "str"}).assign(file="2.xlsx"))


def test_sorted_by_a_column_of_the_table_is_sorted_by_its_texts():
    table = table_of({"13": "40 %"}, {"6.1": "50 %", "13": "60 %"}).sort_index(ascending=False)
    for name in table.select_dtypes("category"):
        assert [*table[name].sort_values()] == sorted(table[name])


def test_facts_of_a_report_that_stand_apart_are_not_told_report_by_report():
    table = table_of({"13": "40 %"}, {"13": "50 %"})
    assert [*stated_facts(table)] == [0, 1]
    with pytest.raises(ValueError, match="stand together"):
        stated_facts(table.iloc[::-1])


def test_an_empty_batch_passes():
    assert judge_facts(table_of()) == []
    assert judge_registry(Registry(), FORM) == []
    assert checked([]).remarks == ()


def test_a_typo_in_a_check_is_not_taken_for_a_schools_mistake(monkeypatch):
    class Mistyped(Answers):
        @pa.dataframe_check(error="DOC-AFTER-REPORT")
        @classmethod
        def of_no_column(cls, table: pd.DataFrame) -> "pd.Series[bool]":
            return table["nunber"] >= 0

    monkeypatch.setattr(contracts, "Answers", Mistyped)
    with pytest.raises(SchemaErrors, match="nunber"):
        judge_facts(table_of({}))


OURS = {
    "an-unknown-kind-of-fact": lambda table: table.assign(field="colour"),
    "a-fact-without-a-cell": lambda table: table.assign(cell=pd.Series([None] * len(table), dtype="str")),
    "people-as-text": lambda table: table.assign(number=table["number"].astype("str")),
    "a-column-lost": lambda table: table.drop(columns="basis"),
    "a-column-more": lambda table: table.assign(colour="red"),
}


@pytest.mark.parametrize("spoil", OURS.values(), ids=OURS)
def test_a_table_that_our_reader_got_wrong_raises(spoil):
    with pytest.raises(SchemaErrors):
        judge_facts(spoil(table_of({"13": "-5 %"})))


def test_facts_that_cannot_be_told_apart_raise():
    table = table_of({})
    with pytest.raises(AssertionError):
        judge_facts(pd.concat([table, table]))


def test_a_validation_switched_off_from_outside_refuses_to_run():
    environment = {**os.environ, "PANDERA_VALIDATION_ENABLED": "False"}
    code = "from tests.test_contracts import judge_facts, table_of; judge_facts(table_of())"
    root = Path(__file__).parent.parent
    run = subprocess.run([sys.executable, "-c", code], cwd=root, env=environment, capture_output=True, text=True)
    assert run.returncode != 0
    assert "PANDERA_VALIDATION_ENABLED" in run.stderr


def test_a_validation_of_columns_alone_refuses_to_run():
    with config_context(validation_depth=pa.config.ValidationDepth.SCHEMA_ONLY), pytest.raises(UsageError):
        judge_facts(table_of())


# ── the registry ─────────────────────────────────────────────────────────────────────────────────────────


def bases(**people: float) -> Registry:
    return Registry((school("01"), school("02", bases=people)))


@pytest.mark.parametrize("able", [575, 5740])
def test_a_part_above_its_whole_is_a_warning_on_the_registry(able):
    [said] = checked([], bases(parents=574, able=able)).on_registry
    assert (said.code, said.severity, said.file, said.school) == ("REGISTRY-PART", "warning", "registry.xlsx", "02")
    assert said.value == str(able)
    assert dict(said.data)["whole"] == 574


@pytest.mark.parametrize("people", [{"parents": 574, "able": 574}, {"able": 574}, {"parents": 574}, {"able": 0}, {}])
def test_a_part_within_its_whole_or_of_an_unknown_whole_is_none(people):
    assert judge_registry(bases(**people), FORM) == []


def test_fewer_than_nobody_in_the_registry_is_our_readers_mistake():
    with pytest.raises(SchemaErrors):
        judge_registry(bases(parents=-1), FORM)


def test_a_base_of_a_school_stands_in_the_registry_once():
    row = {"school_code": "01", "base": "parents", "people": 5.0, "whole": float("nan")}
    with pytest.raises(SchemaErrors, match="not unique"):
        SchoolBases.validate(pd.DataFrame([row, row]), lazy=True)
