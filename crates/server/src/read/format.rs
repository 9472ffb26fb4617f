use http::{HeaderMap, header};
use std::str::FromStr as _;
use woodpile_present::{Form, csv, json};
use woodpile_record::{RawBsonRef, RawDocument, View, json as extended};

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// One JSON object a line.
    Json,
    /// The same, in which rows that pipes made have their values in extended JSON.
    Extended,
    Csv,
    /// The messages alone.
    Raw,
}

impl Format {
    /// The one that the request prefers of those that there are; JSON where it takes anything.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let accepted =
            headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let mut preferred: Option<(f32, Self)> = None;
        for range in accepted.flat_map(|value| value.split(',')) {
            if let Some((weight, format)) = of_range(range)
                && preferred.is_none_or(|(most, _)| weight > most)
            {
                preferred = Some((weight, format));
            }
        }
        preferred.map_or(Self::Json, |(_, format)| format)
    }

    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Json | Self::Extended => "application/x-ndjson",
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Raw => "text/plain; charset=utf-8",
        }
    }

    /// Whether lines may say something else than records.
    pub(crate) fn is_json(self) -> bool {
        matches!(self, Self::Json | Self::Extended)
    }

    /// What stands before all records, or before rows of columns.
    pub(crate) fn header(self, columns: Option<&[String]>, out: &mut String) {
        match (self, columns) {
            (Self::Csv, None) => out.push_str(csv::HEADER),
            (Self::Csv, Some(columns)) => csv::line(&Form::PLAIN, columns.iter().cloned(), out),
            _ => {}
        }
    }

    /// Appends a record, with its line ends.
    pub(crate) fn record(
        self,
        form: &Form,
        collection: &str,
        record: &RawDocument,
        out: &mut String,
    ) {
        match self {
            Self::Json | Self::Extended => json::write(form, collection, record, out),
            Self::Csv => csv::write(form, collection, record, out),
            Self::Raw => {
                out.push_str(View::of(record).message().unwrap_or_default());
                out.push('\n');
            }
        }
    }

    /// Appends a row of columns.
    pub(crate) fn row<'v>(
        self,
        form: &Form,
        columns: &[String],
        values: impl Iterator<Item = RawBsonRef<'v>>,
        out: &mut String,
    ) {
        match self {
            Self::Json => json::row(form, columns, values, out),
            Self::Extended => extended_row(columns, values, out),
            Self::Csv => csv::line(form, values.map(|value| form.cell(value).into_owned()), out),
            Self::Raw => {
                let cells: Vec<_> = values.map(|value| form.cell(value)).collect();
                out.push_str(&cells.join("\t"));
                out.push('\n');
            }
        }
    }
}

fn extended_row<'v>(
    columns: &[String],
    values: impl Iterator<Item = RawBsonRef<'v>>,
    out: &mut String,
) {
    out.push('{');
    for (index, (name, value)) in columns.iter().zip(values).enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.push_str(&serde_json::Value::from(name.as_str()).to_string());
        out.push(':');
        extended::write_value(value, out);
    }
    out.push_str("}\n");
}

/// What a media range asks for, and how much (<https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1>).
fn of_range(range: &str) -> Option<(f32, Format)> {
    let mut parts = range.split(';').map(str::trim);
    let format = match parts.next()?.to_ascii_lowercase().as_str() {
        "*/*"
        | "application/*"
        | "application/x-ndjson"
        | "application/json"
        | "application/jsonl" => Format::Json,
        "text/csv" => Format::Csv,
        "text/plain" | "text/*" => Format::Raw,
        _ => return None,
    };
    let weight = parts.find_map(|part| part.strip_prefix("q="));
    let weight = weight.map_or(Some(1.0), |weight| f32::from_str(weight).ok())?;
    (weight > 0.0).then_some((weight, format))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[track_caller]
    fn check(accept: &'static str, expected: Format) {
        let headers = [(header::ACCEPT, HeaderValue::from_static(accept))].into_iter().collect();
        assert_eq!(Format::of(&headers), expected, "{accept}");
    }

    #[test]
    fn the_request_chooses() {
        check("*/*", Format::Json);
        check("text/csv", Format::Csv);
        check("text/plain", Format::Raw);
        check("application/x-ndjson, text/csv;q=0.5", Format::Json);
        check("text/csv;q=0.5, text/plain;q=0.8, */*;q=0.1", Format::Raw);
        check("text/html, image/png", Format::Json);
        check("text/csv;q=0, */*", Format::Json);
        check("text/csv;q=x", Format::Json);
        assert_eq!(Format::of(&HeaderMap::new()), Format::Json);
    }
}
