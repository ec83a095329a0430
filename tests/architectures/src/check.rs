//! One sample event on all builds.

use serde_json::Value;

use crate::{
    Failure,
    architecture::Architecture,
    function::Function,
    invoke::invoke,
    mask::mask_processing_date,
    sample::{self, Sample},
    store::SampleStore,
};

/// The result of one sample event.
pub(crate) struct Outcome {
    /// Whether every build gave the expected answer.
    pub(crate) is_expected: bool,
    /// Whether all builds gave the same answer, byte for byte except for the mask.
    pub(crate) is_identical: bool,
    /// What is wrong, a line each.
    pub(crate) problems: Vec<String>,
}

/// What one build did with an event.
#[derive(Debug, PartialEq, Eq)]
struct Effect {
    /// The masked answer.
    answer: String,
    /// The number of contacts in the store afterwards.
    contacts: usize,
}

/// Sends an event to every build, each with a store of its own, and compares the answers.
pub(crate) async fn check(architectures: &[Architecture], sample: &Sample) -> Outcome {
    let mut effects = Vec::new();
    let mut problems = Vec::new();
    for architecture in architectures {
        let effect = send(architecture, sample).await.map_err(|failure| failure.to_string());
        if let Err(problem) = effect.as_ref().map_err(Clone::clone).and_then(|effect| verify(effect, sample))
        {
            problems.push(format!("{}, events/{}.json: {problem}", architecture.name, sample.name));
        }
        effects.push(effect);
    }
    let is_expected = problems.is_empty();
    let is_identical = effects.iter().all(|effect| effect.is_ok() && *effect == effects[0]);
    if is_expected && !is_identical {
        problems.push(format!("events/{}.json: equal JSON, but different bytes: {effects:?}", sample.name));
    }
    Outcome { is_expected, is_identical, problems }
}

/// Sends an event to one build. A contact to delete is created by the same build.
async fn send(architecture: &Architecture, sample: &Sample) -> Result<Effect, Failure> {
    let store = SampleStore::start().await?;
    if sample.function == Function::Delete {
        let created = invoke(architecture, Function::Upsert, &store, sample::creation()?).await;
        created.map_err(|error| format!("the contact to delete can't be created: {error}"))?;
    }
    let answer = invoke(architecture, sample.function, &store, sample.event.clone()).await?;
    let answer = mask_processing_date(std::str::from_utf8(&answer)?);
    Ok(Effect { answer, contacts: store.count_contacts().await? })
}

fn verify(effect: &Effect, sample: &Sample) -> Result<(), String> {
    let Effect { answer, contacts } = effect;
    let expected = &sample.expected;
    if !serde_json::from_str::<Value>(answer).is_ok_and(|answer| answer == *expected) {
        return Err(format!("expected {expected}, got {answer}"));
    }
    // The answers to messages and events name no contact.
    let expected = sample.function.contacts_afterwards();
    if *contacts != expected {
        return Err(format!("the answer is as expected, but {contacts} contacts are stored, not {expected}"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use runtime_api::Bytes;
    use serde_json::json;

    use super::*;

    fn verified(answer: &str, contacts: usize) -> bool {
        let sample = Sample {
            name: "upsert-sqs".to_owned(),
            function: Function::Upsert,
            event: Bytes::new(),
            expected: json!({"batchItemFailures": []}),
        };
        verify(&Effect { answer: answer.to_owned(), contacts }, &sample).is_ok()
    }

    #[test]
    fn answer_with_another_value_is_a_problem() {
        assert!(verified(r#"{"batchItemFailures":[]}"#, 1));
        for answer in [r#"{"batchItemFailures":[{"itemIdentifier":"1"}]}"#, "null", ""] {
            assert!(!verified(answer, 1), "{answer}");
        }
    }

    #[test]
    fn expected_answer_without_the_contact_stored_is_a_problem() {
        assert!(!verified(r#"{"batchItemFailures":[]}"#, 0));
    }
}
