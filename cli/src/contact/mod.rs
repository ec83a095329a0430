//! `contacts contact`: shows single contacts, lists, finds and deletes some. `contacts export` is for all
//! contacts of a tenant.

mod account_cache;
mod delete;
mod find;
mod record;

use clap::{ArgGroup, Args, Subcommand};
use contacts_core::domain::{ContactId, LinkId, TenantName};

use crate::{
    account::AccountFilterArgs,
    connection::{Connection, TargetArgs},
    error::CliError,
    output::{OutputFormat, note},
    tenant::active_tenant,
};
pub(crate) use account_cache::AccountCache;
use delete::DeleteContactsArgs;
use find::FindContactsArgs;
use record::LIST_COLUMNS;
pub(crate) use record::{CONTACT_FIELDS, ContactRecord};

/// Subcommands of `contacts contact`.
#[derive(Subcommand)]
pub(crate) enum ContactCommand {
    /// Show a contact.
    #[command(after_help = "\
Examples:
  contacts contact show zegoal --contact-id 5715809846321249
  contacts contact show zegoal --link-id 91c615e3-1040-4815-8ecb-039a18b756b5")]
    Show(ShowContactArgs),
    /// List contacts of an account, or of the whole tenant.
    ///
    /// The table has no index by account: the command reads contacts of the whole tenant until it has found
    /// --limit of them. `contacts export` writes all contacts.
    #[command(after_help = "\
Examples:
  contacts contact list zegoal --account-code ACME
  contacts contact list zegoal --account-id 3 --limit 1000 --json")]
    List(ListContactsArgs),
    /// Find contacts by name, number or e-mail.
    ///
    /// Reads all contacts of the tenant, because the table has no index by these fields, and reports the read
    /// units that this consumed. Only a contact that an account, its exact name and its exact number identify is
    /// read by its key. If no contact is found, the exit code is 4.
    #[command(after_help = "\
Examples:
  contacts contact find zegoal --number '+38 067-123'
  contacts contact find zegoal --account-code ACME --name ann --email example.com --json")]
    Find(FindContactsArgs),
    /// Delete contacts of an account.
    ///
    /// Sends a request to the API, like any caller, with a token that has the right `delete`. All of the contacts
    /// are deleted, or none if one is not on the account. Prints the deleted contacts. Asks for a confirmation.
    #[command(after_help = "\
Examples:
  contacts contact delete zegoal --account-code ACME --contact-id 5715809846321249
  contacts contact delete zegoal --account-id 3 --contact-id 17 --yes --json > deleted.json

To undo it:
  jq -c '.[] | del(.contact_id)' deleted.json > deleted.ndjson
  contacts import deleted.ndjson --account-id 3")]
    Delete(DeleteContactsArgs),
}

/// Arguments of `contacts contact show`.
#[derive(Args)]
#[command(group = ArgGroup::new("key").required(true).multiple(false).args(["contact_id", "link_id"]))]
pub(crate) struct ShowContactArgs {
    /// Name of the tenant.
    #[arg(value_parser = TenantName::parse)]
    tenant: TenantName,
    /// `contact_id` of the contact.
    #[arg(long, value_name = "ID", value_parser = ContactId::parse)]
    contact_id: Option<ContactId>,
    /// `link_id` of the contact.
    #[arg(long, value_name = "UUID", value_parser = LinkId::parse)]
    link_id: Option<LinkId>,
}

/// The key that a contact is read by.
#[derive(Clone, Copy)]
enum ContactKey {
    ContactId(ContactId),
    LinkId(LinkId),
}

impl ShowContactArgs {
    fn key(&self) -> ContactKey {
        match (self.contact_id, self.link_id) {
            (Some(id), None) => ContactKey::ContactId(id),
            (None, Some(link_id)) => ContactKey::LinkId(link_id),
            (None, None) | (Some(_), Some(_)) => {
                unreachable!("the command line requires either --contact-id or --link-id")
            }
        }
    }
}

/// Arguments of `contacts contact list`.
#[derive(Args)]
pub(crate) struct ListContactsArgs {
    /// Name of the tenant.
    #[arg(value_parser = TenantName::parse)]
    tenant: TenantName,
    #[command(flatten)]
    account: AccountFilterArgs,
    /// Maximum number of contacts to list.
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    limit: usize,
}

/// Runs `contacts contact …`. A delete needs no connection to the table.
pub(crate) async fn run(
    target: &TargetArgs,
    output: OutputFormat,
    command: &ContactCommand,
) -> Result<(), CliError> {
    match command {
        ContactCommand::Show(args) => show(&Connection::open(target).await?, output, args).await,
        ContactCommand::List(args) => list(&Connection::open(target).await?, output, args).await,
        ContactCommand::Find(args) => find::run(&Connection::open(target).await?, output, args).await,
        ContactCommand::Delete(args) => delete::run(target, output, args).await,
    }
}

async fn show(connection: &Connection, output: OutputFormat, args: &ShowContactArgs) -> Result<(), CliError> {
    let (tenant, key) = (&args.tenant, args.key());
    active_tenant(connection, tenant).await?;
    let id = match key {
        ContactKey::ContactId(id) => id,
        ContactKey::LinkId(link_id) => ContactId::derive(tenant, link_id),
    };
    let stored =
        connection.call(connection.store.contacts(&connection.context, tenant, [id])).await?.remove(&id);
    let found = stored.map(|stored| stored.contact).filter(|contact| match key {
        ContactKey::ContactId(_) => true,
        // The same `contact_id` may be derived from another `link_id`.
        ContactKey::LinkId(link_id) => contact.link_id == link_id,
    });
    let Some(contact) = found else {
        return Err(CliError::not_found(format!("the tenant `{tenant}` has no such contact")));
    };
    let records = AccountCache::new(connection, tenant).contact_records(vec![contact]).await?;
    records.iter().try_for_each(|record| output.print_record(record, CONTACT_FIELDS))
}

async fn list(
    connection: &Connection,
    output: OutputFormat,
    args: &ListContactsArgs,
) -> Result<(), CliError> {
    let ListContactsArgs { tenant, account, limit } = args;
    active_tenant(connection, tenant).await?;
    let account = account.resolve(connection, tenant).await?;
    let mut contacts = Vec::new();
    let mut pages = Box::pin(connection.store.all_contacts(&connection.context, tenant, account));
    // Reads one contact more than it lists, to find out whether there are more.
    while contacts.len() <= *limit
        && let Some(page) = connection.next_page(&mut pages).await?
    {
        contacts.extend(page);
    }
    let has_more = contacts.len() > *limit;
    contacts.truncate(*limit);
    let records = AccountCache::new(connection, tenant).contact_records(contacts).await?;
    output.print_list(
        &records,
        LIST_COLUMNS,
        "No contacts. `contacts import` or an upsert creates contacts.",
    )?;
    if has_more {
        note(&format!(
            "There are more contacts. --limit raises the limit, `contacts export {tenant}` writes all."
        ));
    }
    Ok(())
}
