"""Names that Svod's own workbooks take, and their room: no form may use such a name for its own, or need more room."""

# Sheets of the summary workbook, by which they link to each other.
FRONT = "Сводка"
NUMBERS = "Показатели"
BY_SCHOOL = "По школам"
COVERAGE = "Охват"
MILESTONES = "Этапы"
TREND = "Динамика"
SUBMISSIONS = "Сдача отчётов"
PROBLEMS = "Проблемы"
DECISIONS = "Решения"
REMARKS = "Замечания"
WORDS = "Слова"
RECONCILIATION = "Сверка"
RULES = "Правила"
DATA = "Данные"
METHOD = "О расчёте"
CHARTS = "_графики"  # hidden: what the charts are drawn from
SHEETS = (
    FRONT, NUMBERS, BY_SCHOOL, COVERAGE, MILESTONES, TREND, SUBMISSIONS, PROBLEMS, DECISIONS, REMARKS, WORDS,
    RECONCILIATION, RULES, DATA, METHOD, CHARTS,
)  # fmt: skip

# Cells with a name: in the summary workbook all of them, in a school's form the first.
PLAN_MIN = "План_мин"
PLAN_MAX = "План_макс"
REPORT_DATE = "Дата_отчёта"
NEXT_DEADLINE = "След_срок"
NEXT_PLAN_MIN = "След_план_мин"
WEEKS_LEFT = "Недель_до_срока"
CELLS = (PLAN_MIN, PLAN_MAX, REPORT_DATE, NEXT_DEADLINE, NEXT_PLAN_MIN, WEEKS_LEFT)

# What stands beside the form's own stages and groups of problems.
PAPERS = "Документы, предоставляемые в Управление"
NO_STAGE = "Вне этапов"
OTHER_PROBLEMS = "Другое"
ALL_SHARES = "Показатели"  # on «Охват», of a form that puts them into no groups

# Room of the small matrix on «Сводка»: groups of people below each other, columns side by side.
MATRIX_ROWS, MATRIX_COLUMNS = 6, 8
