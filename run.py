"""Svod's door: `python run.py --help`. Light on purpose: worker processes import this module too."""

from pipeline.commands.cli import main

if __name__ == "__main__":
    main()
