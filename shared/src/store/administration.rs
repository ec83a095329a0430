//! What operators do: make tenants, tokens and accounts. The functions never call this.

use aws_sdk_dynamodb::types::AttributeValue;

use super::{
    Store, StoreError,
    attributes::{Item, text_list},
    keys::Key,
};
use crate::domain::{Account, SecretDigest, Tenant, TenantName, TokenGrant};

impl Store {
    /// Stores a tenant's settings, whether or not it was there before.
    pub async fn put_tenant(&self, tenant: &Tenant) -> Result<(), StoreError> {
        let words = tenant.contact_types.words().iter().map(String::as_str);
        let mut item = Key::tenant(&tenant.name).into_attributes();
        item.insert("time_zone".to_owned(), AttributeValue::S(tenant.time_zone.name().to_owned()));
        item.insert("contact_types".to_owned(), text_list(words));
        self.put(item).await
    }

    /// Makes a token good, by its secret's fingerprint.
    pub async fn put_token(
        &self,
        tenant: &TenantName,
        digest: &SecretDigest,
        grant: &TokenGrant,
    ) -> Result<(), StoreError> {
        let mut item = Key::token(tenant, digest).into_attributes();
        item.insert("rights".to_owned(), text_list(grant.rights.iter().map(|right| right.as_str())));
        item.insert("label".to_owned(), AttributeValue::S(grant.label.clone()));
        if let Some(moment) = grant.expires_at {
            item.insert("expires_at".to_owned(), AttributeValue::N(moment.as_second().to_string()));
        }
        self.put(item).await
    }

    /// Revokes a token. Warm functions may know it for up to a minute more.
    pub async fn revoke_token(&self, tenant: &TenantName, digest: &SecretDigest) -> Result<(), StoreError> {
        let key = Key::token(tenant, digest).into_attributes();
        let call = self.client.delete_item().table_name(&*self.table).set_key(Some(key));
        self.attempt(call.send()).await?;
        Ok(())
    }

    /// Registers an account under an id of the operator's choice. False, and nothing is stored, if the
    /// id, the code or the name is taken.
    pub async fn register_account(&self, tenant: &TenantName, account: &Account) -> Result<bool, StoreError> {
        self.create_account(tenant, account).await
    }

    async fn put(&self, item: Item) -> Result<(), StoreError> {
        let call = self.client.put_item().table_name(&*self.table).set_item(Some(item));
        self.attempt(call.send()).await?;
        Ok(())
    }
}
