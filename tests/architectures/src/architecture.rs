//! A build of both functions for one architecture.

use std::{fs, path::PathBuf, str::FromStr};

use runtime_api::RuntimeApi;
use tokio::process::Command;

use crate::{Failure, function::Function};

/// A command-line value for one architecture: `ARCHITECTURE=VALUE`.
#[derive(Debug, Clone)]
pub(crate) struct ArchitectureArgument {
    architecture: String,
    value: String,
}

impl FromStr for ArchitectureArgument {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (architecture, value) = text.split_once('=').ok_or("no `=`")?;
        if architecture.is_empty() || value.is_empty() {
            return Err("nothing on one side of `=`");
        }
        Ok(Self { architecture: architecture.to_owned(), value: value.to_owned() })
    }
}

/// A build of both functions for one architecture.
#[derive(Debug)]
pub(crate) struct Architecture {
    pub(crate) name: String,
    folder: PathBuf,
    /// The emulator's program and its arguments; empty for a build that this machine executes.
    emulator: Vec<String>,
}

impl Architecture {
    /// Pairs the builds with their emulators. An emulator's command is split at white space.
    pub(crate) fn from_arguments(
        builds: Vec<ArchitectureArgument>,
        emulators: &[ArchitectureArgument],
    ) -> Result<Vec<Self>, Failure> {
        let unused = |emulator: &&ArchitectureArgument| {
            !builds.iter().any(|b| b.architecture == emulator.architecture)
        };
        if let Some(emulator) = emulators.iter().find(unused) {
            return Err(format!("an emulator, but no build for {}", emulator.architecture).into());
        }
        let with_emulator = |ArchitectureArgument { architecture, value }| {
            let emulator = emulators.iter().find(|emulator| emulator.architecture == architecture);
            let emulator = emulator.into_iter().flat_map(|emulator| emulator.value.split_whitespace());
            Self { emulator: emulator.map(str::to_owned).collect(), name: architecture, folder: value.into() }
        };
        Ok(builds.into_iter().map(with_emulator).collect())
    }

    /// The size of a function's binary, in bytes.
    pub(crate) fn size(&self, function: Function) -> Result<u64, Failure> {
        let file = self.file(function);
        let metadata = fs::metadata(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        Ok(metadata.len())
    }

    /// The command that starts a function behind this Runtime API, in the emulator if there is one.
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
        self.folder.join(function.binary())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emulator_belongs_to_the_build_of_the_same_name() {
        let builds = ["x86_64=a", "arm64=b"].map(|build| build.parse().unwrap());
        let emulators = ["arm64=qemu-aarch64 -L /sysroot"].map(|emulator| emulator.parse().unwrap());
        let architectures = Architecture::from_arguments(builds.into(), &emulators).unwrap();
        assert!(architectures[0].emulator.is_empty());
        assert_eq!(architectures[1].emulator, ["qemu-aarch64", "-L", "/sysroot"]);
    }

    #[test]
    fn emulator_without_a_build_is_an_error() {
        let builds = vec!["x86_64=a".parse().unwrap()];
        assert!(Architecture::from_arguments(builds, &["arm64=qemu-aarch64".parse().unwrap()]).is_err());
    }

    #[test]
    fn both_sides_of_the_equals_sign_are_required() {
        for text in ["arm64", "arm64=", "=folder"] {
            assert!(text.parse::<ArchitectureArgument>().is_err(), "{text}");
        }
    }
}
