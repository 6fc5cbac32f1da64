"""Titles of the summary's sheets, by which they link to each other. That of the headline item is the form's own
(`form.headline.sheet`), which may be none of these: so they stand where the form's loader sees them. Which sheet is
written by whom is told by `summary.contents`."""

from schemas.own_names import BY_SCHOOL as BY_SCHOOL
from schemas.own_names import CHARTS as CHARTS
from schemas.own_names import COVERAGE as COVERAGE
from schemas.own_names import DATA as DATA
from schemas.own_names import DECISIONS as DECISIONS
from schemas.own_names import FRONT as FRONT
from schemas.own_names import METHOD as METHOD
from schemas.own_names import MILESTONES as MILESTONES
from schemas.own_names import NUMBERS as NUMBERS
from schemas.own_names import PROBLEMS as PROBLEMS
from schemas.own_names import RECONCILIATION as RECONCILIATION
from schemas.own_names import REMARKS as REMARKS
from schemas.own_names import RULES as RULES
from schemas.own_names import SUBMISSIONS as SUBMISSIONS
from schemas.own_names import TREND as TREND
from schemas.own_names import WORDS as WORDS
