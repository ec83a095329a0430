//! Faults of DynamoDB that tests inject into the calls of an in-process client.

use std::sync::{Arc, Mutex, PoisonError};

/// What happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The call is refused by a `ThrottlingException` and has no effect.
    Throttle,
    /// The call takes effect, but its response is an `InternalServerError`.
    LoseResponse,
    /// The connection is reset before the call is sent, which has no effect.
    Disconnect,
    /// The first half of a batch is processed, rounded up. The other half is refused as throttled:
    /// `BatchGetItem` and `BatchWriteItem` return its keys or writes as unprocessed, `BatchExecuteStatement`
    /// returns an error for each of its statements. It fits no other operation.
    ProcessHalf,
}

/// Faults that are scheduled for calls. Clones share the schedule.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Mutex<Schedule>>);

#[derive(Debug, Default)]
struct Schedule {
    next_calls: Vec<(&'static str, Fault)>,
    every_call: Option<Fault>,
    calls_with: Vec<(String, Fault)>,
}

impl Faults {
    /// Schedules a fault for the next call of a DynamoDB operation, such as `BatchGetItem`, after the faults
    /// that are scheduled for that operation already.
    pub fn add(&self, operation: &'static str, fault: Fault) {
        self.with_schedule(|schedule| schedule.next_calls.push((operation, fault)));
    }

    /// Schedules a fault for every call, of any operation, for which no other is scheduled.
    pub fn add_for_every_call(&self, fault: Fault) {
        self.with_schedule(|schedule| schedule.every_call = Some(fault));
    }

    /// Schedules a fault for every call whose request contains this text, for example a partition key, and for
    /// which no other is scheduled.
    pub fn add_for_calls_with(&self, text: &str, fault: Fault) {
        self.with_schedule(|schedule| schedule.calls_with.push((text.to_owned(), fault)));
    }

    /// Removes every fault.
    pub fn clear(&self) {
        self.with_schedule(|schedule| *schedule = Schedule::default());
    }

    /// Returns the faults of next calls that have not happened yet.
    #[must_use]
    pub fn pending(&self) -> Vec<(&'static str, Fault)> {
        self.with_schedule(|schedule| schedule.next_calls.clone())
    }

    /// Takes the fault of this call of an operation off the schedule.
    #[must_use]
    pub fn take(&self, operation: &str, request: &[u8]) -> Option<Fault> {
        let request = String::from_utf8_lossy(request);
        self.with_schedule(|schedule| {
            if let Some(position) = schedule.next_calls.iter().position(|(of, _)| *of == operation) {
                return Some(schedule.next_calls.remove(position).1);
            }
            let with_text = schedule.calls_with.iter().find(|(text, _)| request.contains(text.as_str()));
            with_text.map(|(_, fault)| *fault).or(schedule.every_call)
        })
    }

    fn with_schedule<T>(&self, access: impl FnOnce(&mut Schedule) -> T) -> T {
        access(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fault_happens_to_one_call_of_its_operation() {
        let faults = Faults::default();
        faults.add("Query", Fault::Throttle);
        faults.add("Query", Fault::LoseResponse);
        assert_eq!(faults.take("GetItem", b"{}"), None);
        assert_eq!(faults.take("Query", b"{}"), Some(Fault::Throttle));
        assert_eq!(faults.pending(), [("Query", Fault::LoseResponse)]);
        assert_eq!(faults.take("Query", b"{}"), Some(Fault::LoseResponse));
        assert_eq!(faults.take("Query", b"{}"), None);
    }

    #[test]
    fn fault_of_every_call_happens_until_it_is_cleared() {
        let faults = Faults::default();
        faults.add_for_every_call(Fault::Throttle);
        faults.add("Query", Fault::LoseResponse);
        assert_eq!(faults.take("Query", b"{}"), Some(Fault::LoseResponse));
        assert_eq!(faults.take("Query", b"{}"), Some(Fault::Throttle));
        assert_eq!(faults.take("GetItem", b"{}"), Some(Fault::Throttle));
        faults.clear();
        assert_eq!(faults.take("GetItem", b"{}"), None);
    }
}
