//! What can be wrong with a file, and where.

use std::fmt;
use std::path::PathBuf;

/// Why a text is not an election, with the place to look at.
///
/// Displays as one sentence, such as
/// `line 24, column 7: the cost "abc" is not a number`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The line, from 1.
    pub line: usize,
    /// The column, in characters from 1. A byte order mark is not counted; what is missing at a
    /// line's end is reported in the column after its last character.
    pub column: usize,
    /// What is wrong there.
    pub kind: ErrorKind,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A byte here does not belong to UTF-8 text.
    NotUtf8,
    /// The file holds nothing but white space.
    Empty,
    /// The section should have begun before this place.
    MissingSection(Section),
    /// The section begins a second time.
    RepeatedSection(Section),
    /// The section's table does not have the column.
    MissingColumn {
        /// The section.
        section: Section,
        /// The column's name.
        column: &'static str,
    },
    /// The section's table has the column twice.
    RepeatedColumn {
        /// The section.
        section: Section,
        /// The column's name.
        column: &'static str,
    },
    /// The `META` section has ended without the key.
    MissingKey(&'static str),
    /// The `META` section has the key twice.
    RepeatedKey(String),
    /// The row ends before a column that is needed.
    TooFewFields {
        /// How many fields the needed columns take.
        expected: usize,
        /// How many fields the row has.
        found: usize,
    },
    /// A quotation mark opens here that this line does not close.
    UnterminatedQuote,
    /// There is text between a closing quotation mark and the next semicolon.
    TextAfterQuote,
    /// The value is empty.
    EmptyValue(Item),
    /// The value is not a number.
    NotANumber {
        /// What the value is.
        item: Item,
        /// The value as written.
        text: String,
    },
    /// The value is not a number without sign and decimals.
    NotAWholeNumber {
        /// What the value is.
        item: Item,
        /// The value as written.
        text: String,
    },
    /// The amount is zero or negative.
    NotPositive {
        /// What the value is.
        item: Item,
        /// The value as written.
        text: String,
    },
    /// The amount has more than two decimals, so it is no number of hundredths, or cannot be told
    /// from thousands.
    TooManyDecimals {
        /// What the value is.
        item: Item,
        /// The value as written.
        text: String,
    },
    /// The number is larger than this reader can hold: 2^64 - 1 hundredths for amounts, 255 for the
    /// `selected` column.
    TooLarge {
        /// What the value is.
        item: Item,
        /// The value as written.
        text: String,
    },
    /// There are more than 65,536 projects.
    TooManyProjects,
    /// Another project has the same id.
    RepeatedProject {
        /// The id.
        id: String,
        /// The line of the first project with it, from 1.
        first_line: usize,
    },
    /// Another ballot has the same voter id.
    RepeatedVoter {
        /// The id.
        id: String,
        /// The line of the first ballot with it, from 1.
        first_line: usize,
    },
    /// The vote names a project the `PROJECTS` section does not have.
    UnknownProject(String),
    /// The vote names the project twice.
    ProjectTwiceInVote(String),
    /// `META` states a count, here, that the sections do not have.
    CountMismatch {
        /// [`Item::NumProjects`] or [`Item::NumVotes`].
        item: Item,
        /// The count `META` states.
        declared: u64,
        /// The rows counted.
        found: u64,
    },
}

/// A section of a `.pb` file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Keys and values about the election as a whole.
    Meta,
    /// The projects.
    Projects,
    /// The ballots.
    Votes,
}

/// A value an [`Error`] can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Item {
    /// A key of `META`.
    MetaKey,
    /// `META`'s `budget`.
    Budget,
    /// `META`'s `vote_type`.
    VoteType,
    /// `META`'s `num_projects`.
    NumProjects,
    /// `META`'s `num_votes`.
    NumVotes,
    /// A project's id, in `PROJECTS` or in a vote.
    ProjectId,
    /// A project's `cost`.
    Cost,
    /// A project's `votes`.
    Votes,
    /// A project's `selected`.
    Selected,
    /// A ballot's `voter_id`.
    VoterId,
}

/// Why [`read`](crate::read) gave no election.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReadError {
    /// The file could not be read.
    Io {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        source: std::io::Error,
    },
    /// The file was read but is not an election.
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and where.
        error: Error,
    },
}

impl Section {
    pub(crate) const ALL: [Self; 3] = [Self::Meta, Self::Projects, Self::Votes];

    /// The section's name, as its first line has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Meta => "META",
            Self::Projects => "PROJECTS",
            Self::Votes => "VOTES",
        }
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Item {
    /// Writes what the value is called in a sentence.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MetaKey => "key",
            Self::Budget => "budget",
            Self::VoteType => "vote_type",
            Self::NumProjects => "num_projects",
            Self::NumVotes => "num_votes",
            Self::ProjectId => "project id",
            Self::Cost => "cost",
            Self::Votes => "number of votes",
            Self::Selected => "value of selected",
            Self::VoterId => "voter id",
        })
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotUtf8 => f.write_str("the file is not UTF-8 text from here on"),
            Self::Empty => f.write_str("the file is empty"),
            Self::MissingSection(section) => {
                write!(f, "the {section} section is missing before this place")
            }
            Self::RepeatedSection(section) => {
                write!(f, "the {section} section begins a second time")
            }
            Self::MissingColumn { section, column } => {
                write!(f, "the {section} section has no \"{column}\" column")
            }
            Self::RepeatedColumn { section, column } => {
                write!(f, "the {section} section has two \"{column}\" columns")
            }
            Self::MissingKey(key) => write!(f, "the META section has no \"{key}\" key"),
            Self::RepeatedKey(key) => {
                write!(f, "the META section already has the key {}", Quoted(key))
            }
            Self::TooFewFields { expected, found } => {
                write!(f, "this row needs at least {expected} fields but ends after {found}")
            }
            Self::UnterminatedQuote => {
                f.write_str("this quotation mark is not closed on the same line")
            }
            Self::TextAfterQuote => f.write_str(
                "after a closing quotation mark only a semicolon or the line's end may follow",
            ),
            Self::EmptyValue(item) => write!(f, "the {item} is empty"),
            Self::NotANumber { item, text } => {
                write!(f, "the {item} {} is not a number", Quoted(text))
            }
            Self::NotAWholeNumber { item, text } => {
                write!(f, "the {item} {} is not a whole number", Quoted(text))
            }
            Self::NotPositive { item, text } => {
                write!(f, "the {item} {} is not above zero", Quoted(text))
            }
            Self::TooManyDecimals { item, text } => {
                write!(f, "the {item} {} has more than two decimals", Quoted(text))
            }
            Self::TooLarge { item, text } => {
                write!(f, "the {item} {} is too large", Quoted(text))
            }
            Self::TooManyProjects => f.write_str("there are more than 65,536 projects"),
            Self::RepeatedProject { id, first_line } => {
                write!(f, "the project id {} is already used on line {first_line}", Quoted(id))
            }
            Self::RepeatedVoter { id, first_line } => {
                write!(f, "the voter id {} is already used on line {first_line}", Quoted(id))
            }
            Self::UnknownProject(id) => write!(
                f,
                "the vote names the project {}, which the PROJECTS section does not have",
                Quoted(id)
            ),
            Self::ProjectTwiceInVote(id) => {
                write!(f, "the vote names the project {} twice", Quoted(id))
            }
            Self::CountMismatch { item, declared, found } => {
                let section = match item {
                    Item::NumProjects => Section::Projects,
                    _ => Section::Votes,
                };
                write!(f, "META says {item} is {declared}, but the {section} section has {found}")
            }
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.kind)
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { path, source } => write!(f, "{}: {source}", path.display()),
            Self::Format { path, error } => write!(f, "{}: {error}", path.display()),
        }
    }
}

impl std::error::Error for Error {}

// The sentence above holds the whole cause, so `source` adds nothing to a printed chain.
impl std::error::Error for ReadError {}

/// A value from the file in quotation marks: printable, and cut so that the sentence stays one.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 40;
        f.write_str("\"")?;
        for character in self.0.chars().take(SHOWN) {
            if character.is_control() {
                write!(f, "{}", character.escape_default())?;
            } else {
                write!(f, "{character}")?;
            }
        }
        if self.0.chars().nth(SHOWN).is_some() {
            f.write_str("…")?;
        }
        f.write_str("\"")
    }
}
