# -*- coding: utf-8 -*- # noqa: UP009 - Python 2 asks for it
"""Svod's door: `python run.py --help`. Light on purpose: worker processes import this module too."""

import gc
import sys

# What a command makes lives as long as it does. To look for circles in it after every 700 objects, as is usual, takes a
# seventh of a small run, and to take all of it apart at the end as much again: the system frees it with the process.
OBJECTS = 200000  # that a command makes before circles are looked for

if __name__ == "__main__":
    if sys.version_info < (3, 6):  # noqa: UP036 - whoever starts it by an old Python is told so, not shown a traceback
        sys.stderr.write("Своду нужен Python 3.11 или новее: запустите Свод.cmd (на Linux — svod.sh).\n")
        sys.exit(2)
    gc.set_threshold(OBJECTS)
    from pipeline.start import hand_over

    hand_over()
    from pipeline.commands.cli import main

    try:
        main()
    finally:
        gc.freeze()
