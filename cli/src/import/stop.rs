//! Ending an import before its file ends: an interruption, or an error after which no call is worth
//! making.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::watch;

use crate::failure::Failure;

/// How long the calls that are under way may still take, so that their rows are counted right.
const GRACE: Duration = Duration::from_secs(5);

/// Whether to stop, and why.
pub(super) struct Stop {
    requested: watch::Sender<bool>,
    why: Mutex<Option<Failure>>,
}

impl Stop {
    pub(super) fn new() -> Self {
        Self { requested: watch::Sender::new(false), why: Mutex::new(None) }
    }

    /// Stops the import. The first reason is the one that is told.
    pub(super) fn request(&self, why: Failure) {
        self.why.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(why);
        self.requested.send_replace(true);
    }

    /// Waits until the import is to stop.
    pub(super) async fn requested(&self) {
        // This fails once the sender is gone, which `self` keeps.
        let _ = self.requested.subscribe().wait_for(|requested| *requested).await;
    }

    /// Waits until the import is to stop and no call may take any longer.
    pub(super) async fn final_call(&self) {
        self.requested().await;
        tokio::time::sleep(GRACE).await;
    }

    /// Why it was stopped, if it was.
    pub(super) fn why(&self) -> Option<Failure> {
        self.why.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
