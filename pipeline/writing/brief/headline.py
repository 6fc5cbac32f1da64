"""The headline: the municipality's share of the headline item and the verdict on the plan, in one sentence; how
complete the reports are where the form has no such item."""

from pipeline import wording
from pipeline.measuring.figures import Figures, Level, Share, State
from pipeline.writing.pages.doubts import doubted_schools, is_headline_doubted, is_plan_doubted, with_mark
from pipeline.writing.pages.words import (
    asked,
    before_first_date,
    in_state,
    lacking,
    reported,
    share_decimals,
    unattributed_said,
    why_headline_counts_nowhere,
)


def make_headline(figures: Figures) -> str:
    if figures.form.headline is None:
        return _completeness(figures) if reported(figures) else _nothing_reported(figures)
    if figures.municipality.percent is None:
        return _nothing_counted(figures)
    decimals = share_decimals(figures.municipality, figures.target)
    share = wording.percent(figures.municipality.percent, decimals)
    said = f"{figures.form.lead.name} — {with_mark(share, is_headline_doubted(figures))}"
    target, coming = figures.target, figures.next_target
    if target:
        said = f"{said} при плане {wording.band(target.min, target.max)}: {_verdict(figures)}"
    elif coming:
        said += f". План ещё не действует: к {wording.day(coming.by)} нужно {wording.band(coming.min, coming.max)}."
    else:
        said += "."
    if reported(figures):
        return said
    none = "отчёта" if len(figures.schools) == 1 else "отчётов"
    return f"{said} {wording.capital(_asked_for(figures))} {none} нет: данные прежние."


def _completeness(figures: Figures) -> str:
    """«Отчитались 7 из 8 школ за январь 2026 г.»; of one school alone its own report."""
    came, whole = len(reported(figures)), len(asked(figures))
    if len(figures.schools) == 1:
        return _closed(f"Школа отчиталась {_asked_for(figures)}")
    corrected = len(in_state(figures, State.TO_CORRECT))
    errors = f", на доработке {wording.number(corrected)}" if corrected else ""
    if came == whole and not figures.draft_registry:  # without a registry nobody knows who is missing
        return _closed(f"Отчитались все {wording.schools(whole)} {_asked_for(figures)}{errors}")
    verb = wording.plural(came, "Отчиталась", "Отчитались", "Отчитались")
    who = f"{wording.number(came)} из {wording.schools(whole, wording.Case.GENITIVE)}"
    return _closed(f"{verb} {wording.schools(came) if figures.draft_registry else who} {_asked_for(figures)}{errors}")


def _closed(said: str) -> str:
    """A sentence ends in one full stop: «за январь 2026 г.»"""
    return f"{said.removesuffix('.')}."


def _nothing_reported(figures: Figures) -> str:
    if not figures.schools:
        return "Нет ни одной школы в реестре."
    if figures.reporting_date is None:
        return f"Показателей пока нет: {before_first_date(figures)}."
    if figures.unattributed:
        files = wording.capital(unattributed_said(figures))
        return f"{files}, других отчётов {_asked_for(figures)} нет — показателей пока нет."
    whole = len(figures.schools)
    nobody = "Школа" if whole == 1 else f"Ни одна школа из {wording.number(whole)}"
    return f"{nobody} не отчиталась {_asked_for(figures)} — показателей пока нет."


def _nothing_counted(figures: Figures) -> str:
    if not figures.schools or not reported(figures):
        return _nothing_reported(figures)
    headline = figures.form.lead
    aside = [row.school.code for row in figures.activation if row.school and row.share is Share.SET_ASIDE]
    if aside and all((code, headline.item) in figures.unbased for code in aside):
        return f"Отчёты есть, но «{headline.name}» не считается: в реестре не заполнено число людей."
    match why_headline_counts_nowhere(figures):
        case Share.NOT_APPLICABLE:
            return f"Отчёты есть, но показатель «{headline.name}» ни к одной школе не относится."
        case Share.NO_ANSWER:
            return f"Отчёты есть, но на {wording.item_in_text(headline.item)} («{headline.name}») нет ни одного ответа."
    return f"Отчёты есть, но ни один показатель «{headline.name}» не принят: смотрите замечания."


def _asked_for(figures: Figures) -> str:
    """For when the reports are: «на 30.01.2014», «за январь 2014 г.»"""
    return wording.on(figures.reporting_date or figures.as_of, figures.every)


def _verdict(figures: Figures) -> str:
    """The municipality's, then how many schools it does not hold for; of one school the first says it all."""
    counted = len(figures.counted)
    alone = counted == len(figures.schools) == 1
    if figures.municipality.level is Level.BELOW:
        missing = lacking(figures.municipality.shortfall or 0, figures.form)
        missed = "выполнение плана под вопросом" if is_plan_doubted(figures) else "план не выполнен"
        said = f"{missed}, не хватает {missing}."
        return said if alone else f"{said} {wording.capital(_behind_of(figures))}."
    left = figures.undoubted
    above = figures.municipality.level is Level.ABOVE and (left is None or left.municipality.level is Level.ABOVE)
    met = "план перевыполнен" if above else "план выполнен"
    doubted = doubted_schools(figures, figures.form.headline_number)
    if alone:
        return f"{met}, но показатель под вопросом." if doubted else f"{met}."
    if is_plan_doubted(figures):
        met = "выполнение плана под вопросом"
    if figures.below:
        return f"{met}{', ' if is_plan_doubted(figures) else ', но '}{_behind_of(figures)}."
    if doubted:
        return f"{met}; отстающих нет, но под вопросом {wording.schools(len(doubted))}."
    if counted == len(figures.schools) and not figures.draft_registry:
        return f"{met} во всех школах."
    return f"{met}, отстающих нет; {wording.counted_of(counted, len(figures.schools))}."


def _behind_of(figures: Figures) -> str:
    counted, behind = len(figures.counted), len(figures.below)
    if behind == counted == len(figures.schools):
        return f"ниже плана все {wording.schools(counted)}"
    return f"{wording.schools(behind)} из {wording.number(counted)} ниже плана"
