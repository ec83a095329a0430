//! Files without a name, which Linux deletes with the process that writes them, even if it is killed.

use std::{
    fs::{self, File},
    io::{self, ErrorKind},
    os::fd::AsRawFd,
    path::Path,
};

use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat, open};

/// The links by which a process reaches its open files, those without a name included.
const OPEN_FILES: &str = "/proc/self/fd";

/// Creates a file without a name in that folder, for its owner alone. Fails on file systems that have no such files, and
/// without [`OPEN_FILES`].
pub(super) fn create(folder: &Path) -> io::Result<File> {
    fs::metadata(OPEN_FILES)?;
    let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
    Ok(open(folder, flags, Mode::RUSR | Mode::WUSR)?.into())
}

/// Gives the file a name, which must not exist.
pub(super) fn link(file: &File, path: &Path) -> io::Result<()> {
    let open_file = format!("{OPEN_FILES}/{}", file.as_raw_fd());
    Ok(linkat(CWD, open_file, CWD, path, AtFlags::SYMLINK_FOLLOW)?)
}

/// Gives the file a name, and replaces the file that has it.
///
/// Linux can't link over an existing name. So the file, which is complete, gets a temporary name first, which is
/// changed at once.
pub(super) fn replace(
    file: &File,
    path: &Path,
    folder: &Path,
    temporary: &tempfile::Builder,
) -> io::Result<()> {
    match link(file, path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let named = temporary.make_in(folder, |name| link(file, name))?;
            named.into_temp_path().persist(path)?;
            Ok(())
        }
        linked => linked,
    }
}
