//! The embedded database with the table in it.

use std::path::Path;

pub use dynoxide::Database;

use crate::{error::StartError, table_definition::create_embedded};

/// Opens a new database in memory with an empty table. Clones share it.
pub fn in_memory_database() -> Result<Database, StartError> {
    with_table(Database::memory().map_err(StartError::Database)?)
}

/// Opens the database in a file. If there is no file, it is created with an empty table.
pub(crate) fn file_database(file: &Path) -> Result<Database, StartError> {
    let database = Database::new(&file.to_string_lossy()).map_err(StartError::Database)?;
    // Sets SQLite's `synchronous` to NORMAL. The default, FULL, waits for the disk at each write, so that a list of 10,000
    // contacts exceeds a function's time limit on a busy disk. The last writes are lost only if the machine crashes.
    database.disable_bulk_loading().map_err(StartError::Database)?;
    with_table(database)
}

fn with_table(database: Database) -> Result<Database, StartError> {
    create_embedded(&database)?;
    Ok(database)
}
