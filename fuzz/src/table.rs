//! The table, which is the same for every input. So an input that fails doesn't depend on earlier ones, and fails
//! again in a replay.
//!
//! It has the tenant of the contract's samples, `zegoal`, with the account and the contacts of the samples, and
//! another tenant, all of whose texts are `canary`: a token of `zegoal` must neither show nor change them.

use std::collections::HashMap;

use contacts_core::{
    context::{Deadline, OperationContext, OperationId},
    domain::{
        Account, AccountCode, AccountId, AccountName, Contact, ContactId, ContactName, ContactType,
        ContactTypes, Description, Email, LinkId, MobileNumber, Right, Tenant, TenantName, TimeZone, Token,
        TokenGrant,
    },
    store::{ContactWrite, Store, WriteOutcome},
};
use dynoxide::{
    AttributeValue, Item,
    actions::{delete_item::DeleteItemRequest, put_item::PutItemRequest, scan::ScanRequest},
};
use embedded_dynamodb::{Database, TABLE};

/// A table, and the items that it has before each input.
pub(crate) struct SeededTable {
    database: Database,
    seed: HashMap<(String, String), Item>,
}

impl SeededTable {
    /// Fills a database's table.
    pub(crate) async fn create(database: Database, store: &Store) -> Self {
        seed(store).await;
        let mut table = Self { database, seed: HashMap::new() };
        table.seed = table.items();
        table
    }

    /// Restores the table. Returns the items that were written in the meantime, and the partition keys of those
    /// that were deleted.
    pub(crate) fn restore(&self) -> (Vec<Item>, Vec<String>) {
        let mut found = self.items();
        let mut deleted = Vec::new();
        for (key, item) in &self.seed {
            if found.get(key) == Some(item) {
                found.remove(key);
                continue;
            }
            if !found.contains_key(key) {
                deleted.push(key.0.clone());
            }
            let put = PutItemRequest {
                table_name: TABLE.to_owned(),
                item: item.clone(),
                ..PutItemRequest::default()
            };
            self.database.put_item(put).expect("a seeded item can be written again");
        }
        for key in found.keys().filter(|key| !self.seed.contains_key(*key)) {
            let attribute = |text: &String| AttributeValue::S(text.clone());
            let key = [("pk".to_owned(), attribute(&key.0)), ("sk".to_owned(), attribute(&key.1))];
            let delete = DeleteItemRequest {
                table_name: TABLE.to_owned(),
                key: HashMap::from(key),
                ..DeleteItemRequest::default()
            };
            self.database.delete_item(delete).expect("an item can be deleted");
        }
        (found.into_values().collect(), deleted)
    }

    fn items(&self) -> HashMap<(String, String), Item> {
        let scan = ScanRequest { table_name: TABLE.to_owned(), ..ScanRequest::default() };
        let page = self.database.scan(scan).expect("the table can be read");
        assert!(page.last_evaluated_key.is_none(), "the table has more than one page");
        let items = page.items.unwrap_or_default();
        items.into_iter().map(|item| ((text(&item, "pk"), text(&item, "sk")), item)).collect()
    }
}

/// A text attribute, or the digits of a number. Empty if the item doesn't have it.
pub(crate) fn text(item: &Item, name: &str) -> String {
    match item.get(name) {
        Some(AttributeValue::S(text) | AttributeValue::N(text)) => text.clone(),
        _ => String::new(),
    }
}

async fn seed(store: &Store) {
    let zegoal = tenant(store, "zegoal").await;
    token(store, "zegoal.TOKEN", &[Right::Upsert, Right::Delete]).await;
    token(store, "zegoal.UPSERT", &[Right::Upsert]).await;
    token(store, "zegoal.DELETE", &[Right::Delete]).await;
    account(store, &zegoal, "3", "ACME", "Acme").await;
    account(store, &zegoal, "4", "OTHER", "Other").await;
    let link_id = |last| format!("91c615e3-1040-4815-8ecb-039a18b756{last}");
    contact(store, &zegoal, "6", &link_id("06"), "3", ["Name6", "067_1", "email@com", "desc"]).await;
    contact(store, &zegoal, "9", &link_id("09"), "3", ["contact1", "67_1", "email@com1", "desc"]).await;
    contact(store, &zegoal, "12", &link_id("12"), "4", ["Elsewhere", "1", "a@b", ""]).await;
    // A contact under the id that the service derives.
    let derived = LinkId::parse(&link_id("b4")).expect("it is a UUID");
    let id = ContactId::derive(&zegoal.name, derived).to_string();
    contact(store, &zegoal, &id, &derived.to_string(), "3", ["Ann", "067_1", "a@b", ""]).await;

    let canary = tenant(store, "canary").await;
    token(store, "canary.CANARY", &[Right::Upsert, Right::Delete]).await;
    account(store, &canary, "3", "canary", "canary").await;
    contact(store, &canary, "6", &link_id("06"), "3", ["canary", "canary", "canary@canary", "canary"]).await;
}

async fn tenant(store: &Store, name: &str) -> Tenant {
    let tenant = Tenant {
        name: TenantName::parse(name).expect("it is a tenant's name"),
        time_zone: TimeZone::parse("Europe/Kiev").expect("there is such a zone"),
        contact_types: ContactTypes::default(),
    };
    store.put_tenant(&tenant).await.expect("a tenant can be written");
    tenant
}

async fn token(store: &Store, token: &str, rights: &[Right]) {
    let Token { tenant, digest } = Token::parse(token).expect("it is a token");
    let grant = TokenGrant { rights: rights.to_vec(), label: "fuzz".to_owned(), expires_at: None };
    let stored = store.put_token(&tenant, &digest, &grant).await;
    assert_eq!(stored, Ok(WriteOutcome::Applied), "a token can be written");
}

async fn account(store: &Store, tenant: &Tenant, id: &str, code: &str, name: &str) {
    let id = AccountId::parse(id).expect("it is an id");
    let account = Account { id, code: AccountCode::parse(code).ok(), name: AccountName::parse(name).ok() };
    let stored = store.create_account(&OperationContext::without_deadline(), &tenant.name, &account).await;
    assert_eq!(stored, Ok(WriteOutcome::Applied), "an account can be written");
}

async fn contact(store: &Store, tenant: &Tenant, id: &str, link_id: &str, account: &str, texts: [&str; 4]) {
    let [name, number, email, description] = texts;
    let contact = Contact {
        id: ContactId::parse(id).expect("it is an id"),
        link_id: LinkId::parse(link_id).expect("it is a UUID"),
        account: AccountId::parse(account).expect("it is an id"),
        name: ContactName::parse(name).expect("it is a name"),
        mobile_number: MobileNumber::parse(number).expect("it is a number"),
        contact_type: ContactType::default(),
        email: Email::parse(email).ok(),
        description: Description::parse(description).ok(),
    };
    let context = OperationContext::new(OperationId::new("seed"), Deadline::NONE);
    let writes = [ContactWrite::new(None, contact, context.id().clone())];
    let written = store.write_contacts(&context, &tenant.name, &writes).await;
    written.expect("a contact can be written");
}
