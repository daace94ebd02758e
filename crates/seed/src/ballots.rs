//! The votes of both rounds: who says what, and when.

use std::collections::BTreeMap;

use anchor_lang::prelude::Pubkey;
use budget_client::ballot::pack;
use community_budget::{
    BallotArgs,
    state::{Entry, Stake, Treasury},
};

use crate::{
    batch::Job,
    deal::{Choices, Target, deal},
    draw,
    population::Round,
    slates::{BREAKER, RESUME},
    story::Votes,
    town::Town,
    trouble::{During, Result},
};

/// Ballots of one delegate that fit into one transaction.
const PER_TRANSACTION: usize = 4;
/// One in so many voters of the present round changes the ballot before the last wave.
const REVISES: u64 = 16;

/// Somebody's ballots: the own one, and those of who delegated.
struct Voice {
    by: usize,
    owners: Vec<usize>,
    choices: Choices,
    /// The wave in which they are cast.
    wave: usize,
    /// Whether a part of them comes in the last wave only.
    revises: bool,
}

/// The votes of a round, dealt out and ready to be cast.
pub struct Vote {
    round: Round,
    slate_hash: [u8; 32],
    voices: Vec<Voice>,
    waves: usize,
}

impl Vote {
    /// Deals the ballots of a round out over so many waves. Voting must have opened.
    pub fn prepare(town: &Town<'_>, round: Round, waves: usize) -> Result<Self> {
        let epoch = town.community.epoch(round.epoch());
        let (header, entries) = town.network.epoch(&epoch).during(town.step())?;
        let treasury = town.network.get::<Treasury>(&town.community.treasury, "treasury");
        let electorate = treasury.during(town.step())?.value.electorate(round.epoch());
        let stakes = town.network.list::<Stake>(&town.community.treasury).during(town.step())?;
        let power: BTreeMap<Pubkey, u64> = stakes
            .iter()
            .map(|stake| (stake.value.owner, stake.value.power(round.epoch())))
            .collect();

        let mut by: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for ballot in town.people.ballots(round) {
            by.entry(ballot.by).or_default().push(ballot.owner);
        }
        let weight = |owners: &Vec<usize>| {
            let own = |owner: &usize| power.get(&town.keys.member(*owner)).copied().unwrap_or(0);
            owners.iter().map(own).sum()
        };
        let weights: Vec<u64> = by.values().map(weight).collect();
        let dealt = deal(&weights, &targets(town, round, &entries, electorate));
        let word = if round == Round::Past { "past" } else { "present" };
        let voices = by.into_iter().zip(dealt).map(|((by, owners), choices)| {
            let drawn = |limit: usize, what: &str| {
                draw::below(u64::try_from(limit).unwrap_or(1), &[word, what, &by.to_string()])
            };
            let wave = usize::try_from(drawn(waves, "wave")).unwrap_or(0);
            let may_revise = round == Round::Present && owners.len() == 1 && choices.len() > 2;
            let revises =
                may_revise && wave + 1 < waves && drawn(1 << 16, "revises") % REVISES == 0;
            Voice { by, owners, choices, wave, revises }
        });
        Ok(Self { round, slate_hash: header.slate_hash, voices: voices.collect(), waves })
    }

    /// Casts what belongs to a wave; with the last one, revisions too.
    pub fn cast(&self, town: &mut Town<'_>, wave: usize) -> Result<()> {
        let mut jobs = Vec::new();
        let keys = town.keys;
        for voice in self.voices.iter().filter(|voice| voice.wave == wave) {
            let by = keys.member(voice.by);
            // Whoever revises has left a choice in three open at first.
            let first = voice.choices.iter().enumerate();
            let first = first.filter(|(place, _)| !voice.revises || place % 3 != 2);
            let choices: Choices = first.map(|(_, choice)| *choice).collect();
            for owners in voice.owners.chunks(PER_TRANSACTION) {
                let cast = |owner: &usize| {
                    let (owner, args) = (keys.member(*owner), self.args(&choices));
                    town.community.cast_vote_for(owner, by, by, self.round.epoch(), args)
                };
                jobs.push(Job::new(&keys.members[voice.by], owners.iter().map(cast).collect()));
            }
        }
        if wave + 1 == self.waves {
            jobs.extend(self.voices.iter().filter(|voice| voice.revises).map(|voice| {
                let (key, args) = (keys.member(voice.by), self.args(&voice.choices));
                let revise = town.community.revise_vote(key, self.round.epoch(), args);
                Job::new(&keys.members[voice.by], vec![revise])
            }));
        }
        town.send(&jobs)
    }

    fn args(&self, choices: &Choices) -> BallotArgs {
        BallotArgs { slate_hash: self.slate_hash, ballot: pack(choices.iter().copied()) }
    }
}

/// What the electorate is to say about every entry that can be voted on.
fn targets(town: &Town<'_>, round: Round, entries: &[Entry], electorate: u64) -> Vec<Target> {
    let acts = [RESUME, BREAKER].map(|id| town.story.act[id].votes);
    let votes = town.asks(round).iter().map(|ask| ask.votes).chain(acts);
    let share = |bps: u16| {
        let share = u128::from(electorate) * u128::from(bps) / 10_000;
        u64::try_from(share).unwrap_or(u64::MAX)
    };
    let target = |((entry, state), votes): ((u8, &Entry), Votes)| {
        let Votes(for_, against, abstain) = votes;
        state.is_votable().then(|| Target {
            entry,
            for_: share(for_),
            against: share(against),
            abstain: share(abstain),
        })
    };
    (0u8..).zip(entries).zip(votes).filter_map(target).collect()
}

/// Most ballots of the past round are closed: their voters get their rewards and the credit for
/// having taken part. A few are left, the voter's among them.
pub fn reward(town: &mut Town<'_>) -> Result<()> {
    /// Records that fit into one transaction.
    const CLOSED: usize = 5;
    let keys = town.keys;
    let records = town.people.ballots(Round::Past).into_iter().enumerate();
    let closed = records
        .filter(|(place, ballot)| place % 5 != 4 && ballot.owner != town.people.voter)
        .map(|(_, ballot)| {
            // Whoever cast the ballot paid its rent.
            let (owner, payer) = (keys.member(ballot.owner), keys.member(ballot.by));
            town.community.close_vote_record(Round::Past.epoch(), owner, payer)
        });
    let closed: Vec<_> = closed.collect();
    let job = |some: &[_]| Job::new(&keys.reviewer, some.to_vec());
    let jobs: Vec<Job<'_>> = closed.chunks(CLOSED).map(job).collect();
    town.send(&jobs)
}
