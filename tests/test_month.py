"""A month of an office with twelve schools, day by day: who got what, when, once. A real mail server receives it."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from msgspec.structs import replace as with_fields

from pipeline import monthly
from pipeline.commands.daily import wake
from pipeline.sending.outbox import NAME_HEADER, read
from pipeline.settings import Mail, Settings
from pipeline.writing.registry import write_registry
from schemas.district import Recipient, Registry, Topic
from schemas.strict import UsageError
from tests.batch import MARCH, order_form, school
from tests.holders import mailed, zipped
from tests.mail_server import PASSWORD, Post, Serve
from tests.order_form import FORM
from tests.test_explained import CODE, LESS, WHY, explained, tick
from tests.test_returned import order_form_file
from tests.test_school_letters import attached

CODES = [f"{number:02}" for number in range(1, 13)]
HEAD = Recipient("Начальник", "head@example.org", frozenset({Topic.SUMMARY}))
WRONG = "331 из 574 (90%)"
CLEAN = ""
NOW = datetime(2014, 3, 28, 8, tzinfo=UTC)


class Office:
    """`day`: the one that it is now, nine o'clock."""

    def __init__(self, folder: Path, post: Post, mail: Mail) -> None:
        self.input, self.output, self.post = folder / "input", folder / "output", post
        self.input.mkdir()
        self.settings = Settings(
            timezone="UTC",
            controls={"SAME-ANSWERS": "off"},  # these schools answer alike on purpose
            mail=with_fields(mail, schools=True, reminders=True),
        )
        schools = tuple(school(code, full_name="", email=f"s{code}@example.org") for code in CODES)
        self.registry = self.input / "registry.xlsx"
        self.registry.write_bytes(write_registry(FORM, Registry(schools, (HEAD,)), MARCH))

    def receives(self, code: str, answer: str = CLEAN) -> None:
        (self.input / f"{code}.xlsx").write_bytes(report(code, answer))

    def receives_by_mail(self, name: str, files: dict[str, bytes], day: date) -> None:
        came = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
        (self.input / f"{name}.eml").write_bytes(mailed(files, received=came))

    def wakes(self, day: date) -> None:
        now = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        wake(self.input, self.output, self.settings, now, mail=True, password=PASSWORD)

    def makes_the_summary(self, day: date) -> None:
        now = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        job = monthly.Job.of(self.input, self.output, day, self.settings, now, mail=True, password=PASSWORD)
        monthly.run(job)

    def last_letter_to(self, code: str) -> EmailMessage:
        letters = [one for one in self.post.letters if one.rcpt_tos == [f"s{code}@example.org"]]
        return read(letters[-1].original_content)

    def hears_why(self, code: str) -> None:
        """The school fills in the workbook that came with its letter, and sends it."""
        returned = attached(self.last_letter_to(code))[f"{code}-zamechaniya.xlsx"]
        self.receives_by_mail(
            f"Re {code}", {f"{code} пояснения.xlsx": explained(returned, WHY, CODE)}, date(2014, 3, 27)
        )


def report(code: str, answer: str = CLEAN) -> bytes:
    return order_form_file(order_form(MARCH, code, {"6.2": answer} if answer else {}))


def received(post: Post, since: int) -> Counter[tuple[str, str]]:
    """Recipient and kind of every letter after so many."""
    return Counter(
        (one.rcpt_tos[0].partition("@")[0], kind(read(one.original_content))) for one in post.letters[since:]
    )


def kind(letter: EmailMessage) -> str:
    name, subject = str(letter[NAME_HEADER]), str(letter["Subject"])
    if not name.startswith("napominanie"):
        return name.partition("-")[0]
    return "before" if " — до " in subject else "week" if "неделя" in subject else "after"


def to(codes: str, what: str) -> Counter[tuple[str, str]]:
    return Counter((f"s{code}", what) for code in codes.split())


Happens = Callable[[Office], None]


def _come(*codes: str, answer: str = CLEAN) -> Happens:
    def happens(office: Office) -> None:
        for code in codes:
            office.receives(code, answer)

    return happens


def _mail_comes(code: str, day: int) -> Happens:
    return lambda office: office.receives_by_mail(f"письмо {code}", {f"{code}.xlsx": report(code)}, date(2014, 3, day))


def _an_archive_comes(*codes: str) -> Happens:
    def happens(office: Office) -> None:
        (office.input / "отчёты.zip").write_bytes(zipped({f"{code}.xlsx": report(code) for code in codes}))

    return happens


def _loses_the_registry(office: Office) -> None:
    office.registry.rename(office.input.parent / "registry.xlsx")


def _hears_why(office: Office) -> None:
    (office.input.parent / "registry.xlsx").rename(office.registry)  # it is there again
    office.hears_why("04")


def _ticks(office: Office) -> None:
    """A summary drafts the row, the office accepts it."""
    drafts = with_fields(office.settings, mail=Mail())
    monthly.run(monthly.Job.of(office.input, office.output, date(2014, 3, 28), drafts, NOW))
    tick(office.output / "2014-03-28", office.registry)


SUMMARY = Counter({("head", "rukovodstvo"): 1})
# Day of March -> what happens before nine, is the summary made on that day, and which letters go out.
MONTH: dict[int, tuple[Happens | None, bool, Counter[tuple[str, str]]]] = {
    12: (None, False, Counter()),
    13: (_come("01"), False, to("01", "shkola")),  # a week early
    14: (None, False, to("02 03 04 05 06 07 08 09 10 11 12", "before")),
    17: (_come("03", answer=WRONG), False, to("03", "shkola")),
    18: (_mail_comes("02", 18), False, to("02", "shkola")),
    19: (_an_archive_comes("05", "06", "07", "08"), False, to("05 06 07 08", "shkola")),
    20: (_come("04", answer=LESS), True, SUMMARY + to("04", "shkola")),
    21: (None, False, to("09 10 11 12", "after")),
    24: (_come("03", "09"), False, to("03 09", "shkola")),  # the one corrected, the other late
    25: (None, True, SUMMARY),
    26: (_loses_the_registry, False, Counter()),  # a failing day
    27: (_hears_why, False, to("10 11 12", "week") + Counter({("head", "week"): 3}) + to("04", "shkola")),
    28: (_ticks, False, to("04", "shkola")),
    31: (_mail_comes("10", 31), False, to("10", "shkola")),
}


def test_a_month_of_an_office(serve: Serve, tmp_path: Path):
    post, mail = serve()
    office = Office(tmp_path, post, mail)
    for number, (happens, summary, expected) in MONTH.items():
        day = date(2014, 3, number)
        before = len(post.letters)
        if happens:
            happens(office)
        if number == 26:
            with pytest.raises(UsageError, match="верните его"):
                office.wakes(day)
        else:
            if summary:
                office.makes_the_summary(day)
            office.wakes(day)
        assert received(post, before) == expected, day
    subjects = Counter((one.rcpt_tos[0], str(read(one.original_content)["Subject"])) for one in post.letters)
    told_twice = {to for (to, subject), times in subjects.items() if times > 1}
    assert told_twice == {"s04@example.org"}  # not accepted yet, then accepted: the same state, another letter
    final = office.last_letter_to("04").get_body(("plain",))
    assert final is not None
    assert "Принято." in final.get_content()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_letters_that_wait_go_though_nothing_new_has_come(serve: Serve, tmp_path: Path):
    post, mail = serve()
    office = Office(tmp_path, post, mail)
    office.receives("01")
    monthly.run(monthly.Job.of(office.input, office.output, date(2014, 3, 25), office.settings, NOW))
    assert post.letters == []
    now = datetime(2014, 3, 29, 9, tzinfo=UTC)  # a Saturday: nobody is reminded
    done = wake(office.input, office.output, office.settings, now, news=False)
    assert [line for line in done.lines if "2014-03-20" in line and "1\u00a0письмо" in line]
    done = wake(office.input, office.output, office.settings, now, mail=True, password=PASSWORD, news=False)
    assert received(post, 0) == to("01", "shkola")
    assert [line for line in done.lines if "--as-of 2014-03-25" in line]  # leadership's: only a person sends it
    wake(
        office.input,
        office.output,
        office.settings,
        now,
        mail=True,
        password=PASSWORD,
        news=False,
        owed=date(2014, 3, 25),
    )
    assert received(post, 1) == SUMMARY
