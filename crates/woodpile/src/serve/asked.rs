//! What `serve` is to do: flags beat the environment beats `woodpile.toml`.

use super::ServeArgs;
use crate::exit::usage;
use crate::run::capture::hostname;
use crate::settings::{ServeConfig, variable};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use woodpile_server::auth::Secret;
use woodpile_server::{DEFAULT_LISTEN, Settings, TlsFiles};

pub(super) fn server_settings(args: &ServeArgs, config: &ServeConfig) -> anyhow::Result<Settings> {
    let address = |flag: &Option<String>, name: &'static str, config: &Option<String>| {
        let text = flag.clone().or_else(|| variable(name)).or_else(|| config.clone());
        text.map(|text| parse_address(&text)).transpose()
    };
    let path = |flag: &Option<PathBuf>, name: &'static str, config: &Option<PathBuf>| {
        flag.clone().or_else(|| variable(name).map(PathBuf::from)).or_else(|| config.clone())
    };
    let listen = address(&args.listen, "WOODPILE_LISTEN", &config.listen)?;
    let certificate = path(&args.tls_cert, "WOODPILE_TLS_CERT", &config.tls_cert);
    let key = path(&args.tls_key, "WOODPILE_TLS_KEY", &config.tls_key);
    Ok(Settings {
        listen: listen.map_or_else(default_listen, Ok)?,
        tls: tls_files(certificate, key)?,
        token: secret("WOODPILE_TOKEN"),
        password: secret("WOODPILE_PASSWORD"),
        syslog: address(&args.syslog, "WOODPILE_SYSLOG", &config.syslog)?,
        syslog_tls: address(&args.syslog_tls, "WOODPILE_SYSLOG_TLS", &config.syslog_tls)?,
        follow: patterns(args, config),
        hostname: hostname(),
        ..Settings::default()
    })
}

fn secret(name: &'static str) -> Option<Secret> {
    variable(name).map(Secret::new)
}

/// Platforms say by `PORT` where their router looks for an app.
fn default_listen() -> anyhow::Result<SocketAddr> {
    let Some(text) = variable("PORT") else { return Ok(DEFAULT_LISTEN) };
    let port =
        text.parse().map_err(|_| usage(format!("PORT={text} is no port: expected 1 to 65535")))?;
    Ok(SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), port))
}

fn tls_files(
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
) -> anyhow::Result<Option<TlsFiles>> {
    match (certificate, key) {
        (Some(certificate), Some(key)) => Ok(Some(TlsFiles { certificate, key })),
        (None, None) => Ok(None),
        (Some(_), None) => Err(usage("a certificate needs its key: --tls-key FILE")),
        (None, Some(_)) => Err(usage("a key needs its certificate: --tls-cert FILE")),
    }
}

fn patterns(args: &ServeArgs, config: &ServeConfig) -> Vec<String> {
    if !args.follow.is_empty() {
        return args.follow.clone();
    }
    match variable("WOODPILE_FOLLOW") {
        Some(patterns) => patterns.split(',').map(|it| it.trim().to_owned()).collect(),
        None => config.follow.clone(),
    }
}

/// `127.0.0.1:8514`, `[::1]:8514`, `localhost:8514`; `8514` and `:8514` are a port of this machine.
fn parse_address(text: &str) -> anyhow::Result<SocketAddr> {
    let wrong = || {
        usage(format!(
            "{text:?} is no address to listen on: expected one such as 127.0.0.1:8514, 0.0.0.0:8514 or [::1]:8514"
        ))
    };
    if let Ok(port) = text.strip_prefix(':').unwrap_or(text).parse() {
        return Ok(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port));
    }
    let mut addresses = text.to_socket_addrs().map_err(|_| wrong())?;
    addresses.next().ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_people_write_them() {
        for (text, expected) in [
            ("8514", "127.0.0.1:8514"),
            (":8514", "127.0.0.1:8514"),
            ("0.0.0.0:80", "0.0.0.0:80"),
            ("[::1]:8514", "[::1]:8514"),
        ] {
            assert_eq!(parse_address(text).unwrap().to_string(), expected);
        }
        for text in ["", "nowhere", "127.0.0.1", "127.0.0.1:99999", "http://localhost:80"] {
            let error = parse_address(text).unwrap_err().to_string();
            assert!(error.contains("expected one such as"), "{text}: {error}");
        }
    }
}
