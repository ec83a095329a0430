//! The check of one sample event on all builds.

use serde_json::Value;

use crate::{
    build::{Build, Function},
    error::Failure,
    invocation::Invoker,
    mask::mask_processing_date,
    sample::{self, Sample},
};

/// The result of one sample event.
pub(crate) struct Outcome {
    /// Whether every build returned the expected response.
    pub(crate) is_expected: bool,
    /// Whether all builds returned the same bytes, except for the mask.
    pub(crate) is_identical: bool,
    /// The differences, one in each line.
    pub(crate) problems: Vec<String>,
}

/// The effect of an event on one build.
#[derive(Debug, PartialEq, Eq)]
struct Effect {
    /// The masked response.
    response: String,
    /// The number of contacts in the store afterwards.
    contacts: usize,
}

/// Sends an event to every build, each with a store of its own, and compares the effects.
pub(crate) async fn check(builds: &[Build], sample: &Sample) -> Outcome {
    let mut effects = Vec::new();
    let mut problems = Vec::new();
    for build in builds {
        let effect = send(build, sample).await.map_err(|failure| failure.to_string());
        let verified = effect.as_ref().map_err(Clone::clone).and_then(|effect| verify(effect, sample));
        if let Err(problem) = verified {
            problems.push(format!("{}, events/{}.json: {problem}", build.architecture, sample.name));
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

/// Sends an event to one build. For a delete, the same build creates the contact first.
async fn send(build: &Build, sample: &Sample) -> Result<Effect, Failure> {
    let invoker = Invoker::new(build).await?;
    if sample.function == Function::Delete {
        let created = invoker.invoke(Function::Upsert, sample::creation()?).await;
        created.map_err(|error| format!("the contact to delete can't be created: {error}"))?;
    }
    let response = invoker.invoke(sample.function, sample.event.clone()).await?;
    let response = mask_processing_date(std::str::from_utf8(&response)?);
    Ok(Effect { response, contacts: invoker.count_contacts().await? })
}

fn verify(
    Effect { response, contacts }: &Effect,
    Sample { function, expected, .. }: &Sample,
) -> Result<(), String> {
    if !serde_json::from_str::<Value>(response).is_ok_and(|response| response == *expected) {
        return Err(format!("expected {expected}, got {response}"));
    }
    // The responses to messages and events name no contact. Each event is about one.
    let expected = usize::from(*function == Function::Upsert);
    if *contacts != expected {
        return Err(format!(
            "the response is as expected, but {contacts} contacts are stored, not {expected}"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use runtime_api::Bytes;
    use serde_json::json;

    use super::*;

    fn is_verified(response: &str, contacts: usize) -> bool {
        let sample = Sample {
            name: "upsert-sqs".to_owned(),
            function: Function::Upsert,
            event: Bytes::new(),
            expected: json!({"batchItemFailures": []}),
        };
        verify(&Effect { response: response.to_owned(), contacts }, &sample).is_ok()
    }

    #[test]
    fn response_with_another_value_is_a_problem() {
        assert!(is_verified(r#"{"batchItemFailures":[]}"#, 1));
        for response in [r#"{"batchItemFailures":[{"itemIdentifier":"1"}]}"#, "null", ""] {
            assert!(!is_verified(response, 1), "{response}");
        }
    }

    #[test]
    fn expected_response_without_the_stored_contact_is_a_problem() {
        assert!(!is_verified(r#"{"batchItemFailures":[]}"#, 0));
    }
}
