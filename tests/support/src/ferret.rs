use crate::{build, or_skip};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// Whom the engine lets in: one user, who belongs to one database.
#[derive(Debug, Clone, Copy)]
pub struct Login<'a> {
    /// The database that the user belongs to.
    pub database: &'a str,
    /// The user's name.
    pub user: &'a str,
    /// The password.
    pub password: &'a str,
}

/// A FerretDB process of the test's own, which may be frozen, killed and started again.
#[derive(Debug)]
pub struct Ferret {
    child: Child,
    address: String,
    arguments: Vec<String>,
    /// Its SQLite files, if they are to outlive a kill.
    _data: Option<TempDir>,
}

impl Ferret {
    /// Starts an engine that keeps its data on disk and lets everyone in. `None` means: skip the test.
    ///
    /// # Panics
    /// Under `CI=true`, if it cannot be started.
    pub fn start() -> Option<Self> {
        or_skip(Self::on_disk(None))
    }

    /// Starts an engine that lets one user in, by SCRAM. `None` means: skip the test.
    ///
    /// # Panics
    /// Under `CI=true`, if it cannot be started.
    pub fn start_with(login: Login<'_>) -> Option<Self> {
        or_skip(Self::on_disk(Some(login)))
    }

    /// Starts an engine whose data vanish with it.
    pub(crate) fn fleeting() -> Result<Self, String> {
        Self::spawn("127.0.0.1:0", Vec::new(), None)
    }

    fn on_disk(login: Option<Login<'_>>) -> Result<Self, String> {
        let data = TempDir::with_prefix("woodpile-ferretdb-").map_err(|error| error.to_string())?;
        let mut arguments = vec!["-data".to_owned(), format!("{}/", data.path().display())];
        if let Some(login) = login {
            for (flag, value) in [
                ("-database", login.database),
                ("-user", login.user),
                ("-password", login.password),
            ] {
                arguments.extend([flag.to_owned(), value.to_owned()]);
            }
        }
        Self::spawn("127.0.0.1:0", arguments, Some(data))
    }

    fn spawn(listen: &str, arguments: Vec<String>, data: Option<TempDir>) -> Result<Self, String> {
        let (child, address) = launch(listen, &arguments)?;
        Ok(Self { child, address, arguments, _data: data })
    }

    /// `host:port`, which stays the same after a restart.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The URI, without a database, user or options.
    pub fn uri(&self) -> String {
        format!("mongodb://{}/", self.address)
    }

    /// Stops the process without ending it: connections stay open and nobody answers.
    ///
    /// # Panics
    /// If the signal cannot be sent.
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    /// Lets a frozen process go on.
    ///
    /// # Panics
    /// If the signal cannot be sent.
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    /// Ends the process as a power failure would; connections break, new ones are refused.
    ///
    /// # Panics
    /// If it cannot be killed.
    #[expect(clippy::expect_used, reason = "fails the test that asked")]
    pub fn kill(&mut self) {
        self.child.kill().expect("the engine is killed");
        self.child.wait().expect("the engine ends");
    }

    /// Starts a killed process again, on the same address and data.
    ///
    /// # Panics
    /// If it does not start.
    #[expect(clippy::expect_used, reason = "fails the test that asked")]
    pub fn restart(&mut self) {
        let (child, address) =
            launch(&self.address, &self.arguments).expect("the engine starts again");
        assert_eq!(address, self.address);
        self.child = child;
    }

    #[expect(clippy::expect_used, reason = "fails the test that asked")]
    fn signal(&self, name: &str) {
        // The shell has `kill` built in, also where no such program is installed.
        let status = Command::new("sh")
            .args(["-c", "kill -s \"$0\" \"$1\"", name, &self.child.id().to_string()])
            .status()
            .expect("sh runs");
        assert!(status.success(), "SIG{name} reaches the engine");
    }
}

impl Drop for Ferret {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts the process and waits for the line that names its address.
fn launch(listen: &str, arguments: &[String]) -> Result<(Child, String), String> {
    let mut child = Command::new(build::executable()?)
        .args(["-listen", listen])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot run the engine: {error}"))?;
    let mut address = String::new();
    if let Some(output) = child.stdout.take() {
        BufReader::new(output).read_line(&mut address).map_err(|error| error.to_string())?;
    }
    if address.trim().is_empty() {
        let _ = child.kill();
        let _ = child.wait();
        return Err(format!("the engine did not listen on {listen}"));
    }
    Ok((child, address.trim().to_owned()))
}
