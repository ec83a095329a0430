//! The accounts of a list, planned in memory: which account each reference means, and which accounts have to be created or
//! completed for that. Nothing here reads or writes the table.

use std::collections::HashMap;

use super::item::ItemError;
use crate::{
    domain::{Account, AccountId, AccountReference, TenantName},
    store::{AccountLookup, AccountMatch},
};

/// The accounts that a list refers to, as they will be once all planned writes have taken effect.
///
/// References are planned one after the other, and each sees what those before it have planned. In the end there is at most
/// one write per account, and no two writes share an id, a code or a name.
#[derive(Debug)]
pub(super) struct AccountPlan<'t> {
    tenant: &'t TenantName,
    lookup: AccountLookup,
    /// The accounts with known codes and names, including the planned changes.
    accounts: HashMap<AccountId, Account>,
    writes: HashMap<AccountId, AccountWrite>,
}

/// A write of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum AccountWrite {
    /// Creates the account.
    Create(Account),
    /// Adds this code, this name or both to the account with this id.
    Complete(Account),
}

impl<'t> AccountPlan<'t> {
    /// A plan without writes, from the accounts that exist. `stored` holds at least the accounts that references of the list
    /// match incompletely.
    pub(super) fn new(
        tenant: &'t TenantName,
        mut lookup: AccountLookup,
        stored: HashMap<AccountId, Account>,
    ) -> Self {
        // The accounts were read after the look-up, and may have got a code or a name in between.
        for account in stored.values() {
            lookup.add(account);
        }
        Self { tenant, lookup, accounts: stored, writes: HashMap::new() }
    }

    /// Plans the write that a reference needs, if any, and returns its account.
    ///
    /// # Errors
    /// Fails if the reference can have no account; nothing is planned then.
    pub(super) fn add(&mut self, reference: &AccountReference) -> Result<AccountId, ItemError> {
        match self.lookup.find(reference) {
            AccountMatch::Complete(id) => Ok(id),
            AccountMatch::UnknownId => Err(ItemError::AccountNotFound),
            AccountMatch::Conflict => Err(ItemError::AccountsDisagree),
            AccountMatch::Incomplete(id) => self.complete(id, reference),
            AccountMatch::None => match reference.new_account(self.tenant) {
                Some(new) => self.create(new),
                None => Err(ItemError::AccountNotFound),
            },
        }
    }

    /// The planned writes.
    pub(super) fn writes(&self) -> impl Iterator<Item = &AccountWrite> {
        self.writes.values()
    }

    /// The ids of the accounts to create.
    pub(super) fn created_ids(&self) -> impl Iterator<Item = AccountId> {
        self.writes.iter().filter(|(_, write)| matches!(write, AccountWrite::Create(_))).map(|(id, _)| *id)
    }

    /// Plans to add what the reference gives and the account lacks.
    fn complete(&mut self, id: AccountId, reference: &AccountReference) -> Result<AccountId, ItemError> {
        let account = self.accounts.get_mut(&id).ok_or(ItemError::AccountNotFound)?;
        let code = value_to_add(reference.code(), account.code.as_ref())?;
        let name = value_to_add(reference.name(), account.name.as_ref())?;
        account.code = account.code.take().or_else(|| code.clone());
        account.name = account.name.take().or_else(|| name.clone());
        self.lookup.add(account);
        let empty = Account { id, code: None, name: None };
        let (AccountWrite::Create(write) | AccountWrite::Complete(write)) =
            self.writes.entry(id).or_insert(AccountWrite::Complete(empty));
        write.code = write.code.take().or(code);
        write.name = write.name.take().or(name);
        Ok(id)
    }

    /// Plans to create an account, unless its id, which is derived from its code or name, belongs to another account.
    fn create(&mut self, new: Account) -> Result<AccountId, ItemError> {
        if self.accounts.contains_key(&new.id) {
            return Err(ItemError::AccountIdTaken);
        }
        let id = new.id;
        self.lookup.add(&new);
        self.accounts.insert(id, new.clone());
        self.writes.insert(id, AccountWrite::Create(new));
        Ok(id)
    }
}

/// The given value if the account has none yet.
///
/// # Errors
/// Fails if the account has another value.
fn value_to_add<T: Clone + PartialEq>(given: Option<&T>, stored: Option<&T>) -> Result<Option<T>, ItemError> {
    match (given, stored) {
        (Some(given), None) => Ok(Some(given.clone())),
        (Some(given), Some(stored)) if given != stored => Err(ItemError::AccountsDisagree),
        _ => Ok(None),
    }
}
