//! `contacts contact`: single contacts and short lists of them. Whole tenants are for `contacts export`.

mod owners;
mod record;

use clap::{ArgGroup, Args, Subcommand};
use contacts::domain::{ContactId, LinkId, TenantName};

use crate::{
    account,
    arguments::AccountChoice,
    connection::Connection,
    failure::Failure,
    output::{Column, Output},
    tenant,
};
pub(crate) use owners::Owners;
pub(crate) use record::{ContactRecord, FIELDS};

/// What `contacts contact` does.
#[derive(Subcommand)]
pub(crate) enum ContactCommand {
    /// Show a contact.
    #[command(after_help = "\
Examples:
  contacts contact show zegoal --contact-id 5715809846321249
  contacts contact show zegoal --link-id 91c615e3-1040-4815-8ecb-039a18b756b5")]
    Show(ShowContact),
    /// List contacts of an account, or of the whole tenant.
    ///
    /// The table has no index by account, so this reads the tenant's contacts until it has found as many
    /// as it is to list. For all of them, `contacts export` is the command.
    #[command(after_help = "\
Examples:
  contacts contact list zegoal --account-code ACME
  contacts contact list zegoal --account-id 3 --limit 1000 --json")]
    List(ListContacts),
}

/// What `contacts contact show` takes.
#[derive(Args)]
#[command(group = ArgGroup::new("which").required(true).multiple(false).args(["contact_id", "link_id"]))]
pub(crate) struct ShowContact {
    /// The tenant's name.
    #[arg(value_parser = TenantName::parse)]
    tenant: TenantName,
    /// The contact's `contact_id`.
    #[arg(long, value_name = "ID", value_parser = ContactId::parse)]
    contact_id: Option<ContactId>,
    /// The contact's `link_id`.
    #[arg(long, value_name = "UUID", value_parser = LinkId::parse)]
    link_id: Option<LinkId>,
}

/// What `contacts contact list` takes.
#[derive(Args)]
pub(crate) struct ListContacts {
    /// The tenant's name.
    #[arg(value_parser = TenantName::parse)]
    tenant: TenantName,
    #[command(flatten)]
    account: AccountChoice,
    /// The most contacts to list.
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    limit: usize,
}

const COLUMNS: &[Column<ContactRecord>] = &[
    ("contact_id", |record| record.contact_id.to_string()),
    ("account_id", |record| record.account_id.to_string()),
    ("contact_name", |record| record.contact_name.clone()),
    ("contact_mobile_num", |record| record.contact_mobile_num.clone()),
    ("contact_type", |record| record.contact_type.clone()),
    ("contact_email", |record| record.contact_email.clone().unwrap_or_default()),
];

/// Carries out `contacts contact …`.
pub(crate) async fn run(
    connection: &Connection,
    output: Output,
    command: &ContactCommand,
) -> Result<(), Failure> {
    match command {
        ContactCommand::Show(arguments) => show(connection, output, arguments).await,
        ContactCommand::List(arguments) => list(connection, output, arguments).await,
    }
}

async fn show(connection: &Connection, output: Output, arguments: &ShowContact) -> Result<(), Failure> {
    let tenant = &arguments.tenant;
    tenant::existing(connection, tenant).await?;
    let by_link_id = arguments.link_id.map(|link_id| ContactId::derive(tenant, link_id));
    let Some(id) = arguments.contact_id.or(by_link_id) else {
        return Err(Failure::Usage("which contact? Give --contact-id or --link-id".to_owned()));
    };
    let found = connection.call(connection.store.contacts(tenant, [id])).await?.remove(&id);
    // Two `link_id`s can come to one `contact_id`; the contact there is only the one's.
    let found =
        found.filter(|stored| arguments.link_id.is_none_or(|link_id| link_id == stored.contact.link_id));
    let Some(stored) = found else {
        return Err(Failure::NotFound(format!("the tenant `{tenant}` has no such contact")));
    };
    let contacts = Owners::new(connection, tenant).records(vec![stored.contact]).await?;
    contacts.iter().try_for_each(|record| output.one(record, FIELDS))
}

async fn list(connection: &Connection, output: Output, arguments: &ListContacts) -> Result<(), Failure> {
    let ListContacts { tenant, limit, .. } = arguments;
    tenant::existing(connection, tenant).await?;
    let account = match arguments.account.reference() {
        Some(reference) => Some(account::find(connection, tenant, &reference).await?.id),
        None => None,
    };
    let mut contacts = Vec::new();
    let mut parts = Box::pin(connection.store.all_contacts(tenant, account));
    // One more than is shown tells whether there are more.
    while contacts.len() <= *limit
        && let Some(part) = connection.next(&mut parts).await?
    {
        contacts.extend(part);
    }
    let has_more = contacts.len() > *limit;
    contacts.truncate(*limit);
    let records = Owners::new(connection, tenant).records(contacts).await?;
    output.list(&records, COLUMNS, "No contacts. `contacts import` creates some, as any upsert does.")?;
    if has_more {
        eprintln!("There are more. --limit lists more of them, `contacts export {tenant}` all.");
    }
    Ok(())
}
