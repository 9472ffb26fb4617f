//! What holds for any line.

use jiff::tz::TimeZone;
use proptest::prelude::*;
use woodpile_line::{Context, Format, Joined, Joiner, enrich, parse, stands_alone};
use woodpile_record::{Entry, EventTime, ObjectId};

/// 2026-11-22T08:00:00Z
const NOW: EventTime = EventTime::from_millis(1_795_334_400_000);

static UTC: TimeZone = TimeZone::UTC;

fn context() -> Context<'static> {
    Context { now: NOW, zone: &UTC }
}

/// Lines that look like some format, cut, joined and spoilt at random.
fn spoilt_line() -> impl Strategy<Value = String> {
    const PIECES: [&str; 28] = [
        "192.0.2.7 - - ",
        "[22/Nov/2026:07:32:49 +0000]",
        "\"GET / HTTP/1.1\" ",
        "200 13",
        "2026-11-22T07:32:49.123456Z",
        "2026-11-22 07:32:45,123",
        "Nov 22 07:32:49",
        "[Sun Nov 22 07:32:49 2026]",
        " INFO ",
        "[ERROR]",
        " - ",
        ": ",
        "shop::cart: ",
        "span{a=1 b=\"x\"}:",
        "key=value",
        "key=\"a b\"",
        "{\"level\":\"info\",\"msg\":\"x\"}",
        "[12]",
        "Traceback (most recent call last):",
        "  File \"a.py\", line 1",
        "ValueError: x",
        "\tat com.shop.Cart.add(Cart.java:12)",
        "thread 'main' panicked at src/main.rs:1:1:",
        "\u{1b}[31m",
        "é",
        "\"",
        "]",
        " ",
    ];
    let piece = prop_oneof![
        4 => prop::sample::select(&PIECES[..]).prop_map(str::to_owned),
        1 => "[ -~]{0,6}",
        1 => "\\PC{0,4}",
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn format() -> impl Strategy<Value = Option<Format>> {
    prop::option::of(prop::sample::select(Format::ALL))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_message_is_the_line_or_its_end(line in spoilt_line(), format in format()) {
        let read = parse(&line, format, &context());
        let from_json = read.format == Format::Json;
        prop_assert!(from_json || line.contains(&*read.entry.message), "{read:?}");
        if read.format == Format::Plain || read.format == Format::Combined {
            prop_assert_eq!(&*read.entry.message, line.as_str());
        }
    }

    #[test]
    fn any_bytes_become_records(
        lines in prop::collection::vec(prop_oneof![
            4 => spoilt_line().prop_map(String::into_bytes),
            1 => prop::collection::vec(any::<u8>(), 0..40),
        ], 0..20),
        format in format(),
    ) {
        let mut joiner = Joiner::new(format);
        let mut records = 0;
        let mut emit = |Joined { entry, .. }: Joined<'_>| {
            entry.encode(ObjectId::from_bytes([0; 12]), NOW);
            records += 1;
        };
        let mut alone = 0;
        for line in &lines {
            alone += usize::from(stands_alone(line));
            joiner.push(line, &context(), &mut emit);
        }
        joiner.finish(&context(), &mut emit);
        prop_assert!(!joiner.is_holding());
        prop_assert!(records >= alone);
    }

    #[test]
    fn joining_loses_no_line(words in prop::collection::vec("[a-z]{12}", 1..12), shape in 0..6_usize) {
        const PREFIXES: [&str; 6] = [
            "",
            "2026-11-22 07:32:45 ERROR ",
            "  ",
            "\tat ",
            "2026-11-22T07:32:49Z  INFO shop: ",
            "Traceback (most recent call last): ",
        ];
        let mut joiner = Joiner::new(None);
        let mut texts = String::new();
        let mut emit = |Joined { entry, .. }: Joined<'_>| {
            texts.push_str(&entry.message);
            if let Some(trace) = entry.exception.as_ref().and_then(|e| e.stack_trace.as_ref()) {
                texts.push_str(trace);
            }
        };
        for (number, word) in words.iter().enumerate() {
            let prefix = PREFIXES[(number * (shape + 1)) % PREFIXES.len()];
            joiner.push(format!("{prefix}{word}").as_bytes(), &context(), &mut emit);
        }
        joiner.finish(&context(), &mut emit);
        for word in &words {
            prop_assert!(texts.contains(word.as_str()), "{word} is not in {texts}");
        }
    }

    #[test]
    fn enriching_overwrites_nothing(line in spoilt_line(), level in "[A-Z]{4}", path in "/[a-z]{3}") {
        let mut entry = Entry {
            message: line.as_str().into(),
            level: Some(level.as_str().into()),
            time: Some(NOW),
            fields: vec![("key".into(), path.as_str().into())],
            ..Entry::default()
        };
        enrich(&mut entry);
        prop_assert_eq!(&*entry.message, line.as_str());
        prop_assert_eq!(entry.level.as_deref(), Some(level.as_str()));
        prop_assert_eq!(entry.time, Some(NOW));
        prop_assert_eq!(&entry.fields[0].1, &path.as_str().into());
    }

    #[test]
    fn a_combined_line_gives_its_parts_back(
        address in "[1-9][0-9]?\\.[0-9]\\.[0-9]\\.[1-9]",
        method in "GET|POST|PUT|DELETE|PATCH",
        path in "/[a-z/._-]{0,20}",
        query in prop::option::of("[a-z]=[a-z0-9%+]{0,9}"),
        status in 100..600_i32,
        bytes in 0..i64::MAX,
        agent in "[A-Za-z][A-Za-z0-9 /.;()\"\\\\]{0,30}",
    ) {
        let target = query.as_ref().map_or(path.clone(), |query| format!("{path}?{query}"));
        let quoted = agent.replace('\\', "\\\\").replace('"', "\\\"");
        let line = format!(
            "{address} - - [22/Nov/2026:07:32:49 +0000] \"{method} {target} HTTP/1.1\" {status} {bytes} \"-\" \"{quoted}\""
        );
        let read = parse(&line, None, &context());
        let http = read.entry.http.unwrap();
        prop_assert_eq!(read.format, Format::Combined);
        prop_assert_eq!(http.remote_addr.as_deref(), Some(address.as_str()));
        prop_assert_eq!(http.method.as_deref(), Some(method.as_str()));
        prop_assert_eq!(http.path.as_deref(), Some(path.as_str()));
        prop_assert_eq!(http.query.as_deref(), query.as_deref());
        prop_assert_eq!((http.status, http.bytes), (Some(status), Some(bytes)));
        prop_assert_eq!(http.user_agent.as_deref(), Some(agent.as_str()));
        prop_assert!(stands_alone(line.as_bytes()));
    }

    #[test]
    fn a_time_means_the_same_in_every_shape(seconds in 0..4_000_000_000_i64, offset in -12..=12_i8) {
        let zone = jiff::tz::Offset::constant(offset).to_time_zone();
        let local = jiff::Timestamp::from_second(seconds).unwrap().to_zoned(zone.clone());
        let here = Context { now: NOW, zone: &zone };
        for (shape, text) in [
            ("%Y-%m-%dT%H:%M:%S%:z", " x"),
            ("%Y-%m-%d %H:%M:%S %z", " x"),
            ("%Y/%m/%d %H:%M:%S", " x"),
            ("%Y.%m:%d %H:%M:%S", " x"),
            ("[%a %b %e %H:%M:%S %Y]", " [error] x"),
            ("[%d/%b/%Y %H:%M:%S]", " \"GET / HTTP/1.1\" 200 1"),
        ] {
            let line = format!("{}{text}", local.strftime(shape));
            let time = parse(&line, None, &here).entry.time;
            prop_assert_eq!(time, Some(EventTime::from_seconds(seconds, 0)), "{}", line);
        }
    }
}

#[test]
fn a_format_is_known_by_its_name() {
    for format in Format::ALL {
        assert_eq!(format.to_string().parse(), Ok(*format));
    }
    let error = "apache".parse::<Format>().unwrap_err().to_string();
    assert!(error.contains("`apache`") && error.contains("combined"), "{error}");
}

#[test]
fn a_record_is_bounded() {
    let mut joiner = Joiner::new(None);
    let mut records = Vec::new();
    let mut emit = |Joined { entry, .. }: Joined<'_>| {
        let trace = entry.exception.as_ref().and_then(|exception| exception.stack_trace.as_ref());
        records.push(entry.message.len() + trace.map_or(0, |trace| trace.len()));
    };
    joiner.push(b"Traceback (most recent call last):", &context(), &mut emit);
    let frame = format!("  {}", "x".repeat(998));
    for _ in 0..2_000 {
        joiner.push(frame.as_bytes(), &context(), &mut emit);
    }
    joiner.finish(&context(), &mut emit);
    let whole: usize = records.iter().sum();
    assert!(whole >= 2_000 * 1_000, "{whole}");
    assert!(records.iter().all(|length| *length <= woodpile_line::MAX_HELD_BYTES + 2_000));
}
