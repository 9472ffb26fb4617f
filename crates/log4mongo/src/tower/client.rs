use http::HeaderMap;
use std::net::{IpAddr, SocketAddr};

const FORWARDED_FOR: &str = "x-forwarded-for";

/// Whose address an access record shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ClientAddr {
    /// The address that the connection comes from. What `X-Forwarded-For` claims is kept beside it as the
    /// field `fwd`: anyone can send that header.
    #[default]
    Peer,
    /// The address in `X-Forwarded-For` that the outermost of this many trusted proxies saw. Each proxy adds
    /// the address it was called from at the end: on Heroku and most platforms there is 1.
    Behind {
        /// How many proxies stand between the client and this server.
        proxies: usize,
    },
}

/// What is known of who called.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Client {
    pub(crate) address: Option<String>,
    /// What the header claims, where that is not trusted.
    pub(crate) claimed: Option<String>,
}

impl ClientAddr {
    pub(crate) fn of(self, headers: &HeaderMap, peer: Option<SocketAddr>) -> Client {
        let forwarded = forwarded_for(headers);
        let peer = peer.map(|peer| peer.ip().to_canonical().to_string());
        match self {
            Self::Behind { proxies } => {
                let seen = proxies.checked_sub(1).and_then(|nth| forwarded.iter().rev().nth(nth));
                let address = seen.and_then(|text| without_port(text)).or(peer);
                Client { address, claimed: None }
            }
            Self::Peer => {
                let claimed = (!forwarded.is_empty()).then(|| forwarded.join(", "));
                Client { address: peer, claimed }
            }
        }
    }
}

/// All that the headers of that name list, from the client's side to ours.
fn forwarded_for(headers: &HeaderMap) -> Vec<&str> {
    let values = headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim).filter(|s| !s.is_empty()).collect()
}

/// Some proxies add the port. What is no address is no address.
fn without_port(text: &str) -> Option<String> {
    let address =
        text.parse::<IpAddr>().or_else(|_| text.parse().map(|with: SocketAddr| with.ip()));
    address.ok().map(|address| address.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(policy: ClientAddr, forwarded: &[&str], address: &str, claimed: Option<&str>) {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, value.parse().unwrap());
        }
        let expected =
            Client { address: Some(address.to_owned()), claimed: claimed.map(str::to_owned) };
        let peer = "10.0.0.1:4711".parse().unwrap();
        assert_eq!(policy.of(&headers, Some(peer)), expected, "{policy:?} {forwarded:?}");
    }

    #[test]
    fn a_header_counts_only_as_far_as_proxies_are_trusted() {
        let behind = |proxies| ClientAddr::Behind { proxies };
        check(ClientAddr::Peer, &[], "10.0.0.1", None);
        check(ClientAddr::Peer, &["1.1.1.1"], "10.0.0.1", Some("1.1.1.1"));
        check(behind(1), &["6.6.6.6, 2.2.2.2"], "2.2.2.2", None);
        check(behind(1), &["6.6.6.6", "2.2.2.2:99"], "2.2.2.2", None);
        check(behind(2), &["6.6.6.6, 2.2.2.2, 10.9.9.9"], "2.2.2.2", None);
        check(behind(1), &["<script>"], "10.0.0.1", None);
        check(behind(1), &[], "10.0.0.1", None);
        check(behind(0), &["6.6.6.6"], "10.0.0.1", None);
        check(behind(1), &["[2001:db8::1]:443"], "2001:db8::1", None);
    }
}
