//! How long to go on trying, and how long to wait in between.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

use super::service::{Trouble, TroubleKind};

/// From where on waits don't grow any more.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// How long to look for a service that nobody has seen yet: more likely than down, it is elsewhere.
const FIRST_CONTACT: Duration = Duration::from_secs(20);

/// How often a call is made again that the service fails on for a reason of its own.
const TRIES_OF_BROKEN: u32 = 4;

/// How long all lanes together go on trying while no call goes through.
pub(super) struct Patience {
    limit: Duration,
    state: Mutex<State>,
}

struct State {
    last_success: Option<Instant>,
    /// Whether anybody has ever answered.
    met: bool,
}

impl Patience {
    pub(super) fn new(limit: Duration) -> Self {
        Self { limit, state: Mutex::new(State { last_success: None, met: false }) }
    }

    /// Notes that a call went through.
    pub(super) fn went_through(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        *state = State { last_success: Some(Instant::now()), met: true };
    }

    /// A call that is to be made.
    pub(super) fn begin(&self) -> Attempts<'_> {
        let waits = ExponentialBuilder::new()
            .with_min_delay(Duration::from_millis(250))
            .with_max_delay(LONGEST_WAIT)
            .without_max_times()
            .with_jitter();
        Attempts { patience: self, begun: Instant::now(), waits: waits.build(), broken: 0 }
    }

    /// How long to go on with a call that was begun then.
    fn left(&self, begun: Instant, kind: TroubleKind) -> Duration {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.met |= kind != TroubleKind::Unreachable;
        let limit = if state.met { self.limit } else { self.limit.min(FIRST_CONTACT) };
        let since = state.last_success.map_or(begun, |success| success.max(begun));
        limit.saturating_sub(since.elapsed())
    }
}

/// The attempts at one call.
pub(super) struct Attempts<'p> {
    patience: &'p Patience,
    begun: Instant,
    waits: ExponentialBackoff,
    broken: u32,
}

impl Attempts<'_> {
    /// How long to wait before the next attempt; `None` if there is to be none. The service's own wish
    /// counts, unless patience ends before.
    pub(super) fn next_wait(&mut self, trouble: &Trouble) -> Option<Duration> {
        self.broken += u32::from(trouble.kind == TroubleKind::Broken);
        let left = self.patience.left(self.begun, trouble.kind);
        if left.is_zero() || self.broken >= TRIES_OF_BROKEN {
            return None;
        }
        let wait = self.waits.next().unwrap_or(LONGEST_WAIT);
        Some(trouble.wait.map_or(wait, |wish| wish.max(wait)).min(left))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trouble(kind: TroubleKind, wait: Option<u64>) -> Trouble {
        Trouble { what: String::new(), kind, wait: wait.map(Duration::from_secs) }
    }

    #[test]
    fn the_service_is_waited_for_as_long_as_it_asks() {
        let patience = Patience::new(Duration::from_mins(5));
        let wait = patience.begin().next_wait(&trouble(TroubleKind::Busy, Some(60))).unwrap();
        assert_eq!(wait, Duration::from_mins(1));
    }

    #[test]
    fn waiting_ends_with_patience() {
        let patience = Patience::new(Duration::from_secs(3));
        let wait = patience.begin().next_wait(&trouble(TroubleKind::Busy, Some(60))).unwrap();
        assert!(wait <= Duration::from_secs(3));
        let patience = Patience::new(Duration::ZERO);
        assert_eq!(patience.begin().next_wait(&trouble(TroubleKind::Busy, None)), None);
    }

    #[test]
    fn what_nobody_has_seen_yet_is_looked_for_a_shorter_time() {
        let patience = Patience::new(Duration::from_mins(5));
        let unreachable = trouble(TroubleKind::Unreachable, Some(60));
        assert!(patience.begin().next_wait(&unreachable).unwrap() <= FIRST_CONTACT);
        patience.went_through();
        assert_eq!(patience.begin().next_wait(&unreachable).unwrap(), Duration::from_mins(1));
    }

    #[test]
    fn a_call_that_the_service_fails_on_is_made_a_few_times() {
        let patience = Patience::new(Duration::from_mins(5));
        let mut attempts = patience.begin();
        let broken = trouble(TroubleKind::Broken, None);
        let waits = (0..10).filter(|_| attempts.next_wait(&broken).is_some()).count();
        assert_eq!(waits, 3);
    }
}
