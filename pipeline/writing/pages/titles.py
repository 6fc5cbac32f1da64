"""Titles of the summary's sheets, by which they link to each other. That of the headline item is the form's own
(`form.headline.sheet`); which sheet is written by whom is told by `summary.contents`."""

FRONT = "Сводка"
COVERAGE = "Охват"
MILESTONES = "Этапы"
TREND = "Динамика"
SUBMISSIONS = "Сдача отчётов"
PROBLEMS = "Проблемы"
REMARKS = "Замечания"
WORDS = "Слова"
RECONCILIATION = "Сверка"
RULES = "Правила"
DATA = "Данные"
METHOD = "О расчёте"
CHARTS = "_графики"  # hidden: what the charts are drawn from
