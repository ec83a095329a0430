//! What the fuzz targets share: a function as Lambda runs it, on a table that is the same for every input
//! ([`function`], [`table`]), and what must be true of whatever it answers ([`answers`], [`contract`]).
//! What each target feeds to it, and what it takes an input for, is in `fuzz_targets/`.

pub mod answers;
pub mod contract;
mod dynamodb;
pub mod function;
pub mod message;
pub mod plain;
mod table;
pub mod written;
