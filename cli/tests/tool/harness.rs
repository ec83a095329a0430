//! A table for each test, and runs of the tool on it.

use std::process::Stdio;

use aws_sdk_dynamodb::Client;
use contacts_core::{
    context::OperationContext,
    domain::{
        Account, AccountCode, AccountId, AccountName, Contact, ContactId, ContactName, ContactType, LinkId,
        MobileNumber, Tenant, TenantName, Token, TokenGrant,
    },
    store::{ContactWrite, Store, WriteOutcome},
};
use embedded_dynamodb::{EmbeddedDynamoDb, TABLE};
use serde_json::Value;
use tokio::process::Command;
use uuid::Uuid;

/// The tool, and the table that it works on: an embedded DynamoDB.
pub(crate) struct Tool {
    pub(crate) store: Store,
    pub(crate) client: Client,
    pub(crate) url: String,
    _dynamodb: EmbeddedDynamoDb,
}

/// A finished run of the tool.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Tool {
    /// Starts an empty table.
    pub(crate) async fn start() -> Self {
        let dynamodb = EmbeddedDynamoDb::in_memory().await.unwrap();
        let url = dynamodb.url();
        let client = Client::from_conf(embedded_dynamodb::client_settings(&url).build());
        Self { store: Store::new(client.clone(), TABLE), client, url, _dynamodb: dynamodb }
    }

    /// Starts a table with a tenant `zegoal`.
    pub(crate) async fn with_tenant() -> Self {
        let tool = Self::start().await;
        tool.succeeds(&["tenant", "add", "zegoal", "--time-zone", "Europe/Kiev"]).await;
        tool
    }

    /// Builds the command that runs the tool on this table.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = bare_command(arguments);
        command.arg("--local").env("CONTACTS_DYNAMODB_URL", &self.url);
        command
    }

    /// Runs the tool.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Run {
        finish(self.command(arguments)).await
    }

    /// Runs the tool, which must succeed, and returns its standard output.
    pub(crate) async fn succeeds(&self, arguments: &[&str]) -> String {
        let run = self.run(arguments).await;
        assert_eq!(run.code, 0, "{arguments:?}: {}", run.stderr);
        run.stdout
    }

    /// Runs the tool with `--json`, which must succeed, and parses its standard output.
    pub(crate) async fn json(&self, arguments: &[&str]) -> Value {
        let printed = self.succeeds(&[arguments, &["--json"]].concat()).await;
        serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error} in {printed}"))
    }

    /// Runs the tool, which must fail with this exit code, and returns its standard error.
    pub(crate) async fn fails(&self, code: i32, arguments: &[&str]) -> String {
        let run = self.run(arguments).await;
        assert_eq!(run.code, code, "{arguments:?}: {run:?}");
        assert_eq!(run.stdout, "", "{arguments:?}");
        run.stderr
    }

    /// Stores an account.
    pub(crate) async fn account(&self, tenant: &str, id: u64, code: Option<&str>, name: Option<&str>) {
        let account = Account {
            id: AccountId::parse(&id.to_string()).unwrap(),
            code: code.map(|code| AccountCode::parse(code).unwrap()),
            name: name.map(|name| AccountName::parse(name).unwrap()),
        };
        let context = OperationContext::without_deadline();
        let outcome = self.store.create_account(&context, &name_of(tenant), &account).await;
        assert_eq!(outcome, Ok(WriteOutcome::Applied));
    }

    /// Finds the tenant and the grant of a token, as the functions do.
    pub(crate) async fn authenticate(&self, token: &str) -> Option<(Tenant, TokenGrant)> {
        let token = Token::parse(token).unwrap();
        self.store.authenticate(&OperationContext::without_deadline(), token).await.unwrap()
    }

    /// Stores contacts.
    pub(crate) async fn contacts(&self, tenant: &str, contacts: impl IntoIterator<Item = Contact>) {
        let context = OperationContext::without_deadline();
        let write = |contact| ContactWrite::new(None, contact, context.id().clone());
        let writes: Vec<_> = contacts.into_iter().map(write).collect();
        let outcomes = self.store.write_contacts(&context, &name_of(tenant), &writes).await.unwrap();
        assert!(outcomes.iter().all(|outcome| *outcome == WriteOutcome::Applied));
    }
}

/// Builds a command that runs the tool with an empty environment.
pub(crate) fn bare_command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_contacts"));
    command.env_clear().args(arguments).kill_on_drop(true).stdin(Stdio::null());
    command
}

/// Runs a command until it exits.
pub(crate) async fn finish(mut command: Command) -> Run {
    let output = command.output().await.unwrap();
    Run {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Parses the name of a tenant.
pub(crate) fn name_of(tenant: &str) -> TenantName {
    TenantName::parse(tenant).unwrap()
}

/// Builds a contact of that account with a random `link_id`.
pub(crate) fn contact(tenant: &str, account: u64, name: &str) -> Contact {
    let link_id = LinkId::parse(&Uuid::new_v4().to_string()).unwrap();
    Contact {
        id: ContactId::derive(&name_of(tenant), link_id),
        link_id,
        account: AccountId::parse(&account.to_string()).unwrap(),
        name: ContactName::parse(name).unwrap(),
        mobile_number: MobileNumber::parse("067_1").unwrap(),
        contact_type: ContactType::default(),
        email: None,
        description: None,
    }
}
