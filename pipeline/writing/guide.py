"""The office's guide as one page that every browser opens: it is written in Markdown, which nobody there reads."""

from base64 import b64encode
from html import escape
from pathlib import Path

from markdown_it import MarkdownIt

from pipeline.writing.pages.colours import BAND, GREY, INK, NAVY, NAVY_TINT

_STYLE = f"""
body {{ max-width: 52rem; margin: 2rem auto; padding: 0 1rem; font: 16px/1.5 Arial, sans-serif; color: {INK}; }}
h1, h2 {{ color: {NAVY}; line-height: 1.2; }}
h2 {{ margin-top: 2rem; border-bottom: 1px solid {BAND}; }}
code {{ background: {NAVY_TINT}; padding: 0 .2em; overflow-wrap: anywhere; }}
table {{ border-collapse: collapse; }}
th, td {{ border: 1px solid {BAND}; padding: .3em .6em; text-align: left; vertical-align: top; }}
th {{ color: {GREY}; }}
img {{ max-width: 100%; }}
"""


def guide_html(source: Path) -> str:
    """The Markdown file as a page of its own: pictures lie in it, and nothing is fetched from anywhere."""
    text = source.read_text("utf-8")
    page = MarkdownIt("commonmark").enable("table")
    tokens = page.parse(text)
    for picture in (one for token in tokens for one in token.children or () if one.type == "image"):
        picture.attrSet("src", _within(source.parent / str(picture.attrGet("src"))))
    title = next((line.removeprefix("# ") for line in text.splitlines() if line.startswith("# ")), source.stem)
    return (
        f'<!DOCTYPE html>\n<html lang="ru">\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        f"<style>{_STYLE}</style>\n{page.renderer.render(tokens, page.options, {})}</html>\n"
    )


def _within(picture: Path) -> str:
    return f"data:image/{picture.suffix.removeprefix('.')};base64,{b64encode(picture.read_bytes()).decode()}"
