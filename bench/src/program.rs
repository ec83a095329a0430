//! The programs that are measured: the service's functions, and its rivals.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use crate::Failure;

/// Where the Makefile has put what rivals in other languages need, from the project's root.
const PEERS: &str = ".local/peers";

/// A program that Lambda would start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Program {
    /// The function that does nothing: `lambda_runtime` alone.
    Bare,
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

/// How a program is started.
pub(crate) struct Start {
    pub(crate) file: PathBuf,
    pub(crate) arguments: Vec<OsString>,
    pub(crate) folder: PathBuf,
}

impl Program {
    /// What it is called in tables and plots.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bare => "`lambda_runtime` alone",
            Self::Upsert => "`upsert-contacts`",
            Self::Delete => "`delete-contacts`",
            Self::Documented => "the upsert, set up as documented",
            Self::Node => "the upsert in Node.js, AWS SDK 3",
            Self::Python => "the upsert in Python, boto3",
        }
    }

    /// How it is started.
    pub(crate) fn start(self) -> Result<Start, Failure> {
        let root =
            Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("a crate without a folder above it")?;
        let peers = root.join(PEERS);
        let (file, arguments) = match self {
            Self::Python => (
                peers.join("python/bin/python"),
                ["-m", "awslambdaric", "upsert.handler"].map(OsString::from).into(),
            ),
            Self::Node => (node()?, vec![peers.join("node/bundle.mjs").into()]),
            Self::Bare => (beside("bare-function")?, vec![]),
            Self::Upsert => (beside("upsert-contacts")?, vec![]),
            Self::Delete => (beside("delete-contacts")?, vec![]),
            Self::Documented => (beside("documented-function")?, vec![]),
        };
        if file.is_file() {
            // Python looks for the handler in the folder that it is started in.
            Ok(Start { file, arguments, folder: root.join("bench/peers/python") })
        } else {
            Err(format!("there is no {}; `make bench` makes it", file.display()).into())
        }
    }

    /// How large the program is, in bytes, if it is one file that is deployed.
    pub(crate) fn size(self) -> Result<Option<u32>, Failure> {
        let Start { file, arguments, .. } = self.start()?;
        let deployed = match self {
            Self::Python => return Ok(None),
            Self::Node => arguments.first().map(PathBuf::from).ok_or("no bundle")?,
            _ => file,
        };
        Ok(Some(fs::metadata(deployed)?.len().try_into()?))
    }
}

/// The file of this name beside this program's.
fn beside(name: &str) -> Result<PathBuf, Failure> {
    Ok(env::current_exe()?.with_file_name(name))
}

fn node() -> Result<PathBuf, Failure> {
    let folders = env::var_os("PATH").unwrap_or_default();
    let files = env::split_paths(&folders).map(|folder| folder.join("node")).find(|file| file.is_file());
    Ok(files.ok_or("no `node` in PATH")?)
}
