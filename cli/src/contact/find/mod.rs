//! `contacts contact find`: finds contacts by name, number or e-mail.
//!
//! | module | what lives there |
//! | --- | --- |
//! | `criteria` | what a contact must match |

mod criteria;

use clap::{ArgGroup, Args};
use contacts_core::domain::{AccountId, Contact, ContactId, ContactName, LinkId, MobileNumber, TenantName};
use indicatif::{HumanCount, HumanFloatCount, ProgressBar};

use self::criteria::Criteria;
use super::{account_cache::AccountCache, record::LIST_COLUMNS};
use crate::{
    account::AccountFilterArgs,
    connection::Connection,
    error::CliError,
    output::{OutputFormat, note, progress_style},
    tenant::active_tenant,
};

/// Arguments of `contacts contact find`.
#[derive(Args)]
#[command(group = ArgGroup::new("criteria").required(true).multiple(true).args(["name", "number", "email"]))]
pub(crate) struct FindContactsArgs {
    /// Name of the tenant.
    #[arg(value_parser = TenantName::parse)]
    tenant: TenantName,
    #[command(flatten)]
    account: AccountFilterArgs,
    /// Part of the name, in upper or lower case.
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// Part of the number. Only digits are compared: `+38 067-123` finds `38067123`.
    #[arg(long, value_name = "TEXT")]
    number: Option<String>,
    /// Part of the e-mail address, in upper or lower case.
    #[arg(long, value_name = "TEXT")]
    email: Option<String>,
    /// Maximum number of contacts to print.
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    limit: usize,
}

/// The contacts that were found, at most one more than the limit.
struct Found {
    contacts: Vec<Contact>,
    /// How many contacts were compared.
    compared: u64,
}

/// Runs `contacts contact find`.
pub(super) async fn run(
    connection: &Connection,
    output: OutputFormat,
    args: &FindContactsArgs,
) -> Result<(), CliError> {
    let FindContactsArgs { tenant, account, limit, .. } = args;
    let criteria = Criteria::new(args.name.as_deref(), args.number.as_deref(), args.email.as_deref())?;
    active_tenant(connection, tenant).await?;
    let account = account.resolve(connection, tenant).await?;
    let by_key = match account {
        Some(account) => find_by_key(connection, args, account, &criteria).await?,
        None => None,
    };
    let found = match by_key {
        Some(contact) => Found { contacts: vec![contact], compared: 1 },
        None => find_by_reading(connection, args, account, &criteria).await?,
    };
    let Found { mut contacts, compared } = found;
    let has_more = contacts.len() > *limit;
    contacts.truncate(*limit);
    let is_empty = contacts.is_empty() && !has_more;
    let records = AccountCache::new(connection, tenant).contact_records(contacts).await?;
    if !is_empty {
        output.print_list(&records, LIST_COLUMNS, "Contacts were found, but --limit is 0.")?;
    }
    let units = HumanFloatCount(connection.context.usage().read_units);
    note(&format!("Compared contacts: {}. Consumed read units: {units}.", HumanCount(compared)));
    if has_more {
        note("There may be more contacts, which were not read. --limit raises the limit.");
    }
    if is_empty { Err(CliError::not_found("no contacts found")) } else { Ok(()) }
}

/// Reads the contact that account, name and number identify, unless it was renamed or moved since.
async fn find_by_key(
    connection: &Connection,
    args: &FindContactsArgs,
    account: AccountId,
    criteria: &Criteria,
) -> Result<Option<Contact>, CliError> {
    let name = args.name.as_deref().and_then(|name| ContactName::parse(name).ok());
    let number = args.number.as_deref().and_then(|number| MobileNumber::parse(number).ok());
    let (Some(name), Some(number)) = (name, number) else { return Ok(None) };
    let link_id = LinkId::derive(&args.tenant, account, &name, &number);
    let id = ContactId::derive(&args.tenant, link_id);
    let read = connection.store.contacts(&connection.context, &args.tenant, [id]);
    let stored = connection.call(read).await?.remove(&id);
    let is_match = |contact: &Contact| {
        contact.link_id == link_id && contact.account == account && criteria.matches(contact)
    };
    Ok(stored.map(|stored| stored.contact).filter(is_match))
}

/// Reads the contacts of the tenant, page by page, until it has found one more than the limit.
async fn find_by_reading(
    connection: &Connection,
    args: &FindContactsArgs,
    account: Option<AccountId>,
    criteria: &Criteria,
) -> Result<Found, CliError> {
    let progress = ProgressBar::no_length().with_style(progress_style("{spinner} {human_pos} contacts read"));
    let mut contacts = Vec::new();
    let mut pages = Box::pin(connection.store.all_contacts(&connection.context, &args.tenant, account));
    while contacts.len() <= args.limit
        && let Some(page) = connection.next_page(&mut pages).await?
    {
        progress.inc(page.len() as u64);
        contacts.extend(page.into_iter().filter(|contact| criteria.matches(contact)));
    }
    progress.finish_and_clear();
    Ok(Found { contacts, compared: progress.position() })
}
