//! A file that appears under its path once it is complete.

use std::{
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

#[cfg(target_os = "linux")]
use super::unnamed_file;

/// A file that is being written. [`Self::complete`] gives it its path; dropped before, it is deleted. Only its owner may
/// read it, because it holds personal data.
pub(super) struct PendingFile {
    file: IncompleteFile,
    path: PathBuf,
    overwrite: bool,
}

/// The file until it is complete.
enum IncompleteFile {
    /// Deleted by the kernel, even if the process is killed.
    #[cfg(target_os = "linux")]
    Unnamed(File),
    /// Deleted when it is dropped, so not if the process is killed by SIGKILL.
    Named(NamedTempFile),
}

impl PendingFile {
    /// Creates the file in the folder of `path`. With `overwrite`, it replaces a file of that path.
    pub(super) fn create(path: PathBuf, overwrite: bool) -> io::Result<Self> {
        let file = IncompleteFile::create(folder_of(&path))?;
        Ok(Self { file, path, overwrite })
    }

    /// Gives the file its path. Fails with [`io::ErrorKind::AlreadyExists`] if the path was taken meanwhile and is not
    /// to be overwritten.
    pub(super) fn complete(self) -> io::Result<()> {
        let Self { mut file, path, overwrite } = self;
        file.file().sync_all()?;
        match (file, overwrite) {
            #[cfg(target_os = "linux")]
            (IncompleteFile::Unnamed(file), false) => unnamed_file::link(&file, &path),
            #[cfg(target_os = "linux")]
            (IncompleteFile::Unnamed(file), true) => {
                unnamed_file::replace(&file, &path, folder_of(&path), &temporary_name())
            }
            (IncompleteFile::Named(file), false) => {
                file.persist_noclobber(path).map(drop).map_err(Into::into)
            }
            (IncompleteFile::Named(file), true) => file.persist(path).map(drop).map_err(Into::into),
        }
    }
}

impl IncompleteFile {
    #[cfg(target_os = "linux")]
    fn create(folder: &Path) -> io::Result<Self> {
        unnamed_file::create(folder).map(Self::Unnamed).or_else(|_| Self::named(folder))
    }

    #[cfg(not(target_os = "linux"))]
    fn create(folder: &Path) -> io::Result<Self> {
        Self::named(folder)
    }

    fn named(folder: &Path) -> io::Result<Self> {
        temporary_name().tempfile_in(folder).map(Self::Named)
    }

    fn file(&mut self) -> &mut File {
        match self {
            #[cfg(target_os = "linux")]
            Self::Unnamed(file) => file,
            Self::Named(file) => file.as_file_mut(),
        }
    }
}

impl Write for PendingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.file().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.file().flush()
    }
}

/// The pattern of temporary names.
fn temporary_name() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".contacts-export-");
    builder
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::*;

    fn written(file: io::Result<IncompleteFile>, path: &Path, overwrite: bool) -> PendingFile {
        let mut pending = PendingFile { file: file.unwrap(), path: path.to_owned(), overwrite };
        pending.write_all(b"new").unwrap();
        pending
    }

    #[test]
    fn with_and_without_a_name_a_file_appears_complete() {
        for create in [IncompleteFile::create, IncompleteFile::named] {
            let folder = TempDir::new().unwrap();
            let path = folder.path().join("a.csv");
            let dropped = written(create(folder.path()), &path, true);
            drop(dropped);
            let late = written(create(folder.path()), &path, false);
            written(create(folder.path()), &path, false).complete().unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), "new");
            fs::write(&path, "old").unwrap();
            assert_eq!(late.complete().unwrap_err().kind(), io::ErrorKind::AlreadyExists);
            assert_eq!(fs::read_to_string(&path).unwrap(), "old");
            written(create(folder.path()), &path, true).complete().unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), "new");
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        }
    }
}
