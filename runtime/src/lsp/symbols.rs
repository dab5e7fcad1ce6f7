//! The outline of a feature file, and its formatting.

use lsp_types::{DocumentSymbol, Position, Range, SymbolKind, TextEdit, Uri};

use super::position::Lines;
use super::steps::uri_name;
use super::workspace::{FeatureFile, Workspace};
use crate::gherkin::{self, ast};

/// Returns the feature with its rules, scenarios and backgrounds.
pub(super) fn symbols(workspace: &Workspace, uri: &Uri) -> Vec<DocumentSymbol> {
    let Some(file) = workspace.file(uri).filter(|file| file.errors.is_none()) else {
        return Vec::new();
    };
    let document = file.document.as_ref();
    let Some(feature) = document.and_then(|document| document.feature.as_ref()) else {
        return Vec::new();
    };
    let lines = Lines::of(&file.text);
    let mut blocks = blocks(feature.background.as_ref(), &feature.scenarios);
    for rule in &feature.rules {
        let inner = self::blocks(rule.background.as_ref(), &rule.scenarios);
        let (name, keyword, position) = (rule.name.to_string(), rule.keyword, rule.position);
        blocks.push(Block { name, keyword, position, kind: SymbolKind::NAMESPACE, inner });
    }
    let name = feature.name.to_string();
    let (keyword, position) = (feature.keyword, feature.position);
    let feature = Block { name, keyword, position, kind: SymbolKind::MODULE, inner: blocks };
    vec![feature.symbol(&lines, lines.len())]
}

struct Block {
    name: String,
    keyword: &'static str,
    position: ast::Position,
    kind: SymbolKind,
    inner: Vec<Block>,
}

fn blocks(background: Option<&ast::Background>, scenarios: &[ast::Scenario]) -> Vec<Block> {
    let kind = SymbolKind::METHOD;
    let mut blocks = Vec::new();
    blocks.extend(background.map(|block| Block {
        name: block.name.clone(),
        keyword: block.keyword,
        position: block.position,
        kind,
        inner: Vec::new(),
    }));
    blocks.extend(scenarios.iter().map(|scenario| Block {
        name: scenario.name.clone(),
        keyword: scenario.keyword,
        position: scenario.position,
        kind,
        inner: Vec::new(),
    }));
    blocks
}

impl Block {
    /// Returns the symbol of a block that ends before the line `end`, counted from 0.
    #[expect(deprecated, reason = "a field of the struct without a default")]
    fn symbol(self, lines: &Lines<'_>, end: u32) -> DocumentSymbol {
        let line = self.position.line.saturating_sub(1);
        let start = self.position.column.saturating_sub(1) as usize;
        let selection_range = lines.range_to_end(line, start);
        let last = lines.range_to_end(end.saturating_sub(1).max(line), 0).end;
        let mut ends: Vec<u32> = self.inner.iter().skip(1).map(|b| b.position.line - 1).collect();
        ends.push(end);
        let inner = self.inner.into_iter().zip(ends);
        let children: Vec<_> = inner.map(|(block, end)| block.symbol(lines, end)).collect();
        let name = if self.name.is_empty() { self.keyword.to_owned() } else { self.name };
        DocumentSymbol {
            name,
            detail: Some(self.keyword.to_owned()),
            kind: self.kind,
            tags: None,
            deprecated: None,
            range: Range { start: selection_range.start, end: last },
            selection_range,
            children: Some(children).filter(|children| !children.is_empty()),
        }
    }
}

/// Returns the edit that formats a file; none if it is formatted or has errors.
pub(super) fn formatting(file: &FeatureFile) -> Vec<TextEdit> {
    let Ok(new_text) = gherkin::format(uri_name(&file.uri), &file.text) else { return Vec::new() };
    if *new_text == *file.text {
        return Vec::new();
    }
    let end = Position { line: Lines::of(&file.text).len(), character: 0 };
    vec![TextEdit { range: Range { start: Position::default(), end }, new_text }]
}
