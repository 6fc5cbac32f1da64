"""Letters from the outboxes to a mail server: to every recipient once.

Each recipient is a transaction of his own: what the server answers is then about him alone. Before the letter is said
the journal knows that it may go; a letter of which no answer came is held until a person decides.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from pipeline.files import OutputError, Outputs
from pipeline.sending.outbox import Parcel, SentBook, Waiting, keep_as_sent, kept_as_sent, outgoing, waiting
from pipeline.sending.password import require_password
from pipeline.sending.patience import USUAL, Answer, Outcome, Patience
from pipeline.sending.recipients import sorted_out
from pipeline.settings import Mail
from schemas.strict import UsageError

if TYPE_CHECKING:
    from pipeline.sending.smtp import MailServer

_NOT_KEPT = "Письмо ушло, но не сохранено"
_SHORT = 8  # letters of a key: enough to tell those apart that are held


class Fate(StrEnum):
    SENT = "отправлено"
    SENT_BEFORE = "уже отправлено раньше"
    TO_SEND = "ждёт отправки"  # in a dry run, or until the date is approved
    HELD = "удержано"
    NOT_SENT = "не отправлено"


class Missed(NamedTuple):
    """Somebody whom a letter has not certainly reached, and why: a Russian clause. `key`: of a letter that is held."""

    address: str
    reason: str
    outcome: Outcome = Outcome.REFUSED
    key: str = ""


class Delivery(msgspec.Struct, frozen=True):
    """What became of one letter. `to`: whom it reached now (in a dry run: whom it would reach). `note`: a sentence on
    what could not be written down of it, else blank."""

    letter: str  # its file, relative to the output folder
    subject: str
    fate: Fate
    to: tuple[str, ...] = ()
    missed: tuple[Missed, ...] = ()
    note: str = ""

    @property
    def is_done(self) -> bool:
        return not self.missed


class Held(NamedTuple):
    """A letter to somebody of whom it is not known whether he has got it."""

    key: str
    recipient: str
    reason: str


class LeftOver(NamedTuple):
    """A letter in an outbox: whom it is still to reach, and whom it may have reached. `letter`: its file, relative to
    the output folder; `withheld`: why it is not yet to go, as `deliver` takes it."""

    letter: str
    as_of: date
    subject: str
    due: tuple[str, ...]
    held: tuple[Held, ...]
    withheld: str = ""


def _nothing(_: Waiting) -> str:
    return ""


def _any(_: Waiting) -> bool:
    return True


def deliver(
    output: Path,
    mail: Mail,
    password: str | None,
    journal: SentBook,
    now: datetime,
    as_of: date | None,
    dry_run: bool,
    *,
    withheld: Callable[[Waiting], str] = _nothing,
    only: Callable[[Waiting], bool] = _any,
    patience: Patience = USUAL,
) -> list[Delivery]:
    """Sends what waits in the outboxes (of one date, if given) to those who have not got it yet.

    A letter that has reached all its recipients moves to `sent/`; another stays. What may be tried again is tried
    again after `patience.pauses`. `withheld`: why a letter is not yet to go, a Russian clause, blank where it may.
    `only`: which letters at all. `dry_run` opens no connection and changes nothing. Raises UsageError where the
    settings do not suffice.
    """
    if not dry_run:
        require_ready(mail, password)
    letters = [_posting(file, journal, output, withheld(file)) for file in waiting(output, as_of) if only(file)]
    if not dry_run:
        _Post(output, mail, password, journal, now, patience).send_all(letters)
    return [_delivery(output, one, dry_run) for one in letters]


def keep_arrived(output: Path, mail: Mail, journal: SentBook, letter: Waiting, address: str, when: datetime) -> None:
    """Of a letter that has arrived as a person says, at `when`: into `sent/`, and out of the outbox when it has reached
    everybody. The journal knows of it. Raises OutputError."""
    one = _posting(letter, journal, output, "")
    one.before.pop(address, None)
    one.reached.append(address)
    with Outputs(output) as outputs:
        _Post(output, mail, None, journal, when, USUAL).keep(one, outputs)


def require_ready(mail: Mail, password: str | None) -> None:
    """Raises UsageError where something lacks without which no letter can go."""
    if not mail.configured:
        raise UsageError("Почта не настроена: укажите в settings.toml раздел [mail] с ключами host и sender.")
    from pipeline.sending.smtp import tls_context

    require_password(mail, password)
    tls_context(mail)


def left_over(
    output: Path, journal: SentBook, as_of: date | None = None, *, withheld: Callable[[Waiting], str] = _nothing
) -> list[LeftOver]:
    """What lies in the outboxes and has not reached everybody, oldest date first. `withheld`: as `deliver` takes it."""
    files = waiting(output, as_of, whole=False)
    found = (_left_over(output, _posting(file, journal, output, withheld(file))) for file in files)
    return [one for one in found if one.due or one.held]


def short(key: str) -> str:
    return key[:_SHORT]


def _left_over(output: Path, one: "_Posting") -> LeftOver:
    """A letter without a usable address waits for one to be filled in."""
    due = tuple(one.due) or tuple(address for address, missed in one.missed.items() if not missed.key)
    held = tuple(Held(missed.key, address, missed.reason) for address, missed in one.missed.items() if missed.key)
    return LeftOver(
        one.file.path.relative_to(output).as_posix(), one.file.as_of, one.file.subject, due, held, one.withheld
    )


class _Posting(msgspec.Struct):
    """A letter on its way: who is still to get it, who got it before and since when, whom it reached now."""

    file: Waiting
    withheld: str
    due: list[str] = msgspec.field(default_factory=list)
    before: dict[str, datetime] = msgspec.field(default_factory=dict)
    reached: list[str] = msgspec.field(default_factory=list)
    missed: dict[str, Missed] = msgspec.field(default_factory=dict)
    note: str = ""


def _posting(file: Waiting, journal: SentBook, output: Path, withheld: str) -> _Posting:
    usable, unusable = sorted_out(file.recipients)
    one = _Posting(file, withheld, missed={address: Missed(address, reason) for address, reason in unusable})
    if not file.recipients:
        one.missed[""] = Missed("", "в письме нет получателей: заполните лист «Рассылка» в реестре")
    one.due = [address for address in usable if not _is_settled(one, address, journal)]
    witness = kept_as_sent(output, file) if one.due or one.missed else {}
    for address in usable:
        if (when := witness.get(file.key(address))) and address not in one.before:
            one.before[address] = when
            one.missed.pop(address, None)
    one.due = [address for address in one.due if address not in one.before]
    return one


def _is_settled(one: _Posting, address: str, journal: SentBook) -> bool:
    """Has somebody got the letter, or may he have: then it does not go to him."""
    key = one.file.key(address)
    if when := journal.sent(key):
        one.before[address] = when
    elif since := journal.held(key):
        why = f"дошло ли оно, неизвестно с {since:%d.%m.%Y %H:%M}"
        one.missed[address] = Missed(address, why, Outcome.UNKNOWN, key)
    else:
        return False
    return True


class _Post:
    """Sends letters one after the other. `_broken`: why the journal takes no note any more; then nothing is sent."""

    def __init__(
        self, output: Path, mail: Mail, password: str | None, journal: SentBook, now: datetime, patience: Patience
    ) -> None:
        self._output = output
        self._mail = mail
        self._password = password
        self._journal = journal
        self._now = now
        self._patience = patience
        self._broken = ""

    def send_all(self, letters: Iterable[_Posting]) -> None:
        """Once, and after every pause those again that may be tried again."""
        from pipeline.sending.smtp import MailServer  # here: most runs send nothing, and what speaks to servers is much

        letters = [one for one in letters if not one.withheld]
        with Outputs(self._output) as outputs:
            for one in letters:
                self._recover(one)
            for pause in (0.0, *self._patience.pauses):
                if pause:
                    self._patience.sleep(pause)
                with MailServer(self._mail, self._password, self._patience) as server:
                    for one in letters:
                        self._send(one, server)
                        self.keep(one, outputs)
                if self._broken or server.for_good or not any(one.due for one in letters):
                    break

    def _recover(self, one: _Posting) -> None:
        """What `sent/` alone knows is told the journal."""
        for address, when in one.before.items():
            parcel = one.file.parcel(address)
            if self._journal.sent(parcel.key) is None:
                self._note(partial(self._journal.mark_sent, parcel, when))

    def _send(self, one: _Posting, server: "MailServer") -> None:
        for address in tuple(one.due):
            parcel = one.file.parcel(address)
            begun: list[Parcel] = []
            answer = Answer(Outcome.WAITS, self._broken)
            if not self._broken:
                try:
                    if _is_settled(one, address, self._journal):  # a copy of the letter has gone meanwhile
                        one.due.remove(address)
                        continue
                    content = outgoing(one.file.message, self._mail.sender, self._now)
                    answer = server.send(content, address, partial(self._begin, parcel, begun))
                except OutputError as error:  # nothing was sent
                    self._broken = _clause(error)
                    answer = Answer(Outcome.WAITS, self._broken)
            self._take(one, parcel, answer, is_begun=bool(begun))

    def _begin(self, parcel: Parcel, begun: list[Parcel]) -> None:
        self._journal.about_to_send(parcel, self._now)
        begun.append(parcel)

    def _take(self, one: _Posting, parcel: Parcel, answer: Answer, *, is_begun: bool) -> None:
        """What has become of a letter, for the journal and for people. `is_begun`: the journal knows that it may go."""
        one.missed.pop(parcel.recipient, None)
        if answer.outcome is not Outcome.WAITS:
            one.due.remove(parcel.recipient)
        match answer.outcome:
            case Outcome.SENT:
                one.reached.append(parcel.recipient)
                if not self._note(partial(self._journal.mark_sent, parcel, self._now)):
                    one.note = f"Письмо ушло ({parcel.recipient}), но это не записано: {self._broken}."
            case Outcome.REFUSED:
                self._note(partial(self._journal.mark_refused, parcel, self._now, answer.reason))
            case Outcome.WAITS if is_begun:
                self._note(partial(self._journal.mark_not_sent, parcel.key))
        if answer.outcome is not Outcome.SENT:
            key = parcel.key if answer.outcome is Outcome.UNKNOWN else ""
            one.missed[parcel.recipient] = Missed(parcel.recipient, answer.reason, answer.outcome, key)

    def _note(self, write: Callable[[], None]) -> bool:
        """False where the journal takes no note: what it does not know for certain is then held."""
        if not self._broken:
            try:
                write()
            except OutputError as error:
                self._broken = _clause(error)
        return not self._broken

    def keep(self, one: _Posting, outputs: Outputs) -> None:
        """Into `sent/`, with all whom it has reached so far; out of the outbox when that is everybody."""
        have_it = [*one.before, *one.reached]
        is_done = bool(have_it) and not one.missed and not one.due
        if not (one.reached or is_done) or not one.file.path.exists():
            return
        when = self._now if one.reached else max(one.before.values())
        try:
            keep_as_sent(outputs, one.file, outgoing(one.file.message, self._mail.sender, when), have_it)
            if is_done:
                one.file.path.unlink()
            one.note = "" if one.note.startswith(_NOT_KEPT) else one.note  # tried again, and kept
        except OutputError as error:
            one.note = one.note or f"{_NOT_KEPT}: {error}"


def _clause(error: OutputError) -> str:
    text = str(error).removesuffix(".")
    return text[:1].lower() + text[1:]


def _delivery(output: Path, one: _Posting, dry_run: bool) -> Delivery:
    missed = tuple(one.missed.values())
    if one.withheld:
        missed = (*missed, *(Missed(address, one.withheld, Outcome.WAITS) for address in one.due))
    reached = tuple(one.due) if dry_run and not one.withheld else tuple(one.reached)
    name = one.file.path.relative_to(output).as_posix()
    return Delivery(name, one.file.subject, _fate(one, reached, dry_run), reached, missed, one.note)


def _fate(one: _Posting, reached: tuple[str, ...], dry_run: bool) -> Fate:
    """That of whoever has had most of it: where it reached anybody, it has gone."""
    if reached:
        return Fate.TO_SEND if dry_run else Fate.SENT
    if one.withheld and one.due:
        return Fate.TO_SEND
    if any(missed.outcome is Outcome.UNKNOWN for missed in one.missed.values()):
        return Fate.HELD
    return Fate.NOT_SENT if one.missed else Fate.SENT_BEFORE
