//! The id by which a contact identifies the operations that created it, if these have idempotency keys.
//!
//! Without keys, an operation is carried out once, and its id is enough. With keys, the same message can mean more when it is
//! delivered again, because an account exists by then, and the items of several messages can have created a contact together.

use sha2::{Digest, Sha256};

use super::{identity::IdentifiedItem, item::Change};
use crate::{
    context::OperationId,
    domain::{ContactName, ContactType, Description, Email, MobileNumber},
};

/// A part of a list, and the operation that it belongs to.
pub(super) struct BoundSection {
    /// The position after its last item.
    pub(super) end: usize,
    /// The operation that its key is bound to.
    pub(super) operation: OperationId,
}

/// A digest of the items that create a contact, and of the operations that they belong to: equal only if the same operations
/// would apply the same.
pub(super) fn creation_id(sections: &[BoundSection], items: &[IdentifiedItem<'_>]) -> OperationId {
    let mut digest = Digester(Sha256::new());
    for item in items {
        let section = &sections[sections.partition_point(|section| section.end <= item.position)];
        digest.text(Some(section.operation.as_str()));
        digest.text(Some(&item.contact_id.to_string()));
        digest.text(item.reference.link_id().map(|link_id| link_id.to_string()).as_deref());
        digest.text(item.account.map(|account| account.to_string()).as_deref());
        let fields = item.fields;
        digest.text(fields.name.as_ref().map(ContactName::as_str));
        digest.text(fields.mobile_number.as_ref().map(MobileNumber::as_str));
        digest.text(fields.contact_type.as_ref().map(ContactType::as_str));
        digest.change(&fields.email, Email::as_str);
        digest.change(&fields.description, Description::as_str);
    }
    OperationId::new(&hex::encode(digest.0.finalize()))
}

/// A digest of texts, in which the length of each marks where it ends.
struct Digester(Sha256);

impl Digester {
    fn text(&mut self, text: Option<&str>) {
        let Some(text) = text else { return self.0.update([0]) };
        self.0.update([1]);
        self.0.update(text.len().to_be_bytes());
        self.0.update(text);
    }

    fn change<T>(&mut self, change: &Change<T>, as_str: impl Fn(&T) -> &str) {
        match change {
            Change::Keep => self.0.update([2]),
            Change::Clear => self.text(None),
            Change::Set(value) => self.text(Some(as_str(value))),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::{
        domain::{ContactId, ContactReference},
        test_support::{link_id, tenant},
        upsert::Fields,
    };

    fn id_of(operation: &str, fields: &Fields) -> String {
        let section = BoundSection { end: 1, operation: OperationId::new(operation) };
        let item = IdentifiedItem {
            position: 0,
            contact_id: ContactId::derive(&tenant().name, link_id(1)),
            reference: ContactReference::LinkId(link_id(1)),
            account: None,
            fields,
        };
        creation_id(&[section], &[item]).as_str().to_owned()
    }

    #[test]
    fn id_differs_with_the_operation_and_with_each_field() {
        let fields = Fields {
            name: ContactName::parse("x").ok(),
            mobile_number: MobileNumber::parse("x").ok(),
            contact_type: Some(ContactType::default()),
            email: Change::Set(Email::parse("a@b").unwrap()),
            description: Change::Set(Description::parse("x").unwrap()),
        };
        let all = [
            fields.clone(),
            Fields { name: None, ..fields.clone() },
            Fields { name: ContactName::parse("y").ok(), ..fields.clone() },
            Fields { mobile_number: MobileNumber::parse("y").ok(), ..fields.clone() },
            Fields { contact_type: None, ..fields.clone() },
            Fields { email: Change::Keep, ..fields.clone() },
            Fields { email: Change::Clear, ..fields.clone() },
            Fields { description: Change::Keep, ..fields.clone() },
            Fields { description: Change::Set(Description::parse("y").unwrap()), ..fields.clone() },
        ];
        let ids: HashSet<_> = all.iter().map(|fields| id_of("one", fields)).collect();
        assert_eq!(ids.len(), all.len());
        assert!(ids.contains(&id_of("one", &fields)) && !ids.contains(&id_of("another", &fields)));
    }
}
