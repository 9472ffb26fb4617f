//! What a request shows to say who sends it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::request::Parts;
use http::{HeaderMap, header};
use std::borrow::Cow;

/// The session's cookie.
pub(crate) const SESSION_COOKIE: &str = "woodpile_session";

/// Paths that begin so have the token behind it, as Loggly's clients send it.
const TOKEN_PATHS: [&str; 2] = ["/inputs/", "/bulk/"];

/// A secret, and where it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shown<'r> {
    /// In the `Authorization` header, or in the path.
    Token(Cow<'r, str>),
    /// In the cookie of the page.
    Session(&'r str),
    /// There is an `Authorization` header, but none that is understood.
    Unreadable,
    Nothing,
}

/// The secret that the request shows.
pub(crate) fn shown(request: &Parts) -> Shown<'_> {
    if let Some(value) = request.headers.get(header::AUTHORIZATION) {
        let token = value.to_str().ok().and_then(of_authorization);
        return token.map_or(Shown::Unreadable, Shown::Token);
    }
    if let Some(token) = of_path(request.uri.path()) {
        return Shown::Token(token.into());
    }
    of_cookies(&request.headers).map_or(Shown::Nothing, Shown::Session)
}

/// `Bearer TOKEN`; `Basic` with the token as password, whatever the user, or as the user without a password;
/// `ApiKey` as Elasticsearch's clients send it, `base64(ID:KEY)`.
fn of_authorization(value: &str) -> Option<Cow<'_, str>> {
    let (scheme, rest) = value.trim().split_once(' ')?;
    let rest = rest.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(rest.into());
    }
    if !scheme.eq_ignore_ascii_case("basic") && !scheme.eq_ignore_ascii_case("apikey") {
        return None;
    }
    let pair = String::from_utf8(STANDARD.decode(rest).ok()?).ok()?;
    let (user, password) = pair.split_once(':')?;
    let token = if password.is_empty() { user } else { password };
    Some(token.to_owned().into())
}

fn of_path(path: &str) -> Option<&str> {
    let rest = TOKEN_PATHS.iter().find_map(|prefix| path.strip_prefix(prefix))?;
    rest.split('/').next().filter(|token| !token.is_empty())
}

fn of_cookies(headers: &HeaderMap) -> Option<&str> {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut cookies = values.flat_map(|value| value.split(';'));
    cookies.find_map(|cookie| cookie.trim().strip_prefix(SESSION_COOKIE)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    #[track_caller]
    fn check(path: &str, name: &str, value: &str, expected: &Shown<'_>) {
        let request = Request::get(path).header(name, value).body(()).unwrap();
        assert_eq!(&shown(&request.into_parts().0), expected, "{path} {name}: {value}");
    }

    #[test]
    fn a_token_is_found_wherever_clients_put_it() {
        let token = Shown::Token("secret".into());
        check("/", "authorization", "Bearer secret", &token);
        check("/", "authorization", "bearer  secret", &token);
        // user:secret, :secret, secret:
        check("/", "authorization", "Basic dXNlcjpzZWNyZXQ=", &token);
        check("/", "authorization", "Basic OnNlY3JldA==", &token);
        check("/", "authorization", "Basic c2VjcmV0Og==", &token);
        check("/", "authorization", "ApiKey dXNlcjpzZWNyZXQ=", &token);
        check("/inputs/secret", "x", "", &token);
        check("/inputs/secret/tag/a,b/", "x", "", &token);
        check("/bulk/secret/tag/a", "x", "", &token);
        check("/", "cookie", "a=b; woodpile_session=s; c=d", &Shown::Session("s"));
    }

    #[test]
    fn what_is_no_token_is_none() {
        check("/", "authorization", "Basic !!!", &Shown::Unreadable);
        check("/", "authorization", "Digest a", &Shown::Unreadable);
        check("/inputs/", "x", "", &Shown::Nothing);
        check("/", "cookie", "other_woodpile_session=s", &Shown::Nothing);
    }
}
