//! Counting lines as an editor does: a line ends with LF, CRLF or CR.

/// Counts the line ends of a text that arrives in parts.
#[derive(Debug, Default)]
pub(super) struct LineCounter {
    line_ends: u64,
    after_carriage_return: bool,
}

impl LineCounter {
    /// Adds the next bytes of the text.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            // The LF of a CRLF was counted with its CR.
            self.line_ends += u64::from(*byte == b'\r' || (*byte == b'\n' && !self.after_carriage_return));
            self.after_carriage_return = *byte == b'\r';
        }
    }

    /// Returns the number of the line that the next byte is on, from 1.
    pub(super) fn line(&self) -> u64 {
        self.line_ends + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_three_line_ends_are_counted_in_any_parts() {
        for text in ["a\nb\n\nc", "a\r\nb\r\n\r\nc", "a\rb\r\rc"] {
            for split in 0..text.len() {
                let mut counter = LineCounter::default();
                counter.add(&text.as_bytes()[..split]);
                counter.add(&text.as_bytes()[split..]);
                assert_eq!(counter.line(), 4, "{text:?} at {split}");
            }
        }
    }
}
