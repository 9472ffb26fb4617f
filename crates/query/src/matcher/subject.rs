use super::derived;
use super::path::{Found, any_of};
use super::{Path, Scalar};
use crate::rows::as_bson;
use std::cell::OnceCell;
use woodpile_record::{Http, RawBsonRef, RawDocument, View, event_time, find};

/// What a record's document does not say.
#[derive(Debug, Clone, Copy, Default)]
pub struct Origin<'a> {
    /// The collection that the record is in.
    pub collection: &'a str,
}

/// A record that is asked questions. What takes work to find out is found out once, and only when it is asked for.
#[derive(Debug)]
pub(crate) struct Subject<'d> {
    document: &'d RawDocument,
    origin: Origin<'d>,
    http: OnceCell<Option<Box<Http<'d>>>>,
}

impl<'d> Subject<'d> {
    pub(crate) fn new(document: &'d RawDocument, origin: Origin<'d>) -> Self {
        Self { document, origin, http: OnceCell::new() }
    }

    pub(crate) fn document(&self) -> &'d RawDocument {
        self.document
    }

    pub(crate) fn collection(&self) -> &'d str {
        self.origin.collection
    }

    pub(crate) fn time(&self) -> i64 {
        event_time(self.document)
    }

    pub(crate) fn message(&self) -> Option<&'d str> {
        View::of(self.document).message()
    }

    /// What is at the path, or what the message tells of it.
    pub(crate) fn value(&self, path: &str) -> Option<RawBsonRef<'_>> {
        find(self.document, path).or_else(|| {
            let name = path.strip_prefix(derived::PREFIX)?.strip_prefix('.')?;
            let fields = derived::fields(self.http()?);
            let (_, value) = fields.into_iter().find(|(field, _)| *field == name)?;
            value.map(as_bson)
        })
    }

    pub(crate) fn level(&self) -> Option<&'d str> {
        View::of(self.document).level()
    }

    /// Whether one of the values passes that the first of the paths names at which there is anything.
    pub(super) fn any_at(
        &self,
        paths: &[Path],
        passes: impl Fn(Scalar<'_>, &Path) -> bool,
    ) -> bool {
        let mut found = paths.iter().map(|path| self.ask(path, |value| passes(value, path)));
        found.find(|found| *found != Found::Absent) == Some(Found::Passed)
    }

    /// Whether there is anything at one of the paths.
    pub(super) fn has(&self, paths: &[Path]) -> bool {
        paths.iter().any(|path| self.ask(path, |_| true) != Found::Absent)
    }

    fn ask(&self, path: &Path, passes: impl Fn(Scalar<'_>) -> bool) -> Found {
        match path.ask(self.document, &passes) {
            Found::Absent => self.ask_derived(path, passes),
            found => found,
        }
    }

    /// Whether one of all the values passes.
    pub(super) fn any(&self, passes: impl Fn(Scalar<'_>) -> bool) -> bool {
        any_of(self.document, &passes)
    }

    fn ask_derived(&self, path: &Path, passes: impl Fn(Scalar<'_>) -> bool) -> Found {
        let Some(rest) = path.name().strip_prefix(derived::PREFIX) else { return Found::Absent };
        let wanted = match rest.strip_prefix('.') {
            Some(name) => Some(name),
            None if rest.is_empty() => None,
            None => return Found::Absent,
        };
        let Some(http) = self.http() else { return Found::Absent };
        let fields = derived::fields(http);
        let mut values = fields
            .into_iter()
            .filter(|(name, _)| wanted.is_none_or(|wanted| wanted == *name))
            .filter_map(|(_, value)| value)
            .peekable();
        if values.peek().is_none() {
            Found::Absent
        } else if values.any(passes) {
            Found::Passed
        } else {
            Found::Failed
        }
    }

    /// The request that the message tells of, where the document has none.
    pub(crate) fn http(&self) -> Option<&Http<'d>> {
        self.http.get_or_init(|| derived::http(self.document)).as_deref()
    }
}
