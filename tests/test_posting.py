"""Sending as the office asks for it: exit codes, last lines, a letter that nobody knows of, a run that failed."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring

from pipeline.commands import console
from pipeline.files import Outputs
from pipeline.memory.journal import Journal
from pipeline.monthly import tell_missed
from pipeline.sending import failures
from pipeline.sending.delivery import Delivery, Fate, Missed
from pipeline.sending.failures import failure_letter, missed_since
from pipeline.sending.outbox import Letter, Parcel, Waiting, compose, put_in_outbox, read, waiting
from pipeline.sending.password import fetch_password, mail_password, require_password
from pipeline.sending.patience import Outcome
from pipeline.settings import FETCH_PASSWORD_VARIABLE, PASSWORD_VARIABLE, Mail, Settings, load_settings
from schemas.strict import UsageError
from tests.conftest import Run
from tests.mail_server import PASSWORD, Act, Post, Serve
from tests.test_cli import svod
from tests.test_exactly_once import Script

pytestmark = pytest.mark.filterwarnings(
    "ignore:Requiring AUTH while not requiring TLS", "ignore:Session.login_data is deprecated"
)

AS_OF = date(2014, 3, 20)
NOW = datetime(2014, 3, 21, 9, 30, tzinfo=UTC)
LETTER = Letter(("head@example.ru",), "План выполнен", "Текст.", "<p>Текст.</p>", name="rukovodstvo", says="54,7 %")


@pytest.fixture
def office(serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Post, Path]:
    """The server, and settings that name it."""
    post, mail = serve()
    path = tmp_path / "settings.toml"
    lines = [
        f"{key} = {value!r}" for key in ("host", "port", "user", "sender", "ca_file") if (value := getattr(mail, key))
    ]
    path.write_text("\n".join(["[mail]", *lines]), "utf-8")
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
    return post, path


def put(output: Path, letter: Letter = LETTER, as_of: date = AS_OF) -> None:
    path = output / as_of.isoformat() / "outbox" / f"{letter.name}.eml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(compose(letter, as_of)[0])


def mail(output: Path, settings: Path, *words: str) -> tuple[int, str]:
    done = svod("mail", *words, "--output", output, "--settings", settings)
    return int(done.returncode), (done.stdout + done.stderr).replace("\u00a0", " ")


# ── the command `mail` ───────────────────────────────────────────────────────────────────────────────────
def test_all_that_waits_goes_and_the_exit_code_says_so(office: tuple[Post, Path], output: Path):
    post, settings = office
    put(output, replace(LETTER, to=("head@example.ru", "deputy@example.ru")))
    assert mail(output, settings) == (
        0,
        "2014-03-20/outbox/rukovodstvo.eml: отправлено → head@example.ru, deputy@example.ru\nОтправлено 2 письма.\n",
    )
    assert mail(output, settings) == (0, "Писем к отправке нет.\n")
    assert len(post.letters) == 2


def test_a_refused_recipient_is_told_with_the_servers_words_and_another_exit_code(
    office: tuple[Post, Path], output: Path
):
    _, settings = office
    put(output, replace(LETTER, to=("head@example.ru", "unknown@example.ru")))
    code, said = mail(output, settings)
    assert code == 4
    assert said.splitlines()[1:] == [
        "  unknown@example.ru: сервер не принял адрес: 550 5.1.1 no such user",
        "Отправлено 1 письмо, не принято сервером 1 письмо.",
    ]
    assert "5.1.1" in svod("history", "--output", output).stdout


@pytest.fixture
def held(office: tuple[Post, Path], output: Path) -> str:
    """The key of a letter that the server has stored without an answer."""
    post, settings = office
    post.play = Script({("STORED", "head@example.ru"): [Act.DROP]})
    put(output)
    code, said = mail(output, settings)
    assert code == 4
    *_, counted, told = said.splitlines()
    assert counted == "Ничего не отправлено, удержано 1 письмо."
    key = told.split()[2]
    assert told.startswith(f"Удержано письмо {key} на 20.03.2014 для head@example.ru: дошло ли оно, неизвестно с ")
    assert f"python run.py mail --again {key};" in told
    assert told.endswith(f"python run.py mail --arrived {key}.")
    return key


def test_a_held_letter_is_shown_until_a_person_says_that_it_goes_again(
    held: str, office: tuple[Post, Path], output: Path
):
    post, settings = office
    code, said = mail(output, settings)
    assert (code, len(post.letters)) == (4, 1)
    assert f"mail --again {held}" in said
    assert held in svod("history", "--output", output).stdout
    code, said = mail(output, settings, "--again", held[:4].upper())
    assert (code, len(post.letters)) == (0, 2)
    assert said.endswith("Отправлено 1 письмо.\n")
    assert held not in svod("history", "--output", output).stdout


def test_only_the_letter_that_was_named_goes_again(held: str, office: tuple[Post, Path], output: Path):
    post, settings = office
    put(output, replace(LETTER, name="shkola-08", to=("school@example.ru",)))
    assert mail(output, settings, "--again", held)[0] == 0
    assert post.received == [["head@example.ru"], ["head@example.ru"]]


def test_a_held_letter_that_has_arrived_never_goes_again(held: str, office: tuple[Post, Path], output: Path):
    post, settings = office
    held_at = svod("history", "--output", output).stdout
    code, said = mail(output, settings, "--arrived", held[:4])
    assert (code, said) == (
        0,
        f"Письмо {held} на 20.03.2014 для head@example.ru: записано, что оно дошло; снова оно не уйдёт.\n",
    )
    assert held in held_at
    assert held not in svod("history", "--output", output).stdout
    assert mail(output, settings) == (0, "Писем к отправке нет.\n")
    assert len(post.letters) == 1  # the one that was stored without an answer
    assert not any((output / "2014-03-20" / "outbox").glob("*.eml"))
    (kept,) = (output / "2014-03-20" / "sent").glob("*.eml")
    assert "head@example.ru" in str(read(kept.read_bytes())["X-Svod-Sent-To"])


def test_it_is_known_to_have_arrived_where_the_journal_is_lost(held: str, office: tuple[Post, Path], output: Path):
    post, settings = office
    mail(output, settings, "--arrived", held)
    (output / "journal.db").unlink()
    put(output)
    assert mail(output, settings)[0] == 0
    assert len(post.letters) == 1


def test_of_two_recipients_the_other_still_gets_it(office: tuple[Post, Path], output: Path):
    post, settings = office
    post.play = Script({("STORED", "head@example.ru"): [Act.DROP]})
    put(output, replace(LETTER, to=("head@example.ru", "deputy@example.ru")))
    with Journal.open(output / "journal.db") as journal:
        (letter,) = waiting(output, AS_OF)
        journal.about_to_send(letter.parcel("head@example.ru"), NOW)
    key = letter.key("head@example.ru")
    assert mail(output, settings, "--arrived", key)[0] == 0
    assert mail(output, settings)[0] == 0
    assert post.received == [["deputy@example.ru"]]


def test_looking_first_what_a_word_would_do_changes_nothing(held: str, office: tuple[Post, Path], output: Path):
    settings = office[1]
    code, said = mail(output, settings, "--arrived", held[:4].upper(), "--dry-run")
    assert (code, said) == (
        0,
        f"Письмо {held} на 20.03.2014 для head@example.ru: будет записано, что оно дошло; снова оно не уйдёт.\n",
    )
    assert held in svod("history", "--output", output).stdout


def test_both_words_at_once_are_refused(held: str, office: tuple[Post, Path], output: Path):
    code, said = mail(output, office[1], "--arrived", held, "--again", held)
    assert code == 2
    assert said == "Укажите одно из двух: --again (отправить снова) или --arrived (письмо дошло).\n"


@pytest.mark.parametrize("key", ["ffff", " ", "%", "' OR 1=1"])
def test_by_a_key_that_is_none_of_its_own_no_letter_has_arrived(
    key: str, held: str, office: tuple[Post, Path], output: Path
):
    code, said = mail(output, office[1], "--arrived", key)
    assert code == 2
    assert f"Удержанного письма с ключом «{key}» нет. Удержаны: {held}" in said


def test_a_key_that_fits_no_letter_is_one_sentence(held: str, office: tuple[Post, Path], output: Path):
    assert mail(output, office[1], "--again", "ffffffffffff") == (
        2,
        f"Удержанного письма с ключом «ffffffffffff» нет. Удержаны: {held} (head@example.ru).\n",
    )


def test_without_a_held_letter_none_goes_again(office: tuple[Post, Path], output: Path):
    put(output)
    assert mail(output, office[1], "--again", "ab12") == (
        2,
        "Удержанного письма с ключом «ab12» нет: ни одно письмо не удержано.\n",
    )


def test_a_key_that_fits_two_letters_and_one_whose_letter_is_gone_are_one_sentence(
    office: tuple[Post, Path], output: Path
):
    with Journal.open(output / "journal.db") as journal:
        for key in ("ab12cd", "ab34ef"):
            journal.about_to_send(Parcel(key, f"{key}@example.ru", "Тема", AS_OF, "rukovodstvo", "x"), NOW)
    assert mail(output, office[1], "--again", "ab") == (
        2,
        "Ключ «ab» подходит нескольким письмам: ab12cd (ab12cd@example.ru), ab34ef (ab34ef@example.ru). "
        "Укажите больше знаков ключа.\n",
    )
    assert mail(output, office[1], "--again", "ab1") == (
        2,
        "Письма ab12cd нет в папке outbox за 20.03.2014: сделайте свод на эту дату снова (--as-of 2014-03-20) и "
        "повторите.\n",
    )


def test_letters_are_counted_in_russian():
    def counted(sent: int, waits: int, refused: int, held: int) -> str:
        kinds = ((waits, Outcome.WAITS), (refused, Outcome.REFUSED), (held, Outcome.UNKNOWN))
        missed = tuple(Missed("a", "б", outcome) for n, outcome in kinds for _ in range(n))
        one = Delivery("a.eml", "Тема", Fate.SENT, ("a",) * sent, missed)
        return console.delivery_lines([one])[-1].replace("\u00a0", " ")

    assert counted(1, 0, 0, 0) == "Отправлено 1 письмо."
    assert (
        counted(22, 1, 5, 2) == "Отправлено 22 письма, ждёт 1 письмо, не принято сервером 5 писем, удержано 2 письма."
    )
    assert counted(0, 11, 0, 21) == "Ничего не отправлено, ждут 11 писем, удержано 21 письмо."


# ── before the work ──────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("lacks", ["host", "password"])
def test_what_sending_needs_is_found_missing_before_the_work(
    lacks: str, office: tuple[Post, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    _, settings = office
    (tmp_path / "input").mkdir()
    (tmp_path / "input" / "report.txt").write_text("не отчёт", "utf-8")
    monkeypatch.delenv(PASSWORD_VARIABLE)
    monkeypatch.setattr(keyring, "get_keyring", NoKeyring)
    if lacks == "host":
        settings.write_text("", "utf-8")
    output = tmp_path / "output"
    done = svod("--mail", "--input", tmp_path / "input", "--output", output, "--settings", settings)
    assert done.returncode == 2
    assert ("Нет пароля почты" if lacks == "password" else "Почта не настроена") in done.stderr
    assert not output.exists()


def test_a_run_whose_letters_do_not_all_go_wrote_its_summary_and_says_so_last(
    few: Run, office: tuple[Post, Path], tmp_path: Path
):
    post, settings = office
    post.play = Script({("RCPT", "deputy@example.org"): ["550 5.1.1 no such user"]})
    output, day = tmp_path / "output", few.district.as_of
    words = ("--input", few.input, "--output", output, "--settings", settings, "--as-of", day.isoformat(), "--mail")
    done = svod(*words)
    assert done.returncode == 4, done.stderr
    *_, counted, path = done.stdout.replace("\u00a0", " ").splitlines()
    assert counted == "Отправлено 1 письмо, не принято сервером 1 письмо."
    assert Path(path).is_file()
    assert post.received == [["head@example.org"]]


# ── the password ─────────────────────────────────────────────────────────────────────────────────────────
class Vault(KeyringBackend):
    """A keyring of a test."""

    priority = 1

    def __init__(self, **known: str) -> None:
        super().__init__()
        self.known = known

    def get_password(self, service: str, username: str) -> str | None:
        return self.known.get(f"{service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError


class Locked(Vault):
    def get_password(self, service: str, username: str) -> str | None:
        raise keyring.errors.KeyringLocked("nobody is here to unlock it")


OFFICE = Mail(host="smtp.example.ru", user="svod", sender="svod@example.ru")


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Neither in the environment nor in a keyring."""
    monkeypatch.delenv(PASSWORD_VARIABLE, raising=False)
    before = keyring.get_keyring()
    keyring.set_keyring(Vault())
    yield monkeypatch
    keyring.set_keyring(before)


def in_a_file(folder: Path, content: str = "из файла\n", mode: int = 0o600) -> Mail:
    path = folder / "пароль.txt"
    path.write_text(content, "utf-8")
    path.chmod(mode)
    return Mail(host="smtp.example.ru", user="svod", sender="svod@example.ru", password_file=str(path))


def test_the_environment_comes_first_then_the_keyring_then_the_file(nowhere: pytest.MonkeyPatch, tmp_path: Path):
    mail = in_a_file(tmp_path, "in the file\n")
    assert mail_password(mail) == "in the file"
    keyring.set_keyring(Vault(**{"svod svod@smtp.example.ru": "in the keyring"}))
    assert mail_password(mail) == "in the keyring"
    nowhere.setenv(PASSWORD_VARIABLE, "in the environment")
    assert mail_password(mail) == "in the environment"


def test_the_mailbox_has_its_password_from_the_same_places(nowhere: pytest.MonkeyPatch, tmp_path: Path):
    nowhere.delenv(FETCH_PASSWORD_VARIABLE, raising=False)
    in_a_file(tmp_path, "in the file\n")
    path = tmp_path / "settings.toml"
    path.write_text('[fetch]\nhost = "imap.example.ru"\nuser = "svod"\npassword_file = "пароль.txt"\n', "utf-8")
    fetch = load_settings(path).fetch
    assert fetch_password(fetch) == "in the file"
    keyring.set_keyring(Vault(**{"svod svod@imap.example.ru": "in the keyring"}))
    assert fetch_password(fetch) == "in the keyring"
    nowhere.setenv(FETCH_PASSWORD_VARIABLE, "in the environment")
    assert fetch_password(fetch) == "in the environment"


@pytest.mark.parametrize("vault", [Locked(), NoKeyring()])
def test_a_keyring_that_tells_nothing_is_none(vault: KeyringBackend, nowhere: pytest.MonkeyPatch, tmp_path: Path):
    keyring.set_keyring(vault)
    assert mail_password(OFFICE) is None
    with pytest.raises(UsageError, match=r"Нет пароля почты: .*keyring set svod svod@smtp\.example\.ru"):
        require_password(OFFICE, None)


def test_a_server_without_a_log_in_needs_no_password(nowhere: pytest.MonkeyPatch):
    require_password(Mail(host="smtp.example.ru", sender="svod@example.ru"), None)


@pytest.mark.skipif(os.name == "nt", reason="file modes of POSIX")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_can_read_is_refused(mode: int, nowhere: pytest.MonkeyPatch, tmp_path: Path):
    with pytest.raises(UsageError, match=r"открыт и другим пользователям: выполните chmod 600"):
        mail_password(in_a_file(tmp_path, mode=mode))


def test_a_file_without_a_password_and_one_that_is_not_there_are_named(nowhere: pytest.MonkeyPatch, tmp_path: Path):
    with pytest.raises(UsageError, match="пуст"):
        mail_password(in_a_file(tmp_path, "\n"))
    with pytest.raises(UsageError, match="не найден"):
        mail_password(Mail(host="h", user="u", sender="a@b.ru", password_file=str(tmp_path / "no.txt")))


def test_the_file_lies_beside_the_settings_and_the_password_never_in_them(tmp_path: Path):
    path = tmp_path / "settings.toml"
    path.write_text('[mail]\nhost = "h"\nsender = "a@b.ru"\npassword_file = "secret.txt"\n', "utf-8")
    assert load_settings(path).mail.password_file == str(tmp_path / "secret.txt")
    path.write_text('[mail]\nhost = "h"\nsender = "a@b.ru"\npassword = "secret"\n', "utf-8")
    with pytest.raises(UsageError, match=r"уберите ключ «password»: паролю здесь не место.*password_file"):
        load_settings(path)


# ── a run that failed ────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def watched(output: Path) -> Path:
    """A folder of results whose last registry named somebody who is told of failures."""
    with Journal.open(output / "journal.db") as journal:
        journal.note_watchers(["admin@example.ru"])
    return output


def test_a_run_that_failed_is_told_once_a_day_and_its_cause(watched: Path, office: tuple[Post, Path], tmp_path: Path):
    post, settings = office
    (tmp_path / "input").mkdir()
    words = ("--input", tmp_path / "input", "--output", watched, "--settings", settings, "--as-of", "2014-03-20")
    for _ in range(2):
        done = svod(*words, "--mail")
        assert done.returncode == 2
        assert done.stderr.startswith("В папке ")
    (letter,) = post.letters
    told = read(letter.original_content)
    assert letter.rcpt_tos == ["admin@example.ru"]
    assert told["Subject"] == "Сбой Свода: свод на 20.03.2014 не сделан"
    assert "нет ни реестра, ни отчётов" in told.get_body(("plain",)).get_content()
    assert "Отправлено 1\u00a0письмо." in svod(*words, "--mail").stdout or len(post.letters) == 1


def test_without_mail_the_letter_of_a_failure_waits_and_nobody_else_s_goes(
    watched: Path, office: tuple[Post, Path], tmp_path: Path
):
    post, settings = office
    (tmp_path / "input").mkdir()
    put(watched)
    words = ("--input", tmp_path / "input", "--output", watched, "--settings", settings, "--as-of", "2014-03-20")
    assert svod(*words).returncode == 2
    assert sorted(path.name for path in (watched / "2014-03-20" / "outbox").iterdir()) == [
        "rukovodstvo.eml",
        "sboi.eml",
    ]
    assert svod(*words, "--mail").returncode == 2
    assert post.received == [["admin@example.ru"]]


def test_where_nobody_wants_to_know_no_letter_is_made(output: Path, office: tuple[Post, Path], tmp_path: Path):
    (tmp_path / "input").mkdir()
    done = svod("--input", tmp_path / "input", "--output", output, "--settings", office[1], "--mail")
    assert (done.returncode, list(output.glob("*/outbox/*"))) == (2, [])


MISSED = failures.Missed(datetime(2014, 1, 1, 9, tzinfo=UTC), ("отчётная дата 30.01.2014",))


def _tell_missed(output: Path, missed: failures.Missed | None) -> list[str]:
    """Names of what waits after a run that has found this."""
    with Journal.open(output / "journal.db") as journal, Outputs(output) as outputs:
        tell_missed(missed, journal.watchers(), AS_OF, Settings(), journal, outputs)
        outputs.commit()
    return sorted(path.name for path in (output / AS_OF.isoformat() / "outbox").glob("*"))


def _fail(output: Path) -> Waiting:
    with Journal.open(output / "journal.db") as journal, Outputs(output) as outputs:
        letter = failure_letter(journal.watchers(), AS_OF, datetime(2014, 3, 21, 9, tzinfo=UTC), "Диск полон.")
        assert letter
        put_in_outbox(letter, AS_OF, "", journal, outputs)
        outputs.commit()
    return next(one for one in waiting(output, AS_OF) if one.name == "sboi")


def test_a_run_that_succeeds_takes_back_the_word_of_its_failure_alone(watched: Path):
    """That others were missed before stays so, however often this one is made."""
    _fail(watched)
    assert _tell_missed(watched, MISSED) == ["propusk.eml"]
    assert _tell_missed(watched, None) == ["propusk.eml"]


def test_word_of_a_failure_that_may_have_gone_stays_until_a_person_decides(watched: Path):
    held = _fail(watched)
    with Journal.open(watched / "journal.db") as journal:
        journal.about_to_send(held.parcel("admin@example.ru"), datetime(2014, 3, 21, 9, tzinfo=UTC))
    assert _tell_missed(watched, None) == ["sboi.eml"]


DATES = [date(2014, 1, 30), date(2014, 3, 20), date(2014, 5, 20)]


@pytest.mark.parametrize(
    ("last", "today", "missed"),
    [
        (date(2014, 1, 31), date(2014, 2, 25), ()),
        (date(2014, 1, 31), date(2014, 3, 25), ("февраль 2014 г.",)),
        (date(2014, 3, 25), date(2014, 4, 25), ()),
        (date(2014, 2, 25), date(2014, 5, 25), ("отчётная дата 20.03.2014",)),
        (date(2014, 1, 1), date(2014, 5, 25), ("отчётная дата 30.01.2014", "отчётная дата 20.03.2014")),
        (date(2014, 5, 25), date(2014, 8, 1), ("июнь 2014 г.", "июль 2014 г.")),
        (date(2014, 5, 25), date(2014, 7, 31), ("июнь 2014 г.",)),
        (date(2014, 12, 31), date(2015, 1, 31), ()),
        (date(2014, 5, 25), date(2014, 5, 20), ()),
    ],
)
def test_what_no_run_was_made_for(last: date, today: date, missed: tuple[str, ...]):
    found = missed_since(datetime(last.year, last.month, last.day, 9, tzinfo=UTC), today, DATES)
    assert tuple(one.replace("\u00a0", " ") for one in (found.what if found else ())) == missed


def test_a_missed_month_ends_its_sentence_with_one_full_stop():
    missed = missed_since(datetime(2014, 4, 25, 9, tzinfo=UTC), date(2014, 7, 10), DATES)
    assert missed
    assert missed.said.endswith(" июнь 2014\u00a0г.")
