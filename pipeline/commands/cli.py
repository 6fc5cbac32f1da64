"""The commands. Heavy imports stand inside them, so that `--help` is quick and workers stay light."""

import sys
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.exceptions import TyperException

from pipeline.commands import russian
from pipeline.commands.main_job import CORES, Asked, do, settle
from pipeline.commands.refusals import LETTERS_LEFT
from pipeline.settings import load_settings
from schemas.strict import UsageError

ERRORS_FOUND = 1
_INTERRUPTED = 130  # what Typer makes of Ctrl+C

app = typer.Typer(cls=russian.Group, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


def command() -> object:
    """What the words of the command line ask for; returns its exit code, where it has one. Raises UsageError of words
    that are none of any command."""
    try:
        code = app(prog_name="run.py", standalone_mode=False)
    except TyperException as error:
        raise UsageError(russian.complaint(error)) from error
    if code == _INTERRUPTED:
        raise KeyboardInterrupt
    return code


# ── what options are given as ────────────────────────────────────────────────────────────────────────────
def _day(text: str) -> date | str:
    from pipeline.commands.choosing import day_or_period

    try:
        return day_or_period(text)
    except UsageError as error:  # Typer says words of its own of any other ValueError
        raise typer.BadParameter(str(error)) from None


def _clock(text: str | time) -> time:
    if isinstance(text, time):  # the default passes here too
        return text
    try:
        return datetime.strptime(text, "%H:%M").time()
    except ValueError:
        raise typer.BadParameter(f"Времени «{text}» нет: укажите его как ЧЧ:ММ, например 09:00.") from None


def _whole(name: str, least: int, most: int) -> Callable[[str | int], int]:
    def parse(value: str | int) -> int:
        text = str(value)  # the default passes here too
        if text.isdecimal() and least <= int(text) <= most:
            return int(text)
        raise typer.BadParameter(f"{name}: нужно целое число от {least} до {most}, а не «{text}».")

    return parse


Input = Annotated[Path, typer.Option("--input", metavar="ПАПКА", help="Папка с реестром и отчётами школ.")]
Output = Annotated[Path, typer.Option("--output", metavar="ПАПКА", help="Папка для результатов.")]
# A date, or the words of a period, as a text: Typer knows no unions.
AsOf = Annotated[
    Any,
    typer.Option(
        "--as-of",
        parser=_day,
        metavar="ДАТА",
        help="Дата свода, ГГГГ-ММ-ДД, или период: 2026-01, 2026-Q1; иначе — сегодня или последний прошедший период.",
    ),
]
Waiting = Annotated[
    Any,
    typer.Option(
        "--as-of",
        parser=_day,
        metavar="ДАТА",
        help="Только письма с этой датой, ГГГГ-ММ-ДД, или за период: 2026-01, 2026-Q1; иначе — все, что ждут.",
    ),
]
SettingsFile = Annotated[
    Path | None, typer.Option("--settings", metavar="ФАЙЛ", help="Файл настроек; иначе settings.toml, если он есть.")
]
WhichOrder = Annotated[
    str, typer.Option("--order", metavar="ПРИКАЗ", help="Из нескольких приказов: номер приказа или имя его формы.")
]
Debug = Annotated[bool, typer.Option("--debug", help="При ошибке показать её полный путь.")]


class _Command(russian.Command):
    """One that is told of the folder of results finds there what a killed run was putting into its places."""

    def invoke(self, ctx: Any) -> Any:
        if "output" in ctx.params:
            settle(ctx.params["output"])
        return super().invoke(ctx)


# ── the main job ─────────────────────────────────────────────────────────────────────────────────────────
@app.callback(invoke_without_command=True)
def run(
    context: typer.Context,
    input: Input = Path("input"),
    output: Output = Path("output"),
    as_of: AsOf = None,
    settings: SettingsFile = None,
    mail: Annotated[
        bool, typer.Option("--mail/--no-mail", help="Сразу отправить письма; иначе они ждут в outbox.")
    ] = False,
    jobs: Annotated[
        int,
        typer.Option(
            "--jobs",
            parser=_whole("--jobs", 1, 64),
            metavar="N",
            show_default=False,
            help="Сколько процессов читают файлы; без него — по числу ядер.",
        ),
    ] = CORES,
    fetch: Annotated[bool, typer.Option("--fetch", help="Сначала взять новые письма из ящика.")] = False,
    scheduled: Annotated[bool, typer.Option("--scheduled", hidden=True, help="Запуск по расписанию.")] = False,
    monthly_day: Annotated[
        int | None, typer.Option("--monthly-day", hidden=True, help="При ежедневном запуске — день свода.")
    ] = None,
    since: Annotated[
        Any, typer.Option("--since", parser=_day, hidden=True, help="При ежедневном запуске — первый его день.")
    ] = None,
    attempt: Annotated[
        bool, typer.Option("--try", hidden=True, help="Проверить, есть ли всё, что нужно запуску по расписанию.")
    ] = False,
    debug: Debug = False,
) -> int:
    """Сводит отчёты школ в одну книгу: читает, проверяет, считает, пишет и, если нужно, отправляет."""
    if context.invoked_subcommand:
        _refuse_options_before(context)
        return 0
    if scheduled:
        settle(output)
        from pipeline.commands import scheduled as by_scheduler

        start = by_scheduler.Start(input, output, as_of, settings, mail, jobs, monthly_day, since)
        if attempt:
            by_scheduler.attempt(start)
        else:
            return by_scheduler.run_scheduled(start)
        return 0
    return do(Asked(input, output, as_of, settings, mail, jobs, fetch))


def _refuse_options_before(context: typer.Context) -> None:
    """An option that stands before the command would be one of the main job, and lost."""
    given = next((p for p in context.command.params if _was_typed(context, p.name)), None)
    if given:
        names = given.opts if context.params[given.name or ""] or not given.secondary_opts else given.secondary_opts
        command = context.invoked_subcommand
        raise UsageError(f"Параметр {names[0]} стоит перед командой {command}: поставьте его после неё.")


def _was_typed(context: typer.Context, name: str | None) -> bool:
    source = context.get_parameter_source(name) if name else None
    return source is not None and source.name == "COMMANDLINE"


# ── the other commands ───────────────────────────────────────────────────────────────────────────────────
@app.command(cls=_Command)
def menu(
    files: Annotated[list[Path] | None, typer.Argument(metavar="ФАЙЛ", help="Сразу проверить эти файлы.")] = None,
    input: Input = Path("input"),
    output: Output = Path("output"),
    settings: SettingsFile = None,
    debug: Debug = False,
) -> int:
    """Меню: всё главное без командной строки. Его открывают Свод.cmd и svod.sh."""
    from pipeline.commands.menu import Office
    from pipeline.commands.menu import menu as let_choose

    return let_choose(Office(input, output, settings), files or [])


@app.command(cls=_Command)
def init(
    folder: Annotated[Path, typer.Argument(metavar="ПАПКА", help="Где начать; иначе — здесь.")] = Path(),
    settings: SettingsFile = None,
    debug: Debug = False,
) -> None:
    """Папка для начала: реестр, настройки, бланк, руководство. Что уже есть, остаётся без изменений."""
    from pipeline.commands.init import begin, lines

    for line in lines(begin(folder, date.today(), settings)):
        print(line)


@app.command(cls=_Command)
def forms(
    as_of: AsOf = None,
    school: Annotated[
        str, typer.Option("--school", metavar="ШКОЛА", help="Только для этой школы: код или название.")
    ] = "",
    input: Input = Path("input"),
    output: Output = Path("output"),
    settings: SettingsFile = None,
    debug: Debug = False,
) -> None:
    """Бланки отчёта: по одному на школу реестра или один пустой."""
    from pipeline.commands.forms import hand_out_forms, lines
    from pipeline.commands.orders import each_order

    for job in each_order(input, output, as_of, load_settings(settings)):
        for line in lines(hand_out_forms(job, school), job.as_of):
            print(line)


@app.command(cls=_Command)
def form(
    file: Annotated[
        str, typer.Argument(metavar="ФАЙЛ", help="Файл .toml или имя формы; иначе — форма из настроек.")
    ] = "",
    settings: SettingsFile = None,
    debug: Debug = False,
) -> None:
    """Проверяет форму приказа и показывает её словами, ничего не записывая."""
    from pipeline.commands import console
    from pipeline.commands.form import checked

    for one in [file] if file else load_settings(settings).forms:
        console.show(checked(one))


@app.command("new-order", cls=_Command)
def new_order(
    file: Annotated[Path, typer.Argument(metavar="ПРИКАЗ", help="Текст приказа: .docx, .xlsx или .txt.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="ФАЙЛ", help="Файл формы .toml; иначе — рядом с приказом.")
    ] = None,
    settings: SettingsFile = None,
    debug: Debug = False,
) -> None:
    """Набросок формы по тексту приказа, с реестром и бланком. Что уже есть, остаётся без изменений."""
    from pipeline.commands.new_order import draft_form, lines

    for line in lines(draft_form(file, out, load_settings(settings), date.today())):
        print(line)


@app.command(cls=_Command)
def check(
    files: Annotated[list[Path], typer.Argument(metavar="ФАЙЛ", help="Файлы отчётов.")],
    as_json: Annotated[bool, typer.Option("--json", help="Для программ: список замечаний в JSON.")] = False,
    input: Input = Path("input"),
    settings: SettingsFile = None,
    debug: Debug = False,
) -> int:
    """Замечания к этим файлам, ничего не записывая."""
    from pipeline.reading import AHEAD
    from pipeline.workers import one_kept_ready

    with one_kept_ready(*AHEAD):
        from pipeline.commands import check as checking
        from pipeline.commands import console

        found = checking.check_files(files, input, load_settings(settings))
    if as_json:
        print(checking.as_json(found))
    else:
        console.show(checking.as_tables(found))
    return ERRORS_FOUND if found.has_errors else 0


@app.command(cls=_Command)
def mail(
    as_of: Waiting = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Только показать, что ушло бы.")] = False,
    again: Annotated[
        str,
        typer.Option("--again", metavar="КЛЮЧ", help="Снова отправить это письмо: удержанное, не известно, дошло ли."),
    ] = "",
    arrived: Annotated[
        str, typer.Option("--arrived", metavar="КЛЮЧ", help="Это удержанное письмо дошло: больше его не отправлять.")
    ] = "",
    output: Output = Path("output"),
    settings: SettingsFile = None,
    debug: Debug = False,
) -> int:
    """Отправляет письма, которые ждут в outbox."""
    from pipeline.commands import console
    from pipeline.commands.choosing import last_day_of
    from pipeline.commands.mail import folder_with, send_waiting, take_as_arrived
    from pipeline.commands.orders import letters_wait, order_folders

    chosen, day = load_settings(settings), as_of and last_day_of(as_of)
    if again and arrived:
        raise UsageError("Укажите одно из двух: --again (отправить снова) или --arrived (письмо дошло).")
    of_orders = order_folders(output, chosen)
    where = output
    if of_orders and output.is_dir() and (again or arrived):
        where = folder_with(again or arrived, [output, *(folder for _, folder in of_orders)])
    if arrived:
        posted = [take_as_arrived(where, arrived, chosen, dry_run=dry_run)]
    else:
        posted = [send_waiting(where, day, chosen, dry_run=dry_run, again=again)]
    for line in posted[0].lines:
        print(line)
    for form, folder in of_orders:  # the one letter of all of them has been told of above
        if letters_wait(folder, day) and not (again or arrived):
            console.say_order(form)
            posted.append(send_waiting(folder, day, chosen, dry_run=dry_run))
            for line in posted[-1].lines:
                print(line)
    return 0 if all(one.all_gone for one in posted) else LETTERS_LEFT


@app.command(cls=_Command)
def approve(
    day: Annotated[Any, typer.Argument(parser=_day, metavar="ДАТА", help="Дата свода, ГГГГ-ММ-ДД, или период.")],
    output: Output = Path("output"),
    settings: SettingsFile = None,
    debug: Debug = False,
) -> None:
    """Утверждает дату: её письма могут уходить, а позднейшие исправления будут названы исправлениями."""
    from pipeline.commands.approve import approve as close

    chosen = load_settings(settings)
    for line in close(output, day, chosen, datetime.now(chosen.zone)):
        print(line)


@app.command(cls=_Command)
def fetch(
    input: Input = Path("input"),
    output: Output = Path("output"),
    settings: SettingsFile = None,
    debug: Debug = False,
) -> int:
    """Берёт новые письма из почтового ящика в папку с отчётами."""
    from pipeline.commands.fetch import fetch_new, lines

    fetched = fetch_new(input, output, load_settings(settings))
    for line in lines(fetched, input):
        print(line)
    return LETTERS_LEFT if fetched.too_big else 0


@app.command(cls=_Command)
def schedule(
    context: typer.Context,
    at_day: Annotated[
        int, typer.Option("--day", parser=_whole("--day", 1, 31), metavar="ЧИСЛО", help="День месяца, 1–28.")
    ] = 25,
    at: Annotated[time, typer.Option("--time", parser=_clock, metavar="ЧЧ:ММ", help="Время запуска.")] = time(9),
    install: Annotated[bool, typer.Option("--install", help="Поставить задание.")] = False,
    status: Annotated[bool, typer.Option("--status", help="Показать, стоит ли задание.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Убрать задание.")] = False,
    input: Input = Path("input"),
    output: Output = Path("output"),
    settings: SettingsFile = None,
    debug: Debug = False,
) -> None:
    """Задание для запуска по расписанию: каждый месяц или каждый день."""
    from pipeline.commands import schedule as scheduling
    from pipeline.commands.run import require_folders
    from pipeline.commands.schedulers import Place

    if install + status + remove > 1:
        raise UsageError("Укажите одно из: --install, --status, --remove.")
    place = Place(Path(sys.argv[0]).absolute().parent, output.absolute())
    if status:
        print(scheduling.status(place))
    elif remove:
        print(scheduling.remove(place))
    else:
        settings = scheduling.settings_file(settings, place)
        day_said = at_day if _was_typed(context, "at_day") else None
        job = scheduling.job_of(place, input, settings, day_said, at)
        if install:
            require_folders(input, output)
        print(scheduling.install(job) if install else scheduling.describe(job))


@app.command(cls=_Command)
def trace(
    school: Annotated[str, typer.Argument(metavar="ШКОЛА", help="Код или название школы.")],
    item: Annotated[str, typer.Argument(metavar="ПУНКТ", help="Номер пункта формы.")],
    as_of: AsOf = None,
    order: WhichOrder = "",
    input: Input = Path("input"),
    output: Output = Path("output"),
    settings: SettingsFile = None,
    debug: Debug = False,
) -> None:
    """Путь показателя: от ячейки школы до процента района."""
    from pipeline.commands.known import survey_of
    from pipeline.commands.orders import job_of_item
    from pipeline.commands.run import require_folders
    from pipeline.commands.trace import trace as way_of

    require_folders(input, output)
    job = job_of_item(input, output, as_of, load_settings(settings), item, order)
    for line in way_of(survey_of(job), school, item):
        print(line)


@app.command(cls=_Command)
def school(
    code: Annotated[str, typer.Argument(metavar="ШКОЛА", help="Код или название школы.")] = "",
    every: Annotated[bool, typer.Option("--all", help="Страницы всех школ.")] = False,
    as_of: AsOf = None,
    input: Input = Path("input"),
    output: Output = Path("output"),
    settings: SettingsFile = None,
    debug: Debug = False,
) -> None:
    """Страница школы или всех школ (--all): показатели, темп, место, замечания."""
    from pipeline.commands.orders import each_order
    from pipeline.commands.run import require_folders
    from pipeline.commands.school import write_all_schools, write_school

    if bool(code) is every:
        raise UsageError("Укажите код или название одной школы или --all для всех: python run.py school 08.")
    require_folders(input, output)
    for job in each_order(input, output, as_of, load_settings(settings)):
        print(write_all_schools(job) if every else write_school(job, code))


@app.command(cls=_Command)
def history(
    school: Annotated[
        str, typer.Option("--school", metavar="ШКОЛА", help="Только об этой школе: код или название.")
    ] = "",
    input: Input = Path("input"),
    output: Output = Path("output"),
    settings: SettingsFile = None,
    debug: Debug = False,
) -> None:
    """Что помнит журнал: поступления, запуски, письма."""
    from pipeline.commands import console
    from pipeline.commands.choosing import registry_in
    from pipeline.commands.history import history as known
    from pipeline.commands.history import letters_in
    from pipeline.commands.orders import order_folders
    from schemas.remarks import load_catalogue

    chosen = load_settings(settings)
    catalogue = load_catalogue(chosen.controls)
    folders = order_folders(output, chosen)
    for form, folder in folders:
        console.say_order(form)
        console.show(known(folder, school, chosen.zone, catalogue, lambda: registry_in(input, chosen)))
    if not folders:
        console.show(known(output, school, chosen.zone, catalogue, lambda: registry_in(input, chosen)))
    elif not school:
        console.show(letters_in(output, chosen.zone))


@app.command(cls=_Command)
def rebuild(
    as_of: Annotated[Any, typer.Argument(parser=_day, metavar="ДАТА", help="Дата свода, ГГГГ-ММ-ДД.")],
    output: Output = Path("output"),
    order: WhichOrder = "",
    debug: Debug = False,
) -> int:
    """Свод прошлой даты заново, из архива исходных файлов, и сравнение с прежним."""
    from pipeline.commands.choosing import last_day_of
    from pipeline.commands.console import progress
    from pipeline.commands.rebuild import folder_made_on
    from pipeline.commands.rebuild import rebuild as made_again

    with progress() as reading:
        rebuilt = made_again(folder_made_on(output, last_day_of(as_of), order), last_day_of(as_of), reading)
    for line in rebuilt.lines:
        print(line)
    print(rebuilt.folder)
    return 0 if rebuilt.is_the_same else ERRORS_FOUND


@app.command(cls=_Command)
def support(output: Output = Path("output"), settings: SettingsFile = None, debug: Debug = False) -> None:
    """Файл для того, кто помогает со Сводом: версии, счётчики, коды; ни слов школ, ни имён."""
    from pipeline.commands.support import write_support

    chosen = load_settings(settings)
    print("Этот файл можно послать, когда просите о помощи: слов школ, имён людей и файлов в нём нет.")
    print(write_support(output, chosen, datetime.now(chosen.zone)))


@app.command(cls=_Command)
def demo(
    folder: Annotated[Path, typer.Option("--dir", metavar="ПАПКА", help="Где создать район.")] = Path("demo"),
    schools: Annotated[
        int, typer.Option("--schools", parser=_whole("--schools", 1, 40_000), metavar="N", help="Сколько школ.")
    ] = 20,
    dates: Annotated[
        int | None,
        typer.Option(
            "--dates",
            parser=_whole("--dates", 1, 12),
            metavar="N",
            help="За сколько отчётных дат; без него — за три, если их столько есть.",
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", parser=_whole("--seed", 0, 10**9), metavar="N", help="Зерно случайности.")
    ] = 1,
    settings: SettingsFile = None,
    debug: Debug = False,
) -> None:
    """Вымышленный район и свод по нему."""
    from pipeline.commands.demo import run_demo

    run_demo(folder, schools, dates, seed, load_settings(settings))
