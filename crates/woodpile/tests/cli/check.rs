use crate::harness::Home;

#[test]
fn a_sound_store_has_no_findings() {
    let home = Home::with(&["access.log"]);
    home.run(["check"]).succeeds().prints("no damage found; --deep also reads every record\n");
    home.run(["check", "--deep"]).succeeds().prints("no damage found; every record was read\n");
}

#[test]
fn damage_is_found_and_the_rest_can_be_read() {
    let home = Home::with(&["access.log", "app.log"]);
    let path = home.path("woodpile.db");
    let mut bytes = std::fs::read(&path).unwrap();
    // Compressed batches have this magic number; the first is broken behind it, wherever pages have it.
    let magic = [0x28, 0xb5, 0x2f, 0xfd];
    let at = bytes.windows(4).position(|window| window == magic);
    let Some(at) = at else { panic!("no compressed batch in the file") };
    let batch = bytes[at..at + 40].to_vec();
    let copies = (0..bytes.len() - 40).filter(|at| bytes[*at..].starts_with(&batch));
    for copy in copies.collect::<Vec<_>>() {
        bytes[copy + 8..copy + 40].fill(0xff);
    }
    std::fs::write(&path, bytes).unwrap();
    let outcome = home.run(["check", "--deep"]).code(3);
    assert!(outcome.stdout.contains("what is not damaged can be read"), "{outcome:#?}");
}

#[test]
fn a_file_that_is_no_store_is_named() {
    let home = Home::new();
    home.write(
        "notes.txt",
        "not a database, and longer than a header of one hundred bytes, ".repeat(4),
    );
    for command in ["check", "logs", "export", "stats"] {
        home.run(["--store", "notes.txt", command])
            .code(3)
            .prints("")
            .says("notes.txt is not a woodpile store");
    }
}
