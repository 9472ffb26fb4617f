//! What is typed, and what is understood: told by the canonical text, which shows how it was read.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a failure is the test's")]

use woodpile_query::{Filter, Literal, Pattern, Test, Text, Value, parse};

#[track_caller]
fn check(typed: &str, canonical: &str) {
    let query = parse(typed).unwrap_or_else(|errors| panic!("{typed}\n{errors}"));
    assert_eq!(query.to_string(), canonical, "{typed}");
    assert_eq!(parse(canonical).as_ref(), Ok(&query), "{canonical} is read as {typed} is");
}

#[test]
fn terms_join_as_users_of_papertrail_expect() {
    check("", "*");
    check("*", "*");
    check("a  b", "a b");
    check("a AND b", "a b");
    check("a && b", "a b");
    check("a b OR c d", "a b OR c d");
    check("a || b", "a OR b");
    check("*:OR \"OR\" *:a", "*:OR \"OR\" a");
    check("(www OR db) (nginx OR pgsql) -accepted", "(www OR db) (nginx OR pgsql) -accepted");
    check(
        "10.1.2 -(\"TTL exceeded\" OR \"1 packet\")",
        "10.1.2 -(\"TTL exceeded\" OR \"1 packet\")",
    );
    check(
        "(something program:ssh -noise) OR severity:error",
        "something program:ssh -noise OR severity:error",
    );
    check(
        "\"error code=H\" OR \"Error R\" OR \"Error L\"",
        "\"error code=H\" OR \"Error R\" OR \"Error L\"",
    );
    check("'\"action\"=>\"index\"'", "\"\\\"action\\\"=>\\\"index\\\"\"");
    check("program:(production.log staging.log)", "program:production.log OR program:staging.log");
}

#[test]
fn terms_join_as_users_of_loggly_expect() {
    check("(login OR logout) AND tobi", "(login OR logout) tobi");
    check("json.foo:1 AND json.bar:2", "json.foo:1 json.bar:2");
    check("syslog.appName:*alias", "syslog.appName:*alias");
    check("foo:\"bar\"", "foo:bar");
    check(
        "tag:Mac 3fa85f64-5717-4562-b3fc-2c963f66afa6",
        "tag:Mac 3fa85f64-5717-4562-b3fc-2c963f66afa6",
    );
}

#[test]
fn not_is_written_in_three_ways() {
    for typed in ["-a", "NOT a", "!a", "NOT NOT -a"] {
        check(typed, "-a");
    }
    check("-(a b)", "-(a b)");
    check("NOT (a OR b) c", "-(a OR b) c");
    check("-status:500", "-status:500");
    check("- --verbose -", "\\- \\--verbose \\-");
}

#[test]
fn words_are_what_stands_between_blanks() {
    for word in [
        "/cart",
        "10.1.2.3",
        "std::vec",
        "https://example.com/a?b",
        "10:30:15",
        "[error]",
        "key=value",
        "don't",
        "::1",
        "C++",
        "{\"a\":1}",
        "a,b;c",
        "Ärger",
        "#42",
        "and",
        "C:\\\\temp",
    ] {
        let query = parse(word).unwrap_or_else(|errors| panic!("{word}\n{errors}"));
        assert!(matches!(query.filter, Filter::Text(_) | Filter::Field(..)), "{word}: {query:?}");
    }
    check("\\-a \\@b \\\"c a\\:b a\\ b \\d+", "\\-a \\@b \\\"c a\\:b a\\ b \\\\d+");
}

#[test]
fn wildcards_stand_anywhere() {
    check("time* *out t?me *e*", "time* *out t?me *e*");
    check("a**b", "a*b");
    check("a\\*b", "a\\*b");
    check("http.path:/api/*", "http.path:/api/*");
    check("path:*", "path:*");
    check("path:\"*\"", "path:\"*\"");
}

#[test]
fn fields_are_compared() {
    check("status:404", "status:404");
    check("status:>=500", "status:>=500");
    check("status:> 500", "status:>500");
    check("status:!=200", "-status:200");
    check("status:=200", "status:200");
    check("status:[500 TO 599]", "status:[500 TO 599]");
    check("status:{500 to 599]", "status:{500 TO 599]");
    check("status:[ 500 TO * }", "status:>=500");
    check("status:[* TO 5}", "status:<5");
    check("status:[* TO *]", "status:*");
    check("\"my field\":5", "\"my field\":5");
    check(
        "method:(GET POST) OR status:(>=400 <500 -404)",
        "method:GET OR method:POST OR status:>=400 status:<500 -status:404",
    );
    check("method:AND", "method:AND");
    check("name:[\"a b\" TO \"c d\"]", "name:[\"a b\" TO \"c d\"]");
}

#[test]
fn prose_is_searched_for_words() {
    check("message:timeout", "message:timeout");
    check("message:\"Error R\"", "message:\"Error R\"");
    check("message:(connection reset)", "message:connection message:reset");
    check("message:=\"whole text\"", "message:=\"whole text\"");
    check("message:/user \\d+/", "message:/user \\d+/");
    let query = parse("message:time*").unwrap();
    assert!(matches!(query.filter, Filter::Field(_, Test::Has(Text::Pattern(_)))), "{query:?}");
}

#[test]
fn a_slash_begins_an_expression_or_a_path() {
    check("path:/api/", "path:/api/");
    check("path:\"/api/\"", "path:\"/api/\"");
    check("path:/cart OR path:/", "path:\"/cart\" OR path:\"/\"");
    check("message:/a\\/b/i", "message:/a\\/b/i");
    check("*:/x{2} y/", "*:/x{2} y/");
    check("(path:/a|b/)", "path:/a|b/");
    assert!(matches!(parse("path:/api/").unwrap().filter, Filter::Field(_, Test::Regex(_))));
    assert!(matches!(parse("path:/api/x").unwrap().filter, Filter::Field(_, Test::Is(_))));
}

#[test]
fn sources_and_collections_are_named() {
    check("@web", "@web");
    check("@web* @\"my app\" -@a:b @a\\:b", "@web* @\"my app\" -@a:b @\"a:b\"");
    check("collection:error-log", "collection:error-log");
    check("_collection:*-log", "collection:*-log");
    check("collection:(a b)", "collection:a OR collection:b");
    check("collection:*", "*");
    let query = parse("@web").unwrap();
    assert_eq!(query.filter, Filter::Source(Pattern::exactly("web")));
}

#[test]
fn times_are_a_filter_of_their_own() {
    check("time:-1h", "time:>=-1h");
    check("time:today", "time:today");
    check("timestamp:>=2026-11-22", "time:>=2026-11-22");
    check("@timestamp:<now-15m", "time:<now-15m");
    check("time:[-2h TO -1h]", "time:[-2h TO -1h]");
    check("time:[\"2026-11-22 07:30\" TO now}", "time:[\"2026-11-22 07:30\" TO now}");
    check("time:2026-11-22T07:30:00Z", "time:2026-11-22T07:30:00Z");
    check("time:*", "*");
}

#[track_caller]
fn means(typed: &str, expected: impl Fn(&Value) -> bool) {
    let query = parse(typed).unwrap();
    let value = match &query.filter {
        Filter::Field(_, Test::Is(literal)) => literal.value().clone(),
        other => panic!("{typed}: {other:?}"),
    };
    assert!(expected(&value), "{typed}: {value:?}");
}

#[test]
fn literals_have_types() {
    use woodpile_query::Number::{Float, Int};
    means("a:404", |value| *value == Value::Number(Int(404)));
    means("a:-1.5", |value| *value == Value::Number(Float(-1.5)));
    means("a:1e3", |value| *value == Value::Number(Float(1e3)));
    means("a:250ms", |value| *value == Value::Duration(250e6));
    means("a:1m30s", |value| *value == Value::Duration(90e9));
    means("a:10KB", |value| *value == Value::Size(10_000.0));
    means("a:1.5MiB", |value| *value == Value::Size(1_572_864.0));
    means("a:true", |value| *value == Value::Bool(true));
    means("a:null", |value| *value == Value::Null);
    means("ip:10.0.0.1", |value| matches!(value, Value::Address(_)));
    means("ip:10.0.0.0/8", |value| matches!(value, Value::Network(_)));
    means("ip:2001:db8::/32", |value| matches!(value, Value::Network(_)));
    means("a:2026-11-22", |value| matches!(value, Value::Time(_)));
    means("level:warning", |value| matches!(value, Value::Level(_)));
    for text in ["a:nan", "a:inf", "a:now", "a:abc", "a:1.2.3", "a:10XB", "a:-", "level:loud"] {
        means(text, |value| *value == Value::Text);
    }
}

#[test]
fn networks_hold_their_addresses() {
    let holds =
        |network: &str, address: &str| match Literal::new(network, woodpile_query::Kind::Value)
            .value()
        {
            Value::Network(network) => network.contains(address.parse().unwrap()),
            other => panic!("{network}: {other:?}"),
        };
    assert!(holds("10.0.0.0/8", "10.200.3.4") && !holds("10.0.0.0/8", "11.0.0.1"));
    assert!(holds("10.0.0.0/8", "::ffff:10.0.0.1"));
    assert!(holds("0.0.0.0/0", "203.0.113.9") && !holds("0.0.0.0/0", "::1"));
    assert!(holds("2001:db8::/32", "2001:db8:1::1") && !holds("2001:db8::/32", "2001:db9::1"));
    assert!(holds("192.0.2.7/32", "192.0.2.7") && !holds("192.0.2.7/32", "192.0.2.6"));
}

#[test]
fn pipes_follow_the_filter() {
    check(
        "* | stats count(), p95(http.durationMs) by path | sort -count | limit 10",
        "* | stats count(), p95(http.durationMs) by path | sort -count() | limit 10",
    );
    check("error | stats by path", "error | stats count() by path");
    check("|stats count", "* | stats count()");
    check("* | timechart 1h count() by level", "* | timechart 1h count() by level");
    check("* | stats median(a) as m by time(15m), b", "* | stats p50(a) as m by time(15m), b");
    check("* | top path | head 3", "* | top path | limit 3");
    check("* | top 5 path, status", "* | top 5 path, status");
    check("* | sort time desc, +a, -b", "* | sort -time, a, -b");
    check("* | fields a, \"b c\"", "* | fields a, \"b c\"");
    check("* | uniq ip | sort ip", "* | uniq ip | sort ip");
    check("* | patterns | sort count()", "* | patterns | sort count()");
    check("* | dedup message", "* | dedup message");
    check("* | STATS P99.9(a) BY b", "* | stats p99.9(a) by b");
    check("* | stats count(*) as n | sort n", "* | stats count() as n | sort n");
    check(
        "* | stats max(\"a b\") by c | sort \"max(a b)\"",
        "* | stats max(\"a b\") by c | sort \"max(a b)\"",
    );
}

#[test]
fn what_was_probably_not_meant_is_told() {
    let known = ["http.status", "http.path", "message", "user", "cart.items"];
    let hints = |text: &str| {
        let query = parse(text).unwrap();
        woodpile_query::hints(&query, &known).iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    for (text, hint) in [
        ("staus:500", "no record has a field staus; did you mean status?"),
        ("* | top htp.path", "no record has a field htp.path; did you mean http.path?"),
        ("timeout or refused", "or is a word here; did you mean OR?"),
        ("-status>=500", "status>=500 is a word here; did you mean status:>=500?"),
    ] {
        assert_eq!(hints(text), [hint], "{text}");
    }
    for text in [
        "status:500 user:x http:* cart.items.0:1 time:today",
        "zebra:1",
        "* | top path | sort count",
        "\"or\" a->b x>1",
    ] {
        assert_eq!(hints(text), Vec::<String>::new(), "{text}");
    }
}
