"""The memo's table: target against actual, school by school, worst first, and the total of all."""

from pipeline import wording
from pipeline.measuring.figures import Activation, Figures, Level, Share
from pipeline.writing.pages import doubts
from pipeline.writing.pages.brief import Brief
from pipeline.writing.pages.doubts import is_headline_doubted, with_mark
from pipeline.writing.pages.words import UNKNOWN, school_name, share_decimals, why_not_counted
from pipeline.writing.word import Column

COLUMNS = (
    Column("№", 11, figure=True),
    Column("Школа", 43),
    Column("Факт", 18, figure=True),
    Column("План", 19, figure=True),
    Column("Отклоне-\nние, п.п.", 19, figure=True),
    Column("Не хватает,\nчел.", 23, figure=True),
    Column("Примечание", 37),
)  # together the width between the margins: 170 mm
_WITHOUT_PLAN = (
    Column("№", 11, figure=True),
    Column("Школа", 83),
    Column("Факт", 18, figure=True),
    Column("Примечание", 58),
)
_OF_PLAN = slice(3, 6)  # of COLUMNS
_MOST_SCHOOLS = 40  # with more only those that somebody has to act on


def has_table(figures: Figures) -> bool:
    """Not of schools of which all that is known is that nobody has sent anything: they have been named."""
    return any(row.share is not Share.NO_REPORT for row in figures.activation)


def left_out_said(figures: Figures, book: str) -> str:
    """Whom the table leaves out; blank where it holds all."""
    left_out = sum(not _is_shown(figures, row) for row in figures.activation)
    if not left_out:
        return ""
    whole = len(figures.activation)
    shown = f"{wording.number(whole - left_out)} из {wording.number(whole)}"
    rest = f"и ещё {wording.schools(left_out)} — в книге {book}, лист «{figures.form.lead.sheet}»"
    below = "ниже плана, " if figures.form.has_plan else ""
    return f"В таблице только школы {below}под вопросом и неучтённые: {shown}; {rest}."


def schools_table(figures: Figures) -> tuple[tuple[Column, ...], list[list[str]], list[str]]:
    """Columns, their rows, and the row of the total: of all schools counted, shown or not. Without a plan nothing is
    held against it."""
    ranked = enumerate(figures.activation, 1)
    rows = [[str(rank), *_school_row(figures, row)] for rank, row in ranked if _is_shown(figures, row)]
    total = ["", *_total_row(figures)]
    if figures.form.has_plan:
        return COLUMNS, rows, total
    for row in (*rows, total):
        del row[_OF_PLAN]
    return _WITHOUT_PLAN, rows, total


def _is_shown(figures: Figures, row: Activation) -> bool:
    if len(figures.activation) <= _MOST_SCHOOLS or row.percent is None or row.level is Level.BELOW:
        return True
    return is_headline_doubted(figures, _code(row))


def _school_row(figures: Figures, row: Activation) -> list[str]:
    return [school_name(row), *_measured(figures, row, row.shortfall), _remark(figures, row)]


def _total_row(figures: Figures) -> list[str]:
    counted = wording.counted_of(len(figures.counted), len(figures.schools))
    return ["Итого по сумме людей", *_measured(figures, figures.municipality, figures.shortfall), counted]


def _measured(figures: Figures, row: Activation, missing: int | None) -> list[str]:
    """Share, target, deviation, people missing; what is not known is «—»."""
    if row.percent is None:
        return [UNKNOWN] * 4
    target, doubted = figures.target, is_headline_doubted(figures, _code(row))
    decimals = share_decimals(row, target)
    share = with_mark(wording.percent(row.percent, decimals, in_column=True), doubted)
    if target is None:
        return [share, *[UNKNOWN] * 3]
    deviation = round(row.deviation or 0.0, decimals)
    sign = "+" if deviation > 0 else ""
    return [
        share,
        wording.band(target.min, target.max),
        with_mark(f"{sign}{wording.number(deviation, decimals)}", doubted),
        with_mark(wording.number(missing or 0), doubted),
    ]


def _remark(figures: Figures, row: Activation) -> str:
    """Why there is no figure; else on which side of the target it lies, and from which date it is."""
    if row.percent is None:
        return why_not_counted(figures, row)
    said = [str(row.level)] if row.level in (Level.BELOW, Level.ABOVE) else []
    if row.carried and row.report_date:
        whole = _code(row) in figures.carried_reports
        said.append(f"отчёт на {wording.day(row.report_date)}" if whole else "прежний ответ")
    return "; ".join(said)


def notes_said(figures: Figures, brief: Brief) -> str:
    """How the table is to be read, and what its marks mean."""
    sums = "«Не хватает» в итоге — сумма по школам." if figures.shortfall else ""
    how = f"{figures.form.lead.share_of} {brief.footer}" if has_table(figures) else ""
    return " ".join(filter(None, (how, sums, doubts.legend(figures).strip())))


def _code(row: Activation) -> str:
    """Blank of all schools together."""
    return row.school.code if row.school else ""
