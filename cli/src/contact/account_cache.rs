//! A cache of accounts. The code and the name of its account are printed with each contact.

use std::collections::{HashMap, HashSet};

use contacts_core::domain::{Account, AccountId, Contact, TenantName};

use super::record::ContactRecord;
use crate::{connection::Connection, error::CliError};

/// The maximum number of cached accounts. A full cache is cleared.
const CAPACITY: usize = 20_000;

/// The accounts of a tenant that have been read so far.
pub(crate) struct AccountCache<'c> {
    connection: &'c Connection,
    tenant: &'c TenantName,
    accounts: HashMap<AccountId, Account>,
}

impl<'c> AccountCache<'c> {
    pub(crate) fn new(connection: &'c Connection, tenant: &'c TenantName) -> Self {
        Self { connection, tenant, accounts: HashMap::new() }
    }

    /// Adds the codes and names of their accounts to contacts; reads the accounts that are not cached.
    pub(crate) async fn contact_records(
        &mut self,
        contacts: Vec<Contact>,
    ) -> Result<Vec<ContactRecord>, CliError> {
        let needed: HashSet<_> = contacts.iter().map(|contact| contact.account).collect();
        if self.accounts.len() + needed.len() > CAPACITY {
            self.accounts.clear();
        }
        let missing = needed.into_iter().filter(|id| !self.accounts.contains_key(id)).collect();
        let read = self
            .connection
            .call(self.connection.store.accounts(&self.connection.context, self.tenant, missing))
            .await?;
        self.accounts.extend(read);
        let record = |contact: Contact| {
            let account = self.accounts.get(&contact.account);
            ContactRecord::new(contact, account)
        };
        Ok(contacts.into_iter().map(record).collect())
    }
}
