//! Cancellation on a signal, such as that of Ctrl-C, for commands that must report the state they leave behind
//! or remove temporary files.

use std::{
    fs,
    future::poll_fn,
    process,
    task::{Context, Poll},
    time::Duration,
};

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::{
    error::{CliError, EXIT_CODE_INTERRUPTED},
    output::note,
};

/// How long after a signal the process exits although the work did not return, because it is blocked in a
/// write, such as to a pipe that is full.
const GRACE_PERIOD: Duration = Duration::from_secs(2);

/// Runs `work` to its end. On a signal, drops it and fails with [`CliError::interrupted`] and the advice.
pub(crate) async fn cancel_on_signal<T>(
    work: impl Future<Output = Result<T, CliError>>,
    advice: &str,
) -> Result<T, CliError> {
    let error = CliError::interrupted().advice(advice);
    let report = format!("contacts: {}", error.report());
    // If a handler can't be installed, its signal kills the process.
    let signals: Vec<_> = termination_signals().into_iter().filter_map(|kind| signal(kind).ok()).collect();
    let received = CancellationToken::new();
    let cancel = received.clone();
    let watcher = tokio::spawn(async move {
        first_of(signals).await;
        cancel.cancel();
        tokio::time::sleep(GRACE_PERIOD).await;
        note(&report);
        process::exit(EXIT_CODE_INTERRUPTED.into());
    });
    let result = tokio::select! {
        result = work => result,
        () = received.cancelled() => Err(error),
    };
    watcher.abort();
    result
}

/// Returns the signals that end a command: SIGINT (Ctrl-C), SIGTERM and SIGHUP, except those that were ignored when the
/// tool was started, as `nohup` does.
pub(crate) fn termination_signals() -> Vec<SignalKind> {
    let ignored = ignored_signals();
    let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
    kinds.into_iter().filter(|kind| ignored & (1 << (kind.as_raw_value() - 1)) == 0).collect()
}

/// Returns the ignored signals as a bit mask: signal n is bit n - 1. On systems other than Linux, where only unsafe
/// code can read it, no bit is set.
fn ignored_signals() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let set = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    set.and_then(|digits| u64::from_str_radix(digits.trim(), 16).ok()).unwrap_or(0)
}

/// Waits for the first of the signals.
async fn first_of(mut signals: Vec<Signal>) {
    poll_fn(|context: &mut Context<'_>| {
        let received = signals.iter_mut().any(|signal| signal.poll_recv(context).is_ready());
        if received { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}
