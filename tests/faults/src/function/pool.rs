//! Idle processes, which schedules share.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use super::process::{FunctionKind, FunctionProcess};
use crate::{HarnessError, proxy::Proxy};

/// The idle processes, and the proxy that all processes take for DynamoDB.
pub(crate) struct FunctionPool {
    pub(crate) proxy: Proxy,
    idle: Mutex<Vec<FunctionProcess>>,
    started: AtomicU64,
}

impl FunctionPool {
    /// An empty pool.
    pub(crate) fn new(proxy: Proxy) -> Self {
        Self { proxy, idle: Mutex::default(), started: AtomicU64::new(0) }
    }

    /// How many processes were started so far.
    pub(crate) fn started(&self) -> u64 {
        self.started.load(Relaxed)
    }

    /// Takes an idle process of this function, or starts one.
    pub(crate) async fn take(&self, kind: FunctionKind) -> Result<FunctionProcess, HarnessError> {
        let idle = {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.iter().position(|process| process.kind == kind).map(|index| idle.swap_remove(index))
        };
        if let Some(process) = idle {
            return Ok(process);
        }
        let number = self.started.fetch_add(1, Relaxed);
        FunctionProcess::start(number, kind, &self.proxy.url(number)).await
    }

    /// Returns a process to the pool.
    pub(crate) fn put_back(&self, process: FunctionProcess) {
        self.proxy.unsubscribe(process.number);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(process);
    }
}
