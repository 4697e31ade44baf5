"""Draws a terminal session as an SVG: `python3 docs/images/draw.py < session.txt > docs/images/session.svg`.

The input is the true output of a run; lines that begin with `$ ` are what was typed. See docs/README.md.
"""
import html
import sys
import unicodedata

LINE, LETTER, LEFT, TOP = 19, 8.4, 18, 52
lines = sys.stdin.read().rstrip("\n").split("\n")
wide = max(sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line) for line in lines)
width, height = int(wide * LETTER + 2 * LEFT), TOP + len(lines) * LINE + 12
print(f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
      'aria-label="A terminal session: seaworthy runs a lesson on a private server">')
print(f'<rect width="{width}" height="{height}" rx="9" fill="#1b2330"/>')
for at, colour in enumerate(("#ff5f57", "#febc2e", "#28c840")):
    print(f'<circle cx="{22 + 20 * at}" cy="22" r="6" fill="{colour}"/>')
print('<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14" xml:space="preserve">')
for at, line in enumerate(lines):
    y = TOP + at * LINE
    colour = "#d7dee8"
    if line.startswith("$ "):
        colour = "#7fd1b9"
    elif line.startswith("starting "):
        colour = "#8592a6"
    elif line.startswith("error["):
        colour = "#ff8a80"
    elif line.lstrip().startswith("= help"):
        colour = "#8ecbff"
    print(f'<text x="{LEFT}" y="{y}" fill="{colour}">{html.escape(line)}</text>')
print("</g>\n</svg>")
