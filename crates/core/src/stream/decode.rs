//! What every decoder of a body has in common: bytes in, items out, no I/O.

use std::ops::Range;

use bytes::Bytes;

use crate::error::Error;

/// Turns pieces of a body into items. Items are slices of the slab where they lie in one piece, and copies where they do not.
pub trait Decoder {
    /// What comes out.
    type Item;

    /// Takes `slab[range]`, the next bytes of the body. Items found before an error are in `items`.
    ///
    /// # Errors
    /// When the bytes are not what the decoder reads, or exceed its bounds.
    fn push(
        &mut self,
        slab: &Bytes,
        range: Range<usize>,
        items: &mut Vec<Self::Item>,
    ) -> Result<(), Error>;

    /// The body ended cleanly: the last item, if the end completes one.
    ///
    /// # Errors
    /// `Truncated` when the end cuts an item.
    fn finish(&mut self) -> Result<Option<Self::Item>, Error>;

    /// The body broke off: what can be told of the item that was cut.
    fn cut(&mut self) -> Option<Self::Item> {
        None
    }
}
