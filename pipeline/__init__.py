"""Svod: school reports in, one summary workbook out. Light on purpose: worker processes import this too."""

VERSION = "0.1.0"
