//! The demo tenant, its token, and the instructions to use them.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
};

use aws_sdk_dynamodb::Client;
use contacts_core::{domain::TenantName, store::Store};
use fixture::TenantFixture;

use crate::{
    error::ErrorMessage,
    settings::{Mode, Settings},
};

/// The tenant's name.
const TENANT: &str = "zegoal";

/// The variable with the token.
const TOKEN: &str = "CONTACTS_TOKEN";

/// The URLs and the token that a caller needs.
pub(crate) struct Demo {
    /// The URL of the API.
    pub(crate) url: String,
    dynamodb_url: String,
    token: String,
}

impl Demo {
    /// Creates the tenant with the token of an earlier start, or with a new one, and writes the environment file.
    pub(crate) async fn create(settings: &Settings, dynamodb_url: &str) -> Result<Self, ErrorMessage> {
        let name = TenantName::parse(TENANT).map_err(|error| error.to_string())?;
        let tenant = earlier_tenant(settings).filter(|earlier| earlier.tenant.name == name);
        let tenant = tenant.unwrap_or_else(|| TenantFixture::new(name, "demo"));
        let store = Store::new(client(dynamodb_url), embedded_dynamodb::TABLE);
        tenant.store(&store).await.map_err(|error| format!("the demo tenant can't be created: {error}"))?;
        let demo = Self {
            url: format!("http://127.0.0.1:{}", settings.port),
            dynamodb_url: dynamodb_url.to_owned(),
            token: tenant.token().to_owned(),
        };
        demo.write_environment_file(settings)?;
        Ok(demo)
    }

    /// Returns the environment variables for callers.
    pub(crate) fn variables(&self) -> [(&'static str, &str); 4] {
        [
            ("CONTACTS_URL", &self.url),
            ("CONTACTS_TENANT", TENANT),
            (TOKEN, &self.token),
            ("CONTACTS_DYNAMODB_URL", &self.dynamodb_url),
        ]
    }

    /// Prints what is served where, and requests to paste into a terminal.
    pub(crate) fn print_instructions(&self, settings: &Settings, reference: Option<&str>) {
        let Self { url, token, dynamodb_url } = self;
        let variables = settings.environment_file();
        let variables = variables.display();
        let reference = reference.map(|url| format!("API reference    {url}\n")).unwrap_or_default();
        // `sam local` writes to the terminal.
        let log = match settings.mode {
            Mode::Sam => String::new(),
            Mode::Watch | Mode::Command { .. } => format!("functions' log   {}\n", settings.log().display()),
        };
        let text = format!(
            r#"
Ready.

API              {url}
{reference}DynamoDB         {dynamodb_url}
URLs, token      {variables}
{log}
Create a contact, and run it again to see that it is there:

  curl -X POST {url}/contacts -H 'Authorization: Bearer {token}' -H 'Content-Type: application/json' -d '{{"account_code": "ACME", "list_items": [{{"link_id": "91c615e3-1040-4815-8ecb-039a18b756b5", "contact_name": "Ann", "contact_mobile_num": "067_1"}}]}}'

Delete it:

  curl -X POST {url}/contacts/delete -H 'Authorization: Bearer {token}' -H 'Content-Type: application/json' -d '{{"tenant": "{TENANT}", "account_code": "ACME", "contacts": [{{"link_id": "91c615e3-1040-4815-8ecb-039a18b756b5"}}]}}'

Ctrl-C ends it.
"#
        );
        // A reader that has closed the standard output must not end the stack.
        let _ = writeln!(io::stdout(), "{text}");
    }

    fn write_environment_file(&self, settings: &Settings) -> Result<(), ErrorMessage> {
        let path = settings.environment_file();
        let lines = self.variables().map(|(name, value)| format!("{name}={value}\n"));
        // Created so that only its owner may read it, because it holds a token.
        let file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path);
        file.and_then(|mut file| file.write_all(lines.concat().as_bytes()))
            .map_err(|error| format!("{} can't be written: {error}", path.display()))
    }
}

/// Reads the token of an earlier start from the environment file.
fn earlier_tenant(settings: &Settings) -> Option<TenantFixture> {
    let text = fs::read_to_string(settings.environment_file()).ok()?;
    let token = text.lines().find_map(|line| line.strip_prefix(TOKEN)?.strip_prefix('='))?;
    TenantFixture::with_token(token, "demo")
}

fn client(dynamodb_url: &str) -> Client {
    Client::from_conf(embedded_dynamodb::client_settings(dynamodb_url).build())
}
