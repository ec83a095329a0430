//! Accounts, and the items that make an account's code and name unique in the tenant. Such an item holds the id of the
//! account and is only written on condition that it doesn't exist.

use std::collections::{HashMap, HashSet};

use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem, Update};

use super::{
    attributes::{Item, account_id_of, corrupt, optional_text, string, text},
    contacts::{StoredContact, stored_contact},
    error::StoreError,
    keys::{Key, PK, SK},
    outcome::WriteOutcome,
    table::Store,
};
use crate::{
    context::OperationContext,
    domain::{Account, AccountCode, AccountId, AccountName, AccountReference, ContactId, TenantName},
};

/// The accounts that some ids, codes and names belong to; those without an account are missing.
#[derive(Debug, Default)]
pub struct AccountLookup {
    /// The ids of accounts that exist.
    pub ids: HashSet<AccountId>,
    /// The account of each code.
    pub codes: HashMap<AccountCode, AccountId>,
    /// The account of each name.
    pub names: HashMap<AccountName, AccountId>,
}

/// A lookup key of an account: its id, code or name.
enum AccountKey {
    Id(AccountId),
    Code(AccountCode),
    Name(AccountName),
}

/// The account that a reference matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountMatch {
    /// One account has everything in the reference.
    Complete(AccountId),
    /// One account has a part of the reference; the rest belongs to no account.
    Incomplete(AccountId),
    /// No account has any part of the reference.
    None,
    /// No account has the id in the reference.
    UnknownId,
    /// Parts of the reference belong to different accounts.
    Conflict,
}

impl Store {
    /// Looks up accounts by id, by code and by name, in one read.
    pub async fn look_up_accounts(
        &self,
        context: &OperationContext,
        tenant: &TenantName,
        references: impl IntoIterator<Item = &AccountReference>,
    ) -> Result<AccountLookup, StoreError> {
        Ok(self.look_up_accounts_and_contacts(context, tenant, references, HashSet::new()).await?.0)
    }

    /// Looks up accounts as [`Self::look_up_accounts`] does, and contacts by id in the same read, so that neither waits for
    /// the other. Ids without a contact are missing in the result.
    pub async fn look_up_accounts_and_contacts(
        &self,
        context: &OperationContext,
        tenant: &TenantName,
        references: impl IntoIterator<Item = &AccountReference>,
        contacts: HashSet<ContactId>,
    ) -> Result<(AccountLookup, HashMap<ContactId, StoredContact>), StoreError> {
        let mut lookup = AccountLookup::default();
        let mut unknown = HashMap::new();
        for key in references.into_iter().flat_map(AccountKey::all) {
            match self.cached_account(tenant, &key) {
                Some(id) => lookup.add_key(key, id),
                None => drop(unknown.insert(key.table_key(tenant), key)),
            }
        }
        let keys = contacts.into_iter().map(|id| Key::contact(tenant, id));
        let mut stored = HashMap::new();
        for item in self.read(context, unknown.keys().cloned().chain(keys).collect()).await? {
            let key = Key { pk: text(&item, PK)?.to_owned(), sk: text(&item, SK)?.to_owned() };
            // Only items of the requested keys are returned, each once.
            if let Some(key) = unknown.remove(&key) {
                let id = account_id_of(&item)?;
                self.cache_account(tenant, &key, id);
                lookup.add_key(key, id);
            } else {
                let contact = stored_contact(&item)?;
                stored.insert(contact.contact.id, contact);
            }
        }
        Ok((lookup, stored))
    }

    /// Reads accounts by id, past the cache; ids without an account are missing in the result.
    pub async fn accounts(
        &self,
        context: &OperationContext,
        tenant: &TenantName,
        ids: HashSet<AccountId>,
    ) -> Result<HashMap<AccountId, Account>, StoreError> {
        let keys = ids.into_iter().map(|id| Key::account(tenant, id)).collect();
        let items = self.read(context, keys).await?;
        items.iter().map(|item| account_of(item).map(|account| (account.id, account))).collect()
    }

    /// Creates an account, if its id, its code and its name belong to no account.
    pub async fn create_account(
        &self,
        context: &OperationContext,
        tenant: &TenantName,
        account: &Account,
    ) -> Result<WriteOutcome, StoreError> {
        let mut item = Key::account(tenant, account.id).into_attributes();
        item.insert("account_id".to_owned(), id_attribute(account.id));
        if let Some(code) = &account.code {
            item.insert("account_code".to_owned(), string(code.as_str()));
        }
        if let Some(name) = &account.name {
            item.insert("account_name".to_owned(), string(name.as_str()));
        }
        let mut writes = vec![self.put_new(item)?];
        writes.extend(self.uniqueness_puts(tenant, account)?);
        self.transact_account(context, tenant, account, &writes).await
    }

    /// Adds the code and the name in `added` to the account with its id, if the account has none yet and they belong to no
    /// other account.
    pub async fn complete_account(
        &self,
        context: &OperationContext,
        tenant: &TenantName,
        added: &Account,
    ) -> Result<WriteOutcome, StoreError> {
        let mut update = Update::builder()
            .table_name(self.table())
            .set_key(Some(Key::account(tenant, added.id).into_attributes()));
        let mut changes = Vec::new();
        let mut conditions = vec!["attribute_exists(pk)"];
        if let Some(code) = &added.code {
            changes.push("account_code = :code");
            conditions.push("attribute_not_exists(account_code)");
            update = update.expression_attribute_values(":code", string(code.as_str()));
        }
        if let Some(name) = &added.name {
            changes.push("account_name = :name");
            conditions.push("attribute_not_exists(account_name)");
            update = update.expression_attribute_values(":name", string(name.as_str()));
        }
        let update = update
            .update_expression(format!("SET {}", changes.join(", ")))
            .condition_expression(conditions.join(" AND "))
            .build()?;
        let mut writes = vec![TransactWriteItem::builder().update(update).build()];
        writes.extend(self.uniqueness_puts(tenant, added)?);
        self.transact_account(context, tenant, added, &writes).await
    }

    /// Applies the writes of an account, and caches the account if they took effect.
    async fn transact_account(
        &self,
        context: &OperationContext,
        tenant: &TenantName,
        account: &Account,
        writes: &[TransactWriteItem],
    ) -> Result<WriteOutcome, StoreError> {
        let outcome = self.transact(context, writes).await?;
        if outcome == WriteOutcome::Applied {
            let code = account.code.clone().map(AccountKey::Code);
            let name = account.name.clone().map(AccountKey::Name);
            for key in [Some(AccountKey::Id(account.id)), code, name].into_iter().flatten() {
                self.cache_account(tenant, &key, account.id);
            }
        }
        Ok(outcome)
    }

    /// The writes that reserve an account's code and name, each on condition that it is free.
    fn uniqueness_puts(
        &self,
        tenant: &TenantName,
        account: &Account,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let code = account.code.as_ref().map(|code| Key::code(tenant, code));
        let name = account.name.as_ref().map(|name| Key::name(tenant, name));
        code.into_iter()
            .chain(name)
            .map(|key| {
                let mut item = key.into_attributes();
                item.insert("account_id".to_owned(), id_attribute(account.id));
                self.put_new(item)
            })
            .collect()
    }

    /// A write that creates an item, on condition that it doesn't exist.
    pub(super) fn put_new(&self, item: Item) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder()
            .table_name(self.table())
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk)")
            .build()?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    fn cached_account(&self, tenant: &TenantName, key: &AccountKey) -> Option<AccountId> {
        match key {
            AccountKey::Id(id) => self.caches().ids.get(&(tenant.clone(), *id)),
            AccountKey::Code(code) => self.caches().codes.get(&(tenant.clone(), code.clone())),
            AccountKey::Name(name) => self.caches().names.get(&(tenant.clone(), name.clone())),
        }
    }

    fn cache_account(&self, tenant: &TenantName, key: &AccountKey, id: AccountId) {
        match key {
            AccountKey::Id(id) => self.caches().ids.insert((tenant.clone(), *id), *id),
            AccountKey::Code(code) => self.caches().codes.insert((tenant.clone(), code.clone()), id),
            AccountKey::Name(name) => self.caches().names.insert((tenant.clone(), name.clone()), id),
        }
    }
}

impl AccountKey {
    /// The lookup keys of a reference.
    fn all(reference: &AccountReference) -> impl Iterator<Item = Self> {
        let id = reference.id().map(Self::Id);
        let code = reference.code().cloned().map(Self::Code);
        let name = reference.name().cloned().map(Self::Name);
        [id, code, name].into_iter().flatten()
    }

    fn table_key(&self, tenant: &TenantName) -> Key {
        match self {
            Self::Id(id) => Key::account(tenant, *id),
            Self::Code(code) => Key::code(tenant, code),
            Self::Name(name) => Key::name(tenant, name),
        }
    }
}

impl AccountLookup {
    /// The account that a reference matches, among the accounts that were looked up.
    #[must_use]
    pub fn find(&self, reference: &AccountReference) -> AccountMatch {
        if reference.id().is_some_and(|id| !self.ids.contains(&id)) {
            return AccountMatch::UnknownId;
        }
        let by_code = reference.code().map(|code| self.codes.get(code).copied());
        let by_name = reference.name().map(|name| self.names.get(name).copied());
        let is_complete = [by_code, by_name].into_iter().flatten().all(|found| found.is_some());
        let mut found = [reference.id(), by_code.flatten(), by_name.flatten()].into_iter().flatten();
        match found.next() {
            None => AccountMatch::None,
            Some(id) if found.any(|other| other != id) => AccountMatch::Conflict,
            Some(id) if is_complete => AccountMatch::Complete(id),
            Some(id) => AccountMatch::Incomplete(id),
        }
    }

    /// Adds an account under its id, code and name. What belongs to another account stays with that one.
    pub(crate) fn add(&mut self, account: &Account) {
        self.ids.insert(account.id);
        if let Some(code) = &account.code {
            self.codes.entry(code.clone()).or_insert(account.id);
        }
        if let Some(name) = &account.name {
            self.names.entry(name.clone()).or_insert(account.id);
        }
    }

    fn add_key(&mut self, key: AccountKey, account: AccountId) {
        match key {
            AccountKey::Id(id) => drop(self.ids.insert(id)),
            AccountKey::Code(code) => drop(self.codes.insert(code, account)),
            AccountKey::Name(name) => drop(self.names.insert(name, account)),
        }
    }
}

fn id_attribute(id: AccountId) -> AttributeValue {
    AttributeValue::N(id.to_string())
}

pub(super) fn account_of(item: &Item) -> Result<Account, StoreError> {
    let code = optional_text(item, "account_code")?.map(AccountCode::parse_stored).transpose();
    let name = optional_text(item, "account_name")?.map(AccountName::parse_stored).transpose();
    Ok(Account {
        id: account_id_of(item)?,
        code: code.map_err(corrupt("account_code"))?,
        name: name.map_err(corrupt("account_name"))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::by_code_and_name;

    #[test]
    fn parts_of_two_accounts_conflict() {
        let [one, other] = ["1", "2"].map(|id| AccountId::parse(id).unwrap());
        let reference = by_code_and_name("A", "Acme");
        let code = reference.code().cloned();
        let name = reference.name().cloned();
        let lookup = |code_of: Option<AccountId>, name_of: Option<AccountId>| AccountLookup {
            ids: HashSet::from([one, other]),
            codes: code.clone().zip(code_of).into_iter().collect(),
            names: name.clone().zip(name_of).into_iter().collect(),
        };
        for (code_of, name_of, found) in [
            (Some(one), Some(one), AccountMatch::Complete(one)),
            (Some(one), Some(other), AccountMatch::Conflict),
            (Some(one), None, AccountMatch::Incomplete(one)),
            (None, Some(other), AccountMatch::Incomplete(other)),
            (None, None, AccountMatch::None),
        ] {
            assert_eq!(lookup(code_of, name_of).find(&reference), found);
        }
        let with_id = AccountReference::new(Some(other), code.clone(), None).unwrap();
        assert_eq!(lookup(Some(one), None).find(&with_id), AccountMatch::Conflict);
    }
}
