//! What stands between a line's time and its text, as Python's, Java's and many other loggers are told to write it:
//! a level, and around it a process, a thread and a logger in any of the usual orders and brackets.

use crate::level::is_level;
use crate::scan::Scan;
use woodpile_record::Entry;

/// Whose habits the header shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// ` - name - LEVEL - text`, `LEVEL in module: text`, `:name:LEVEL:text`.
    Python,
    /// A thread in brackets, or a logger behind the level.
    Java,
    /// A level alone.
    Bare,
}

/// Reads the header after a time. What it says goes to `entry`, the text after it becomes the message. `None`
/// if there is no level.
pub(crate) fn read<'a>(scan: Scan<'a>, entry: &mut Entry<'a>) -> Option<Style> {
    let mut scan = scan;
    let colons = scan.peek() == Some(b':');
    let style =
        if colons { with_colons(&mut scan, entry)? } else { with_blanks(&mut scan, entry)? };
    entry.message = scan.rest().into();
    Some(style)
}

/// `:LEVEL:text`, `:name:LEVEL:text` (Python), `:LEVEL:name:text` (Jetty).
fn with_colons<'a>(scan: &mut Scan<'a>, entry: &mut Entry<'a>) -> Option<Style> {
    scan.eat(":")?;
    let first = scan.until(b':')?;
    if is_level(first) {
        entry.level = Some(first.into());
        let mut after = *scan;
        if let Some(name) = after.until(b':').filter(|name| is_logger(name) && name.contains('.')) {
            entry.logger_name = Some(name.into());
            *scan = after;
        }
        return Some(Style::Python);
    }
    let level = scan.until(b':').filter(|level| is_level(level) && is_logger(first))?;
    entry.logger_name = Some(first.into());
    entry.level = Some(level.into());
    Some(Style::Python)
}

fn with_blanks<'a>(scan: &mut Scan<'a>, entry: &mut Entry<'a>) -> Option<Style> {
    let before = before_level(scan, entry)?;
    separator(scan);
    let after = after_level(scan, entry);
    Some(match (before, after) {
        (Style::Bare, after) => after,
        (before, _) => before,
    })
}

/// At most a name or thread, and a process, then the level.
fn before_level<'a>(scan: &mut Scan<'a>, entry: &mut Entry<'a>) -> Option<Style> {
    /// More than these are a text that happens to have a level in it.
    const MAX_ITEMS: usize = 3;
    let mut style = Style::Bare;
    for _ in 0..MAX_ITEMS {
        separator(scan);
        if let Some(text) = scan.bracketed() {
            match in_brackets(text.trim(), entry) {
                Bracket::Level(found) => {
                    return Some(if found == Style::Bare { style } else { found });
                }
                Bracket::Process => {}
                Bracket::Thread => style = Style::Java,
            }
            continue;
        }
        let word = scan.word()?;
        let bare = word.strip_suffix(':').unwrap_or(word);
        if is_level(bare) {
            entry.level = Some(bare.into());
            return Some(style);
        }
        if let Some((channel, level)) = monolog(word) {
            entry.logger_name = Some(channel.into());
            entry.level = Some(level.into());
            return Some(style);
        }
        if let Ok(process) = word.parse() {
            entry.process = Some(process);
        } else if scan.rest().starts_with(" - ") && is_logger(word) {
            entry.logger_name = Some(word.into());
            style = Style::Python;
        } else {
            return None;
        }
    }
    None
}

/// Monolog's `channel.LEVEL:`, as Laravel and Symfony write it.
fn monolog(word: &str) -> Option<(&str, &str)> {
    let (channel, level) = word.strip_suffix(':')?.rsplit_once('.')?;
    let shouted = level.bytes().all(|byte| byte.is_ascii_uppercase());
    (shouted && is_level(level) && is_logger(channel)).then_some((channel, level))
}

/// What stood in brackets before or as the level.
enum Bracket {
    Level(Style),
    Process,
    Thread,
}

/// A level (`[INFO]`, heroku-log4mongo's `[INFO/APPLICATION]`), a process (`[12]`), else a thread.
fn in_brackets<'a>(text: &'a str, entry: &mut Entry<'a>) -> Bracket {
    let (level, name) = match text.split_once('/') {
        Some((level, name)) => (level, Some(name)),
        None => (text, None),
    };
    if is_level(level) {
        entry.level = Some(level.into());
        entry.logger_name = name.map(Into::into);
        return Bracket::Level(if name.is_some() { Style::Python } else { Style::Bare });
    }
    if let Ok(process) = text.parse() {
        entry.process = Some(process);
        return Bracket::Process;
    }
    entry.thread_name = Some(text.into());
    Bracket::Thread
}

/// Blanks, and a dash or a bar among them.
fn separator(scan: &mut Scan<'_>) {
    scan.blanks();
    for mark in ["- ", "| "] {
        if scan.eat(mark).is_some() {
            scan.blanks();
        }
    }
}

fn after_level<'a>(scan: &mut Scan<'a>, entry: &mut Entry<'a>) -> Style {
    let attempts: [for<'s> fn(&mut Scan<'s>, &mut Entry<'s>) -> Option<Style>; 5] =
        [flask, spring, zookeeper, thread_and_logger, logger];
    attempts.iter().find_map(|attempt| attempt(scan, entry)).unwrap_or(Style::Bare)
}

/// Flask's ` in module: text`.
fn flask<'a>(scan: &mut Scan<'a>, entry: &mut Entry<'a>) -> Option<Style> {
    let mut after = *scan;
    after.eat("in ")?;
    let module = after.until_text(": ").filter(|module| is_logger(module))?;
    entry.module = Some(module.into());
    *scan = after;
    Some(Style::Python)
}

/// Spring Boot's `1234 --- [app] [thread] logger : text`.
fn spring<'a>(scan: &mut Scan<'a>, entry: &mut Entry<'a>) -> Option<Style> {
    let mut after = *scan;
    let process = after.integer()?;
    after.eat(" --- ")?;
    let mut thread = after.bracketed()?;
    after.blanks();
    let mut app = None;
    if let Some(second) = after.bracketed() {
        app = Some(thread);
        thread = second;
    }
    after.blanks();
    let name = after.word()?;
    after.blanks();
    after.eat(":")?;
    let _ = after.eat(" ");
    entry.process = Some(process);
    entry.thread_name = Some(thread.trim().into());
    entry.app = app.map(|app| app.trim().into());
    entry.logger_name = Some(name.into());
    *scan = after;
    Some(Style::Java)
}

/// `ZooKeeper`'s `[thread:Class@line] - text`.
fn zookeeper<'a>(scan: &mut Scan<'a>, entry: &mut Entry<'a>) -> Option<Style> {
    let mut after = *scan;
    let (head, line) = after.bracketed()?.rsplit_once('@')?;
    let line = line.parse().ok()?;
    let (thread, class) = head.rsplit_once(':')?;
    after.eat(" - ")?;
    entry.thread_name = Some(thread.into());
    entry.logger_name = Some(class.into());
    entry.line_number = Some(line);
    *scan = after;
    Some(Style::Java)
}

/// `[thread] logger: text`: brackets without a logger behind them belong to the text.
fn thread_and_logger<'a>(scan: &mut Scan<'a>, entry: &mut Entry<'a>) -> Option<Style> {
    let mut after = *scan;
    let thread = after.bracketed()?;
    after.gap()?;
    logger(&mut after, entry)?;
    match thread.parse() {
        Ok(process) => entry.process = Some(process),
        Err(_) => entry.thread_name = Some(thread.trim_end().into()),
    }
    *scan = after;
    Some(Style::Java)
}

/// `logger: text`, `logger - text`, `logger : text`, and loguru's `module:function:12 - text`.
fn logger<'a>(scan: &mut Scan<'a>, entry: &mut Entry<'a>) -> Option<Style> {
    let mut after = *scan;
    let word = after.word()?;
    let name = word.strip_suffix(':').unwrap_or(word);
    if name.len() < word.len() {
        after.eat(" ")?;
    } else {
        after.blanks();
        // OpenStack writes a request's id in brackets behind the logger.
        let id_follows = name.contains('.') && after.peek() == Some(b'[');
        after.eat("- ").or_else(|| after.eat(": ")).or(id_follows.then_some(()))?;
    }
    if !is_logger(name) || entry.logger_name.is_some() {
        return None;
    }
    *scan = after;
    if let Some((module, method, line)) = loguru(name) {
        entry.logger_name = Some(module.into());
        entry.method = Some(method.into());
        entry.line_number = Some(line);
        return Some(Style::Python);
    }
    entry.logger_name = Some(name.into());
    Some(Style::Java)
}

fn loguru(name: &str) -> Option<(&str, &str, i64)> {
    let (rest, line) = name.rsplit_once(':')?;
    let (module, method) = rest.rsplit_once(':')?;
    Some((module, method, line.parse().ok()?))
}

/// Whether a word is a logger's name rather than the first of a text: lower case or with an inner mark or capital
/// (`shop.cart`, `root`, `OrderService`, `o.a.c.C.[Tomcat]`), not `Starting`.
pub(crate) fn is_logger(word: &str) -> bool {
    let Some(first) = word.bytes().next() else { return false };
    let plain =
        word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.$/-:[]<>#".contains(&byte));
    if !plain || !(first.is_ascii_alphabetic() || first == b'_') || word.contains("//") {
        return false;
    }
    first.is_ascii_lowercase()
        || first == b'_'
        || word.bytes().skip(1).any(|byte| byte.is_ascii_uppercase() || b".$:_".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logger_is_told_from_a_text() {
        for word in ["shop.cart", "root", "OrderService", "a.b.C$D", "shop::cart", "__main__"] {
            assert!(is_logger(word), "{word}");
        }
        for word in ["", "Starting", "7", "http://x", "a,b", "-"] {
            assert!(!is_logger(word), "{word}");
        }
    }
}
