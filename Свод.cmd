@echo off
cd /d "%~dp0"
if not exist .venv\Scripts\python.exe (py -m venv .venv && .venv\Scripts\pip install -q -c constraints.txt -e .)
.venv\Scripts\python -X utf8 run.py
pause
