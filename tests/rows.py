"""One right row of every pandera model, and for every check of a whole row what breaks just it."""

from datetime import date
from typing import Any

import pandas as pd
import pandera.pandas as pa

from pipeline.measuring.frames import Coverage, Groups, Measures, Milestones, Steps, Totals, Trend
from schemas.answers import Answers
from schemas.csv_tables import AnswersFile, FindingsFile
from schemas.frames.between import BetweenItems, Changes, DocumentsBefore
from schemas.frames.due import DueAnswers, NamedProblems, Passports
from schemas.frames.numbers import Addresses, DaysOfLists, Grown, Lists, Numbers, Planned, Relations, Required
from schemas.frames.wide import WideAnswers
from schemas.municipality import Indicators, NumberIndicators
from schemas.registry import SchoolBases

Model = type[pa.DataFrameModel]
Row = dict[str, Any]

_OF_A_PICTURE = {"picture": 0}

# Rows in which nothing is wrong. Of WideAnswers everything is stated: each check has something to judge.
RIGHT: dict[Model, Row] = {
    Answers: {
        "report": 0, "file": "1.xlsx", "sheet": "Лист1", "cell": "C9", "school_code": "01", "as_of": "2014-03-20",
        "item": "3", "field": "date", "text": "2013-12-05", "number": None, "half": 0.0, "basis": "stated",
        "carried": "",
    },
    WideAnswers: {
        "report": 0, "item": "6.2", "count": 331.0, "total": 574.0, "percent": 58.0, "count_basis": "stated",
        "total_basis": "stated", "percent_basis": "stated", "half": 0.5, "base": 574.0, "of_people": True,
        "of_some_classes": False,
    },
    BetweenItems: {
        "report": 0, "kind": "not_above", "count": 244.0, "spread": 0.0, "limit": 350.0, "limit_spread": 0.0,
    },
    Changes: {
        "report": 1, "item": "6.2", "volume": False, "cumulative": True, "count": 331.0, "spread": 0.0,
        "percent": 58.0, "total": 574.0,
        "count_before": 300.0, "spread_before": 0.0, "percent_before": 52.0, "total_before": 574.0,
        "rise_limit": 80.0,
    },
    DocumentsBefore: {"report": 1, "item": "4.1", "still_given": True},
    DueAnswers: {
        "report": 0, "item": "11", "as_of": "2014-09-20", "due_on": "2014-09-01", "asked": True, "answered": True,
        "says_no": False,
    },
    Passports: {"report": 0, "total": 574.0, "base": 574.0},
    NamedProblems: {"report": 0, "item": "problem.1", "solved": True},
    SchoolBases: {"school_code": "01", "base": "able", "people": 548.0, "whole": 574.0},
    Indicators: {
        "as_of": "2014-03-20", "scope": "01", "item": "14", "group": "Родители", "covered": 244.0, "total": 548.0,
        "percent": 44.5, "schools_counted": 1, "schools_expected": 1, "target_min": 41.0, "target_max": 60.0,
        "deviation_pp": 3.5, "shortfall": 0.0, "status": "по плану", "waived": False,
    },
    Numbers: {"report": 0, "item": "1/дети", "value": 5.0, "least": 0.0, "most": 31.0, "base": 20.0},
    Relations: {"report": 0, "kind": "sum", "value": 10.0, "expected": 10.0, "tolerance": 0.0},
    Grown: {"report": 1, "item": "4", "value": 6.0, "before": 6.0},
    Required: {"report": 0, "item": "6", "answered": True},
    Planned: {"report": 0, "value": 4.5, "plan": 4.5, "less_is_better": True, "explained": False},
    Lists: {"report": 0, "lines": 1, "at_least": 1, "at_most": 10.0},
    Addresses: {"report": 0, "named": True},
    DaysOfLists: {"report": 0, "day": "2026-01-31", "first": "2026-01-01", "last": "2026-03-31"},
    NumberIndicators: {
        "as_of": "2026-01-31", "scope": "municipality", "item": "1/дети", "group": "1–4 классы", "covered": None,
        "total": None, "percent": None, "schools_counted": 7, "schools_expected": 8, "target_min": None,
        "target_max": None, "deviation_pp": None, "shortfall": None, "status": "", "period": "2026-01",
        "measure": "sum", "choice": "", "value": 1339.0,
    },
    AnswersFile: {
        "file": "1.xlsx", "sheet": "Лист1", "cell": "C32", "school_code": "01", "as_of": "2014-03-20", "item": "14",
        "field": "percent", "value": "44.5", "basis": "stated", "counted": "true",
    },
    FindingsFile: {
        "file": "1.xlsx", "sheet": "Лист1", "cell": "C32", "school_code": "01", "as_of": "", "item": "14",
        "code": "ABOVE-LIMIT", "severity": "error", "message": "Активировано больше.", "value": "65 %",
    },
    Coverage: {
        **_OF_A_PICTURE,
        "school_code": "01", "item": "14", "share": "counted", "covered": 244.0, "total": 548.0, "percent": 44.5,
        "derived": True, "carried": False, "file": "1.xlsx", "sheet": "Лист1", "cell": "C32", "waived": False,
    },
    Totals: {
        **_OF_A_PICTURE,
        "item": "14", "covered": 137.0, "total": 548.0, "percent": 25.0, "counted": 2, "carried": 1, "derived": 1,
        "set_aside": 1, "not_applicable": 1, "no_answer": 1, "no_report": 1, "expected": 6, "change": None,
        "change_people": None, "change_schools": 0, "change_of_totals": None,
        "covered_rows": 137.0, "total_rows": 548.0, "counted_rows": 2, "waived": False,
    },
    Groups: {
        **_OF_A_PICTURE,
        "group": "Город", "item": "14", "covered": 137.0, "total": 548.0, "percent": 25.0, "counted": 2, "carried": 1,
        "derived": 1, "set_aside": 1, "not_applicable": 1, "no_answer": 1, "no_report": 1, "expected": 6,
        "level": "ниже плана", "deviation": -16.0, "shortfall": 88.0,
        "covered_rows": 137.0, "total_rows": 548.0, "counted_rows": 2, "waived": False,
    },
    Milestones: {
        **_OF_A_PICTURE,
        "school_code": "01", "item": "3", "due": date(2013, 12, 23), "state": "done", "days_late": 0,
        "done_since": date(2014, 1, 30),
    },
    Steps: {
        **_OF_A_PICTURE, "school_code": "01", "by": date(2014, 3, 20), "min": 41.0, "max": 60.0, "state": "done",
    },
    Measures: {
        **_OF_A_PICTURE,
        "school_code": "01", "stage": "I этап", "measure": "План", "due": None, "items": ("3",), "state": "done",
        "done_since": date(2014, 1, 30),
    },
    Trend: {
        **_OF_A_PICTURE,
        "date": date(2014, 3, 20), "school_code": "", "covered": 244.0, "total": 548.0, "percent": 44.5,
        "carried": False, "share": "counted", "reported": True, "covered_rows": 244.0, "waived": False,
    },
}  # fmt: skip

_NO_COUNT = {"count": None, "count_basis": ""}
_NO_TOTAL = {"total": None, "total_basis": "", "base": None}
_NO_PERCENT = {"percent": None, "percent_basis": "", "half": None}

_BROKEN_SUMS: dict[str, Row] = {
    "covered_is_the_sum_of_its_rows": {"covered_rows": 136.0},
    "total_is_the_sum_of_its_rows": {"total_rows": 574.0},
    "counted_is_the_number_of_its_rows": {"counted_rows": 3},
    "every_school_stands_somewhere": {"expected": 7},
    "carried_among_counted": {"carried": 3},
    "derived_among_counted": {"derived": 3},
    "percent_is_that_of_the_sums": {"percent": 26.0},
    "covered_among_total": {"covered": 822.0, "covered_rows": 822.0, "percent": 150.0},
}

# Model -> check of a whole row -> what of the right row is changed; nothing else is wrong then.
BROKEN: dict[Model, dict[str, Row]] = {
    Answers: {"document_not_after_report": {"text": "2014-03-21"}},
    WideAnswers: {
        "stated_count_not_below_zero": {"count": -2.0} | _NO_PERCENT,
        "stated_total_not_below_zero": {"total": -574.0, "base": None} | _NO_COUNT,
        "stated_percent_not_below_zero": {"percent": -5.0} | _NO_COUNT,
        "stated_percent_at_most_100": {"percent": 104.0} | _NO_COUNT,
        "stated_count_within_total": {"count": 575.0} | _NO_PERCENT,
        "stated_percent_is_that_of_the_people": {"percent": 59.0},
        "stated_total_is_the_base": {"base": 570.0},
        "share_of_a_known_whole": _NO_COUNT | {"total": 0.0, "base": 0.0},
        "percent_alone_is_of_the_whole_school": _NO_COUNT | {"total_basis": "derived", "of_some_classes": True},
        "stated_people_are_whole": {"count": 331.5},
    },
    BetweenItems: {"not_above_its_limit": {"count": 351.0}},
    Changes: {
        "people_do_not_fall": {"count": 299.0},
        "volume_does_not_fall": {"volume": True, "percent": 51.5},
        "share_does_not_leap": {"rise_limit": 5.0},
        "whole_does_not_jump": {"total": 700.0},
    },
    DocumentsBefore: {"document_does_not_vanish": {"still_given": False}},
    DueAnswers: {
        "answered_by_its_deadline": {"answered": False},
        "carried_out_by_its_deadline": {"says_no": True},
    },
    Passports: {"total_is_the_base": {"total": 600.0}},
    NamedProblems: {"a_problem_has_a_solution": {"solved": False}},
    SchoolBases: {"part_not_above_whole": {"people": 575.0}},
    Indicators: {
        "counted_among_expected": {"schools_counted": 2},
        "covered_among_total": {"covered": 549.0},
        "percent_of_the_whole": {"percent": 104.0},
    },
    Numbers: {
        "not_below_the_least": {"value": -1.0},
        "not_above_the_most": {"value": 32.0, "base": 40.0},
        "not_above_the_base": {"value": 21.0},
    },
    Relations: {
        "the_sum_is_that_of_its_parts": {"value": 11.0},
        "the_product_is_that_of_its_factors": {"kind": "product", "value": 11.5, "tolerance": 1.0},
        "the_ratio_is_that_of_its_terms": {"kind": "ratio", "value": 9.9},
        "what_must_be_equal_is": {"kind": "equal", "value": 9.0},
        "the_part_is_not_above_its_whole": {"kind": "of_which", "value": 11.0},
    },
    Grown: {"what_has_happened_since_the_new_year_does_not_fall": {"value": 5.0}},
    Required: {"answered_in_every_report": {"answered": False}},
    Planned: {"a_missed_plan_is_explained": {"value": 4.6}},
    Lists: {"enough_lines": {"lines": 0}, "not_too_many_lines": {"lines": 11}},
    Addresses: {"the_page_is_named": {"named": False}},
    DaysOfLists: {"within_its_period": {"day": "2026-04-01"}},
    NumberIndicators: {
        "counted_among_expected": {"schools_counted": 9},
        "nothing_of_nobody": {"schools_counted": 0},
    },
    AnswersFile: {},
    FindingsFile: {},
    Coverage: {
        "counted_alone_has_figures": {"share": "no_answer"},
        "covered_among_total": {"covered": 549.0},
        "percent_of_the_whole": {"percent": 104.0},
    },
    Totals: {
        **_BROKEN_SUMS,
        "compared_among_counted": {"change_schools": 3},
        "change_where_schools_are": {"change": 2.5},
    },
    Groups: {
        **_BROKEN_SUMS,
        "unknown_where_nothing_is_counted": {"level": "нет данных", "deviation": None, "shortfall": None},
        "below_where_less_than_the_target": {"level": "по плану"},
    },
    Milestones: {
        "late_where_overdue": {"days_late": 3},
        "since_where_done": {"state": "unknown"},
    },
    Steps: {"bounds_in_order": {"min": 61.0}},
    Measures: {"since_where_done": {"state": "unknown"}},
    Trend: {
        "whole_is_the_sum_of_its_schools": {"covered_rows": 240.0},
        "percent_of_the_whole": {"percent": 104.0},
    },
}  # fmt: skip


def frame(model: Model, *changes: Row) -> pd.DataFrame:
    """Right rows of a model, each with these changes, in the model's own types. No two have the same key."""
    schema = model.to_schema()
    rows = [{**RIGHT[model], **_key(schema, number), **change} for number, change in enumerate(changes)]
    types = {name: str(column.dtype).partition("[")[0] for name, column in schema.columns.items()}
    return pd.DataFrame(
        {
            name: pd.Series([row[name] for row in rows], dtype="str" if kind == "string" else kind)
            for name, kind in types.items()
        }
    )


def _key(schema: pa.DataFrameSchema, number: int) -> Row:
    """Makes a row another than its neighbours, where the model wants it so."""
    if not schema.unique:
        return {}
    first = schema.unique[0]
    match str(schema.columns[first].dtype):
        case "object":
            return {first: date(2014, 3, 20 + number)}
        case kind if kind.startswith("int"):
            return {first: number}
    return {first: f"{number:02d}"}
