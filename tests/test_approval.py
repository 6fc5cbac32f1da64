"""Approval: letters of a date wait for a person's word; what is told of it later is a restatement."""

import dataclasses
import shutil
from datetime import UTC, date, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from msgspec.structs import replace

from pipeline import monthly
from pipeline.commands.approve import approve
from pipeline.commands.console import say_result
from pipeline.commands.daily import wake
from pipeline.commands.history import history
from pipeline.commands.mail import send_waiting
from pipeline.measuring.figures import Restated
from pipeline.sending import letters
from pipeline.sending.letters import Page, leadership_letter
from pipeline.sending.outbox import read, waiting
from pipeline.settings import Mail, Settings
from pipeline.writing.brief import make_brief
from pipeline.writing.pages.words import restated_said
from pipeline.writing.registry import write_registry
from schemas.district import Recipient, Registry, Topic
from schemas.remarks import remark
from schemas.strict import UsageError
from tests.batch import CATALOGUE, MARCH
from tests.conftest import Once
from tests.figures import REMARKS, STATES
from tests.mail_server import PASSWORD, Post, Serve
from tests.order_form import FORM
from tests.test_school_letters import SCHOOLS, Office

NOW, APPROVED = datetime(2014, 3, 21, 9, tzinfo=UTC), datetime(2014, 3, 21, 8, tzinfo=UTC)
HEAD = Recipient("Начальник", "head@example.org", frozenset({Topic.SUMMARY}))


def is_made(folder: Path) -> None:
    office = Office(folder)
    for code in ("01", "10"):
        office.receives(code)
    (office.input / "registry.xlsx").write_bytes(write_registry(FORM, Registry(SCHOOLS, (HEAD,)), MARCH))


@pytest.fixture
def office(once: Once, tmp_path: Path) -> Office:
    once("approval", is_made)
    return Office(Path(shutil.copytree(once.folder / "approval", tmp_path / "office")))


def asking(mail: Mail) -> Settings:
    return Settings(timezone="UTC", mail=replace(mail, schools=True, approval=True))


def runs(office: Office, settings: Settings, day: date = MARCH, *, mail: bool = True) -> monthly.Done:
    job = monthly.Job.of(office.input, office.output, day, settings, NOW, mail=mail, password=PASSWORD)
    return monthly.run(job)


def received(post: Post) -> list[str]:
    return sorted(address for letter in post.letters for address in letter.rcpt_tos)


def to_head(post: Post) -> list[EmailMessage]:
    return [read(letter.original_content) for letter in post.letters if letter.rcpt_tos == ["head@example.org"]]


def spaced(text: str) -> str:
    return text.replace("\u00a0", " ")


def plain(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return spaced(part.get_content())


def test_letters_wait_for_approval_and_go_after_it(office: Office, serve: Serve, monkeypatch: pytest.MonkeyPatch):
    post, mail = serve()
    settings = asking(mail)
    monkeypatch.setenv("SVOD_SMTP_PASSWORD", PASSWORD)
    done = runs(office, settings)
    assert received(post) == []
    assert f"Письма на 20.03.2014 ждут утверждения: python run.py approve {MARCH}." in done.warnings
    reasons = {missed.reason for one in done.deliveries for missed in one.missed}
    assert reasons == {f"дата не утверждена: python run.py approve {MARCH}"}
    [summary] = [one for one in waiting(office.output) if one.name == "rukovodstvo"]
    assert f"Письмо уходит, когда дата утверждена: python run.py approve {MARCH}." in plain(summary.message)

    posted = send_waiting(office.output, None, settings, dry_run=False)
    assert (received(post), posted.all_gone) == ([], False)
    said = approve(office.output, MARCH, settings, APPROVED)
    assert said[1] == f"Ждут отправки: 3\u00a0письма. Отправить: python run.py mail --as-of {MARCH}."
    assert send_waiting(office.output, MARCH, settings, dry_run=False).all_gone
    assert received(post) == ["head@example.org", "s01@example.org", "s10@example.org"]
    runs(office, settings)
    assert len(received(post)) == 3


def test_after_approval_a_correction_goes_by_itself_and_says_what_it_is(office: Office, serve: Serve):
    post, mail = serve()
    settings = asking(mail)
    runs(office, settings)
    approve(office.output, MARCH, settings, APPROVED)
    done = runs(office, settings)
    assert not any("ждут утверждения" in one for one in done.warnings)
    office.receives("10", **{"14": "100 чел. из 483"})
    runs(office, settings)
    first, second = to_head(post)
    assert not str(first["Subject"]).startswith("Исправлено")
    assert str(second["Subject"]).startswith("Исправлено (")
    assert plain(second).startswith("Дата утверждена 21.03.2014. Это письмо исправляет отправленное ")


def test_what_was_approved_and_not_sent_before_it_changed_is_corrected_too(office: Office, serve: Serve):
    """Leadership has approved other figures than it gets."""
    post, mail = serve()
    settings = asking(mail)
    runs(office, settings)
    approve(office.output, MARCH, settings, APPROVED)
    office.receives("10", **{"14": "100 чел. из 483"})
    runs(office, settings)
    [letter] = to_head(post)
    assert plain(letter).startswith("Дата утверждена 21.03.2014. Это письмо исправляет утверждённое 21.03.2014 08:00. ")


def test_another_date_of_the_same_reporting_date_releases_the_letters_to_schools(office: Office, serve: Serve):
    """They are of the reporting date, whichever day's summary was approved."""
    post, mail = serve()
    settings, day = asking(mail), date(2014, 3, 25)
    runs(office, settings, day)
    approve(office.output, day, settings, APPROVED)
    runs(office, settings, day)
    assert received(post) == ["head@example.org", "s01@example.org", "s10@example.org"]


def test_where_nothing_is_sent_the_command_is_named_that_approves_and_does(
    office: Office, serve: Serve, capsys: pytest.CaptureFixture[str]
):
    _, mail = serve()
    settings, day = asking(mail), date(2014, 3, 25)
    schools = f"Письма школам на 20.03.2014 ждут утверждения: 2 письма. Утвердит python run.py approve {MARCH}."
    say_result(runs(office, settings, day, mail=False))
    lines = spaced(capsys.readouterr().out).splitlines()
    assert [line for line in lines if "Письма школам" in line] == [schools]
    saturday = datetime(2014, 3, 29, 9, tzinfo=UTC)  # nobody is reminded
    assert [*map(spaced, wake(office.input, office.output, settings, saturday, news=False).lines)] == [schools]
    woken = wake(office.input, office.output, settings, saturday, mail=True, password=PASSWORD, news=False)
    assert spaced(woken.lines[-1]) == (
        f"Не утверждены письма прежних сводов: на 25.03.2014 — 1 письмо. Нужное утвердит python run.py approve {day}."
    )
    approve(office.output, MARCH, settings, APPROVED)
    assert "ждут отправки: 2" in spaced(wake(office.input, office.output, settings, saturday, news=False).lines[0])


def test_it_is_kept_in_the_journal(office: Office):
    settings = asking(Mail())
    runs(office, settings, mail=False)
    approve(office.output, MARCH, settings, APPROVED)
    [again] = approve(office.output, MARCH, settings, datetime(2014, 3, 25, tzinfo=UTC))
    assert again == "20.03.2014: утверждено раньше, 21.03.2014 08:00."
    lines = list(history(office.output, "", settings.zone, CATALOGUE, lambda: Registry()))
    assert "Утверждённые даты." in lines


def test_what_is_not_there_or_not_asked_for_is_not_approved(office: Office):
    runs(office, Settings(timezone="UTC"), mail=False)
    with pytest.raises(UsageError, match="утверждение не включено"):
        approve(office.output, MARCH, Settings(timezone="UTC"), NOW)
    with pytest.raises(UsageError, match=r"Свода на 20\.05\.2014 .* нет: сначала сделайте его \(--as-of 2014-05-20\)"):
        approve(office.output, date(2014, 5, 20), asking(Mail()), NOW)


# ── whatever edition it is sent in ───────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("edition", ["full", "public"])
def test_a_figure_corrected_by_one_person_is_told_whatever_files_are_called(edition: str, office: Office, serve: Serve):
    post, mail = serve()
    settings = Settings(timezone="UTC", mail=replace(mail, edition=edition))
    for n in range(10):
        (office.input / str(n)).write_bytes(b"no workbook")
    office.receives("10", **{"14": "100 чел. из 483"})
    runs(office, settings)
    office.receives("10", **{"14": "101 чел. из 483"})
    runs(office, settings)
    runs(office, settings)
    _, second = to_head(post)
    assert str(second["Subject"]).startswith("Исправлено (")


def test_another_edition_of_what_has_arrived_is_not_sent(office: Office, serve: Serve):
    post, mail = serve()
    (office.input / "не книга.xlsx").write_bytes(b"PK no workbook")
    for edition in ("full", "public", "full"):
        runs(office, Settings(timezone="UTC", mail=replace(mail, edition=edition)))
        assert len(to_head(post)) == 1


def test_a_public_edition_that_an_earlier_build_has_sent_is_not_sent_again(
    office: Office, serve: Serve, monkeypatch: pytest.MonkeyPatch
):
    """That build told letters by the words of the edition."""
    post, mail = serve()
    settings = Settings(timezone="UTC", mail=replace(mail, edition="public"))
    (office.input / "не книга.xlsx").write_bytes(b"PK no workbook")
    with monkeypatch.context() as earlier:
        earlier.setattr(letters, "_says", says_of_an_earlier_build)
        runs(office, settings)
    done = runs(office, settings)
    assert (len(to_head(post)), done.left_over) == (1, ())
    office.receives("10", **{"14": "101 чел. из 483"})
    runs(office, settings)
    runs(office, settings)
    _, second = to_head(post)
    assert str(second["Subject"]).startswith("Исправлено (")


def says_of_an_earlier_build(page: Page) -> str:
    """Of the time before editions of one letter were one: as it stood in `sending/letters` then."""
    figures, brief = page.figures, page.brief
    subline = brief.subline
    for one in figures.restated:
        subline = subline.replace(restated_said(one, figures), "")
    lines = [figures.form.id, brief.dates, brief.headline, " ".join(subline.split())]
    lines += [f"{card.label}: {card.said} ({'; '.join(card.note_lines)})" for card in brief.cards]
    lines += [f"{one.name}: {one.share}{one.mark}, {one.missing}" for one in letters._all_behind(figures)]
    lines += [f"{decision.tag}. {decision.formerly or decision.text}" for decision in brief.decisions]
    lines += [f"{one.date}: {one.was} → {one.now}" for one in figures.restated if one.date != figures.as_of]
    text = "\n".join(lines)
    files = {said.file for said in figures.remarks if said.file} | {one.file for one in figures.unattributed}
    for file in sorted(files, key=lambda name: (-len(name), name)):
        text = text.replace(file, "файл")
    return text


def test_a_line_that_is_said_otherwise_since_an_update_sends_no_letter_again():
    """The build before told errors of files without a school as if schools had them; of dates that have changed it
    listed all."""
    figures = STATES["twenty-schools"]()
    alike = [dataclasses.replace(REMARKS[0], school=code) for code in ("01", "03", "05")]
    nobodys = [dataclasses.replace(REMARKS[0], school="", file=f"{n}.xlsx", item="") for n in range(11)]
    days = [date(2014, 1, day) for day in range(10, 16)]
    restated = tuple(Restated(day, 41.0, 39.6, sent=True, schools=()) for day in days)
    figures = dataclasses.replace(figures, remarks=(*REMARKS, *alike, *nobodys), restated=restated)
    brief = make_brief(figures, CATALOGUE)
    [said] = [spaced(one.text) for one in brief.decisions if one.tag == "Ошибки"]
    matter = "активированных больше, чем выдано логинов (п. 14 и 12.1). И ещё 12 ошибок"
    assert said == f"ВСОШ, СОШ № 1 и др.: {matter}, всего в 4 школах и 11 файлах."
    public = replace(brief, headline="")
    for page in (Page(figures, brief, "", b""), Page(figures, public, "", b"", Page(figures, brief, "", b""))):
        letter = leadership_letter([page], Registry(SCHOOLS, (HEAD,)))
        assert letter
        told = spaced(letter.says).splitlines()
        assert f"Ошибки. ВСОШ, СОШ № 1, СОШ № 3 и др.: {matter}, всего в 4 школах." in told
        assert not any("тог на 1" in line or "Итог изменился" in line for line in told)
        assert told[-6:] == [f"{day}: 41.0 → 39.6" for day in days]


def test_only_where_a_line_names_a_file_its_name_does_not_matter():
    figures = STATES["three-schools"]()
    said = remark("FILE-DAMAGED", file="4")

    def says(file: str, headline: str) -> str:
        errors = dataclasses.replace(figures, remarks=(dataclasses.replace(said, file=file),))
        brief = replace(make_brief(errors, CATALOGUE), headline=headline)
        assert any(f"айл «{file}»" in one.text for one in brief.decisions)
        letter = leadership_letter([Page(errors, brief, "svod.xlsx", b"")], Registry(SCHOOLS, (HEAD,)))
        assert letter
        return letter.says

    assert says("4", "74,4 %") == says("а.xlsx", "74,4 %") != says("4", "74,5 %")
