//! A file that appears under its path once it is complete.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

/// A file that is being written. [`Self::complete`] gives it its path; dropped before, it is deleted. Only its owner may
/// read it, because it holds personal data.
pub(super) struct PendingFile {
    file: NamedTempFile,
    path: PathBuf,
    overwrite: bool,
}

impl PendingFile {
    /// Creates the file in the folder of `path`. With `overwrite`, it replaces a file of that path.
    pub(super) fn create(path: PathBuf, overwrite: bool) -> io::Result<Self> {
        let file = tempfile::Builder::new().prefix(".contacts-export-").tempfile_in(folder_of(&path))?;
        Ok(Self { file, path, overwrite })
    }

    /// Gives the file its path. Fails with [`io::ErrorKind::AlreadyExists`] if the path was taken meanwhile and is not
    /// to be overwritten.
    pub(super) fn complete(self) -> io::Result<()> {
        self.file.as_file().sync_all()?;
        if self.overwrite {
            self.file.persist(self.path)?;
        } else {
            self.file.persist_noclobber(self.path)?;
        }
        Ok(())
    }
}

impl Write for PendingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
