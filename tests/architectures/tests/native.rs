//! The check on debug builds for this machine: `answers.json` is up to date, and wrong responses are reported.
//! `make test-arm64` checks the release builds.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use fixture::build_functions;

fn check(builds: &[&Path]) -> Output {
    let names = ["one", "other"];
    let builds = names.iter().zip(builds).map(|(name, folder)| format!("{name}={}", folder.display()));
    let check = env!("CARGO_BIN_EXE_check-architectures");
    Command::new(check).args(builds).output().expect("the check starts")
}

/// Builds both functions for debugging, and returns their folder.
fn debug_builds() -> PathBuf {
    build_functions().expect("the functions build")
}

/// Creates the folder of one test, with a link of each name to a file.
fn folder(test: &str, links: [(&str, PathBuf); 2]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    // It exists if the test ran before.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder is created");
    for (name, file) in links {
        symlink(file, folder.join(name)).expect("a link is created");
    }
    folder
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn debug_builds_return_the_expected_responses() {
    let output = check(&[&debug_builds()]);
    assert!(output.status.success(), "{}", stderr(&output));
    let table = String::from_utf8_lossy(&output.stdout);
    assert_eq!(table.matches("5 of 5").count(), 2, "{table}");
}

#[test]
fn builds_with_swapped_functions_are_reported() {
    let [upsert, delete] = ["upsert-contacts", "delete-contacts"].map(|name| debug_builds().join(name));
    let swapped = folder("swapped", [("upsert-contacts", delete), ("delete-contacts", upsert)]);
    let output = check(&[&debug_builds(), &swapped]);
    assert!(!output.status.success());
    let problems = stderr(&output);
    assert!(problems.contains("other, events/upsert-http-api.json: expected "), "{problems}");
    assert!(!problems.contains("one, "), "{problems}");
}

#[test]
fn function_that_ends_without_a_response_is_reported() {
    let links = ["upsert-contacts", "delete-contacts"].map(|name| (name, "/bin/false".into()));
    let output = check(&[&folder("ending", links)]);
    assert!(!output.status.success());
    let problems = stderr(&output);
    assert!(
        problems.contains("events/upsert-sqs.json: it ended without an answer: exit status: 1"),
        "{problems}"
    );
}
