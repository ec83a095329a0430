//! The measured starts of a program.

use std::time::Duration;

use crate::{harness::program::Program, report::stats::milliseconds};

/// One start of a function.
pub(super) struct Start {
    /// The time until its first request for an event.
    pub(super) init: Duration,
    /// The time until its first response was complete.
    pub(super) first_response: Duration,
    /// The resident memory at its first request for an event, in kilobytes of 1,024 bytes.
    pub(super) resident_kb: u32,
}

/// A program, and whether its first event has an idempotency key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Contender {
    pub(super) program: Program,
    pub(super) has_key: bool,
}

impl Contender {
    pub(super) const fn new(program: Program) -> Self {
        Self { program, has_key: false }
    }

    pub(super) const fn with_key(program: Program) -> Self {
        Self { program, has_key: true }
    }

    /// The label in tables and plots.
    pub(super) fn label(self) -> String {
        let label = self.program.label();
        if self.has_key { format!("{label}, with a key") } else { label.to_owned() }
    }
}

/// Every counted start of a contender.
pub(super) struct ProgramStarts {
    pub(super) contender: Contender,
    pub(super) starts: Vec<Start>,
}

impl ProgramStarts {
    pub(super) fn init_ms(&self) -> impl Iterator<Item = f64> {
        self.starts.iter().map(|start| milliseconds(start.init))
    }

    pub(super) fn first_response_ms(&self) -> impl Iterator<Item = f64> {
        self.starts.iter().map(|start| milliseconds(start.first_response))
    }

    pub(super) fn resident_mb(&self) -> impl Iterator<Item = f64> {
        self.starts.iter().map(|start| f64::from(start.resident_kb) * 1_024.0 / 1e6)
    }
}
