//! First stage of an import: reads the rows of the input file.
//!
//! | module | what lives there |
//! | --- | --- |
//! | `input_file` | opens the file; its rows one after the other |
//! | `detection` | format, encoding and delimiter of a file |
//! | `byte_counter` | how much of the file has been read |
//! | `text_stream` | the file's text in UTF-8, checked for validity |
//! | `csv_records`, `csv_rows` | CSV: records with line numbers; rows by the header |
//! | `ndjson_rows` | NDJSON: a row per line |
//! | `row` | a row: an upsert item to send, or why there is none |
//! | `contact_key` | which contact a row identifies |

mod byte_counter;
mod contact_key;
mod csv_records;
mod csv_rows;
mod detection;
mod input_file;
mod ndjson_rows;
mod row;
mod text_stream;

pub(super) use contact_key::ContactKey;
pub(super) use input_file::InputFile;
pub(super) use row::{Row, RowContent};
