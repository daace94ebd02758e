//! Why a network was not seeded.

use std::{fmt, path::PathBuf};

use budget_words::format::moment;

use crate::plan::{MAX_STAKERS, MIN_STAKERS};

/// What seeding comes to.
pub type Result<T> = std::result::Result<T, Trouble>;

/// One thing that went wrong; its text is one sentence for people.
#[derive(Debug)]
pub enum Trouble {
    /// The network is not on this machine. Nothing was sent.
    NotLocal {
        /// Where it was to be.
        url: String,
    },
    /// The plan asks for too few or too many members. Nothing was sent.
    Stakers {
        /// How many it asks for.
        wanted: usize,
    },
    /// The node is on this machine, but its clock cannot be moved. Nothing was sent.
    NoTimeTravel {
        /// Where it is.
        url: String,
    },
    /// The network's clock is too far ahead for the story to end where the plan says. Nothing was
    /// sent.
    StartsTooLate {
        /// Unix seconds that its clock shows.
        now: i64,
        /// Unix seconds that it may show at most.
        latest: i64,
    },
    /// Open Harbour is there, but not as this plan leaves it: an earlier run stopped half-way.
    HalfSeeded {
        /// Where it is.
        url: String,
    },
    /// Open Harbour is there with another number of members.
    OtherPlan {
        /// Members that it has.
        found: usize,
        /// Members that the plan asks for.
        wanted: usize,
    },
    /// A file that a development key goes into holds something else. It was left as it is.
    NotOurFile {
        /// The file.
        file: PathBuf,
    },
    /// A file could not be written.
    File {
        /// The file.
        file: PathBuf,
        /// The system's words.
        why: String,
    },
    /// The network gave no answer, or refused a step.
    Network {
        /// What was being done.
        step: &'static str,
        /// What it said.
        trouble: Box<budget_rpc::Trouble>,
    },
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotLocal { url } => write!(
                f,
                "{url} is not on this machine: the keys of a seeded community are public, so it is \
                 only put onto a local network; start one with `cargo xtask localnet --empty`."
            ),
            Self::Stakers { wanted } => write!(
                f,
                "a community of {wanted} stakers cannot be made up: choose from {MIN_STAKERS} to \
                 {MAX_STAKERS} with --stakers."
            ),
            Self::NoTimeTravel { url } => write!(
                f,
                "the node at {url} cannot move its clock: only the network that `cargo xtask \
                 localnet` starts can."
            ),
            Self::StartsTooLate { now, latest } => write!(
                f,
                "the network's clock shows {} UTC, and a community with a history that ends today \
                 must begin before {} UTC: start the network with --start-at {latest} or earlier, \
                 or let its clock run ahead with --ahead.",
                moment(*now),
                moment(*latest)
            ),
            Self::HalfSeeded { url } => write!(
                f,
                "the network at {url} holds a community that an earlier run did not finish: stop \
                 it, start it again and seed it again."
            ),
            Self::OtherPlan { found, wanted } => write!(
                f,
                "the network already holds this community with {found} stakers, not {wanted}: pass \
                 --stakers {found}, or start the network again."
            ),
            Self::NotOurFile { file } => write!(
                f,
                "{} is not the development key that belongs there, and was left as it is: move it \
                 away, or choose another folder with --keys.",
                file.display()
            ),
            Self::File { file, why } => {
                write!(f, "{} could not be written: {why}.", file.display())
            }
            Self::Network { step, trouble } => write!(f, "while {step}: {trouble}"),
        }
    }
}

impl std::error::Error for Trouble {}

impl Trouble {
    /// What the network said while `step`, which completes "while ...".
    pub fn during(step: &'static str, trouble: budget_rpc::Trouble) -> Self {
        Self::Network { step, trouble: Box::new(trouble) }
    }
}

/// Names the step in which the network made trouble.
pub(crate) trait During<T> {
    /// `step` completes "while ...".
    fn during(self, step: &'static str) -> Result<T>;
}

impl<T> During<T> for budget_rpc::Result<T> {
    fn during(self, step: &'static str) -> Result<T> {
        self.map_err(|trouble| Trouble::during(step, trouble))
    }
}
