//! Reads participatory-budget elections in the Pabulib `.pb` format.
//!
//! A `.pb` file is UTF-8 text with three sections, in this order: `META` (keys and values),
//! `PROJECTS` (one project a line) and `VOTES` (one ballot a line). Each section starts with a line
//! holding only its name, then a line naming its columns, then its rows; values are separated by
//! semicolons. A value that holds a semicolon or starts with a quotation mark is written in
//! quotation marks, with each mark inside doubled. The format is described at
//! <https://pabulib.org/format>.
//!
//! What this reader accepts, beyond the description's letter, because published files need it:
//!
//! * a byte order mark, CRLF line ends, blank lines, spaces around values, and the empty columns a
//!   spreadsheet leaves after a section's name;
//! * a `META` section without its `key;value` line;
//! * columns in any order, and columns it does not know, which it ignores.
//!
//! What it refuses, it refuses with an [`Error`] that names one line and one column. A quoted value
//! ends on the line it starts on: a missing quotation mark is then reported where it is, instead of
//! swallowing the ballots after it.
//!
//! ```
//! let election = pabulib::parse(
//!     "META\nkey;value\nbudget;100.50\nvote_type;approval\n\
//!      PROJECTS\nproject_id;cost;name\n7;60;Benches\n9;80;Trees\n\
//!      VOTES\nvoter_id;vote\nanna;7,9\nbela;9\n",
//! )?;
//! assert_eq!(election.budget_cents, 10_050);
//! assert_eq!(election.projects[0].name, "Benches");
//! assert_eq!(election.voters[0].approved, [0, 1]);
//! assert_eq!(election.votes_per_project(), [1, 2]);
//! # Ok::<(), pabulib::Error>(())
//! ```

#![deny(missing_docs)]
#![cfg_attr(
    not(test),
    deny(
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice,
        clippy::unwrap_used
    )
)]

mod amount;
mod error;
mod parse;
mod row;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

pub use error::{Error, ErrorKind, Item, ReadError, Section};

/// One election: what the money is, what it may be spent on, and who approved what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Election {
    /// The `description` key of `META`, or empty if it has none.
    pub description: String,
    /// Every key and value of `META` as written, those with a field here included.
    pub meta: BTreeMap<String, String>,
    /// The `currency` key of `META`: by the format an ISO 4217 code such as `EUR`, kept as written.
    /// Many published files have none.
    pub currency: Option<String>,
    /// The money to spend, in hundredths of the currency's unit; never zero.
    pub budget_cents: u64,
    /// What a ballot says about the projects it lists.
    pub vote_type: VoteType,
    /// The projects, in the file's order; ids are unique.
    pub projects: Vec<Project>,
    /// The ballots, in the file's order; voter ids are unique.
    pub voters: Vec<Voter>,
}

/// One project on the ballot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// The id votes refer to; not necessarily a number.
    pub id: String,
    /// The money the project needs, in hundredths of the currency's unit; never zero.
    pub cost_cents: u64,
    /// The full name, or empty if the file gives none.
    pub name: String,
    /// The categories as written, separated by commas if there are several.
    pub category: Option<String>,
    /// The number of votes the file states, which may differ from the ballots it lists: the official
    /// count and the published ballots can come from two sources. Compare with
    /// [`Election::votes_per_project`].
    pub votes: Option<u64>,
    /// The `selected` column as written: 0 not selected, 1 selected; other values mark cases a file
    /// explains in its comment. `None` if the file does not say.
    pub selected: Option<u8>,
}

/// One ballot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voter {
    /// The voter's id in the file; it identifies no person.
    pub id: String,
    /// The projects on the ballot as indices into [`Election::projects`], in the ballot's order,
    /// each at most once. For vote types other than approval these are the projects the ballot
    /// lists, without their ranks' or points' meaning.
    pub approved: Vec<u16>,
}

/// What a ballot says about the projects it lists: the `vote_type` key of `META`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VoteType {
    /// A set of approved projects.
    Approval,
    /// Projects from the most to the least preferred.
    Ordinal,
    /// Points shared out among the projects, from a fixed sum.
    Cumulative,
    /// Points for each project, independent of the others.
    Scoring,
    /// One project.
    Choose1,
    /// Any other value, as written.
    Other(String),
}

impl VoteType {
    fn from_text(text: &str) -> Self {
        match text {
            "approval" => Self::Approval,
            "ordinal" => Self::Ordinal,
            "cumulative" => Self::Cumulative,
            "scoring" => Self::Scoring,
            "choose-1" => Self::Choose1,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl fmt::Display for VoteType {
    /// Writes the value as it stands in a `.pb` file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Approval => "approval",
            Self::Ordinal => "ordinal",
            Self::Cumulative => "cumulative",
            Self::Scoring => "scoring",
            Self::Choose1 => "choose-1",
            Self::Other(other) => other,
        })
    }
}

impl Project {
    /// Whether the file says the project was selected, that is, `selected` is exactly 1; `None` if
    /// the file does not say.
    pub fn is_selected(&self) -> Option<bool> {
        self.selected.map(|value| value == 1)
    }
}

impl Election {
    /// How many ballots list each project, in the order of [`Election::projects`].
    ///
    /// Indices that name no project, which [`parse`] never produces, are not counted.
    pub fn votes_per_project(&self) -> Vec<u64> {
        let mut counts = vec![0_u64; self.projects.len()];
        for index in self.voters.iter().flat_map(|voter| &voter.approved) {
            if let Some(count) = counts.get_mut(usize::from(*index)) {
                *count += 1;
            }
        }
        counts
    }
}

/// Reads the election in the file at `path`.
///
/// The whole file is held in memory while it is read.
///
/// # Errors
///
/// [`ReadError::Io`] if the file cannot be read, [`ReadError::Format`] if it is not an election.
pub fn read(path: impl AsRef<Path>) -> Result<Election, ReadError> {
    let path = path.as_ref();
    let bytes =
        std::fs::read(path).map_err(|source| ReadError::Io { path: path.to_owned(), source })?;
    parse(bytes).map_err(|error| ReadError::Format { path: path.to_owned(), error })
}

/// Reads the election written in `input`, text or bytes.
///
/// # Errors
///
/// The first [`Error`] in the file's order; a section's or a count's lack is found where the section
/// ends, and a file that is not UTF-8 is refused before anything else is looked at.
pub fn parse(input: impl AsRef<[u8]>) -> Result<Election, Error> {
    parse::parse(input.as_ref())
}
