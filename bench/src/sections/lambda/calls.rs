//! Cold starts and warm calls of each program with each memory size, over TLS.

use std::time::{Duration, Instant};

use super::{
    environment::{Call, Effect, Environment, List, StartedFunction, Transport},
    settings::{LATENCY, MEMORY_SIZES_MB, TIMEOUT_MS},
};
use crate::{
    error::{Error, Result},
    harness::program::Program,
    report::stats::{median, milliseconds},
};

/// The programs that are compared, and the most cold starts of each with each memory size.
pub(super) const PROGRAMS: [(Program, u64); 3] =
    [(Program::Upsert, 9), (Program::Node, 5), (Program::Python, 5)];

/// A program is started again until its starts with a memory size have taken this time.
const STARTS_TIME: Duration = Duration::from_secs(4);

/// A list is sent again until its calls have taken this time.
const CALLS_TIME: Duration = Duration::from_millis(700);

/// The most calls with one list.
const MAX_CALLS: u64 = 50;

/// The calls with each list that aren't counted: they open connections, and Node.js compiles code that runs often.
/// Slow ones are counted at once.
const WARM_UP_CALLS: u64 = 2;

/// A program with a memory size.
pub(super) struct Measured {
    pub(super) program: Program,
    pub(super) memory_mb: u32,
    pub(super) cold_starts: Vec<ColdStart>,
    pub(super) warm: Vec<(List, Warm)>,
}

/// The start of a function with its first event, which creates one contact.
pub(super) struct ColdStart {
    pub(super) init: Duration,
    pub(super) call: Call,
}

/// The calls of a warm function with one list.
pub(super) enum Warm {
    Calls(Vec<Call>),
    /// Left out: the call would take longer than the functions' time-out.
    TimedOut,
    /// Left out: the function's memory would have exceeded its memory size.
    OutOfMemory,
}

impl Warm {
    /// The median duration in milliseconds.
    pub(super) fn duration_ms(&self) -> Option<f64> {
        self.median(|call| milliseconds(call.duration))
    }

    /// The median of the billed milliseconds. Lambda rounds each call up to the next one.
    pub(super) fn billed_ms(&self) -> Option<f64> {
        self.median(|call| milliseconds(call.billed).ceil())
    }

    fn median(&self, of: impl Fn(&Call) -> f64) -> Option<f64> {
        match self {
            Self::Calls(calls) => Some(median(calls.iter().map(of))),
            Self::TimedOut | Self::OutOfMemory => None,
        }
    }
}

/// Measures every program, from the largest memory size, by which the time with the next one is estimated.
pub(super) async fn measure(environment: &mut Environment<'_>) -> Result<Vec<Measured>> {
    let mut measured: Vec<Measured> = Vec::new();
    for (program, starts) in PROGRAMS {
        for memory_mb in MEMORY_SIZES_MB {
            let larger = measured.last().filter(|of| of.program == program);
            let one = measure_program(program, starts, memory_mb, larger, environment).await?;
            measured.push(one);
        }
    }
    Ok(measured)
}

async fn measure_program(
    program: Program,
    starts: u64,
    memory_mb: u32,
    larger: Option<&Measured>,
    environment: &mut Environment<'_>,
) -> Result<Measured> {
    // A program's first start is not counted: it brings the files into the page cache.
    if larger.is_none() {
        let (_, function) = start(program, memory_mb, 0, environment).await?;
        function.function.stop().await?;
    }
    let (mut cold_starts, started) = (Vec::new(), Instant::now());
    let mut function = loop {
        let seed = u64::try_from(cold_starts.len())?;
        let (cold_start, function) = start(program, memory_mb, seed, environment).await?;
        cold_starts.push(cold_start);
        if seed + 1 == starts || started.elapsed() > STARTS_TIME {
            break function;
        }
        function.function.stop().await?;
    };
    let mut warm = Vec::new();
    for (position, list) in List::all().enumerate() {
        let estimate_ms = larger.map_or(Some(0.0), |larger| {
            let growth = f64::from(larger.memory_mb) / f64::from(memory_mb);
            larger.warm[position].1.duration_ms().map(|duration| duration * growth)
        });
        let calls;
        (calls, function) = match estimate_ms {
            _ if exceeds_memory(&function, memory_mb)? => (Warm::OutOfMemory, function),
            Some(estimate_ms) if estimate_ms < TIMEOUT_MS => {
                call_repeatedly(environment, function, list, estimate_ms).await?
            }
            Some(_) | None => (Warm::TimedOut, function),
        };
        let is_slow = calls.duration_ms().is_some_and(|duration| duration > TIMEOUT_MS);
        let calls = match calls {
            Warm::Calls(_) if exceeds_memory(&function, memory_mb)? => Warm::OutOfMemory,
            Warm::Calls(_) if is_slow => Warm::TimedOut,
            calls => calls,
        };
        warm.push((list, calls));
    }
    function.function.stop().await?;
    Ok(Measured { program, memory_mb, cold_starts, warm })
}

/// Starts a function and has it create one contact.
async fn start(
    program: Program,
    memory_mb: u32,
    seed: u64,
    environment: &mut Environment<'_>,
) -> Result<(ColdStart, StartedFunction)> {
    environment.replay(LATENCY, seed).await?;
    let function = environment.start(program, Some(memory_mb), Transport::Tls).await?;
    let init = function.init;
    let (call, function) = environment.call(function, List { len: 1, effect: Effect::Created }).await?;
    Ok((ColdStart { init, call }, function))
}

fn exceeds_memory(function: &StartedFunction, memory_mb: u32) -> Result<bool> {
    Ok(function.function.process.peak_resident_kb()? > memory_mb * 1_024)
}

async fn call_repeatedly(
    environment: &mut Environment<'_>,
    mut function: StartedFunction,
    list: List,
    estimate_ms: f64,
) -> Result<(Warm, StartedFunction)> {
    let warm_up_calls = if estimate_ms < milliseconds(CALLS_TIME) { WARM_UP_CALLS } else { 0 };
    let mut calls = Vec::new();
    let mut started = Instant::now();
    for number in 0..warm_up_calls + MAX_CALLS {
        environment.replay(LATENCY, number).await?;
        let call;
        (call, function) = environment.call(function, list).await?;
        check_writes(environment, list).await?;
        if number >= warm_up_calls {
            calls.push(call);
            if started.elapsed() > CALLS_TIME {
                break;
            }
        } else {
            started = Instant::now();
        }
    }
    Ok((Warm::Calls(calls), function))
}

/// Checks that a call wrote what its list should: every contact or none. A throttled call isn't comparable.
async fn check_writes(environment: &Environment<'_>, list: List) -> Result<()> {
    let counts = environment.stub.counts().await?;
    let expected = if list.effect == Effect::Created { list.len } else { 0 };
    if counts.items_written == expected && counts.throttled == 0 {
        Ok(())
    } else {
        Err(Error::from(format!("unexpected writes or throttles: {counts:?}")))
    }
}
