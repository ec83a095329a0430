//! The check on the debug builds, which this machine executes: `answers.json` stays up to date, and wrong
//! answers are reported. The tests for arm64 are `make test-arm64`.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// The check's own binary. The functions are beside it, once the workspace is built.
const CHECK: &str = env!("CARGO_BIN_EXE_check-architectures");

fn debug_builds() -> &'static Path {
    Path::new(CHECK).parent().expect("a binary is in a folder")
}

fn check(builds: &[&Path]) -> Output {
    let names = ["one", "other"];
    let builds = names.iter().zip(builds).map(|(name, folder)| format!("{name}={}", folder.display()));
    Command::new(CHECK).args(builds).output().expect("the check can be started")
}

/// A folder for the build of one test, with a link for each name to a file.
fn folder(test: &str, links: [(&str, PathBuf); 2]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    // It is there if the test ran before.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    for (name, file) in links {
        symlink(file, folder.join(name)).expect("a link");
    }
    folder
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn debug_builds_give_the_expected_answers() {
    let output = check(&[debug_builds()]);
    assert!(output.status.success(), "{}", stderr(&output));
    let table = String::from_utf8_lossy(&output.stdout);
    assert_eq!(table.matches("5 of 5").count(), 2, "{table}");
}

#[test]
fn builds_with_swapped_functions_are_reported() {
    let [upsert, delete] = ["upsert-contacts", "delete-contacts"].map(|name| debug_builds().join(name));
    let swapped = folder("swapped", [("upsert-contacts", delete), ("delete-contacts", upsert)]);
    let output = check(&[debug_builds(), &swapped]);
    assert!(!output.status.success());
    let problems = stderr(&output);
    assert!(problems.contains("other, events/upsert-http-api.json: expected "), "{problems}");
    assert!(!problems.contains("one, "), "{problems}");
}

#[test]
fn function_that_ends_without_an_answer_is_reported() {
    let links = ["upsert-contacts", "delete-contacts"].map(|name| (name, "/bin/false".into()));
    let output = check(&[&folder("ending", links)]);
    assert!(!output.status.success());
    let problems = stderr(&output);
    assert!(
        problems.contains("events/upsert-sqs.json: it ended without an answer: exit status: 1"),
        "{problems}"
    );
}
