//! A build of both functions for one architecture.

use std::{fs, path::PathBuf, str::FromStr};

use runtime_api::RuntimeApi;
use tokio::process::Command;

use crate::error::Failure;

/// One of the two functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Function {
    Upsert,
    Delete,
}

impl Function {
    /// Both functions, in the order of the report.
    pub(crate) const ALL: [Self; 2] = [Self::Upsert, Self::Delete];

    /// The file name of the program.
    pub(crate) fn program(self) -> &'static str {
        match self {
            Self::Upsert => "upsert-contacts",
            Self::Delete => "delete-contacts",
        }
    }
}

/// A build of both functions: on the command line `ARCHITECTURE=FOLDER`.
#[derive(Debug, Clone)]
pub(crate) struct Build {
    pub(crate) architecture: String,
    folder: PathBuf,
    /// The emulator's program and arguments; empty for a build that this machine executes.
    emulator: Vec<String>,
}

impl FromStr for Build {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (architecture, folder) = text.split_once('=').ok_or("no `=`")?;
        if architecture.is_empty() || folder.is_empty() {
            return Err("nothing on one side of `=`");
        }
        Ok(Self { architecture: architecture.to_owned(), folder: folder.into(), emulator: Vec::new() })
    }
}

impl Build {
    /// Has the programs run by this emulator. The command is split at white space.
    pub(crate) fn with_emulator(self, command: &str) -> Self {
        Self { emulator: command.split_whitespace().map(str::to_owned).collect(), ..self }
    }

    /// The size of a function's program, in bytes.
    pub(crate) fn size(&self, function: Function) -> Result<u64, Failure> {
        let file = self.file(function);
        let metadata = fs::metadata(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        Ok(metadata.len())
    }

    /// The command that starts a function on this Runtime API.
    pub(crate) fn command(&self, function: Function, runtime_api: &RuntimeApi) -> Command {
        let file = self.file(function);
        match self.emulator.split_first() {
            Some((program, arguments)) => {
                let mut command = runtime_api.command(program.as_ref());
                command.args(arguments).arg(file);
                command
            }
            None => runtime_api.command(&file),
        }
    }

    fn file(&self, function: Function) -> PathBuf {
        self.folder.join(function.program())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_of_the_equals_sign_are_required() {
        assert!("arm64=folder".parse::<Build>().is_ok());
        for text in ["arm64", "arm64=", "=folder"] {
            assert!(text.parse::<Build>().is_err(), "{text}");
        }
    }
}
