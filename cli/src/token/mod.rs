//! `contacts token`: what a tenant's callers show. A token is shown once, when it is issued; of its secret
//! only a fingerprint is stored.

mod expiry;

use clap::{Args, Subcommand, ValueEnum};
use contacts::domain::{Right, Secret, SecretDigest, TenantName, TokenGrant};
use serde::Serialize;

use crate::{
    connection::Connection,
    failure::Failure,
    output::{Column, Output, print},
    tenant,
};
use expiry::Expiry;

/// How many hexadecimal digits of a token's fingerprint are its id.
const ID_DIGITS: usize = 12;

/// What `contacts token` does.
#[derive(Subcommand)]
pub(crate) enum TokenCommand {
    /// Issue a token and show it, this once.
    ///
    /// The token goes to standard output, what is said about it to standard error.
    #[command(after_help = "\
Examples:
  contacts token issue zegoal --label crm
  contacts token issue zegoal --label nightly-sync --right upsert --right delete --expires 90d
  contacts token issue zegoal --label trial --expires 2027-01-31 > token.txt")]
    Issue(IssueToken),
    /// List a tenant's tokens: what they are for, not the tokens.
    List(OfTenant),
    /// Revoke a token.
    ///
    /// Warm functions may know it for up to a minute more.
    #[command(after_help = "\
Examples:
  contacts token list zegoal
  contacts token revoke zegoal 4f8f78260518")]
    Revoke(RevokeToken),
}

/// What `contacts token issue` takes.
#[derive(Args)]
pub(crate) struct IssueToken {
    /// The tenant's name.
    #[arg(value_parser = TenantName::parse)]
    tenant: TenantName,
    /// What to call the token by: who uses it, and what for.
    #[arg(long, value_parser = TokenGrant::parse_label)]
    label: String,
    /// What the token may be used for; say it twice for both.
    #[arg(long = "right", value_name = "RIGHT", value_enum, default_values = ["upsert"])]
    rights: Vec<RightChoice>,
    /// Until when the token is good: after a time (`90d`, `12h`, `1y`), to the end of a day on the tenant's
    /// clock (`2027-01-31`), or to a moment (`2027-01-31T12:00:00Z`). Without it, until it is revoked.
    #[arg(long, value_name = "WHEN", value_parser = Expiry::parse)]
    expires: Option<Expiry>,
}

/// A right, as it is chosen.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RightChoice {
    /// To create and update contacts.
    Upsert,
    /// To delete contacts.
    Delete,
}

impl From<RightChoice> for Right {
    fn from(choice: RightChoice) -> Self {
        match choice {
            RightChoice::Upsert => Self::Upsert,
            RightChoice::Delete => Self::Delete,
        }
    }
}

/// Whose tokens.
#[derive(Args)]
pub(crate) struct OfTenant {
    /// The tenant's name.
    #[arg(value_parser = TenantName::parse)]
    tenant: TenantName,
}

/// What `contacts token revoke` takes.
#[derive(Args)]
pub(crate) struct RevokeToken {
    /// The tenant's name.
    #[arg(value_parser = TenantName::parse)]
    tenant: TenantName,
    /// The token's id, as `contacts token list` shows it, or as much of its beginning as no other has.
    #[arg(value_name = "ID", value_parser = token_id)]
    id: String,
}

/// Reads the beginning of a token's fingerprint.
fn token_id(raw: &str) -> Result<String, &'static str> {
    if raw.is_empty() || !raw.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err("must be an id that `contacts token list` shows, not the token or its label");
    }
    Ok(raw.to_ascii_lowercase())
}

/// A token as it is printed: never the token itself.
#[derive(Serialize)]
struct TokenRecord {
    id: String,
    label: String,
    rights: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    expired: bool,
}

/// A token as it is printed this once.
#[derive(Serialize)]
struct IssuedToken {
    token: String,
    #[serde(flatten)]
    record: TokenRecord,
}

const COLUMNS: &[Column<TokenRecord>] = &[
    ("id", |record| record.id.clone()),
    ("label", |record| record.label.clone()),
    ("rights", |record| record.rights.join(",")),
    ("expires_at", |record| record.expires_at.clone().unwrap_or_else(|| "never".to_owned())),
    ("expired", |record| if record.expired { "yes" } else { "no" }.to_owned()),
];

impl TokenRecord {
    fn new(digest: &SecretDigest, grant: &TokenGrant) -> Self {
        Self {
            id: digest.as_str().chars().take(ID_DIGITS).collect(),
            label: grant.label.clone(),
            rights: grant.rights.iter().map(|right| right.as_str()).collect(),
            expires_at: grant.expires_at.map(|moment| moment.to_string()),
            expired: !grant.is_current(),
        }
    }
}

/// Carries out `contacts token …`.
pub(crate) async fn run(
    connection: &Connection,
    output: Output,
    command: &TokenCommand,
) -> Result<(), Failure> {
    match command {
        TokenCommand::Issue(arguments) => issue(connection, output, arguments).await,
        TokenCommand::List(OfTenant { tenant }) => {
            tenant::existing(connection, tenant).await?;
            let tokens = connection.call(connection.store.tokens(tenant)).await?;
            let records: Vec<_> =
                tokens.iter().map(|(digest, grant)| TokenRecord::new(digest, grant)).collect();
            let when_empty = format!("No tokens. `contacts token issue {tenant} --label LABEL` issues one.");
            output.list(&records, COLUMNS, &when_empty)
        }
        TokenCommand::Revoke(arguments) => revoke(connection, output, arguments).await,
    }
}

async fn issue(connection: &Connection, output: Output, arguments: &IssueToken) -> Result<(), Failure> {
    let name = &arguments.tenant;
    let tenant = tenant::existing(connection, name).await?;
    let expires_at = arguments.expires.map(|expiry| expiry.moment(&tenant)).transpose()?;
    let mut rights: Vec<Right> = Vec::new();
    for right in arguments.rights.iter().copied().map(Right::from) {
        if !rights.contains(&right) {
            rights.push(right);
        }
    }
    let grant = TokenGrant { rights, label: arguments.label.clone(), expires_at };
    let secret = Secret::random();
    if !connection.call(connection.store.put_token(name, &secret.digest(), &grant)).await? {
        // It was there a moment ago; what became of it is the failure.
        tenant::existing(connection, name).await?;
        return Err(Failure::Unavailable(format!("the tenant `{name}` was just added. Run it again")));
    }
    let record = TokenRecord::new(&secret.digest(), &grant);
    let token = secret.token_of(name);
    if output.json {
        return output.done(&IssuedToken { token, record }, "");
    }
    print(&token)?;
    let rights = record.rights.join(" and ");
    let until = record.expires_at.unwrap_or_else(|| "it is revoked".to_owned());
    output.say(&format!(
        "This is the only time it is shown. It is good for {rights} until {until}.\n\
         `contacts token revoke {name} {}` revokes it.",
        record.id
    ));
    Ok(())
}

async fn revoke(connection: &Connection, output: Output, arguments: &RevokeToken) -> Result<(), Failure> {
    let RevokeToken { tenant, id } = arguments;
    tenant::existing(connection, tenant).await?;
    let mut tokens = connection.call(connection.store.tokens(tenant)).await?;
    tokens.retain(|(digest, _)| digest.as_str().starts_with(id.as_str()));
    let [(digest, grant)] = &tokens[..] else {
        return Err(match tokens.len() {
            0 => Failure::NotFound(format!(
                "the tenant `{tenant}` has no token `{id}`. `contacts token list {tenant}` shows those it has"
            )),
            several => Failure::Usage(format!("{several} tokens begin with `{id}`. Give more of the id")),
        });
    };
    connection.call(connection.store.revoke_token(tenant, digest)).await?;
    let record = TokenRecord::new(digest, grant);
    output.done(&record, &format!("Revoked the token {} ({}).", record.id, record.label))?;
    output.say("Warm functions may know it for up to a minute more.");
    Ok(())
}
