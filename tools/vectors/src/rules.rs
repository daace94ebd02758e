//! Cases of the pure rules, by what they decide.

mod allocation;
mod arithmetic;
mod outcome;
mod outflow;
mod review;
mod risk;
mod stream;
mod weight;

use crate::Section;

/// Every section of the rules.
pub fn sections() -> Vec<Section> {
    let mut sections = arithmetic::sections();
    sections.extend(weight::sections());
    sections.extend(outcome::sections());
    sections.extend(allocation::sections());
    sections.extend(stream::sections());
    sections.extend(review::sections());
    sections.extend(risk::sections());
    sections.extend(outflow::sections());
    sections
}
