"""The memo to sign, «Справка об итогах мониторинга …»: what leadership is told on «Сводка», as a text document that the
office edits, prints and signs. It adds no figure of its own."""

from collections.abc import Iterable

from pipeline.measuring.figures import Figures
from pipeline.writing.memo.paragraphs import (
    what_hinders,
    what_is_overdue,
    what_is_proposed,
    what_the_figures_are,
    what_the_share_is,
    what_was_asked,
    who_reported,
)
from pipeline.writing.memo.schools import has_table, left_out_said, notes_said, schools_table
from pipeline.writing.pages.brief import Brief
from pipeline.writing.pages.words import state_said
from pipeline.writing.word import BODY, BULLET, HEADING, NOTE, NUMBERED, OFFICE, TITLE, TextDocument

_TO_SIGN = ("Должность", "Подпись", "Фамилия, инициалы", "Дата")


def memo_said(figures: Figures, brief: Brief, book: str) -> TextDocument:
    """`book`: name of the summary workbook, for what the memo leaves out."""
    form, state = figures.form, state_said(figures)
    title = f"об итогах мониторинга по теме «{form.subject}»"
    memo = TextDocument(f"Справка {title} {state}", form.office, figures.as_of)
    memo.add(OFFICE, form.office)
    memo.add(TITLE, f"Справка\n{title}\n{state}")

    memo.add(HEADING, "Что запрошено")
    memo.add(BODY, what_was_asked(figures))
    memo.add(HEADING, "Кто отчитался")
    memo.add(BODY, who_reported(figures, book))

    if form.headline:
        _add_headline(memo, figures, brief, book)
    elif form.cards:
        _add_with_bullets(memo, "Показатели", what_the_figures_are(figures, brief))
    if form.has_milestones:
        _add_with_bullets(memo, "Сроки этапов", what_is_overdue(figures, book))
    if form.problems:
        _add_with_bullets(memo, "Что мешает", what_hinders(figures, book))

    memo.add(HEADING, "Предложения")
    for proposal, why in what_is_proposed(brief):  # nobody signs a page on which nothing else stands
        memo.add(NUMBERED if proposal else BODY, why, lead=proposal, with_next=True)
    memo.add_lines_to_fill_in(_TO_SIGN)
    return memo


def _add_headline(memo: TextDocument, figures: Figures, brief: Brief, book: str) -> None:
    memo.add(HEADING, f"{figures.form.lead.name}{': план и факт' if figures.form.has_plan else ''}")
    memo.add(BODY, what_the_share_is(figures, brief))
    if has_table(figures):
        if said := left_out_said(figures, book):
            memo.add(BODY, said)
        memo.add_table(*schools_table(figures))
    if said := notes_said(figures, brief):
        memo.add(NOTE, said)


def _add_with_bullets(memo: TextDocument, title: str, lines: Iterable[str]) -> None:
    """The first line says how it stands, the others are examples."""
    said, *others = lines
    memo.add(HEADING, title)
    memo.add(BODY, said)
    for line in others:
        memo.add(BULLET, line)
