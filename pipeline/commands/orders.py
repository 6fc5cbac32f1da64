"""The main job for several orders side by side: one input folder, a folder of results for each, one letter."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from pipeline import monthly
from pipeline.commands import console
from pipeline.commands.choosing import as_of_meant, last_day_of
from pipeline.commands.failing import failures_told
from pipeline.commands.known import opened
from pipeline.commands.posting import patient, ready_to_send
from pipeline.commands.run import do, job_of, main_job, require_folders, say_when
from pipeline.files import Outputs, lock, safe_name
from pipeline.memory.approvals import awaits_approval
from pipeline.memory.journal import FILE as JOURNAL
from pipeline.monthly import Done
from pipeline.sending.delivery import Delivery, deliver, left_over
from pipeline.sending.outbox import OUTBOX
from pipeline.settings import Settings
from pipeline.survey import Job, calendar_of, read_all
from pipeline.wording import FILE, day, listed
from schemas.district import Topic
from schemas.form import Form, load_form
from schemas.strict import UsageError

_MOST_FILES = 5  # that a line names


class Ran(NamedTuple):
    """What was done, an order each; and whether letters that were to be sent wait, were refused or are held."""

    done: list[Done]
    letters_left: bool


def main_jobs(
    input: Path,
    output: Path,
    as_of: date | str | None,
    settings: Settings,
    *,
    mail: bool = False,
    jobs: int = 1,
    why: str = "",
    wait: float = 0.0,
    tell: Callable[[Done], None] = console.say_path,
) -> Ran:
    """The main job of every order in the settings; of one alone as `main_job` does it. `why`: the reason for the date,
    where it is not the user's. `wait`: seconds, for another run in the same folder to end. `tell`: what is said last of
    each order. Raises UsageError and OutputError."""
    if len(settings.forms) == 1:
        done = main_job(input, output, as_of, settings, mail=mail, jobs=jobs, why=why, say_path=False, wait=wait)
        tell(done)
        return Ran([done], mail and console.is_left(done.deliveries, done.left_over, done.figures.as_of))
    now = datetime.now(settings.zone)
    password = ready_to_send(settings) if mail else None
    some = _jobs(input, output, as_of, settings, now, jobs, wait)
    if settings.mail.schools:
        console.say("Писем школам не будет ([mail] schools): они есть только там, где в настройках один приказ.")
    as_of_all = max(job.as_of for job, has_period in some if has_period)
    with failures_told(output, as_of_all, settings, now, password, patient(), mail=mail):
        all_done = _do_each(some, output, as_of, why, tell)
    left = _write_letter(all_done, output, settings, now, password, wait, mail=mail)
    return Ran(all_done, left or (mail and any(map(_has_left, all_done))))


def _has_left(done: Done) -> bool:
    """Do letters wait, or is one held, in the order's own folder."""
    return console.is_left((), done.left_over, done.figures.as_of)


def _do_each(
    some: list[tuple[Job, bool]], output: Path, as_of: date | str | None, why: str, tell: Callable[[Done], None]
) -> list[Done]:
    """The main job of each order that has a period to be told of, over the same files."""
    shared, nobodys = share(some)
    all_done = []
    for job, has_period in shared:
        console.say_order(job.form, len(job.intake.reads) - len(nobodys) if job.intake else None)
        if not has_period:
            console.say(f"К {day(job.as_of)} ни один отчётный период этого приказа не завершён: свода по нему нет.")
            continue
        say_when(job, as_of, why)
        _learn_what_was_sent(job.output, output, job.wait)
        all_done.append(do(job))
        tell(all_done[-1])
    return all_done


def each_order(input: Path, output: Path, as_of: date | str | None, settings: Settings) -> Iterator[Job]:
    """What a command beside the main job is asked to do, order by order, each below its heading where there are
    several: nothing is sent, one process reads. Raises UsageError."""
    now = datetime.now(settings.zone)
    if len(settings.forms) == 1:
        yield job_of(input, output, as_of, settings)
        return
    some, _ = share(_jobs(input, output, as_of, settings, now, 1))
    for job, has_period in some:
        console.say_order(job.form)
        if has_period or as_of is None:
            yield job
        else:
            console.say(f"К {day(job.as_of)} ни один отчётный период этого приказа не завершён.")


def job_of_item(
    input: Path, output: Path, as_of: date | str | None, settings: Settings, number: str, order: str
) -> Job:
    """That of the only order whose form has the item. `order`: number or form of the one that is meant, where several
    have it. Raises UsageError."""
    if len(settings.forms) == 1:
        return job_of(input, output, as_of, settings)
    forms = forms_of(settings)
    fitting = [form for form in forms if _has(form, number)]
    if order:
        fitting = [order_named(order, forms)]
    elif len(fitting) != 1:
        known = "; ".join(f"{form.order.number} — «{form.subject}» ({form.id})" for form in fitting or forms)
        why = f"есть в нескольких приказах: {known}" if fitting else f"нет ни в одном приказе: {known}"
        raise UsageError(f"Пункт «{number}» {why}. Укажите приказ: --order и его номер или форма.")
    some, _ = share(_jobs(input, output, as_of, settings, datetime.now(settings.zone), 1))
    return next(job for job, _ in some if job.form.id == fitting[0].id)


def order_named(said: str, forms: Sequence[Form]) -> Form:
    """By its form's name or its number. Raises UsageError."""
    named = [form for form in forms if said.casefold() in (form.id.casefold(), form.order.number.casefold())]
    if len(named) != 1:
        known = "; ".join(f"{form.order.number} ({form.id})" for form in forms)
        raise UsageError(f"Приказа «{said}» в настройках нет или он не один. Приказы: {known}.")
    return named[0]


def order_folders(output: Path, settings: Settings) -> list[tuple[Form, Path]]:
    """Of several orders the folder of each one's results; none of one alone, whose folder is `output` itself."""
    forms = forms_of(settings) if len(settings.forms) > 1 else []
    return [(form, output / safe_name(form.id)) for form in forms]


def letters_wait(folder: Path, as_of: date | None) -> bool:
    """Does anything wait in one order's own outboxes."""
    from pipeline.sending.outbox import waiting

    return folder.is_dir() and any(True for _ in waiting(folder, as_of))


def _has(form: Form, number: str) -> bool:
    try:
        form.item(number.rstrip("."))
    except KeyError:
        return False
    return True


def _jobs(
    input: Path, output: Path, as_of: date | str | None, settings: Settings, now: datetime, jobs: int, wait: float = 0.0
) -> list[tuple[Job, bool]]:
    """What is to be done for each order, and is there a period of it to be told of. Raises UsageError where there is
    none of any."""
    require_folders(input, output)
    forms = forms_of(settings)
    some = [_job(form, forms, input, output, as_of, settings, now, jobs, wait) for form in forms]
    if not any(has_period for _, has_period in some):
        raise UsageError(f"К {day(last_day_of(as_of or now.date()))} ни у одного приказа нет завершённого периода.")
    return some


def share(some: list[tuple[Job, bool]], *, quiet: bool = False) -> tuple[list[tuple[Job, bool]], list[str]]:
    """Each order's job with what is its own of the folder; and the files of which no order knows the form: of them a
    summary tells, and where none is made (`quiet`) nothing is said."""
    from pipeline.reading.orders import share_out  # here: the run of one order does not wait for it

    with console.progress() as progress:
        shared = share_out([job.form for job, _ in some], [read_all(job, progress) for job, _ in some])
    if shared.nobodys and not quiet:
        nobodys = listed(shared.nobodys, _MOST_FILES, FILE)
        console.say(f"Ни к одному приказу не подошло, сказано в каждом своде: {nobodys}.")
    pairs = zip(some, shared.intakes, strict=True)
    return [(replace(job, intake=intake), has_period) for (job, has_period), intake in pairs], shared.nobodys


def forms_of(settings: Settings) -> list[Form]:
    """Raises UsageError where two of them are one."""
    forms = [load_form(one) for one in settings.forms]
    ids = [safe_name(form.id).casefold() for form in forms]
    if twice := [form.id for form, name in zip(forms, ids, strict=True) if ids.count(name) > 1]:
        raise UsageError(f"Настройки, ключ form: форма «{twice[0]}» названа дважды — оставьте её один раз.")
    return forms


def _job(
    form: Form, forms: list[Form], input: Path, output: Path, as_of: date | str | None, settings: Settings,
    now: datetime, jobs: int, wait: float,
) -> tuple[Job, bool]:  # fmt: skip
    """What is to be done for that order, and is there a period of it to be told of."""
    from pipeline.reading.orders import others

    own = settings_of(form, forms, settings)
    day, has_period = _meant(as_of, form, own, now.date())
    job = Job.of(input, output / safe_name(form.id), day, own, now, jobs=jobs, form=form)
    return replace(job, beside=others(form, forms), wait=wait), has_period


def settings_of(form: Form, forms: list[Form], settings: Settings) -> Settings:
    """Those of the order's own: of the office's reporting dates the ones that end its periods. One that ends none of
    any order stays, to be refused."""
    dates = tuple(
        day
        for day in settings.reporting_dates
        if form.periods.last(day) == day or all(one.periods.last(day) != day for one in forms)
    )
    return settings.of_order(settings.forms[forms.index(form)], dates)


def _meant(as_of: date | str | None, form: Form, settings: Settings, today: date) -> tuple[date, bool]:
    """The date of the order's picture: where what is said is no period of its own, the last that is complete by then;
    False where there is none yet."""
    calendar = calendar_of(form, settings)
    try:
        return as_of_meant(as_of, form, calendar, today), True
    except UsageError:
        assert as_of is not None  # without a word every order has its own
        by = last_day_of(as_of)
        past = [one for one in calendar.reporting_dates if one <= by]
        return (past[-1], True) if past else (by, False)


def _learn_what_was_sent(folder: Path, output: Path, wait: float) -> None:
    """The one letter of all orders is known to the journal above; each order's learns there which has gone."""
    if (output / JOURNAL).is_file() and (folder / JOURNAL).is_file():
        with lock(output, wait), opened(output) as above, lock(folder, wait), opened(folder) as own:
            own.take_sent(above)


def _write_letter(
    done: list[Done], output: Path, settings: Settings, now: datetime, password: str | None, wait: float, *, mail: bool
) -> bool:
    """One letter with the first page of each order, where the command `mail` finds it. Does anything of it wait, though
    it was to be sent?"""
    as_of = max(one.figures.as_of for one in done)
    pages = [one.page._replace(name=f"{safe_name(one.figures.form.id)}-{one.page.name}") for one in done]
    registry = done[0].survey.intake.registry
    with lock(output, wait), opened(output) as journal:
        journal.keep_copy(output / JOURNAL, now)
        with Outputs(output) as outputs:
            if done[0].survey.intake.inbox.registry:  # without one those of the last registry still want to know
                journal.note_watchers(one.email for one in registry.mailing if Topic.FAILURES in one.wants)
            last = max(filter(None, (_last_report(one, wait) for one in done)), default=None)
            missed = next((one.missed for one in done if one.missed), None)
            watchers = journal.watchers()
            monthly.tell_missed(missed, watchers, as_of, settings, journal, outputs)
            said, keys = monthly.tell_leadership(pages, registry, as_of, settings, now, journal, outputs, last)
            # Known before it waits: from then on it may go, whatever becomes of this run.
            still_to_go = [key for key in keys if not (journal.sent(key) or journal.held(key))]
            _note_whose_figures(done, still_to_go, output, wait)
            outputs.commit()
        sent: list[Delivery] = []
        withheld = awaits_approval(journal, asked=settings.mail.approval)
        if mail:
            sent = deliver(
                output, settings.mail, password, journal, now, as_of, dry_run=False, withheld=withheld,
                patience=patient(),
            )  # fmt: skip
        left = left_over(output, journal, None if settings.mail.configured else as_of, withheld=withheld)
    for line in (*said, *(console.delivery_lines(sent) if mail else ()), *console.left_lines(left, as_of)):
        console.say(line)
    if any(one.due for one in left if one.as_of == as_of):
        console.say(f"Одно письмо обо всех приказах ждёт отправки — папка {output / as_of.isoformat() / OUTBOX}.")
    return mail and console.is_left(sent, left, as_of)


def _note_whose_figures(done: list[Done], keys: list[str], output: Path, wait: float) -> None:
    """Letters of these keys tell what each order's run has found."""
    for one in done:
        folder = output / safe_name(one.figures.form.id)
        with lock(folder, wait), opened(folder) as own:
            own.tell(keys, one.figures.as_of)


def _last_report(done: Done, wait: float) -> datetime | None:
    folder = done.summary.path.parents[1]
    with lock(folder, wait), opened(folder) as journal:
        return journal.last_report()
