//! Where an export goes: standard output, or a file that is there only when it is whole.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

use crate::failure::Failure;

/// What an export is written to.
pub(super) struct Destination {
    place: String,
    sink: Sink,
}

enum Sink {
    Stdout(BufWriter<io::Stdout>),
    /// Something that can't be replaced by a file, such as a pipe with a name.
    Special(BufWriter<File>),
    /// A file under a name of its own, to be called by this one at the end.
    File(BufWriter<NamedTempFile>, PathBuf),
}

impl Destination {
    /// Standard output.
    pub(super) fn stdout() -> Self {
        Self { place: "standard output".to_owned(), sink: Sink::Stdout(BufWriter::new(io::stdout())) }
    }

    /// A file, made or replaced at the end, readable by its owner alone: it holds people's data.
    pub(super) fn file(path: &Path) -> Result<Self, Failure> {
        let place = path.display().to_string();
        let sink = Self::open(path).map_err(|error| Failure::writing(&place, &error))?;
        Ok(Self { place, sink })
    }

    fn open(path: &Path) -> io::Result<Sink> {
        // Where a link leads to is replaced, not the link.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if path.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if path.exists() && !path.is_file() {
            return Ok(Sink::Special(BufWriter::new(File::options().write(true).open(path)?)));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = tempfile::Builder::new().prefix(".contacts-export-").tempfile_in(folder)?;
        Ok(Sink::File(BufWriter::new(file), path))
    }

    /// What to call it.
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// Makes what was written a whole export.
    pub(super) fn finish(self) -> Result<(), Failure> {
        let finished = match self.sink {
            Sink::Stdout(mut writer) => writer.flush(),
            Sink::Special(mut writer) => writer.flush(),
            Sink::File(writer, path) => writer.into_inner().map_err(io::Error::from).and_then(|file| {
                file.as_file().sync_all()?;
                file.persist(path)?;
                Ok(())
            }),
        };
        finished.map_err(|error| Failure::writing(&self.place, &error))
    }
}

impl Write for Destination {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.sink {
            Sink::Stdout(writer) => writer.write(bytes),
            Sink::Special(writer) => writer.write(bytes),
            Sink::File(writer, _) => writer.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.sink {
            Sink::Stdout(writer) => writer.flush(),
            Sink::Special(writer) => writer.flush(),
            Sink::File(writer, _) => writer.flush(),
        }
    }
}
