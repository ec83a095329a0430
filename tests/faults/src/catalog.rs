//! The ids of all accounts and contacts that a plan's requests can be about. Ids are derived from what is
//! sent, so they are known before anything runs.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use contacts_model::ids;
use uuid::Uuid;

use crate::{
    plan::Plan,
    request::{ACCOUNT_TEXTS, ACCOUNTS, AccountParams, BY_NAME_AND_NUMBER, ContactIds, ContactKey},
};

/// All accounts and contacts that a plan's requests can be about.
pub(crate) struct Catalog {
    /// The name of the tenant.
    pub(crate) tenant: String,
    contacts: Vec<CatalogContact>,
    /// Indexes into `contacts` by id, as calls to the store write the id.
    by_id: HashMap<String, usize>,
    /// The contacts that requests name by their ids.
    by_key: BTreeMap<ContactKey, ContactIds>,
    /// The id of each account that requests can create.
    account_ids: BTreeSet<u64>,
}

/// A contact that requests can create.
struct CatalogContact {
    label: String,
    ids: ContactIds,
}

impl Catalog {
    /// Lists what a plan's requests can be about.
    pub(crate) fn new(plan: &Plan) -> Self {
        let tenant = plan.tenant.as_str();
        let accounts = distinct_accounts(tenant);
        let mut contacts = Vec::new();
        let mut by_key = BTreeMap::new();
        for number in 0..=max_number(plan) {
            let contact = CatalogContact::new(tenant, format!("contact {number}"), chosen_link_id(number));
            by_key.insert(ContactKey::Number(number), contact.ids);
            contacts.push(contact);
        }
        for (name, number) in BY_NAME_AND_NUMBER {
            for (text, account_id) in &accounts {
                let link_id = ids::link_id(tenant, *account_id, name, number);
                let contact = CatalogContact::new(tenant, format!("{name} of {text}"), link_id);
                if (name, *text) == ("Ann", "ACME") {
                    by_key.insert(ContactKey::Ann, contact.ids);
                }
                contacts.push(contact);
            }
        }
        let by_id = contacts.iter().enumerate();
        let by_id = by_id.map(|(index, contact)| (contact.ids.contact_id.to_string(), index)).collect();
        let account_ids = accounts.into_iter().map(|(_, id)| id).collect();
        Self { tenant: plan.tenant.clone(), contacts, by_id, by_key, account_ids }
    }

    /// The ids of a contact that requests name by them.
    pub(crate) fn ids(&self, key: ContactKey) -> ContactIds {
        *self.by_key.get(&key).expect("the catalog has every contact that its plan names")
    }

    /// The `link_id` of the contact of this id.
    pub(crate) fn link_id(&self, contact_id: u64) -> Option<Uuid> {
        self.contact(contact_id).map(|contact| contact.ids.link_id)
    }

    /// Whether requests can create an account of this id.
    pub(crate) fn has_account(&self, account_id: u64) -> bool {
        self.account_ids.contains(&account_id)
    }

    /// The name of a contact in reports.
    pub(crate) fn label(&self, contact_id: u64) -> &str {
        self.contact(contact_id).map_or("a contact of no request", |contact| &contact.label)
    }

    /// The contacts that a call to the store is about, in the catalog's order.
    pub(crate) fn contacts_in(&self, call: &str) -> Vec<u64> {
        let indexes: BTreeSet<_> = call.split('"').filter_map(|text| self.by_id.get(text)).collect();
        indexes.into_iter().map(|index| self.contacts[*index].ids.contact_id).collect()
    }

    /// The names in reports of all that a call to the store is about.
    pub(crate) fn labels_in(&self, call: &str) -> Vec<String> {
        let contacts = self.contacts_in(call).into_iter().map(|id| self.label(id).to_owned());
        let is_about_contacts = call.contains("#CONTACT#");
        let is_in_call = |text: &&str| !is_about_contacts && call.contains(&format!("\"{text}\""));
        let accounts = ACCOUNT_TEXTS.into_iter().filter(is_in_call);
        let token = call.contains("\"TENANT\"").then_some("the token");
        let key = call.contains("#IDEMPOTENCY#").then_some("the key");
        contacts.chain(accounts.chain(token).chain(key).map(str::to_owned)).collect()
    }

    fn contact(&self, contact_id: u64) -> Option<&CatalogContact> {
        self.by_id.get(&contact_id.to_string()).map(|index| &self.contacts[*index])
    }
}

impl CatalogContact {
    fn new(tenant: &str, label: String, link_id: Uuid) -> Self {
        let contact_id = ids::contact_id(tenant, link_id);
        Self { label, ids: ContactIds { link_id, contact_id } }
    }
}

/// The accounts that requests can create, each with its code or name.
fn distinct_accounts(tenant: &str) -> Vec<(&'static str, u64)> {
    let mut accounts: Vec<(&str, u64)> = Vec::new();
    for params in ACCOUNTS {
        let account = match params {
            AccountParams::Code(code) | AccountParams::CodeAndName(code, _) => {
                (code, ids::account_id_by_code(tenant, code))
            }
            AccountParams::Name(name) => (name, ids::account_id_by_name(tenant, name)),
        };
        if !accounts.contains(&account) {
            accounts.push(account);
        }
    }
    accounts
}

/// The `link_id` that callers choose for a numbered contact.
fn chosen_link_id(number: usize) -> Uuid {
    Uuid::from_u128(0x0a0a_0000_0000_4000_8000_0000_0000_0000 + number as u128)
}

fn max_number(plan: &Plan) -> usize {
    let keys = plan.requests.iter().flat_map(|request| request.body.contact_keys());
    let numbers = keys.filter_map(|key| match key {
        ContactKey::Number(number) => Some(number),
        ContactKey::Ann => None,
    });
    // Without a numbered contact, an unused one is listed.
    numbers.max().unwrap_or(0)
}
