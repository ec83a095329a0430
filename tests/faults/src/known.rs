//! The ids of everything that a plan's requests can be about. They follow from what is sent, so they are
//! known before anything runs.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use contacts::domain::{
    AccountCode, AccountId, AccountName, AccountReference, ContactId, ContactName, LinkId, MobileNumber,
    TenantName,
};

use crate::{
    plan::Plan,
    request::{ACCOUNTS, Account, BY_NAME_AND_NUMBER, Body, Id, Named},
};

/// A contact that may come to be.
#[derive(Debug, Clone)]
pub(crate) struct KnownContact {
    /// What a report calls it.
    pub(crate) label: String,
    pub(crate) link_id: String,
    pub(crate) contact_id: u64,
}

/// Everything that a plan's requests can be about.
pub(crate) struct Known {
    pub(crate) tenant: TenantName,
    contacts: Vec<KnownContact>,
    /// The places of contacts, by their ids as calls to the store write them.
    by_id: HashMap<String, usize>,
    /// The places of those that requests name by their ids.
    by_name: BTreeMap<Named, usize>,
    /// The accounts, by the ids that they can get.
    pub(crate) accounts: Vec<(String, u64)>,
}

impl Known {
    /// What there is in a plan.
    pub(crate) fn of(plan: &Plan) -> Option<Self> {
        let tenant = TenantName::parse(&plan.tenant).ok()?;
        let mut accounts: Vec<(String, u64)> = Vec::new();
        for account in ACCOUNTS {
            let id = derived_id(&tenant, account)?;
            if accounts.iter().all(|(_, other)| *other != id) {
                accounts.push((account.code.or(account.name)?.to_owned(), id));
            }
        }
        let mut contacts = Vec::new();
        let mut by_name = BTreeMap::new();
        for number in 0..=greatest_number(plan) {
            let link_id = LinkId::parse(&Named::made_up_link_id(number).to_string()).ok()?;
            by_name.insert(Named::Number(number), contacts.len());
            contacts.push(KnownContact::new(&tenant, format!("contact {number}"), link_id));
        }
        for (name, number) in BY_NAME_AND_NUMBER {
            for (account, id) in &accounts {
                let link_id = derived_link_id(&tenant, *id, name, number)?;
                if (name, account.as_str()) == ("Ann", "ACME") {
                    by_name.insert(Named::Ann, contacts.len());
                }
                contacts.push(KnownContact::new(&tenant, format!("{name} of {account}"), link_id));
            }
        }
        let ids = contacts.iter().map(|contact| contact.contact_id.to_string());
        let by_id = ids.enumerate().map(|(place, id)| (id, place)).collect();
        Some(Self { tenant, contacts, by_id, by_name, accounts })
    }

    /// The contact of this id.
    pub(crate) fn contact(&self, contact_id: u64) -> Option<&KnownContact> {
        self.by_id.get(&contact_id.to_string()).map(|place| &self.contacts[*place])
    }

    /// The ids of a contact that requests name by them.
    pub(crate) fn ids(&self, named: Named) -> (String, u64) {
        let known = self.by_name.get(&named).map(|place| &self.contacts[*place]);
        known.map(|contact| (contact.link_id.clone(), contact.contact_id)).unwrap_or_default()
    }

    /// The id of the contact that an account, a name and a number name.
    pub(crate) fn by_name_and_number(&self, account: u64, name: &str, number: &str) -> Option<u64> {
        let link_id = derived_link_id(&self.tenant, account, name, number)?;
        Some(ContactId::derive(&self.tenant, link_id).get())
    }

    /// What a report calls the contact of this id.
    pub(crate) fn label(&self, contact_id: u64) -> &str {
        self.contact(contact_id).map_or("a contact that nobody named", |contact| &contact.label)
    }

    /// The contacts that a call to the store is about, in this list's order.
    pub(crate) fn contacts_in(&self, body: &str) -> Vec<u64> {
        let places: BTreeSet<_> = body.split('"').filter_map(|text| self.by_id.get(text)).collect();
        places.into_iter().map(|place| self.contacts[*place].contact_id).collect()
    }

    /// Whatever a call to the store is about, as a report calls it.
    pub(crate) fn labels_in(&self, body: &str) -> Vec<String> {
        let contacts = self.contacts_in(body).into_iter().map(|id| self.label(id).to_owned());
        let is_contacts = body.contains("#CONTACT#");
        let texts = ["ACME", "Acme Ltd", "OTHER", "LATE", "Late Ltd"];
        let accounts = texts.into_iter().filter(|text| !is_contacts && body.contains(&format!("\"{text}\"")));
        let grant = body.contains("\"TENANT\"").then_some("the token");
        contacts.chain(accounts.chain(grant).map(str::to_owned)).collect()
    }
}

impl KnownContact {
    fn new(tenant: &TenantName, label: String, link_id: LinkId) -> Self {
        let contact_id = ContactId::derive(tenant, link_id).get();
        Self { label, link_id: link_id.to_string(), contact_id }
    }
}

fn greatest_number(plan: &Plan) -> u32 {
    let named = plan.requests.iter().flat_map(|request| match &request.body {
        Body::Upsert(upsert) => {
            upsert.items.iter().filter_map(|item| item.id).map(Id::named).collect::<Vec<_>>()
        }
        Body::Delete(delete) => delete.contacts.iter().map(|id| id.named()).collect(),
    });
    let numbers = named.filter_map(|named| match named {
        Named::Number(number) => Some(number),
        Named::Ann => None,
    });
    numbers.max().unwrap_or_default()
}

fn derived_id(tenant: &TenantName, account: Account) -> Option<u64> {
    let code = account.code.and_then(|code| AccountCode::parse(code).ok());
    let name = account.name.and_then(|name| AccountName::parse(name).ok());
    Some(AccountReference::new(None, code, name)?.new_account(tenant)?.id.get())
}

fn derived_link_id(tenant: &TenantName, account: u64, name: &str, number: &str) -> Option<LinkId> {
    let account = AccountId::parse(&account.to_string()).ok()?;
    Some(LinkId::derive(tenant, account, &ContactName::parse(name).ok()?, &MobileNumber::parse(number).ok()?))
}
