//! What one message, or a whole body, says: a decoder a file.
