"""Draws the pictures of README and of the gallery anew from the demo, and writes `gallery.md` and the README's list of
sheets: `python docs/make_gallery.py`.

Needs LibreOffice (soffice), poppler-utils (pdftocairo, pdftotext) and, for the letter, Chromium on the PATH.
"""

import email
import email.policy
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import openpyxl

from pipeline.writing.summary.contents import sheets
from schemas.form import load_form

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
README = ROOT / "README.md"
BEGIN, END = "<!-- sheets: begin -->", "<!-- sheets: end -->"
LARGEST = 120_000  # bytes of a picture
RESOLUTIONS = (110, 100, 90, 80, 72, 64, 56)  # dots an inch: the finest whose picture is not too large

# A Russian office prints 54,7 %: LibreOffice takes decimal comma and date order from its locale.
LOCALE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale"><value>ru-RU</value></prop></item>
</oor:items>"""

FOOTER = re.compile(r"^.*\S {2,}(\S.*?) {2,}Лист \d+ из \d+$", re.MULTILINE)  # of a printed page: its sheet


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
PICTURES = [*SHEETS.values(), FORM, RETURNED, MARKED, LETTER]


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        drawn_now = list(draw(Path(folder)))
    assert drawn_now == PICTURES, "the demo's workbook has other sheets than the table of sheets"
    for path, text in pages().items():
        path.write_text(text, "utf-8", newline="\n")


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


def draw(work: Path) -> Iterator[Picture]:
    """Pictures of everything that a run of the demo writes, drawn one after the other."""
    run(sys.executable, "run.py", "demo", "--dir", work / "demo")
    (output,) = (work / "demo" / "output").glob("*-*-*")
    (book,) = output.glob("svod-*.xlsx")
    printed = to_pdf(book, work)
    pages = {**first_pages(printed), visible_sheets(book)[0]: 1}  # the first page's footer names its file
    for sheet in visible_sheets(book):
        yield drawn(SHEETS[sheet], printed, pages[sheet])
    where = ["--input", work / "demo" / "input", "--output", work / "demo" / "output"]
    run(sys.executable, "run.py", "forms", *where, "--as-of", output.name)
    yield drawn(FORM, to_pdf(sorted((output / "forms").glob("*.xlsx"))[0], work), 1)
    returned = to_pdf(sorted((output / "returns").glob("*.xlsx"))[0], work)
    yield drawn(RETURNED, returned, 1)
    yield drawn(MARKED, returned, 2)
    yield drawn(LETTER, letter(sorted((output / "outbox").glob("*.eml"))[0], work), 1)


def drawn(picture: Picture, printed: Path, page: int) -> Picture:
    target = IMAGES / picture.name
    for resolution in RESOLUTIONS:
        run("pdftocairo", "-png", "-r", resolution, "-f", page, "-l", page, "-singlefile", printed, target)
        if target.with_suffix(".png").stat().st_size <= LARGEST:
            break
    return picture


def visible_sheets(book: Path) -> list[str]:
    return [sheet.title for sheet in openpyxl.load_workbook(book, read_only=True) if sheet.sheet_state == "visible"]


def first_pages(printed: Path) -> dict[str, int]:
    """Sheet, as the footer names it -> its first page."""
    pages = run("pdftotext", "-layout", printed, "-").split("\f")
    named = [(found[1], number) for number, text in enumerate(pages, 1) for found in FOOTER.finditer(text)]
    return dict(reversed(named))


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


def run(*command: object) -> str:
    return subprocess.run(list(map(str, command)), cwd=ROOT, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
