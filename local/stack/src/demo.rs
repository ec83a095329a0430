//! A tenant to try things with, its token, and what to paste.

use std::{fs, io::Write, os::unix::fs::OpenOptionsExt};

use aws_sdk_dynamodb::Client;
use contacts::{
    domain::{ContactTypes, Right, Secret, Tenant, TenantName, TimeZone, Token, TokenGrant},
    store::Store,
};

use crate::{Sentence, settings::Settings};

/// What the tenant is called.
const TENANT: &str = "zegoal";

/// What a caller needs to know.
pub(crate) struct Demo {
    /// Where the API is.
    pub(crate) url: String,
    dynamodb_url: String,
    token: String,
}

impl Demo {
    /// Makes the tenant and a fresh token for it, and writes both down; the token of an earlier start is
    /// good no longer.
    pub(crate) async fn make(settings: &Settings, dynamodb_url: &str) -> Result<Self, Sentence> {
        let tenant = Tenant {
            name: TenantName::parse(TENANT).map_err(|rule| rule.to_string())?,
            time_zone: TimeZone::parse("Europe/Kiev").map_err(|rule| rule.to_string())?,
            contact_types: ContactTypes::default(),
        };
        let secret = Secret::random();
        let grant = TokenGrant {
            rights: vec![Right::Upsert, Right::Delete],
            label: "demo".to_owned(),
            expires_at: None,
        };
        let store = Store::new(client(dynamodb_url), embedded_dynamodb::TABLE);
        let stored = async {
            if let Some(old) = earlier_token(settings) {
                store.revoke_token(&old.tenant, &old.digest).await?;
            }
            store.put_tenant(&tenant).await?;
            store.put_token(&tenant.name, &secret.digest(), &grant).await
        };
        stored.await.map_err(|error| format!("the demo tenant can't be made: {error}"))?;
        let demo = Self {
            url: format!("http://127.0.0.1:{}", settings.port),
            dynamodb_url: dynamodb_url.to_owned(),
            token: secret.token_of(&tenant.name),
        };
        demo.write_down(settings)?;
        Ok(demo)
    }

    /// The variables that name everything.
    pub(crate) fn variables(&self) -> [(&'static str, &str); 4] {
        [
            ("CONTACTS_URL", &self.url),
            ("CONTACTS_TENANT", TENANT),
            ("CONTACTS_TOKEN", &self.token),
            ("CONTACTS_DYNAMODB_URL", &self.dynamodb_url),
        ]
    }

    /// Says that it is ready, and what to paste.
    pub(crate) fn introduce(&self) {
        let Self { url, token, dynamodb_url } = self;
        println!(
            r#"
Ready. The API is at {url}, DynamoDB at {dynamodb_url}; .local/demo.env has both, and the token.

Create a contact, and run it again to see that it is there:

  curl -X POST {url}/contacts -H 'Authorization: Bearer {token}' -H 'Content-Type: application/json' -d '{{"account_code": "ACME", "list_items": [{{"link_id": "91c615e3-1040-4815-8ecb-039a18b756b5", "contact_name": "Ann", "contact_mobile_num": "067_1"}}]}}'

Delete it:

  curl -X POST {url}/contacts/delete -H 'Authorization: Bearer {token}' -H 'Content-Type: application/json' -d '{{"tenant": "{TENANT}", "account_code": "ACME", "contacts": [{{"link_id": "91c615e3-1040-4815-8ecb-039a18b756b5"}}]}}'

Ctrl-C ends it.
"#
        );
    }

    fn write_down(&self, settings: &Settings) -> Result<(), Sentence> {
        let path = settings.environment_file();
        let lines = self.variables().map(|(name, value)| format!("{name}={value}\n"));
        // The file holds a token: it is for its owner's eyes.
        let file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path);
        file.and_then(|mut file| file.write_all(lines.concat().as_bytes()))
            .map_err(|error| format!("{} can't be written: {error}", path.display()))
    }
}

/// The token that an earlier start wrote down.
fn earlier_token(settings: &Settings) -> Option<Token> {
    let text = fs::read_to_string(settings.environment_file()).ok()?;
    text.lines().find_map(|line| line.strip_prefix("CONTACTS_TOKEN=")).and_then(Token::parse)
}

fn client(dynamodb_url: &str) -> Client {
    Client::from_conf(embedded_dynamodb::client_settings(dynamodb_url).build())
}
