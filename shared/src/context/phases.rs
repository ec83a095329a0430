//! The phases of an operation, with their start and end times. Telemetry turns them into metrics and trace segments; that
//! is the handler's part.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// A phase of an operation. Phases of one operation follow one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Authentication, authorization, and reading the tenant's settings.
    Access,
    /// Parsing the body into domain types.
    Parse,
    /// Looking up the accounts, creating or completing them, and reading the contacts of a short list.
    Accounts,
    /// Reading the contacts of a long list, and writing or deleting them.
    Contacts,
}

impl Phase {
    /// The phase's name, as traces have it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Parse => "parse",
            Self::Accounts => "accounts",
            Self::Contacts => "contacts",
        }
    }
}

/// A period of time in a phase; a phase can have several.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// The phase.
    pub phase: Phase,
    /// When it started.
    pub start: Instant,
    /// When it ended or was cancelled.
    pub end: Instant,
}

impl Span {
    /// The time between start and end.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.end - self.start
    }
}

/// The phases of one operation so far.
#[derive(Debug, Default)]
pub struct Phases(Mutex<Vec<Span>>);

impl Phases {
    /// Runs `work` and records its time.
    pub fn run<T>(&self, phase: Phase, work: impl FnOnce() -> T) -> T {
        let _guard = self.start(phase);
        work()
    }

    /// Awaits `work` and records its time, also if it is cancelled.
    pub async fn run_async<T>(&self, phase: Phase, work: impl Future<Output = T>) -> T {
        let _guard = self.start(phase);
        work.await
    }

    /// Starts a phase, which ends when the guard is dropped.
    pub fn start(&self, phase: Phase) -> PhaseGuard<'_> {
        PhaseGuard { phases: self, phase, start: Instant::now() }
    }

    /// All spans, in the order of their ends.
    #[must_use]
    pub fn spans(&self) -> Vec<Span> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Adds the spans of a part of the same operation.
    pub(super) fn merge(&self, other: &Self) {
        let spans = other.spans();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(spans);
    }
}

/// A phase that has started and ends when this is dropped.
#[must_use = "the phase ends when the guard is dropped"]
pub struct PhaseGuard<'p> {
    phases: &'p Phases,
    phase: Phase,
    start: Instant,
}

impl Drop for PhaseGuard<'_> {
    fn drop(&mut self) {
        let span = Span { phase: self.phase, start: self.start, end: Instant::now() };
        self.phases.0.lock().unwrap_or_else(PoisonError::into_inner).push(span);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn cancelled_phase_counts_until_its_cancellation() {
        let phases = Phases::default();
        let endless = phases.run_async(Phase::Contacts, std::future::pending::<()>());
        assert!(tokio::time::timeout(Duration::from_millis(5), endless).await.is_err());
        phases.run(Phase::Parse, || ());
        let recorded: Vec<_> = phases.spans().iter().map(|span| span.phase).collect();
        assert_eq!(recorded, [Phase::Contacts, Phase::Parse]);
        // The time limit begins a moment before the phase.
        assert!(phases.spans()[0].duration() >= Duration::from_millis(4));
    }
}
