//! woodpile-line
