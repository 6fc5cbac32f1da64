"""Every pandera model of the program, by what it judges. Tests and the generated pages go through them."""

from collections.abc import Mapping
from types import MappingProxyType

import pandera.pandas as pa

from schemas.answers import Answers
from schemas.coded import controls_of
from schemas.csv_tables import AnswersFile, FindingsFile
from schemas.frames.between import BetweenItems, Changes, DocumentsBefore
from schemas.frames.due import DueAnswers, NamedProblems, Passports
from schemas.frames.numbers import Addresses, DaysOfLists, Grown, Lists, Numbers, Planned, Relations, Required
from schemas.frames.wide import WideAnswers
from schemas.municipality import Indicators, NumberIndicators
from schemas.registry import SchoolBases

CONTRACTS: Mapping[str, type[pa.DataFrameModel]] = MappingProxyType(
    {
        "The long table of answers": Answers,
        "One row an answer, its figures side by side": WideAnswers,
        "One row a report and control of the form: an item beside another": BetweenItems,
        "One row an answer and the school's last one that counted": Changes,
        "One row a document of the report before": DocumentsBefore,
        "One row a report and item with a deadline": DueAnswers,
        "One row a figure in the head of Svod's own form": Passports,
        "One row a problem": NamedProblems,
        "One row a figure with a unit": Numbers,
        "One row a report and place of a relation between figures": Relations,
        "One row a figure since the new year and the school's last one of the year": Grown,
        "One row a report and item that every report answers": Required,
        "One row a figure with a plan of the school's own": Planned,
        "One row a report and list": Lists,
        "One row a report and choice that asks for an address": Addresses,
        "One row a date in a list": DaysOfLists,
        "The registry's people": SchoolBases,
        "`answers.csv`, as it stands in the file": AnswersFile,
        "`findings.csv`, as it stands in the file": FindingsFile,
        "The municipality-wide table, `indicators.csv`": Indicators,
        "`indicators.csv` of a form with figures": NumberIndicators,
    }
)


def judged_by() -> dict[str, str]:
    """Code of a remark -> the model that raises it. Of every other one a reader or a control that is no matter of rows
    speaks."""
    found: dict[str, list[str]] = {}
    for model in CONTRACTS.values():
        for control in controls_of(model):
            names = found.setdefault(control.code, [])
            names += [model.__name__] * (model.__name__ not in names)
    return {code: ", ".join(names) for code, names in found.items()}
