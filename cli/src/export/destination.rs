//! Where an export is written: standard output, or a file that appears once it is complete.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

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
    /// A temporary file, which is renamed to this path at the end.
    File(BufWriter<NamedTempFile>, PathBuf),
}

impl Destination {
    pub(super) fn stdout() -> Self {
        Self { name: "standard output".to_owned(), sink: Sink::Stdout(BufWriter::new(io::stdout())) }
    }

    /// Opens a file, which is created or replaced by [`Self::finish`]. Only its owner may read it, because it
    /// holds personal data.
    pub(super) fn file(path: &Path) -> Result<Self, CliError> {
        let name = path.display().to_string();
        let sink = Self::open(path).map_err(|error| CliError::write(&name, error))?;
        Ok(Self { name, sink })
    }

    fn open(path: &Path) -> io::Result<Sink> {
        // Resolved, so that the target of a symbolic link is replaced, not the link.
        let path = match fs::canonicalize(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_owned(),
            resolved => resolved?,
        };
        if path.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if path.exists() && !path.is_file() {
            return Ok(Sink::Device(BufWriter::new(File::options().write(true).open(path)?)));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = tempfile::Builder::new().prefix(".contacts-export-").tempfile_in(folder)?;
        Ok(Sink::File(BufWriter::new(file), path))
    }

    /// Returns its name, as messages use it.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Completes the export: flushes it, and renames a temporary file to its path.
    pub(super) fn finish(self) -> Result<(), CliError> {
        let finished = match self.sink {
            Sink::Stdout(mut writer) => writer.flush(),
            Sink::Device(mut writer) => writer.flush(),
            Sink::File(writer, path) => writer.into_inner().map_err(io::Error::from).and_then(|file| {
                file.as_file().sync_all()?;
                file.persist(path)?;
                Ok(())
            }),
        };
        finished.map_err(|error| CliError::write(&self.name, error))
    }
}

impl Write for Destination {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.sink {
            Sink::Stdout(writer) => writer.write(bytes),
            Sink::Device(writer) => writer.write(bytes),
            Sink::File(writer, _) => writer.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.sink {
            Sink::Stdout(writer) => writer.flush(),
            Sink::Device(writer) => writer.flush(),
            Sink::File(writer, _) => writer.flush(),
        }
    }
}
