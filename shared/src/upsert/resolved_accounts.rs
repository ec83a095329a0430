//! The accounts of a list, once they are known.

use std::collections::HashMap;

use super::item::ItemError;
use crate::domain::{AccountId, AccountReference};

/// The account of each reference of a list, or why it has none.
pub(super) struct ResolvedAccounts<'i>(HashMap<&'i AccountReference, Result<AccountId, ItemError>>);

impl<'i> ResolvedAccounts<'i> {
    pub(super) fn new(accounts: HashMap<&'i AccountReference, Result<AccountId, ItemError>>) -> Self {
        Self(accounts)
    }

    /// The account of one of the list's references.
    pub(super) fn id(&self, reference: &AccountReference) -> Result<AccountId, ItemError> {
        self.0.get(reference).expect("every reference of the list is resolved").clone()
    }
}
