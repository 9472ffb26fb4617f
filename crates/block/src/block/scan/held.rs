use super::{Places, Values};
use crate::block::bytes::Bytes;
use crate::block::filter::TokenFilter;
use crate::block::head::Part;
use crate::block::read::Block;
use crate::block::shared::{Shared, Units};
use crate::block::summary::Summary;
use crate::template;

impl<B: Bytes> Block<B> {
    /// About the bytes of memory that what was read so far takes: the head, and what all groups share.
    pub fn bytes(&self) -> usize {
        let shapes = self.head.shapes.shapes.iter();
        let steps: usize = shapes.map(|shape| size_of_val(shape.steps.as_slice())).sum();
        let shared = self.columns.iter().filter_map(|column| column.get());
        self.head.parts.len() * size_of::<Part>()
            + steps
            + shared.map(Shared::bytes).sum::<usize>()
            + self.units.get().map_or(0, Units::bytes)
            + self.summary.get().and_then(Option::as_ref).map_or(0, Summary::bytes)
            + self.places.sum(Places::bytes)
            + self.filter.get().and_then(Option::as_ref).map_or(0, TokenFilter::bytes)
    }
}

impl Units {
    fn bytes(&self) -> usize {
        size_of_val(self.shapes.as_slice()) + self.correlation.bytes()
    }
}

impl Shared {
    fn bytes(&self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::Values(values) => Values(values).bytes(),
            Self::Texts(texts) => {
                let parts = texts.templates.0.iter().flat_map(|template| &template.0);
                let part = |part: &template::Part| match part {
                    template::Part::Literal(text) => size_of::<template::Part>() + text.len(),
                    _ => size_of::<template::Part>(),
                };
                size_of_val(texts.order.as_slice()) + parts.map(part).sum::<usize>()
            }
        }
    }
}
