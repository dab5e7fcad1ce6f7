"""Draws what a command shows on a terminal as an SVG.

usage: picture.py TITLE COLUMNS COMMAND... > picture.svg

Runs the command on a pseudo-terminal. The picture shows the last moment with live lines, and below it the
end of the output. `pictures.sh` says with which commands the pictures of this folder were made. Knows the
control sequences and colours that our reports use.
"""

import fcntl
import os
import pty
import re
import struct
import sys
import termios
import unicodedata
from html import escape

COLOURS = {"31": "#f7768e", "32": "#9ece6a", "33": "#e0af68", "34": "#7aa2f7", "36": "#7dcfff"}
ADVANCE, LINE, MARGIN, BAR = 8.0, 18, 14, 30
FRAME = "\x1b[?2026h"
SEQUENCE = re.compile(r"\x1b\[\??([0-9;]*)([A-Za-z])")


def record(columns, command):
    """Returns all that the command writes to a terminal of this width."""
    child, terminal = pty.fork()
    if child == 0:
        os.environ["TERM"] = "xterm"
        os.execvp(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    written = b""
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # The end of a terminal is an error.
            break
        if not part:
            break
        written += part
    os.waitpid(child, 0)
    return written.decode()


def screen(text):
    """Returns the lines, each a list of characters with their style."""
    lines, row, style, at = [[]], 0, frozenset(), 0
    column = 0
    while at < len(text):
        match = SEQUENCE.match(text, at)
        if match:
            at = match.end()
            codes, kind = match[1], match[2]
            if kind == "m":
                for code in (codes or "0").split(";"):
                    style = frozenset() if code == "0" else style | {code}
            elif kind == "A":
                row -= int(codes or 1)
            elif kind == "K":
                del lines[row][column:]
            elif kind == "J":
                del lines[row][column:], lines[row + 1 :]
            continue
        character, at = text[at], at + 1
        if character == "\r":
            column = 0
        elif character == "\n":
            row, column = row + 1, 0
            if row == len(lines):
                lines.append([])
        else:
            line = lines[row]
            line[column : column + 1] = [(character, style)]
            column += 1
    return lines


def spans(line):
    """Returns the parts of a line that have one style."""
    parts = []
    for character, style in line:
        if parts and parts[-1][1] == style:
            parts[-1][0] += character
        else:
            parts.append([character, style])
    return parts


def width(text):
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide


def draw(title, columns, lines):
    total = int(2 * MARGIN + ADVANCE * columns)
    height = BAR + 2 * MARGIN + LINE * len(lines)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total} {height}" width="{total}" '
        f'font-family="ui-monospace,DejaVu Sans Mono,Menlo,Consolas,monospace" font-size="13">'
    )
    yield f'<rect width="{total}" height="{height}" rx="8" fill="#1a1b26"/>'
    for number, colour in enumerate(["#f7768e", "#e0af68", "#9ece6a"]):
        yield f'<circle cx="{MARGIN + 6 + 18 * number}" cy="{BAR // 2 + 2}" r="5" fill="{colour}"/>'
    yield f'<text x="{MARGIN + 66}" y="{BAR // 2 + 6}" fill="#9aa5ce">{escape(title)}</text>'
    for number, line in enumerate(lines):
        y, x = BAR + MARGIN + LINE * number + 8, MARGIN
        for text, style in spans(line):
            if text.strip():
                fill = next((COLOURS[c] for c in sorted(style) if c in COLOURS), "#c0caf5")
                fill = "#9aa5ce" if "2" in style else fill
                weight = ' font-weight="bold"' if "1" in style else ""
                length = f'textLength="{ADVANCE * width(text):g}"'
                yield (
                    f'<text x="{x:g}" y="{y}" fill="{fill}"{weight} {length} '
                    f'xml:space="preserve">{escape(text)}</text>'
                )
            x += ADVANCE * width(text)
    yield "</svg>"


def moments(written):
    """Returns the screen at the last moment with live lines, and what the end adds to it."""
    frames = written.split(FRAME)
    end = screen(written)
    live = screen(FRAME.join(frames[:-1]))
    # The live lines are those that the end has replaced.
    same = 0
    while same < min(len(live), len(end)) and live[same] == end[same]:
        same += 1
    gap = [[("⋮", frozenset({"2"}))]]
    return live + gap + end[same:]


if __name__ == "__main__":
    title, columns, command = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    lines = moments(record(columns, command))
    while lines and not "".join(character for character, _ in lines[-1]).strip():
        lines.pop()
    print("\n".join(draw(title, columns, lines)))
