"""Archives and letters in the input folder: what lies in them is read as if it lay there by itself, under the same
limits, and whatever is wrong with one of them is said and hurts no other."""

import csv
import email
import email.policy
import os
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from random import Random

import pytest

from pipeline import monthly
from pipeline.commands.check import check_files
from pipeline.commands.rebuild import rebuild
from pipeline.demo import make
from pipeline.reading.opening.guard import Unreadable, kind_of
from pipeline.reading.opening.unpacking import clean_path, unpack
from pipeline.settings import Limits, Settings
from schemas.form import load_form
from schemas.strict import UsageError
from tests.conftest import NOW
from tests.holders import boxed, mailed, outlook, rared, seven_zipped, zipped, zipped_on_windows
from tests.test_intake import read_all, said

FORM = load_form("form-547")
MARCH = date(2014, 3, 20)
LIMITS = Limits()
CAME = datetime(2014, 3, 19, 6, 0, tzinfo=UTC)
LAY = NOW - timedelta(days=3)  # since when a letter's file lies there
PDF = b"%PDF-1.4 no workbook"


# ── the same figures whatever the files came in ──────────────────────────────────────────────────────────
@pytest.fixture(scope="module")
def loose(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two schools, one with a damaged second file: all came at one moment."""
    folder = tmp_path_factory.mktemp("loose")
    make(folder, FORM, schools=2, dates=2, seed=3)
    (folder / "input" / "обрыв.xlsx").write_bytes(b"PK\x03\x04" + bytes(200))
    for path in files_of(folder):
        os.utime(path, (CAME.timestamp(), CAME.timestamp()))
    run(folder)
    return folder


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "input").rglob("*") if path.is_file())


def run(folder: Path, settings: Settings | None = None) -> monthly.Done:
    return monthly.run(monthly.Job.of(folder / "input", folder / "output", MARCH, settings or Settings(), NOW))


def in_outlook(files: dict[str, bytes]) -> bytes:
    return outlook(files, headers=f"Received: by office; {CAME:%d %b %Y %H:%M:%S} +0000\r\n\r\n")


IN_ONE_FILE: dict[str, Callable[[dict[str, bytes]], bytes]] = {
    "все.zip": zipped,
    "все.7z": seven_zipped,
    "все.rar": rared,
    "все.eml": lambda files: mailed(files, received=CAME),
    "все.msg": in_outlook,
    "все.mbox": lambda files: boxed([mailed({name: data}, received=CAME) for name, data in files.items()]),
    "дважды.zip": lambda files: zipped({"внутри.7z": seven_zipped(files)}),
    "отчёт.xlsx": zipped,  # by content, never by name
}


@pytest.mark.parametrize("name", IN_ONE_FILE)
def test_files_in_an_archive_or_a_letter_tell_the_same_as_loose_ones(loose: Path, tmp_path: Path, name: str):
    inside = {p.relative_to(loose / "input").as_posix(): p.read_bytes() for p in files_of(loose)}
    registry = inside.pop("registry.xlsx")
    (tmp_path / "input").mkdir()
    (tmp_path / "input" / "registry.xlsx").write_bytes(registry)
    (tmp_path / "input" / name).write_bytes(IN_ONE_FILE[name](inside))
    os.utime(tmp_path / "input" / name, (CAME.timestamp(), CAME.timestamp()))
    run(tmp_path)
    for table in ("answers.csv", "findings.csv", "indicators.csv"):
        assert rows(tmp_path, table, name) == rows(loose, table), table
    assert {p.name for p in returned(tmp_path)} == {p.name for p in returned(loose)}
    assert [p.read_bytes() for p in returned(tmp_path)] == [p.read_bytes() for p in returned(loose)]
    assert not (tmp_path / "output" / "cache" / "members").exists()  # nothing of it stays, but in the archive


def rows(folder: Path, table: str, name: str = "") -> list[dict[str, str]]:
    """Without what the files came in."""
    with (folder / "output" / MARCH.isoformat() / table).open(encoding="utf-8-sig", newline="") as file:
        found = [
            {key: _loose(value, name) for key, value in row.items()}
            for row in csv.DictReader(file)
            if not name or row.get("code") != "ARCHIVE-OPENED"
        ]
    return sorted(found, key=lambda row: list(row.values()))


def _loose(text: str, name: str) -> str:
    return re.sub(rf"{re.escape(name)}/(внутри\.7z/|письмо \d+/)?", "", text) if name else text


def returned(folder: Path) -> list[Path]:
    return sorted((folder / "output" / MARCH.isoformat() / "returns").iterdir())


@pytest.fixture
def zipped_district(loose: Path, tmp_path: Path) -> Path:
    (tmp_path / "input").mkdir()
    inside = {p.relative_to(loose / "input").as_posix(): p.read_bytes() for p in files_of(loose)}
    (tmp_path / "input" / "registry.xlsx").write_bytes(inside.pop("registry.xlsx"))
    (tmp_path / "input" / "все.zip").write_bytes(zipped({**inside, "внутри.tar": b"\0" * 257 + b"ustar" + bytes(250)}))
    return tmp_path


def test_a_month_of_archives_is_made_again_from_what_was_kept(zipped_district: Path):
    run(zipped_district)
    shutil.rmtree(zipped_district / "input")
    done = rebuild(zipped_district / "output", MARCH, lambda done, of: None)
    assert done.is_the_same, done.lines


def test_a_second_run_takes_what_lies_in_an_archive_from_the_cache(zipped_district: Path):
    run(zipped_district)
    first = {path.name: path.read_bytes() for path in (zipped_district / "output" / "2014-03-20").glob("*.*")}
    kept = (zipped_district / "output" / "cache" / "reads").read_bytes()
    (zipped_district / "output" / "cache" / "reads").unlink()
    run(zipped_district)
    assert (zipped_district / "output" / "cache" / "reads").read_bytes() == kept
    run(zipped_district)
    assert (zipped_district / "output" / "cache" / "reads").read_bytes() == kept
    assert {p.name: p.read_bytes() for p in (zipped_district / "output" / "2014-03-20").glob("*.*")} == first


def test_the_registry_in_an_archive_is_not_the_registry(loose: Path, tmp_path: Path):
    (tmp_path / "input").mkdir()
    registry = (loose / "input" / "registry.xlsx").read_bytes()
    (tmp_path / "input" / "все.zip").write_bytes(zipped({"registry.xlsx": registry}))
    done = run(tmp_path)
    assert done.figures.draft_registry
    assert [row["file"] for row in rows(tmp_path, "findings.csv")] == ["все.zip", "все.zip/registry.xlsx"]


def test_an_archive_is_named_since_it_does_not_tell_which_of_its_files_came_last(loose: Path, tmp_path: Path):
    """Nor does a letter with several; of several letters in one file each has a time of its own."""
    (tmp_path / "input").mkdir()
    report = next(path for path in files_of(loose) if path.name != "registry.xlsx").read_bytes()
    (tmp_path / "input" / "a.zip").write_bytes(zipped({"1.xlsx": report, "2.xlsx": report}))
    (tmp_path / "input" / "b.eml").write_bytes(mailed({"3.xlsx": report}, received=CAME))
    (tmp_path / "input" / "c.eml").write_bytes(
        mailed({"4.xlsx": report, "5.xlsx": report, "6.pdf": PDF}, received=CAME)
    )
    letters = [mailed({f"{n}.xlsx": report}, received=CAME - timedelta(days=n)) for n in range(2)]
    (tmp_path / "input" / "d.mbox").write_bytes(boxed(letters))
    done = run(tmp_path)
    named = [said for said in done.survey.checked.remarks if said.code == "ARCHIVE-OPENED"]
    assert [(said.file, dict(said.data)["where"], dict(said.data)["files"]) for said in named] == [
        ("a.zip", "архиве", "2\u00a0файла"),
        ("c.eml", "письме", "2\u00a0файла"),
    ]
    assert [one.file for one in done.figures.unattributed if one.file == "a.zip"] == []


def test_check_tells_of_every_file_in_an_archive(tmp_path: Path):
    (tmp_path / "все.zip").write_bytes(zipped({"а.pdf": PDF, "б.pdf": PDF}))
    found = check_files([tmp_path / "все.zip"], tmp_path, Settings())
    assert [name.rpartition("/")[2] for name in found.files] == ["а.pdf", "б.pdf"]
    assert all([said.code for said in found.on(name)] == ["FILE-KIND"] for name in found.files)


def test_a_summary_with_decisions_is_not_looked_for_in_an_archive(loose: Path, tmp_path: Path):
    shutil.copytree(loose / "input", tmp_path / "input")
    (tmp_path / "свод.zip").write_bytes(zipped({"svod-2014-01-30.xlsx": PDF}))
    with pytest.raises(UsageError, match=r"файл «свод\.zip» — не свод"):
        run(tmp_path, Settings(decisions=str(tmp_path / "свод.zip")))


# ── what is wrong with an archive ────────────────────────────────────────────────────────────────────────
def twice_in_7z() -> bytes:
    import py7zr

    with py7zr.SevenZipFile(file := BytesIO(), "w") as package:
        for name, content in (("отчёт.pdf", PDF), ("отчёт.pdf", PDF[::-1]), ("скан.pdf", PDF)):
            package.writestr(content, name)
    return file.getvalue()


def locked() -> bytes:
    data = bytearray(zipped({"отчёт.xlsx": b"x"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def locked_in_part() -> bytes:
    data = bytearray(zipped({"закрыт.xlsx": b"x", "скан.pdf": PDF}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def spoilt_in_part() -> bytes:
    data = bytearray(zipped({"испорчен.xlsx": bytes(range(256)) * 9, "скан.pdf": PDF}, zipfile.ZIP_STORED))
    data[100] ^= 0xFF
    return bytes(data)


def with_a_link() -> bytes:
    info = zipfile.ZipInfo("ссылка.xlsx")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    data = zipped({"скан.pdf": PDF})
    with zipfile.ZipFile(file := BytesIO(data), "a") as package:
        package.writestr(info, "/etc/passwd")
    return bytes(file.getvalue())


def overlapping() -> bytes:
    data = zipped({"1.xlsx": b"1", "2.xlsx": b"2"})
    second = data.rindex(b"PK\x01\x02")
    return data[: second + 42] + bytes(4) + data[second + 46 :]


def nested(times: int, innermost: bytes) -> bytes:
    for n in range(times):
        innermost = zipped({f"{n}.zip": innermost})
    return innermost


BIG = bytes(21 * 2**20)
BROKEN: dict[str, tuple[bytes, dict[str, str]]] = {
    "torn": (zipped({"отчёт.xlsx": os.urandom(900)})[:400], {"": "FILE-DAMAGED"}),
    "torn .7z": (seven_zipped({"отчёт.xlsx": os.urandom(900)})[:400], {"": "FILE-DAMAGED"}),
    "spoilt .7z": (b"7z\xbc\xaf\x27\x1c" + bytes(100), {"": "FILE-DAMAGED"}),
    "torn .rar": (rared({"отчёт.xlsx": b"x"})[:20], {"": "FILE-DAMAGED"}),
    "two of one name .7z": (
        twice_in_7z(),
        {"отчёт.pdf": "FILE-DAMAGED", "отчёт (2).pdf": "FILE-DAMAGED", "скан.pdf": "FILE-KIND"},
    ),
    "locked": (locked(), {"": "FILE-ENCRYPTED"}),
    "locked .7z": (seven_zipped({"отчёт.xlsx": b"x"}, "пароль"), {"": "FILE-ENCRYPTED"}),
    "locked in part": (locked_in_part(), {"закрыт.xlsx": "FILE-ENCRYPTED", "скан.pdf": "FILE-KIND"}),
    "spoilt in part": (spoilt_in_part(), {"испорчен.xlsx": "FILE-DAMAGED", "скан.pdf": "FILE-KIND"}),
    "a link": (with_a_link(), {"скан.pdf": "FILE-KIND", "ссылка.xlsx": "FILE-LINK"}),
    "overlapping": (overlapping(), {"": "FILE-DAMAGED"}),
    "one too big": (
        zipped({"велик.xlsx": BIG, "скан.pdf": PDF}),
        {"велик.xlsx": "FILE-LIMIT", "скан.pdf": "FILE-KIND"},
    ),
    "a bomb": (zipped({f"{n}.xlsx": bytes(19 * 2**20) for n in range(6)}), {"": "ARCHIVE-LIMIT"}),
    "a bomb .7z": (seven_zipped({f"{n}.xlsx": bytes(19 * 2**20) for n in range(6)}), {"": "ARCHIVE-LIMIT"}),
    "thousands": (zipped({f"{n}.xlsx": b"" for n in range(2_001)}), {"": "ARCHIVE-LIMIT"}),
    "nothing": (zipped({}), {"": "FILE-HOLDS-NOTHING"}),
    "leftovers only": (zipped({"__MACOSX/._а": b"x", "~$а.xlsx": b"x", "Thumbs.db": b""}), {"": "FILE-HOLDS-NOTHING"}),
    "nested twice": (nested(2, zipped({"скан.pdf": PDF})), {"1.zip/0.zip/скан.pdf": "FILE-KIND"}),
    "nested thrice": (nested(3, zipped({"скан.pdf": PDF})), {"2.zip/1.zip/0.zip": "FILE-ARCHIVE"}),
    "broken within": (
        zipped({"а.zip": zipped({"x": b"y"})[:30], "б.zip": locked(), "скан.pdf": PDF}),
        {"а.zip": "FILE-DAMAGED", "б.zip": "FILE-ENCRYPTED", "скан.pdf": "FILE-KIND"},
    ),
    "bombs within": (
        zipped({f"{n}.zip": zipped({f"{m}.xlsx": bytes(19 * 2**20) for m in range(4)}) for n in range(2)}),
        {**{f"0.zip/{m}.xlsx": "FILE-EMPTY" for m in range(4)}, "1.zip": "ARCHIVE-LIMIT"},
    ),
    "packed .rar": (rared({"отчёт.xlsx": b"x"}, packed=True), {"": "FILE-ARCHIVE"}),
    "a letter of text": (mailed({}), {"": "FILE-HOLDS-NOTHING"}),
    "a torn .msg": (outlook({"скан.pdf": PDF})[:600], {"": "FILE-DAMAGED"}),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_what_is_wrong_is_said_of_the_file_that_it_is_wrong_with(
    tmp_path: Path, fault: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PATH", "")  # no program for .rar
    data, expected = BROKEN[fault]
    (tmp_path / "архив").write_bytes(data)
    (tmp_path / "рядом.pdf").write_bytes(PDF)
    found = said(read_all(tmp_path))
    assert found.pop("рядом.pdf") == ["FILE-KIND"]
    assert found == {f"архив/{name}" if name else "архив": [code] for name, code in expected.items()}


def test_an_archive_may_be_bigger_than_a_report_and_a_report_may_not(tmp_path: Path):
    noise = os.urandom(2 * 2**20)
    (tmp_path / "а.zip").write_bytes(zipped({"1.pdf": PDF + noise, "2.pdf": PDF + noise}))
    (tmp_path / "б.xlsx").write_bytes(zipped({"xl/workbook.xml": noise, "xl/styles.xml": noise}))
    (tmp_path / "в.eml").write_bytes(mailed({"3.pdf": PDF + noise}))
    (tmp_path / "г.zip").write_bytes(zipped({"4.pdf": noise * 3}))
    limits = Limits(file_mb=3, archive_mb=5)
    assert said(read_all(tmp_path, limits)) == {
        "а.zip/1.pdf": ["FILE-KIND"],
        "а.zip/2.pdf": ["FILE-KIND"],
        "б.xlsx": ["FILE-LIMIT"],
        "в.eml/3.pdf": ["FILE-KIND"],
        "г.zip": ["FILE-LIMIT"],
    }


def test_a_world_of_nested_archives_is_opened_within_one_room(tmp_path: Path):
    """What a bomb multiplies level by level is counted together."""
    inner = zipped({f"{n}.txt": b"" for n in range(900)})
    middle = zipped({f"{n}.zip": inner for n in range(30)})
    (tmp_path / "мир.zip").write_bytes(zipped({f"{n}.zip": middle for n in range(30)}))
    found = read_all(tmp_path)
    assert sum(len(read.digest) == 64 for read in found) <= 2_000
    assert {code for codes in said(found).values() for code in codes} <= {"ARCHIVE-LIMIT", "FILE-EMPTY"}


# ── names ────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", "etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("C:\\Windows\\отчёт.xlsx", "Windows/отчёт.xlsx"),
        ("./март//отчёт.xlsx", "март/отчёт.xlsx"),
        ("..", "без имени"),
        ("a\x00b\nc\u202ed\ud800.xlsx", "a_b_c_d_.xlsx"),
        ("й" * 300 + ".xlsx", "й" * 95 + ".xlsx"),
        ("и\u0306.xlsx", "й.xlsx"),
    ],
)
def test_a_name_leads_nowhere_but_down(name: str, clean: str):
    assert str(clean_path(name)) == clean


def test_names_of_windows_are_read_in_its_code_page(tmp_path: Path):
    (tmp_path / "а.zip").write_bytes(zipped_on_windows({"Отчёт школы № 8.pdf".replace("№", "N"): PDF}))
    assert list(said(read_all(tmp_path))) == ["а.zip/Отчёт школы N 8.pdf"]


def test_no_member_takes_the_name_of_another(tmp_path: Path):
    package = zipfile.ZipFile(tmp_path / "а.zip", "w")
    for name in ("отчёт.pdf", "ОТЧЁТ.pdf", "отчёт.pdf/внутри.pdf"):
        package.writestr(name, PDF)
    with pytest.warns(UserWarning, match="Duplicate"):
        package.writestr("отчёт.pdf", PDF)
    package.close()
    assert set(said(read_all(tmp_path))) == {
        "а.zip/отчёт.pdf",
        "а.zip/ОТЧЁТ (2).pdf",
        "а.zip/отчёт.pdf (2)/внутри.pdf",
        "а.zip/отчёт (3).pdf",
    }


def test_nothing_is_written_where_an_archive_says(tmp_path: Path):
    (tmp_path / "input").mkdir()
    (tmp_path / "input" / "а.zip").write_bytes(zipped({f"../{'../' * 9}{tmp_path}/чужой.pdf": PDF}))
    read_all(tmp_path / "input")
    assert [path.name for path in tmp_path.rglob("*")] == ["input", "а.zip"]


# ── letters ──────────────────────────────────────────────────────────────────────────────────────────────
Told = tuple[tuple[datetime, ...], tuple[datetime, ...], tuple[str, ...]]


def members(data: bytes, spool: Path) -> dict[str, Told]:
    try:
        kind_of(data, LIMITS)
    except Unreadable as called:
        return {one.path: (one.times, one.sent, one.senders) for one in unpack(data, called, LIMITS, spool).members}
    raise AssertionError("no holder")


def test_a_letter_tells_who_sent_it_and_when_it_came(tmp_path: Path):
    sent = CAME - timedelta(days=40)  # what the sender's clock says
    data = mailed({"скан.pdf": PDF}, "School@Example.org", date=sent, received=CAME)
    assert members(data, tmp_path) == {"скан.pdf": ((CAME,), (sent,), ("school@example.org",))}
    unread = data.replace(b"office.example.org;", b"office.example.org", 1)  # whose time nobody can tell
    earlier = datetime(2014, 1, 2, tzinfo=UTC)
    assert members(unread, tmp_path) == {"скан.pdf": ((earlier,), (sent,), ("school@example.org",))}


def test_a_forwarded_letter_came_with_the_one_that_holds_it(tmp_path: Path):
    outer = EmailMessage()
    outer["From"], outer["To"], outer["Date"] = "chief@example.org", "office@example.org", CAME
    outer.set_content("Пересылаю.")
    outer.add_attachment(email.message_from_bytes(mailed({"скан.pdf": PDF}), policy=email.policy.default))
    expected = ((), (CAME,), ("chief@example.org", "school@example.org"))
    assert members(outer.as_bytes(), tmp_path) == {"Отчёт.eml/скан.pdf": expected}


def test_pictures_and_signatures_of_a_letter_are_no_files_in_it(tmp_path: Path):
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "a@example.org", "office@example.org", "Отчёт"
    letter.set_content("Текст")
    letter.add_alternative("<img src='cid:logo'>", subtype="html")
    page = letter.get_payload()[1]  # type: ignore[index]
    page.add_related(b"\x89PNG", "image", "png", cid="<logo>", filename="logo.png")  # type: ignore[union-attr]
    letter.add_attachment(b"x", maintype="application", subtype="pkcs7-signature", filename="smime.p7s")
    letter.add_attachment(b"\xff\xd8\xff", maintype="image", subtype="jpeg", filename="скан.jpg")
    assert list(members(letter.as_bytes(), tmp_path)) == ["скан.jpg"]


@pytest.mark.parametrize("word", ["=?koi8-r?B?z9TeoyDby8/M2S54bHN4?=", "=?no-such?B?AAAA?=", "=?utf-8?B?0?="])
def test_a_name_that_cannot_be_decoded_harms_nothing(tmp_path: Path, word: str):
    data = mailed({"имя": PDF}).replace(b"filename*=utf-8''%D0%B8%D0%BC%D1%8F", f'filename="{word}"'.encode())
    assert word.encode() in data
    assert len(members(data, tmp_path)) == 1


@pytest.mark.parametrize(
    ("received", "dated", "expected"),
    [
        (CAME, CAME - timedelta(days=40), CAME),
        (None, LAY - timedelta(days=1), LAY - timedelta(days=1)),
        (None, CAME - timedelta(days=40), LAY),  # what the sender alone says, and nothing bears out
        (None, LAY + timedelta(hours=1), LAY),
        (NOW + timedelta(days=1), LAY - timedelta(days=1), LAY - timedelta(days=1)),  # a server whose clock is wrong
        (None, NOW + timedelta(days=1), NOW - timedelta(days=3)),  # the file's own time
        (None, datetime(1970, 1, 1, tzinfo=UTC), NOW - timedelta(days=3)),
    ],
)
def test_a_report_came_when_its_letter_did(
    loose: Path, tmp_path: Path, received: datetime | None, dated: datetime, expected: datetime
):
    report = next(path for path in files_of(loose) if "2014-03-20" in path.name or path.suffix == ".xlsx")
    (tmp_path / "input").mkdir()
    (tmp_path / "input" / "письмо.eml").write_bytes(
        mailed({"о.xlsx": report.read_bytes()}, date=dated, received=received)
    )
    moment = (NOW - timedelta(days=3)).timestamp()
    os.utime(tmp_path / "input" / "письмо.eml", (moment, moment))
    (arrived,) = run(tmp_path).survey.remembered.arrivals.values()
    assert arrived.arrived == expected


def letters_of_noise() -> Iterator[bytes]:
    dice = Random(16)
    for whole in (
        mailed({"скан.pdf": PDF}),
        outlook({"скан.pdf": PDF}),
        seven_zipped({"а.pdf": PDF}),
        zipped({"а": PDF}),
    ):
        for _ in range(40):
            data = bytearray(whole)
            for _ in range(dice.randrange(1, 6)):
                data[dice.randrange(len(data))] = dice.randrange(256)
            yield bytes(data)


def test_a_damaged_holder_is_never_a_mistake_of_the_program(tmp_path: Path):
    for n, data in enumerate(letters_of_noise()):
        (tmp_path / f"{n}").write_bytes(data)
    codes = {code for codes in said(read_all(tmp_path)).values() for code in codes}
    assert "FILE-INTERNAL" not in codes
