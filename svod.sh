#!/bin/sh
# Svod for a double click (on svod.desktop, which its first start makes), for reports dropped on it, and for a command
# line: its words go through to run.py.
cd -- "$(dirname -- "$(readlink -f -- "$0")")" || exit 3

find_python() {
    for python in .venv/bin/python python3 python3.14 python3.13 python3.12 python3.11 python; do
        "$python" -c "import sys; sys.exit(sys.version_info < ($1))" 2>/dev/null && return
    done
    return 1
}

if find_python "3, 11" || find_python "3, 6"; then
    exec "$python" -X utf8 -m pipeline.start "$@"
fi
cat <<'END'
На этом компьютере нет Python, а Своду нужен Python 3.11 или новее.
Установите его и запустите Свод ещё раз:
  Debian, Ubuntu, Astra Linux:  sudo apt install python3 python3-venv
  РЕД ОС, ALT, Fedora:          sudo dnf install python3   (в ALT — sudo apt-get install python3)
  macOS:                        https://www.python.org/downloads/
END
if [ -t 0 ] && [ $# -eq 0 ]; then
    printf 'Нажмите Enter, чтобы закрыть окно.'
    read -r _
fi
exit 3
