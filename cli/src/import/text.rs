//! The file's text: where it is being read, and whether it is text.

use std::io::{self, BufRead};

use encoding_rs::{Encoding, UTF_8};

use super::row::InputError;

/// A file's text, in UTF-8 whatever it was in.
pub(super) struct Text {
    pub(super) source: Box<dyn BufRead + Send>,
    /// What the file is called.
    pub(super) name: String,
    /// What it was in.
    encoding: &'static Encoding,
}

impl Text {
    pub(super) fn new(source: Box<dyn BufRead + Send>, name: &str, encoding: &'static Encoding) -> Self {
        Self { source, name: name.to_owned(), encoding }
    }

    /// The bytes that come next; none at the end.
    pub(super) fn ahead(&mut self) -> Result<&[u8], InputError> {
        let Self { source, name, .. } = self;
        source.fill_buf().map_err(|error| InputError::Unreadable { name: name.clone(), error })
    }

    /// Holds bytes that were read for what they must be.
    pub(super) fn valid<'b>(&self, bytes: &'b [u8], line: u64) -> Result<&'b str, InputError> {
        // Where text of another encoding isn't valid, decoding has put a replacement character.
        let replaced = |text: &str| self.encoding != UTF_8 && text.contains(char::REPLACEMENT_CHARACTER);
        str::from_utf8(bytes).ok().filter(|text| !replaced(text)).ok_or_else(|| {
            self.unfit(
                line,
                &format!(
                    "is not valid {}. If the file is in another encoding, say which, like --encoding \
                     windows-1251. What stands before this line was imported, nothing after it; importing the \
                     whole file again stores nothing twice",
                    self.encoding.name()
                ),
            )
        })
    }

    pub(super) fn unfit(&self, line: u64, sentence: &str) -> InputError {
        InputError::Unfit(format!("{}: line {line} {sentence}", self.name))
    }

    pub(super) fn unreadable(&self, error: io::Error) -> InputError {
        InputError::Unreadable { name: self.name.clone(), error }
    }
}
