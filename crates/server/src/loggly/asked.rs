//! The parameters that most calls have: `q`, `from`, `until`, `size` and `order`. Others are overlooked, as clients send
//! some that mean nothing.

use crate::clock;
use crate::error::ApiError;
use crate::read::Asked;
use axum::extract::{FromRequestParts, Query};
use http::request::Parts;
use jiff::Zoned;
use jiff::tz::TimeZone;
use woodpile_query::Moment;
use woodpile_store::Order;

const USUAL_FROM: &str = "-24h";
const USUAL_UNTIL: &str = "now";

/// What a request says.
#[derive(Debug, Clone)]
pub(crate) struct Given(Vec<(String, String)>);

impl<S: Sync> FromRequestParts<S> for Given {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let pairs = Query::try_from_uri(&parts.uri).map_err(|error| {
            ApiError::bad_request(error.to_string(), "percent-encode what is no letter or digit")
        });
        pairs.map(|Query(pairs)| Self(pairs))
    }
}

impl Given {
    /// The parameter of this name; one that is empty is as good as none.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut found = self.0.iter().filter(|(own, value)| own == name && !value.is_empty());
        found.next().map(|(_, value)| value.as_str())
    }

    /// One that there must be.
    pub(super) fn need(&self, name: &str) -> Result<&str, ApiError> {
        self.get(name).ok_or_else(|| {
            ApiError::bad_request(format!("{name} is missing"), format!("give {name}=…"))
        })
    }

    /// A number of at most this.
    pub(super) fn number(&self, name: &str, usual: usize, most: usize) -> Result<usize, ApiError> {
        let Some(text) = self.get(name) else { return Ok(usual) };
        text.parse().ok().filter(|number| *number <= most).ok_or_else(|| {
            let hint = format!("expected a number of at most {most}");
            ApiError::bad_request(format!("{name}={text} is wrong"), hint)
        })
    }
}

/// Which events, by absolute times: the same however often it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) query: String,
    /// Milliseconds since 1970.
    pub(super) since: i64,
    /// The first that is too late.
    pub(super) until: i64,
    pub(super) is_ascending: bool,
}

impl Wanted {
    /// Of what a request says, where `q` need not be given.
    pub(super) fn of(given: &Given) -> Result<Self, ApiError> {
        let now = clock::now().to_zoned(TimeZone::UTC);
        let since = time("from", given.get("from").unwrap_or(USUAL_FROM), &now)?;
        let until = time("until", given.get("until").unwrap_or(USUAL_UNTIL), &now)?;
        if since >= until {
            let hint = "no time is left between them";
            return Err(ApiError::bad_request("from is not before until", hint));
        }
        let is_ascending = match given.get("order") {
            None | Some("desc") => false,
            Some("asc") => true,
            Some(other) => {
                let error = format!("order={other} is wrong");
                return Err(ApiError::bad_request(error, "expected asc or desc"));
            }
        };
        let query = given.get("q").unwrap_or("*").to_owned();
        Ok(Self { query, since, until, is_ascending })
    }

    pub(super) fn order(&self) -> Order {
        if self.is_ascending { Order::OldestFirst } else { Order::NewestFirst }
    }

    /// As a search is asked.
    pub(super) fn asked(&self) -> Result<Asked, ApiError> {
        Asked::between(&self.query, self.since, self.until)?.without_pipes()
    }
}

fn time(name: &str, text: &str, now: &Zoned) -> Result<i64, ApiError> {
    let moment = Moment::parse(&ours(text)).ok_or_else(|| {
        let hint = "expected a time such as -24h, now, 2026-11-22T07:30:00Z";
        ApiError::bad_request(format!("{name}={text} is wrong"), hint)
    })?;
    Ok(moment.period(now).start)
}

/// `-1D`, `NOW-1DAY` and the like as our language has them.
fn ours(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let ago = lower.strip_prefix("now").unwrap_or(&lower);
    let Some(ago) = ago.strip_prefix('-') else {
        return if lower == "now" { lower } else { text.to_owned() };
    };
    let digits = ago.bytes().take_while(u8::is_ascii_digit).count();
    let (count, unit) = ago.split_at(digits);
    let unit = match unit.trim_end_matches('s') {
        "second" | "sec" | "" => "s",
        "minute" | "min" => "m",
        "hour" => "h",
        "day" => "d",
        "week" => "w",
        "month" => "mo",
        "year" => "y",
        other => other,
    };
    format!("-{count}{unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_taken_as_clients_write_them() {
        for (text, expected) in [
            ("-10m", "-10m"),
            ("-24h", "-24h"),
            ("-1D", "-1d"),
            ("NOW-1DAY", "-1d"),
            ("now-2hours", "-2h"),
            ("-30s", "-30s"),
            ("NOW", "now"),
            ("2026-11-22T07:30:00Z", "2026-11-22T07:30:00Z"),
        ] {
            assert_eq!(ours(text), expected, "{text}");
            assert!(Moment::parse(&ours(text)).is_some(), "{text}");
        }
    }
}
