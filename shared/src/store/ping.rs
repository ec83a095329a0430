//! A check whether the table can be reached, for programs that report it instead of retrying.

use super::{error::StoreError, keys::Key, table::Store};
use crate::context::OperationContext;

impl Store {
    /// Makes the cheapest call that there is, once.
    ///
    /// # Errors
    /// Fails if the call fails; there are no retries.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let key = Key::in_list_of_tenants("-").into_attributes();
        let call = self.client().get_item().table_name(self.table()).set_key(Some(key));
        self.attempt(&OperationContext::without_deadline(), call.send()).await?;
        Ok(())
    }
}
