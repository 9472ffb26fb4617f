//! woodpile-keep
