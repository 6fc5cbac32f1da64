@echo off
rem Svod for a double click, for reports dropped on it, and for a command line: its words go through to run.py.
rem ASCII with CRLF: no code page can spoil it. What has to be said in Russian Python says, or docs\no-python.ru.txt.
setlocal
pushd "%~dp0"
if errorlevel 1 goto away
set "PYTHONUTF8=1"

rem First a Python that suits, then one that can say which version is needed.
set "least=3, 11"
:look
set "python=.venv\Scripts\python.exe"
if not exist %python% goto launcher
%python% -c "import sys; sys.exit(sys.version_info < (%least%))" >nul 2>nul
if not errorlevel 1 goto found
:launcher
set "python=py -3"
%python% -c "import sys; sys.exit(sys.version_info < (%least%))" >nul 2>nul
if not errorlevel 1 goto found
set "python=python"
%python% -c "import sys; sys.exit(sys.version_info < (%least%))" >nul 2>nul
if not errorlevel 1 goto found
if "%least%"=="3, 6" goto none
set "least=3, 6"
goto look

:found
%python% -m pipeline.start %*
set "code=%errorlevel%"
popd
exit /b %code%

:none
chcp 65001 >nul
type docs\no-python.ru.txt
popd
:away
if "%~1"=="" pause
if exist "%~1" pause
exit /b 3
