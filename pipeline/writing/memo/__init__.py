"""The memo to sign, «Справка об итогах мониторинга …»: what leadership is told on «Сводка», as a text document that the
office edits, prints and signs. It adds no figure of its own."""

from pipeline import wording
from pipeline.measuring.figures import Figures
from pipeline.writing.memo import document
from pipeline.writing.memo.document import Memo
from pipeline.writing.memo.paragraphs import (
    what_hinders,
    what_is_overdue,
    what_is_proposed,
    what_the_share_is,
    what_was_asked,
    who_reported,
)
from pipeline.writing.memo.schools import COLUMNS, has_table, left_out_said, notes_said, schools_table
from pipeline.writing.pages.brief import Brief

_TO_SIGN = ("Должность", "Подпись", "Фамилия, инициалы", "Дата")


def write_memo(figures: Figures, brief: Brief, book: str) -> bytes:
    """`book`: name of the summary workbook, for what the memo leaves out."""
    form, day = figures.form, wording.day(figures.as_of)
    title = f"об итогах мониторинга по теме «{form.subject}»"
    memo = Memo(f"Справка {title} по состоянию на {day}", form.office, figures.as_of)
    memo.add(document.OFFICE, form.office)
    memo.add(document.TITLE, f"Справка\n{title}\nпо состоянию на {day}")

    memo.add(document.HEADING, "Что запрошено")
    memo.add(document.BODY, what_was_asked(figures))
    memo.add(document.HEADING, "Кто отчитался")
    memo.add(document.BODY, who_reported(figures, book))

    memo.add(document.HEADING, f"{form.headline.name}: план и факт")
    memo.add(document.BODY, what_the_share_is(figures, brief))
    if has_table(figures):
        if said := left_out_said(figures, book):
            memo.add(document.BODY, said)
        memo.add_table(COLUMNS, *schools_table(figures))
    if said := notes_said(figures, brief):
        memo.add(document.NOTE, said)

    memo.add(document.HEADING, "Сроки этапов")
    said, *worst = what_is_overdue(figures, book)
    memo.add(document.BODY, said)
    for line in worst:
        memo.add(document.BULLET, line)

    memo.add(document.HEADING, "Что мешает")
    said, *groups = what_hinders(figures, book)
    memo.add(document.BODY, said)
    for line in groups:
        memo.add(document.BULLET, line)

    memo.add(document.HEADING, "Предложения")
    for proposal, why in what_is_proposed(brief):  # nobody signs a page on which nothing else stands
        memo.add(document.NUMBERED if proposal else document.BODY, why, lead=proposal, with_next=True)
    memo.add_lines_to_fill_in(_TO_SIGN)
    return memo.content()
