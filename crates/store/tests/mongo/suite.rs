//! The suite that every store passes.

use crate::conformance::{self, Harness};
use crate::packed::{self, PackingStore, Share};
use crate::support::fresh_store;

/// One test for each case; those after `but` are beyond FerretDB and need a server of MongoDB's own.
macro_rules! cases {
    ($($case:ident),* ; but $($beyond:ident: $reason:literal,)*) => {
        $(
            #[test]
            fn $case() {
                let Some((_, store)) = fresh_store() else { return };
                conformance::$case(Harness::new(store, ()).store());
            }
        )*
        $(
            #[test]
            fn $beyond() {
                if woodpile_test_support::is_ferretdb() {
                    return woodpile_test_support::skip(concat!("FerretDB ", $reason));
                }
                let Some((_, store)) = fresh_store() else { return };
                conformance::$beyond(Harness::new(store, ()).store());
            }
        )*
    };
}

cases!(
    records_come_back_in_order,
    ties_are_told_apart_by_id,
    every_kind_of_timestamp_has_its_place,
    a_prune_is_exact_at_both_ends,
    both_directions_are_inverse,
    a_retry_changes_nothing,
    a_retry_of_a_part_adds_the_rest,
    duplicates_within_one_append_are_seen,
    the_same_id_with_other_bytes_stays_and_is_counted,
    fresh_ids_are_not_looked_up,
    a_record_without_an_id_is_refused,
    the_same_id_in_two_collections_is_two_records,
    large_records_come_back,
    nothing_appended_is_nothing_kept,
    many_collections_are_counted,
    followers_see_what_comes_and_not_what_was,
    followers_see_every_record_once,
    four_threads_append_at_once,
    threads_that_bring_the_same_add_it_once,
    reading_goes_on_while_others_append,
    stats_count_records_and_times,
    a_state_is_set_by_who_knows_its_version,
    states_are_listed_by_name_and_are_no_log,
    a_state_is_small,
    what_is_hot_is_read_alone,
    hot_records_are_found_by_id;
    but
    any_type_of_id_will_do: "takes the _id 1 and the date 1 for the same",
    odd_collection_names_are_kept_apart: "takes no quotes in a collection's name",
    every_type_comes_back_byte_for_byte: "ends the connection at types that it does not know",
    of_many_who_set_a_state_one_is_first: "reads what it updates and writes it in two steps",
    a_sound_store_has_no_findings: "ends the connection at types that it does not know",
);

/// The cases that hold whatever is packed, once with all of it packed at once, once with a part; without those that
/// are beyond FerretDB.
macro_rules! packed_cases {
    ($($share:ident: $packed:expr;)*) => {
        $(mod $share {
            use super::*;

            fn check(case: fn(&dyn woodpile_store::Store)) {
                let Some((_, store)) = fresh_store() else { return };
                case(&PackingStore::new(store, $packed));
            }

            packed_cases!(
                @tests
                conformance::records_come_back_in_order,
                conformance::ties_are_told_apart_by_id,
                conformance::every_kind_of_timestamp_has_its_place,
                conformance::a_prune_is_exact_at_both_ends,
                conformance::both_directions_are_inverse,
                conformance::a_retry_changes_nothing,
                conformance::a_retry_of_a_part_adds_the_rest,
                conformance::duplicates_within_one_append_are_seen,
                conformance::the_same_id_with_other_bytes_stays_and_is_counted,
                conformance::the_same_id_in_two_collections_is_two_records,
                conformance::large_records_come_back,
                conformance::nothing_appended_is_nothing_kept,
                conformance::many_collections_are_counted,
                conformance::four_threads_append_at_once,
                conformance::threads_that_bring_the_same_add_it_once,
                conformance::reading_goes_on_while_others_append,
                conformance::stats_count_records_and_times,
                packed::what_is_packed_is_hot_no_longer,
                packed::what_is_hot_is_forgotten_one_by_one,
                packed::one_packs_at_a_time,
            );

            #[test]
            fn whatever_moves_all_is_read_once() {
                if woodpile_test_support::is_ferretdb() {
                    // Few enough for an engine that looks through all documents for some.
                    return check(|store| packed::all_is_read_once(store, 2_500));
                }
                check(packed::whatever_moves_all_is_read_once);
            }

            #[test]
            fn what_is_merged_and_unpacked_is_as_it_was() {
                check(|store| packed::moved_it_is_as_it_was(store, crate::support::record(1)));
            }

            #[test]
            fn what_every_type_is_in_is_merged_and_unpacked_as_it_was() {
                if woodpile_test_support::is_ferretdb() {
                    return woodpile_test_support::skip("FerretDB does not know every type");
                }
                check(packed::what_is_merged_and_unpacked_is_as_it_was);
            }
        })*
    };
    (@tests $($module:ident::$case:ident),* $(,)?) => {
        $(
            #[test]
            fn $case() {
                check($module::$case);
            }
        )*
    };
}

packed_cases!(
    all_packed: Share::All;
    half_packed: Share::Half;
);
