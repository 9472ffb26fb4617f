//! What a server over TLS shows, and its clients trust.

use std::process::Command;
use tempfile::TempDir;
use woodpile_server::TlsFiles;

/// A certificate for localhost that vouches for itself.
pub(crate) fn certificate() -> (TempDir, TlsFiles) {
    let folder = tempfile::tempdir().unwrap();
    let files =
        TlsFiles { certificate: folder.path().join("ca.pem"), key: folder.path().join("key.pem") };
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
        ])
        .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
        .arg("-keyout")
        .arg(&files.key)
        .arg("-out")
        .arg(&files.certificate)
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    (folder, files)
}
