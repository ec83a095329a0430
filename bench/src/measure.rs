//! The process that measures: one section after the other, each printed and written into the pages as soon
//! as it is done. It has one thread, as the functions have.

use std::time::Instant;

use contacts::store::Store;
use runtime_api::RuntimeApi;

use crate::{
    Failure, certificates, cold_start, dynamodb, findings::Findings, machine, memory, pages, placement,
    processor_time::Process, service, store,
};

/// The argument that makes a process of this program the one that measures.
pub(crate) const ROLE: &str = "measure";

/// What can be measured.
const SECTIONS: [&str; 6] = ["placement", "store", "cold-start", "certificates", "memory", "service"];

/// Measures; `arguments` are the id of DynamoDB's process and the sections wanted, or none for all.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn measure(arguments: &[String]) -> Result<(), Failure> {
    let (server, wanted) = arguments.split_first().ok_or("no process id")?;
    if let Some(unknown) = wanted.iter().find(|name| !SECTIONS.contains(&name.as_str())) {
        return Err(format!("`{unknown}` is none of {}", SECTIONS.join(", ")).into());
    }
    let server = Process::with_id(server.parse()?);
    let store = Store::from_environment()?;
    let mut runtime_api = RuntimeApi::serve().await?;
    println!("{}", machine::load()?);
    let mut all = Findings::default();
    for section in SECTIONS.iter().filter(|name| wanted.is_empty() || wanted.iter().any(|one| one == *name)) {
        let begun = Instant::now();
        dynamodb::empty_table(store.client()).await?;
        let findings = match *section {
            "placement" => placement::section()?,
            "store" => store::section(&store, server).await?,
            "cold-start" => cold_start::section(&store, &mut runtime_api).await?,
            "certificates" => certificates::section(&mut runtime_api).await?,
            "memory" => memory::section(&store, &mut runtime_api).await?,
            _ => service::section(&store).await?,
        };
        for (name, table) in &findings.tables {
            println!("\n{name}:\n\n{table}");
        }
        println!("{section} took {} s. {}", begun.elapsed().as_secs(), machine::load()?);
        pages::write(&findings)?;
        all.extend(findings);
    }
    println!("\n{}", all.table_of_aims());
    if wanted.is_empty() {
        pages::write(&all.whole(&machine::describe()?))?;
    }
    Ok(())
}
