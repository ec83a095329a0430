//! The file of rejected rows.

use std::{
    fs::{File, OpenOptions},
    io::{self, BufWriter, ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use super::rejected_format::RejectedFormat;
use crate::error::CliError;

/// The path of the file of rejected rows.
#[derive(Debug, Clone)]
pub(crate) enum RejectedPath {
    /// Exactly this path.
    Exact(PathBuf),
    /// The first unused path beside the input file.
    BesideFile(PathBuf),
    /// The first unused path in the current folder, for a stream.
    CurrentFolder,
}

impl RejectedPath {
    /// Returns the path for an input file; `option` is the value of `--rejected`. Fails if that exists, or if
    /// no file can be created in its folder.
    pub(crate) fn new(option: Option<&Path>, input: &Path) -> Result<Self, CliError> {
        let path = match option {
            Some(path) if path.exists() => {
                return Err(CliError::usage(format!("{} exists already", path.display())).advice(
                    "It may hold rejected rows of an earlier import. Name another file with --rejected, or move \
                     this one",
                ));
            }
            Some(path) => Self::Exact(path.to_owned()),
            None if has_a_folder(input) => Self::BesideFile(input.to_owned()),
            None => Self::CurrentFolder,
        };
        path.try_folder()?;
        Ok(path)
    }

    /// Creates an unnamed file where the rejected rows would be.
    fn try_folder(&self) -> Result<(), CliError> {
        let folder = match self {
            Self::Exact(path) | Self::BesideFile(path) => path.parent(),
            Self::CurrentFolder => None,
        };
        let folder = folder.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        tempfile::tempfile_in(folder).map(drop).map_err(|error| {
            CliError::other(format!("no file for rejected rows can be created in {}", folder.display()))
                .caused_by(error)
                .advice("Name a file in another folder with --rejected")
        })
    }
}

/// Whether the input is a regular file, with a folder that is the operator's: `/dev/stdin` and the
/// `/dev/fd/63` of a shell's `<(command)` are streams or links to open files.
fn has_a_folder(input: &Path) -> bool {
    input.is_file() && !["/dev", "/proc"].iter().any(|folder| input.starts_with(folder))
}

/// The file of rejected rows. It is created with the first row.
pub(crate) struct RejectedFile {
    path: RejectedPath,
    format: RejectedFormat,
    file: Option<(PathBuf, BufWriter<File>)>,
}

impl RejectedFile {
    pub(crate) fn new(path: RejectedPath, format: RejectedFormat) -> Self {
        Self { path, format, file: None }
    }

    /// Returns its path; `None` if no row was rejected.
    pub(super) fn path(&self) -> Option<&Path> {
        self.file.as_ref().map(|(path, _)| path.as_path())
    }

    /// Formats a rejected row.
    pub(super) fn format(&self, line: u64, reason: &str, original: &str) -> String {
        self.format.row(line, reason, original)
    }

    /// Writes a formatted row.
    pub(super) fn write(&mut self, row: &str) -> io::Result<()> {
        if let Some((_, file)) = &mut self.file {
            return file.write_all(row.as_bytes());
        }
        let (path, file) = self.create()?;
        let (_, file) = self.file.insert((path, BufWriter::new(file)));
        file.write_all(self.format.header().as_bytes())?;
        file.write_all(row.as_bytes())
    }

    /// Passes all rows to the operating system, so that they survive the end of this process.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        match &mut self.file {
            Some((_, file)) => file.flush(),
            None => Ok(()),
        }
    }

    fn create(&self) -> io::Result<(PathBuf, File)> {
        let input = match &self.path {
            RejectedPath::Exact(path) => return Ok((path.clone(), create_new(path)?)),
            RejectedPath::BesideFile(input) => Some(input.as_path()),
            RejectedPath::CurrentFolder => None,
        };
        let mut number = 1;
        loop {
            let path = numbered_path(input, self.format.extension(), number);
            match create_new(&path) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => number += 1,
                created => return Ok((path, created?)),
            }
        }
    }
}

/// Creates a file that only its owner may read, because it holds personal data.
fn create_new(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// Extensions of files with rejected rows in another format.
const OTHER_FORMATS: [&str; 3] = ["xlsx", "vcf", "json"];

/// Returns `people.rejected.csv`, `people.rejected.2.csv` and so on for the input `people.csv`, and also for
/// an input of one of these names. A stream has the stem `stdin`. The extension is that of the input, or else
/// the given one of the format of rejected rows.
fn numbered_path(input: Option<&Path>, extension: &str, number: u32) -> PathBuf {
    let stem = input.and_then(Path::file_stem).map_or("stdin".into(), |stem| stem.to_string_lossy());
    let own = input.and_then(Path::extension).map(|extension| extension.to_string_lossy());
    let own = own.filter(|own| !OTHER_FORMATS.iter().any(|other| own.eq_ignore_ascii_case(other)));
    let extension = own.unwrap_or(extension.into());
    let unnumbered = match stem.rsplit_once('.') {
        Some((unnumbered, number)) if number.parse::<u32>().is_ok() => unnumbered,
        _ => &*stem,
    };
    let stem = unnumbered.strip_suffix(".rejected").unwrap_or(&stem);
    let name = match number {
        1 => format!("{stem}.rejected.{extension}"),
        _ => format!("{stem}.rejected.{number}.{extension}"),
    };
    input.map_or_else(|| PathBuf::from(&name), |input| input.with_file_name(&name))
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::*;

    #[test]
    fn rejected_files_are_beside_the_input_and_numbered() {
        for (input, number, expected) in [
            (Some("in/people.csv"), 1, "in/people.rejected.csv"),
            (Some("in/people.csv"), 2, "in/people.rejected.2.csv"),
            (Some("people.rejected.csv"), 2, "people.rejected.2.csv"),
            (Some("people.rejected.2.csv"), 3, "people.rejected.3.csv"),
            (Some("people.2.csv"), 1, "people.2.rejected.csv"),
            (Some("people"), 1, "people.rejected.csv"),
            (Some("people.XLSX"), 2, "people.rejected.2.csv"),
            (None, 1, "stdin.rejected.csv"),
        ] {
            assert_eq!(numbered_path(input.map(Path::new), "csv", number), Path::new(expected), "{input:?}");
        }
    }

    #[test]
    fn a_rejected_file_is_new_and_readable_by_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let rejected_path = RejectedPath::BesideFile(folder.path().join("people.ndjson"));
        for name in ["people.rejected.ndjson", "people.rejected.2.ndjson"] {
            let mut file = RejectedFile::new(rejected_path.clone(), RejectedFormat::Ndjson);
            assert_eq!(file.path(), None);
            file.write(&file.format(1, "why", "{}")).unwrap();
            file.flush().unwrap();
            let path = folder.path().join(name);
            assert_eq!(file.path(), Some(path.as_path()));
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            assert_eq!(
                fs::read_to_string(path).unwrap(),
                "{\"rejected_line\":1,\"rejected_because\":\"why\"}\n"
            );
        }
    }
}
