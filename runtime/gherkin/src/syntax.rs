//! The two syntaxes of a feature file: plain Gherkin, and Gherkin in Markdown.
//!
//! Both have the same grammar. They differ in what a line of a kind looks like.

use std::path::Path;

use super::ast::{Position, Tag};
use super::doc_string::{self, OpenDocString};
use super::language::{Language, StepWord, Title};
use super::line::{Line, is_blank};
use super::markdown;
use super::tags::{self, BlankInTag};

const PLAIN_SUFFIX: &str = ".feature";
const MARKDOWN_SUFFIX: &str = ".feature.md";

/// The syntax of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// Each line has a keyword, a table row, a tag, a comment or free text.
    Plain,
    /// Headings are titles, items of lists are steps, and everything else is prose.
    Markdown,
}

/// The parts of a title line.
pub(super) struct TitleLine<'t> {
    pub(super) title: Title,
    /// Empty for the first line of a Markdown file that is not a heading with a keyword.
    pub(super) keyword: &'static str,
    pub(super) name: &'t str,
    pub(super) position: Position,
}

/// The parts of a step line.
pub(super) struct StepLine<'t> {
    pub(super) word: StepWord,
    pub(super) text: &'t str,
    pub(super) position: Position,
}

/// Returns whether the name of a file is that of a feature file.
pub fn is_feature_path(path: &Path) -> bool {
    feature_stem(path).is_some()
}

/// Returns the name of a feature file without `.feature` or `.feature.md`.
pub fn feature_stem(path: &Path) -> Option<&str> {
    let name = path.file_name()?.to_str()?;
    name.strip_suffix(MARKDOWN_SUFFIX).or_else(|| name.strip_suffix(PLAIN_SUFFIX))
}

/// Returns whether the name of a file is that of a feature file in Markdown.
pub fn is_markdown_path(path: &Path) -> bool {
    path.to_str().is_some_and(|path| Syntax::of_path(path) == Syntax::Markdown)
}

impl Syntax {
    /// Returns the syntax of the file at `path`, by its name.
    pub fn of_path(path: &str) -> Self {
        if path.ends_with(MARKDOWN_SUFFIX) { Self::Markdown } else { Self::Plain }
    }

    /// Returns whether the line has no meaning, after the feature line.
    pub(super) fn is_empty(self, line: &Line<'_>, language: &Language) -> bool {
        line.is_empty() || self == Self::Markdown && self.is_prose(line, language)
    }

    fn is_prose(self, line: &Line<'_>, language: &Language) -> bool {
        let is_title = self.title(line, language).is_some_and(|line| line.title != Title::Feature);
        !is_title
            && self.step(line, language).is_none()
            && !self.is_row(line)
            && !self.is_comment(line)
            && self.open_doc_string(line).is_none()
            && self.tags(line).is_none()
    }

    pub(super) fn is_comment(self, line: &Line<'_>) -> bool {
        match self {
            Self::Plain => line.is_comment(),
            Self::Markdown => markdown::is_table_separator(line),
        }
    }

    /// Returns the code of a language line.
    pub(super) fn language<'t>(self, line: &Line<'t>) -> Option<&'t str> {
        match self {
            Self::Plain => line.language(),
            Self::Markdown => None,
        }
    }

    /// Returns the tags of a line of tags.
    pub(super) fn tags(self, line: &Line<'_>) -> Option<Result<Vec<Tag>, BlankInTag>> {
        match self {
            Self::Plain => line.is_tags().then(|| tags::parse_tags(line)),
            Self::Markdown => {
                let tags = markdown::tags(line);
                (!tags.is_empty()).then_some(Ok(tags))
            }
        }
    }

    pub(super) fn title<'t>(self, line: &Line<'t>, language: &Language) -> Option<TitleLine<'t>> {
        let line = match self {
            Self::Plain => *line,
            Self::Markdown => markdown::without_heading(line)?,
        };
        let (title, keyword) = language.title(line.trimmed)?;
        let name = line.trimmed[keyword.len() + 1..].trim_matches(is_blank);
        Some(TitleLine { title, keyword, name, position: line.position() })
    }

    /// Returns the feature line. Without a heading for it, the first line of a Markdown file is one.
    pub(super) fn feature<'t>(self, line: &Line<'t>, language: &Language) -> Option<TitleLine<'t>> {
        let title = Title::Feature;
        self.title(line, language).filter(|line| line.title == title).or_else(|| {
            (self == Self::Markdown && !line.is_empty()).then(|| TitleLine {
                title,
                keyword: "",
                name: line.trimmed,
                position: line.position(),
            })
        })
    }

    pub(super) fn step<'t>(self, line: &Line<'t>, language: &Language) -> Option<StepLine<'t>> {
        let line = match self {
            Self::Plain => *line,
            Self::Markdown => markdown::without_bullet(line)?,
        };
        // In Markdown the asterisk is the bullet of an item.
        let word = language
            .step(line.trimmed)
            .filter(|step| self == Self::Plain || step.word != super::language::BULLET)?;
        let text = line.trimmed[word.word.len()..].trim_matches(is_blank);
        Some(StepLine { word, text, position: line.position() })
    }

    pub(super) fn is_row(self, line: &Line<'_>) -> bool {
        match self {
            Self::Plain => line.is_row(),
            Self::Markdown => markdown::is_row(line),
        }
    }

    /// Returns the doc string that the line opens.
    pub(super) fn open_doc_string(self, line: &Line<'_>) -> Option<OpenDocString> {
        match self {
            Self::Plain => doc_string::opening_delimiter(line)
                .map(|delimiter| OpenDocString::open(line, delimiter)),
            Self::Markdown => {
                markdown::fence(line).map(|fence| OpenDocString::open_fenced(line, fence))
            }
        }
    }

    /// Returns the line as it is in plain Gherkin, for hints.
    pub(super) fn plain_line<'t>(self, line: &Line<'t>) -> Line<'t> {
        let plain = match self {
            Self::Plain => None,
            Self::Markdown => {
                markdown::without_heading(line).or_else(|| markdown::without_bullet(line))
            }
        };
        plain.unwrap_or(*line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feature_files_are_known_by_name() {
        let stem = |path| feature_stem(Path::new(path)).map(str::to_owned);
        assert_eq!(stem("a/01-Basket.feature"), Some("01-Basket".to_owned()));
        assert_eq!(stem("a/Basket.feature.md"), Some("Basket".to_owned()));
        assert_eq!(stem("a/README.md"), None);
        assert_eq!(stem("a/feature"), None);
    }
}
