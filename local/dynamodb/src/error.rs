//! The error of starting a DynamoDB.

use std::{error::Error, io, net::SocketAddr};

use aws_sdk_dynamodb::error::{DisplayErrorContext, SdkError};
use aws_sdk_dynamodb::operation::create_table::CreateTableError;
use dynoxide::errors::DynoxideError;

/// Why a DynamoDB or its table is not available.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The server can't listen on its port.
    #[error("port {} of {} can't be used: {source}", .address.port(), .address.ip())]
    Port {
        /// The address that it was to listen on.
        address: SocketAddr,
        /// The system's error.
        source: io::Error,
    },
    /// The file is not a database, or can't be written.
    #[error("the database can't be opened: {0}")]
    Database(#[source] DynoxideError),
    /// `template.yaml` can't be read, or the table that it defines can't be created.
    #[error("template.yaml defines no table that can be created: {0}")]
    Template(#[source] Box<dyn Error + Send + Sync>),
    /// Another DynamoDB can't be reached, or refuses to create a table.
    #[error("no table can be created at {url}: {}", DisplayErrorContext(.source))]
    Remote {
        /// The URL of the other DynamoDB.
        url: String,
        /// Its response, or why there is none.
        source: Box<SdkError<CreateTableError>>,
    },
}
