"""Cron itself, in a room of its own (mounts, processes): the tables of this computer are neither seen nor changed.

It starts a line when the next minute begins. So that nobody waits for that, the room is opened with the session where a
test of it is asked for, and the minute goes by while other tests run. Each process of pytest-xdist opens one: none
knows which of them will run that test.
"""

import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from pipeline.commands.schedulers import Job, Place

ODD = "свод 100% 'а' \"б\" $HOME & Ко;"
SINCE = date(2014, 3, 2)  # daily: a test runs on the 31st too

_ROOM = ("unshare", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child")
# The job writes into a pipe, the last word, that is read until its end.
_WITHIN = """
set -e
for place in /var/spool/cron /etc/cron.d /etc/cron.hourly /etc/cron.daily /etc/cron.weekly /etc/cron.monthly /run; do
    [ ! -d $place ] || mount -t tmpfs -o mode=755 none $place
done
mount --bind /dev/null /etc/crontab
mkdir -p /var/spool/cron/crontabs
"$1" "$2"
cron
cat "$3"
"""


class Room(NamedTuple):
    """`started`: ends when cron has run the line of that job; what the job was started with is its output."""

    started: "subprocess.Popen[str]"
    job: Job


@pytest.fixture(scope="session", autouse=True)
def early(request: pytest.FixtureRequest) -> None:
    if any("cron_room" in getattr(item, "fixturenames", ()) for item in request.session.items):
        request.getfixturevalue("cron_room")


@pytest.fixture(scope="session")
def cron_room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room | None]:
    """None: without cron, or without rights to a room of its own."""
    programs = all(map(shutil.which, ("cron", "crontab", "unshare")))
    if not programs or subprocess.run([*_ROOM, "true"], capture_output=True, check=False).returncode:
        yield None
        return
    folder = tmp_path_factory.mktemp("cron")
    place = Place(folder / ODD, folder / "итоги 50%")
    job = Job(place, Path(sys.executable), arguments=("--output", str(place.output)), since=SINCE)
    words = ["sh", "-c", _WITHIN, "sh", sys.executable, *map(str, _laid_out(folder, job))]
    started = subprocess.Popen([*_ROOM, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    yield Room(started, job)
    started.kill()  # where nobody has waited for it
    started.communicate()


def _laid_out(folder: Path, job: Job) -> tuple[Path, Path]:
    """What installs the job for the next minute, and the pipe."""
    pipe, installing, checkout = folder / "pipe", folder / "install.py", Path(job.place.folder)
    os.mkfifo(pipe)
    for made in (checkout, Path(job.place.output)):
        made.mkdir()
    run = f"import os; open({str(pipe)!r}, 'w').write(repr((os.getcwd(), sys.argv[1:], sys.flags.utf8_mode)))"
    (checkout / "run.py").write_text(f"import sys\nif '--try' not in sys.argv:\n    {run}\n", encoding="utf-8")
    installing.write_text(
        textwrap.dedent(f"""\
        import sys
        from datetime import date, datetime, timedelta
        from pathlib import Path
        sys.path.insert(0, {str(Path(__file__).parent.parent)!r})
        from pipeline.commands.schedulers import Cron, Job, Place
        now = datetime.now()
        soon = now + timedelta(minutes=1 if now.second < 50 else 2)
        place = Place(Path({str(checkout)!r}), Path({str(job.place.output)!r}))
        since = date({SINCE.year}, {SINCE.month}, {SINCE.day})
        Cron().install(Job(place, Path(sys.executable), 1, soon.time(), {job.arguments!r}, since=since))
        """),
        encoding="utf-8",
    )
    return installing, pipe
