//! `contacts contact delete`: deletes contacts of an account through the API.
//!
//! | module | what lives there |
//! | --- | --- |
//! | `request` | the request, sent again with the same idempotency key |
//! | `response` | the deleted contacts, and the errors of the contract |

mod request;
mod response;

use clap::{ArgGroup, Args};
use contacts_core::domain::{ContactId, LinkId, TenantName};
use indicatif::HumanCount;

use self::{
    request::{Deletion, send},
    response::DELETED_COLUMNS,
};
use crate::{
    account::AccountFilterArgs,
    api::{ApiArgs, ApiClient, ApiSettings},
    confirmation::ask,
    connection::TargetArgs,
    error::CliError,
    interrupt::cancel_on_signal,
    output::{OutputFormat, note},
};

/// The maximum number of contacts of a request.
const MAX_CONTACTS: usize = 10_000;

/// Arguments of `contacts contact delete`.
#[derive(Args)]
#[command(group = ArgGroup::new("account").required(true).args(["account_id", "account_code", "account_name"]))]
#[command(group = ArgGroup::new("contacts").required(true).multiple(true).args(["contact_ids", "link_ids"]))]
pub(crate) struct DeleteContactsArgs {
    /// Name of the tenant, which must be the token's.
    #[arg(value_parser = TenantName::parse)]
    tenant: TenantName,
    #[command(flatten)]
    account: AccountFilterArgs,
    /// `contact_id` of a contact; can be given several times.
    #[arg(long = "contact-id", value_name = "ID", value_parser = ContactId::parse)]
    contact_ids: Vec<ContactId>,
    /// `link_id` of a contact; can be given several times.
    #[arg(long = "link-id", value_name = "UUID", value_parser = LinkId::parse)]
    link_ids: Vec<LinkId>,
    /// Delete without asking for a confirmation.
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    api: ApiArgs,
}

/// Runs `contacts contact delete`.
pub(super) async fn run(
    target: &TargetArgs,
    output: OutputFormat,
    args: &DeleteContactsArgs,
) -> Result<(), CliError> {
    let settings = ApiSettings::new(target, &args.api)?;
    if settings.tenant != args.tenant {
        let message = format!("the token is of the tenant `{}`, not of `{}`", settings.tenant, args.tenant);
        return Err(CliError::usage(message).advice("Set CONTACTS_TOKEN to a token of that tenant"));
    }
    let number = args.contact_ids.len() + args.link_ids.len();
    if number > MAX_CONTACTS {
        let message = format!("{number} contacts are too many for one command");
        return Err(CliError::usage(message).advice(format!("Give at most {MAX_CONTACTS}")));
    }
    let account = args.account.reference().expect("the command line requires an account");
    let client = ApiClient::new(&settings, "/contacts/delete")?;
    confirm(args, number)?;
    let deletion = Deletion::new(&args.tenant, &account, &args.contact_ids, &args.link_ids);
    let when_interrupted =
        "The request may still take effect. `contacts contact show` shows whether a contact exists";
    let outcome = cancel_on_signal(async { Ok(send(&client, &deletion).await) }, when_interrupted).await?;
    if outcome.error.is_none() || !outcome.deleted.is_empty() {
        output.print_changed(&outcome.deleted, DELETED_COLUMNS, "No contacts were deleted.");
    }
    let deleted = HumanCount(outcome.deleted.len() as u64);
    match outcome.error {
        None => {
            output.hint(&format!("Deleted contacts: {deleted}."));
            Ok(())
        }
        Some(error) => {
            if !outcome.deleted.is_empty() {
                note(&format!("Only a part was deleted: the {deleted} contacts that are listed."));
            }
            Err(error)
        }
    }
}

/// Fails unless the operator confirms the deletion.
fn confirm(args: &DeleteContactsArgs, number: usize) -> Result<(), CliError> {
    if args.yes {
        return Ok(());
    }
    let contacts = match number {
        1 => "1 contact".to_owned(),
        _ => format!("{} contacts", HumanCount(number as u64)),
    };
    let line = ask(
        &format!("This deletes {contacts} of the tenant {}. Type `yes` to confirm:", args.tenant),
        &format!("the deletion of {contacts}"),
        "To confirm it, add `--yes`",
    )?;
    if line.trim() == "yes" {
        return Ok(());
    }
    Err(CliError::usage("the confirmation is not `yes`").advice("Nothing was deleted"))
}
