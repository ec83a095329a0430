//! The sample events in `events/`, with the answers in `answers.json`.

use std::{collections::BTreeMap, fs, path::Path};

use runtime_api::Bytes;
use serde_json::Value;

use crate::{Failure, function::Function};

/// The expected answers, by the events' names; [`mask`](crate::mask) says what was replaced in them.
const ANSWERS: &str = include_str!("../answers.json");

/// A sample event.
pub(crate) struct Sample {
    /// The file name without its extension.
    pub(crate) name: String,
    pub(crate) function: Function,
    pub(crate) event: Bytes,
    pub(crate) expected: Value,
}

/// Reads all sample events, sorted by name. Each must have an expected answer, and each answer an event.
pub(crate) fn load() -> Result<Vec<Sample>, Failure> {
    let mut answers: BTreeMap<String, Value> = serde_json::from_str(ANSWERS)?;
    let mut samples = Vec::new();
    for entry in fs::read_dir(folder())? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let function = Function::of_event(&name).ok_or_else(|| format!("no function for events/{name}"))?;
        let expected = answers.remove(&name).ok_or_else(|| format!("answers.json has no {name}"))?;
        samples.push(Sample { event: fs::read(path)?.into(), name, function, expected });
    }
    if let Some(name) = answers.into_keys().next() {
        return Err(format!("answers.json has {name}, events/ does not").into());
    }
    samples.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(samples)
}

/// An event that creates the contact which the samples for the delete name.
pub(crate) fn creation() -> Result<Bytes, Failure> {
    Ok(fs::read(folder().join("upsert-direct.json"))?.into())
}

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../events"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_functions_have_sample_events() {
        let samples = load().unwrap();
        for function in Function::ALL {
            assert!(samples.iter().any(|sample| sample.function == function), "{function:?}");
        }
    }
}
