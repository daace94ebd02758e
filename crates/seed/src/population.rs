//! Who the members are: how much they stake, for how long, and who votes for whom.

use std::collections::BTreeSet;

use crate::{draw, policy::HARB, story::Story};

/// Whole stake tokens of all members together.
pub const STAKED: u64 = 10_000_000;

/// Of a hundred members, so many have not more than so many days of cool-down.
const LOCKS: [(u64, u32); 4] = [(55, 7), (80, 30), (92, 90), (100, 180)];

/// Somebody with a stake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub name: String,
    /// Base units of the stake token.
    pub tokens: u64,
    /// Days that they cool down for.
    pub lock_days: u32,
    /// Who may vote in their place.
    pub delegate: Option<usize>,
    /// Whether they stake only when the first epoch is over.
    pub joins_late: bool,
}

/// An epoch that there is a vote in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    Past,
    Present,
}

/// All members, the largest stake first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Population {
    pub members: Vec<Member>,
    /// The member of middling stake who has not voted in the present epoch yet.
    pub voter: usize,
}

/// A ballot that is cast: whose, and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ballot {
    pub owner: usize,
    /// The owner, or the owner's delegate.
    pub by: usize,
}

impl Population {
    /// A population of `count` members, at least 12: sizes after Zipf's law, a foundation that never
    /// votes first, a few delegates behind it.
    pub fn of(count: usize, story: &Story) -> Self {
        let voter = count / 4;
        let delegates = (count / 60).clamp(1, 3);
        let names = names(count, story);
        let mut members: Vec<Member> = stakes(count)
            .into_iter()
            .zip(names)
            .enumerate()
            .map(|(index, (tokens, name))| Member {
                name,
                tokens,
                lock_days: lock_days(index),
                delegate: None,
                joins_late: false,
            })
            .collect();
        if let Some(first) = members.first_mut() {
            first.name = format!("{} Foundation", story.name);
            first.lock_days = 180;
        }
        let mut others = shuffled(voter + 1..count, "others");
        for (place, index) in others.drain(..(count * 15 / 200).max(1)).enumerate() {
            members[index].delegate = Some(1 + place % delegates);
        }
        for index in others.drain(..(count / 10).max(1)) {
            members[index].joins_late = true;
        }
        Self { members, voter }
    }

    /// How many ballots are cast in a round.
    pub fn ballot_count(&self, round: Round) -> usize {
        match round {
            Round::Past => self.members.len() * 11 / 20,
            Round::Present => self.members.len() * 13 / 20,
        }
    }

    /// The ballots that are cast in a round: the large holders', most of those that delegates cast,
    /// and others drawn by lot.
    pub fn ballots(&self, round: Round) -> Vec<Ballot> {
        let count = self.members.len();
        let large = 1..=(count / 10).max(2);
        let may_vote = |index: usize| match round {
            Round::Past => index != 0 && !self.members[index].joins_late,
            Round::Present => index != 0 && index != self.voter,
        };
        let mut owners: BTreeSet<usize> = large.collect();
        if round == Round::Past {
            owners.insert(self.voter);
        }
        let delegating = (0..count).filter(|index| self.members[*index].delegate.is_some());
        // Every fifth does not come to a ballot in either way.
        owners.extend(delegating.enumerate().filter(|(place, _)| place % 5 != 4).map(|(_, it)| it));
        let word = if round == Round::Past { "past voters" } else { "present voters" };
        let others = shuffled(0..count, word).into_iter().filter(|index| may_vote(*index));
        for index in others {
            if owners.len() >= self.ballot_count(round) {
                break;
            }
            if self.members[index].delegate.is_none() {
                owners.insert(index);
            }
        }
        let by_delegate = |owner: usize| match self.members[owner].delegate {
            // Every fourth votes without waiting for the delegate.
            Some(delegate) if draw::below(4, &[word, "self", &owner.to_string()]) != 0 => delegate,
            _ => owner,
        };
        owners.into_iter().map(|owner| Ballot { owner, by: by_delegate(owner) }).collect()
    }

    /// Members who take a part of their stake back while voting runs: of those who do not vote.
    pub fn leaving(&self) -> Vec<usize> {
        let voting: BTreeSet<usize> =
            self.ballots(Round::Present).into_iter().map(|ballot| ballot.owner).collect();
        let count = (self.members.len() / 60).max(1);
        let idle = (1..self.members.len()).rev();
        let idle = idle.filter(|index| !voting.contains(index) && *index != self.voter);
        idle.filter(|index| self.members[*index].delegate.is_none()).take(count).collect()
    }
}

/// Base units of each stake, largest first; together exactly [`STAKED`].
fn stakes(count: usize) -> Vec<u64> {
    const UNIT: u64 = 1_000_000_000;
    let mut sizes: Vec<u64> = (1..=count)
        .map(|rank| {
            let jitter = 85 + draw::below(31, &["size", &rank.to_string()]);
            let rank = u64::try_from(rank).unwrap_or(u64::MAX);
            if rank == 1 { UNIT } else { UNIT / rank * jitter / 100 }
        })
        .collect();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    let sum: u128 = sizes.iter().map(|size| u128::from(*size)).sum();
    let mut tokens: Vec<u64> = (sizes.iter())
        .map(|size| u64::try_from(u128::from(STAKED) * u128::from(*size) / sum).unwrap_or(0))
        .collect();
    let rest = STAKED - tokens.iter().sum::<u64>();
    if let Some(largest) = tokens.first_mut() {
        *largest += rest;
    }
    tokens.into_iter().map(|tokens| tokens * HARB).collect()
}

fn lock_days(index: usize) -> u32 {
    let drawn = draw::below(100, &["lock", &index.to_string()]);
    LOCKS.iter().find(|(below, _)| drawn < *below).map_or(7, |(_, days)| *days)
}

/// Different names for everybody.
fn names(count: usize, story: &Story) -> Vec<String> {
    let (first, last) = (&story.first_names, &story.last_names);
    let pairs = shuffled(0..first.len() * last.len(), "names");
    let name = |pair: usize| format!("{} {}", first[pair % first.len()], last[pair / first.len()]);
    pairs.into_iter().map(name).take(count).collect()
}

/// Numbers in an order that follows from a word.
fn shuffled(numbers: std::ops::Range<usize>, word: &str) -> Vec<usize> {
    let mut numbers: Vec<usize> = numbers.collect();
    numbers.sort_by_cached_key(|number| draw::number(&["order", word, &number.to_string()]));
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn population(count: usize) -> Population {
        Population::of(count, &Story::read())
    }

    #[test]
    fn the_stakes_sum_to_the_whole_and_few_hold_much() {
        for count in [12, 40, 200, 1_000] {
            let members = population(count).members;
            assert_eq!(members.len(), count);
            assert_eq!(members.iter().map(|m| m.tokens).sum::<u64>(), STAKED * HARB);
            assert!(members.is_sorted_by(|a, b| a.tokens >= b.tokens));
            assert!(members.iter().all(|member| member.tokens >= HARB));
        }
        let members = population(200).members;
        let share = |of: &[Member]| of.iter().map(|m| m.tokens).sum::<u64>() / HARB * 100 / STAKED;
        assert!((12..=22).contains(&share(&members[..1])), "{} %", share(&members[..1]));
        assert!((55..=70).contains(&share(&members[..20])), "{} %", share(&members[..20]));
        assert!((8..=16).contains(&share(&members[100..])), "{} %", share(&members[100..]));
    }

    #[test]
    fn two_populations_of_one_size_are_the_same() {
        assert_eq!(population(200), population(200));
        assert_eq!(population(12), population(12));
    }

    #[test]
    fn everybody_has_a_name_of_their_own_and_a_lock_that_is_allowed() {
        let members = population(1_000).members;
        let names: BTreeSet<&str> = members.iter().map(|member| member.name.as_str()).collect();
        assert_eq!(names.len(), 1_000);
        let policy = crate::policy::policy().stake;
        let days = policy.min_lock_secs / 86_400..=policy.max_lock_secs / 86_400;
        assert!(members.iter().all(|member| days.contains(&member.lock_days)));
        let longer = members.iter().filter(|member| member.lock_days > 7).count();
        assert!((350..=550).contains(&longer), "{longer}");
    }

    #[test]
    fn ballots_are_as_many_as_said_and_never_of_those_who_must_not() {
        for count in [12, 13, 40, 200, 1_000] {
            let population = population(count);
            for round in [Round::Past, Round::Present] {
                let ballots = population.ballots(round);
                assert_eq!(ballots.len(), population.ballot_count(round), "{count} {round:?}");
                assert!(ballots.iter().all(|ballot| ballot.owner != 0));
                for ballot in &ballots {
                    let member = &population.members[ballot.owner];
                    assert!(round == Round::Present || !member.joins_late);
                    assert!(ballot.by == ballot.owner || member.delegate == Some(ballot.by));
                }
                let voted = ballots.iter().any(|ballot| ballot.owner == population.voter);
                assert_eq!(voted, round == Round::Past, "{count}");
                // Delegates vote themselves too, so that their electors see how.
                let owners: BTreeSet<usize> = ballots.iter().map(|it| it.owner).collect();
                assert!(ballots.iter().all(|ballot| owners.contains(&ballot.by)));
            }
            let leaving = population.leaving();
            assert!(!leaving.is_empty() && !leaving.contains(&population.voter));
        }
        let population = population(200);
        assert_eq!(population.ballot_count(Round::Present), 130);
        let delegating = population.members.iter().filter(|it| it.delegate.is_some()).count();
        assert_eq!(delegating, 15);
        let by_delegate = population.ballots(Round::Present);
        let by_delegate = by_delegate.iter().filter(|it| it.by != it.owner).count();
        assert!((6..=12).contains(&by_delegate), "{by_delegate}");
    }
}
