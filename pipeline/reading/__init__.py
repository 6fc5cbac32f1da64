"""Files to answers. Light on purpose: `run.py` asks for `AHEAD` before it imports anything else."""

# All that a registry and a school's workbook are read with. A reader imports it before it is asked for anything.
AHEAD = (
    "pipeline.reading.reports",
    "pipeline.reading.decided",
    "pipeline.reading.explained",
    "pipeline.reading.finding.layouts",
    "pipeline.reading.opening.grid",
    "pipeline.reading.opening.papers",
    "pipeline.reading.registry",
    "pipeline.reading.schools",
)
