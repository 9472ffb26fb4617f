//! Texts as templates and what fills them.
//!
//! A text is cut into words, numbers, times and what is between them. Words that stay are the template;
//! numbers, times and words that change are its slots, columns of their own. A part that says what another
//! field of the same record says (an access line's path) is a reference to that field and takes no room. A
//! text is rebuilt from its template, its slots and the fields, never by parsing.

mod address;
mod candidates;
mod clock;
mod column;
mod digits;
mod elsewhere;
mod fields;
mod found;
mod hex;
mod kind;
mod learn;
mod looks;
mod phrases;
mod reader;
mod rebuild;
mod shape;
mod slots;
mod spelled;
mod streams;
mod token;
mod uuid;
mod values;
mod vocabulary;
mod words;

pub(crate) use digits::{Decimal, decimal};
pub(crate) use elsewhere::Setting;
pub(crate) use fields::{ABSENT, FieldColumn, Fields, RowTime, double, row_on};
pub(crate) use learn::{Learned, learn};
pub(crate) use looks::{DECIMAL, Looks, Step};
pub(crate) use reader::{GroupSlots, SlotReader, Streams};
pub(crate) use rebuild::rebuild;
pub(crate) use shape::{Part, Template, Templates};
pub(crate) use values::{decode_words, encode_words};
