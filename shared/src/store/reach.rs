//! Whether the table can be reached at all, for those who would rather be told than wait.

use super::{Store, StoreError, keys::Key};

impl Store {
    /// Makes one call, the cheapest there is, and doesn't try again if it fails.
    pub async fn reach(&self) -> Result<(), StoreError> {
        let key = Key::in_list_of_tenants("-").into_attributes();
        let call = self.client.get_item().table_name(&*self.table).set_key(Some(key));
        self.attempt(call.send()).await?;
        Ok(())
    }
}
