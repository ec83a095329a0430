//! The rows of one call, with the body that sends them.

use std::{ops::Range, sync::Arc};

use bytes::Bytes;

/// The most bytes of a body: Lambda takes 6 MB with what API Gateway adds, and the answer has to fit too.
pub(super) const MAX_BODY: usize = 4_000_000;

/// What ends a body.
const SUFFIX: &str = "]}";

/// Rows that are being put together.
pub(super) struct Call {
    /// What every body begins with.
    prefix: Arc<str>,
    body: Vec<u8>,
    rows: Vec<CallRow>,
    originals: String,
    file_bytes: u64,
}

struct CallRow {
    line: u64,
    item: Range<usize>,
    /// Empty where the item itself is the row's original form.
    original: Range<usize>,
}

impl Call {
    pub(super) fn new(prefix: &Arc<str>) -> Self {
        Self {
            prefix: Arc::clone(prefix),
            body: prefix.as_bytes().to_vec(),
            rows: Vec::new(),
            originals: String::new(),
            file_bytes: 0,
        }
    }

    /// Whether there is no row in it.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether a call of at most `max_rows` has room for an item; for the first it always has.
    pub(super) fn has_room(&self, item: &str, max_rows: usize) -> bool {
        let length = self.body.len() + item.len() + 1 + SUFFIX.len();
        self.is_empty() || (self.rows.len() < max_rows && length <= MAX_BODY)
    }

    /// Adds a row. Where there is no `original`, the item is what the row looked like.
    pub(super) fn push(&mut self, line: u64, item: &str, original: Option<&str>) {
        if !self.is_empty() {
            self.body.push(b',');
        }
        let start = self.body.len();
        self.body.extend_from_slice(item.as_bytes());
        let item = start..self.body.len();
        let start = self.originals.len();
        self.originals.push_str(original.unwrap_or_default());
        self.rows.push(CallRow { line, item, original: start..self.originals.len() });
    }

    /// Notes how much of the file was read for it.
    pub(super) fn add_file_bytes(&mut self, bytes: u64) {
        self.file_bytes += bytes;
    }

    /// The call, ready to be sent.
    pub(super) fn seal(mut self) -> SealedCall {
        self.body.extend_from_slice(SUFFIX.as_bytes());
        SealedCall {
            prefix: self.prefix,
            body: self.body.into(),
            rows: self.rows,
            originals: self.originals,
            file_bytes: self.file_bytes,
        }
    }
}

/// Rows that are ready to be sent.
pub(super) struct SealedCall {
    prefix: Arc<str>,
    body: Bytes,
    rows: Vec<CallRow>,
    originals: String,
    /// How much of the file was read for these rows.
    pub(super) file_bytes: u64,
}

impl SealedCall {
    /// What to send.
    pub(super) fn body(&self) -> Bytes {
        self.body.clone()
    }

    /// How many rows it has.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Each row's line, and its original form.
    pub(super) fn rows(&self) -> impl Iterator<Item = (u64, &str)> {
        self.rows.iter().map(|row| match &self.originals[row.original.clone()] {
            "" => (row.line, self.item(row)),
            original => (row.line, original),
        })
    }

    /// An empty call in the memory of this one: to take some anew for each call would leave more and more
    /// holes behind.
    pub(super) fn recycle(mut self) -> Call {
        let mut body = self.body.try_into_mut().map_or_else(|_| Vec::new(), Vec::from);
        body.clear();
        body.extend_from_slice(self.prefix.as_bytes());
        self.rows.clear();
        self.originals.clear();
        Call { prefix: self.prefix, body, rows: self.rows, originals: self.originals, file_bytes: 0 }
    }

    /// The same rows, in two calls.
    pub(super) fn halves(&self) -> [Self; 2] {
        let (first, second) = self.rows.split_at(self.rows.len().div_ceil(2));
        let mut halves = [first, second].map(|rows| {
            let mut call = Call::new(&self.prefix);
            for row in rows {
                let original = Some(&self.originals[row.original.clone()]);
                call.push(row.line, self.item(row), original);
            }
            call.seal()
        });
        halves[0].file_bytes = self.file_bytes;
        halves
    }

    fn item(&self, row: &CallRow) -> &str {
        // The item was text when it was put into the body.
        str::from_utf8(&self.body[row.item.clone()]).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(prefix: &str, rows: &[(u64, &str, Option<&str>)]) -> SealedCall {
        let mut call = Call::new(&prefix.into());
        for (line, item, original) in rows {
            call.push(*line, item, *original);
        }
        call.seal()
    }

    #[test]
    fn halves_have_the_same_rows_in_the_same_order() {
        let rows = [(2, "{}", Some("a")), (3, "[]", None), (7, "5", Some("b"))];
        let whole = call("{\"list_items\":[", &rows);
        assert_eq!(whole.body(), "{\"list_items\":[{},[],5]}");
        let [first, second] = whole.halves();
        assert_eq!(first.body(), "{\"list_items\":[{},[]]}");
        assert_eq!(second.body(), "{\"list_items\":[5]}");
        assert!(first.rows().chain(second.rows()).eq(whole.rows()));
        assert_eq!(whole.rows().collect::<Vec<_>>(), [(2, "a"), (3, "[]"), (7, "b")]);
    }

    #[test]
    fn a_recycled_call_is_like_a_new_one() {
        let mut again = call("{", &[(1, "{}", Some("a"))]).recycle();
        assert!(again.is_empty());
        again.push(2, "[]", None);
        let again = again.seal();
        assert_eq!((again.body(), again.rows().collect::<Vec<_>>()), ("{[]]}".into(), vec![(2, "[]")]));
    }

    #[test]
    fn a_call_has_room_for_so_many_rows_and_bytes_and_always_for_one() {
        let mut call = Call::new(&"{".into());
        let big = "x".repeat(MAX_BODY);
        assert!(call.has_room(&big, 2));
        call.push(1, "{}", None);
        assert!(!call.has_room(&big, 2));
        assert!(call.has_room("{}", 2));
        call.push(2, "{}", None);
        assert!(!call.has_room("{}", 2));
    }
}
