//! What of a panic's backtrace tells about the program, as std's own short backtraces have it.

/// The frame of Rust's entry to a panic: above it are the hook and std.
const PANIC_BEGINS: &str = "rust_begin_unwind";
/// What std calls between that entry and the code that panicked.
const PANIC_MACROS: &str = "core::panicking::";
/// The frame under which std starts a thread or `main`.
const THREAD_BEGINS: &str = "__rust_begin_short_backtrace";

/// The frames of the program alone; all of them where std's frames cannot be told by name.
pub(crate) fn of_program(backtrace: &str) -> &str {
    let start = frames(backtrace)
        .skip_while(|frame| !frame.name.contains(PANIC_BEGINS))
        .skip(1)
        .find(|frame| !frame.name.starts_with(PANIC_MACROS))
        .map_or(0, |frame| frame.at);
    let end = frames(backtrace)
        .find(|frame| frame.at > start && frame.name.contains(THREAD_BEGINS))
        .map_or(backtrace.len(), |frame| frame.at);
    backtrace.get(start..end).unwrap_or(backtrace)
}

struct Frame<'b> {
    /// The offset of its first line.
    at: usize,
    name: &'b str,
}

/// Each frame begins with a line `  12: name`; the line below it, where there is one, says the place.
fn frames(backtrace: &str) -> impl Iterator<Item = Frame<'_>> {
    let mut next = 0;
    backtrace.split_inclusive('\n').filter_map(move |line| {
        let at = next;
        next += line.len();
        let (number, name) = line.trim().split_once(": ")?;
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then_some(Frame { at, name })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOOK: &str =
        "   0: note\n             at ./panics.rs:78:25\n   1: std::panicking::panic_with_hook\n";
    const PANIC: &str = "   2: __rustc::rust_begin_unwind\n   3: core::panicking::panic_fmt\n";
    const PROGRAM: &str = "   4: shop::pay\n             at ./shop.rs:41:5\n   5: shop::main\n";
    const START: &str = "   6: std::sys::backtrace::__rust_begin_short_backtrace\n   7: main\n";

    #[test]
    fn the_programs_frames_are_what_is_left() {
        for (parts, expected) in [
            (&[HOOK, PANIC, PROGRAM, START][..], PROGRAM),
            (&[HOOK, PANIC, PROGRAM], PROGRAM),
            (&[PROGRAM, START], PROGRAM),
            (&[PROGRAM], PROGRAM),
            (&["   0: <unknown>\n"], "   0: <unknown>\n"),
            (&[""], ""),
        ] {
            assert_eq!(of_program(&parts.concat()), expected, "{parts:?}");
        }
    }
}
