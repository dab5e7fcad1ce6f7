//! Files and commands of a page of Markdown.

/// What the page tells its reader to write and to run.
#[derive(Debug, Default)]
pub(crate) struct Guide {
    /// Path and text: a fenced block behind a line that is a path in backquotes.
    pub(crate) files: Vec<(String, String)>,
    /// The lines of `sh` blocks.
    pub(crate) commands: Vec<String>,
}

impl Guide {
    pub(crate) fn read(page: &str) -> Self {
        let mut guide = Self::default();
        let mut before = "";
        let mut lines = page.lines();
        while let Some(line) = lines.next() {
            let Some(language) = line.strip_prefix("```") else {
                before = if line.is_empty() { before } else { line };
                continue;
            };
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            let path = before.strip_prefix('`').and_then(|text| text.strip_suffix('`'));
            match (language, path) {
                ("sh", _) => guide.commands.extend(block.iter().map(ToString::to_string)),
                (_, Some(path)) => {
                    guide.files.push((path.to_owned(), format!("{}\n", block.join("\n"))));
                }
                (language, None) => panic!("a block of {language} behind {before:?} has no path"),
            }
            before = "";
        }
        guide
    }
}
