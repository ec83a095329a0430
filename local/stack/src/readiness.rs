//! The wait until both functions respond.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use crate::error::ErrorMessage;

/// The wait before the next attempt while nothing listens.
const CONNECT_INTERVAL: Duration = Duration::from_millis(100);

/// The wait before the next attempt after a server error.
const ERROR_INTERVAL: Duration = Duration::from_secs(1);

/// How long server errors may be due to the start.
const START_LIMIT: Duration = Duration::from_secs(10);

/// Waits until something listens and both functions respond.
pub(crate) async fn wait_until_ready(url: &str) -> Result<(), ErrorMessage> {
    let client = reqwest::Client::builder().no_proxy().build().map_err(|error| error.to_string())?;
    for path in ["/contacts", "/contacts/delete"] {
        let started = Instant::now();
        loop {
            match client.post(format!("{url}{path}")).send().await.map(|response| response.status()) {
                // Without a token a function responds 401, and does nothing else.
                Ok(status) if status == 401 => break,
                Ok(status) if status.is_server_error() && started.elapsed() < START_LIMIT => {
                    sleep(ERROR_INTERVAL).await;
                }
                Ok(status) => {
                    return Err(format!("POST {path} without a token is answered by {status}, not 401"));
                }
                Err(_) => sleep(CONNECT_INTERVAL).await,
            }
        }
    }
    Ok(())
}
