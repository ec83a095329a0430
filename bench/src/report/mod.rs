//! What results become: statistics of samples, tables and plots, and the pages that show them. Nothing here
//! measures.

pub(crate) mod machine;
pub(crate) mod markdown_table;
pub(crate) mod pages;
pub(crate) mod plot;
pub(crate) mod results;
pub(crate) mod stats;
