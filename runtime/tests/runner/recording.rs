//! A subscriber of `tracing` that a suite brings along: it writes down what it hears.

use std::fmt::{Debug, Write as _};
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::sync::Mutex;

use std::cell::RefCell;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use tracing_core::span::Current;

thread_local! {
    static ENTERED: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

/// Writes a line for each thing: `new ID PARENT NAME FIELDS`, `record ID FIELDS`, `event SPAN FIELDS`.
pub(crate) struct Recording {
    file: Mutex<File>,
    /// The metadata of every span, by number from 1.
    known: Mutex<Vec<&'static Metadata<'static>>>,
}

impl Recording {
    pub(crate) fn to(path: &str) -> Self {
        let file = OpenOptions::new().create(true).append(true).open(path).unwrap();
        Self { file: Mutex::new(file), known: Mutex::default() }
    }

    fn line(&self, line: &str) {
        // One write for a line: the process may end at any time.
        self.file.lock().unwrap().write_all(format!("{line}\n").as_bytes()).unwrap();
    }
}

#[derive(Default)]
struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }
}

impl Subscriber for Recording {
    fn enabled(&self, _metadata: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let id = {
            let mut known = self.known.lock().unwrap();
            known.push(span.metadata());
            known.len() as u64
        };
        let parent = match span.parent() {
            Some(parent) => parent.into_u64(),
            None if span.is_contextual() => innermost(),
            None => 0,
        };
        let mut fields = Fields::default();
        span.record(&mut fields);
        self.line(&format!("new {id} {parent} {}{}", span.metadata().name(), fields.0));
        Id::from_u64(id)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let mut fields = Fields::default();
        values.record(&mut fields);
        self.line(&format!("record {}{}", span.into_u64(), fields.0));
    }

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let span = event.parent().map_or_else(innermost, Id::into_u64);
        self.line(&format!("event {span} {}{}", event.metadata().target(), fields.0));
    }

    fn current_span(&self) -> Current {
        match innermost() {
            0 => Current::none(),
            id => Current::new(Id::from_u64(id), self.known.lock().unwrap()[id as usize - 1]),
        }
    }

    fn enter(&self, span: &Id) {
        ENTERED.with_borrow_mut(|entered| entered.push(span.into_u64()));
    }

    fn exit(&self, span: &Id) {
        ENTERED.with_borrow_mut(|entered| entered.retain(|id| *id != span.into_u64()));
    }
}

fn innermost() -> u64 {
    ENTERED.with_borrow(|entered| entered.last().copied().unwrap_or(0))
}

/// The spans that a [`Recording`] wrote.
#[derive(Debug)]
pub(crate) struct Recorded {
    pub(crate) spans: Vec<RecordedSpan>,
}

#[derive(Debug, Default)]
pub(crate) struct RecordedSpan {
    pub(crate) id: u64,
    pub(crate) parent: u64,
    pub(crate) name: String,
    /// The fields recorded at its beginning and later.
    pub(crate) fields: String,
    pub(crate) events: Vec<String>,
}

impl Recorded {
    pub(crate) fn read(text: &str) -> Self {
        let mut spans: Vec<RecordedSpan> = Vec::new();
        for line in text.lines() {
            let (kind, rest) = line.split_once(' ').unwrap();
            let (id, rest) = rest.split_once(' ').unwrap();
            let id = id.parse().unwrap();
            let known = spans.iter_mut().find(|span| span.id == id);
            match (kind, known) {
                ("new", None) => {
                    let (parent, rest) = rest.split_once(' ').unwrap();
                    let (name, fields) = rest.split_once(' ').unwrap_or((rest, ""));
                    spans.push(RecordedSpan {
                        id,
                        parent: parent.parse().unwrap(),
                        name: name.to_owned(),
                        fields: format!(" {fields}"),
                        events: Vec::new(),
                    });
                }
                ("record", Some(span)) => span.fields.push_str(&format!(" {rest}")),
                ("event", Some(span)) => span.events.push(rest.to_owned()),
                ("event", None) => {}
                other => panic!("{line:?}: {other:?}"),
            }
        }
        Self { spans }
    }

    /// The only span of this name whose fields hold `part`.
    #[track_caller]
    pub(crate) fn one(&self, name: &str, part: &str) -> &RecordedSpan {
        let found: Vec<_> =
            self.spans.iter().filter(|s| s.name == name && s.fields.contains(part)).collect();
        assert_eq!(found.len(), 1, "{name} with {part}: {found:#?} of {:#?}", self.spans);
        found[0]
    }

    /// The names of the spans around one, outermost first, and its own.
    pub(crate) fn path(&self, span: &RecordedSpan) -> Vec<&str> {
        let mut path = Vec::new();
        let mut at = self.spans.iter().find(|s| s.id == span.id);
        while let Some(span) = at {
            path.insert(0, span.name.as_str());
            at = self.spans.iter().find(|s| s.id == span.parent);
        }
        path
    }
}
