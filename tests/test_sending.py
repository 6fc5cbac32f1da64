"""Letters: as files, and over a real mail server on this computer, encrypted and with a log-in."""

import email
import socket
from dataclasses import replace
from datetime import UTC, date, datetime
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from pathlib import Path
from random import Random

import pytest

from pipeline.files import Outputs
from pipeline.memory.journal import Journal
from pipeline.sending.delivery import Delivery, Fate, Missed, deliver
from pipeline.sending.headers import HeaderLostError, check_headers
from pipeline.sending.outbox import (
    Attachment,
    Letter,
    Parcel,
    Waiting,
    compose,
    has_gone,
    letter_key,
    outgoing,
    put_in_outbox,
    read,
)
from pipeline.sending.patience import Outcome, Patience
from pipeline.sending.recipients import checked_address, mailbox, sorted_out
from pipeline.settings import Mail
from schemas.strict import UsageError
from tests.depth import cases
from tests.mail_server import PASSWORD, USER, Serve, free_port

# aiosmtpd does not count the encryption of the port itself as such
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")

AS_OF = date(2014, 3, 20)
NOW = datetime(2014, 3, 21, 9, 30, tzinfo=UTC)
PROMPT = Patience(pauses=())  # nothing is tried again
WORKBOOK = Attachment("svod-2014-03-20.xlsx", bytes(range(256)) * 400, "application/vnd.ms-excel")
LETTER = Letter(
    to=("head@example.ru", "deputy@example.ru"),
    subject="Активация 54,7 % — по плану; отстают 6 школ, до нижней границы не хватает 1 240 родителей",
    text="Активировано 4 721 из 8 631.\n.\nТочка в начале строки — тоже текст.\n",
    html="<p>Активировано <b>4 721</b> из 8 631.</p>",
    attachments=(WORKBOOK,),
    name="rukovodstvo",
)


# ── headers ──────────────────────────────────────────────────────────────────────────────────────────────
SAID = "Активация родителей — 51,3 % ? при плане 41–60 %: план не выполнен, не хватает 118 чел. «Лицей № 8», МБОУ СОШ"
MEANT = (
    "Активация родителей — 39,1 % при плане 41–60 %: план не выполнен, не хватает 118 родителей. 7 школ из 8 ниже плана"
)


def unfolded(content: bytes, header: str) -> str:
    """As a mail program reads it: encoded words beside one another are one word."""
    head, _, _ = content.decode("ascii").replace("\r\n", "\n").partition("\n\n")
    lines = dict(line.partition(": ")[::2] for line in head.replace("\n ", " ").split("\n"))
    return str(make_header(decode_header(lines[header])))


def words(random: Random) -> str:
    return " ".join(random.choice(SAID.split()) for _ in range(random.randint(1, 25)))


def test_hundreds_of_subjects_and_names_read_as_they_are_meant():
    random = Random(1)
    for _ in range(cases(300, 1500)):
        subject, name = words(random), words(random).translate(dict.fromkeys(map(ord, ",.:?")))
        sender = f"{' '.join(name.split()) or 'Свод'} <a@example.ru>"
        content, _ = compose(Letter(("head@example.ru",), subject, "текст", "<p>текст</p>", name="a"), AS_OF, sender)
        assert unfolded(content, "Subject") == str(read(content)["Subject"]) == subject
        assert unfolded(content, "From").replace('"', "") == sender
        assert max(map(len, content.partition(b"\r\n\r\n")[0].split(b"\r\n"))) <= 78


def test_what_goes_over_the_line_has_the_same_headers():
    content, _ = compose(replace(LETTER, subject=MEANT), AS_OF)
    sent = outgoing(read(content), "Управление образования района <office@example.ru>", NOW)
    assert unfolded(sent, "Subject") == MEANT
    assert unfolded(sent, "From") == "Управление образования района <office@example.ru>"


def test_a_header_that_does_not_read_as_it_is_meant_never_waits_in_the_outbox():
    """So the standard library folds it: a space less."""
    message = EmailMessage(policy.SMTP)
    message["Subject"] = (
        "из не ? родителей из под 51,3 — школ «Лицей» план школ не %: № вопросом плана. ниже ниже 51,3 МБОУ родителей"
    )
    with pytest.raises(HeaderLostError, match="школне"):
        check_headers(message, message.as_bytes())


# ── a letter as a file ───────────────────────────────────────────────────────────────────────────────────


def test_the_same_letter_gives_the_same_bytes():
    assert compose(LETTER, AS_OF) == compose(LETTER, AS_OF)


def test_without_a_sender_the_letter_is_a_draft_that_says_all():
    content, refusals = compose(LETTER, AS_OF)
    draft = email.message_from_bytes(content, _class=EmailMessage, policy=policy.default)
    assert draft["X-Unsent"] == "1"
    assert draft["From"] is None
    assert draft["To"] == "head@example.ru, deputy@example.ru"
    assert draft["Subject"] == LETTER.subject
    assert draft.get_body(("plain",)).get_content().splitlines() == LETTER.text.splitlines()
    assert draft.get_body(("html",)).get_content().strip() == LETTER.html
    (attached,) = draft.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == (WORKBOOK.name, WORKBOOK.content)
    assert refusals == []
    assert content.isascii()


def test_with_a_sender_it_is_no_draft():
    letter = read(compose(LETTER, AS_OF, sender="Свод <svod@example.ru>")[0])
    assert letter["X-Unsent"] is None
    assert letter["From"].addresses[0].addr_spec == "svod@example.ru"


def test_a_bad_address_is_left_out_with_a_reason_and_the_others_stay():
    letter = replace(LETTER, to=("нет", "head@example.ru", "почта@example.ru", "a@b@c", "x@школа.рф", "a b@example.ru"))
    content, refusals = compose(letter, AS_OF)
    assert read(content)["To"] == "head@example.ru, x@xn--80atdl2c.xn--p1ai"
    assert {refusal.address: refusal.reason for refusal in refusals} == {
        "нет": "это не адрес электронной почты",
        "почта@example.ru": "это не адрес электронной почты",
        "a@b@c": "это не адрес электронной почты",
        "a b@example.ru": "это не адрес электронной почты",
    }


@pytest.mark.parametrize(
    "text", ["", "@", "a@", "@example.ru", "a@example", "a@example.ru\r\nBcc: b@example.ru", "a@.ru"]
)
def test_what_is_no_address_is_refused(text: str):
    with pytest.raises(ValueError, match="не адрес"):
        checked_address(text)


def test_a_line_break_in_the_subject_makes_no_header():
    letter = read(compose(replace(LETTER, subject="План\r\nBcc: thief@example.ru"), AS_OF)[0])
    assert letter["Bcc"] is None
    assert letter["Subject"] == "План Bcc: thief@example.ru"


def test_half_a_character_does_not_stop_the_letter():
    letter = read(compose(replace(LETTER, text="имя \udcff файла", subject="имя \udcff"), AS_OF)[0])
    assert letter.get_body(("plain",)).get_content().strip() == "имя ? файла"
    assert letter["Subject"] == "имя ?"


def key(letter: Letter = LETTER, as_of: date = AS_OF, recipient: str = "head@example.ru", sender: str = "") -> str:
    return letter_key(read(compose(letter, as_of, sender)[0]), as_of, recipient)


def test_the_key_of_a_letter_that_does_not_say_what_it_tells_knows_all_that_it_carries_but_not_who_sends_it():
    same = {key(), key(sender="svod@example.ru"), key(recipient="HEAD@example.ru")}
    others = {
        key(recipient="deputy@example.ru"),
        key(as_of=date(2014, 3, 21)),
        key(replace(LETTER, subject="Другое")),
        key(replace(LETTER, text="Другое")),
        key(replace(LETTER, attachments=())),
    }
    assert len(same) == 1
    assert len(others | same) == 6


def test_a_letter_that_says_what_it_tells_is_known_by_that_and_not_by_its_bytes():
    letter = replace(LETTER, says="54,7 %; ниже плана 6 школ")
    same = {key(letter), key(replace(letter, subject="Иначе", text="Иначе", attachments=()))}
    others = {key(replace(letter, says="54,8 %")), key(replace(letter, name="napominanie-08")), key()}
    assert len(same) == 1
    assert len(same | others) == 4


def test_a_letter_without_a_name_of_ours_is_known_by_its_contents():
    """Of an earlier version, or laid into the outbox by a person."""
    message = read(compose(LETTER, AS_OF)[0])
    del message["X-Svod-Letter"], message["X-Svod-Says"]
    known = letter_key(message, AS_OF, "head@example.ru")
    assert known != key()
    message.replace_header("Subject", "Другое")
    assert letter_key(message, AS_OF, "head@example.ru") != known


@pytest.mark.parametrize(
    "address",
    ["Head@Школа.рф", "head@ШКОЛА.РФ", " head@школа.рф", "HEAD@xn--80atdl2c.xn--p1ai", "head@XN--80ATDL2C.xn--p1ai"],
)
def test_one_mailbox_is_one_recipient_however_it_is_spelled(address: str):
    assert mailbox(address) == "head@xn--80atdl2c.xn--p1ai"
    assert key(recipient=address) == key(recipient="head@школа.рф")
    usable, _ = sorted_out(["head@школа.рф", address])
    assert len(usable) == 1


def test_what_is_no_address_is_its_own_recipient():
    assert mailbox(" Нет ") == "нет"


def test_any_letter_waits_under_its_own_name(output: Path, journal: Journal):
    letter = replace(LETTER, name="shkola-../08", to=("head@example.ru", "нет"))
    with Outputs(output) as outputs:
        said = put_in_outbox(letter, AS_OF, "", journal, outputs)
        outputs.commit()
    assert (output / "2014-03-20" / "outbox" / "shkola-.._08.eml").is_file()
    assert said == ["Письмо не уйдёт по адресу нет: это не адрес электронной почты."]


# ── over a mail server ───────────────────────────────────────────────────────────────────────────────────


def put(output: Path, letter: Letter = LETTER, name: str = "svodka.eml", as_of: date = AS_OF) -> Path:
    """The letter, waiting in the outbox."""
    path = output / as_of.isoformat() / "outbox" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(compose(letter, as_of)[0])
    return path


def post_all(output: Path, mail: Mail, journal: Journal, password: str | None = PASSWORD) -> list[Delivery]:
    return deliver(output, mail, password, journal, NOW, as_of=None, dry_run=False, patience=PROMPT)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_letter_arrives_encrypted_after_log_in_with_its_attachment_byte_for_byte(
    security: str, serve: Serve, output: Path, journal: Journal
):
    post, mail = serve(security)
    waiting = put(output)
    (delivery,) = post_all(output, mail, journal)
    assert delivery == Delivery("2014-03-20/outbox/svodka.eml", LETTER.subject, Fate.SENT, LETTER.to)
    envelope, other = post.letters
    assert (envelope.mail_from, envelope.rcpt_tos, other.rcpt_tos) == ("svod@example.ru", *([one] for one in LETTER.to))
    arrived = read(envelope.original_content)
    assert arrived["Subject"] == LETTER.subject
    assert arrived.get_body(("plain",)).get_content().splitlines() == LETTER.text.splitlines()
    (attached,) = arrived.iter_attachments()
    assert attached.get_content() == WORKBOOK.content
    assert not waiting.exists()


def test_the_sent_letter_is_kept_as_it_left(serve: Serve, output: Path, journal: Journal):
    post, mail = serve()
    put(output)
    post_all(output, mail, journal)
    kept = output / "2014-03-20" / "sent" / "svodka.eml"
    heading, *rest = kept.read_bytes().splitlines()
    assert heading == b"X-Svod-Sent-To: head@example.ru, deputy@example.ru"
    assert rest == post.letters[0].original_content.splitlines()
    letter = read(kept.read_bytes())
    assert letter["X-Unsent"] is None
    assert letter["From"] == "Свод <svod@example.ru>"
    assert letter["Date"].datetime == NOW


def test_nothing_is_sent_twice(serve: Serve, output: Path, journal: Journal):
    post, mail = serve()
    put(output)
    post_all(output, mail, journal)
    again = put(output)  # the run made the same letter once more
    (delivery,) = post_all(output, mail, journal)
    assert delivery.fate is Fate.SENT_BEFORE
    assert len(post.letters) == 2
    assert not again.exists()
    assert has_gone(Waiting(Path(), AS_OF, read(compose(LETTER, AS_OF)[0])), journal, output)


def test_a_letter_that_an_earlier_version_has_sent_does_not_go_again(serve: Serve, output: Path, journal: Journal):
    """It bore neither name nor what it says, and lay in `sent/` without whom it had reached."""
    post, mail = serve()
    waiting = put(output)
    message = read(waiting.read_bytes())
    del message["X-Svod-Letter"], message["X-Svod-Says"]
    waiting.write_bytes(message.as_bytes())
    kept = output / "2014-03-20" / "sent" / "svodka.eml"
    kept.parent.mkdir()
    kept.write_bytes(outgoing(message, "svod@example.ru", NOW))
    (delivery,) = post_all(output, mail, journal)
    assert (delivery.fate, post.letters) == (Fate.SENT_BEFORE, [])
    assert {line.recipient: line.sent_at for line in journal.letters()} == dict.fromkeys(LETTER.to, NOW)


def test_a_copy_of_a_letter_in_the_outbox_is_not_sent_besides_it(serve: Serve, output: Path, journal: Journal):
    post, mail = serve()
    put(output)
    put(output, name="svodka (копия).eml")
    assert [delivery.fate for delivery in post_all(output, mail, journal)] == [Fate.SENT, Fate.SENT_BEFORE]
    assert post.received == [["head@example.ru"], ["deputy@example.ru"]]


def test_a_changed_letter_is_another_letter_and_both_are_kept(serve: Serve, output: Path, journal: Journal):
    post, mail = serve()
    put(output)
    post_all(output, mail, journal)
    put(output, replace(LETTER, text="Школа исправила отчёт."))
    post_all(output, mail, journal)
    assert len(post.letters) == 4
    assert sorted(p.name for p in (output / "2014-03-20" / "sent").iterdir()) == ["svodka-2.eml", "svodka.eml"]


def test_a_new_recipient_gets_the_letter_and_the_others_not_again(serve: Serve, output: Path, journal: Journal):
    post, mail = serve()
    put(output)
    post_all(output, mail, journal)
    put(output, replace(LETTER, to=(*LETTER.to, "new@example.ru")))
    post_all(output, mail, journal)
    assert post.received == [["head@example.ru"], ["deputy@example.ru"], ["new@example.ru"]]


def test_a_killed_run_has_recorded_what_it_sent_before_it_sent_the_next(serve: Serve, output: Path):
    class KilledAfterTheFirst(Journal):
        def mark_sent(self, parcel: Parcel, when: datetime) -> None:
            super().mark_sent(parcel, when)
            raise KeyboardInterrupt

    post, mail = serve()
    for name in ("a", "b", "c"):
        put(output, replace(LETTER, to=(f"{name}@example.ru",)), f"{name}.eml")
    with KilledAfterTheFirst.open(output / "journal.db") as journal, pytest.raises(KeyboardInterrupt):
        post_all(output, mail, journal)
    assert post.received == [["a@example.ru"]]
    with Journal.open(output / "journal.db") as journal:
        post_all(output, mail, journal)
    assert post.received == [["a@example.ru"], ["b@example.ru"], ["c@example.ru"]]


def test_one_unknown_recipient_does_not_keep_the_letter_from_the_others(serve: Serve, output: Path, journal: Journal):
    post, mail = serve()
    waiting = put(output, replace(LETTER, to=("head@example.ru", "unknown@example.ru")))
    (delivery,) = post_all(output, mail, journal)
    assert (delivery.fate, delivery.to) == (Fate.SENT, ("head@example.ru",))
    assert delivery.missed == (Missed("unknown@example.ru", "сервер не принял адрес: 550 5.1.1 no such user"),)
    assert waiting.exists()  # tried again the next time, for the one who has not got it
    (again,) = post_all(output, mail, journal)
    assert (again.fate, again.to) == (Fate.NOT_SENT, ())
    assert post.received == [["head@example.ru"]]


@pytest.mark.parametrize(
    ("bad", "fate", "outcome", "reason"),
    [
        ("unwanted@example.ru", Fate.NOT_SENT, Outcome.REFUSED, "сервер не принял письмо (554 5.7.1 looks like spam)"),
        ("hang-up@example.ru", Fate.HELD, Outcome.UNKNOWN, "сервер получил письмо целиком и прервал связь: дошло ли"),
        ("unknown@example.ru", Fate.NOT_SENT, Outcome.REFUSED, "сервер не принял адрес: 550 5.1.1 no such user"),
    ],
)
def test_one_failure_does_not_stop_the_rest(
    bad: str, fate: Fate, outcome: Outcome, reason: str, serve: Serve, output: Path, journal: Journal
):
    post, mail = serve()
    for name, to in (("1.eml", "head@example.ru"), ("2.eml", bad), ("3.eml", "deputy@example.ru")):
        put(output, replace(LETTER, to=(to,)), name)
    deliveries = post_all(output, mail, journal)
    assert [delivery.fate for delivery in deliveries] == [Fate.SENT, fate, Fate.SENT]
    (missed,) = deliveries[1].missed
    assert (missed.address, missed.outcome) == (bad, outcome)
    assert missed.reason.startswith(reason)
    assert {"head@example.ru", "deputy@example.ru"} <= {to for recipients in post.received for to in recipients}
    assert [p.name for p in (output / "2014-03-20" / "outbox").iterdir()] == ["2.eml"]


def test_a_letter_without_recipients_waits_and_says_so(serve: Serve, output: Path, journal: Journal):
    post, mail = serve()
    put(output, replace(LETTER, to=()))
    (delivery,) = post_all(output, mail, journal)
    assert delivery.fate is Fate.NOT_SENT
    assert "получател" in delivery.missed[0].reason
    assert post.letters == []


def refused(deliveries: list[Delivery]) -> str:
    """The one reason for which nothing was sent to anybody."""
    assert {delivery.fate for delivery in deliveries} == {Fate.NOT_SENT}
    (reason,) = {missed.reason for delivery in deliveries for missed in delivery.missed}
    return reason


def test_a_wrong_password_is_named(serve: Serve, output: Path, journal: Journal):
    post, mail = serve()
    put(output)
    put(output, name="second.eml")
    reason = refused(post_all(output, mail, journal, "a wrong password"))
    assert "не принял имя или пароль" in reason
    assert "a wrong password" not in reason
    assert post.letters == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for_is_refused(security: str, serve: Serve, output: Path, journal: Journal):
    post, mail = serve(security)
    put(output)
    stranger = Mail(**{**_fields(mail), "ca_file": ""})
    assert "сертификату сервера нет доверия" in refused(post_all(output, stranger, journal))
    assert post.letters == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_of_another_server_is_refused(security: str, serve: Serve, output: Path, journal: Journal):
    post, mail = serve(security, certified="mail.example.ru")
    put(output)
    assert "сертификату сервера нет доверия" in refused(post_all(output, mail, journal))
    assert post.letters == []


def test_without_encryption_nothing_is_sent(serve: Serve, output: Path, journal: Journal):
    post, mail = serve(tls=False)
    put(output)
    assert "не предлагает STARTTLS" in refused(post_all(output, mail, journal))
    assert post.letters == []


def test_the_wrong_kind_of_security_is_named(serve: Serve, output: Path, journal: Journal):
    _, mail = serve("starttls")
    put(output)
    reason = refused(post_all(output, Mail(**{**_fields(mail), "security": "tls"}), journal))
    assert "проверьте mail.port и mail.security" in reason


@pytest.mark.parametrize(
    ("host", "reason"), [("127.0.0.1", "нет связи с сервером"), ("mail.invalid", "сервер не найден")]
)
def test_a_server_that_is_not_there_is_named(host: str, reason: str, output: Path, journal: Journal):
    put(output)
    mail = Mail(host=host, port=free_port(), sender="svod@example.ru")
    assert reason in refused(post_all(output, mail, journal))


def test_a_dry_run_opens_no_connection_and_changes_nothing(output: Path, journal: Journal):
    waiting = put(output)
    with socket.create_server(("127.0.0.1", 0)) as door:
        mail = Mail(host="127.0.0.1", port=door.getsockname()[1], sender="svod@example.ru")
        (delivery,) = deliver(output, mail, None, journal, NOW, as_of=None, dry_run=True)
        door.setblocking(False)
        with pytest.raises(BlockingIOError):
            door.accept()
    assert (delivery.fate, delivery.to) == (Fate.TO_SEND, LETTER.to)
    assert waiting.exists()


def test_a_sender_whom_the_server_does_not_know_is_named(serve: Serve, output: Path, journal: Journal):
    _, mail = serve()
    put(output)
    stranger = Mail(**{**_fields(mail), "sender": "stranger@example.ru"})
    assert "не принял отправителя: проверьте mail.sender (550 5.7.1 not yours)" in refused(
        post_all(output, stranger, journal)
    )


def test_an_outbox_in_a_folder_that_is_no_date_is_not_ours(serve: Serve, output: Path, journal: Journal):
    post, mail = serve()
    put(output).parent.parent.rename(output / "копия 2014-03-20")
    assert post_all(output, mail, journal) == []
    assert post.letters == []


def test_only_the_date_asked_for_is_sent(serve: Serve, output: Path, journal: Journal):
    post, mail = serve()
    earlier = put(output, as_of=date(2014, 1, 30))
    put(output)
    deliver(output, mail, PASSWORD, journal, NOW, as_of=AS_OF, dry_run=False)
    assert len(post.letters) == 2
    assert earlier.exists()


@pytest.mark.parametrize(
    ("mail", "password", "named"),
    [
        (Mail(), None, "host"),
        (Mail(host="127.0.0.1", user=USER, sender="svod@example.ru"), None, "SVOD_SMTP_PASSWORD"),
        (Mail(host="127.0.0.1", user=USER, sender="svod@example.ru"), "пароль", "SVOD_SMTP_PASSWORD"),
        (Mail(host="127.0.0.1", sender="svod@example.ru", ca_file="no.pem"), None, "ca_file"),
    ],
)
def test_settings_that_do_not_suffice_are_named(
    mail: Mail, password: str | None, named: str, output: Path, journal: Journal
):
    put(output)
    with pytest.raises(UsageError, match=named):
        post_all(output, mail, journal, password)


def _fields(mail: Mail) -> dict[str, object]:
    return {name: getattr(mail, name) for name in mail.__struct_fields__}
