use crate::Log4Mongo;
use crate::channel::Kind;
use crate::fields::Fields;
use crate::origin::ThreadOrigin;
use crate::own::is_own_target;
use std::cell::Cell;
use std::error::Error;
use std::fmt;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::{LookupSpan, SpanRef};
use woodpile_record::Entry;

/// The most bytes of scratch buffer that a thread keeps from one log call to the next.
const MAX_KEPT_SCRATCH: usize = 64 * 1024;

/// The target of what `tracing-log` brings over from the `log` crate.
const BRIDGED_TARGET: &str = "log";

/// Keeps `tracing` events as records: see [`Log4Mongo::layer`].
#[derive(Debug, Clone)]
pub struct Layer {
    log: Log4Mongo,
}

impl Layer {
    pub(crate) fn new(log: Log4Mongo) -> Self {
        Self { log }
    }

    fn keep<S>(&self, event: &Event<'_>, context: &Context<'_, S>, fields: &mut Fields)
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let origin = ThreadOrigin::current();
        if origin.is_own {
            return;
        }
        event.record(&mut Visitor(fields));
        if let Some(leaf) = context.event_span(event) {
            surround(fields, &leaf);
        }
        let bridged = Bridged::of(event.metadata(), fields);
        if bridged.as_ref().is_some_and(|bridged| is_own_target(&bridged.target)) {
            return;
        }
        let mut entry = Entry::default();
        origin.fill(&mut entry);
        match &bridged {
            Some(bridged) => bridged.fill(&mut entry),
            None => fill_metadata(event.metadata(), &mut entry),
        }
        fields.fill(&mut entry);
        self.log.write(Kind::Event, entry, (*event.metadata().level()).into());
    }
}

impl<S> tracing_subscriber::Layer<S> for Layer
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        attributes.record(&mut Visitor(&mut fields));
        span.extensions_mut().replace(fields);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(fields) = span.extensions_mut().get_mut::<Fields>() {
            values.record(&mut Visitor(fields));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if is_own_target(event.metadata().target()) {
            return;
        }
        // Taken, not borrowed: a `Debug` that logs while it is being recorded starts with empty fields.
        let mut fields = SCRATCH.try_with(Cell::take).unwrap_or_default();
        self.keep(event, &context, &mut fields);
        fields.clear(MAX_KEPT_SCRATCH);
        // A thread on its way out keeps nothing.
        let _ = SCRATCH.try_with(|scratch| scratch.set(fields));
    }
}

thread_local!(static SCRATCH: Cell<Fields> = Cell::default());

/// Takes in the names and fields of the spans around an event.
fn surround<'s, S>(fields: &mut Fields, leaf: &SpanRef<'s, S>)
where
    S: Subscriber + LookupSpan<'s>,
{
    for span in leaf.scope() {
        if let Some(own) = span.extensions().get::<Fields>() {
            fields.inherit(own);
        }
    }
    fields.spans(leaf.scope().from_root().map(|span| span.name()));
}

fn fill_metadata(metadata: &Metadata<'static>, entry: &mut Entry<'_>) {
    entry.logger_name = Some(metadata.target().into());
    entry.module = metadata.module_path().map(Into::into);
    entry.file_name = metadata.file().map(Into::into);
    entry.line_number = metadata.line().map(i64::from);
}

/// What `tracing-log` says in fields of the place that a `log` record comes from.
struct Bridged {
    target: String,
    module: Option<String>,
    file: Option<String>,
    line: Option<i64>,
}

impl Bridged {
    fn of(metadata: &Metadata<'_>, fields: &mut Fields) -> Option<Self> {
        if metadata.target() != BRIDGED_TARGET {
            return None;
        }
        let bridged = Self {
            target: fields.text_of("log.target")?.to_owned(),
            module: fields.text_of("log.module_path").map(str::to_owned),
            file: fields.text_of("log.file").map(str::to_owned),
            line: fields.int_of("log.line"),
        };
        fields.remove_prefixed("log.");
        Some(bridged)
    }

    fn fill<'a>(&'a self, entry: &mut Entry<'a>) {
        entry.logger_name = Some(self.target.as_str().into());
        entry.module = self.module.as_deref().map(Into::into);
        entry.file_name = self.file.as_deref().map(Into::into);
        entry.line_number = self.line;
    }
}

struct Visitor<'f>(&'f mut Fields);

impl Visit for Visitor<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.0.float(field.name(), value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.int(field.name(), value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.wide(field.name(), value);
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.0.wide(field.name(), value);
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.0.wide(field.name(), value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.bool(field.name(), value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.str(field.name(), value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.0.error(field.name(), value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.display(field.name(), format_args!("{value:?}"));
    }
}
