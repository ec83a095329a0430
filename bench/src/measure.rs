//! The process that measures: one section after the other, each printed as soon as it is done. It has one
//! thread, as the functions have.

use contacts::store::Store;
use runtime_api::RuntimeApi;

use crate::{Failure, certificates, cold_start, machine, memory, processor_time::Process, store};

/// The argument that makes a process of this program the one that measures.
pub(crate) const ROLE: &str = "measure";

/// What can be measured.
const SECTIONS: [&str; 4] = ["store", "cold-start", "memory", "certificates"];

/// Measures; `arguments` are the id of DynamoDB's process and the sections wanted, or none for all.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn measure(arguments: &[String]) -> Result<(), Failure> {
    let (dynamodb, wanted) = arguments.split_first().ok_or("no process id")?;
    if let Some(unknown) = wanted.iter().find(|name| !SECTIONS.contains(&name.as_str())) {
        return Err(format!("`{unknown}` is none of {}", SECTIONS.join(", ")).into());
    }
    let dynamodb = Process::with_id(dynamodb.parse()?);
    let store = Store::from_environment()?;
    let mut runtime_api = RuntimeApi::serve().await?;
    println!("# Benchmarks\n\n{}", machine::describe()?);
    for section in SECTIONS.iter().filter(|name| wanted.is_empty() || wanted.iter().any(|one| one == *name)) {
        let text = match *section {
            "store" => store::section(&store, dynamodb).await?,
            "cold-start" => cold_start::section(&store, &mut runtime_api).await?,
            "memory" => memory::section(&store, &mut runtime_api).await?,
            _ => certificates::section(&mut runtime_api).await?,
        };
        println!("\n{text}");
    }
    println!("\n{}", machine::load()?);
    Ok(())
}
