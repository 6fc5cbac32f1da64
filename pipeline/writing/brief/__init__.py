"""What leadership is told in half a minute: headline, sub-line, cards, lines of decision.

Made once from the figures and said in two places: on «Сводка» and in the letter.
"""

from pipeline import wording
from pipeline.measuring.figures import Figures, Level
from pipeline.measuring.rows import totals_by_item
from pipeline.wording import NBSP
from pipeline.writing.brief.cards import make_cards
from pipeline.writing.brief.decisions import make_decisions, nothing_to_decide
from pipeline.writing.brief.followed import is_settled, make_followed
from pipeline.writing.brief.headline import make_headline
from pipeline.writing.brief.subline import make_subline
from pipeline.writing.pages.brief import Brief
from pipeline.writing.pages.doubts import is_plan_doubted
from pipeline.writing.pages.words import compared_with, state_said
from schemas.remarks import Catalogue


def make_brief(figures: Figures, catalogue: Catalogue) -> Brief:
    order = figures.form.order
    to_decide = tuple(make_decisions(figures, catalogue))
    decided = tuple(make_followed(figures))
    calm = not to_decide and is_settled(figures)
    lines = (*(to_decide or ((nothing_to_decide(figures),) if calm else ())), *decided)
    return Brief(
        kicker=f"{figures.form.subject} · приказ №{NBSP}{order.number} от {wording.day(order.date)}".upper(),
        dates=_dates(figures),
        headline=make_headline(figures),
        good=_is_good(figures),
        subline=make_subline(figures),
        cards=make_cards(figures),
        decide="Решения управления" if calm else "Требует решения управления",
        decisions=lines,
        calm=calm,
        footer=_footer(figures),
    )


def _is_good(figures: Figures) -> bool:
    """Is the plan met; where there is none, is nobody to be reminded of a report."""
    if figures.form.headline is None or not figures.form.has_plan:
        return not any(line.to_remind for line in figures.submissions)
    return figures.municipality.level is not Level.BELOW and not is_plan_doubted(figures)


def _dates(figures: Figures) -> str:
    said, before = state_said(figures), compared_with(figures)
    return f"{said} · сравнение {wording.beside(before.as_of, before.every)}" if before else said


def _footer(figures: Figures) -> str:
    counted, expected = len(figures.counted), len(figures.schools)
    if not expected or figures.form.headline is None:
        return ""
    derived = totals_by_item(figures)[figures.form.headline_number].derived
    by_percent = f", у {wording.number(derived)} — по проценту" if derived else ""
    form = figures.form
    verb = "учтён ответ" if counted == 1 else "учтены ответы"
    of_schools = wording.schools(expected, wording.Case.GENITIVE)
    about = f"{form.lead.name} (п.{NBSP}{form.headline_number}): "
    return f"{about}{verb} {wording.number(counted)} из {of_schools}{by_percent}; итог — по сумме людей."
