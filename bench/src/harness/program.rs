//! The programs that are measured: the service's functions, and baselines to compare them with.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Stdio,
};

use runtime_api::RuntimeApi;
use tokio::process::Command;

use crate::error::Result;

/// Where the Makefile installs the baselines in other languages, from the project's root.
const PEERS: &str = ".local/peers";

/// A program that is started as a Lambda function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Program {
    /// `lambda_runtime` alone, which returns its event.
    Bare,
    /// `lambda_runtime` with one call to the table, and nothing else.
    OneCall,
    /// The function behind `POST /contacts`.
    Upsert,
    /// The function behind `POST /contacts/delete`.
    Delete,
    /// The upsert with its client set up as the SDK's guide does it.
    Documented,
    /// The upsert in JavaScript.
    Node,
    /// The upsert in Python.
    Python,
}

/// How to start a program.
pub(crate) struct Launch {
    executable: PathBuf,
    arguments: Vec<OsString>,
    working_directory: PathBuf,
}

impl Launch {
    /// Returns the command that starts it on a Runtime API, with the environment that Lambda would give it.
    pub(crate) fn command(&self, runtime_api: &RuntimeApi) -> Command {
        let mut command = runtime_api.command(&self.executable);
        command
            .args(&self.arguments)
            .current_dir(&self.working_directory)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        command
    }
}

impl Program {
    /// The label in tables and plots.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Bare => "`lambda_runtime` alone",
            Self::OneCall => "`lambda_runtime` with one call",
            Self::Upsert => "`upsert-contacts`",
            Self::Delete => "`delete-contacts`",
            Self::Documented => "the upsert, set up as documented",
            Self::Node => "the upsert in Node.js, AWS SDK 3",
            Self::Python => "the upsert in Python, boto3",
        }
    }

    /// Returns how to start it. A program that was not built is an error.
    pub(crate) fn launch(self) -> Result<Launch> {
        let root =
            Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate is in the project's root");
        let peers = root.join(PEERS);
        let (executable, arguments) = match self {
            Self::Python => (
                peers.join("python/bin/python"),
                ["-m", "awslambdaric", "upsert.handler"].map(OsString::from).into(),
            ),
            Self::Node => (node()?, vec![peers.join("node/bundle.mjs").into()]),
            Self::Bare => (sibling("bare-function")?, vec![]),
            Self::OneCall => (sibling("one-call-function")?, vec![]),
            Self::Upsert => (sibling("upsert-contacts")?, vec![]),
            Self::Delete => (sibling("delete-contacts")?, vec![]),
            Self::Documented => (sibling("documented-function")?, vec![]),
        };
        if executable.is_file() {
            // Python looks for the handler's module in the working directory.
            Ok(Launch { executable, arguments, working_directory: root.join("bench/peers/python") })
        } else {
            Err(format!("there is no {}; `make bench` builds it", executable.display()).into())
        }
    }

    /// Returns the size of the deployed file in bytes. Python has none: its handler needs installed packages.
    pub(crate) fn file_size(self) -> Result<Option<u32>> {
        let Launch { executable, arguments, .. } = self.launch()?;
        let deployed = match self {
            Self::Python => return Ok(None),
            Self::Node => arguments.first().map(PathBuf::from).expect("Node.js is started with the bundle"),
            Self::Bare | Self::OneCall | Self::Upsert | Self::Delete | Self::Documented => executable,
        };
        Ok(Some(fs::metadata(deployed)?.len().try_into()?))
    }
}

/// The file of this name in the folder of the running program.
fn sibling(name: &str) -> Result<PathBuf> {
    Ok(env::current_exe()?.with_file_name(name))
}

fn node() -> Result<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut candidates = env::split_paths(&path).map(|folder| folder.join("node"));
    Ok(candidates.find(|file| file.is_file()).ok_or("no `node` in PATH")?)
}
