//! One file for each format: `parse` reads a line, or finds that it is not in the format.

pub(crate) mod apache_error;
pub(crate) mod combined;
pub(crate) mod django;
pub(crate) mod gunicorn;
pub(crate) mod heroku;
pub(crate) mod json;
pub(crate) mod log4j;
pub(crate) mod logfmt;
pub(crate) mod morgan;
pub(crate) mod nginx_error;
pub(crate) mod plain;
pub(crate) mod postgres;
pub(crate) mod python;
pub(crate) mod rails;
pub(crate) mod ruby;
pub(crate) mod syslog;
pub(crate) mod timed;
pub(crate) mod tracing;
pub(crate) mod uvicorn;

pub(crate) mod transport;
