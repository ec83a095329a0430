//! The configuration of a function.

use std::{io, time::Duration};

use runtime_api::RuntimeApi;
use tokio::process::Command;

/// Returns the command that starts a process of a function on a Runtime API.
pub type Launch = Box<dyn Fn(&RuntimeApi) -> io::Result<Command> + Send + Sync>;

/// A function to serve.
pub struct FunctionConfig {
    /// The name at Lambda's Invoke API.
    pub name: String,
    /// The routes of the HTTP API that lead to it: `POST /contacts`, or `$default` for requests without a route.
    pub route_keys: Vec<String>,
    /// The time after which an invocation is ended.
    pub time_limit: Duration,
    /// The most execution environments at a time.
    pub max_environments: usize,
    /// How a process is started.
    pub launch: Launch,
}
