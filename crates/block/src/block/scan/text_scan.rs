//! Texts that match, as far as the block's own parts tell.

use super::Values;
use super::automaton::{Letters, TextMatch};
use super::literal::Literal;
use super::places::{Keep, Places};
use super::reach::{Reach, Unusual, Verdict};
use super::ways::{Way, Ways};
use crate::BlockError;
use crate::block::bytes::Bytes;
use crate::block::coding::Coding;
use crate::block::read::Block;
use crate::block::shared::TextColumn;
use crate::hash::HashMap;
use crate::shred::{Data, Kind};
use crate::template::Part;
use crate::texts::Texts;
use std::collections::BTreeMap;

/// What a block's own parts say about texts that are looked for in one of its columns: made once a block, for
/// [`Rows::narrow_text`](super::Rows::narrow_text).
#[derive(Debug, Clone)]
pub struct TextScan {
    pub(super) column: usize,
    pub(super) how: How,
}

#[derive(Debug, Clone)]
pub(super) enum How {
    /// No row matches.
    None,
    /// Rows of these combinations do.
    Keep(Keep),
    /// Each text has to be looked at.
    Each,
    Templates(ByTemplate),
}

/// Texts that are put together from templates.
#[derive(Debug, Clone)]
pub(super) struct ByTemplate {
    /// Whose rows all match.
    pub(super) always: Keep,
    /// Whose rows may match.
    pub(super) open: Vec<Among>,
}

/// Rows of some templates that have some values: they are in each of these.
#[derive(Debug, Clone)]
pub(super) struct Among(pub(super) Vec<Keep>);

impl Among {
    /// `None` where no row is.
    fn new(keeps: impl IntoIterator<Item = Keep>) -> Option<Self> {
        let mut own: Vec<Keep> = Vec::new();
        for keep in keeps {
            if !own.iter_mut().any(|own| own.and(&keep)) {
                own.push(keep);
            }
        }
        // The fewest first.
        own.sort_by_cached_key(Keep::share);
        (!own.iter().any(Keep::is_none)).then_some(Self(own))
    }

    fn share(&self) -> usize {
        self.0.first().map_or(0, Keep::share)
    }
}

impl TextScan {
    /// Whether no row of the block matches: its groups need not be read.
    pub fn is_none(&self) -> bool {
        match &self.how {
            How::None => true,
            How::Keep(keep) => keep.is_none(),
            How::Each => false,
            How::Templates(by) => by.always.is_none() && by.open.is_empty(),
        }
    }

    /// The column that is looked through.
    pub fn column(&self) -> usize {
        self.column
    }

    /// The combinations of the rows that match, where these tell.
    pub fn keep(&self) -> Option<&Keep> {
        match &self.how {
            How::Keep(keep) => Some(keep),
            _ => None,
        }
    }

    /// About how many of 1,000 rows have to be looked at, or match.
    pub fn share(&self) -> usize {
        match &self.how {
            How::None => 0,
            How::Keep(keep) => keep.share(),
            How::Each => 1_000,
            How::Templates(by) => {
                let open = by.open.iter().map(Among::share);
                open.fold(by.always.share(), usize::saturating_add).min(1_000)
            }
        }
    }

    /// Leaves out rows that one of these has anyway.
    pub fn leave_out(&mut self, known: &[&Keep]) {
        if let How::Templates(by) = &mut self.how {
            let is_known = |keep: &Keep| known.iter().any(|known| keep.is_within(known));
            by.open.retain(|among| !among.0.iter().any(is_known));
        }
    }
}

impl<B: Bytes> Block<B> {
    /// Looks for texts in what all groups share of a column: distinct values, templates. What is no text does not
    /// match; nor do records that are kept whole, which have to be looked at by themselves.
    ///
    /// # Errors
    /// Names the part that is damaged.
    pub fn text_scan(
        &self,
        column: usize,
        matcher: &dyn TextMatch,
    ) -> Result<TextScan, BlockError> {
        let coding = self.head.columns.get(column).map(|head| head.coding);
        let how = match coding.filter(|_| self.kind(column) == Kind::Texts) {
            Some(Coding::Dictionary) => self.scan_dictionary(column, matcher)?,
            Some(Coding::Templates) => self.scan_templates(column, matcher)?,
            Some(_) => How::Each,
            None => How::None,
        };
        Ok(TextScan { column, how })
    }

    fn scan_dictionary(&self, column: usize, matcher: &dyn TextMatch) -> Result<How, BlockError> {
        let Some(Values(Data::Texts(texts))) = self.values(column)? else { return Ok(How::None) };
        let found = matching(texts, matcher);
        if !found.contains(&true) {
            return Ok(How::None);
        }
        let Some(places) = self.places(column)? else { return Ok(How::None) };
        let keep = places.keep(|place| place.is_some_and(|at| found.get(at) == Some(&true)));
        Ok(How::Keep(keep))
    }

    fn scan_templates(&self, column: usize, matcher: &dyn TextMatch) -> Result<How, BlockError> {
        let Some(texts) = self.text_column(column)? else { return Ok(How::None) };
        // What looking for them may need is read here, where it can still be said that it is damaged.
        for field in texts.references() {
            self.shared(field as usize)?;
        }
        let mut found = Found::default();
        let every = 0..texts.templates.0.len();
        let undecided = match matcher.literal().and_then(Literal::new) {
            Some(literal) => self.by_ways(texts, literal, every, &mut found)?,
            None => every.collect(),
        };
        if undecided.is_empty() && found.open.is_empty() {
            return Ok(How::None);
        }
        let Some(places) = self.places(column)? else { return Ok(How::None) };
        self.by_automaton((texts, &places), matcher, undecided, &mut found)?;
        let has = |templates: &[usize], place: Option<usize>| {
            place.is_some_and(|place| templates.binary_search(&place).is_ok())
        };
        let mut always = places.keep(|place| has(&found.always, place));
        let mut open = Vec::new();
        if !always.is_none() && self.letters(texts)? > matcher.exact_in() {
            open.extend(Among::new([always.clone()]));
            always = places.keep(|_| false);
        }
        for (templates, values) in found.open {
            let templates = places.keep(|place| has(&templates, place));
            open.extend(Among::new(std::iter::once(templates).chain(values)));
        }
        if always.is_none() && open.is_empty() {
            return Ok(How::None);
        }
        Ok(How::Templates(ByTemplate { always, open }))
    }

    /// Finds the rows of templates in which a literal may lie; gives the templates in which that says nothing.
    fn by_ways(
        &self,
        texts: &TextColumn,
        literal: Literal<'_>,
        templates: impl Iterator<Item = usize>,
        found: &mut Found,
    ) -> Result<Vec<usize>, BlockError> {
        let mut ways = Ways::new(self, texts, literal);
        let mut undecided = Vec::new();
        let mut of_way: BTreeMap<Way, Vec<usize>> = BTreeMap::new();
        for template in templates {
            for way in ways.of(template) {
                if way.is_empty() {
                    undecided.push(template);
                } else {
                    of_way.entry(way).or_default().push(template);
                }
            }
        }
        for (way, templates) in of_way {
            let mut values = Vec::with_capacity(way.len());
            for asked in way {
                let passing = ways.passing(asked).unwrap_or_default();
                values.extend(self.keep_values(asked.column, &passing)?);
            }
            found.open.push((templates, values));
        }
        Ok(undecided)
    }

    /// The combinations that have one of these values.
    fn keep_values(&self, column: u32, of: &[bool]) -> Result<Option<Keep>, BlockError> {
        let places = self.places(column as usize)?;
        let is_one = |place: Option<usize>| place.is_some_and(|at| of.get(at) == Some(&true));
        Ok(places.map(|places| places.keep(is_one)))
    }

    /// Finds what an automaton tells of templates.
    fn by_automaton(
        &self,
        (texts, places): (&TextColumn, &Places),
        matcher: &dyn TextMatch,
        templates: Vec<usize>,
        found: &mut Found,
    ) -> Result<(), BlockError> {
        let Some(automaton) = matcher.automaton() else {
            found.open.push((templates, Vec::new()));
            return Ok(());
        };
        let mut named = vec![false; texts.templates.0.len()];
        places.keep(|place| {
            place.and_then(|place| named.get_mut(place)).is_some_and(|named| {
                *named = true;
                true
            })
        });
        let is_named = |template: &usize| named.get(*template) == Some(&true);
        let mut reach = Reach::new(self, texts, automaton);
        let (mut unknown, mut unusual) = (Vec::new(), HashMap::default());
        for template in templates.into_iter().filter(is_named) {
            match reach.verdict(template) {
                Verdict::Never => {}
                Verdict::Always => found.always.push(template),
                Verdict::Open => match reach.unusual(template) {
                    Some(all) => {
                        for Unusual { column, of } in all {
                            let templates: &mut Vec<usize> =
                                unusual.entry((column, of)).or_default();
                            templates.push(template);
                        }
                    }
                    None => unknown.push(template),
                },
            }
        }
        found.open.push((unknown, Vec::new()));
        for ((column, of), templates) in unusual {
            let values = self.keep_values(column, &of)?;
            found.open.push((templates, values.into_iter().collect()));
        }
        Ok(())
    }

    /// What the block's own parts of texts consist of: literals, lists, the values of fields.
    pub(super) fn letters(&self, texts: &TextColumn) -> Result<Letters, BlockError> {
        let parts = texts.templates.0.iter().flat_map(|template| &template.0);
        let mut letters = Letters::Ascii;
        for part in parts {
            if let Part::Literal(text) = part {
                letters = letters.max(Letters::of(text));
            }
        }
        for list in texts.slots.lists() {
            letters = letters.max(list.letters());
        }
        let mut columns: Vec<u32> = texts.references().collect();
        columns.sort_unstable();
        columns.dedup();
        for column in columns {
            self.shared(column as usize)?;
            if let Some(Data::Texts(values)) = self.dictionary(column as usize) {
                letters = letters.max(values.letters());
            }
        }
        Ok(letters)
    }
}

/// What was found about the templates of a column, whose numbers rise.
#[derive(Debug, Default)]
struct Found {
    /// All of whose texts match.
    always: Vec<usize>,
    /// Those of whose texts may match that have all of these values.
    open: Vec<(Vec<usize>, Vec<Keep>)>,
}

/// Which of the texts match.
pub(super) fn matching(texts: &Texts, matcher: &dyn TextMatch) -> Vec<bool> {
    let Some(literal) = matcher.literal().and_then(Literal::new) else {
        return texts.iter().map(|text| matcher.is_match(text)).collect();
    };
    let mut found = literal.find_in(texts);
    for (found, text) in found.iter_mut().zip(texts.iter()).filter(|(found, _)| **found) {
        *found = matcher.is_match(text);
    }
    found
}

impl Texts {
    /// What the texts consist of.
    pub(super) fn letters(&self) -> Letters {
        match Letters::of(self.as_bytes()) {
            // Two that are no UTF-8 may be some together.
            Letters::Unicode => self.iter().map(Letters::of).max().unwrap_or(Letters::Ascii),
            letters => letters,
        }
    }
}
