//! Indents the lines of a feature file and separates them by blank lines.

use super::outline::{Mark, Outline, Role};
use super::table::Tables;
use crate::line::{Line, Lines, is_blank};
use crate::tags::without_comment;

const INDENT: &str = "  ";

/// The kind of a line, as far as the blank lines around it depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Feature,
    /// Tags of a block, or a comment directly above one.
    Head,
    Block,
    Description,
    Step,
    /// A table or doc string.
    Argument,
    /// A comment that is not above a block.
    Comment,
}

/// Returns the text in canonical form.
pub(super) fn layout(source: &str, outline: &Outline) -> String {
    let lines: Vec<Line<'_>> = Lines::new(source).collect();
    let mut tables = Tables::default();
    for line in &lines {
        if let Some(Mark { role: Role::Row { table }, .. }) = outline.get(&line.number) {
            tables.measure(*table, line.trimmed);
        }
    }
    let mut layout = Layout {
        outline,
        tables,
        lines: &lines,
        out: Output::new(source),
        depth: 0,
        description: None,
    };
    let mut index = 0;
    while index < lines.len() {
        index = layout.line(index);
    }
    layout.out.text
}

struct Layout<'a> {
    outline: &'a Outline,
    tables: Tables,
    lines: &'a [Line<'a>],
    out: Output,
    /// The depth of what a following comment belongs to.
    depth: usize,
    /// The common indentation of the current description, in characters.
    description: Option<u32>,
}

impl Layout<'_> {
    /// Writes the line at `index`, with a doc string to its end, and returns the index of the next.
    fn line(&mut self, index: usize) -> usize {
        let line = self.lines[index];
        if let Some(mark) = self.outline.get(&line.number).copied() {
            self.description = None;
            return self.marked(index, mark);
        }
        if line.is_empty() {
            self.out.blank();
        } else if line.is_comment() {
            self.comment(index);
        } else if line.is_tags() {
            self.description = None;
            let depth = self.following_mark(index).map_or(self.depth, |mark| mark.depth);
            self.out.write(self.kind_above(index), depth, &spaced_tags(line.trimmed));
        } else {
            self.describe(index);
        }
        index + 1
    }

    fn marked(&mut self, index: usize, mark: Mark) -> usize {
        let line = self.lines[index];
        let text = line.trimmed.trim_end_matches(is_blank);
        let depth = mark.depth;
        match mark.role {
            Role::Feature => {
                self.depth = 1;
                self.out.write(Kind::Feature, depth, &spaced_title(text));
            }
            Role::Block => {
                self.depth = depth + 1;
                self.out.write(Kind::Block, depth, &spaced_title(text));
            }
            Role::Step { keyword } => {
                self.depth = depth;
                self.out.write(Kind::Step, depth, &spaced_step(text, keyword));
            }
            Role::Row { table } => {
                let row = self.tables.align(table, line.trimmed);
                self.out.write(Kind::Argument, depth, &row);
            }
            Role::DocString { delimiter, indent } => {
                self.out.write(Kind::Argument, depth, text);
                return self.doc_string(index + 1, delimiter, indent, depth);
            }
        }
        index + 1
    }

    /// Writes the content of a doc string and its closing delimiter.
    fn doc_string(&mut self, start: usize, delimiter: &str, indent: u32, depth: usize) -> usize {
        for (offset, line) in self.lines[start..].iter().enumerate() {
            if line.trimmed.starts_with(delimiter) {
                let text = line.trimmed.trim_end_matches(is_blank);
                self.out.write(Kind::Argument, depth, text);
                return start + offset + 1;
            }
            self.out.verbatim(depth, line.without_indent(indent));
        }
        self.lines.len()
    }

    /// Writes a comment as deep as the line that it is directly above, else as deep as a line that could
    /// follow the line before it.
    fn comment(&mut self, index: usize) {
        let line = self.lines[index];
        let is_above = self.out.last == Some(Kind::Head) || self.is_directly_above(index);
        let above = is_above.then(|| self.following_mark(index)).flatten();
        let (kind, depth) = match above {
            Some(mark) => (self.kind_above(index), mark.depth),
            None => (Kind::Comment, self.depth),
        };
        self.out.write(kind, depth, line.trimmed);
    }

    fn describe(&mut self, index: usize) {
        let common = *self
            .description
            .get_or_insert_with(|| common_indent(&self.lines[index..], self.outline));
        let line = self.lines[index];
        let text = line.without_indent(common);
        self.out.write(Kind::Description, self.depth, text);
    }

    fn kind_above(&self, index: usize) -> Kind {
        match self.following_mark(index) {
            Some(Mark { role: Role::Block, .. }) => Kind::Head,
            Some(Mark { role: Role::Row { .. } | Role::DocString { .. }, .. }) => Kind::Argument,
            _ => Kind::Comment,
        }
    }

    /// Returns the mark of the next line that has one.
    fn following_mark(&self, index: usize) -> Option<Mark> {
        let number = self.lines[index].number;
        self.outline.range(number..).next().map(|(_, mark)| *mark)
    }

    /// True if only comments and tags are between this line and the next marked line. Tags belong to it
    /// also across blank lines.
    fn is_directly_above(&self, index: usize) -> bool {
        for line in &self.lines[index..] {
            if self.outline.contains_key(&line.number) || line.is_tags() {
                return true;
            }
            if !line.is_comment() {
                return false;
            }
        }
        false
    }
}

/// Returns a line of tags with one space between two of them, and its comment.
fn spaced_tags(line: &str) -> String {
    let tags = without_comment(line);
    let names = tags.split('@').map(|name| name.trim_matches(is_blank));
    let mut text: Vec<_> = names.filter(|name| !name.is_empty()).map(|n| format!("@{n}")).collect();
    let comment = line[tags.len()..].trim_end_matches(is_blank);
    text.extend((!comment.is_empty()).then(|| comment.to_owned()));
    text.join(" ")
}

/// Returns a title with one space after its colon.
fn spaced_title(line: &str) -> String {
    match line.split_once(':') {
        Some((keyword, name)) if !name.is_empty() => {
            format!("{keyword}: {}", name.trim_start_matches(is_blank))
        }
        _ => line.to_owned(),
    }
}

/// Returns a step with one space after its keyword. Some languages have none there.
fn spaced_step(line: &str, keyword: &str) -> String {
    match line.strip_prefix(keyword) {
        Some(text) if keyword.ends_with(' ') => {
            format!("{keyword}{}", text.trim_start_matches(is_blank))
        }
        _ => line.to_owned(),
    }
}

/// Returns the smallest indentation of the lines of a description.
fn common_indent(lines: &[Line<'_>], outline: &Outline) -> u32 {
    let description = lines
        .iter()
        .take_while(|line| !outline.contains_key(&line.number) && !line.is_tags())
        .filter(|line| !line.is_empty() && !line.is_comment());
    description.map(|line| line.indent).min().unwrap_or_default()
}

/// The text so far.
struct Output {
    text: String,
    line_end: &'static str,
    last: Option<Kind>,
    blanks: usize,
}

impl Output {
    fn new(source: &str) -> Self {
        let is_crlf = source.find('\n').is_some_and(|at| source[..at].ends_with('\r'));
        Self {
            text: String::with_capacity(source.len()),
            line_end: if is_crlf { "\r\n" } else { "\n" },
            last: None,
            blanks: 0,
        }
    }

    fn blank(&mut self) {
        self.blanks += 1;
    }

    fn write(&mut self, kind: Kind, depth: usize, text: &str) {
        let blanks = self.blanks_before(kind);
        for _ in 0..blanks {
            self.text.push_str(self.line_end);
        }
        self.verbatim(depth, text);
        self.last = Some(kind);
        self.blanks = 0;
    }

    /// Writes a line without blank lines before it.
    fn verbatim(&mut self, depth: usize, text: &str) {
        if !text.is_empty() {
            (0..depth).for_each(|_| self.text.push_str(INDENT));
            self.text.push_str(text);
        }
        self.text.push_str(self.line_end);
    }

    fn blanks_before(&self, kind: Kind) -> usize {
        match (self.last, kind) {
            (None, _) => 0,
            (Some(Kind::Description), Kind::Description) => self.blanks,
            (Some(Kind::Head), Kind::Head | Kind::Block)
            | (Some(Kind::Block), Kind::Step | Kind::Argument)
            | (Some(Kind::Step | Kind::Argument), Kind::Argument) => 0,
            (Some(_), Kind::Head | Kind::Block) => 1,
            _ => self.blanks.min(1),
        }
    }
}
