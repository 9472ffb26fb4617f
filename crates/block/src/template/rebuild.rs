use super::digits::Decimal;
use super::fields::Fields;
use super::reader::GroupSlots;
use super::shape::{Part, Template, Templates};
use super::values::MAX_GROUP_BYTES;
use crate::texts::Texts;

/// Rebuilds the texts of a group: `ids` are their templates, `rows` the rows they stand in.
pub(crate) fn rebuild(
    templates: &Templates,
    ids: &[u32],
    rows: impl Iterator<Item = usize>,
    fields: &Fields<'_>,
    slots: &mut GroupSlots<'_>,
) -> Option<Texts> {
    let mut texts = Texts::with_room(ids.len());
    for (&id, row) in ids.iter().zip(rows) {
        let template = templates.0.get(id as usize)?;
        texts.push_with(|text| write_text(template, (id, row), fields, slots, text))?;
        (texts.as_bytes().len() <= MAX_GROUP_BYTES).then_some(())?;
    }
    Some(texts)
}

/// Appends the next text of a template, which has this number, in a row.
fn write_text(
    template: &Template,
    (id, row): (u32, usize),
    fields: &Fields<'_>,
    slots: &mut GroupSlots<'_>,
    text: &mut Vec<u8>,
) -> Option<()> {
    let mut slot = 0;
    for part in &template.0 {
        match part {
            Part::Literal(literal) => text.extend_from_slice(literal),
            Part::Field(field) => {
                text.extend_from_slice(fields.text(*field, row, &mut Decimal::default())?);
            }
            _ => {
                slots.write(id, slot, &fields.of(row), text)?;
                slot += 1;
            }
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::{FieldColumn, Setting, SlotReader, learn};
    use proptest::prelude::*;

    /// Writes and reads texts in groups; tells the bytes of templates and slots.
    fn check(texts: &Texts, fields: &Fields<'_>, group: usize) -> usize {
        let rows: Vec<u32> = (0..).take(texts.len()).collect();
        let learned = learn(texts, &rows, fields);
        let groups: Vec<_> = (0..texts.len())
            .step_by(group)
            .map(|start| start..texts.len().min(start + group))
            .collect();
        let (shared, chunks) = learned.slots.encode(
            &learned.ids,
            &Setting { rows: &rows, groups: &groups, fields },
            19,
        );
        let templates = learned.templates.write(3);
        let size = templates.len() + shared.len() + chunks.iter().map(Vec::len).sum::<usize>();
        let templates = Templates::read(&templates).expect("templates");
        assert_eq!(templates, learned.templates);
        let reader = SlotReader::read(&shared, &templates).expect("slots");
        for (range, chunk) in groups.into_iter().zip(&chunks) {
            let ids = &learned.ids[range.clone()];
            let mut slots = reader.group(chunk, ids).expect("a group");
            let rebuilt =
                rebuild(&templates, ids, range.clone(), fields, &mut slots).expect("texts");
            let expected: Texts = range.filter_map(|at| texts.get(at)).collect();
            assert_eq!(rebuilt, expected);
        }
        size
    }

    fn texts(lines: impl Iterator<Item = String>) -> Texts {
        let mut texts = Texts::default();
        for line in lines {
            texts.push(line.as_bytes());
        }
        texts
    }

    #[test]
    fn what_a_text_repeats_of_its_fields_costs_nothing() {
        let paths = texts((0..5_000).map(|row| format!("/orders/{}", row * 7_919 % 4_999)));
        let statuses: Vec<i64> = (0..5_000).map(|row| [200, 404, 500][row % 3]).collect();
        let times: Vec<i64> = (0..5_000).map(|row| 1_795_332_769_000 + row * 1_337).collect();
        let places: Vec<u32> = (0..5_000).collect();
        let columns = vec![
            (3, FieldColumn::Texts(&paths, &places)),
            (4, FieldColumn::Ints(&statuses, &places)),
        ];
        let fields = Fields::new(columns, Some(&times));
        let lines = (0..5_000).map(|row| {
            let second = (times[row] / 1_000 - 1_795_332_769) + 7 * 3600 + 32 * 60 + 49;
            let clock = format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
            format!(
                "- [22/Nov/2026:{clock} +0000] \"GET /orders/{} HTTP/1.1\" {}",
                row * 7_919 % 4_999,
                statuses[row]
            )
        });
        let size = check(&texts(lines), &fields, 1_000);
        assert!(size < 400, "{size}");
    }

    #[test]
    fn words_that_change_become_slots() {
        let names = [
            "anna", "bert", "carl", "dora", "emil", "fred", "gina", "hans", "ida", "jan", "kim",
            "lea",
        ];
        let lines = (0..6_000)
            .map(|row| format!("user {} logged in after {} ms", names[row * row % 12], row % 50));
        let size = check(&texts(lines), &Fields::default(), 2_000);
        assert!(size < 9_000, "{size}");
    }

    #[test]
    fn odd_texts_come_back() {
        let odd = [
            "",
            "0",
            "007",
            "a007",
            "-0",
            "12345678901234567890",
            "deadbeef01",
            "DEADBEEF01",
            "é1",
            "\u{0}\u{1}",
            "1.50",
            "0.05",
        ];
        check(
            &texts(odd.iter().cycle().take(100).map(|text| (*text).to_owned())),
            &Fields::default(),
            7,
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_texts_come_back(lines in proptest::collection::vec("[a-c ]{0,4}[0-9:.]{0,6}[a-f0-9]{0,9}", 0..120), group in 1..50_usize) {
            check(&texts(lines.into_iter()), &Fields::default(), group);
        }

        #[test]
        fn any_bytes_come_back(lines in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..20), 0..60)) {
            let all: Texts = lines.iter().map(Vec::as_slice).collect();
            check(&all, &Fields::default(), 16);
        }
    }
}
