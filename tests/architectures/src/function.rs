//! The two functions.

/// One of the two functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Function {
    Upsert,
    Delete,
}

impl Function {
    /// Both functions, in the order of the report.
    pub(crate) const ALL: [Self; 2] = [Self::Upsert, Self::Delete];

    /// The file name of the binary.
    pub(crate) fn binary(self) -> &'static str {
        match self {
            Self::Upsert => "upsert-contacts",
            Self::Delete => "delete-contacts",
        }
    }

    /// The function that a sample event is for, by the event's file name.
    pub(crate) fn of_event(name: &str) -> Option<Self> {
        match name.split_once('-')?.0 {
            "upsert" => Some(Self::Upsert),
            "delete" => Some(Self::Delete),
            _ => None,
        }
    }

    /// The number of contacts in the store after a sample event, which names one contact.
    pub(crate) fn contacts_afterwards(self) -> usize {
        match self {
            Self::Upsert => 1,
            Self::Delete => 0,
        }
    }
}
