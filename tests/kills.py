"""Kills commands at random moments and holds what comes of it against an undisturbed one: python -m tests.kills
[--n 500] [--seed 1] [--only main,mail] [--full]

Whatever is done when the process group gets its SIGKILL: the set of results is all old or all new once the folder is
touched again, the journal opens and knows what it knew, the command done once more leaves what an undisturbed one
leaves, byte for byte, and every letter has arrived once, or is held. Moments are the n-th thing that the command does
with a file, the journal or the mail server, and one in five a moment of the clock. `--keep DIR` puts the folders aside
in which something was wrong.

With `--full` nothing is killed: the disk is full at each thing in turn that needs room on it, for once and from then
on, and the same is held; what the command says of it is one sentence.
"""

import argparse
import logging
import shutil
import sqlite3
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import trustme

from pipeline.demo import make
from pipeline.exchange import RECORD
from pipeline.files import settle
from pipeline.memory.journal import Journal
from schemas.form import load_form
from tests.dying import How
from tests.mail_server import USER, Post, serving
from tests.zygote import Run, Zygote

AS_OF = "2014-03-20"
SCHOOLS = 2
# Command, and what lies in the output folder.
KINDS = {
    "main": ("nothing", "an older summary"),
    "main --mail": ("nothing", "an older summary"),
    "forms": ("nothing",),
    "mail": ("a summary",),
    "rebuild": ("a summary",),
    "approve": ("a summary",),
}
_MOMENTS = {
    "id", "run", "first_run", "last_run", "started", "finished", "sent_at", "begun_at", "made", "first_seen",
    "approved_at",
}  # fmt: skip


# ── what is there before a command, and what it makes of it ──────────────────────────────────────────────


@dataclass
class Case:
    """A command over a folder. `before`: what lies there, `after`: what an undisturbed one leaves."""

    kind: str
    before: Path
    after: Path
    things: int = 0
    of_room: int = 0
    seconds: float = 1.0
    arrived: Counter[tuple[str, str]] = field(default_factory=Counter)


class Bench:
    """All cases, made once below `folder`."""

    def __init__(self, folder: Path, zygote: Zygote, post: Post, settings: Path) -> None:
        self._folder, self._zygote, self.post, self._settings = folder, zygote, post, settings
        made = make(folder / "district", load_form("form-547"), schools=SCHOOLS, dates=2, seed=1)
        self._input = made.registry.parent
        self._odd = next(path for path in sorted(self._input.rglob("*.xlsx")) if AS_OF in path.parts)

    def case(self, kind: str, over: str) -> Case:
        """`over`: what lies there, of `states`."""
        after = self._folder / f"{kind} over {over}".replace(" ", "-")
        case = Case(kind, self.state(over), after)
        shutil.copytree(case.before, after)
        self.post.letters.clear()
        begun = time.monotonic()
        case.things = self.run(kind, after).things
        case.seconds = time.monotonic() - begun
        case.arrived = arrived(self.post)
        return case

    def things_of_room(self, case: Case) -> int:
        """That the command does and that need room on a disk."""
        if not case.of_room:
            output = Path(shutil.copytree(case.before, self._folder / "counted"))
            case.of_room = self.run(case.kind, output, how="full once").things
            shutil.rmtree(output)
        return case.of_room

    def state(self, name: str) -> Path:
        """Nothing, a summary of today's files, or an older one of the same date, made of others."""
        folder = self._folder / name
        if folder.exists():
            return folder
        folder.mkdir()
        if name == "an older summary":
            aside = self._folder / self._odd.name
            shutil.move(self._odd, aside)
            self.run("main", folder)
            shutil.move(aside, self._odd)
        elif name == "a summary":
            self.run("main", folder)
        return folder

    def run(self, kind: str, output: Path, nth: int = 0, seconds: float | None = None, how: How = "killed") -> Run:
        first, *rest = kind.split()
        command = [] if first == "main" else [first]
        named = [AS_OF] if first in ("rebuild", "approve") else ["--as-of", AS_OF]
        named += [] if first == "rebuild" else ["--settings", self._settings.with_stem(first)]
        where = ["--output", output] + ([] if first in ("mail", "rebuild", "approve") else ["--input", self._input])
        ran = self._zygote.run(*command, *rest, *where, *named, nth=nth, seconds=seconds, how=how)
        if not nth and seconds is None and ran.code != 0:
            raise AssertionError(f"{kind} ended with {ran.code}: {ran.refused}")
        return ran


def arrived(post: Post) -> Counter[tuple[str, str]]:
    """Letter and recipient: how often."""
    found: Counter[tuple[str, str]] = Counter()
    for letter in post.letters:
        head = (letter.original_content or b"").split(b"\r\n\r\n")[0].decode("utf-8", "replace")
        name = next((line for line in head.splitlines() if line.startswith("X-Svod-Letter")), "")
        found.update((name, to) for to in letter.rcpt_tos)
    return found


# ── one kill ─────────────────────────────────────────────────────────────────────────────────────────────


def killed_once(bench: Bench, case: Case, random: Random, output: Path) -> tuple[bool, list[str]]:
    """Was it killed before its end, and what was wrong then."""
    shutil.copytree(case.before, output)
    bench.post.letters.clear()
    by_clock = random.random() < 0.2
    nth = 0 if by_clock else random.randint(1, case.things)
    ran = bench.run(case.kind, output, nth, random.random() * case.seconds if by_clock else None)
    wrong = [*after_the_kill(case, output)]
    again = bench.run(case.kind, output, seconds=600)
    if again.code not in (0, 4):
        wrong.append(f"the next one ended with {again.code}: {again.refused}")
    wrong += _after_the_next(case, output, bench.post)
    return ran.killed, [f"{case.kind} at {nth or 'a moment'}: {one}" for one in wrong]


def filled_once(bench: Bench, case: Case, nth: int, how: How, output: Path) -> list[str]:
    """What was wrong when the disk was full at the n-th thing."""
    shutil.copytree(case.before, output)
    bench.post.letters.clear()
    ran = bench.run(case.kind, output, nth, how=how)
    wrong = [*_refused_rightly(case, ran, output), *after_the_kill(case, output)]
    again = bench.run(case.kind, output, seconds=600)
    if again.code not in (0, 4):
        wrong.append(f"the next one ended with {again.code}: {again.refused}")
    wrong += _after_the_next(case, output, bench.post)
    return [f"{case.kind} over {case.before.name}, {how} at {nth}: {one}" for one in wrong]


def _refused_rightly(case: Case, ran: Run, output: Path) -> Iterator[str]:
    """One sentence and the old set, or the new one; or that is left to the next command."""
    if ran.code not in (0, 3, 4) or ran.refused.count("\n") != (ran.code == 3) or "Сбой программы" in ran.refused:
        yield f"ended with {ran.code}: {ran.refused}"
    if ran.code == 3 and "мест" not in ran.refused:
        yield f"does not say why: {ran.refused}"
    is_left = ran.code == 3 and (output / RECORD).exists()
    if not is_left and results(output) != results(case.before if ran.code == 3 else case.after):
        yield f"ended with {ran.code}, but the set is another: {ran.said[-300:]} {ran.refused}"


def after_the_kill(case: Case, output: Path) -> Iterator[str]:
    """The set is all old or all new, and the journal can be used."""
    settle(output)
    known = [results(case.before), results(case.after)]
    if (found := results(output)) not in known:
        yield f"neither old nor new: {_differences(found, known[0])} / {_differences(found, known[1])}"
    if (output / "journal.db").exists():
        with Journal.copy(output / "journal.db") as journal:
            if journal.warning:
                yield journal.warning


def _after_the_next(case: Case, output: Path, post: Post) -> Iterator[str]:
    found, wanted = everything(output), everything(case.after)
    held = _held(output)
    letters = bool(case.arrived)
    differ = {
        name
        for name in found.keys() | wanted.keys()
        if found.get(name) != wanted.get(name) and not (letters and {"outbox", "sent"} & {*Path(name).parts})
    }
    if differ:
        yield f"differs: {sorted(differ)[:9]}"
    for table in TABLES:
        if (was := rows(case.after, table)) != (now := rows(output, table)) and not (held and table in _OF_LETTERS):
            yield f"journal, {table}: {sorted(map(str, was ^ now))[:6]}"
    came = arrived(post)
    if twice := [one for one, times in came.items() if times > 1]:
        yield f"sent twice: {twice}"
    if lost := [one for one in case.arrived.keys() - came.keys() if one[1] not in held]:
        yield f"lost: {lost}"
    if len(held) > 1:
        yield f"held: {held}"


def results(output: Path) -> dict[str, bytes]:
    """The date's files under their own names, letters that have gone or wait to go aside."""
    folder = output / AS_OF
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".") and path.parent.name not in ("outbox", "sent")
    }


def everything(output: Path) -> dict[str, bytes]:
    """All that lies there, leftovers too, but what bears a moment: logs, the journal and its copies."""
    return {
        path.relative_to(output).as_posix(): path.read_bytes()
        for path in output.rglob("*")
        if path.is_file()
        and path.relative_to(output).parts[0] not in ("logs", "backups", ".svod.lock")
        and not path.name.startswith("journal.db")
    }


def _differences(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))[:6]


_OF_LETTERS = {"letters", "attempts", "told", "figures"}
TABLES = (
    "letters", "inputs", "arrivals", "reports", "figures", "told", "remarks", "attempts", "tellings", "watchers",
    "approvals", "expected",
)  # fmt: skip


def rows(output: Path, table: str) -> set[tuple[Any, ...]]:
    """What the journal knows, whatever run it has it from; nothing where there is none."""
    if not (output / "journal.db").exists():
        return set()
    with closing(sqlite3.connect(output / "journal.db")) as database:
        columns = [name for (name,) in database.execute(f"SELECT name FROM pragma_table_info('{table}')")]
        kept = ", ".join(name for name in columns if name not in _MOMENTS)
        return set(database.execute(f"SELECT {kept} FROM {table}"))


def journal_knows(output: Path) -> dict[str, set[tuple[Any, ...]]]:
    """Table -> what it says, whatever run it has it from and whenever."""
    return {table: rows(output, table) for table in TABLES}


def _held(output: Path) -> set[str]:
    return {str(row[1]) for row in rows(output, "attempts") if row[-1] is None}


# ── all of them ──────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Told:
    disturbed: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


@dataclass
class Prepared:
    """The bench, its cases, and a place for results."""

    bench: Bench
    cases: list[Case]
    output: Path


@contextmanager
def prepared(kinds: Iterable[str] = KINDS) -> Iterator[Prepared]:
    memory = Path("/dev/shm")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None)))
        authority = trustme.CA()
        authority.cert_pem.write_to_path(folder / "ca.pem")
        post, port = stack.enter_context(serving(authority))
        settings = _SETTINGS.format(port=port, ca_file=folder / "ca.pem", user=USER)
        for kind in {one.split()[0] for one in KINDS}:
            (folder / f"{kind}.toml").write_text(settings + ("approval = true\n" if kind == "approve" else ""))
        zygote = stack.enter_context(closing(Zygote()))
        bench = Bench(folder, zygote, post, folder / "settings.toml")
        yield Prepared(bench, [bench.case(kind, over) for kind in kinds for over in KINDS[kind]], folder / "output")


def kill(made: Prepared, n: int, seed: int, keep: Path | None = None) -> Told:
    """Kills n commands before their end."""
    random, told = Random(seed), Told()
    while told.disturbed.total() < n:
        case = random.choice(made.cases)
        killed, wrong = killed_once(made.bench, case, random, made.output)
        told.disturbed[case.kind] += killed
        if killed and told.disturbed.total() % 25 == 0:
            print(f"{told.disturbed.total()} killed, {len(told.wrong)} wrong", file=sys.stderr)
        _note(told, wrong, made.output, keep)
    return told


def fill(made: Prepared, n: int | None, seed: int, keep: Path | None = None) -> Told:
    """Lets the disk be full at each thing that needs room in turn; with `n` at so many taken at random."""
    random, told = Random(seed), Told()
    for case, nth, how in _every_thing(made) if n is None else (_some_thing(made, random) for _ in range(n)):
        wrong = filled_once(made.bench, case, nth, how, made.output)
        told.disturbed[case.kind] += 1
        _note(told, wrong, made.output, keep)
    return told


def _every_thing(made: Prepared) -> Iterator[tuple[Case, int, How]]:
    for case in made.cases:
        for nth in range(1, made.bench.things_of_room(case) + 1):
            yield from ((case, nth, how) for how in _FULL)


def _some_thing(made: Prepared, random: Random) -> tuple[Case, int, How]:
    case = random.choice(made.cases)
    return case, random.randint(1, made.bench.things_of_room(case)), random.choice(_FULL)


_FULL: tuple[How, ...] = ("full once", "full from then on")


def _note(told: Told, wrong: list[str], output: Path, keep: Path | None) -> None:
    """And makes room for the next."""
    told.wrong += wrong
    if wrong and keep:
        shutil.copytree(output, keep / str(len(told.wrong)), dirs_exist_ok=True)
    shutil.rmtree(output)
    for line in wrong:
        print(line, flush=True)


# However busy the computer is: a reader that is late would be a fault of the others.
_SETTINGS = """
[limits]
seconds = 300
[mail]
host = "127.0.0.1"
port = {port}
user = "{user}"
sender = "Свод <svod@example.ru>"
ca_file = "{ca_file}"
schools = true
"""


def main() -> None:
    warnings.filterwarnings("ignore", "Session.login_data is deprecated")
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    parser = argparse.ArgumentParser(description="Kills commands at random moments.")
    parser.add_argument("--n", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default=",".join(KINDS))
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--full", action="store_true")
    asked = parser.parse_args()
    with prepared(asked.only.split(",")) as made:
        if asked.full:
            told = fill(made, asked.n, asked.seed, asked.keep)
        else:
            told = kill(made, asked.n or 500, asked.seed, asked.keep)
    done = dict(sorted(told.disturbed.items()))
    print(f"{'full' if asked.full else 'killed'}: {done}, together {told.disturbed.total()}; wrong: {len(told.wrong)}")
    for line in told.wrong:
        print(line)
    sys.exit(bool(told.wrong))


if __name__ == "__main__":
    main()
