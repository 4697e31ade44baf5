"""Reads every page of a folder with independent parsers: the HTML must have no error, and the PDF all of its text.

Usage: read_pages.py FOLDER
"""

import re
import unicodedata
import sys
from pathlib import Path

import html5lib
from pdfminer.high_level import extract_text

problems = []


def words(text):
    # A PDF breaks words at the ends of lines and leaves out invisible spaces, and it has ligatures.
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text))


def text_of(element, out):
    """Collects the text that is printed."""
    name = element.tag.split("}")[-1] if isinstance(element.tag, str) else ""
    skipped = name in ("script", "style", "head", "nav", "svg", "details") or element.get("class") in ("skip", "tools")
    if not skipped:
        out.append(element.text or "")
        for child in element:
            text_of(child, out)
    out.append(" ")
    out.append(element.tail or "")


def check(page):
    parser = html5lib.HTMLParser(strict=False)
    document = parser.parse(page.read_text(encoding="utf-8"))
    for place, error, data in parser.errors:
        problems.append(f"{page.name}: {error} at {place} {data}")
    texts = []
    text_of(document, texts)
    printed = "".join(words(extract_text(page.with_suffix(".pdf"))))
    expected = words("".join(texts))
    missing = [word for word in expected if word not in printed]
    if missing:
        problems.append(f"{page.name}: not in the PDF: {missing[:20]}")
    if len(expected) < 20:
        problems.append(f"{page.name}: only {len(expected)} words")


pages = sorted(Path(sys.argv[1]).glob("*.html"))
for page in pages:
    check(page)
print(*problems, sep="\n")
print(f"{len(pages)} pages read, {len(problems)} problems")
sys.exit(1 if problems else 0)
