"""The command `trace`: the way of a figure from the school's cell to the municipality's percentage."""

from collections.abc import Iterator

from pipeline.commands.choosing import school_named
from pipeline.measuring.figures import Figures, Share
from pipeline.measuring.rows import AnswerRow, answer_rows, coverage_rows, totals_by_item
from pipeline.survey import Survey
from pipeline.wording import (
    MENDED,
    SEVERITIES,
    corrected_by,
    counted_of,
    message,
    named,
    number,
    on,
    percent,
    times,
    todo,
)
from schemas.answers import Why
from schemas.district import School
from schemas.form import Item
from schemas.remarks import Remark
from schemas.reports import ReportRead
from schemas.strict import UsageError

_BASIS = {"stated": "указано школой", "derived": "вычислено или взято из сведений о школе"}
_FIELDS = {
    "count": "охвачено, чел.",
    "total": "всего, чел.",
    "percent": "процент",
    "classes": "классы",
    "by_class": "по классам",
    "number": "номер",
    "date": "дата",
    "text": "текст",
    "title": "название",
    "person": "ответственный",
    "position": "должность",
    "yes": "есть или нет",
    "url": "адрес",
    "value": "число",
    "choice": "выбрано",
}
_TAKEN_BECAUSE = {
    Why.PARTIAL: "В файле «{file}», который пришёл позже на ту же дату, ответа нет: действует ответ прежнего файла.",
    Why.BLANK: "В отчёте «{file}» здесь пусто: действует ответ прежнего отчёта, на {day}.",
    Why.REFERENCE: "Отчёт «{file}» ссылается на прежний ответ: он взят из отчёта на {day}.",
}
_SHARES = {
    Share.COUNTED: "учтено",
    Share.SET_ASIDE: "отложено из-за замечания",
    Share.NOT_APPLICABLE: "не предусмотрено",
    Share.NO_ANSWER: "нет ответа",
    Share.NO_REPORT: "нет отчёта",
}


def trace(survey: Survey, said: str, item_number: str) -> list[str]:
    """Lines for people. `said`: the school's code or name. Raises UsageError when school or item are not known."""
    school = school_named(survey, said)
    number = item_number.rstrip(".")
    item = _item(survey, number)
    when = named(survey.figures.as_of, survey.figures.every)
    lines = [f"{school.name} (код {school.code}), {_named(item, number)}, {when}"]
    for part in _parts(survey, school, number):
        if part != number:
            lines.append(f"{_named(_item(survey, part), part)}:")
        lines += _from_the_cell(survey, school, part)
        lines += _remarks(survey, school, part)
        lines += _to_the_share(survey.figures, school, _item(survey, part))
    return lines


def _item(survey: Survey, number: str) -> Item:
    try:
        return survey.form.item(number)
    except KeyError:
        known = ", ".join(item.number for item in survey.form.items)
        raise UsageError(f"Пункта «{number}» в форме нет. Пункты: {known}.") from None


def _named(item: Item, number: str) -> str:
    """«п. 6.2 (ознакомление родителей)»; a row of acts has no title in the form."""
    return f"п. {number} ({item.about or item.title})" if item.number == number else f"п. {number}"


def _parts(survey: Survey, school: School, number: str) -> list[str]:
    """The numbers to show: the item's own and those that stand under it, items of the form and rows of acts alike.

    A heading over other numbers has no answer of its own: it is left out where nothing is said of it.
    """
    said = {row.item for row in answer_rows(survey.figures) if row.school_code == school.code}
    said |= {remark.item for remark in _told(survey) if remark.school == school.code}
    known = said | {item.number for item in survey.form.items}
    below = sorted((one for one in known if one.startswith(f"{number}.")), key=survey.form.sort_key)
    return [number, *below] if number in said or not below else below


def _from_the_cell(survey: Survey, school: School, item: str) -> Iterator[str]:
    facts = [row for row in answer_rows(survey.figures) if (row.school_code, row.item) == (school.code, item)]
    if not facts:
        yield f"Ответа, который удалось прочитать, в отчёте {times(survey.figures.every).this} нет."
        return
    report = _report_with(survey, facts[0])
    assert report.as_of is not None  # it counts
    yield f"Файл: {facts[0].file}, лист «{facts[0].sheet}», отчёт {on(report.as_of, survey.figures.every)}"
    for taken in survey.figures.reconciliation.taken:
        if (taken.school, taken.item) == (school, item):
            yield _TAKEN_BECAUSE[taken.why].format(file=taken.file, day=f"{taken.as_of:%d.%m.%Y}")
    yield _why(survey, report)
    for fact in facts:
        shown = fact.text or (percent(fact.number, 4) if fact.field == "percent" else number(fact.number))
        aside = "" if fact.counted else ", отложено"
        yield f"  {fact.cell}: {_FIELDS.get(fact.field, fact.field)} — {shown} ({_BASIS[fact.basis]}{aside})"


def _report_with(survey: Survey, fact: AnswerRow) -> ReportRead:
    """The report in which the answer stands: later ones may have handed it on, as of their own dates."""
    reports = (report for read in survey.intake.reads if read.file == fact.file for report in read.reports)
    return next(one for one in reports if (one.sheet, one.school) == (fact.sheet, fact.school_code))


def _why(survey: Survey, report: ReportRead) -> str:
    """Whose report it was taken for, of which order, and in which column the answers were read."""
    form = survey.form
    order = f"приказ № {form.order.number} ({'бланк Свода' if report.own_form else 'по номерам и словам пунктов'})"
    recognised = (f"школа «{report.school_as_written}»", order, report.columns)
    return f"Узнано в файле: {'; '.join(filter(None, recognised))}."


def _remarks(survey: Survey, school: School, item: str) -> Iterator[str]:
    for remark in _told(survey):
        if (remark.school, remark.item) == (school.code, item):
            yield f"  {SEVERITIES[remark.severity]} {remark.cell}: {message(remark, survey.catalogue)}"
            yield f"    {todo(remark, survey.catalogue)}"
    for remark, file, as_of in survey.figures.mended:
        if (remark.school, remark.item) == (school.code, item):
            yield f"  {MENDED} {remark.cell} ({remark.file}): {message(remark, survey.catalogue)}"
            yield f"    {corrected_by(file, as_of, survey.figures.every)}"


def _told(survey: Survey) -> Iterator[Remark]:
    """What only follows from another remark, too: it stands on an item of its own."""
    return (one for remark in survey.figures.remarks for one in remark.told)


def _to_the_share(figures: Figures, school: School, item: Item) -> Iterator[str]:
    if not item.measured:
        return
    answer = (school.code, item.number)
    row = next(row for row in coverage_rows(figures) if (row.school_code, row.item) == answer)
    carried = ", перенесено с прошлой даты" if row.carried and row.share is Share.COUNTED else ""
    yield f"Школа: {_shown(row.covered, row.total, row.percent)} — {_SHARES[row.share]}{carried}"
    total = totals_by_item(figures)[item.number]
    counted = counted_of(total.counted, total.expected)
    yield f"Муниципалитет: {_shown(total.covered, total.total, total.percent)} — {counted}"


def _shown(covered: float, total: float, share: float) -> str:
    if share != share:
        return "нет показателя"
    people = "" if covered != covered else f"{number(covered)} из {number(total)} чел. = "
    return f"{people}{percent(share, 2)}"
