//! The contract's shapes and words, once more and apart from the code that writes them: what a result, an
//! envelope and a sentence on a wrong body may look like, and how they belong to the request.

use serde_json::{Map, Value};

/// The names that an upsert's body may have.
const UPSERT_PARAMS: [&str; 5] = ["tenant", "account_id", "account_code", "account_name", "list_items"];

/// The rows of the contract's table on deletes.
const ENDS: [(&str, u64, &str, u64); 6] = [
    ("success", 0, "ok", 200),
    ("validation failed", 1, "error", 400),
    ("no contacts in the request", 2, "error", 400),
    ("to many contacts in the request", 3, "error", 400),
    ("contacts not found", 4, "error", 404),
    ("not all contacts found", 5, "error", 404),
];

/// Holds the answer to an upsert against its request: one result an item, of the contract's shape.
pub fn check_results(answer: &Value, request: &[u8]) {
    check_names(answer, &["result"], &[]);
    let results = answer["result"].as_array().expect("`result` is a list");
    assert!((1..=10_000).contains(&results.len()), "a list has 1 to 10,000 items");
    let request: Option<Value> = serde_json::from_slice(request).ok();
    let items = request.as_ref().map(|request| request["list_items"].as_array().expect("it was answered"));
    assert!(items.is_none_or(|items| items.len() == results.len()), "one result an item");
    for (place, result) in results.iter().enumerate() {
        check_result(result, items.and_then(|items| items.get(place)));
    }
}

/// Holds one result against its item.
fn check_result(result: &Value, item: Option<&Value>) {
    let given = item.map(|item| &item["link_id"]).and_then(Value::as_str).map(str::to_lowercase);
    let link_id = &result["link_id"];
    let success = result["success"].as_bool().expect("`success` is a boolean");
    let info = result["extended_info"].as_str().expect("`extended_info` is a string");
    if success {
        let fields = ["link_id", "success", "extended_info", "contact_id", "account_id"];
        check_names(result, &fields, &[]);
        assert!(["created", "updated"].contains(&info), "{result}");
        check_link_id(link_id);
        check_id(&result["contact_id"]);
        check_id(&result["account_id"]);
        assert!(given.is_none_or(|given| link_id == given.as_str()), "{result} is about another contact");
        let named = item.map_or(&Value::Null, |item| &item["contact_id"]);
        assert!(named.as_u64().is_none_or(|id| result["contact_id"] == id), "{result} is another contact");
        let account = item.map_or(&Value::Null, |item| &item["account_id"]);
        assert!(
            account.as_u64().is_none_or(|id| result["account_id"] == id),
            "{result} is on another account"
        );
    } else {
        check_names(result, &["link_id", "success", "extended_info", "error"], &[]);
        assert!(["entity_not_found", "invalid_entity_data"].contains(&info), "{result}");
        if !link_id.is_null() {
            check_link_id(link_id);
            assert!(given.is_none_or(|given| link_id == given.as_str()), "{result} is about another contact");
        }
        let sentence = result["error"].as_str().expect("`error` is a string");
        check_sentence(sentence);
        let begins = ["`", "one of `", "an item must be an object"];
        assert!(begins.iter().any(|begin| sentence.starts_with(begin)), "{sentence}: names no field");
        let is_missing = sentence.ends_with("must be the id of a contact that exists")
            || sentence.ends_with("must be the id of an account that exists");
        assert_eq!(is_missing, info == "entity_not_found", "{result}");
    }
}

/// Holds the 400 of an upsert against the contract's table of them.
pub fn check_wrong_body(sentence: &str, request: Option<&[u8]>) {
    check_sentence(sentence);
    let rest = sentence.strip_prefix("Wrong JSON body").expect("it begins as the contract has it");
    let request: Option<Value> = request.and_then(|request| serde_json::from_slice(request).ok());
    let has = |name| request.as_ref().is_none_or(|request| request.get(name).is_some());
    if rest.is_empty() {
        assert!(!request.is_some_and(|request| request.is_object()), "an object isn't wrong as a whole");
        return;
    }
    assert!(request.as_ref().is_none_or(Value::is_object), "{sentence}: of what is no object");
    let fault = rest.strip_prefix(": ").expect("the fault comes after a colon");
    let (words, name) = fault.split_once('`').expect("it names a param");
    let (name, words_after) = name.rsplit_once('`').expect("the name ends");
    let is_param = UPSERT_PARAMS.contains(&name);
    match (words, words_after) {
        ("no value for ", "") => assert!(["list_items", "tenant"].contains(&name), "{sentence}"),
        ("unknown param ", "") => assert!(!is_param, "{sentence}"),
        ("more than one value for ", "") | ("value ", " was of the wrong type") => {
            assert!(is_param && has(name), "{sentence}");
        }
        ("value ", rule) => assert!(is_param && has(name) && rule.starts_with(" must "), "{sentence}"),
        _ => panic!("{sentence}: not in the contract"),
    }
}

/// Holds the answer to a delete against its request, and returns the text and the HTTP status that it says.
pub fn check_envelope(answer: &Value, request: &[u8]) -> (&'static str, u64) {
    check_names(answer, &["processing_result", "processing_date", "DeleteAccountContacts"], &[]);
    let result = &answer["processing_result"];
    check_names(result, &["text", "status", "code"], &["details"]);
    let row = ENDS.iter().find(|(text, ..)| result["text"] == *text).expect("a text of the contract");
    let (text, code, status, http) = *row;
    assert_eq!((result["code"].as_u64(), result["status"].as_str()), (Some(code), Some(status)));
    for detail in result.get("details").map_or(&Vec::new(), |details| details.as_array().expect("a list")) {
        check_names(detail, &["param", "error"], &[]);
        // A caller may have named a param by nothing at all.
        let param = detail["param"].as_str().expect("`param` is a string");
        assert!(param.chars().count() <= 60 && !param.chars().any(char::is_control), "{param:?}");
        check_sentence(detail["error"].as_str().expect("`error` is a string"));
    }
    assert!(code != 1 || result.get("details").is_some(), "what is wrong is told");
    let date = answer["processing_date"].as_str().expect("`processing_date` is a string");
    let digits = |byte: u8| if byte.is_ascii_digit() { '0' } else { char::from(byte) };
    assert_eq!(date.bytes().map(digits).collect::<String>(), "0000-00-00 00:00:00");

    let operation = &answer["DeleteAccountContacts"];
    check_names(operation, &["response", "request", "TZ"], &[]);
    check_names(&operation["response"], &["deleted_contacts"], &[]);
    assert!(operation["TZ"].is_string());
    let request: Option<Value> = serde_json::from_slice(request).ok();
    if let Some(request) = &request
        && !operation["request"].is_null()
    {
        assert_eq!(*request, operation["request"], "the request as it came");
    }
    let deleted = operation["response"]["deleted_contacts"].as_array().expect("a list");
    if code == 0 {
        let named = request.as_ref().map(|request| request["contacts"].as_array().expect("it was answered"));
        assert!(named.is_none_or(|named| named.len() == deleted.len()), "all of them, or none");
        for (place, contact) in deleted.iter().enumerate() {
            check_deleted(contact, named.and_then(|named| named.get(place)));
        }
    } else {
        assert!(deleted.is_empty(), "all of them, or none");
    }
    (text, http)
}

fn check_deleted(contact: &Value, named: Option<&Value>) {
    let fields = ["contact_type", "contact_name", "contact_mobile_num", "contact_email", "contact_desc"];
    check_names(contact, &[&fields[..], &["contact_id", "link_id"]].concat(), &[]);
    check_id(&contact["contact_id"]);
    check_link_id(&contact["link_id"]);
    let id = named.and_then(|named| named["contact_id"].as_u64());
    assert!(id.is_none_or(|id| contact["contact_id"] == id), "{contact} was not named here");
    let link_id = named.and_then(|named| named["link_id"].as_str()).map(str::to_lowercase);
    assert!(link_id.is_none_or(|link_id| contact["link_id"] == link_id.as_str()), "{contact} wasn't named");
}

/// A sentence of an answer: short enough to be there ten thousand times, and without control characters.
fn check_sentence(sentence: &str) {
    assert!((1..=400).contains(&sentence.chars().count()), "{sentence}");
    assert!(!sentence.chars().any(char::is_control), "{sentence:?}");
}

fn check_link_id(value: &Value) {
    let text = value.as_str().expect("a link_id is a string");
    let form = |byte: u8| match byte {
        b'0'..=b'9' | b'a'..=b'f' => 'x',
        other => char::from(other),
    };
    let form: String = text.bytes().map(form).collect();
    assert_eq!(form, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", "{text} is no UUID");
}

fn check_id(value: &Value) {
    let id = value.as_u64().expect("an id is an integer");
    assert!((1..1 << 53).contains(&id), "{id} is not an id");
}

/// Holds the names of an object's fields against those it must have, and those it may have.
pub fn check_names(object: &Value, must: &[&str], may: &[&str]) {
    let names: &Map<_, _> = object.as_object().expect("it is an object");
    assert!(must.iter().all(|name| names.contains_key(*name)), "{object} lacks one of {must:?}");
    let known = |name: &str| must.contains(&name) || may.contains(&name);
    assert!(names.keys().all(|name| known(name)), "{object} has more than {must:?} and {may:?}");
}
