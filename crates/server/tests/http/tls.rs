//! HTTP over TLS, with curl as the client.

use crate::certificate::certificate;
use crate::harness::Site;
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use woodpile_server::TlsFiles;

fn over_tls(files: &TlsFiles) -> Site {
    Site::with(|settings| {
        settings.tls = Some(files.clone());
        settings.timeouts.certificate_check = Duration::from_millis(20);
    })
}

/// What curl says of `/health`, with the version of HTTP; an error where it does not trust the certificate.
fn ask(site: &Site, authority: &Path, arguments: &[&str]) -> Result<String, String> {
    let url = format!("https://localhost:{}/health", site.address().port());
    let output = Command::new("curl")
        .args(["-sS", "-w", " %{http_version}", "--cacert"])
        .arg(authority)
        .args(arguments)
        .arg(url)
        .output()
        .unwrap();
    if output.status.success() {
        Ok(String::from_utf8(output.stdout).unwrap())
    } else {
        Err(String::from_utf8(output.stderr).unwrap())
    }
}

#[test]
fn both_versions_of_http_are_spoken() {
    let (_folder, files) = certificate();
    let site = over_tls(&files);
    for (flag, version) in [("--http2", " 2"), ("--http1.1", " 1.1")] {
        let answer = ask(&site, &files.certificate, &[flag]).unwrap();
        assert_eq!(answer, format!("{{\"status\":\"ok\"}}\n{version}"));
    }
}

#[test]
fn a_certificate_that_changes_is_read_again() {
    let (_folder, files) = certificate();
    let (_other_folder, other) = certificate();
    let site = over_tls(&files);
    ask(&site, &files.certificate, &[]).unwrap();
    // While only one of the files is new they do not fit together: the former stay.
    std::fs::copy(&other.certificate, &files.certificate).unwrap();
    while site.told().is_empty() {
        std::thread::yield_now();
    }
    assert!(site.told()[0].contains("cannot use"), "{:?}", site.told());
    assert!(ask(&site, &other.certificate, &[]).is_err());
    std::fs::copy(&other.key, &files.key).unwrap();
    while ask(&site, &other.certificate, &[]).is_err() {
        std::thread::yield_now();
    }
}

#[test]
fn a_certificate_that_cannot_be_used_is_said() {
    let (folder, files) = certificate();
    let refused = |certificate: &str, key: &str| {
        let files =
            TlsFiles { certificate: folder.path().join(certificate), key: folder.path().join(key) };
        Site::refused(|settings| settings.tls = Some(files))
    };
    let (certificate, key) = ("ca.pem", "key.pem");
    assert!(refused("missing.pem", key).contains("missing.pem: "));
    assert!(refused(certificate, "missing.pem").contains("missing.pem: "));
    assert!(refused(key, key).contains("it has no certificate"));
    assert!(refused(certificate, certificate).contains("ca.pem: "));
    assert!(files.key.exists());
}
