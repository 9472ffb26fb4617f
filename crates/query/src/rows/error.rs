use std::fmt;

/// The most bytes that the rows of a query's pipes may take while they are worked on, about.
pub const MAX_ROWS_BYTES: usize = 64 * 1024 * 1024;

/// A pipe holds more than it may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TooManyRows {
    /// The pipe's name, `stats`.
    pub pipe: &'static str,
    /// The columns that its rows differ in.
    pub columns: Vec<String>,
    /// How many rows it holds.
    pub rows: usize,
    /// How many bytes it may hold.
    pub max_bytes: usize,
}

impl fmt::Display for TooManyRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pipe, columns, rows, max_bytes } = self;
        let mib = max_bytes / (1024 * 1024);
        write!(f, "`{pipe}` holds {rows} rows, more than fit into {mib} MiB; ")?;
        match *pipe {
            "sort" => write!(f, "put `| limit 1000` behind it, ")?,
            "limit" | "fields" => write!(f, "ask for fewer rows, ")?,
            _ => write!(f, "there are too many values of {}: ", quoted(columns))?,
        }
        write!(f, "search a shorter time, or add words or fields to the filter")
    }
}

fn quoted(columns: &[String]) -> String {
    let names: Vec<_> = columns.iter().map(|column| format!("`{column}`")).collect();
    names.join(", ")
}

impl std::error::Error for TooManyRows {}
