//! Where an export is written: standard output, a device, or a file that appears once it is complete.

use std::{
    fs::{self, File},
    io::{self, BufWriter, ErrorKind, Write},
    path::{Path, PathBuf},
};

use super::pending_file::PendingFile;
use crate::error::CliError;

/// Where an export is written.
pub(super) struct Destination {
    name: String,
    sink: Sink,
}

enum Sink {
    Stdout(BufWriter<io::Stdout>),
    /// A device or named pipe, which is written in place.
    Device(BufWriter<File>),
    File(BufWriter<PendingFile>),
}

impl Destination {
    pub(super) fn stdout() -> Self {
        Self { name: "standard output".to_owned(), sink: Sink::Stdout(BufWriter::new(io::stdout())) }
    }

    /// Opens a file, which is created or replaced by [`Self::finish`]. An existing file is an error without
    /// `overwrite`.
    pub(super) fn file(path: &Path, overwrite: bool) -> Result<Self, CliError> {
        let name = path.display().to_string();
        let sink = Self::open(path, overwrite).map_err(|error| file_error(&name, error))?;
        Ok(Self { name, sink })
    }

    fn open(path: &Path, overwrite: bool) -> io::Result<Sink> {
        let path = resolve(path)?;
        if path.is_dir() {
            return Err(ErrorKind::IsADirectory.into());
        }
        if path.exists() && !path.is_file() {
            return Ok(Sink::Device(BufWriter::new(File::options().write(true).open(path)?)));
        }
        // Not `exists`: a symbolic link without a target exists too.
        if path.symlink_metadata().is_ok() && !overwrite {
            return Err(ErrorKind::AlreadyExists.into());
        }
        Ok(Sink::File(BufWriter::new(PendingFile::create(path, overwrite)?)))
    }

    /// Returns its name, as messages use it.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Completes the export: flushes it, and gives the file its name.
    pub(super) fn finish(self) -> Result<(), CliError> {
        let finished = match self.sink {
            Sink::Stdout(mut writer) => writer.flush(),
            Sink::Device(mut writer) => writer.flush(),
            Sink::File(writer) => {
                writer.into_inner().map_err(io::Error::from).and_then(PendingFile::complete)
            }
        };
        finished.map_err(|error| file_error(&self.name, error))
    }
}

impl Write for Destination {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.sink {
            Sink::Stdout(writer) => writer.write(bytes),
            Sink::Device(writer) => writer.write(bytes),
            Sink::File(writer) => writer.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.sink {
            Sink::Stdout(writer) => writer.flush(),
            Sink::Device(writer) => writer.flush(),
            Sink::File(writer) => writer.flush(),
        }
    }
}

/// Resolves symbolic links, so that the target of a link is replaced, not the link.
fn resolve(path: &Path) -> io::Result<PathBuf> {
    match fs::canonicalize(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(path.to_owned()),
        resolved => resolved,
    }
}

fn file_error(name: &str, error: io::Error) -> CliError {
    match error.kind() {
        ErrorKind::AlreadyExists => CliError::usage(format!("{name} exists already"))
            .advice("Give another name, or replace the file with `--overwrite`"),
        _ => CliError::write(name, error),
    }
}
