//! A batch: the rows of one request, and its body.

use std::{ops::Range, sync::Arc};

use bytes::Bytes;

use crate::import::report::TalliedRow;

/// The maximum size of a body, in bytes. Lambda's limit of 6 MB includes what API Gateway adds, and applies
/// to the response too.
const MAX_BODY_BYTES: usize = 4_000_000;

/// The end of each body.
const BODY_SUFFIX: &str = "]}";

/// A batch that rows are added to.
pub(super) struct BatchBuilder {
    /// The start of each body.
    prefix: Arc<str>,
    body: Vec<u8>,
    rows: Vec<BatchRow>,
    originals: String,
    file_bytes: u64,
}

struct BatchRow {
    number: u64,
    line: u64,
    /// The range of the item in the body.
    item: Range<usize>,
    /// The range of the row's original text in `originals`; `None` if it is the same as the item.
    original: Option<Range<usize>>,
}

impl BatchBuilder {
    pub(super) fn new(prefix: &Arc<str>) -> Self {
        Self {
            prefix: Arc::clone(prefix),
            body: prefix.as_bytes().to_vec(),
            rows: Vec::new(),
            originals: String::new(),
            file_bytes: 0,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether the item fits into the batch. The first item always does.
    pub(super) fn has_room(&self, item: &str, max_rows: usize) -> bool {
        let length = self.body.len() + item.len() + 1 + BODY_SUFFIX.len();
        self.is_empty() || (self.rows.len() < max_rows && length <= MAX_BODY_BYTES)
    }

    /// Returns the number of its first row; `None` if it is empty.
    pub(super) fn first_number(&self) -> Option<u64> {
        self.rows.first().map(|row| row.number)
    }

    /// Adds the row with that position in the file; `original` is `None` if it is the same as the item.
    pub(super) fn push(&mut self, number: u64, line: u64, item: &str, original: Option<&str>) {
        if !self.is_empty() {
            self.body.push(b',');
        }
        let start = self.body.len();
        self.body.extend_from_slice(item.as_bytes());
        let item = start..self.body.len();
        let original = original.map(|original| {
            let start = self.originals.len();
            self.originals.push_str(original);
            start..self.originals.len()
        });
        self.rows.push(BatchRow { number, line, item, original });
    }

    /// Adds to the number of bytes that were read from the file for these rows.
    pub(super) fn add_file_bytes(&mut self, bytes: u64) {
        self.file_bytes += bytes;
    }

    /// Completes the body.
    pub(super) fn build(mut self) -> Batch {
        self.body.extend_from_slice(BODY_SUFFIX.as_bytes());
        Batch {
            prefix: self.prefix,
            body: self.body.into(),
            rows: self.rows,
            originals: self.originals,
            file_bytes: self.file_bytes,
        }
    }
}

/// A batch that is ready to be sent. It has at least one row.
pub(super) struct Batch {
    prefix: Arc<str>,
    body: Bytes,
    rows: Vec<BatchRow>,
    originals: String,
    /// How many bytes were read from the file for these rows.
    pub(super) file_bytes: u64,
}

impl Batch {
    /// Returns the request's body, without a copy.
    pub(super) fn body(&self) -> Bytes {
        self.body.clone()
    }

    /// Returns the number of rows.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Returns the number of its first row.
    pub(super) fn first_number(&self) -> u64 {
        self.rows.first().expect("a batch has at least one row").number
    }

    /// Returns the rows, as their outcomes are recorded.
    pub(super) fn rows(&self) -> impl ExactSizeIterator<Item = TalliedRow<'_>> {
        self.rows.iter().map(|row| TalliedRow {
            number: row.number,
            line: row.line,
            original: self.original(row).unwrap_or_else(|| self.item(row)),
        })
    }

    /// Returns an empty batch that reuses this one's memory. New memory for each batch would fragment the
    /// heap, and the process would grow.
    pub(super) fn recycle(mut self) -> BatchBuilder {
        // The HTTP client may still hold the body.
        let mut body = self.body.try_into_mut().map_or_else(|_| Vec::new(), Vec::from);
        body.clear();
        body.extend_from_slice(self.prefix.as_bytes());
        self.rows.clear();
        self.originals.clear();
        BatchBuilder { prefix: self.prefix, body, rows: self.rows, originals: self.originals, file_bytes: 0 }
    }

    /// Splits the rows into two batches of about the same number of rows.
    pub(super) fn split(&self) -> [Self; 2] {
        let (first, second) = self.rows.split_at(self.rows.len().div_ceil(2));
        let mut halves = [first, second].map(|rows| {
            let mut batch = BatchBuilder::new(&self.prefix);
            for row in rows {
                batch.push(row.number, row.line, self.item(row), self.original(row));
            }
            batch.build()
        });
        halves[0].file_bytes = self.file_bytes;
        halves
    }

    fn item(&self, row: &BatchRow) -> &str {
        str::from_utf8(&self.body[row.item.clone()]).expect("the item was text when it was added to the body")
    }

    fn original(&self, row: &BatchRow) -> Option<&str> {
        row.original.clone().map(|range| &self.originals[range])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(prefix: &str, rows: &[(u64, &str, Option<&str>)]) -> Batch {
        let mut batch = BatchBuilder::new(&prefix.into());
        for (line, item, original) in rows {
            batch.push(line - 1, *line, item, *original);
        }
        batch.build()
    }

    fn originals(batch: &Batch) -> Vec<(u64, u64, &str)> {
        batch.rows().map(|row| (row.number, row.line, row.original)).collect()
    }

    #[test]
    fn split_keeps_the_rows_and_their_order() {
        let rows = [(2, "{}", Some("a")), (3, "[]", None), (7, "5", Some("b"))];
        let whole = batch("{\"list_items\":[", &rows);
        assert_eq!(whole.body(), "{\"list_items\":[{},[],5]}");
        let [first, second] = whole.split();
        assert_eq!(first.body(), "{\"list_items\":[{},[]]}");
        assert_eq!(second.body(), "{\"list_items\":[5]}");
        assert!(first.rows().chain(second.rows()).eq(whole.rows()));
        assert_eq!(originals(&whole), [(1, 2, "a"), (2, 3, "[]"), (6, 7, "b")]);
    }

    #[test]
    fn a_recycled_batch_is_empty() {
        let mut again = batch("{", &[(1, "{}", Some("a"))]).recycle();
        assert!(again.is_empty());
        again.push(1, 2, "[]", None);
        let again = again.build();
        assert_eq!((again.body(), originals(&again)), ("{[]]}".into(), vec![(1, 2, "[]")]));
    }

    #[test]
    fn a_batch_is_limited_by_rows_and_bytes_but_takes_one_row() {
        let mut batch = BatchBuilder::new(&"{".into());
        let big = "x".repeat(MAX_BODY_BYTES);
        assert!(batch.has_room(&big, 2));
        batch.push(1, 1, "{}", None);
        assert!(!batch.has_room(&big, 2));
        assert!(batch.has_room("{}", 2));
        batch.push(2, 2, "{}", None);
        assert!(!batch.has_room("{}", 2));
    }
}
