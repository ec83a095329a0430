//! Accounts, and the items that make a code and a name unique: each holds the account's id, and is only
//! ever written on condition that it isn't there yet.

use std::collections::{HashMap, HashSet};

use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem, Update};

use super::{
    Store, StoreError,
    attributes::{Item, corrupt, digits, optional_text, text},
    keys::{Key, PK, SK},
};
use crate::domain::{Account, AccountCode, AccountId, AccountName, AccountReference, TenantName};

/// Which accounts some ids, codes and names mean; what a tenant doesn't have is missing here.
#[derive(Debug, Default)]
pub struct AccountLookup {
    /// The ids that there are.
    pub ids: HashSet<AccountId>,
    /// Whose code a code is.
    pub codes: HashMap<AccountCode, AccountId>,
    /// Whose name a name is.
    pub names: HashMap<AccountName, AccountId>,
}

impl Store {
    /// Looks accounts up by id, by code and by name, all at once.
    pub async fn look_up_accounts(
        &self,
        tenant: &TenantName,
        ids: HashSet<AccountId>,
        codes: HashSet<AccountCode>,
        names: HashSet<AccountName>,
    ) -> Result<AccountLookup, StoreError> {
        let mut lookup = AccountLookup::default();
        let mut unknown = HashMap::new();
        for id in ids {
            match self.caches.ids.get(&(tenant.clone(), id)) {
                Some(id) => drop(lookup.ids.insert(id)),
                None => drop(unknown.insert(Key::account(tenant, id), Meant::Id(id))),
            }
        }
        for code in codes {
            match self.caches.codes.get(&(tenant.clone(), code.clone())) {
                Some(id) => drop(lookup.codes.insert(code, id)),
                None => drop(unknown.insert(Key::code(tenant, &code), Meant::Code(code))),
            }
        }
        for name in names {
            match self.caches.names.get(&(tenant.clone(), name.clone())) {
                Some(id) => drop(lookup.names.insert(name, id)),
                None => drop(unknown.insert(Key::name(tenant, &name), Meant::Name(name))),
            }
        }
        for item in self.read(unknown.keys().cloned().collect()).await? {
            let key = Key { pk: text(&item, PK)?.to_owned(), sk: text(&item, SK)?.to_owned() };
            let id = account_id_of(&item)?;
            if let Some(meant) = unknown.remove(&key) {
                self.remember(tenant, &meant, id);
                lookup.add(meant, id);
            }
        }
        Ok(lookup)
    }

    /// Reads accounts as they are now.
    pub async fn accounts(
        &self,
        tenant: &TenantName,
        ids: HashSet<AccountId>,
    ) -> Result<HashMap<AccountId, Account>, StoreError> {
        let items = self.read(ids.into_iter().map(|id| Key::account(tenant, id)).collect()).await?;
        items.iter().map(|item| account_of(item).map(|account| (account.id, account))).collect()
    }

    /// Creates an account. False, and nothing is stored, if its id, its code or its name is taken.
    pub async fn create_account(&self, tenant: &TenantName, account: &Account) -> Result<bool, StoreError> {
        let mut item = Key::account(tenant, account.id).into_attributes();
        item.insert("account_id".to_owned(), id_attribute(account.id));
        if let Some(code) = &account.code {
            item.insert("account_code".to_owned(), AttributeValue::S(code.as_str().to_owned()));
        }
        if let Some(name) = &account.name {
            item.insert("account_name".to_owned(), AttributeValue::S(name.as_str().to_owned()));
        }
        let mut writes = vec![self.put_new(item)?];
        writes.extend(self.claims(tenant, account)?);
        self.transact_account(tenant, account, &writes).await
    }

    /// Gives an account the code or the name that it lacks so far; `added` says which, and whose. False,
    /// and nothing is stored, if it has one by now or somebody else has this one.
    pub async fn complete_account(&self, tenant: &TenantName, added: &Account) -> Result<bool, StoreError> {
        let mut update = Update::builder()
            .table_name(&*self.table)
            .set_key(Some(Key::account(tenant, added.id).into_attributes()));
        let mut changes = Vec::new();
        let mut conditions = vec!["attribute_exists(pk)"];
        if let Some(code) = &added.code {
            changes.push("account_code = :code");
            conditions.push("attribute_not_exists(account_code)");
            update = update.expression_attribute_values(":code", AttributeValue::S(code.as_str().to_owned()));
        }
        if let Some(name) = &added.name {
            changes.push("account_name = :name");
            conditions.push("attribute_not_exists(account_name)");
            update = update.expression_attribute_values(":name", AttributeValue::S(name.as_str().to_owned()));
        }
        let update = update
            .update_expression(format!("SET {}", changes.join(", ")))
            .condition_expression(conditions.join(" AND "))
            .build()?;
        let mut writes = vec![TransactWriteItem::builder().update(update).build()];
        writes.extend(self.claims(tenant, added)?);
        self.transact_account(tenant, added, &writes).await
    }

    /// Carries out writes that make an account what it is, and remembers it then.
    async fn transact_account(
        &self,
        tenant: &TenantName,
        account: &Account,
        writes: &[TransactWriteItem],
    ) -> Result<bool, StoreError> {
        let done = self.transact(writes).await?;
        if done {
            let code = account.code.clone().map(Meant::Code);
            let name = account.name.clone().map(Meant::Name);
            for meant in [Some(Meant::Id(account.id)), code, name].into_iter().flatten() {
                self.remember(tenant, &meant, account.id);
            }
        }
        Ok(done)
    }

    /// The writes that make a code and a name this account's, if they are nobody's.
    fn claims(&self, tenant: &TenantName, account: &Account) -> Result<Vec<TransactWriteItem>, StoreError> {
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

    /// The write of an item that isn't there yet.
    pub(super) fn put_new(&self, item: Item) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder()
            .table_name(&*self.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk)")
            .build()?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    fn remember(&self, tenant: &TenantName, meant: &Meant, id: AccountId) {
        match meant {
            Meant::Id(id) => self.caches.ids.insert((tenant.clone(), *id), *id),
            Meant::Code(code) => self.caches.codes.insert((tenant.clone(), code.clone()), id),
            Meant::Name(name) => self.caches.names.insert((tenant.clone(), name.clone()), id),
        }
    }
}

/// What somebody means an account by.
enum Meant {
    Id(AccountId),
    Code(AccountCode),
    Name(AccountName),
}

/// Which account a reference means, as far as a lookup tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// This one; a code or a name in the reference may still be nobody's.
    One(AccountId),
    /// None: nothing in the reference is anybody's.
    None,
    /// None, because there is no account by the id in the reference.
    UnknownId,
    /// Several different ones.
    Several,
}

impl AccountLookup {
    /// Which account a reference means.
    #[must_use]
    pub fn find(&self, reference: &AccountReference) -> Found {
        if reference.id().is_some_and(|id| !self.ids.contains(&id)) {
            return Found::UnknownId;
        }
        let by_code = reference.code().and_then(|code| self.codes.get(code).copied());
        let by_name = reference.name().and_then(|name| self.names.get(name).copied());
        let mut found = [reference.id(), by_code, by_name].into_iter().flatten();
        match found.next() {
            None => Found::None,
            Some(id) if found.all(|other| other == id) => Found::One(id),
            Some(_) => Found::Several,
        }
    }

    /// The account that a reference means, if a code or a name in the reference is nobody's.
    #[must_use]
    pub fn incomplete(&self, reference: &AccountReference) -> Option<AccountId> {
        let known = reference.code().is_none_or(|code| self.codes.contains_key(code))
            && reference.name().is_none_or(|name| self.names.contains_key(name));
        match self.find(reference) {
            Found::One(id) if !known => Some(id),
            _ => None,
        }
    }

    fn add(&mut self, meant: Meant, account: AccountId) {
        match meant {
            Meant::Id(id) => drop(self.ids.insert(id)),
            Meant::Code(code) => drop(self.codes.insert(code, account)),
            Meant::Name(name) => drop(self.names.insert(name, account)),
        }
    }
}

fn id_attribute(id: AccountId) -> AttributeValue {
    AttributeValue::N(id.to_string())
}

pub(super) fn account_id_of(item: &Item) -> Result<AccountId, StoreError> {
    AccountId::parse(digits(item, "account_id")?).map_err(corrupt("account_id"))
}

pub(super) fn account_of(item: &Item) -> Result<Account, StoreError> {
    let code = optional_text(item, "account_code")?.map(AccountCode::parse).transpose();
    let name = optional_text(item, "account_name")?.map(AccountName::parse).transpose();
    Ok(Account {
        id: account_id_of(item)?,
        code: code.map_err(corrupt("account_code"))?,
        name: name.map_err(corrupt("account_name"))?,
    })
}
