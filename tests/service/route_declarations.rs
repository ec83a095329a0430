//! The declarations of the routes: in `template.yaml` for API Gateway and the local gateway, and in `openapi.yaml` for
//! callers. The other service tests call the routes in the code.

use std::{collections::BTreeSet, fs};

/// The routes of the contract: path, method and function.
const ROUTES: [(&str, &str, &str); 3] = [
    ("/contacts", "DELETE", "delete-contacts"),
    ("/contacts", "POST", "upsert-contacts"),
    ("/contacts/delete", "POST", "delete-contacts"),
];

fn file(name: &str) -> String {
    fs::read_to_string(format!("{}/../{name}", env!("CARGO_MANIFEST_DIR"))).expect("a file")
}

#[test]
fn template_has_the_routes_of_the_contract_and_a_default() {
    let template = file("template.yaml");
    let functions = [("upsert-contacts", "  UpsertContacts:\n"), ("delete-contacts", "  DeleteContacts:\n")];
    let mut declared = BTreeSet::new();
    for (function, heading) in functions {
        let section = template.split_once(heading).unwrap().1;
        let section = section.split("\n\n  ").next().unwrap();
        for line in section.lines().filter(|line| line.contains("ApiId: !Ref Api")) {
            let value = |name: &str| {
                let rest = line.split_once(name).unwrap().1;
                rest.split([',', ' ', '}']).next().unwrap().to_owned()
            };
            declared.insert((value("Path: "), value("Method: "), function));
        }
    }
    let mut expected: BTreeSet<_> = ROUTES
        .iter()
        .map(|(path, method, function)| ((*path).to_owned(), (*method).to_owned(), *function))
        .collect();
    expected.insert(("$default".to_owned(), "ANY".to_owned(), "upsert-contacts"));
    assert_eq!(declared, expected);
}

#[test]
fn openapi_document_has_the_routes_of_the_contract() {
    let document = file("openapi.yaml");
    let paths = document.split_once("\npaths:\n").unwrap().1.split_once("\nwebhooks:\n").unwrap().0;
    let mut declared = BTreeSet::new();
    let mut path = "";
    for line in paths.lines() {
        match line.strip_suffix(':') {
            Some(of) if of.starts_with("  /") => path = of.trim(),
            Some(of) if of.starts_with("    ") && !of.starts_with("     ") => {
                declared.insert((path, of.trim().to_uppercase()));
            }
            _ => {}
        }
    }
    let expected: BTreeSet<_> =
        ROUTES.iter().map(|(path, method, _)| (*path, (*method).to_owned())).collect();
    assert_eq!(declared, expected);
}
