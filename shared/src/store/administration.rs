//! Writes of the operator's tool: tenants, tokens and accounts. The functions don't call these methods.

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Put, TransactWriteItem, Update};

use super::{
    attributes::{Item, string, text_list},
    error::StoreError,
    keys::Key,
    outcome::WriteOutcome,
    retry::{Progress, Retries},
    table::Store,
};
use crate::{
    context::OperationContext,
    domain::{ContactTypes, SecretDigest, Tenant, TenantName, TimeZone, TokenGrant},
};

impl Store {
    /// Adds a tenant, if there is none with this name, including one whose deletion has not ended.
    pub async fn add_tenant(&self, tenant: &Tenant) -> Result<WriteOutcome, StoreError> {
        let entry = Key::tenant_entry(&tenant.name).into_attributes();
        let writes = [self.put_new(tenant_item(tenant))?, self.put_new(entry)?];
        self.transact(&OperationContext::without_deadline(), &writes).await
    }

    /// Adds or overwrites a tenant: for demonstrations and tests.
    pub async fn put_tenant(&self, tenant: &Tenant) -> Result<(), StoreError> {
        let entry = Key::tenant_entry(&tenant.name).into_attributes();
        let writes = [self.put(tenant_item(tenant))?, self.put(entry)?];
        let outcome = self.transact(&OperationContext::without_deadline(), &writes).await?;
        debug_assert_eq!(outcome, WriteOutcome::Applied, "the writes have no conditions");
        Ok(())
    }

    /// Changes the settings that are given, if there is a tenant with this name. A tenant whose item was written without
    /// the tool gets its entry in the list of tenants.
    pub async fn change_tenant(
        &self,
        name: &TenantName,
        time_zone: Option<&TimeZone>,
        contact_types: Option<&ContactTypes>,
    ) -> Result<WriteOutcome, StoreError> {
        let time_zone = time_zone.map(|zone| ("time_zone", time_zone_attribute(zone)));
        let contact_types = contact_types.map(|types| ("contact_types", contact_types_attribute(types)));
        let mut update =
            Update::builder().table_name(self.table()).set_key(Some(Key::tenant(name).into_attributes()));
        let mut changes = Vec::new();
        for (attribute, value) in time_zone.into_iter().chain(contact_types) {
            changes.push(format!("{attribute} = :{attribute}"));
            update = update.expression_attribute_values(format!(":{attribute}"), value);
        }
        let update = update
            .update_expression(format!("SET {}", changes.join(", ")))
            .condition_expression("attribute_exists(pk)")
            .build()?;
        let update = TransactWriteItem::builder().update(update).build();
        let writes = [update, self.put(Key::tenant_entry(name).into_attributes())?];
        self.transact(&OperationContext::without_deadline(), &writes).await
    }

    /// Stores a token by the digest of its secret, if there is a tenant with this name. The condition keeps a race with the
    /// tenant's deletion from leaving a token behind.
    pub async fn put_token(
        &self,
        tenant: &TenantName,
        digest: &SecretDigest,
        grant: &TokenGrant,
    ) -> Result<WriteOutcome, StoreError> {
        let mut item = Key::token(tenant, digest).into_attributes();
        item.insert("rights".to_owned(), text_list(grant.rights.iter().map(|right| right.as_str())));
        item.insert("label".to_owned(), string(&grant.label));
        if let Some(expiry) = grant.expires_at {
            item.insert("expires_at".to_owned(), AttributeValue::N(expiry.as_second().to_string()));
        }
        let check = ConditionCheck::builder()
            .table_name(self.table())
            .set_key(Some(Key::tenant(tenant).into_attributes()))
            .condition_expression("attribute_exists(pk)")
            .build()?;
        let check = TransactWriteItem::builder().condition_check(check).build();
        self.transact(&OperationContext::without_deadline(), &[check, self.put(item)?]).await
    }

    /// Revokes a token. Warm functions may have it in their caches for up to a minute.
    pub async fn revoke_token(&self, tenant: &TenantName, digest: &SecretDigest) -> Result<(), StoreError> {
        let key = Key::token(tenant, digest).into_attributes();
        let context = &OperationContext::without_deadline();
        let call = self.client().delete_item().table_name(self.table()).set_key(Some(key));
        let mut retries = Retries::new(context);
        loop {
            let response = self.attempt(context, call.clone().send()).await.map_err(StoreError::from);
            if retries.done_or_wait(response.map(Progress::Done)).await?.is_some() {
                return Ok(());
            }
        }
    }

    fn put(&self, item: Item) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder().table_name(self.table()).set_item(Some(item)).build()?;
        Ok(TransactWriteItem::builder().put(put).build())
    }
}

fn tenant_item(tenant: &Tenant) -> Item {
    let mut item = Key::tenant(&tenant.name).into_attributes();
    item.insert("time_zone".to_owned(), time_zone_attribute(&tenant.time_zone));
    item.insert("contact_types".to_owned(), contact_types_attribute(&tenant.contact_types));
    item
}

fn time_zone_attribute(time_zone: &TimeZone) -> AttributeValue {
    string(time_zone.name())
}

fn contact_types_attribute(contact_types: &ContactTypes) -> AttributeValue {
    text_list(contact_types.words().iter().map(String::as_str))
}
