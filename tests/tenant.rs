//! A tenant of a test's own.

use std::time::Duration;

use contacts::{
    domain::{
        Account, AccountCode, AccountId, AccountName, ContactTypes, Right, Secret, Tenant, TenantName,
        TimeZone, TokenGrant,
    },
    store::Store,
};
use jiff::Timestamp;
use reqwest::{
    Client, Method,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{answer::Answer, environment, table::Table};

/// Where contacts are created and updated.
pub const UPSERT: (Method, &str) = (Method::POST, "/contacts");

/// Where contacts are deleted.
pub const DELETE: (Method, &str) = (Method::POST, "/contacts/delete");

/// How long an answer may take until it must be lost: many times what a function may take, since a call
/// waits for those before it.
const PATIENCE: Duration = Duration::from_mins(2);

/// A tenant that nobody else uses, and whoever calls in its name.
pub struct TestTenant {
    /// What the table holds of it.
    pub table: Table,
    name: TenantName,
    token: String,
    url: String,
    http: Client,
    store: Store,
}

impl TestTenant {
    /// A new tenant as tenants usually are, with a token that has every right.
    pub async fn new() -> Self {
        Self::with("Europe/Kiev", ContactTypes::default()).await
    }

    /// A new tenant in this time zone, with this dictionary.
    pub async fn with(time_zone: &str, contact_types: ContactTypes) -> Self {
        let name = format!("test-{}", Uuid::new_v4().simple());
        let mut tenant = Self::of(&name, String::new());
        let time_zone = TimeZone::parse(time_zone).expect("a time zone's name");
        let settings = Tenant { name: tenant.name.clone(), time_zone, contact_types };
        tenant.store.put_tenant(&settings).await.expect("a tenant can be stored");
        tenant.token = tenant.token_with(&[Right::Upsert, Right::Delete]).await;
        tenant
    }

    /// The tenant that the local stack makes: it is called what the contract's examples call it.
    #[must_use]
    pub fn demo() -> Self {
        Self::of(&environment::variable("CONTACTS_TENANT"), environment::variable("CONTACTS_TOKEN"))
    }

    fn of(name: &str, token: String) -> Self {
        let url = environment::url();
        let dynamodb = environment::dynamodb();
        Self {
            table: Table::new(dynamodb.clone(), name),
            name: TenantName::parse(name).expect("a tenant's name"),
            token,
            url,
            http: Client::builder().no_proxy().timeout(PATIENCE).build().expect("an HTTP client"),
            store: Store::new(dynamodb, embedded_dynamodb::TABLE),
        }
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// The token that has every right.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// A new token with these rights.
    pub async fn token_with(&self, rights: &[Right]) -> String {
        self.issue(rights, None).await.token_of(&self.name)
    }

    /// A new token with every right, good until this moment.
    pub async fn token_until(&self, moment: Timestamp) -> String {
        self.issue(&[Right::Upsert, Right::Delete], Some(moment)).await.token_of(&self.name)
    }

    /// A token that was revoked before anybody used it.
    pub async fn revoked_token(&self) -> String {
        let secret = self.issue(&[Right::Upsert, Right::Delete], None).await;
        self.store.revoke_token(&self.name, &secret.digest()).await.expect("a token can be revoked");
        secret.token_of(&self.name)
    }

    async fn issue(&self, rights: &[Right], expires_at: Option<Timestamp>) -> Secret {
        let secret = Secret::random();
        let grant = TokenGrant { rights: rights.to_vec(), label: "test".to_owned(), expires_at };
        self.store.put_token(&self.name, &secret.digest(), &grant).await.expect("a token can be stored");
        secret
    }

    /// Makes an account with this id, unless it is there; nothing else can make one with a chosen id.
    pub async fn register_account(&self, id: u64, code: Option<&str>, name: Option<&str>) {
        let account = Account {
            id: AccountId::parse(&id.to_string()).expect("an account's id"),
            code: code.map(|code| AccountCode::parse(code).expect("an account's code")),
            name: name.map(|name| AccountName::parse(name).expect("an account's name")),
        };
        self.store.register_account(&self.name, &account).await.expect("an account can be stored");
    }

    /// Upserts with this body.
    pub async fn upsert(&self, body: &Value) -> Answer {
        self.send(UPSERT, body.to_string()).await
    }

    /// Upserts these items of the account `ACME`, and returns their results.
    pub async fn upsert_items(&self, items: &[Value]) -> Vec<Value> {
        let answer = self.upsert(&json!({"account_code": "ACME", "list_items": items})).await;
        let results = answer.results().to_vec();
        assert_eq!(results.len(), items.len(), "one result an item");
        results
    }

    /// Upserts one item of the account `ACME`, and returns its result.
    pub async fn upsert_one(&self, item: &Value) -> Value {
        self.upsert_items(std::slice::from_ref(item)).await.remove(0)
    }

    /// Deletes with this body.
    pub async fn delete(&self, body: &Value) -> Answer {
        self.send(DELETE, body.to_string()).await
    }

    /// Deletes these contacts of the account `ACME`.
    pub async fn delete_contacts(&self, contacts: &[Value]) -> Answer {
        self.delete(&json!({"tenant": self.name(), "account_code": "ACME", "contacts": contacts})).await
    }

    /// Sends a body of any bytes as JSON, with the token that has every right.
    pub async fn send(&self, (method, path): (Method, &str), body: impl Into<Vec<u8>>) -> Answer {
        self.send_as((method, path), "application/json", body).await
    }

    /// Sends a body of any bytes as this content type, with the token that has every right.
    pub async fn send_as(
        &self,
        (method, path): (Method, &str),
        content_type: &str,
        body: impl Into<Vec<u8>>,
    ) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let headers = [(AUTHORIZATION.as_str(), &*bearer), (CONTENT_TYPE.as_str(), content_type)];
        self.raw((method, path), &headers, body).await
    }

    /// Sends a request with these headers and no others.
    pub async fn raw(
        &self,
        (method, path): (Method, &str),
        headers: &[(&str, &str)],
        body: impl Into<Vec<u8>>,
    ) -> Answer {
        let mut request = self.http.request(method, format!("{}{path}", self.url)).body(body.into());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::read(request.send().await.expect("the service answers")).await
    }
}
