//! Which files are opened in some folders, by whichever process: inotify(7), which needs no rights and
//! nothing installed.

use std::{
    fs,
    path::{Path, PathBuf},
};

use nix::{
    errno::Errno,
    sys::inotify::{AddWatchFlags, InitFlags, Inotify, WatchDescriptor},
};

use crate::Failure;

/// A watch over folders and all that is in them.
pub(crate) struct Watch {
    inotify: Inotify,
    folders: Vec<(WatchDescriptor, PathBuf)>,
    files: Vec<PathBuf>,
}

impl Watch {
    /// Begins to watch those of the folders that there are.
    pub(crate) fn over<'f>(folders: impl IntoIterator<Item = &'f Path>) -> Result<Self, Failure> {
        let inotify = Inotify::init(InitFlags::IN_NONBLOCK | InitFlags::IN_CLOEXEC)?;
        let mut watch = Self { inotify, folders: Vec::new(), files: Vec::new() };
        for folder in folders.into_iter().filter(|folder| folder.is_dir()) {
            watch.add(folder.to_owned())?;
        }
        // Looking for folders opened some.
        watch.opened()?;
        Ok(watch)
    }

    /// A file that is watched, if there is any.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.files.first().map(PathBuf::as_path)
    }

    /// What was opened since the last call.
    pub(crate) fn opened(&self) -> Result<Vec<PathBuf>, Failure> {
        let mut opened = Vec::new();
        loop {
            match self.inotify.read_events() {
                Ok(events) => opened.extend(events.into_iter().map(|event| {
                    let folder = self.folders.iter().find(|(watched, _)| *watched == event.wd);
                    let folder = folder.map(|(_, folder)| folder.clone()).unwrap_or_default();
                    folder.join(event.name.unwrap_or_default())
                })),
                Err(Errno::EAGAIN) => return Ok(opened),
                Err(errno) => return Err(errno.into()),
            }
        }
    }

    fn add(&mut self, folder: PathBuf) -> Result<(), Failure> {
        // What can't be listed here can't be read by a function that is started from here either.
        let Ok(entries) = fs::read_dir(&folder) else { return Ok(()) };
        let watched = self.inotify.add_watch(&folder, AddWatchFlags::IN_OPEN)?;
        self.folders.push((watched, folder));
        for entry in entries {
            let entry = entry?;
            // A link to a file leads to where the file is; it is watched there, or else it is none of ours.
            let kind = entry.file_type()?;
            if kind.is_dir() {
                self.add(entry.path())?;
            } else if kind.is_file() {
                self.files.push(entry.path());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::process;

    use super::*;

    #[test]
    fn a_file_that_is_opened_in_a_subfolder_is_seen_once() {
        let folder = std::env::temp_dir().join(format!("contacts-bench-{}", process::id()));
        fs::create_dir_all(folder.join("certs")).unwrap();
        let file = folder.join("certs/root.pem");
        fs::write(&file, "a certificate").unwrap();
        let watch = Watch::over([folder.as_path(), Path::new("/no/such/folder")]).unwrap();
        assert_eq!(watch.file(), Some(file.as_path()));
        assert!(watch.opened().unwrap().is_empty());
        fs::read(&file).unwrap();
        assert_eq!(watch.opened().unwrap(), [file]);
        assert!(watch.opened().unwrap().is_empty());
        fs::remove_dir_all(folder).unwrap();
    }
}
