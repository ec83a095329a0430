//! The context of one operation.

use std::sync::{Mutex, PoisonError};

use super::{deadline::Deadline, mode::Mode, operation_id::OperationId, phases::Phases, usage::Usage};

/// What belongs to one operation. Store and use cases take it by reference and add to its usage and phases.
#[derive(Debug)]
pub struct OperationContext {
    id: OperationId,
    deadline: Deadline,
    mode: Mode,
    usage: Mutex<Usage>,
    phases: Phases,
}

impl OperationContext {
    /// A context with nothing counted yet.
    #[must_use]
    pub fn new(id: OperationId, deadline: Deadline) -> Self {
        Self { id, deadline, mode: Mode::Apply, usage: Mutex::default(), phases: Phases::default() }
    }

    /// Sets whether the operation writes. Until then, it does.
    pub fn set_mode(&mut self, mode: Mode) {
        self.mode = mode;
    }

    /// A context with an id of its own and no deadline, for programs that wait for as long as it takes.
    #[must_use]
    pub fn without_deadline() -> Self {
        Self::new(OperationId::unique(), Deadline::NONE)
    }

    /// The operation's idempotency id.
    #[must_use]
    pub fn id(&self) -> &OperationId {
        &self.id
    }

    /// The moment by which the operation must have ended.
    #[must_use]
    pub fn deadline(&self) -> Deadline {
        self.deadline
    }

    /// Whether the operation writes.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// What the operation has consumed at the table so far.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.usage.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The phases of the operation so far.
    #[must_use]
    pub fn phases(&self) -> &Phases {
        &self.phases
    }

    /// Adds usage and phases of another context, which worked on a part of this operation.
    pub fn merge(&self, other: &Self) {
        let usage = other.usage();
        self.count(|own| *own += usage);
        self.phases.merge(&other.phases);
    }

    /// Changes the usage.
    pub(crate) fn count(&self, change: impl FnOnce(&mut Usage)) {
        change(&mut self.usage.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Phase;

    #[test]
    fn merged_context_has_the_usage_and_phases_of_both() {
        let with = |factor: u32, last_retry: Option<&str>| {
            let context = OperationContext::without_deadline();
            context.count(|usage| {
                *usage = Usage {
                    round_trips: factor,
                    failed_calls: 2 * factor,
                    retries: 3 * factor,
                    throttles: 4 * factor,
                    last_retry: last_retry.map(str::to_owned),
                    read_units: f64::from(5 * factor),
                    write_units: f64::from(6 * factor),
                };
            });
            context
        };
        let (whole, part) = (with(10, Some("lost a race")), with(1, None));
        whole.phases().run(Phase::Accounts, || ());
        part.phases().run(Phase::Parse, || ());
        whole.merge(&part);
        assert_eq!(whole.usage(), with(11, Some("lost a race")).usage());
        whole.merge(&with(1, Some("throttled")));
        assert_eq!(whole.usage(), with(12, Some("throttled")).usage());
        let phases: Vec<_> = whole.phases().spans().iter().map(|span| span.phase.as_str()).collect();
        assert_eq!(phases, ["accounts", "parse"]);
    }
}
