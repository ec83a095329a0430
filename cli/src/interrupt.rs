//! Cancellation on Ctrl-C, for commands that must report the state they leave behind or remove temporary
//! files.

use crate::error::CliError;

/// Runs `work` to its end. On Ctrl-C, drops it and fails with [`CliError::interrupted`] and the advice.
pub(crate) async fn cancel_on_ctrl_c<T>(
    work: impl Future<Output = Result<T, CliError>>,
    advice: &str,
) -> Result<T, CliError> {
    tokio::select! {
        result = work => result,
        // If the handler can't be installed, this branch is disabled, and Ctrl-C kills the process.
        Ok(()) = tokio::signal::ctrl_c() => {
            Err(CliError::interrupted().advice(advice))
        }
    }
}
