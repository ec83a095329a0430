//! The sources of the functions, and changes of them. The files' times are compared twice a second, which is cheap for so
//! few files, works on every file system, and reading a file is no change.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use fixture::WORKSPACE;
use tokio::time::sleep;

/// The folders and files that the functions are built from.
const PATHS: [&str; 4] = ["shared", "functions", "Cargo.toml", "Cargo.lock"];

/// The extensions of files that are compiled in. Editors write other files next to them.
const EXTENSIONS: [&str; 4] = ["rs", "toml", "lock", "pem"];

/// The time between two looks. A change counts once nothing has changed between two of them, because editors and Git
/// write several files.
const INTERVAL: Duration = Duration::from_millis(500);

/// The time of the last change of each file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Sources(BTreeMap<PathBuf, SystemTime>);

impl Sources {
    /// Reads the current modification times.
    pub(crate) fn read() -> Self {
        Self::of(Path::new(WORKSPACE), &PATHS)
    }

    fn of(root: &Path, paths: &[&str]) -> Self {
        let mut times = BTreeMap::new();
        for path in paths {
            add(&mut times, root.join(path));
        }
        Self(times)
    }

    /// Waits until a file has changed since the last call, or since [`read`](Self::read).
    pub(crate) async fn changed(&mut self) {
        let mut last = Self::read();
        loop {
            sleep(INTERVAL).await;
            let now = Self::read();
            if now == last && now != *self {
                *self = now;
                return;
            }
            last = now;
        }
    }
}

/// Adds a file, or the files of a folder. One that can't be read, because it is just being replaced, is left out.
fn add(times: &mut BTreeMap<PathBuf, SystemTime>, path: PathBuf) {
    if let Ok(entries) = fs::read_dir(&path) {
        for entry in entries.flatten() {
            add(times, entry.path());
        }
    } else if path.extension().is_some_and(|of| EXTENSIONS.iter().any(|extension| of == *extension))
        && let Ok(time) = fs::metadata(&path).and_then(|metadata| metadata.modified())
    {
        times.insert(path, time);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(root: &Path) -> Sources {
        Sources::of(root, &["src", "Cargo.toml"])
    }

    #[test]
    fn new_changed_and_removed_sources_are_changes() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("src/deep/lib.rs");
        let before = sources(root.path());
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, "").unwrap();
        let created = sources(root.path());
        assert_ne!(created, before);
        let later = SystemTime::now() + Duration::from_secs(1);
        fs::File::open(&file).unwrap().set_modified(later).unwrap();
        assert_ne!(sources(root.path()), created);
        fs::remove_file(&file).unwrap();
        assert_eq!(sources(root.path()), before);
    }

    #[test]
    fn files_of_editors_and_reads_are_no_changes() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("Cargo.toml"), "").unwrap();
        let before = sources(root.path());
        fs::create_dir(root.path().join("src")).unwrap();
        fs::write(root.path().join("src/.lib.rs.swp"), "").unwrap();
        fs::read(root.path().join("Cargo.toml")).unwrap();
        assert_eq!(sources(root.path()), before);
    }
}
