//! The phases of an event's work, and when each began and ended. Whoever does the work of a phase says so
//! here; what becomes of the times is for [`telemetry`](crate::telemetry).

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// What an event's time goes into. Phases of one event follow one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Finding out whose event it is, and whether it may be.
    Access,
    /// Reading the body into domain types.
    Parse,
    /// Looking up the accounts, and creating or completing them.
    Accounts,
    /// Reading, judging and writing or deleting the contacts.
    Contacts,
}

impl Phase {
    /// Its name, as traces have it.
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

/// A stretch of time in a phase; a phase can have several.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// The phase.
    pub phase: Phase,
    /// When it began.
    pub begun: Instant,
    /// When it ended, or was cut off.
    pub ended: Instant,
}

impl Span {
    /// How long it took.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.ended - self.begun
    }
}

/// The phases of one event so far. Clones are of the same event.
#[derive(Debug, Clone, Default)]
pub struct Phases(Arc<Mutex<Vec<Span>>>);

impl Phases {
    /// Does some work that belongs to a phase.
    pub fn run<T>(&self, phase: Phase, work: impl FnOnce() -> T) -> T {
        let _running = self.begin(phase);
        work()
    }

    /// Does some work that belongs to a phase, and notes its time also if it is cut off.
    pub async fn during<T>(&self, phase: Phase, work: impl Future<Output = T>) -> T {
        let _running = self.begin(phase);
        work.await
    }

    /// What there was, in the order of the ends.
    #[must_use]
    pub fn spans(&self) -> Vec<Span> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes over what was noted elsewhere for the same event.
    pub(crate) fn absorb(&self, other: &Self) {
        let spans = other.spans();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(spans);
    }

    /// A phase that lasts as long as what this returns.
    pub(crate) fn begin(&self, phase: Phase) -> Running<'_> {
        Running { phases: self, phase, begun: Instant::now() }
    }
}

/// A phase under way, which ends when this goes.
pub(crate) struct Running<'p> {
    phases: &'p Phases,
    phase: Phase,
    begun: Instant,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let span = Span { phase: self.phase, begun: self.begun, ended: Instant::now() };
        self.phases.0.lock().unwrap_or_else(PoisonError::into_inner).push(span);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_phase_that_is_cut_off_counts_until_then() {
        let phases = Phases::default();
        let endless = phases.during(Phase::Contacts, std::future::pending::<()>());
        assert!(tokio::time::timeout(Duration::from_millis(5), endless).await.is_err());
        phases.run(Phase::Parse, || ());
        let noted: Vec<_> = phases.spans().iter().map(|span| span.phase).collect();
        assert_eq!(noted, [Phase::Contacts, Phase::Parse]);
        assert!(phases.spans()[0].duration() >= Duration::from_millis(5));
    }
}
