# -*- coding: utf-8 -*- # noqa: UP009 - Python 2 asks for it
"""Svod's door: `python run.py --help`. Light on purpose: worker processes import this module too."""

import atexit
import gc
import os
import sys

# What a command makes lives as long as it does. To look for circles in it after every 700 objects, as is usual, takes a
# seventh of a small run.
OBJECTS = 1000000  # that a command makes before circles are looked for
# A thread that listens to workers, or keeps files, has to wait for the one that counts and writes after every call of
# the system: by Python's own 5 ms hundreds of files take seconds longer than there is to do, and processes stand idle.
SWITCH = 0.0002  # seconds that one thread works while another waits
# numpy's library for matrices, of which Svod has none, starts a thread a core when it is imported: they look for work
# on the core on which files are read by then.
NO_MATRICES = {"OPENBLAS_NUM_THREADS": "1"}
# pydantic and typeguard, which come with other libraries, would look through all that is installed for plugins.
NO_PLUGINS = {"PYDANTIC_DISABLE_PLUGINS": "1", "TYPEGUARD_DISABLE_PLUGIN_AUTOLOAD": "1"}


def prepare():
    """What holds for the process of a command, before anything heavy is imported."""
    gc.set_threshold(OBJECTS)
    sys.setswitchinterval(SWITCH)
    for name, value in {**NO_MATRICES, **NO_PLUGINS}.items():
        os.environ.setdefault(name, value)


def leave(codes):
    """To take apart all that a command has made takes as long as to write its CSVs, and the system frees it with the
    process. Registered before all others who want to know of the end, it is called after them."""
    if codes:
        for stream in filter(None, (sys.stdout, sys.stderr)):
            stream.flush()
        os._exit(codes[0])


def reader_ahead(words):
    """A reader takes longer to start than the rest of the door. It is begun first where files will be read: by the main
    job, which is a command without a name, and by `check`."""
    from contextlib import nullcontext  # here, because older Pythons than 3.7 have none

    reads_nothing = words == ["check"] or {"--help", "-h", "--version"}.intersection(words)
    if reads_nothing or (words and words[0] != "check" and not words[0].startswith("-")):
        return nullcontext()
    from pipeline.reading import AHEAD
    from pipeline.workers import one_kept_ready

    return one_kept_ready(*AHEAD)


if __name__ == "__main__":
    if sys.version_info < (3, 6):  # noqa: UP036 - whoever starts it by an old Python is told so, not shown a traceback
        sys.stderr.write("Своду нужен Python 3.11 или новее: запустите Свод.cmd (на Linux — svod.sh).\n")
        sys.exit(2)
    ended = []
    try:
        prepare()
        from pipeline.start import hand_over

        hand_over()
        atexit.register(leave, ended)
        with reader_ahead(sys.argv[1:]):
            from pipeline.commands.door import main

            main()
    except SystemExit as end:
        ended.append(end.code)
        raise
    except KeyboardInterrupt:  # before a command has begun, or after its end; meanwhile it says so itself
        from pipeline import INTERRUPTED

        sys.stderr.write(f"{INTERRUPTED}\n")
        ended.append(3)
        sys.exit(3)
