//! What operators do: make tenants, tokens and accounts, and change tenants. The functions never call
//! this.

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Put, TransactWriteItem, Update};

use super::{
    Store, StoreError,
    attributes::{Item, text_list},
    keys::Key,
};
use crate::domain::{Account, ContactTypes, SecretDigest, Tenant, TenantName, TimeZone, TokenGrant};

impl Store {
    /// Adds a tenant. False, and nothing is stored, if there is one of this name, or if one is still being
    /// deleted.
    pub async fn add_tenant(&self, tenant: &Tenant) -> Result<bool, StoreError> {
        let place = Key::listed(&tenant.name).into_attributes();
        self.transact(&[self.put_new(tenant_item(tenant))?, self.put_new(place)?]).await
    }

    /// Stores a tenant's settings, whether or not it was there before: for tenants to try things with.
    pub async fn put_tenant(&self, tenant: &Tenant) -> Result<(), StoreError> {
        let place = Key::listed(&tenant.name).into_attributes();
        self.transact(&[self.put(tenant_item(tenant))?, self.put(place)?]).await.map(drop)
    }

    /// Changes the settings that are given, and no other. False, and nothing is stored, if there is no such
    /// tenant. A tenant that was made without this program gets its place in the list of tenants.
    pub async fn change_tenant(
        &self,
        name: &TenantName,
        time_zone: Option<&TimeZone>,
        contact_types: Option<&ContactTypes>,
    ) -> Result<bool, StoreError> {
        let time_zone = time_zone.map(|zone| ("time_zone", time_zone_attribute(zone)));
        let contact_types = contact_types.map(|types| ("contact_types", contact_types_attribute(types)));
        let mut update =
            Update::builder().table_name(&*self.table).set_key(Some(Key::tenant(name).into_attributes()));
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
        self.transact(&[update, self.put(Key::listed(name).into_attributes())?]).await
    }

    /// Makes a token good, by its secret's fingerprint. False, and nothing is stored, if there is no such
    /// tenant: a token outlives its tenant by no race.
    pub async fn put_token(
        &self,
        tenant: &TenantName,
        digest: &SecretDigest,
        grant: &TokenGrant,
    ) -> Result<bool, StoreError> {
        let mut item = Key::token(tenant, digest).into_attributes();
        item.insert("rights".to_owned(), text_list(grant.rights.iter().map(|right| right.as_str())));
        item.insert("label".to_owned(), AttributeValue::S(grant.label.clone()));
        if let Some(moment) = grant.expires_at {
            item.insert("expires_at".to_owned(), AttributeValue::N(moment.as_second().to_string()));
        }
        let check = ConditionCheck::builder()
            .table_name(&*self.table)
            .set_key(Some(Key::tenant(tenant).into_attributes()))
            .condition_expression("attribute_exists(pk)")
            .build()?;
        let check = TransactWriteItem::builder().condition_check(check).build();
        self.transact(&[check, self.put(item)?]).await
    }

    /// Revokes a token. Warm functions may know it for up to a minute more.
    pub async fn revoke_token(&self, tenant: &TenantName, digest: &SecretDigest) -> Result<(), StoreError> {
        let key = Key::token(tenant, digest).into_attributes();
        let call = self.client.delete_item().table_name(&*self.table).set_key(Some(key));
        self.until_answered(|| async {
            self.attempt(call.clone().send()).await?;
            Ok(())
        })
        .await
    }

    /// Registers an account under an id of the operator's choice. False, and nothing is stored, if the
    /// id, the code or the name is taken.
    pub async fn register_account(&self, tenant: &TenantName, account: &Account) -> Result<bool, StoreError> {
        self.create_account(tenant, account).await
    }

    fn put(&self, item: Item) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder().table_name(&*self.table).set_item(Some(item)).build()?;
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
    AttributeValue::S(time_zone.name().to_owned())
}

fn contact_types_attribute(contact_types: &ContactTypes) -> AttributeValue {
    text_list(contact_types.words().iter().map(String::as_str))
}
