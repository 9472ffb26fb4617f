//! Which values a field has, of all that matches.

use crate::error::SearchError;
use crate::question::Question;
use crate::search::Search;
use crate::tally::Tally;
use jiff::tz::TimeZone;
use woodpile_query::{Aggregation, Column, Function, Pipe, Pipeline, Rows, Stats, Table, Top};
use woodpile_store::Finding;

/// The values of a field.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldValues {
    /// How many records match.
    pub records: u64,
    /// How many of them have the field.
    pub with_field: u64,
    /// How many values differ; about, where they are many.
    pub distinct: u64,
    /// The most frequent values, each with its count: `top`'s rows. `None` where too many values differ for them to be
    /// counted one by one.
    pub top: Option<Table>,
    /// What could not be read, and was passed over.
    pub damage: Vec<Finding>,
    /// What was looked at.
    pub tally: Tally,
}

impl Search {
    /// The values that a field, by its path or a short name, has in the records that match, and how often: at most so
    /// many, the most frequent.
    ///
    /// # Errors
    /// The store fails, or the question's watch ends it.
    pub fn field_values(
        &self,
        question: &Question,
        collections: &[String],
        field: &str,
        most: u64,
    ) -> Result<FieldValues, SearchError> {
        let column = Column::new(field);
        let how_many = Pipe::Stats(Stats { aggregations: aggregations(&column), by: Vec::new() });
        let counted = self.work(question, collections, pipeline(how_many))?;
        let [records, with_field, distinct] = numbers(&counted.rows);
        let (mut damage, mut tally) = (counted.damage, counted.tally);
        let top = pipeline(Pipe::Top(Top { limit: most, columns: vec![column] }));
        let top = match self.work(question, collections, top) {
            Err(SearchError::Rows(_)) => None,
            worked => {
                let worked = worked?;
                tally += worked.tally;
                damage = worked.damage;
                table(worked.rows)
            }
        };
        Ok(FieldValues { records, with_field, distinct, top, damage, tally })
    }
}

fn pipeline(pipe: Pipe) -> Pipeline {
    Pipeline::new(&[pipe], &TimeZone::UTC)
}

fn aggregations(column: &Column) -> Vec<Aggregation> {
    let of_field = |function| Aggregation { function, field: Some(column.clone()), alias: None };
    vec![Aggregation::count(), of_field(Function::Count), of_field(Function::Uniq)]
}

fn table(rows: Rows) -> Option<Table> {
    match rows {
        Rows::Table(table) => Some(table),
        Rows::Records(_) => None,
    }
}

/// The numbers of the only row.
fn numbers(rows: &Rows) -> [u64; 3] {
    let Rows::Table(table) = rows else { return [0; 3] };
    let row = table.rows.first();
    [0, 1, 2].map(|at| row.and_then(|row| row.get(at)).map_or(0, crate::histogram::count))
}
