//! The files that any process opens in some folders. inotify(7) reports them, without privileges.

use std::{
    fs,
    path::{Path, PathBuf},
};

use nix::{
    errno::Errno,
    sys::inotify::{AddWatchFlags, InitFlags, Inotify, WatchDescriptor},
};

use crate::error::Result;

/// An observer of folders and their subfolders.
pub(super) struct FileOpens {
    inotify: Inotify,
    folders: Vec<(WatchDescriptor, PathBuf)>,
    files: Vec<PathBuf>,
}

impl FileOpens {
    /// Observes those of the folders that exist.
    pub(super) fn observe<'f>(folders: impl IntoIterator<Item = &'f Path>) -> Result<Self> {
        let inotify = Inotify::init(InitFlags::IN_NONBLOCK | InitFlags::IN_CLOEXEC)?;
        let mut file_opens = Self { inotify, folders: Vec::new(), files: Vec::new() };
        for folder in folders.into_iter().filter(|folder| folder.is_dir()) {
            file_opens.add(folder.to_owned())?;
        }
        // Listing the folders has opened them.
        file_opens.since_last_call()?;
        Ok(file_opens)
    }

    /// Returns one of the observed files, if there is any.
    pub(super) fn first_file(&self) -> Option<&Path> {
        self.files.first().map(PathBuf::as_path)
    }

    /// Returns what was opened since the last call.
    pub(super) fn since_last_call(&self) -> Result<Vec<PathBuf>> {
        let mut opened = Vec::new();
        loop {
            match self.inotify.read_events() {
                Ok(events) => {
                    for event in events {
                        let folder = self.folders.iter().find(|(descriptor, _)| *descriptor == event.wd);
                        let (_, folder) = folder.ok_or("inotify lost events: its queue was full")?;
                        // An event without a name is about the folder itself.
                        opened.push(match event.name {
                            Some(name) => folder.join(name),
                            None => folder.clone(),
                        });
                    }
                }
                Err(Errno::EAGAIN) => return Ok(opened),
                Err(errno) => return Err(errno.into()),
            }
        }
    }

    fn add(&mut self, folder: PathBuf) -> Result<()> {
        // A folder that can't be listed here can't be read by a function that this process starts either.
        let Ok(entries) = fs::read_dir(&folder) else { return Ok(()) };
        let descriptor = self.inotify.add_watch(&folder, AddWatchFlags::IN_OPEN)?;
        self.folders.push((descriptor, folder));
        for entry in entries {
            let entry = entry?;
            // Symbolic links are left out: their targets are observed only if they are in one of the folders.
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
    fn open_in_a_subfolder_is_reported_once() {
        let folder = std::env::temp_dir().join(format!("contacts-bench-{}", process::id()));
        fs::create_dir_all(folder.join("certs")).unwrap();
        let file = folder.join("certs/root.pem");
        fs::write(&file, "a certificate").unwrap();
        let file_opens = FileOpens::observe([folder.as_path(), Path::new("/no/such/folder")]).unwrap();
        assert_eq!(file_opens.first_file(), Some(file.as_path()));
        assert!(file_opens.since_last_call().unwrap().is_empty());
        fs::read(&file).unwrap();
        assert_eq!(file_opens.since_last_call().unwrap(), [file]);
        assert!(file_opens.since_last_call().unwrap().is_empty());
        fs::remove_dir_all(folder).unwrap();
    }
}
