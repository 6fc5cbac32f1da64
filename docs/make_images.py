"""Draws the pictures of README and the docs anew from the demo: `python docs/make_images.py`.

Needs LibreOffice (soffice) and poppler-utils (pdftoppm) on the PATH.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
PAGES = {"svodka": 1}  # picture -> page of the printed workbook
# A Russian office prints 54,7 %: LibreOffice takes decimal comma and date order from its locale.
LOCALE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale"><value>ru-RU</value></prop></item>
</oor:items>"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        subprocess.run([sys.executable, "run.py", "demo", "--dir", str(work / "demo")], cwd=ROOT, check=True)
        (book,) = (work / "demo" / "output").glob("*/svod-*.xlsx")
        printed = to_pdf(book, work)
        IMAGES.mkdir(exist_ok=True)
        for name, page in PAGES.items():
            draw = ["pdftoppm", "-png", "-r", "110", "-f", str(page), "-l", str(page), "-singlefile"]
            subprocess.run([*draw, str(printed), str(IMAGES / name)], check=True)


def to_pdf(book: Path, work: Path) -> Path:
    profile = work / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(LOCALE, "utf-8")
    office = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless"]
    subprocess.run([*office, "--convert-to", "pdf", "--outdir", str(work), str(book)], check=True)
    return work / f"{book.stem}.pdf"


if __name__ == "__main__":
    main()
