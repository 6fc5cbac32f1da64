"""Settings: every key optional, and every mistake one Russian sentence that names file and key."""

from datetime import date
from pathlib import Path

import pytest

from pipeline.settings import Limits, Mail, Settings, load_settings
from schemas.strict import UsageError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def refusal(path: Path) -> str:
    """The one sentence with which the settings are refused."""
    with pytest.raises(UsageError) as caught:
        load_settings(path)
    text = str(caught.value)
    assert path.name in text
    assert "\n" not in text
    assert text.endswith((".", "?"))
    return text


def test_all_that_the_office_can_set_is_read(path: Path):
    path.write_text(
        """
        form = "form-100"
        timezone = "Europe/Moscow"
        reporting_dates = [2014-02-28, 2014-04-30]
        days_before = 5
        [mail]
        host = "mail.example.ru"
        security = "tls"
        user = "svod"
        sender = "Свод <svod@example.ru>"
        [limits]
        file_mb = 50
        [controls]
        NOTE-BESIDE = "off"
        """,
        encoding="utf-8",
    )
    settings = load_settings(path)
    assert settings == Settings(
        form="form-100",
        timezone="Europe/Moscow",
        reporting_dates=(date(2014, 2, 28), date(2014, 4, 30)),
        days_before=5,
        mail=Mail(host="mail.example.ru", security="tls", user="svod", sender="Свод <svod@example.ru>"),
        limits=Limits(file_mb=50),
        controls={"NOTE-BESIDE": "off"},
    )
    assert settings.mail.sender_address == "svod@example.ru"
    assert str(settings.zone) == "Europe/Moscow"


@pytest.mark.parametrize(
    ("mail", "port"), [(Mail(), 587), (Mail(security="tls"), 465), (Mail(security="tls", port=2525), 2525)]
)
def test_the_port_follows_from_the_security_unless_it_is_given(mail: Mail, port: int):
    assert mail.server_port == port


def test_without_a_settings_file_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    assert load_settings() == Settings()
    assert not Settings().mail.configured


def test_the_settings_of_the_current_folder_are_found(path: Path, monkeypatch: pytest.MonkeyPatch):
    path.write_text("days_before = 3")
    monkeypatch.chdir(path.parent)
    assert load_settings().days_before == 3


def test_a_file_saved_by_notepad_with_its_mark_is_read(path: Path):
    path.write_bytes('timezone = "Europe/Moscow"'.encode("utf-8-sig"))
    assert load_settings(path).timezone == "Europe/Moscow"


def test_a_certificate_lies_beside_the_settings(path: Path):
    path.write_text('[mail]\nhost = "a"\nsender = "a@b.ru"\nca_file = "office.pem"')
    assert load_settings(path).mail.ca_file == str(path.parent / "office.pem")


def test_a_settings_file_that_was_asked_for_and_is_missing_is_refused(path: Path):
    assert "не читается" in refusal(path)


def test_a_folder_is_refused(path: Path):
    path.mkdir()
    assert "не читается" in refusal(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('form = "Форма"'.encode("cp1251"), "не в UTF-8"),
        ('form = "form-100"'.encode("utf-16"), "не в UTF-8"),
        (b"form = form-100", "строка 1"),
        (b"\n\nform = \n", "строка 3"),
        (b"reporting_dates = [2014-02-30]", "строка 1"),
        (b"a = " + b"[" * 5000, "не по правилам TOML"),
        (b"days_before = " + b"9" * 5000, "не по правилам TOML"),
        (rb'form = "D:\exports"', "не по правилам TOML"),  # TOML 1.1 knows \e
    ],
    ids=["cp1251", "UTF-16", "no quotes", "no value", "30 February", "5,000 brackets", "5,000 digits", "TOML 1.1"],
)
def test_what_is_no_toml_is_refused(content: bytes, said: str, path: Path):
    path.write_bytes(content)
    assert said in refusal(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("reportng_dates = []", "неизвестный ключ «reportng_dates» — может быть, «reporting_dates»?"),
        ('[mail]\nhots = "a"', "неизвестный ключ «hots» в разделе [mail] — может быть, «host»?"),
        ("[limit]", "неизвестный ключ «limit» — может быть, «limits»?"),
        ("[limits]\nпредел = 1", "строка 2"),
        ("x = 1", "неизвестный ключ «x»; возможны: form, timezone"),
        ('[mail]\nport = "587"', "ключ mail.port: нужно: целое число, а стоит: текст в кавычках"),
        ("[mail]\nport = 0", "ключ mail.port: нужно число не меньше 1"),
        ("[mail]\nport = 70000", "ключ mail.port: нужно число не больше 65535"),
        ('[mail]\nsecurity = "none"', "ключ mail.security: вместо 'none' укажите starttls или tls"),
        ('[mail]\nuser = "a"', "не хватает ключа «host»"),
        ('[mail]\nhost = "a"', "не хватает ключа «sender»"),
        ('[mail]\nhost = "a"\nsender = "отдел"', "ключ mail.sender: это не адрес"),
        ('[mail]\nhost = "a"\nsender = "a@b.ru\\r\\nBcc: c@d.ru"', "ключ mail.sender: это не адрес"),
        ("[limits]\nseconds = 0", "ключ limits.seconds: нужно число не меньше 1"),
        ("[controls]\nNUM-NONE = 1", "ключ controls: нужно: текст в кавычках"),
        ('reporting_dates = ["20.03.2014"]', "ключ reporting_dates, запись 1: нужно: дата вида 2014-03-20"),
        ("reporting_dates = 2014-03-20", "ключ reporting_dates: нужно: список"),
        ("reporting_dates = [9999-12-31]", "ключ reporting_dates: дата 9999-12-31 не с 2013 по 2099 год"),
        ("reporting_dates = [0001-01-01]", "ключ reporting_dates: дата 0001-01-01 не с 2013 по 2099 год"),
        ("days_before = 1000000000000", "ключ days_before: нужно число не больше 366"),
        ('timezone = "Владивосток"', "ключ timezone: часового пояса «Владивосток» нет"),
        ('timezone = "Asia"', "ключ timezone: часового пояса «Asia» нет"),
        ('timezone = "../zone"', "ключ timezone: часового пояса «../zone» нет"),
    ],
)
def test_a_wrong_key_or_value_is_named_with_what_would_be_right(text: str, said: str, path: Path):
    path.write_text(text, encoding="utf-8")
    assert said in refusal(path)


@pytest.mark.parametrize(
    "text",
    [
        '[mail]\npassword = "qwerty"',
        '[mail]\n"пароль" = "qwerty"',
        '[mail]\nSMTP_Password = "qwerty"',
        'pass = "qwerty"',
        'SVOD_SMTP_PASSWORD = "qwerty"',
    ],
)
def test_a_password_is_refused_and_not_repeated(text: str, path: Path):
    path.write_text(text, encoding="utf-8")
    said = refusal(path)
    assert "SVOD_SMTP_PASSWORD" in said
    assert "qwerty" not in said
