//! `contacts token`: issues, lists and revokes API tokens. A token is printed once, when it is issued; the
//! table holds only a digest of its secret.

mod expiry;
mod record;

use clap::{Args, Subcommand, ValueEnum};
use contacts_core::{
    domain::{Right, Secret, SecretDigest, TenantName, TokenGrant},
    store::WriteOutcome,
};

use crate::{
    connection::Connection,
    error::CliError,
    output::{OutputFormat, print, print_json},
    tenant::{TenantArgs, active_tenant, just_added},
};
use expiry::Expiry;
use record::{IssuedTokenRecord, TOKEN_COLUMNS, TokenRecord};

/// Subcommands of `contacts token`.
#[derive(Subcommand)]
pub(crate) enum TokenCommand {
    /// Issue a token and print it. It can't be shown again.
    ///
    /// The token alone goes to standard output, hints go to standard error. A token that can't be printed is
    /// revoked.
    #[command(after_help = "\
Examples:
  contacts token issue zegoal --label crm
  contacts token issue zegoal --label nightly-sync --right upsert,delete --expires 90d
  contacts token issue zegoal --label trial --expires 2027-01-31 > token.txt")]
    Issue(IssueTokenArgs),
    /// List the tokens of a tenant by id and label, without their secrets.
    List(TenantArgs),
    /// Revoke a token.
    ///
    /// Running Lambda functions may accept it for up to another minute.
    #[command(after_help = "\
Examples:
  contacts token list zegoal
  contacts token revoke zegoal 4f8f78260518")]
    Revoke(RevokeTokenArgs),
}

/// Arguments of `contacts token issue`.
#[derive(Args)]
pub(crate) struct IssueTokenArgs {
    /// Name of the tenant.
    #[arg(value_parser = TenantName::parse)]
    tenant: TenantName,
    /// Label of the token, such as the client that uses it.
    #[arg(long, value_parser = TokenGrant::parse_label)]
    label: String,
    /// Rights of the token, separated by commas.
    #[arg(long = "right", value_name = "RIGHTS", value_enum, value_delimiter = ',', default_values = ["upsert"])]
    rights: Vec<RightArg>,
    /// When the token expires: after a duration (`90d`, `12h`, `1y`), at the end of a day in the tenant's
    /// time zone (`2027-01-31`), or at a time (`2027-01-31T12:00:00Z`). By default it does not expire.
    #[arg(long, value_name = "WHEN", value_parser = Expiry::parse)]
    expires: Option<Expiry>,
}

/// A value of `--right`.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RightArg {
    /// Create and update contacts.
    Upsert,
    /// Delete contacts.
    Delete,
}

impl From<RightArg> for Right {
    fn from(argument: RightArg) -> Self {
        match argument {
            RightArg::Upsert => Self::Upsert,
            RightArg::Delete => Self::Delete,
        }
    }
}

/// Arguments of `contacts token revoke`.
#[derive(Args)]
pub(crate) struct RevokeTokenArgs {
    /// Name of the tenant.
    #[arg(value_parser = TenantName::parse)]
    tenant: TenantName,
    /// Id of the token, as `contacts token list` shows it, or a prefix of it that no other id has.
    #[arg(value_name = "ID", value_parser = token_id)]
    id: String,
}

/// Parses a prefix of a token's digest.
fn token_id(raw: &str) -> Result<String, &'static str> {
    if raw.is_empty() || !raw.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err("must be an id that `contacts token list` shows, not the token or its label");
    }
    Ok(raw.to_ascii_lowercase())
}

/// Runs `contacts token …`.
pub(crate) async fn run(
    connection: &Connection,
    output: OutputFormat,
    command: &TokenCommand,
) -> Result<(), CliError> {
    match command {
        TokenCommand::Issue(args) => issue(connection, output, args).await,
        TokenCommand::List(TenantArgs { tenant }) => {
            let time_zone = active_tenant(connection, tenant).await?.time_zone;
            let tokens = connection.call(connection.store.tokens(tenant)).await?;
            let records: Vec<_> =
                tokens.iter().map(|(digest, grant)| TokenRecord::new(digest, grant, &time_zone)).collect();
            let when_empty = format!("No tokens. `contacts token issue {tenant} --label LABEL` issues one.");
            output.print_list(&records, TOKEN_COLUMNS, &when_empty)
        }
        TokenCommand::Revoke(args) => revoke(connection, output, args).await,
    }
}

async fn issue(connection: &Connection, output: OutputFormat, args: &IssueTokenArgs) -> Result<(), CliError> {
    let name = &args.tenant;
    let time_zone = active_tenant(connection, name).await?.time_zone;
    let expires_at = args.expires.map(|expiry| expiry.timestamp_in(&time_zone)).transpose()?;
    let grant = TokenGrant { rights: distinct_rights(&args.rights), label: args.label.clone(), expires_at };
    let secret = Secret::random();
    let stored = connection.call(connection.store.put_token(name, &secret.digest(), &grant)).await?;
    if stored == WriteOutcome::ConditionFailed {
        // The tenant was deleted since it was read, or deleted and added again.
        active_tenant(connection, name).await?;
        return Err(just_added(name));
    }
    let record = TokenRecord::new(&secret.digest(), &grant, &time_zone);
    let issued = IssuedTokenRecord { token: secret.token_of(name), record };
    let printed = match output {
        OutputFormat::Json => print_json(&issued),
        OutputFormat::Text => print(&issued.token),
    };
    let record = issued.record;
    if let Err(error) = printed {
        return Err(revoke_unprinted(connection, name, &secret.digest(), &record.id, error).await);
    }
    let rights = record.rights.join(" and ");
    let until = match &record.local_expiry {
        Some(time) => format!("until {time}"),
        None => "until it is revoked".to_owned(),
    };
    output.hint(&format!(
        "The token can't be shown again. It is valid for {rights} {until}.\n\
         `contacts token revoke {name} {}` revokes it.",
        record.id
    ));
    Ok(())
}

/// Revokes a token that can't be printed, because its secret is lost. Returns the error to report.
async fn revoke_unprinted(
    connection: &Connection,
    tenant: &TenantName,
    digest: &SecretDigest,
    id: &str,
    print_error: CliError,
) -> CliError {
    match connection.call(connection.store.revoke_token(tenant, digest)).await {
        Ok(()) => CliError::other("the token can't be printed, so it was revoked").caused_by(print_error),
        Err(error) => {
            let message = format!("the token {id} can't be printed ({}), nor revoked", print_error.report());
            CliError::other(message)
                .caused_by(error)
                .advice(format!("It is valid until `contacts token revoke {tenant} {id}` revokes it"))
        }
    }
}

fn distinct_rights(args: &[RightArg]) -> Vec<Right> {
    let mut rights: Vec<Right> = Vec::new();
    for right in args.iter().copied().map(Right::from) {
        if !rights.contains(&right) {
            rights.push(right);
        }
    }
    rights
}

async fn revoke(
    connection: &Connection,
    output: OutputFormat,
    args: &RevokeTokenArgs,
) -> Result<(), CliError> {
    let RevokeTokenArgs { tenant, id } = args;
    let time_zone = active_tenant(connection, tenant).await?.time_zone;
    let mut tokens = connection.call(connection.store.tokens(tenant)).await?;
    tokens.retain(|(digest, _)| digest.as_str().starts_with(id.as_str()));
    let (digest, grant) = match &tokens[..] {
        [(digest, grant)] => (digest, grant),
        [] => {
            let message = format!("the tenant `{tenant}` has no token `{id}`");
            return Err(CliError::not_found(message)
                .advice(format!("`contacts token list {tenant}` lists its tokens")));
        }
        several => {
            let message = format!("the ids of {} tokens begin with `{id}`", several.len());
            return Err(CliError::usage(message).advice("Give more digits of the id"));
        }
    };
    connection.call(connection.store.revoke_token(tenant, digest)).await?;
    let record = TokenRecord::new(digest, grant, &time_zone);
    output.print_change(&record, &format!("Revoked the token {} ({}).", record.id, record.label));
    output.hint("Running Lambda functions may accept it for up to another minute.");
    Ok(())
}
