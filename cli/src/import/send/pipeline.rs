//! The dispatcher and the workers of an import, connected.

use std::sync::Arc;

use tokio::{sync::mpsc, task::JoinSet};

use super::{
    api_client::ApiClient, dispatcher::Dispatcher, retry::RetryBudget, shutdown::Shutdown, worker::Worker,
};
use crate::{
    error::CliError,
    import::{arguments::ImportArgs, read::InputFile, report::Tally, settings::ImportSettings},
};

/// Sends all rows of the file. On an error or a signal, ends the requests in flight and fails.
pub(crate) async fn send_rows(
    args: &ImportArgs,
    settings: &ImportSettings,
    client: ApiClient,
    input: InputFile,
    tally: &Arc<Tally>,
) -> Result<(), CliError> {
    let shutdown = Arc::new(Shutdown::default());
    shutdown.request_on_signals()?;
    let worker = Worker {
        client: Arc::new(client),
        retry_budget: Arc::new(RetryBudget::new(args.retry_limit)),
        tally: Arc::clone(tally),
        shutdown: Arc::clone(&shutdown),
    };
    let mut workers = JoinSet::new();
    let mut senders = Vec::new();
    for _ in 0..args.concurrency {
        let (sender, jobs) = mpsc::channel(1);
        workers.spawn(worker.clone().run(jobs));
        senders.push(sender);
    }
    let body_prefix = settings.body_prefix().into();
    let max_rows = args.max_batch_rows.into();
    let account = settings.default_account_keys();
    let dispatcher = Dispatcher::new(input, Arc::clone(tally), body_prefix, max_rows, account, senders);
    let file_read = dispatcher.spawn();
    workers.join_all().await;
    if let Some(reason) = shutdown.take_reason() {
        return Err(reason);
    }
    file_read
        .await
        .map_err(|error| CliError::other("the thread that reads the file has panicked").caused_by(error))?
}
