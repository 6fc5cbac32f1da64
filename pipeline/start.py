"""Finds the Python that has what Svod needs, makes it where there is none yet, and starts Svod in it.

`Свод.cmd` and `svod.sh` run it as a program; `run.py` asks it when the Python that it was started by lacks something.
It runs under every Python from 3.6 on and imports nothing of the project: it is there to say what is missing.
"""

import hashlib
import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(os.path.abspath(__file__)).parent.parent  # no `resolve`: it would turn a network drive into `\\server\…`
VENV = ROOT / ".venv"
MARK = "svod-installed"  # in the environment, once all is installed
LOG = "svod-install.log"  # beside it: what pip has said

NEEDED = (3, 11)
WRONG_USE, FAILED = 2, 3

# What pip or venv have said -> what is to be done, the first that fits.
_CAUSES = (
    (r"No space left|[Нн]едостаточно места|WinError 112", "На диске кончилось место: освободите его"),
    (r"Permission ?[Dd]enied|Access is denied|Отказано в доступе|WinError 5\b|Errno 13",
     "Нет прав на запись в папку Свода: попросите их или перенесите Свод в другую папку"),
    (r"ensurepip is not available|No module named '?(?:venv|ensurepip)",
     "Не хватает части Python для установки: выполните sudo apt install python3-venv"),
    (r"Retrying|NewConnectionError|Timeout|getaddrinfo|name resolution|ProxyError|SSLError|CERTIFICATE_VERIFY|"
     r"Connection (?:refused|reset|aborted|broken)|Network is unreachable",
     "Нет связи с сервером библиотек Python: проверьте интернет, а если в управлении стоит прокси, "
     "попросите того, кто за него отвечает, разрешить адреса pypi.org и files.pythonhosted.org"),
)  # fmt: skip


class LackingError(Exception):
    """Svod cannot be started here. The text is a Russian sentence that says what to do."""


def main() -> int:
    """Without words the menu; with files that were dropped here their remarks; else the words are those of `run.py`."""
    words = sys.argv[1:]
    by_hand = all(os.path.isabs(word) and os.path.exists(word) for word in words)
    try:
        python = environment()
    except LackingError as lacking:
        _say(f"{lacking}, затем запустите Свод ещё раз.")
        if by_hand:
            _hold()
        return FAILED
    _write_desktop_file()
    return _start(python, ["menu", *words] if by_hand else words)


def hand_over() -> None:
    """Comes back where this Python has all that Svod needs. Else the Python of `.venv` gets the same words; where it
    cannot take them either, a sentence says what to start."""
    is_old = sys.version_info < NEEDED
    lacking = [] if is_old else missing()
    if not is_old and not lacking:
        return
    python = python_of(VENV)
    if not _is_this(VENV) and missing_in(python) == []:
        sys.exit(_start(python, sys.argv[1:]))
    starter = "Свод.cmd" if os.name == "nt" else "svod.sh"
    if is_old:
        why = f"Своду нужен Python {_shown(NEEDED)} или новее, а это {_shown(sys.version_info[:3])}"
    else:
        why = f"В этом Python нет библиотек, которые нужны Своду ({', '.join(lacking[:3])}{'…' if lacking[3:] else ''})"
    _say(f"{why}: запустите {ROOT / starter} — он установит то, чего не хватает, или скажет, что сделать.")
    sys.exit(WRONG_USE)


def environment() -> Path:
    """The Python of `.venv`, with everything installed that this version of Svod needs. Raises LackingError."""
    python, mark, wanted = python_of(VENV), VENV / MARK, _wanted()
    lacking = missing_in(python)
    if lacking == [] and (not mark.exists() or mark.read_text("utf-8") == wanted):
        return python
    does = "обновляет библиотеки" if mark.exists() else "устанавливает всё нужное"
    if lacking is None:
        _require_version()
    _say(f"Свод {does}. Это займёт несколько минут…")
    if lacking is None:
        _succeed([sys.executable, "-m", "venv", "--clear", str(VENV)])
    try:
        _install(python)
    except LackingError as error:
        if lacking != []:
            raise
        _say(f"{error}. Пока Свод работает с прежними библиотеками.")
    else:
        mark.write_text(wanted, "utf-8")
    return python


# ── a Python and what it has ─────────────────────────────────────────────────────────────────────────────────


def python_of(venv: Path) -> Path:
    return venv / "Scripts" / "python.exe" if os.name == "nt" else venv / "bin" / "python"


def missing() -> "list[str]":
    """What the project depends on and this Python has not. Looked up plainly at first: every start asks, and to import
    what the standard library has for that takes as long as to read several files."""
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    dependencies = project.partition("\ndependencies = [")[2].partition("\n]")[0]
    needed = re.findall(r'^ *"([\w.-]+)', dependencies, re.MULTILINE)
    has = {_known_as(name.split("-")[0]) for folder in sys.path for name in _described_in(folder)}
    return [name for name in needed if _known_as(name) not in has and not _is_installed(name)]


def _described_in(folder: str) -> "Iterator[str]":
    """Names of what is installed there, as pip calls its descriptions: `python_docx-1.2.0.dist-info`."""
    with suppress(OSError):  # there may be no such folder
        yield from (name for name in os.listdir(folder) if name.endswith((".dist-info", ".egg-info")))


def _is_installed(name: str) -> bool:
    """However: in an archive, by an old installer."""
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True


def _known_as(name: str) -> str:
    """However it is spelled: `python-docx`, `Python_Docx`."""
    return re.sub(r"[-_.]+", "-", name).lower()


def missing_in(python: Path) -> "list[str] | None":
    """What a Python has not; None where it does not start, or is too old."""
    ask = f"import sys; sys.exit(1) if sys.version_info < {NEEDED} else None\n"
    ask += "from pipeline.start import missing; print(*missing())"
    try:
        done = subprocess.run(
            [str(python), "-c", ask], cwd=str(ROOT), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except OSError:
        return None
    return done.stdout.decode().split() if done.returncode == 0 else None


def _is_this(venv: Path) -> bool:
    return os.path.realpath(sys.prefix) == os.path.realpath(str(venv))


def _require_version() -> None:
    if sys.version_info < NEEDED:
        raise LackingError(
            f"Своду нужен Python {_shown(NEEDED)} или новее, а здесь {_shown(sys.version_info[:3])}: установите новый "
            "с сайта python.org (прежний можно оставить)"
        )


def _shown(version: "Sequence[int]") -> str:
    return ".".join(map(str, version))


# ── installing ───────────────────────────────────────────────────────────────────────────────────────────────


def _wanted() -> str:
    """What is to be installed, as a digest: another one after an update of Svod."""
    named = (ROOT / name for name in ("pyproject.toml", "constraints.txt"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in named)).hexdigest()


def _install(python: Path) -> None:
    """What the project names, into the environment of that Python. Where the environment was being made when its window
    was closed, pip itself may be lacking. Raises LackingError."""
    if subprocess.call([str(python), "-c", "import pip"], stderr=subprocess.DEVNULL):
        _succeed([str(python), "-m", "ensurepip"])
    pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    _succeed([*pip, "-c", "constraints.txt", "-e", "."])


def _succeed(command: "Sequence[str]") -> None:
    """Runs a step of the installation; its words go into the log. Raises LackingError."""
    try:
        done = subprocess.run(command, cwd=str(ROOT), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        said, failed = done.stdout.decode("utf-8", "replace"), done.returncode != 0
    except OSError as error:
        said, failed = str(error), True
    with suppress(OSError):
        (VENV / LOG).write_text(said, "utf-8")
    if failed:
        raise LackingError(_why(said))


def _why(said: str) -> str:
    for pattern, cause in _CAUSES:
        if re.search(pattern, said):
            return cause
    return f"Установка не удалась: покажите файл {VENV / LOG} тому, кто обслуживает компьютер"


# ── starting ─────────────────────────────────────────────────────────────────────────────────────────────────


def _start(python: Path, words: "Sequence[str]") -> int:
    """Svod with these words, in this process's place where the system can do that. Returns its exit code."""
    command = [str(python), "-X", "utf8", str(ROOT / "run.py"), *words]
    if os.name != "nt":
        sys.stderr.flush()
        os.execv(command[0], command)
    svod = subprocess.Popen(command)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is Svod's to answer
    return svod.wait()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # where a console cannot show a letter, stderr replaces it


def _hold() -> None:
    """Else the window of a double click is gone before anybody has read it."""
    with suppress(EOFError, KeyboardInterrupt):
        input("Нажмите Enter, чтобы закрыть окно.")


def _write_desktop_file() -> None:
    """Beside `svod.sh`, with the full path of the folder that desktop files ask for: made anew when it has moved."""
    place = ROOT / "svod.desktop"
    text = desktop_file(ROOT)
    with suppress(OSError):
        if sys.platform.startswith("linux") and not (place.exists() and place.read_text("utf-8") == text):
            place.write_text(text, "utf-8")
            place.chmod(0o755)


def desktop_file(folder: Path) -> str:
    """For a double click on it, and for reports dropped on it."""
    program = re.sub(r'(["`$\\])', r"\\\1", str(folder / "svod.sh"))  # within quotes
    program = program.replace("\\", "\\\\").replace("%", "%%")  # as any text of a desktop file; a field code
    where = str(folder).replace("\\", "\\\\")
    return (
        "[Desktop Entry]\nType=Application\nName=Свод\nComment=Отчёты школ — в одну книгу\n"
        f'Exec="{program}" %F\nPath={where}\nTerminal=true\nIcon=x-office-spreadsheet\nCategories=Office;\n'
    )


if __name__ == "__main__":
    sys.exit(main())
