//! The process that runs the sections. It prints and writes the results of each as soon as it has them. It
//! has one thread and the environment of a function, so that its DynamoDB client is set up as the functions
//! set up theirs.

use std::time::Instant;

use contacts_core::store::Store;
use runtime_api::RuntimeApi;

use crate::{
    error::Result,
    harness::{dynamodb_table::recreate_table, process_stats::Process},
    report::{machine, pages, results::Results},
    sections::{certificates, cold_start, lambda, memory, placement, service, store},
};

/// The first argument of this process.
pub(crate) const ROLE: &str = "measure";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Placement,
    Store,
    ColdStart,
    Certificates,
    Memory,
    Service,
    Lambda,
}

impl Section {
    /// Every section, in the order in which they run.
    const ALL: [Self; 7] = [
        Self::Placement,
        Self::Store,
        Self::ColdStart,
        Self::Certificates,
        Self::Memory,
        Self::Service,
        Self::Lambda,
    ];

    /// The name on the command line.
    fn name(self) -> &'static str {
        match self {
            Self::Placement => "placement",
            Self::Store => "store",
            Self::ColdStart => "cold-start",
            Self::Certificates => "certificates",
            Self::Memory => "memory",
            Self::Service => "service",
            Self::Lambda => "lambda",
        }
    }

    fn parse(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|section| section.name() == name).ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            format!("`{name}` is not a section; the sections are {names}").into()
        })
    }

    async fn run(self, store: &Store, dynamodb: Process, runtime_api: &mut RuntimeApi) -> Result<Results> {
        match self {
            Self::Placement => placement::simulate(),
            Self::Store => store::measure(store, dynamodb).await,
            Self::ColdStart => cold_start::measure(store, runtime_api).await,
            Self::Certificates => certificates::measure(runtime_api).await,
            Self::Memory => memory::measure(store, runtime_api).await,
            Self::Service => service::measure(store).await,
            Self::Lambda => lambda::measure(store, runtime_api).await,
        }
    }
}

/// Runs sections. The first argument is the id of DynamoDB's process, the others are sections; none means
/// all.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn run(arguments: &[String]) -> Result<()> {
    let (dynamodb, names) = arguments.split_first().ok_or("no process id")?;
    let dynamodb = Process::with_id(dynamodb.parse()?);
    let requested = names.iter().map(|name| Section::parse(name)).collect::<Result<Vec<_>>>()?;
    let store = Store::from_environment()?;
    let mut runtime_api = RuntimeApi::serve().await?;
    println!("{}", machine::load()?);
    let mut all = Results::default();
    for section in
        Section::ALL.into_iter().filter(|section| requested.is_empty() || requested.contains(section))
    {
        let started = Instant::now();
        recreate_table(store.client()).await?;
        let results = section.run(&store, dynamodb, &mut runtime_api).await?;
        for (name, table) in &results.tables {
            println!("\n{name}:\n\n{table}");
        }
        println!("{} took {} s.", section.name(), started.elapsed().as_secs());
        pages::write(&results)?;
        all.extend(results);
    }
    println!("\n{}", all.table_of_aims());
    if requested.is_empty() {
        pages::write(&all.summary(&machine::describe()?))?;
    }
    Ok(())
}
