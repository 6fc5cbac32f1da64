"""What rests on an answer under question: how a sheet marks it, and how it is said why.

The mark stands behind the figure, by the cell's number format: the value stays what it is.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache

from pipeline import wording
from pipeline.measuring.figures import Figures, Former, Level, Measure, NumberTotal, Rests, Statement
from pipeline.wording import NBSP
from pipeline.writing.pages.theme import Look, Mark
from schemas.district import School
from schemas.remarks import Catalogue, Remark

_MARK = f'" {Mark.CHECK}"'
# Of a whole number or a text.
_PLAIN: Look = {"num_format": ";".join(f"{section}{_MARK}" for section in ("0", f"{wording.MINUS}0", "0", "@"))}
_MOST_REASONS = 3
_REACHED = (Level.ON, Level.ABOVE)


def marked(doubted: bool, *looks: Look) -> tuple[Look, ...]:
    """The looks of a cell with a figure or a text, with the mark behind it where it is under question."""
    if not doubted:
        return looks
    formats = [str(look["num_format"]) for look in looks if "num_format" in look]
    return (*looks, _with_mark_behind(formats[-1]) if formats else _PLAIN)


@cache  # `Formats` knows a look by its identity: one of each, and no new one a cell
def _with_mark_behind(number_format: str) -> Look:
    """An empty section shows nothing, and stays so."""
    return {"num_format": ";".join(section and f"{section}{_MARK}" for section in number_format.split(";"))}


def with_mark(said: str, doubted: bool) -> str:
    """Words with the mark behind them, where no cell's format bears it."""
    return f"{said}{NBSP}{Mark.CHECK}" if doubted else said


def legend(figures: Figures) -> str:
    """For a sheet's note; blank where nothing is under question."""
    if not figures.doubts.found:
        return ""
    return f" «{Mark.CHECK}» — под вопросом: опирается на ответ с открытым замечанием."


def is_item_doubted(figures: Former, item: str, school: str = "") -> bool:
    """Is an accepted answer to the item under question: a school's, or any."""
    return Statement(Rests.FIGURE, school, item) in figures.doubts


def is_total_doubted(figures: Former, total: NumberTotal) -> bool:
    """Does a municipal figure with a unit rest on answers under question."""
    rests = {Measure.DIFFERENCE: Rests.CHANGE, Measure.PERIODS: Rests.YEAR}.get(total.measure, Rests.FIGURE)
    if rests is Rests.FIGURE and total.period != figures.period:  # Σ ÷ Σ of a year
        rests = Rests.YEAR
    return Statement(rests, item=total.item) in figures.doubts


def is_group_doubted(figures: Figures, item: str, name: str) -> bool:
    """Is an accepted answer of one of the group's schools under question."""
    return any(is_item_doubted(figures, item, school.code) for school in figures.grouped[name])


def is_milestone_doubted(figures: Figures, item: str, step: date | None = None, school: str = "") -> bool:
    """Does it rest on answers under question whether a school, or any, has done what an item asks. `step`: date of a
    step of the headline item."""
    return Statement(Rests.MILESTONE, school, item, step) in figures.doubts


def is_overdue_doubted(figures: Figures) -> bool:
    """Does it rest on answers under question how many deadlines have been missed."""
    form, as_of = figures.form, figures.as_of
    items = (item.number for item in form.due_items if item.due and item.due < as_of)
    steps = (target.by for target in form.targets if target.by < as_of)
    return any(is_milestone_doubted(figures, item) for item in items) or any(
        is_milestone_doubted(figures, form.headline_number, step) for step in steps
    )


def is_headline_doubted(figures: Former, school: str = "") -> bool:
    """Is the share of the headline item under question: of a school, or of all together."""
    return is_item_doubted(figures, figures.form.headline_number, school)


def is_change_doubted(figures: Figures, item: str) -> bool:
    """Is what has changed of the municipality's share of an item under question."""
    return Statement(Rests.CHANGE, item=item) in figures.doubts


def is_course_doubted(figures: Figures, school: str = "") -> bool:
    """Are own pace and forecast under question: of a school, or of all together."""
    return Statement(Rests.COURSE, school) in figures.doubts


def is_plan_doubted(figures: Figures) -> bool:
    """Does the municipality reach its plan, or miss it, only with answers under question."""
    left = figures.undoubted
    if left is None or figures.target is None or not is_headline_doubted(figures):
        return False
    return (left.municipality.level in _REACHED) is not (figures.municipality.level in _REACHED) or not left.counted


def doubted_schools(figures: Figures, item: str) -> list[School]:
    """Those whose answer to the item is under question."""
    found = figures.doubts.found
    return [one for one in figures.schools if Statement(Rests.FIGURE, one.code, item) in found]


def reasons(remarks: Iterable[Remark], as_of: date | None, catalogue: Catalogue) -> str:
    """«меньше, чем в прошлом отчёте (D51; на 20.02, D50)»; `as_of`: of the report whose date goes without saying."""
    places: dict[str, dict[str, None]] = {}
    for remark in remarks:
        places.setdefault(_title(remark, catalogue), {})[_place(remark, as_of, catalogue)] = None
    said = [f"{title} ({'; '.join(filter(None, found))})" if any(found) else title for title, found in places.items()]
    return wording.listed(said, _MOST_REASONS)


def titles_of(remarks: Iterable[Remark], catalogue: Catalogue) -> str:
    """The same of several schools: the cells would tell nothing."""
    said = dict.fromkeys(_title(remark, catalogue) for remark in remarks)
    return wording.listed(list(said), _MOST_REASONS)


def _place(remark: Remark, as_of: date | None, catalogue: Catalogue) -> str:
    day = ""
    if remark.as_of and remark.as_of != as_of:
        day = wording.on(remark.as_of, catalogue.every, short=True).replace(" ", NBSP, 1)
    return ", ".join(filter(None, (day, remark.cell)))


def _title(remark: Remark, catalogue: Catalogue) -> str:
    return wording.lowered(catalogue.entries[remark.code].title)


def named(schools: Sequence[School], most: int) -> str:
    return wording.listed([wording.keep_together(school.name) for school in schools], most)
