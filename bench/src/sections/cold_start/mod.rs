//! The section `cold-start`: the time from the start of a function's process to its first request for an
//! event, and to its first response.

mod report;
mod starts;

use contacts_core::{context::OperationContext, store::Store, upsert::upsert};
use fixture::TenantFixture;
use runtime_api::RuntimeApi;

use crate::{
    error::Result,
    harness::{
        contact_fixtures::{DESCRIPTION, delete_body, items, upsert_body},
        event,
        function::Function,
        program::Program,
        tenant_fixture::register_tenant,
    },
    report::results::Results,
};
use starts::{Contender, ProgramStarts, Start};

/// Programs that are started in turns, and the number of starts of each. Node.js and Python take a hundred
/// times as long, so they are started less often.
const GROUPS: [(&[Contender], u32); 2] = [
    (
        &[
            Contender::new(Program::Bare),
            Contender::new(Program::Upsert),
            Contender::with_key(Program::Upsert),
            Contender::new(Program::Delete),
            Contender::with_key(Program::Delete),
            Contender::new(Program::Documented),
        ],
        200,
    ),
    (&[Contender::new(Program::Node), Contender::new(Program::Python)], 20),
];

/// Measures the starts of every program.
pub(crate) async fn measure(store: &Store, runtime_api: &mut RuntimeApi) -> Result<Results> {
    let caller = register_tenant(store, "cold-start").await?;
    let mut measured = Vec::new();
    let mut contact = 0;
    for (contenders, starts) in GROUPS {
        let mut group: Vec<_> =
            contenders.iter().map(|&contender| ProgramStarts { contender, starts: Vec::new() }).collect();
        // One start more, which is not counted, brings the program's files into the page cache.
        for turn in 0..=starts {
            for of_program in &mut group {
                contact += 1;
                let start = start(of_program.contender, contact, store, &caller, runtime_api).await?;
                if turn > 0 {
                    of_program.starts.push(start);
                }
            }
            // A program's start depends a little on the program before it, so the order changes each turn.
            group.rotate_left(1);
        }
        group.sort_by_key(|of_program| contenders.iter().position(|one| *one == of_program.contender));
        measured.extend(group);
    }
    report::report(&measured)
}

/// Starts a program, invokes it once, checks its response, and stops it.
async fn start(
    Contender { program, has_key }: Contender,
    contact: u32,
    store: &Store,
    caller: &TenantFixture,
    runtime_api: &mut RuntimeApi,
) -> Result<Start> {
    let key = has_key.then(|| format!("cold-start-{contact}"));
    let key = key.as_deref();
    let event = if program == Program::Delete {
        let context = OperationContext::without_deadline();
        upsert(store, &caller.tenant, &context, &items(1, DESCRIPTION)?).await?;
        event::post("/contacts/delete", caller, key, &delete_body(caller.tenant.name.as_str(), [0]))
    } else {
        event::post("/contacts", caller, key, &upsert_body([contact]))
    };
    let (function, waiting) = Function::start(program, runtime_api).await?;
    let init = waiting.since - function.started;
    let resident_kb = function.process.resident_kb()?;
    let (response, _) = runtime_api.invoke(waiting, event).await?;
    let first_response = response.ended - function.started;
    function.stop().await?;
    let succeeded = match program {
        Program::Bare | Program::OneCall => true,
        Program::Delete => event::successful_body(&response.body)?["processing_result"]["text"] == "success",
        Program::Upsert | Program::Documented | Program::Node | Program::Python => {
            event::successful_body(&response.body)?["result"][0]["extended_info"] == "created"
        }
    };
    if succeeded {
        Ok(Start { init, first_response, resident_kb })
    } else {
        Err(format!("{} did not create or delete its contact", program.label()).into())
    }
}
