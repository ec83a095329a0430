//! A tenant for one test.

use std::time::Duration;

use contacts_core::{
    context::OperationContext,
    domain::{
        Account, AccountCode, AccountId, AccountName, ContactTypes, Right, Secret, TenantName, TimeZone,
        TokenGrant,
    },
    store::{Store, WriteOutcome},
};
use fixture::{ALL_RIGHTS, TenantFixture, issue_token};
use jiff::Timestamp;
use reqwest::{
    Client, Method,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{response::ApiResponse, stack::Stack, table::Table};

/// The route that creates and updates contacts.
pub const UPSERT: (Method, &str) = (Method::POST, "/contacts");

/// The route that deletes contacts.
pub const DELETE: (Method, &str) = (Method::POST, "/contacts/delete");

/// The time limit of a request: many times that of a function, because a request may wait for others before it.
const TIMEOUT: Duration = Duration::from_mins(2);

/// A tenant that no other test uses, and a client that sends its requests.
pub struct TestTenant {
    /// The items of the tenant in the table.
    pub table: Table,
    name: TenantName,
    token: String,
    http: Client,
    store: Store,
}

impl TestTenant {
    /// Creates a tenant with default settings and a token that has every right.
    pub async fn new() -> Self {
        Self::with_settings("Europe/Kiev", ContactTypes::default()).await
    }

    /// Creates a tenant with this time zone and dictionary of contact types, and a token that has every right.
    pub async fn with_settings(time_zone: &str, contact_types: ContactTypes) -> Self {
        let name = format!("test-{}", Uuid::new_v4().simple());
        let mut fixture = TenantFixture::new(TenantName::parse(&name).expect("a valid name"), "test");
        fixture.tenant.time_zone = TimeZone::parse(time_zone).expect("the name of a time zone");
        fixture.tenant.contact_types = contact_types;
        let tenant = Self::existing(&name, fixture.token());
        fixture.store(&tenant.store).await.expect("a tenant is stored");
        tenant
    }

    /// The tenant that the stack has created, which has the name in the contract's samples.
    #[must_use]
    pub fn demo() -> Self {
        Self::existing(Stack::get().tenant(), Stack::get().token())
    }

    fn existing(name: &str, token: &str) -> Self {
        let dynamodb = Stack::get().dynamodb();
        Self {
            table: Table::new(dynamodb.clone(), name),
            name: TenantName::parse(name).expect("a valid name"),
            token: token.to_owned(),
            http: Client::builder().no_proxy().timeout(TIMEOUT).build().expect("an HTTP client"),
            store: Store::new(dynamodb, embedded_dynamodb::TABLE),
        }
    }

    /// The tenant's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// The token that has every right.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Creates a token with these rights.
    pub async fn token_with(&self, rights: &[Right]) -> String {
        self.issue(rights, None).await.token_of(&self.name)
    }

    /// Creates a token with every right that expires at this moment.
    pub async fn token_until(&self, moment: Timestamp) -> String {
        self.issue(&ALL_RIGHTS, Some(moment)).await.token_of(&self.name)
    }

    /// Creates a token with every right and revokes it.
    pub async fn revoked_token(&self) -> String {
        let secret = self.issue(&ALL_RIGHTS, None).await;
        self.store.revoke_token(&self.name, &secret.digest()).await.expect("a token is revoked");
        secret.token_of(&self.name)
    }

    async fn issue(&self, rights: &[Right], expires_at: Option<Timestamp>) -> Secret {
        let grant = TokenGrant { rights: rights.to_vec(), label: "test".to_owned(), expires_at };
        issue_token(&self.store, &self.name, &grant).await.expect("a token is stored")
    }

    /// Creates an account with this id, unless it exists. The API can't create one with a chosen id.
    pub async fn register_account(&self, id: u64, code: Option<&str>, name: Option<&str>) {
        let account = Account {
            id: AccountId::parse(&id.to_string()).expect("a valid id"),
            code: code.map(|code| AccountCode::parse(code).expect("a valid code")),
            name: name.map(|name| AccountName::parse(name).expect("a valid name")),
        };
        let context = OperationContext::without_deadline();
        let created = self.store.create_account(&context, &self.name, &account).await;
        // Repeated calls find the account that the first one created.
        let _: WriteOutcome = created.expect("the store answers");
    }

    /// Sends an upsert with this body.
    pub async fn upsert(&self, body: &Value) -> ApiResponse {
        self.send(UPSERT, body.to_string()).await
    }

    /// Upserts these items of the account `ACME` and returns their results.
    pub async fn upsert_items(&self, items: &[Value]) -> Vec<Value> {
        let response = self.upsert(&json!({"account_code": "ACME", "list_items": items})).await;
        let results = response.results().to_vec();
        assert_eq!(results.len(), items.len(), "one result for each item");
        results
    }

    /// Upserts one item of the account `ACME` and returns its result.
    pub async fn upsert_one(&self, item: &Value) -> Value {
        self.upsert_items(std::slice::from_ref(item)).await.remove(0)
    }

    /// Sends a delete with this body.
    pub async fn delete(&self, body: &Value) -> ApiResponse {
        self.send(DELETE, body.to_string()).await
    }

    /// Deletes these contacts of the account `ACME`.
    pub async fn delete_contacts(&self, contacts: &[Value]) -> ApiResponse {
        self.delete(&json!({"tenant": self.name(), "account_code": "ACME", "contacts": contacts})).await
    }

    /// Sends a body of any bytes as `application/json`, with the token that has every right.
    pub async fn send(&self, (method, path): (Method, &str), body: impl Into<Vec<u8>>) -> ApiResponse {
        self.send_as((method, path), "application/json", body).await
    }

    /// Sends a body of any bytes with this content type, with the token that has every right.
    pub async fn send_as(
        &self,
        (method, path): (Method, &str),
        content_type: &str,
        body: impl Into<Vec<u8>>,
    ) -> ApiResponse {
        let bearer = format!("Bearer {}", self.token);
        let headers = [(AUTHORIZATION.as_str(), &*bearer), (CONTENT_TYPE.as_str(), content_type)];
        self.send_with_headers((method, path), &headers, body).await
    }

    /// Sends a request with these headers and no others.
    pub async fn send_with_headers(
        &self,
        (method, path): (Method, &str),
        headers: &[(&str, &str)],
        body: impl Into<Vec<u8>>,
    ) -> ApiResponse {
        let mut request =
            self.http.request(method, format!("{}{path}", Stack::get().url())).body(body.into());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        ApiResponse::read(request.send().await.expect("the service responds")).await
    }
}
