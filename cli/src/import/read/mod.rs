//! First stage of an import: reads the rows of the input file.
//!
//! | module | what lives there |
//! | --- | --- |
//! | `input_file` | opens the file; its rows one after the other |
//! | `input_format`, `detection` | formats; format, encoding and delimiter of a file |
//! | `file_watch` | whether the file was changed while it was read |
//! | `byte_counter`, `text_stream`, `line_counter` | the file's bytes, its text in UTF-8, and its lines |
//! | `table_rows` | the rows of a table, as upsert items |
//! | `record` | a record of a table, read by `csv_records`, `workbook_records` or `vcard_records` |
//! | `quoting` | broken quoting in CSV |
//! | `columns`, `column_mapping`, `preset` | the field that a column holds |
//! | `cell_text` | repairs of what spreadsheets make of numbers |
//! | `json_rows` | the rows of a JSON file |
//! | `json_items` | an item of a JSON file, read by `json_lines`, `json_array` or `request_body` |
//! | `row`, `row_keys` | a row: an upsert item to send, or why there is none; its dependencies |

mod byte_counter;
mod cell_text;
mod column_mapping;
mod columns;
mod csv_records;
mod detection;
mod file_watch;
mod input_file;
mod input_format;
mod json_array;
mod json_items;
mod json_lines;
mod json_rows;
mod line_counter;
mod preset;
mod quoting;
mod record;
mod request_body;
mod row;
mod row_keys;
mod table_rows;
mod text_stream;
mod vcard_records;
mod workbook_records;

pub(super) use column_mapping::ColumnMapping;
pub(super) use input_file::InputFile;
pub(super) use input_format::InputFormat;
pub(super) use row::{Row, RowContent};
pub(super) use row_keys::{AccountKeys, ContactKey, RowKeys};
