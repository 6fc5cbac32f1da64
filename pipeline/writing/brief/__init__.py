"""What leadership is told in half a minute: headline, sub-line, cards, lines of decision.

Made once from the figures and said in two places: on «Сводка» and in the letter.
"""

from pipeline import wording
from pipeline.measuring.figures import Figures, Level
from pipeline.measuring.rows import totals_by_item
from pipeline.wording import NBSP
from pipeline.writing.brief.cards import make_cards
from pipeline.writing.brief.decisions import (
    NOTHING_ASKED,
    NOTHING_BUT_DOUBTS,
    NOTHING_COUNTED,
    NOTHING_TO_DECIDE,
    make_decisions,
)
from pipeline.writing.brief.followed import is_settled, make_followed
from pipeline.writing.brief.headline import make_headline
from pipeline.writing.brief.subline import make_subline
from pipeline.writing.pages.brief import Brief
from pipeline.writing.pages.doubts import doubted_schools, is_plan_doubted
from pipeline.writing.pages.words import compared_with
from schemas.remarks import Catalogue


def make_brief(figures: Figures, catalogue: Catalogue) -> Brief:
    order = figures.form.order
    to_decide = tuple(make_decisions(figures, catalogue))
    nothing = NOTHING_TO_DECIDE if figures.counted else NOTHING_COUNTED
    if figures.reporting_date is None:
        nothing = NOTHING_ASKED
    elif doubted_schools(figures, figures.form.headline.item):
        nothing = NOTHING_BUT_DOUBTS
    decided = tuple(make_followed(figures))
    calm = not to_decide and is_settled(figures)
    lines = (*(to_decide or ((nothing,) if calm else ())), *decided)
    return Brief(
        kicker=f"{figures.form.subject} · приказ №{NBSP}{order.number} от {wording.day(order.date)}".upper(),
        dates=_dates(figures),
        headline=make_headline(figures),
        good=figures.municipality.level is not Level.BELOW and not is_plan_doubted(figures),
        subline=make_subline(figures),
        cards=make_cards(figures),
        decide="Решения управления" if calm else "Требует решения управления",
        decisions=lines,
        calm=calm,
        footer=_footer(figures),
    )


def _dates(figures: Figures) -> str:
    said, before = f"по состоянию на {wording.day(figures.as_of)}", compared_with(figures)
    return f"{said} · сравнение с {wording.day(before.as_of)}" if before else said


def _footer(figures: Figures) -> str:
    counted, expected = len(figures.counted), len(figures.schools)
    if not expected:
        return ""
    derived = totals_by_item(figures)[figures.form.headline.item].derived
    by_percent = f", у {wording.number(derived)} — по проценту" if derived else ""
    form = figures.form
    verb = "учтён ответ" if counted == 1 else "учтены ответы"
    of_schools = wording.schools(expected, wording.Case.GENITIVE)
    about = f"{form.headline.name} (п.{NBSP}{form.headline.item}): "
    return f"{about}{verb} {wording.number(counted)} из {of_schools}{by_percent}; итог — по сумме людей."
