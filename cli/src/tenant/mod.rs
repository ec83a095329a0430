//! `contacts tenant`: adds, lists, shows, changes and deletes tenants.

mod delete;
mod lookup;
mod record;

use clap::{ArgGroup, Args, Subcommand};
use contacts_core::{
    domain::{ContactTypes, Tenant, TenantName, TimeZone, ValidationError},
    store::{ListedTenant, WriteOutcome},
};

use crate::{
    connection::Connection,
    error::{CliError, ErrorClass},
    output::OutputFormat,
};
use delete::DeleteTenantArgs;
pub(crate) use lookup::{TenantArgs, active_tenant, just_added};
use record::{TENANT_COLUMNS, TenantRecord};

/// Subcommands of `contacts tenant`.
#[derive(Subcommand)]
pub(crate) enum TenantCommand {
    /// Add a tenant.
    #[command(after_help = "\
Examples:
  contacts tenant add zegoal --time-zone Europe/Kiev
  contacts tenant add shop --contact-types main_contact,buyer,accounting")]
    Add(AddTenantArgs),
    /// List all tenants.
    List,
    /// Show the settings of a tenant.
    Show(TenantArgs),
    /// Change the settings of a tenant.
    ///
    /// Settings that are not given keep their values. Running Lambda functions cache the previous settings
    /// for up to a minute. Contacts keep their types, including types that the tenant no longer has.
    #[command(after_help = "\
Examples:
  contacts tenant set zegoal --time-zone Europe/Berlin
  contacts tenant set zegoal --contact-types main_contact,tech_spec,manager,accounting")]
    Set(SetTenantArgs),
    /// Delete a tenant and all of its data.
    ///
    /// Asks for the tenant's name as a confirmation, unless --confirm or --yes is given. Then revokes all tokens and removes the tenant, waits
    /// until running requests have ended and no Lambda function caches the tenant, and deletes all contacts
    /// and accounts. If the deletion is interrupted, `contacts tenant list` shows the tenant as being
    /// deleted, and the same command finishes the deletion. Only a restore of the table to an earlier point
    /// in time brings the data back.
    #[command(after_help = "\
Examples:
  contacts tenant delete zegoal
  contacts tenant delete zegoal --yes    # in a script")]
    Delete(DeleteTenantArgs),
}

/// Arguments of `contacts tenant add`.
#[derive(Args)]
pub(crate) struct AddTenantArgs {
    /// Name of the tenant: 1 to 63 of a-z, 0-9 and `-`, not beginning with `-`. It can't be changed later.
    #[arg(value_parser = TenantName::parse)]
    tenant: TenantName,
    /// IANA name of the tenant's time zone.
    #[arg(long, value_name = "NAME", default_value = "UTC", value_parser = TimeZone::parse)]
    time_zone: TimeZone,
    /// Allowed values of `contact_type`, separated by commas; `main_contact` must be one of them.
    #[arg(
        long,
        value_name = "WORDS",
        default_value = "main_contact,tech_spec,manager",
        value_parser = contact_types
    )]
    contact_types: ContactTypes,
}

/// Arguments of `contacts tenant set`.
#[derive(Args)]
#[command(group = ArgGroup::new("settings").required(true).multiple(true).args(["time_zone", "contact_types"]))]
pub(crate) struct SetTenantArgs {
    /// Name of the tenant.
    #[arg(value_parser = TenantName::parse)]
    tenant: TenantName,
    /// IANA name of the tenant's time zone.
    #[arg(long, value_name = "NAME", value_parser = TimeZone::parse)]
    time_zone: Option<TimeZone>,
    /// Allowed values of `contact_type`, separated by commas; `main_contact` must be one of them. They
    /// replace the present ones.
    #[arg(long, value_name = "WORDS", value_parser = contact_types)]
    contact_types: Option<ContactTypes>,
}

/// Parses contact types that are separated by commas.
fn contact_types(raw: &str) -> Result<ContactTypes, ValidationError> {
    let words: Vec<_> = raw.split(',').map(str::to_owned).collect();
    ContactTypes::parse(&words)
}

/// Runs `contacts tenant …`.
pub(crate) async fn run(
    connection: &Connection,
    output: OutputFormat,
    command: &TenantCommand,
) -> Result<(), CliError> {
    match command {
        TenantCommand::Add(args) => add(connection, output, args).await,
        TenantCommand::List => {
            let tenants = connection.call(connection.store.tenants()).await?;
            let records: Vec<_> = tenants.iter().map(TenantRecord::from).collect();
            let when_empty = "No tenants. `contacts tenant add NAME` adds one.";
            output.print_list(&records, TENANT_COLUMNS, when_empty)
        }
        TenantCommand::Show(TenantArgs { tenant }) => {
            let tenant = active_tenant(connection, tenant).await?;
            output.print_record(&TenantRecord::from(&tenant), TENANT_COLUMNS)
        }
        TenantCommand::Set(args) => set(connection, output, args).await,
        TenantCommand::Delete(args) => delete::run(connection, output, args).await,
    }
}

async fn add(connection: &Connection, output: OutputFormat, args: &AddTenantArgs) -> Result<(), CliError> {
    let name = &args.tenant;
    let tenant = Tenant {
        name: name.clone(),
        time_zone: args.time_zone.clone(),
        contact_types: args.contact_types.clone(),
    };
    let added = connection.call(connection.store.add_tenant(&tenant)).await?;
    if added == WriteOutcome::ConditionFailed {
        let existing = connection.call(connection.store.listed_tenant(name)).await?;
        return Err(match existing {
            Some(ListedTenant::BeingDeleted(_)) => lookup::being_deleted(ErrorClass::Conflict, name),
            Some(ListedTenant::Active(_)) | None => {
                CliError::conflict(format!("the tenant `{name}` exists already"))
                    .advice(format!("`contacts tenant set {name}` changes its settings"))
            }
        });
    }
    output.print_change(&TenantRecord::from(&tenant), &format!("Added the tenant {name}."));
    output.hint(&format!(
        "Next: `contacts token issue {name} --label LABEL` issues a token for its API calls."
    ));
    Ok(())
}

async fn set(connection: &Connection, output: OutputFormat, args: &SetTenantArgs) -> Result<(), CliError> {
    let name = &args.tenant;
    let (time_zone, contact_types) = (args.time_zone.as_ref(), args.contact_types.as_ref());
    let changed = connection.call(connection.store.change_tenant(name, time_zone, contact_types)).await?;
    let tenant = active_tenant(connection, name).await?;
    if changed == WriteOutcome::ConditionFailed {
        return Err(just_added(name));
    }
    output.print_change(&TenantRecord::from(&tenant), &format!("Changed the tenant {name}."));
    output.hint("Running Lambda functions cache the previous settings for up to a minute.");
    Ok(())
}
