//! The community in words: who asks for what, and how it is received.

use serde::Deserialize;
use std::collections::BTreeMap;

/// Everything about Open Harbour that is words; read by this program only.
const STORY: &str = include_str!("../data/harbour.toml");

/// Open Harbour.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Story {
    /// What the community is called.
    pub name: String,
    pub first_names: Vec<String>,
    pub last_names: Vec<String>,
    /// Who asks and receives.
    pub team: Vec<Team>,
    /// What was asked for in the epoch that is over.
    pub past: Vec<Ask>,
    /// What is asked for in the epoch that is being voted on.
    pub present: Vec<Ask>,
    /// What is to change, by the name of the act.
    pub act: BTreeMap<String, Act>,
    /// What recipients reported, by the id of what they had asked for.
    pub report: BTreeMap<String, Report>,
}

/// Somebody who asks for money or receives it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Team {
    pub id: String,
    pub name: String,
}

/// What the electorate says to something, in basis points of its weight.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Votes(pub u16, pub u16, pub u16);

/// Something that money is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    pub id: String,
    pub title: String,
    /// Name of the policy's category.
    pub category: String,
    /// Whole budget tokens.
    pub amount: u64,
    /// Length of the stream.
    pub days: u32,
    #[serde(default)]
    pub cliff_days: u32,
    pub checkpoints: u8,
    /// Id of the team that proposes.
    pub from: String,
    /// Id of the team that receives; the proposer if absent.
    to: Option<String>,
    #[serde(default)]
    pub accepts: Acceptance,
    /// Round of submissions, from 0.
    pub batch: u8,
    /// Whether its proposer takes it back before voting opens.
    #[serde(default)]
    pub withdrawn: bool,
    pub votes: Votes,
    pub summary: String,
    pub deliverables: Vec<String>,
}

/// When the recipient agrees.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Acceptance {
    /// With the submission.
    #[default]
    Signed,
    /// Before voting opens.
    Later,
    /// Not at all: nobody can vote on it.
    Never,
}

/// A change that is put to the vote.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    pub title: String,
    pub votes: Votes,
    pub summary: String,
}

/// A recipient's update, and what the reviewer said to it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    pub health: Health,
    /// Whole budget tokens.
    pub spent: u64,
    pub text: String,
    /// Basis points; none while the reviewer has not decided.
    pub score: Option<u16>,
    #[serde(default)]
    pub verdict: String,
}

/// As a recipient judges the work.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Health {
    OnTrack,
    AtRisk,
    OffTrack,
}

impl From<Health> for community_budget::state::Health {
    fn from(health: Health) -> Self {
        match health {
            Health::OnTrack => Self::OnTrack,
            Health::AtRisk => Self::AtRisk,
            Health::OffTrack => Self::OffTrack,
        }
    }
}

impl Story {
    /// Reads the story that is part of this program.
    ///
    /// # Panics
    /// When the committed file is no story; a test reads it.
    pub fn read() -> Self {
        let mut story: Self = toml::from_str(STORY).expect("the committed story is read by a test");
        // A slate is in the order of submission.
        story.past.sort_by_key(|ask| ask.batch);
        story.present.sort_by_key(|ask| ask.batch);
        story
    }

    /// Slate index of a past ask.
    ///
    /// # Panics
    /// When nothing has this id; a test looks every id of the program up.
    pub fn past_index(&self, id: &str) -> u8 {
        let found = self.past.iter().position(|ask| ask.id == id);
        let found = found.unwrap_or_else(|| panic!("the story has no {id}"));
        u8::try_from(found).expect("a slate is short")
    }
}

impl Ask {
    /// Id of the team that receives.
    pub fn to(&self) -> &str {
        self.to.as_ref().unwrap_or(&self.from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy;
    use community_budget::constants::{MAX_TITLE_BYTES, MAX_URI_BYTES};
    use std::collections::BTreeSet;

    #[test]
    fn the_committed_story_can_be_told() {
        let story = Story::read();
        let teams: BTreeSet<&str> = story.team.iter().map(|team| team.id.as_str()).collect();
        assert_eq!(teams.len(), story.team.len(), "an id is used twice");
        let asks: Vec<&Ask> = story.past.iter().chain(&story.present).collect();
        let ids: BTreeSet<&str> = asks.iter().map(|ask| ask.id.as_str()).collect();
        assert_eq!(ids.len(), asks.len(), "an id is used twice");
        for ask in &asks {
            assert!(teams.contains(ask.from.as_str()) && teams.contains(ask.to()), "{}", ask.id);
            assert!(policy::category_index(&ask.category).is_some(), "{}", ask.category);
            assert!(ask.title.len() <= MAX_TITLE_BYTES, "{}", ask.title);
            let uri = story.ask_document(ask).uri();
            assert!(uri.len() <= MAX_URI_BYTES, "{uri}");
        }
        for act in story.act.values() {
            assert!(act.title.len() <= MAX_TITLE_BYTES, "{}", act.title);
        }
        for id in story.report.keys() {
            story.past_index(id);
        }
        assert_eq!(story.present.len(), 24);
        let categories: BTreeSet<&str> =
            story.present.iter().map(|ask| ask.category.as_str()).collect();
        assert_eq!(categories.len(), 4);
    }
}
