#!/usr/bin/env python3
"""Writes the sources of the book to a folder, and builds the book if mdbook is installed.

The guide is written once, as the docs of `runtime/src/guide`; the reference is the recorded help of each command.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
RUNTIME = HERE.parent.parent
GUIDE = RUNTIME / "src" / "guide"
HELP = RUNTIME / "tests" / "runner" / "help"
API = "https://docs.rs/harmony-bdd/latest/harmony_bdd/"
# Files of the repository are not part of the book.
REPOSITORY = "https://example.com/harmony-bdd/blob/main/"


def page_of_docs(text):
    """Returns the crate docs of a Rust file as Markdown."""
    lines = []
    for line in text.splitlines():
        if not line.startswith("//!"):
            break
        lines.append(line[4:] if line.startswith("//! ") else line[3:])
    page = "\n".join(lines)
    # A hidden line of an example is for the compiler.
    page = "\n".join(visible(page.split("\n")))
    page = re.sub(r"\]\((?:crate::guide|super)::(\w+)(?:::\w+)*(#[\w-]+)?\)", r"](\1.md\2)", page)
    page = re.sub(r"\[`(?:\w+::)?(\w+)`\](?!\()", link_to_page, page)
    page = re.sub(r"\[([^]]+)\]\(crate::[^)]*\)", r"\1", page)
    page = re.sub(r"\[(`[\w:!]+`)\](?!\()", r"\1", page)
    return page


def link_to_page(match):
    """Returns a link to the page of the guide with this name, and other names as they are."""
    name = match.group(1)
    page = next((page for page in guide_pages() if page.stem == name), None)
    return f"[{title_of(page)}]({page.stem}.md)" if page else match.group(0)


def guide_pages():
    """Returns the pages in the order of the guide, each followed by its own pages."""
    pages = []
    for name in order_of_guide():
        pages.append(GUIDE / f"{name}.rs")
        pages.extend(sorted((GUIDE / name).glob("*.rs")))
    return pages


def title_of(path):
    return path.stem.replace("_", " ").capitalize()


def visible(lines):
    in_code = False
    for line in lines:
        if line.lstrip().startswith("```"):
            in_code = not in_code
            # rustdoc takes a block without a language for Rust.
            if in_code and line.strip() in ("```", "```no_run", "```compile_fail", "```should_panic"):
                line = line.replace("```", "```rust,") if line.strip() != "```" else line.replace("```", "```rust")
        elif in_code and (line == "#" or line.startswith("# ")) and not line.startswith("# ["):
            continue
        yield line


def chapter_of_guide(path):
    page = page_of_docs(path.read_text())
    first, _, rest = page.partition("\n")
    title = title_of(path)
    rest = re.sub(r"^(#+ )", r"#\1", rest, flags=re.MULTILINE)
    return title, f"# {title}\n\n{first}\n{rest}\n"


def order_of_guide():
    text = (RUNTIME / "src" / "guide.rs").read_text()
    names = re.findall(r"^//! - \[`(\w+)`\]", text, flags=re.MULTILINE)
    files = {path.stem for path in GUIDE.glob("*.rs")}
    if set(names) != files:
        sys.exit(f"error: guide.rs lists {sorted(names)}, the folder has {sorted(files)}")
    return names


def commands():
    """Returns the commands with their recorded help, the whole program first."""
    paths = sorted(HELP.glob("*.txt"), key=lambda path: (path.stem != "suite", path.stem))
    return [(path.stem.replace("_", " "), path.read_text()) for path in paths]


def write_sources(target):
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(HERE / "src", target / "src")
    shutil.copy(HERE / "book.toml", target)
    guide, reference = target / "src" / "guide", target / "src" / "reference"
    guide.mkdir()
    reference.mkdir()
    entries = []
    for path in guide_pages():
        title, text = chapter_of_guide(path)
        (guide / f"{path.stem}.md").write_text(text)
        indent = "" if path.parent == GUIDE else "  "
        entries.append(f"{indent}- [{title}](guide/{path.stem}.md)")
    summary = target / "src" / "SUMMARY.md"
    text = summary.read_text().replace("<!-- guide -->", "\n".join(entries))
    entries = []
    for name, recorded in commands():
        page = name.replace(" ", "-")
        title = {"suite": "All commands", "test target": "A test target"}.get(name, name)
        body = f"# {title}\n\n```text\n{recorded.rstrip()}\n```\n"
        (reference / f"{page}.md").write_text(body)
        entries.append(f"- [{title}](reference/{page}.md)")
    summary.write_text(text.replace("<!-- reference -->", "\n".join(entries)))
    for page in target.rglob("*.md"):
        page.write_text(page.read_text().replace("repository:", REPOSITORY).replace("api:", API))


def main():
    options = [word for word in sys.argv[1:] if word.startswith("-")]
    paths = [Path(word) for word in sys.argv[1:] if not word.startswith("-")]
    target = paths[0] if paths else RUNTIME.parent / "target" / "book"
    write_sources(target)
    if "--sources-only" in options:
        return
    if shutil.which("mdbook"):
        subprocess.run(["mdbook", "build", str(target)], check=True)
    else:
        print(f"mdbook is not installed: wrote the sources to {target}", file=sys.stderr)


if __name__ == "__main__":
    main()
