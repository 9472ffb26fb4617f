//! Nothing but tests: which crate may depend on which, and under which licences the others come.
