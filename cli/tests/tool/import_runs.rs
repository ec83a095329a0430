//! Runs of `contacts import`, with a folder and a tenant for each test.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Stdio,
};

use contacts_tests::{TestTenant, expect_str, service_url};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{io::AsyncWriteExt, process::Command};

/// A tenant, and files to import for it.
pub(crate) struct Import {
    pub(crate) tenant: TestTenant,
    url: String,
    pub(crate) token: String,
    folder: TempDir,
}

/// A finished import.
#[derive(Debug)]
pub(crate) struct FinishedImport {
    pub(crate) code: Option<i32>,
    /// Standard output parsed as JSON; null if it isn't JSON.
    pub(crate) summary: Value,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Import {
    pub(crate) async fn new() -> Self {
        let tenant = TestTenant::new().await;
        let token = tenant.token().to_owned();
        Self { tenant, url: service_url().to_owned(), token, folder: tempfile::tempdir().unwrap() }
    }

    /// Sets another URL of the service.
    pub(crate) fn at(self, url: impl Into<String>) -> Self {
        Self { url: url.into(), ..self }
    }

    /// Sets another token.
    pub(crate) fn with_token(self, token: impl Into<String>) -> Self {
        Self { token: token.into(), ..self }
    }

    /// Returns the path of a file in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub(crate) fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Builds the command `contacts import` with these arguments, in the folder.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(Path::new(env!("CARGO_BIN_EXE_contacts")));
        command.arg("import").args(arguments).current_dir(self.folder.path()).kill_on_drop(true);
        command.env("CONTACTS_URL", &self.url).env("CONTACTS_TOKEN", &self.token);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Builds a shell command in the folder; `$0` is the tool.
    pub(crate) fn shell(&self, script: &str) -> Command {
        let mut command = Command::new("bash");
        command.args(["-c", script, env!("CARGO_BIN_EXE_contacts")]).current_dir(self.folder.path());
        command.env("CONTACTS_URL", &self.url).env("CONTACTS_TOKEN", &self.token).kill_on_drop(true);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs the import with `--json`.
    pub(crate) async fn run(&self, arguments: &[&str]) -> FinishedImport {
        self.run_with(&[&["--json"], arguments].concat(), b"").await
    }

    /// Runs the import with this standard input.
    pub(crate) async fn run_with(&self, arguments: &[&str], input: &[u8]) -> FinishedImport {
        let mut process = self.command(arguments).spawn().unwrap();
        let mut stdin = process.stdin.take().unwrap();
        // Fails if the tool exits before it has read everything.
        let _ = stdin.write_all(input).await;
        drop(stdin);
        FinishedImport::new(process.wait_with_output().await.unwrap())
    }

    /// Counts the stored contacts by name.
    pub(crate) async fn names(&self) -> BTreeMap<String, usize> {
        let mut names = BTreeMap::new();
        for contact in self.tenant.table.contacts().await {
            *names.entry(expect_str(&contact["contact_name"]).to_owned()).or_default() += 1;
        }
        names
    }

    /// Asserts that the contacts of [`people`] are stored, each once.
    pub(crate) async fn assert_people(&self, count: usize) {
        let names = self.names().await;
        assert_eq!(names.len(), count);
        assert!(names.values().all(|times| *times == 1));
        assert!((0..count).all(|number| names.contains_key(&format!("Contact {number}"))));
    }
}

impl FinishedImport {
    pub(crate) fn new(output: std::process::Output) -> Self {
        let stdout = String::from_utf8(output.stdout).unwrap();
        Self {
            code: output.status.code(),
            summary: serde_json::from_str(&stdout).unwrap_or_default(),
            stdout,
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Asserts the exit code and the summary: the numbers of rows that were created, updated, rejected and not
    /// sent. None is unknown.
    #[track_caller]
    pub(crate) fn assert(&self, code: i32, [created, updated, rejected, not_sent]: [usize; 4]) {
        self.assert_counts(code, [created, updated, rejected, 0, not_sent]);
    }

    /// Asserts the exit code and the summary: the numbers of rows that were created, updated, rejected,
    /// unknown and not sent.
    #[track_caller]
    pub(crate) fn assert_counts(&self, code: i32, counts: [usize; 5]) {
        let names = ["created", "updated", "rejected", "unknown", "not_sent"];
        let expected: Vec<Value> = counts.into_iter().map(|count| json!(count)).collect();
        let found: Vec<Value> = names.map(|name| self.summary[name].clone()).into();
        assert_eq!((self.code, found), (Some(code), expected), "{self:?}");
        assert_eq!(self.summary["rows_read"], json!(counts.iter().sum::<usize>()), "{self:?}");
    }
}

/// Builds a CSV file of that many contacts.
pub(crate) fn people(count: usize) -> String {
    let row = |number| format!("ACME,Contact {number},067_{number}\n");
    format!("account_code,contact_name,contact_mobile_num\n{}", (0..count).map(row).collect::<String>())
}
