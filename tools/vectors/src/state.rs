//! Cases of the program's state: what it makes of its accounts at a moment.

mod epochs;
mod slates;
mod stakes;
mod streams;

use crate::Section;

/// Unix seconds around which everything happens.
pub const NOW: i64 = 1_700_000_000;

/// Every section of the state.
pub fn sections() -> Vec<Section> {
    let mut sections = streams::sections();
    sections.extend(stakes::sections());
    sections.extend(epochs::sections());
    sections.extend(slates::sections());
    sections
}
