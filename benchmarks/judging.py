"""What checking and measuring cost, without reading and writing: python -m benchmarks.judging [schools] [dates]

The reports of a district, half of them with wrong answers, are read once; then both stages are done anew in every
round. CPU seconds of this process, once all that is needed is loaded and words are known: a run, which meets them for
the first time, pays more.
"""

import gc
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.district import USUAL
from pipeline.checking.judgement import Checked, check
from pipeline.commands.run import job_of
from pipeline.demo import make
from pipeline.measuring.measure import measure
from pipeline.monthly import Job, Survey, take_survey
from run import OBJECTS
from schemas.form import load_form

ROUNDS = 5


def main(schools: int = 1000, dates: int = 3) -> None:
    gc.set_threshold(OBJECTS)  # as in the main job
    with tempfile.TemporaryDirectory() as made:
        district = make(Path(made), load_form("form-547"), schools, dates, seed=1, faulty=USUAL)
        job = job_of(Path(made, "input"), Path(made, "output"), district.as_of, None)
        survey = take_survey(job)
    rounds = [_round(job, survey) for _ in range(ROUNDS)]
    reports, facts = len(survey.checked.reports), len(survey.checked.answers)
    print(
        f"{schools} schools × {dates} dates: {reports} reports, {facts:,} facts; CPU seconds, best of {ROUNDS} rounds"
    )
    for name, costs in (("checking", [one for one, _ in rounds]), ("measuring", [other for _, other in rounds])):
        print(f"  {name:10} {min(costs):5.2f}")
    print(f"  {'together':10} {min(map(sum, rounds)):5.2f}")


def _round(job: Job, survey: Survey) -> tuple[float, float]:
    start = time.process_time()
    checked = _checked(job, survey)
    between = time.process_time()
    measure(checked, survey.intake.reads, survey.intake.registry, job.form, survey.catalogue, job.as_of, job.calendar)
    return between - start, time.process_time() - between


def _checked(job: Job, survey: Survey) -> Checked:
    intake, arrivals = survey.intake, dict(survey.checked.arrivals)
    return check(intake.reads, arrivals, job.form, intake.registry, survey.catalogue, intake.inbox.remarks)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
