//! Calls that may be made twice, made until they are answered.

use super::{Backoff, Store, StoreError};

impl Store {
    /// Makes a call again and again while what keeps it from being answered may pass by itself.
    pub(super) async fn until_answered<T, F>(&self, mut call: impl FnMut() -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        let mut backoff = Backoff::new();
        loop {
            match call().await {
                Err(error) if error.is_transient() => self.back_off(&mut backoff, error.to_string()).await,
                answer => return answer,
            }
        }
    }
}
