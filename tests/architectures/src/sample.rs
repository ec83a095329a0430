//! The sample events in `events/`, with the expected responses in `answers.json`.

use std::{collections::BTreeMap, fs, io, path::Path};

use runtime_api::Bytes;
use serde_json::Value;

use crate::{build::Function, error::Failure};

/// The expected responses by the names of the events, after [`mask_processing_date`](crate::mask).
const EXPECTED: &str = include_str!("../answers.json");

/// The file in `events/` that the service publishes instead of receiving it.
const PUBLISHED: &str = "contact-changed.json";

/// A sample event.
pub(crate) struct Sample {
    /// The file name without its extension.
    pub(crate) name: String,
    pub(crate) function: Function,
    pub(crate) event: Bytes,
    pub(crate) expected: Value,
}

/// Reads all sample events, sorted by name. Each must have an expected response, and each response an event.
pub(crate) fn load() -> Result<Vec<Sample>, Failure> {
    let expected: BTreeMap<String, Value> = serde_json::from_str(EXPECTED)?;
    let names = fs::read_dir(folder())?.map(|file| Ok(file?.file_name()));
    let names = names.collect::<io::Result<Vec<_>>>()?;
    let count = names.iter().filter(|name| *name != PUBLISHED).count();
    if count != expected.len() {
        return Err(
            format!("events/ has {count} events, answers.json has {} responses", expected.len()).into()
        );
    }
    let sample = |(name, expected): (String, Value)| {
        let function = match name.split_once('-') {
            Some(("upsert", _)) => Function::Upsert,
            Some(("delete", _)) => Function::Delete,
            _ => return Err(format!("no function for events/{name}").into()),
        };
        Ok(Sample { event: event(&name)?, name, function, expected })
    };
    expected.into_iter().map(sample).collect()
}

/// Reads the event that creates the contact in the samples for the delete.
pub(crate) fn creation() -> Result<Bytes, Failure> {
    event("upsert-direct")
}

fn event(name: &str) -> Result<Bytes, Failure> {
    let file = folder().join(format!("{name}.json"));
    Ok(fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?.into())
}

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../events"))
}
