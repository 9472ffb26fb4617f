use super::limits::{CONNECT_TIMEOUT, READ_TIMEOUT, SERVER_SELECTION_TIMEOUT, WRITE_TIMEOUT};
use crate::StoreError;
use crate::location::without_secrets;
use mongodb::options::{
    Acknowledgment, ClientOptions, ConnectionString, HostInfo, ServerAddress, WriteConcern,
};
use std::time::Duration;

/// The database where a URI names none.
const DEFAULT_DATABASE: &str = "logs";

/// MongoDB's limit.
const MAX_DATABASE_BYTES: usize = 63;

/// What the server's own log calls this client.
const APP_NAME: &str = "woodpile";

/// What a URI says: where the database is, and how long to wait for it.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) uri: ConnectionString,
    pub(super) database: String,
    /// The URI without its secrets.
    pub(super) location: String,
    /// The servers' addresses, or the name whose SRV record lists them.
    pub(super) hosts: String,
    /// `user of database name`, where the URI has a user.
    pub(super) user: Option<String>,
    /// How long a write may take.
    pub(super) write_timeout: Duration,
    /// How long one portion of a read may take.
    pub(super) read_timeout: Duration,
}

impl Target {
    /// Reads a URI without asking the network.
    pub(super) fn parse(uri: &str) -> Result<Self, StoreError> {
        let location = without_secrets(uri);
        let wrong = |reason: String| StoreError::Failed { location: location.clone(), reason };
        if user_info_is_not_encoded(uri) {
            return Err(wrong(
                "the user name or password holds a character that must be percent-encoded: \
                 write %40 for @, %3A for :, %2F for /, %3F for ?, %23 for #, %25 for %"
                    .to_owned(),
            ));
        }
        let mut parsed = ConnectionString::parse(uri)
            .map_err(|error| wrong(format!("the URI is wrong: {}", super::error::text(&error))))?;
        let database = parsed.default_database.as_deref().unwrap_or(DEFAULT_DATABASE).to_owned();
        if database.contains('.') || database.len() > MAX_DATABASE_BYTES {
            return Err(wrong(format!(
                "the database name {database:?} has a dot, or more than {MAX_DATABASE_BYTES} bytes"
            )));
        }
        // The driver refuses this option; here it bounds each operation.
        #[expect(deprecated, reason = "the driver leaves it to its callers")]
        let bound = parsed.socket_timeout.take().filter(|bound| !bound.is_zero());
        Ok(Self {
            database,
            hosts: hosts(&parsed.host_info),
            user: user(&parsed),
            write_timeout: bound.unwrap_or(WRITE_TIMEOUT),
            read_timeout: bound.unwrap_or(READ_TIMEOUT),
            uri: parsed,
            location,
        })
    }

    /// How long the DNS records of a `mongodb+srv` URI may take.
    pub(super) fn lookup_timeout(&self) -> Duration {
        self.uri.connect_timeout.unwrap_or(CONNECT_TIMEOUT)
    }
}

/// Sets what the URI leaves open.
pub(super) fn tuned(mut options: ClientOptions) -> ClientOptions {
    options.app_name.get_or_insert_with(|| APP_NAME.to_owned());
    options.server_selection_timeout.get_or_insert(SERVER_SELECTION_TIMEOUT);
    options.connect_timeout.get_or_insert(CONNECT_TIMEOUT);
    options.write_concern = Some(durable(options.write_concern.take()));
    // A secondary may not have yet what was acknowledged.
    options.selection_criteria = None;
    options
}

/// Acknowledged by a majority and in their journals; a URI may ask for more, not for less.
fn durable(asked: Option<WriteConcern>) -> WriteConcern {
    let mut concern = asked.unwrap_or_default();
    if !matches!(concern.w, Some(Acknowledgment::Nodes(2..) | Acknowledgment::Custom(_))) {
        concern.w = Some(Acknowledgment::Majority);
    }
    concern.journal = Some(true);
    concern
}

fn hosts(info: &HostInfo) -> String {
    match info {
        HostInfo::HostIdentifiers(hosts) => {
            hosts.iter().map(ServerAddress::to_string).collect::<Vec<_>>().join(", ")
        }
        HostInfo::DnsRecord(name) => name.clone(),
        _ => String::new(),
    }
}

fn user(uri: &ConnectionString) -> Option<String> {
    let credential = uri.credential.as_ref()?;
    let name = credential.username.as_ref()?;
    let source =
        credential.source.as_deref().or(uri.default_database.as_deref()).unwrap_or("admin");
    Some(format!("user {name} of database {source}"))
}

/// Whether the user name or password holds a sign that means something in a URI. The driver's own message
/// would repeat parts of the password.
fn user_info_is_not_encoded(uri: &str) -> bool {
    let rest = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, beyond) = rest.split_at(end);
    let path = beyond.split('?').next().unwrap_or_default();
    match authority.rsplit_once('@') {
        Some((user_info, _)) => {
            path.contains('@')
                || user_info.contains(['@', '[', ']'])
                || user_info.matches(':').count() > 1
        }
        // An `@` that comes late belongs to an option, or the password ended too early.
        None => beyond.contains('@') && !authority.split(',').all(is_host),
    }
}

fn is_host(text: &str) -> bool {
    let port = text.rsplit_once(':').map_or("", |(_, port)| port);
    text.ends_with(']') || port.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_names_the_database() {
        for (uri, database) in [
            ("mongodb://h", "logs"),
            ("mongodb://h/", "logs"),
            ("mongodb://h/?retryWrites=true", "logs"),
            ("mongodb://h:1,[::1]:2/shop?appName=me@home", "shop"),
            ("mongodb://u:p@h:1/shop?appName=me@home", "shop"),
            ("mongodb://u:p@h1,h2:2/shop?replicaSet=rs", "shop"),
            ("mongodb+srv://u:p@c.example.net/caf%C3%A9", "café"),
        ] {
            assert_eq!(Target::parse(uri).unwrap().database, database, "{uri}");
        }
    }

    #[test]
    fn the_user_belongs_to_the_path_or_to_auth_source() {
        for (uri, user) in [
            ("mongodb://h/shop", None),
            ("mongodb://u:p@h/shop", Some("user u of database shop")),
            ("mongodb://u:p@h/shop?authSource=admin", Some("user u of database admin")),
            ("mongodb://a%40b:p%2Fw@h", Some("user a@b of database admin")),
        ] {
            assert_eq!(Target::parse(uri).unwrap().user.as_deref(), user, "{uri}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_and_no_secret_shown() {
        for (uri, named) in [
            ("mongodb://", "host"),
            ("mongodb://u:se@cret@h/db", "percent-encoded"),
            ("mongodb://u:se?cret@h/db", "percent-encoded"),
            ("mongodb://u:se/cret@h/db", "percent-encoded"),
            ("mongodb://u:se:cret@h/db", "percent-encoded"),
            ("mongodb://u:s@e/cret@h/db", "percent-encoded"),
            ("mongodb://u:secret@h:99999/db", "99999"),
            ("mongodb://u:secret@h/db?w=majority&w=1", "repeated"),
            ("mongodb://u:secret@h/db?retryWrites=perhaps", "retrywrites"),
            ("mongodb://u:secret@h/db?tls", "key=value"),
            ("mongodb+srv://u:secret@h.example.net:27017/db", "port"),
            ("mongodb://u:secret@h/a.b", "database name"),
        ] {
            let message = Target::parse(uri).unwrap_err().to_string();
            assert!(message.to_lowercase().contains(named), "{uri}: {message}");
            assert!(!message.contains("cret"), "{uri}: {message}");
        }
    }

    #[test]
    fn a_write_is_durable_whatever_the_uri_says() {
        use Acknowledgment::{Custom, Majority, Nodes};
        for (asked, expected) in [
            ("", Majority),
            ("w=1", Majority),
            ("w=0", Majority),
            ("w=majority&journal=false", Majority),
            ("w=3", Nodes(3)),
            ("w=everywhere", Custom("everywhere".to_owned())),
        ] {
            let uri = ConnectionString::parse(format!("mongodb://h/?{asked}")).unwrap();
            let concern = durable(uri.write_concern);
            assert_eq!((concern.w, concern.journal), (Some(expected), Some(true)), "{asked}");
        }
    }
}
