//! The way to the table: on AWS as the AWS CLI finds it, or the local stack's.
