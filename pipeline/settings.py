"""What the office sets for itself: `settings.toml`, every key optional, strictly read."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Meta

from schemas.remarks import load_catalogue
from schemas.reports import FIRST_YEAR, LAST_YEAR
from schemas.strict import UsageError, convert, is_file, read_toml

DEFAULT_PATH = Path("settings.toml")
PASSWORD_VARIABLE = "SVOD_SMTP_PASSWORD"
FETCH_PASSWORD_VARIABLE = "SVOD_IMAP_PASSWORD"

_DEFAULT_PORTS = {"starttls": 587, "tls": 465}

Positive = Annotated[int, Meta(ge=1, le=10**9)]
_Megabytes = Annotated[int, Meta(ge=1, le=10**6)]  # more has no computer, and no clock and no word hold it
_Seconds = Annotated[int, Meta(ge=1, le=86_400)]
_Port = Annotated[int, Meta(ge=1, le=65535)]
_Certificate = Annotated[
    str,
    Meta(
        description="Сертификат сервера, если его не знает система: файл PEM рядом с этим файлом",
        examples=["office.pem"],
    ),
]


class _Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Every key has a Russian description, and where its default says nothing an example: `settings.toml` as `init`
    writes it is made of them (`pipeline.writing.settings_file`)."""


class Mail(_Section, frozen=True):
    """The server that letters go out by. Without a `host` they stay drafts in the outbox."""

    host: Annotated[
        str, Meta(description="Почтовый сервер, через который уходят письма", examples=["smtp.example.ru"])
    ] = ""
    port: Annotated[
        _Port | None,
        Meta(description="Порт сервера; обычно 587 для starttls и 465 для tls", examples=[587]),
    ] = None
    security: Annotated[
        Literal["starttls", "tls"], Meta(description="Защита соединения: starttls или tls; без защиты письма не уходят")
    ] = "starttls"
    user: Annotated[str, Meta(description="Имя, под которым Свод входит на сервер", examples=["svod"])] = ""
    sender: Annotated[
        str, Meta(description="От кого письма: адрес или «Имя <адрес>»", examples=["Свод <svod@example.ru>"])
    ] = ""
    edition: Annotated[
        Literal["full", "public"],
        Meta(
            description="Какую книгу получает руководство: full — свод целиком; public — svod-…-bez-imyon.xlsx, "
            "без имён, адресов, слов школ и названий их файлов"
        ),
    ] = "full"
    schools: Annotated[bool, Meta(description="Писать школам: что понято из отчёта, что исправить и к какому дню")] = (
        False
    )
    reminders: Annotated[
        bool, Meta(description="Напоминать школам об отчёте: за пять дней, на другой день и через неделю после срока")
    ] = False
    approval: Annotated[
        bool, Meta(description="Письма ждут, пока дату не утвердят: python run.py approve ГГГГ-ММ-ДД")
    ] = False
    ca_file: _Certificate = ""
    password_file: Annotated[
        str,
        Meta(
            description="Файл с паролем в первой строке, который читает только его владелец: путь от этого файла",
            examples=["mail-password.txt"],
        ),
    ] = ""

    @property
    def configured(self) -> bool:
        return bool(self.host)

    @property
    def sender_address(self) -> str:
        # imported here: readers take their limits from this module, and never send anything
        from email.utils import parseaddr

        return parseaddr(self.sender)[1]

    @property
    def server_port(self) -> int:
        return self.port or _DEFAULT_PORTS[self.security]


class Fetch(_Section, frozen=True):
    """The mailbox that letters of schools come to. Without a `host` nothing is fetched."""

    host: Annotated[
        str, Meta(description="Почтовый сервер (IMAP), на который приходят отчёты", examples=["imap.example.ru"])
    ] = ""
    port: Annotated[
        _Port | None,
        Meta(description="Порт сервера; обычно 993 для tls и 143 для starttls", examples=[993]),
    ] = None
    security: Annotated[
        Literal["starttls", "tls"],
        Meta(description="Защита соединения: tls или starttls; без защиты почта не читается"),
    ] = "tls"
    user: Annotated[str, Meta(description="Имя, под которым Свод входит в ящик", examples=["otchet@example.ru"])] = ""
    folder: Annotated[str, Meta(description="Папка ящика; из неё только читают")] = "INBOX"
    since: Annotated[
        date | None, Meta(description="Письма не старше этой даты; без неё — все", examples=[date(2030, 1, 1)])
    ] = None
    ca_file: _Certificate = ""
    password_file: Annotated[
        str,
        Meta(
            description="Файл с паролем в первой строке, который читает только его владелец: путь от этого файла",
            examples=["mailbox-password.txt"],
        ),
    ] = ""

    @property
    def configured(self) -> bool:
        return bool(self.host)

    @property
    def server_port(self) -> int:
        return self.port or {"tls": 993, "starttls": 143}[self.security]


class Limits(_Section, frozen=True):
    """What one file may cost; beyond it the file gets a remark instead of being read. A good form takes 10 kB, 0.02 s
    and 20 MB: anything far from that is not a form."""

    file_mb: Annotated[_Megabytes, Meta(description="Размер файла, МБ")] = 20
    archive_mb: Annotated[_Megabytes, Meta(description="Размер архива или письма с файлами, МБ")] = 100
    unpacked_mb: Annotated[_Megabytes, Meta(description="Размер файла или архива после распаковки, МБ")] = 100
    zip_entries: Annotated[Positive, Meta(description="Частей внутри файла .xlsx, .ods или .docx; файлов в архиве")] = (
        2000
    )
    sheets: Annotated[Positive, Meta(description="Листов в книге")] = 60
    # rows x columns of the rectangle that the values of one sheet span
    cells: Annotated[Positive, Meta(description="Ячеек на листе: строки на столбцы занятой части")] = 300_000
    seconds: Annotated[_Seconds, Meta(description="Секунд на чтение файла")] = 15
    memory_mb: Annotated[_Megabytes, Meta(description="Памяти на чтение файла, МБ (кроме Windows)")] = 1024

    @property
    def of_registry(self) -> "Limits":
        """The registry is the office's own, and that of a region has a row for each of forty thousand schools."""
        return msgspec.structs.replace(self, cells=10 * self.cells)


class Settings(_Section, frozen=True, dict=True):
    form: Annotated[
        str | tuple[str, ...],
        Meta(
            description="Форма отчёта: имя из папки schemas или путь к файлу .toml; "
            'для нескольких приказов рядом — список: ["form-547", "form-212"]'
        ),
    ] = "form-547"
    # of the office that issued the order
    timezone: Annotated[str, Meta(description="Часовой пояс управления: по нему решается, что пришло вовремя")] = (
        "Asia/Vladivostok"
    )
    reporting_dates: Annotated[
        tuple[date, ...],
        Meta(description="Отчётные даты управления, кроме назначенных приказом", examples=[(date(2030, 4, 20),)]),
    ] = ()
    holidays: Annotated[
        tuple[date, ...],
        Meta(
            description="Нерабочие дни управления, кроме суббот и воскресений: на них напоминания не приходятся",
            examples=[(date(2030, 5, 1), date(2030, 5, 9))],
        ),
    ] = ()
    days_before: Annotated[
        int, Meta(ge=0, le=366, description="За сколько дней до отчётной даты отчёт уже считается отчётом на неё")
    ] = 10
    archive: Annotated[
        bool, Meta(description="Хранить прочитанные файлы в output/archive, чтобы собрать свод заново (rebuild)")
    ] = True
    pdf: Annotated[
        bool,
        Meta(description="Делать и PDF первой страницы: нужен LibreOffice, свод делается дольше"),
    ] = False
    decisions: Annotated[
        str,
        Meta(
            description="Прежний свод, в который вписаны решения, если он не в папке с отчётами: путь от этого файла",
            examples=["output/2030-03-20/svod-2030-03-20.xlsx"],
        ),
    ] = ""
    mail: Annotated[Mail, Meta(description="Почта. Без неё письма остаются черновиками в папке outbox")] = Mail()
    fetch: Annotated[Fetch, Meta(description="Ящик, из которого письма школ берутся в папку с отчётами (fetch)")] = (
        Fetch()
    )
    limits: Annotated[
        Limits, Meta(description="Пределы для одного файла: сверх них он не читается и получает замечание")
    ] = Limits()
    # code of a remark -> error, warning, info or off
    controls: Annotated[
        dict[str, str],
        Meta(
            description="Важность замечаний: error, warning, info или off; коды — в findings.csv и docs/remarks.md",
            examples=[{"PROBLEM-NO-SOLUTION": "off"}],
        ),
    ] = {}

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def forms(self) -> tuple[str, ...]:
        """Names or paths of the forms, one for each order."""
        return (self.form,) if isinstance(self.form, str) else self.form

    @property
    def one_form(self) -> str:
        """Of the only order. Raises UsageError where there are several: which is meant is not guessed."""
        if len(self.forms) == 1:
            return self.forms[0]
        raise UsageError(
            f"В настройках несколько форм ({', '.join(self.forms)}), а здесь нужна одна: укажите файл настроек с одной "
            "формой (--settings), а её папку результатов, например output/form-547, — параметром --output."
        )

    def of_order(self, form: str, reporting_dates: tuple[date, ...]) -> "Settings":
        """Those of one of several orders."""
        return msgspec.structs.replace(self, form=form, reporting_dates=reporting_dates)


def load_settings(path: Path | None = None) -> Settings:
    """The settings at `path`; without one those of `settings.toml` in the current folder, if there are any.

    Raises UsageError with one Russian sentence naming file and key.
    """
    if path is None:
        if not DEFAULT_PATH.exists():
            return Settings()
        path = DEFAULT_PATH
    values = read_toml(path)
    for key in _password_keys(values):
        of_mailbox = values.get("fetch")
        is_of_mailbox = isinstance(of_mailbox, dict) and key in of_mailbox
        variable, section = (FETCH_PASSWORD_VARIABLE, "fetch") if is_of_mailbox else (PASSWORD_VARIABLE, "mail")
        raise UsageError(
            f"Файл {path.name}: уберите ключ «{key}»: паролю здесь не место, "
            f"задайте его переменной окружения {variable} или назовите файл с ним в ключе {section}.password_file."
        )
    settings = convert(values, Settings, path.name)
    for problem in _contradictions(settings):
        raise UsageError(f"Файл {path.name}: {problem}.")
    if len(settings.forms) == 1:  # a list of one is the same as its one
        settings = msgspec.structs.replace(settings, form=settings.forms[0])
    load_catalogue(settings.controls)  # an unknown code is refused here, before anything is said or begun
    return _with_files_beside(settings, path)


def _password_keys(values: dict[str, object]) -> Iterator[str]:
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _password_keys(value)
        elif key == "password_file":
            continue  # where it lies is no secret
        elif any(word in key.casefold() for word in ("passw", "парол", "secret")) or key.casefold() == "pass":
            yield key


def _contradictions(settings: Settings) -> Iterator[str]:
    """What the types alone cannot see, each a clause that names the key."""
    try:
        settings.zone  # noqa: B018 - made once and kept; a name that is no zone shows here
    except (ValueError, OSError, ZoneInfoNotFoundError):
        yield f"ключ timezone: часового пояса «{settings.timezone}» нет; пример: Asia/Vladivostok"
    if not settings.forms:
        yield "ключ form: список пуст — впишите форму или уберите ключ"
    if twice := [form for form, times in Counter(settings.forms).items() if times > 1]:
        yield f"ключ form: форма «{twice[0]}» названа дважды — оставьте её один раз"
    for day in settings.reporting_dates:
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            yield f"ключ reporting_dates: дата {day} не с {FIRST_YEAR} по {LAST_YEAR} год"
    mail = settings.mail
    if mail.configured and not mail.sender:
        yield "в разделе [mail] не хватает ключа «sender»: от какого адреса уходят письма"
    if mail.sender and not (re.fullmatch(r"[!-~]+@[!-~]+", mail.sender_address) and mail.sender.isprintable()):
        yield "ключ mail.sender: это не адрес латинскими буквами; пример: svod@example.ru"
    switched = msgspec.structs.replace(
        mail, edition="full", schools=False, reminders=False, approval=False
    )  # of drafts too
    if switched != Mail() and not mail.configured:
        yield "в разделе [mail] не хватает ключа «host»: через какой сервер уходят письма"
    fetch = settings.fetch
    if fetch != Fetch() and not fetch.configured:
        yield "в разделе [fetch] не хватает ключа «host»: с какого сервера брать письма"
    if fetch.configured and not fetch.user:
        yield "в разделе [fetch] не хватает ключа «user»: под каким именем входить в ящик"


def _with_files_beside(settings: Settings, path: Path) -> Settings:
    """Relative paths lead from where the settings lie, whatever folder the command is started from."""
    beside = path.absolute().parent
    for section in ("mail", "fetch"):
        of = getattr(settings, section)
        named = {key: str(beside / file) for key in ("ca_file", "password_file") if (file := getattr(of, key))}
        settings = msgspec.structs.replace(settings, **{section: msgspec.structs.replace(of, **named)})
    forms = [
        str(beside / form) if form.endswith(".toml") and is_file(beside / form) else form for form in settings.forms
    ]
    settings = msgspec.structs.replace(settings, form=forms[0] if isinstance(settings.form, str) else tuple(forms))
    if settings.decisions:
        settings = msgspec.structs.replace(settings, decisions=str(beside / settings.decisions))
    return settings
