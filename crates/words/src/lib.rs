//! What the programs of this project write for people: numbers, dates, pages and progress.
#![deny(missing_docs)]

pub mod format;
pub mod page;
pub mod progress;
