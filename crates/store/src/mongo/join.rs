use std::borrow::Cow;
use woodpile_record::Batch;

/// The batches, all of one collection as one: each costs a round trip to the server.
pub(super) fn joined<'b>(batches: &[(&'b str, &'b Batch)]) -> Vec<(&'b str, Cow<'b, Batch>)> {
    let mut joined: Vec<(&str, Cow<'_, Batch>)> = Vec::new();
    for &(name, batch) in batches {
        match joined.iter_mut().find(|(known, _)| *known == name) {
            Some((_, all)) => batch.iter().for_each(|record| all.to_mut().push(record)),
            None => joined.push((name, Cow::Borrowed(batch))),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use bson::rawdoc;

    #[test]
    fn each_collection_comes_once_with_all_its_records_in_order() {
        let batch = |ids: &[i32]| -> Batch {
            let records: Vec<_> = ids.iter().map(|id| rawdoc! { "_id": *id }).collect();
            records.iter().map(|record| &**record).collect()
        };
        let (first, other, more) = (batch(&[1, 2]), batch(&[3]), batch(&[4]));
        let joined = joined(&[("a", &first), ("b", &other), ("a", &more)]);
        let ids: Vec<_> = joined
            .iter()
            .map(|(name, batch)| {
                let ids: Vec<_> = batch.iter().map(|it| it.get_i32("_id").unwrap()).collect();
                (*name, ids)
            })
            .collect();
        assert_eq!(ids, [("a", vec![1, 2, 4]), ("b", vec![3])]);
    }
}
