//! Whose contacts contacts are: their accounts' codes and names, read once each, as far as a bounded
//! memory goes.

use std::collections::{HashMap, HashSet};

use contacts::domain::{Account, AccountId, Contact, TenantName};

use super::ContactRecord;
use crate::{connection::Connection, failure::Failure};

/// How many accounts are remembered; past that, all are forgotten and read anew.
const CAPACITY: usize = 20_000;

/// The accounts of a tenant that were met so far.
pub(crate) struct Owners<'c> {
    connection: &'c Connection,
    tenant: &'c TenantName,
    known: HashMap<AccountId, Account>,
}

impl<'c> Owners<'c> {
    /// None so far.
    pub(crate) fn new(connection: &'c Connection, tenant: &'c TenantName) -> Self {
        Self { connection, tenant, known: HashMap::new() }
    }

    /// Contacts with the codes and names of their accounts.
    pub(crate) async fn records(&mut self, contacts: Vec<Contact>) -> Result<Vec<ContactRecord>, Failure> {
        let met: HashSet<_> = contacts.iter().map(|contact| contact.account).collect();
        if self.known.len() + met.len() > CAPACITY {
            self.known.clear();
        }
        let new = met.into_iter().filter(|id| !self.known.contains_key(id)).collect();
        self.known.extend(self.connection.call(self.connection.store.accounts(self.tenant, new)).await?);
        let record = |contact: Contact| {
            let account = self.known.get(&contact.account);
            ContactRecord::new(contact, account)
        };
        Ok(contacts.into_iter().map(record).collect())
    }
}
