use super::error::{MAX_ROWS_BYTES, TooManyRows};
use super::held::{FoundRecord, Row};
use super::input::Input;
use super::stage::Stage;
use super::table::Rows;
use crate::ast::{Column, Pipe};
use crate::matcher::{Origin, Subject};
use bson::RawBson;
use jiff::tz::TimeZone;
use std::ops::Range;
use woodpile_record::{RawBsonRef, RawDocument};

/// The pipes of a query at work: records go in, rows come out.
///
/// Parts of the records may be given to several pipelines at once, which are then [merged](Self::merge). The memory
/// that the rows take is bounded.
#[derive(Debug, Clone)]
pub struct Pipeline {
    pipes: Vec<Pipe>,
    zone: TimeZone,
    max_bytes: usize,
    /// The columns that the leading `fields` leave, and where they come from; `None`: all that records have.
    fields: Option<Vec<(Column, Input)>>,
    /// The first pipe that holds rows.
    first: Stage,
    /// What it is given of each record.
    inputs: Vec<Input>,
    /// The pipes behind the first one that holds rows.
    rest: usize,
}

impl Pipeline {
    /// The pipes ready for records; buckets of time are those of the zone. Holds at most [`MAX_ROWS_BYTES`], about.
    pub fn new(pipes: &[Pipe], zone: &TimeZone) -> Self {
        Self::with_limit(pipes, zone, MAX_ROWS_BYTES)
    }

    /// The same with another limit.
    pub fn with_limit(pipes: &[Pipe], zone: &TimeZone, max_bytes: usize) -> Self {
        let leading = pipes.iter().take_while(|pipe| matches!(pipe, Pipe::Fields(_))).count();
        let fields = fields_of(pipes.get(..leading).unwrap_or_default());
        let mut behind = pipes.iter().skip(leading);
        let first = behind.next().and_then(|pipe| Stage::new(pipe, behind.next(), zone, max_bytes));
        let first = first.unwrap_or_else(|| Stage::all(max_bytes));
        Self {
            inputs: first.columns().iter().map(|column| input(fields.as_deref(), column)).collect(),
            first,
            rest: leading + 1,
            fields,
            pipes: pipes.to_vec(),
            zone: zone.clone(),
            max_bytes,
        }
    }

    /// The columns of the rows that come out; `None`: records come out, whole.
    pub fn columns(&self) -> Option<Vec<String>> {
        self.pipes.iter().fold(None, |columns, pipe| pipe.columns(columns))
    }

    /// Whether each record gives a row at once, which [`Self::row`] tells: there is no pipe but `fields`.
    pub fn is_streaming(&self) -> bool {
        self.pipes.iter().all(|pipe| matches!(pipe, Pipe::Fields(_)))
    }

    /// The row that `fields` makes of a record: the values of [`Self::columns`].
    pub fn row(&self, document: &RawDocument, origin: Origin<'_>) -> Vec<RawBson> {
        row(self.fields.as_deref().unwrap_or_default(), &Subject::new(document, origin))
    }

    /// The values that decide what becomes of a record, in the order in which [`Self::add`] takes them.
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// Whether these values are all that is needed, so that records can be counted with [`Self::add`].
    pub fn counts(&self) -> bool {
        self.first.counts()
    }

    /// Whether no further record can change what comes out.
    pub fn is_full(&self) -> bool {
        self.first.is_full()
    }

    /// Takes a record.
    ///
    /// # Errors
    /// The rows take too much memory.
    pub fn push(&mut self, document: &RawDocument, origin: Origin<'_>) -> Result<(), TooManyRows> {
        let subject = Subject::new(document, origin);
        let by: Vec<_> = values(&self.inputs, &subject).collect();
        let row = || match &self.fields {
            Some(fields) => Row::Values(row(fields, &subject)),
            None => Row::Record(FoundRecord {
                collection: origin.collection.into(),
                document: document.to_owned(),
            }),
        };
        self.first.add(&by, 1, row)
    }

    /// Takes `times` records of which only the [inputs](Self::inputs) are told, where [that is enough](Self::counts).
    ///
    /// # Errors
    /// The rows take too much memory.
    pub fn add(&mut self, inputs: &[RawBsonRef<'_>], times: u64) -> Result<(), TooManyRows> {
        self.first.add(inputs, times, || Row::Values(Vec::new()))
    }

    /// The same pipes that took nothing yet.
    #[must_use]
    pub fn empty(&self) -> Self {
        Self::with_limit(&self.pipes, &self.zone, self.max_bytes)
    }

    /// Times around this one that are all the same to the pipes: those of its bucket, or only itself.
    pub fn time_bucket(&mut self, millis: i64) -> Range<i64> {
        let uses = self.inputs.iter().filter(|input| **input == Input::Time).count();
        let alone = millis..millis.saturating_add(1);
        if uses == 1 { self.first.time_bucket(millis).unwrap_or(alone) } else { alone }
    }

    /// Takes all that another one of the same pipes took: of records that come after those of this one.
    ///
    /// # Errors
    /// The rows take too much memory.
    pub fn merge(&mut self, later: Self) -> Result<(), TooManyRows> {
        self.first.merge(later.first)
    }

    /// What comes out.
    ///
    /// # Errors
    /// The rows take too much memory.
    pub fn finish(self) -> Result<Rows, TooManyRows> {
        let done = self.pipes.iter().take(self.rest);
        let mut columns = done.fold(None, |columns, pipe| pipe.columns(columns));
        let mut rows = self.first.finish();
        for (at, pipe) in self.pipes.iter().enumerate().skip(self.rest) {
            let inputs = Inputs::new(columns.as_deref());
            rows = match Stage::new(pipe, self.pipes.get(at + 1), &self.zone, self.max_bytes) {
                Some(stage) => inputs.through(stage, rows)?,
                None => inputs.chosen(&pipe_columns(pipe), &rows),
            };
            columns = pipe.columns(columns);
        }
        Ok(Rows::new(columns, rows))
    }
}

/// What several `fields` leave: what one left out is not there any more for the next.
fn fields_of(pipes: &[Pipe]) -> Option<Vec<(Column, Input)>> {
    pipes.iter().fold(None, |fields: Option<Vec<_>>, pipe| {
        let columns = pipe_columns(pipe).into_iter();
        Some(columns.map(|column| (column.clone(), input(fields.as_deref(), &column))).collect())
    })
}

fn input(fields: Option<&[(Column, Input)]>, column: &Column) -> Input {
    match fields {
        None => Input::of(column),
        Some(fields) => {
            let found = fields.iter().find(|(field, _)| field == column);
            found.map_or(Input::Nowhere, |(_, input)| input.clone())
        }
    }
}

fn row(fields: &[(Column, Input)], subject: &Subject<'_>) -> Vec<RawBson> {
    fields.iter().map(|(_, input)| input.value(subject).into()).collect()
}

fn pipe_columns(pipe: &Pipe) -> Vec<Column> {
    match pipe {
        Pipe::Fields(columns) => columns.clone(),
        _ => Vec::new(),
    }
}

fn values<'s>(inputs: &[Input], subject: &'s Subject<'_>) -> impl Iterator<Item = RawBsonRef<'s>> {
    inputs.iter().map(|input| input.value(subject))
}

/// How the values of columns are found in rows that a pipe made.
struct Inputs<'c> {
    /// `None`: the rows are records.
    columns: Option<&'c [String]>,
}

impl<'c> Inputs<'c> {
    fn new(columns: Option<&'c [String]>) -> Self {
        Self { columns }
    }

    /// What comes out of a pipe that these rows go through.
    fn through(&self, mut stage: Stage, rows: Vec<Row>) -> Result<Vec<Row>, TooManyRows> {
        let wanted = stage.columns().to_vec();
        for row in rows {
            let by = self.values(&wanted, &row);
            let by: Vec<_> = by.iter().map(RawBson::as_raw_bson_ref).collect();
            stage.add(&by, 1, || row)?;
        }
        Ok(stage.finish())
    }

    /// The rows with these columns alone.
    fn chosen(&self, wanted: &[Column], rows: &[Row]) -> Vec<Row> {
        rows.iter().map(|row| Row::Values(self.values(wanted, row))).collect()
    }

    fn values(&self, wanted: &[Column], row: &Row) -> Vec<RawBson> {
        match row {
            Row::Record(record) => {
                let origin = Origin { collection: &record.collection };
                let subject = Subject::new(&record.document, origin);
                let inputs: Vec<_> = wanted.iter().map(Input::of).collect();
                values(&inputs, &subject).map(RawBson::from).collect()
            }
            Row::Values(row) => {
                let at =
                    |column: &Column| self.columns?.iter().position(|name| *name == column.name);
                let value = |column| at(column).and_then(|at| row.get(at).cloned());
                wanted.iter().map(|column| value(column).unwrap_or(RawBson::Null)).collect()
            }
        }
    }
}
