//! The stack that the tests call: one that runs already, or else one that they start themselves.
//!
//! The first of these is used:
//!
//! | stack | its environment is in |
//! | --- | --- |
//! | the one that runs the tests (`make test`) | the environment of the process |
//! | `make test-stack` in another terminal | `.local/stack.env` |
//! | `make run` in another terminal | `.local/demo.env` |
//! | a new one | the output of `make test-stack` |
//!
//! A file in `.local` that is left from a stack that has ended is ignored: a stack counts as running if its API
//! accepts the token in the file. A new stack serves the tests of one process. It ends with that process,
//! however the process ends, because its standard input does. `make` installs what it needs, at the pinned
//! version. If it can't be started, the tests that call it fail.
//!
//! With a stack running in another terminal, a test runs by its name in seconds:
//!
//! ```sh
//! cargo test --test service link_id_is_case_insensitive
//! ```
//!
//! The functions of `make run` emit no metrics and no traces, so the few tests that read the log or the traces fail on it
//! and say that they need `make test-stack`.

use std::{
    collections::HashMap,
    env, fs,
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, Stdio},
    sync::OnceLock,
    thread,
    time::Duration,
};

use aws_sdk_dynamodb::Client;
use fixture::{WORKSPACE, without_cargo_environment};
use reqwest::StatusCode;
use tokio::runtime;

/// The files in which a running stack leaves its environment, by precedence.
const ENVIRONMENT_FILES: [&str; 2] = [".local/stack.env", ".local/demo.env"];

/// How long a stack that runs in another terminal may take to answer. It may be busy with other requests.
const PROBE_TIMEOUT: Duration = Duration::from_mins(1);

/// The last line that `tests/stack` prints.
const READY: &str = "ready";

/// A running stack.
pub(crate) struct Stack {
    variables: HashMap<String, String>,
    /// The process of a stack that this process has started. Its standard input stays open until this process
    /// ends.
    _process: Option<Child>,
}

impl Stack {
    /// Returns the stack of this process, which is the same for all tests. Starts one if none runs.
    pub(crate) fn get() -> &'static Self {
        static STACK: OnceLock<Result<Stack, String>> = OnceLock::new();
        let stack = STACK.get_or_init(|| {
            Self::of_environment().unwrap_or_else(|| Self::of_file().map_or_else(Self::start, Ok))
        });
        stack.as_ref().unwrap_or_else(|error| panic!("{error}"))
    }

    /// The URL of the API, without a path.
    pub(crate) fn url(&self) -> &str {
        self.variable("CONTACTS_URL")
    }

    /// The name of the tenant that the stack has created, which is the one in the contract's samples.
    pub(crate) fn tenant(&self) -> &str {
        self.variable("CONTACTS_TENANT")
    }

    /// The token of that tenant.
    pub(crate) fn token(&self) -> &str {
        self.variable("CONTACTS_TOKEN")
    }

    /// The URL of DynamoDB.
    pub(crate) fn dynamodb_url(&self) -> &str {
        self.variable("CONTACTS_DYNAMODB_URL")
    }

    /// A client of DynamoDB.
    pub(crate) fn dynamodb(&self) -> Client {
        Client::from_conf(embedded_dynamodb::client_settings(self.dynamodb_url()).build())
    }

    /// The path of the file that the functions' log goes to.
    pub(crate) fn log_file(&self) -> &str {
        self.variable("CONTACTS_LOG")
    }

    /// The address at which the functions expect the X-Ray daemon.
    pub(crate) fn xray_address(&self) -> &str {
        self.variable("CONTACTS_XRAY")
    }

    fn variable(&self, name: &str) -> &str {
        let value = self.variables.get(name);
        value.unwrap_or_else(|| panic!("the running stack has no {name}: replace it by `make test-stack`"))
    }

    fn of_environment() -> Option<Result<Self, String>> {
        let url = env::var("CONTACTS_URL").ok()?;
        let stack = Self { variables: env::vars().collect(), _process: None };
        Some(if stack.is_running() { Ok(stack) } else { Err(format!("no stack runs at CONTACTS_URL={url}")) })
    }

    fn of_file() -> Option<Self> {
        ENVIRONMENT_FILES.iter().find_map(|file| {
            let text = fs::read_to_string(Path::new(WORKSPACE).join(file)).ok()?;
            let stack = Self { variables: text.lines().filter_map(parse_variable).collect(), _process: None };
            stack.is_running().then_some(stack)
        })
    }

    /// Whether the API accepts the token. An authorized request without a body gets 400.
    fn is_running(&self) -> bool {
        let (Some(url), Some(token)) =
            (self.variables.get("CONTACTS_URL"), self.variables.get("CONTACTS_TOKEN"))
        else {
            return false;
        };
        let request = async {
            let client = reqwest::Client::builder().no_proxy().timeout(PROBE_TIMEOUT).build()?;
            client.post(format!("{url}/contacts")).bearer_auth(token).send().await
        };
        // A test calls this within its runtime, where another one can't block.
        let probe = || {
            let runtime = runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(request).is_ok_and(|response| response.status() == StatusCode::BAD_REQUEST)
        };
        thread::scope(|scope| scope.spawn(probe).join().expect("the probe doesn't panic"))
    }

    fn start() -> Result<Self, String> {
        let mut process = make(&["test-stack", "STACK_ENV=-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("no stack runs, and make can't be started: {error}"))?;
        let mut output = BufReader::new(process.stdout.take().expect("the output is piped"));
        let lines = output.by_ref().lines().map_while(Result::ok).take_while(|line| line != READY);
        let variables: HashMap<_, _> = lines.filter_map(|line| parse_variable(&line)).collect();
        // The pipe stays open, or else a process that writes to it would be killed.
        process.stdout = Some(output.into_inner());
        let stack = Self { variables, _process: Some(process) };
        if stack.is_running() {
            Ok(stack)
        } else {
            Err("no stack runs, and `make test-stack` failed".to_owned())
        }
    }
}

/// Returns the URL of the running service, without a path. Starts a stack if none runs.
///
/// # Panics
///
/// If none runs and none can be started.
#[must_use]
pub fn service_url() -> &'static str {
    Stack::get().url()
}

/// Returns a command that makes a target of the workspace's Makefile.
pub(crate) fn make(arguments: &[&str]) -> Command {
    let mut make = without_cargo_environment(Command::new("make"));
    make.args(["--silent", "--directory", WORKSPACE]).args(arguments);
    // A make that runs the tests passes its options and its job server on.
    make.env_remove("MAKEFLAGS").env_remove("MAKELEVEL");
    make
}

fn parse_variable(line: &str) -> Option<(String, String)> {
    let (name, value) = line.split_once('=')?;
    Some((name.to_owned(), value.to_owned()))
}
