//! log4mongo
