"""Draws what a command prints on a terminal as an SVG.

usage: picture.py TITLE < coloured-output > picture.svg

`README.md` says with which command `run.svg` was made. Knows the colours that our reports use.
"""

import re
import sys
from html import escape

COLOURS = {"31": "#f7768e", "32": "#9ece6a", "33": "#e0af68", "34": "#7aa2f7", "36": "#7dcfff"}
ADVANCE, LINE, MARGIN, BAR = 8.0, 18, 14, 30


def spans(line):
    style, at = set(), 0
    for match in re.finditer(r"\x1b\[([0-9;]*)m", line):
        yield line[at : match.start()], style
        at = match.end()
        for code in (match[1] or "0").split(";"):
            style = set() if code == "0" else style | {code}
    yield line[at:], style


def draw(title, lines):
    plain = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in lines]
    width = int(2 * MARGIN + max(ADVANCE * max(map(len, plain)), 66 + ADVANCE * len(title)))
    height = BAR + 2 * MARGIN + LINE * len(lines)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'font-family="ui-monospace,DejaVu Sans Mono,Menlo,Consolas,monospace" font-size="13">'
    )
    yield f'<rect width="{width}" height="{height}" rx="8" fill="#1a1b26"/>'
    for number, colour in enumerate(["#f7768e", "#e0af68", "#9ece6a"]):
        yield f'<circle cx="{MARGIN + 6 + 18 * number}" cy="{BAR // 2 + 2}" r="5" fill="{colour}"/>'
    yield f'<text x="{MARGIN + 66}" y="{BAR // 2 + 6}" fill="#787c99">{escape(title)}</text>'
    for number, line in enumerate(lines):
        y, x = BAR + MARGIN + LINE * number + 8, MARGIN
        for text, style in spans(line):
            if text.strip():
                fill = next((COLOURS[c] for c in sorted(style) if c in COLOURS), "#c0caf5")
                fill = "#787c99" if "2" in style or "90" in style else fill
                weight = ' font-weight="bold"' if "1" in style else ""
                length = f'textLength="{ADVANCE * len(text):g}"'
                yield (
                    f'<text x="{x:g}" y="{y}" fill="{fill}"{weight} {length} '
                    f'xml:space="preserve">{escape(text)}</text>'
                )
            x += ADVANCE * len(text)
    yield "</svg>"


print("\n".join(draw(sys.argv[1], sys.stdin.read().rstrip().splitlines())))
