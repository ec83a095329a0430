//! Last stage of an import: records the outcome of each row and reports it.
//!
//! | module | what lives there |
//! | --- | --- |
//! | `tally` | records outcomes: counts, progress, rejected rows |
//! | `row_counts` | outcomes and their counts |
//! | `row_order` | rejected rows, back in the order of the file |
//! | `created_ids` | the contacts that a dry run would have created |
//! | `progress` | progress on standard error |
//! | `summary` | the result on standard output |
//! | `rejected_file` | the file of rejected rows |
//! | `rejected_format`, `csv_line` | how a rejected row is written |

mod created_ids;
mod csv_line;
mod progress;
mod rejected_file;
mod rejected_format;
mod row_counts;
mod row_order;
mod summary;
mod tally;

pub(super) use csv_line::csv_line;
pub(super) use progress::Progress;
pub(super) use rejected_file::{RejectedFile, RejectedPath};
pub(super) use rejected_format::{REJECTED_BECAUSE, REJECTED_LINE, REJECTED_TEXT, RejectedFormat};
pub(super) use row_counts::RowOutcome;
pub(super) use summary::Summary;
pub(super) use tally::{TalliedRow, Tally};
