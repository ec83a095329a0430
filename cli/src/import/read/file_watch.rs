//! Whether a file was changed while it was read.

use std::{
    fs::{self, Metadata},
    io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use crate::error::CliError;

/// A file as it was when it was opened.
pub(super) struct FileWatch {
    path: PathBuf,
    /// Device, inode, size and time of the last change, in seconds and nanoseconds.
    state: (u64, u64, u64, i64, i64),
}

impl FileWatch {
    pub(super) fn new(path: &Path, metadata: &Metadata) -> Self {
        Self { path: path.to_owned(), state: state(metadata) }
    }

    /// Fails if the path has another file by now, or if the file was written to.
    pub(super) fn check(&self) -> Result<(), CliError> {
        let unchanged = fs::metadata(&self.path).map(|metadata| state(&metadata) == self.state);
        match unchanged {
            Ok(true) => Ok(()),
            Ok(false) => Err(self.changed("was changed")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(self.changed("was removed")),
            Err(error) => Err(CliError::read(&self.path.display().to_string(), error)),
        }
    }

    fn changed(&self, change: &str) -> CliError {
        CliError::other(format!("{} {change} while it was read", self.path.display())).advice(
            "Its last row was not sent, because it may be cut off. Import the whole file once it is complete; \
             that creates no duplicates",
        )
    }
}

fn state(metadata: &Metadata) -> (u64, u64, u64, i64, i64) {
    (metadata.dev(), metadata.ino(), metadata.size(), metadata.mtime(), metadata.mtime_nsec())
}
