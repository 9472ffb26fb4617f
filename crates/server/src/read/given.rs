use crate::error::ApiError;
use crate::http::Params;
use axum::extract::FromRequestParts;
use http::request::Parts;
use std::ops::RangeInclusive;

/// The parameters of a request, from which a handler takes what it knows; what is left then is an error.
#[derive(Debug)]
pub(crate) struct Given(Vec<(String, String)>);

impl<S: Sync> FromRequestParts<S> for Given {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        Params::from_request_parts(parts, state).await.map(|Params(pairs)| Self(pairs))
    }
}

impl Given {
    /// The parameter of this name; one that is empty is as good as none.
    pub(crate) fn take(&mut self, name: &str) -> Result<Option<String>, ApiError> {
        let Some(at) = self.0.iter().position(|(own, _)| own == name) else { return Ok(None) };
        let (_, value) = self.0.swap_remove(at);
        if self.0.iter().any(|(own, _)| own == name) {
            let error = format!("there are several {name}=");
            return Err(ApiError::bad_request(error, "give each parameter once"));
        }
        Ok(Some(value).filter(|value| !value.is_empty()))
    }

    /// A number within these bounds.
    pub(crate) fn number(
        &mut self,
        name: &str,
        bounds: RangeInclusive<u64>,
    ) -> Result<Option<u64>, ApiError> {
        let Some(text) = self.take(name)? else { return Ok(None) };
        let number = text.parse().ok().filter(|number| bounds.contains(number));
        number.map(Some).ok_or_else(|| {
            let (least, most) = (bounds.start(), bounds.end());
            wrong(name, &text, &format!("a number from {least} to {most}"))
        })
    }

    /// `true` or `false`; without it `false`.
    pub(crate) fn flag(&mut self, name: &str) -> Result<bool, ApiError> {
        match self.take(name)?.as_deref() {
            None | Some("false" | "0") => Ok(false),
            Some("true" | "1") => Ok(true),
            Some(other) => Err(wrong(name, other, "true or false")),
        }
    }

    /// Nothing is left.
    pub(crate) fn end(&self) -> Result<(), ApiError> {
        match self.0.first() {
            None => Ok(()),
            Some((name, _)) => Err(ApiError::bad_request(
                format!("there is no parameter {name:?} here"),
                "API.md lists what each path takes; `&`, `+`, `%` and blanks in a value are percent-encoded",
            )),
        }
    }
}

/// What a parameter is not.
pub(crate) fn wrong(name: &str, found: &str, expected: &str) -> ApiError {
    ApiError::bad_request(format!("{name}={found} is wrong"), format!("expected {expected}"))
}
