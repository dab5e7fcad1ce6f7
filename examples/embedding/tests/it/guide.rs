//! Files and commands in a Markdown page.

/// The files and the commands of a page.
#[derive(Debug, Default)]
pub(crate) struct Guide {
    /// Path and text of each fenced block that follows a line with a path in backquotes.
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
                (language, None) => panic!("the {language} block after {before:?} has no path"),
            }
            before = "";
        }
        guide
    }
}
