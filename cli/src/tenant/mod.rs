//! `contacts tenant`: a tenant's beginning, its settings and its end.

mod delete;

use clap::{ArgGroup, Args, Subcommand};
use contacts::{
    domain::{ContactTypes, Rule, Tenant, TenantName, TimeZone},
    store::ListedTenant,
};
use serde::Serialize;

use crate::{
    connection::Connection,
    failure::Failure,
    output::{Column, Output},
};

/// What `contacts tenant` does.
#[derive(Subcommand)]
pub(crate) enum TenantCommand {
    /// Add a tenant.
    #[command(after_help = "\
Examples:
  contacts tenant add zegoal --time-zone Europe/Kiev
  contacts tenant add shop --contact-types main_contact,buyer,accounting")]
    Add(AddTenant),
    /// List all tenants.
    List,
    /// Show a tenant's settings.
    Show(NamedTenant),
    /// Change a tenant's settings.
    ///
    /// Settings that aren't given stay as they are. Warm functions may work with the old ones for up to a
    /// minute. Contacts keep the types they have, even those that are no longer among the tenant's.
    #[command(after_help = "\
Examples:
  contacts tenant set zegoal --time-zone Europe/Berlin
  contacts tenant set zegoal --contact-types main_contact,tech_spec,manager,accounting")]
    Set(SetTenant),
    /// Delete a tenant and all of its data.
    ///
    /// It asks for the tenant's name first. Then it revokes all tokens and removes the tenant, waits until
    /// requests under way are over and no warm function knows the tenant any more, and deletes all
    /// contacts and accounts. If it is broken off, `contacts tenant list` shows the tenant as being
    /// deleted, and running it again finishes. Nothing brings the data back but restoring the table to
    /// an earlier moment.
    #[command(after_help = "\
Examples:
  contacts tenant delete zegoal
  contacts tenant delete zegoal --confirm zegoal    # in a script")]
    Delete(delete::DeleteTenant),
}

/// A tenant that is there.
#[derive(Args)]
pub(crate) struct NamedTenant {
    /// The tenant's name.
    #[arg(value_parser = TenantName::parse)]
    tenant: TenantName,
}

/// What `contacts tenant add` takes.
#[derive(Args)]
pub(crate) struct AddTenant {
    /// The tenant's name: 1 to 63 of a-z, 0-9 and `-`, not beginning with `-`. It can't be changed later.
    #[arg(value_parser = TenantName::parse)]
    tenant: TenantName,
    /// The IANA name of the time zone that the tenant's clock stands in.
    #[arg(long, value_name = "NAME", default_value = "UTC", value_parser = TimeZone::parse)]
    time_zone: TimeZone,
    /// The words that contacts can have as `contact_type`, with commas between them; `main_contact` must
    /// be one.
    #[arg(
        long,
        value_name = "WORDS",
        default_value = "main_contact,tech_spec,manager",
        value_parser = contact_types
    )]
    contact_types: ContactTypes,
}

/// What `contacts tenant set` takes.
#[derive(Args)]
#[command(group = ArgGroup::new("settings").required(true).multiple(true).args(["time_zone", "contact_types"]))]
pub(crate) struct SetTenant {
    /// The tenant's name.
    #[arg(value_parser = TenantName::parse)]
    tenant: TenantName,
    /// The IANA name of the time zone that the tenant's clock stands in.
    #[arg(long, value_name = "NAME", value_parser = TimeZone::parse)]
    time_zone: Option<TimeZone>,
    /// The words that contacts can have as `contact_type`, with commas between them; `main_contact` must
    /// be one. They take the place of those that the tenant has.
    #[arg(long, value_name = "WORDS", value_parser = contact_types)]
    contact_types: Option<ContactTypes>,
}

/// Reads a dictionary of contact types with commas between the words.
fn contact_types(raw: &str) -> Result<ContactTypes, Rule> {
    let words: Vec<_> = raw.split(',').map(str::to_owned).collect();
    ContactTypes::parse(&words)
}

/// A tenant as it is printed.
#[derive(Serialize)]
struct TenantRecord {
    tenant: String,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_zone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact_types: Option<Vec<String>>,
}

const COLUMNS: &[Column<TenantRecord>] = &[
    ("tenant", |record| record.tenant.clone()),
    ("state", |record| record.state.replace('_', " ")),
    ("time_zone", |record| record.time_zone.clone().unwrap_or_default()),
    ("contact_types", |record| {
        record.contact_types.as_ref().map(|words| words.join(",")).unwrap_or_default()
    }),
];

impl From<&ListedTenant> for TenantRecord {
    fn from(tenant: &ListedTenant) -> Self {
        match tenant {
            ListedTenant::Active(tenant) => tenant.into(),
            ListedTenant::BeingDeleted(name) => Self {
                tenant: name.to_string(),
                state: "being_deleted",
                time_zone: None,
                contact_types: None,
            },
        }
    }
}

impl From<&Tenant> for TenantRecord {
    fn from(tenant: &Tenant) -> Self {
        Self {
            tenant: tenant.name.to_string(),
            state: "active",
            time_zone: Some(tenant.time_zone.name().to_owned()),
            contact_types: Some(tenant.contact_types.words().to_vec()),
        }
    }
}

/// Carries out `contacts tenant …`.
pub(crate) async fn run(
    connection: &Connection,
    output: Output,
    command: &TenantCommand,
) -> Result<(), Failure> {
    match command {
        TenantCommand::Add(arguments) => add(connection, output, arguments).await,
        TenantCommand::List => {
            let tenants = connection.call(connection.store.tenants()).await?;
            let records: Vec<_> = tenants.iter().map(TenantRecord::from).collect();
            output.list(&records, COLUMNS, "No tenants. `contacts tenant add NAME` adds one.")
        }
        TenantCommand::Show(NamedTenant { tenant }) => {
            let tenant = existing(connection, tenant).await?;
            output.one(&TenantRecord::from(&tenant), COLUMNS)
        }
        TenantCommand::Set(arguments) => set(connection, output, arguments).await,
        TenantCommand::Delete(arguments) => delete::run(connection, output, arguments).await,
    }
}

async fn add(connection: &Connection, output: Output, arguments: &AddTenant) -> Result<(), Failure> {
    let name = &arguments.tenant;
    let tenant = Tenant {
        name: name.clone(),
        time_zone: arguments.time_zone.clone(),
        contact_types: arguments.contact_types.clone(),
    };
    if !connection.call(connection.store.add_tenant(&tenant)).await? {
        let there = connection.call(connection.store.listed_tenant(name)).await?;
        return Err(Failure::Taken(match there {
            Some(ListedTenant::BeingDeleted(_)) => being_deleted(name),
            _ => format!("the tenant `{name}` is there already. `contacts tenant set {name}` changes it"),
        }));
    }
    output.done(&TenantRecord::from(&tenant), &format!("Added the tenant {name}."))?;
    output.say(&format!("Next: `contacts token issue {name} --label LABEL` makes a token for its callers."));
    Ok(())
}

async fn set(connection: &Connection, output: Output, arguments: &SetTenant) -> Result<(), Failure> {
    let name = &arguments.tenant;
    let (time_zone, contact_types) = (arguments.time_zone.as_ref(), arguments.contact_types.as_ref());
    let changed = connection.call(connection.store.change_tenant(name, time_zone, contact_types)).await?;
    let tenant = existing(connection, name).await?;
    if !changed {
        return Err(Failure::Unavailable(format!("the tenant `{name}` was just added. Run it again")));
    }
    output.done(&TenantRecord::from(&tenant), &format!("Changed the tenant {name}."))?;
    output.say("Warm functions may work with the old settings for up to a minute.");
    Ok(())
}

/// The tenant as it is now, or a failure that says why there is none.
pub(crate) async fn existing(connection: &Connection, name: &TenantName) -> Result<Tenant, Failure> {
    match connection.call(connection.store.listed_tenant(name)).await? {
        Some(ListedTenant::Active(tenant)) => Ok(tenant),
        Some(ListedTenant::BeingDeleted(_)) => Err(Failure::NotFound(being_deleted(name))),
        None => Err(unknown(name)),
    }
}

fn unknown(name: &TenantName) -> Failure {
    Failure::NotFound(format!("there is no tenant `{name}`. `contacts tenant list` shows those there are"))
}

fn being_deleted(name: &TenantName) -> String {
    format!("the tenant `{name}` is being deleted. `contacts tenant delete {name}` finishes that")
}
