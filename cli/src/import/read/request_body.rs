//! A file that is the body of an upsert request: the items of its `list_items`, each with the account of the
//! list.

use std::vec::IntoIter;

use contacts_core::{domain::TenantName, json::Object};
use serde_json::value::RawValue;

use super::{
    json_items::{JsonItem, JsonItems},
    line_counter::LineCounter,
    text_stream::TextStream,
};
use crate::error::CliError;

/// The maximum size of a request's body, in bytes: Lambda's limit.
const MAX_BODY_BYTES: usize = 6 << 20;

/// The params that name an account, of the list or of an item.
const ACCOUNT_PARAMS: [&str; 3] = ["account_id", "account_code", "account_name"];

/// The items of an upsert request.
pub(super) struct RequestBody {
    items: IntoIter<(u64, String)>,
    current: String,
}

impl RequestBody {
    /// Reads the body. Fails if it is not one of the tenant.
    pub(super) fn read(mut text: TextStream, tenant: &TenantName) -> Result<Self, CliError> {
        let mut bytes = Vec::new();
        while bytes.len() <= MAX_BODY_BYTES && text.read_line(&mut bytes, MAX_BODY_BYTES)? > 0 {}
        if bytes.len() > MAX_BODY_BYTES {
            return Err(text
                .error("it is a request's body of more than 6 MB")
                .advice("A JSON array or NDJSON can have any size"));
        }
        let body = str::from_utf8(&bytes).map_err(|error| {
            let mut lines = LineCounter::default();
            lines.add(&bytes[..error.valid_up_to()]);
            text.error(&format!("line {} is not valid UTF-8", lines.line()))
        })?;
        let object: Object<'_> =
            serde_json::from_str(body).map_err(|error| text.error("it is not JSON").caused_by(error))?;
        check_params(&object, tenant, &text)?;
        let items = object.get("list_items").map(|list| serde_json::from_str::<Vec<&RawValue>>(list.get()));
        let Some(Ok(items)) = items else {
            return Err(text.error("the request's body has no array `list_items`"));
        };
        let list_account = object.params().filter(|(name, _)| ACCOUNT_PARAMS.contains(name));
        let list_account: Vec<String> =
            list_account.map(|(name, value)| format!("\"{name}\":{value}")).collect();
        let list_account = list_account.join(",");
        let (mut lines, mut counted) = (LineCounter::default(), 0);
        let items = items.into_iter().map(|item| {
            // The item's text is a part of the body.
            let start = item.get().as_ptr().addr() - body.as_ptr().addr();
            lines.add(&body.as_bytes()[counted..start]);
            counted = start;
            (lines.line(), with_account(item.get(), &list_account))
        });
        Ok(Self { items: items.collect::<Vec<_>>().into_iter(), current: String::new() })
    }
}

/// Fails if the body has params that an import can't honour.
fn check_params(object: &Object<'_>, tenant: &TenantName, text: &TextStream) -> Result<(), CliError> {
    for (index, (name, value)) in object.params().enumerate() {
        if object.params().take(index).any(|(earlier, _)| earlier == name) {
            return Err(text.error(&format!("the request's body has `{name}` twice")));
        }
        match name {
            "tenant" if serde_json::from_str::<&str>(value.get()).ok() == Some(tenant.as_str()) => {}
            "tenant" => {
                let problem =
                    format!("the request's body is for the tenant {value}, and the token for {tenant}");
                return Err(text.error(&problem));
            }
            "validate_only" => {
                return Err(text
                    .error("the request's body has `validate_only`")
                    .advice("Remove it there; --dry-run validates without writing"));
            }
            "list_items" => {}
            _ if ACCOUNT_PARAMS.contains(&name) => {}
            _ => return Err(text.error(&format!("the request's body has an unknown param `{name}`"))),
        }
    }
    Ok(())
}

/// Adds the account of the list to an item that has none of its own.
fn with_account(item: &str, list_account: &str) -> String {
    match Object::read(item) {
        Some(object) if !ACCOUNT_PARAMS.iter().any(|name| object.get(name).is_some()) => {
            let members = item.strip_prefix('{').expect("the text of an object begins with a brace");
            let has_members = object.params().next().is_some();
            let separator = if has_members && !list_account.is_empty() { "," } else { "" };
            format!("{{{list_account}{separator}{members}")
        }
        Some(_) | None => item.to_owned(),
    }
}

impl JsonItems for RequestBody {
    fn next_item(&mut self) -> Result<Option<JsonItem<'_>>, CliError> {
        let Some((line, text)) = self.items.next() else { return Ok(None) };
        self.current = text;
        Ok(Some(JsonItem { line, text: &self.current }))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use encoding_rs::UTF_8;

    use super::*;

    fn items(body: &str) -> Result<Vec<(u64, String)>, String> {
        let text = TextStream::new(Box::new(Cursor::new(body.as_bytes().to_vec())), "body.json", UTF_8);
        let tenant = TenantName::parse("zegoal").unwrap();
        let body = RequestBody::read(text, &tenant).map_err(|error| error.report())?;
        Ok(body.items.collect())
    }

    #[test]
    fn items_without_an_account_get_that_of_the_list() {
        let body = "{\"tenant\": \"zegoal\", \"list_items\": [\n{\"contact_id\": 3},\n\
                    {\"account_id\":7}, {}, 5], \"account_code\": \"ACME\"}";
        let expected = [
            (2, "{\"account_code\":\"ACME\",\"contact_id\": 3}"),
            (3, "{\"account_id\":7}"),
            (3, "{\"account_code\":\"ACME\"}"),
            (3, "5"),
        ];
        assert_eq!(items(body).unwrap(), expected.map(|(line, text)| (line, text.to_owned())));
    }

    #[test]
    fn a_body_that_an_import_would_change_is_rejected() {
        for (body, part) in [
            ("{\"tenant\": \"acme\", \"list_items\": []}", "for the tenant \"acme\""),
            ("{\"validate_only\": true, \"list_items\": []}", "--dry-run"),
            ("{\"list_items\": [], \"typo\": 1}", "unknown param `typo`"),
            ("{\"list_items\": [], \"list_items\": []}", "has `list_items` twice"),
            ("{\"list_items\": {}}", "no array `list_items`"),
            ("{\"list_items\": [", "it is not JSON"),
        ] {
            let error = items(body).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }
}
