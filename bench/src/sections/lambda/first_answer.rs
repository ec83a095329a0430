//! The first answer of a new function, next to the least that it could take: the runtime, one call, and the handshake of its
//! connection.

use super::{
    environment::{Effect, Environment, List, Transport},
    settings::{LATENCY, MEMORY_SIZE_MB},
};
use crate::{
    error::Result,
    harness::program::Program,
    report::{
        markdown_table::MarkdownTable,
        results::Results,
        stats::{median, milliseconds},
    },
};

const PROGRAMS: [Program; 2] = [Program::Upsert, Program::OneCall];

/// The number of starts of each program. One more, which isn't counted, brings the files into the page cache.
const STARTS: u64 = 25;

/// Starts both programs in turns.
pub(super) async fn measure(environment: &mut Environment<'_>, results: &mut Results) -> Result<()> {
    let mut answers = PROGRAMS.map(|program| (program, Vec::new()));
    for seed in 0..=STARTS {
        for (program, answers) in &mut answers {
            environment.replay(LATENCY, seed).await?;
            let function = environment.start(*program, Some(MEMORY_SIZE_MB), Transport::Tls).await?;
            let list = List { len: 1, effect: Effect::Created };
            let (call, function) = match program {
                // Its answer is the event.
                Program::OneCall => {
                    environment.invoke(function, list).await.map(|(call, _, one)| (call, one))?
                }
                _ => environment.call(function, list).await?,
            };
            let calls = environment.stub.counts().await?.calls;
            if seed > 0 {
                answers.push((milliseconds(function.init + call.duration), f64::from(calls)));
            }
            function.function.stop().await?;
        }
    }
    let mut table = MarkdownTable::new(&["function, 512 MB, over TLS", "calls", "first answer, ms"]);
    for (program, answers) in &answers {
        table.row([
            program.label().to_owned(),
            format!("{:.0}", median(answers.iter().map(|(_, calls)| *calls))),
            format!("{:.1}", median(answers.iter().map(|(answer, _)| *answer))),
        ]);
    }
    results.table("lambda-first-answer", &table);
    let [upsert, one_call] =
        answers.map(|(_, answers)| median(answers.into_iter().map(|(answer, _)| answer)));
    results.aim(
        "first answer of a new upsert, 512 MB, TLS, next to `lambda_runtime` with one call",
        1.3,
        upsert / one_call,
        "×",
    );
    Ok(())
}
