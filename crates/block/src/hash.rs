//! Maps and sets with a hash that is quick for short keys. It is seeded: who writes logs cannot choose what collides.

use foldhash::fast::RandomState;

pub(crate) type HashMap<K, V> = std::collections::HashMap<K, V, RandomState>;
pub(crate) type HashSet<K> = std::collections::HashSet<K, RandomState>;
