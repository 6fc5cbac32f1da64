# -*- coding: utf-8 -*- # noqa: UP009 - Python 2 asks for it
"""Svod's door: `python run.py --help`. Light on purpose: worker processes import this module too."""

import sys

if __name__ == "__main__":
    if sys.version_info < (3, 6):  # noqa: UP036 - whoever starts it by an old Python is told so, not shown a traceback
        sys.stderr.write("Своду нужен Python 3.11 или новее: запустите Свод.cmd (на Linux — svod.sh).\n")
        sys.exit(2)
    from pipeline.start import hand_over

    hand_over()
    from pipeline.commands.cli import main

    main()
