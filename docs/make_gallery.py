"""Writes `gallery.md` and the README's list of sheets, and draws the pictures of both anew from the demo.

python docs/make_gallery.py          pages and pictures: needs the programs of `PROGRAMS` on the PATH
python docs/make_gallery.py pages    the pages alone: needs nothing
python docs/make_gallery.py stale    which pictures of sheets show another demo than today's
"""

import email
import email.policy
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

import openpyxl

from pipeline.writing.summary.contents import sheets
from schemas.form import load_form

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
DRAWN_FROM = IMAGES / "drawn-from.json"  # what the sheets said when they were drawn, as digests
GOLDEN = ROOT / "tests" / "golden" / "demo" / "xl"
README = ROOT / "README.md"
BEGIN, END = "<!-- sheets: begin -->", "<!-- sheets: end -->"
LARGEST = 120_000  # bytes of a picture
RESOLUTIONS = (110, 100, 90, 80, 72, 64, 56)  # dots an inch: the finest whose picture is not too large

PROGRAMS = {
    "soffice": "LibreOffice",
    "pdftocairo": "poppler-utils",
    "pdftotext": "poppler-utils",
    "chromium": "Chromium, for the letter and the first page",
}

ROWS_OF_A_PICTURE = 60  # of a sheet: more stand on no first page
CELL = re.compile(r"^ *c r=[A-Z]+(\d+).*? v=(.*)$", re.MULTILINE)  # of a golden sheet: its row, what it shows
CHART_TEXT = re.compile(r" (?:c:v|a:t)=(.*)$", re.MULTILINE)

# A Russian office prints 54,7 %: LibreOffice takes decimal comma and date order from its locale.
LOCALE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale"><value>ru-RU</value></prop></item>
</oor:items>"""

ONE_CELL = re.compile(rb"!\$C\$\d+(:\$C\$\d+)?<")  # a print area of nothing


LATIN = (
    "a", "b", "v", "g", "d", "e", "yo", "zh", "z", "i", "y", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "h",
    "ts", "ch", "sh", "shch", "", "y", "", "e", "yu", "ya", "-",
)  # fmt: skip
LETTERS = dict(zip("абвгдеёжзийклмнопрстуфхцчшщъыьэюя ", LATIN, strict=True))


def transliterated(title: str) -> str:
    """Name of a picture: «О расчёте» — `o-raschyote`."""
    return "".join(LETTERS[letter] for letter in title.lower())


class Picture(NamedTuple):
    name: str
    title: str
    says: str


SHEETS = {
    sheet.title: Picture(transliterated(sheet.title), f"«{sheet.title}»", sheet.answers)
    for sheet in sheets(load_form("form-547"))
}
FORM = Picture("blank", "The form", "what a school fills in, with its answers of last time")
RETURNED = Picture(
    "vozvrat", "The returned file", "the school's own file back: what to correct, with links to the cells"
)
MARKED = Picture("vozvrat-otchyot", "The returned file, its report", "the cells themselves are marked")
LETTER = Picture("pismo", "The letter", "what leadership finds in its mail, with the workbook attached")
WEB = Picture(
    "telefon", "The first page on a telephone", "the same in one file that any browser opens, lying beside the workbook"
)
PICTURES = [*SHEETS.values(), FORM, RETURNED, MARKED, LETTER, WEB]


def main(words: Sequence[str]) -> None:
    match words:
        case []:
            write_pages()
            draw_pictures()
        case ["pages"]:
            write_pages()
        case ["stale"]:
            if titles := stale():
                print(f"pictures that show an older demo: {', '.join(titles)}; python docs/make_gallery.py")
        case _:
            sys.exit(__doc__)


def write_pages() -> None:
    for path, text in pages().items():
        if path.read_text("utf-8") != text:
            path.write_text(text, "utf-8", newline="\n")


def draw_pictures() -> None:
    """All of them, or none where something is in the way."""
    if missing := [f"{name} ({of})" for name, of in PROGRAMS.items() if not shutil.which(name)]:
        sys.exit(f"The pages are written, the pictures are not: {', '.join(missing)} not found on the PATH.")
    with tempfile.TemporaryDirectory() as folder:
        drawn_now = list(draw(Path(folder)))
        assert drawn_now == PICTURES, "the demo's workbook has other sheets than the table of sheets"
        for path in IMAGES.glob("*.png"):
            path.unlink()
        for picture in drawn_now:
            shutil.copy(Path(folder) / f"{picture.name}.png", IMAGES)
    DRAWN_FROM.write_text(f"{json.dumps(digests(), indent=1, ensure_ascii=False)}\n", "utf-8", newline="\n")


# ── pages ────────────────────────────────────────────────────────────────────────────────────────────────
def pages() -> dict[Path, str]:
    """The gallery, and the README with its list of sheets."""
    shown = [f"## {p.title}\n\n{p.says.capitalize()}.\n\n![{p.title}](images/{p.name}.png)\n" for p in PICTURES]
    head = "# Gallery\n\nMade from the demo by `python docs/make_gallery.py`; schools and figures are invented.\n"
    before, _, rest = README.read_text("utf-8").partition(BEGIN)
    table = [f"| {picture.title} | {picture.says} |" for picture in SHEETS.values()]
    listed = "\n".join([BEGIN, "| sheet | shows |", "|---|---|", *table, END])
    return {
        ROOT / "docs" / "gallery.md": "\n".join([head, *shown]),
        README: before + listed + rest.partition(END)[2],
    }


# ── is a picture of today ────────────────────────────────────────────────────────────────────────────────
def stale(golden: Path = GOLDEN) -> list[str]:
    """Titles of the sheets whose golden workbook says something else than when their picture was drawn."""
    drawn_from = json.loads(DRAWN_FROM.read_text("utf-8"))
    return [title for title, digest in digests(golden).items() if drawn_from.get(title) != digest]


def digests(golden: Path = GOLDEN) -> dict[str, str]:
    """Sheet -> digest of the words and figures that its picture can show; how they look, and from which formula they
    come, is left out, for it changes often and misleads nobody."""
    return {title: hashlib.sha256("\n".join(said(title, golden)).encode()).hexdigest()[:16] for title in SHEETS}


def said(title: str, golden: Path) -> Iterator[str]:
    """Of the sheet's cells and charts."""
    name = re.sub(r"[^\w-]+", "_", title)
    sheet = golden / "worksheets" / f"{name}.xml.txt"
    if sheet.exists():  # a new sheet has its part after `python -m tests.quick golden`
        yield from (text for row, text in CELL.findall(sheet.read_text("utf-8")) if int(row) <= ROWS_OF_A_PICTURE)
    for chart in sorted((golden / "charts").glob(f"{name}*.xml.txt")):
        yield from CHART_TEXT.findall(chart.read_text("utf-8"))


# ── pictures ─────────────────────────────────────────────────────────────────────────────────────────────
def draw(work: Path) -> Iterator[Picture]:
    """Pictures of everything that a run of the demo writes, drawn into `work` one after the other."""
    run(sys.executable, "run.py", "demo", "--dir", work / "demo")
    (output,) = (work / "demo" / "output").glob("*-*-*")
    (book,) = output.glob("svod-*.xlsx")
    printed = to_pdf(printed_whole(book, work), work)
    pages = first_pages(printed, book)
    for sheet in visible_sheets(book):
        yield drawn(SHEETS[sheet], printed, pages[sheet], work)
    where = ["--input", work / "demo" / "input", "--output", work / "demo" / "output"]
    run(sys.executable, "run.py", "forms", *where, "--as-of", output.name)
    yield drawn(FORM, to_pdf(sorted((output / "forms").glob("*.xlsx"))[0], work), 1, work)
    returned = to_pdf(sorted((output / "returns").glob("*.xlsx"))[0], work)
    yield drawn(RETURNED, returned, 1, work)
    yield drawn(MARKED, returned, 2, work)
    yield drawn(LETTER, letter(sorted((output / "outbox").glob("*.eml"))[0], work), 1, work)
    (page,) = output.glob("svodka-*.html")
    yield on_telephone(WEB, page, work)


def drawn(picture: Picture, printed: Path, page: int, work: Path) -> Picture:
    target = work / picture.name
    for resolution in RESOLUTIONS:
        run("pdftocairo", "-png", "-r", resolution, "-f", page, "-l", page, "-singlefile", printed, target)
        if target.with_suffix(".png").stat().st_size <= LARGEST:
            break
    return picture


def visible_sheets(book: Path) -> list[str]:
    return [sheet.title for sheet in openpyxl.load_workbook(book, read_only=True) if sheet.sheet_state == "visible"]


def printed_whole(book: Path, work: Path) -> Path:
    """A copy in which the sheets that are kept from print, whose print area is one cell, are printed too."""
    copy = work / book.name
    with ZipFile(book) as source, ZipFile(copy, "w") as target:
        for part in source.namelist():
            content = source.read(part)
            if part == "xl/workbook.xml":
                content = ONE_CELL.sub(rb"!$A$1:$Z$40<", content)
            target.writestr(part, content)
    return copy


def first_pages(printed: Path, book: Path) -> dict[str, int]:
    """Sheet -> the first page on which its title stands; the first page of all is the first sheet's."""
    pages = [" ".join(text.split()) for text in run("pdftotext", "-layout", printed, "-").split("\f")]
    first, *others = visible_sheets(book)
    sheets = openpyxl.load_workbook(book)
    titles = {sheet: " ".join(str(sheets[sheet]["A1"].value).split()) for sheet in others}
    return {first: 1} | {
        sheet: next(n for n, text in enumerate(pages, 1) if text.startswith(title)) for sheet, title in titles.items()
    }


def to_pdf(book: Path, work: Path) -> Path:
    settings = work / "profile" / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(LOCALE, "utf-8")
    profile = f"-env:UserInstallation={(work / 'profile').as_uri()}"
    run("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", work, book)
    return work / f"{book.stem}.pdf"


def letter(mail: Path, work: Path) -> Path:
    """The letter as a browser prints it."""
    body = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default).get_body(("html",))
    page, printed = work / "letter.html", work / "letter.pdf"
    page.write_text(body.get_content(), "utf-8")
    run("chromium", "--headless", "--no-sandbox", "--no-pdf-header-footer", f"--print-to-pdf={printed}", page.as_uri())
    return printed


def on_telephone(picture: Picture, page: Path, work: Path) -> Picture:
    """The top of the page, 360 pixels wide: a browser's own window cannot be so narrow."""
    frame = work / "frame.html"
    frame.write_text(f'<body style="margin:0"><iframe src="{page.as_uri()}" width="360" height="900" style="border:0">')
    target = work / f"{picture.name}.png"
    window = ("--hide-scrollbars", "--window-size=360,900", "--allow-file-access-from-files")
    run("chromium", "--headless", "--no-sandbox", *window, f"--screenshot={target}", frame.as_uri())
    return picture


def run(*command: object) -> str:
    return subprocess.run(list(map(str, command)), cwd=ROOT, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main(sys.argv[1:])
