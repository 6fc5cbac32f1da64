"""Svod: school reports in, one summary workbook out. Light on purpose: worker processes import this too."""

VERSION = "0.1.0"
# Said whenever it comes: before anything is written, while files take their places, when all have them.
INTERRUPTED = "Прервано: сделано, возможно, не всё. Запустите снова."
