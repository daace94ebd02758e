//! The slate as it would be settled now: who would be funded, and where the money ends.

mod hash;
mod line;
mod reason;
mod waiting;

use budget_client::ballot::{Choice, unpack};
use budget_rpc::{Found, Network};
use community_budget::state::{
    BallotChange, BudgetEpoch, Entry, Outcome, Phase, Proposal, Treasury, count_ballot,
    settle_slate,
};

use crate::{
    context::{Round, Scene},
    exit::Result,
    files::plain,
};

pub use hash::{HashCheck, check_hash, terms_hash};
pub use line::{Look, funding_line, picture};
pub use reason::{lacking, matter, quorum_bps, reason, verdict};
pub use waiting::{Waiting, waiting};

/// A settlement that nobody has asked for: the program's own, on copies.
pub struct Projection {
    /// The entries with outcome, rank, tier and reason.
    pub entries: Vec<Entry>,
    /// Base units that the epoch may award.
    pub cap: u64,
    /// Base units that it would award.
    pub allocated: u64,
    /// Frozen total weight that quorums refer to.
    pub electorate: u64,
    /// The epoch's head as settlement would leave it: sums by category, what the risk rules left.
    pub head: Box<BudgetEpoch>,
    /// Whether it has happened.
    pub settled: bool,
    /// What the epoch is doing at the moment of the projection.
    pub phase: Phase,
}

/// What settlement would decide if voting closed at `now`; of a settled epoch what it did decide.
/// Nothing when the books do not add up.
pub fn project(
    treasury: &Treasury,
    head: &BudgetEpoch,
    slate: &[Entry],
    now: i64,
) -> Option<Projection> {
    let phase = head.phase(now);
    let mut entries = slate.to_vec();
    let mut after = Box::new(*head);
    if phase != Phase::Settled {
        let mut books = *treasury;
        books.book_trip_end(now).ok()?;
        let limits = books.standing(head.cap, now).ok()?.limits()?;
        let electorate = books.electorate(head.index);
        settle_slate(&mut after, &mut entries, electorate, limits, now).ok()?;
    }
    Some(Projection {
        cap: after.cap,
        allocated: after.allocated,
        electorate: after.electorate,
        settled: phase == Phase::Settled,
        entries,
        head: after,
        phase,
    })
}

impl Projection {
    /// Positions of the entries that passed, best first, then those that did not, by their margin.
    /// While proposals are taken, in the order of the slate.
    pub fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.entries.len()).collect();
        if self.phase == Phase::Submission {
            return order;
        }
        let margin = |entry: &Entry| i128::from(entry.for_) - i128::from(entry.against);
        order.sort_by_key(|at| {
            let entry = &self.entries[*at];
            (entry.rank, std::cmp::Reverse(margin(entry)), *at)
        });
        order
    }

    /// Whether the entry at `index` is, or would be, funded or approved.
    pub fn stands(&self, index: usize) -> bool {
        self.entries.get(index).is_some_and(|entry| {
            [Outcome::Funded, Outcome::Approved, Outcome::Executed]
                .iter()
                .any(|outcome| entry.is(*outcome))
        })
    }

    /// Whether settlement funded or approved, or would fund or approve, the entry at `index`,
    /// whatever has become of it since.
    pub fn was_chosen(&self, index: usize) -> bool {
        let since = [Outcome::Lapsed, Outcome::Vetoed];
        let dropped = self
            .entries
            .get(index)
            .is_some_and(|entry| since.iter().any(|outcome| entry.is(*outcome)));
        dropped || self.stands(index)
    }

    /// Base units of the awards that settlement took before it came to the entry at `index`, in all
    /// and in that entry's category.
    pub fn taken_before(&self, index: usize) -> (u64, u64) {
        let Some(own) = self.entries.get(index) else { return (0, 0) };
        let mut taken = (0u64, 0u64);
        for (at, entry) in self.entries.iter().enumerate() {
            if entry.rank < own.rank && entry.is_award() && self.was_chosen(at) {
                taken.0 = taken.0.saturating_add(entry.amount);
                if entry.category == own.category {
                    taken.1 = taken.1.saturating_add(entry.amount);
                }
            }
        }
        taken
    }

    /// The tier that the entry at `index` is judged at; none for what never stood for election.
    pub fn tier(&self, index: usize) -> Option<u8> {
        let never = [Outcome::Withdrawn, Outcome::NotAccepted];
        let entry = self.entries.get(index)?;
        (!never.iter().any(|outcome| entry.is(*outcome))).then_some(entry.tier)
    }

    /// How many entries passed, funded or not.
    pub fn passing(&self) -> usize {
        self.entries.iter().filter(|entry| entry.rank != Entry::UNRANKED).count()
    }

    /// How many awards, and how many acts, stand, and how many of each there are.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for (at, entry) in self.entries.iter().enumerate() {
            if entry.is(Outcome::Withdrawn) || entry.is(Outcome::NotAccepted) {
                continue;
            }
            let stands = usize::from(self.was_chosen(at));
            if entry.is_award() {
                counts.awards += 1;
                counts.funded += stands;
            } else {
                counts.acts += 1;
                counts.approved += stands;
            }
        }
        counts
    }
}

/// Entries of a slate by kind, without those that never stood for election.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Awards.
    pub awards: usize,
    /// Awards that are, or would be, funded.
    pub funded: usize,
    /// Acts.
    pub acts: usize,
    /// Acts that are, or would be, approved.
    pub approved: usize,
}

/// What the entries of a slate are called.
pub struct Titles(Vec<(u8, String)>);

impl Titles {
    /// The titles of the proposals that still exist.
    pub fn of(proposals: &[Found<Proposal>]) -> Self {
        let title = |found: &Found<Proposal>| (found.value.index, plain(&found.value.terms.title));
        Self(proposals.iter().map(title).collect())
    }

    /// Reads them from the network.
    ///
    /// # Errors
    /// As [`Network::list`].
    pub fn read(network: &Network, round: &Round) -> Result<Self> {
        Ok(Self::of(&network.list::<Proposal>(&round.key)?))
    }

    /// The title of the entry at `index`.
    pub fn title(&self, index: u8) -> String {
        let found = self.0.iter().find(|(known, _)| *known == index);
        found.map_or_else(|| format!("entry {index}"), |(_, title)| title.clone())
    }
}

/// Choices as `for 3, 7; against 2`.
pub fn in_words(choices: &[(u8, Choice)]) -> String {
    let list = |wanted: Choice, word: &str| {
        let numbers: Vec<String> = choices
            .iter()
            .filter(|(_, choice)| *choice == wanted)
            .map(|(index, _)| index.to_string())
            .collect();
        (!numbers.is_empty()).then(|| format!("{word} {}", numbers.join(", ")))
    };
    let parts = [
        list(Choice::For, "for"),
        list(Choice::Against, "against"),
        list(Choice::Abstain, "abstain on"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { "no choice".to_owned() } else { parts.join("; ") }
}

/// One voter's ballot in place of what that voter has cast so far.
pub struct NewBallot<'a> {
    /// Packed choices cast so far; none for a first ballot.
    pub old: &'a [u8],
    /// Packed choices that replace them; none takes everything back.
    pub new: &'a [u8],
    /// Weight of each choice.
    pub weight: u64,
    /// Whether an unchanged ballot counts as a change: an owner takes over what the delegate said.
    pub takes_over: bool,
}

/// The epoch and its slate as the program would leave them after a ballot.
///
/// # Errors
/// The program's own refusal: an entry that cannot be voted on, an unchanged ballot, a late pass.
pub fn with_ballot(
    scene: &Scene,
    round: &Round,
    ballot: &NewBallot<'_>,
) -> anchor_lang::Result<(Box<BudgetEpoch>, Vec<Entry>)> {
    let (mut head, mut slate) = (round.head.clone(), round.slate.clone());
    let mut recorded = ballot.old.to_vec();
    recorded.resize(usize::from(head.policy.slate.capacity / 4), 0);
    let change = BallotChange {
        recorded: &mut recorded,
        ballot: ballot.new,
        weight: ballot.weight,
        electorate: scene.treasury.electorate(head.index),
        now: scene.now,
        takes_over: ballot.takes_over,
    };
    count_ballot(&mut head, &mut slate, change)?;
    Ok((head, slate))
}

/// The slate without what one ballot says: what would be decided had its voter not voted.
pub fn without_ballot(slate: &[Entry], ballot: &[u8], weight: u64) -> Option<Vec<Entry>> {
    let mut slate = slate.to_vec();
    for (index, choice) in unpack(ballot) {
        let entry = slate.get_mut(usize::from(index))?;
        let sum = match choice {
            Choice::For => &mut entry.for_,
            Choice::Against => &mut entry.against,
            Choice::Abstain => &mut entry.abstain,
            Choice::Unmarked => continue,
        };
        *sum = sum.checked_sub(weight)?;
    }
    Some(slate)
}

/// Positions of the entries that two projections decide differently.
pub fn differences(before: &Projection, after: &Projection) -> Vec<usize> {
    (0..after.entries.len()).filter(|at| before.stands(*at) != after.stands(*at)).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use bytemuck::Zeroable;
    use community_budget::state::{Policy, flags};

    use super::*;

    pub const DAY: i64 = 86_400;

    /// An epoch of the default policy with a cap of 1,000, opened at 1,000,000, and its treasury with
    /// 10,000 free and a weight of 1,000.
    pub fn epoch() -> (Treasury, BudgetEpoch) {
        let (mut treasury, mut head) = (Treasury::zeroed(), BudgetEpoch::zeroed());
        let opened_at = 1_000_000;
        head.policy = Policy::default();
        head.policy.tiers.contested_coef_bps = 0;
        head.schedule_from(opened_at).unwrap();
        head.set_budget(10_000).unwrap();
        head.reward_pool = 0;
        treasury.policy = head.policy;
        treasury.in_force = head.policy;
        treasury.tracked = 10_000;
        treasury.total_weight = 1_000;
        treasury.frozen_epoch = budget_rules::snapshot::NEVER;
        treasury.epoch_count = 1;
        treasury.epoch_active = 1;
        treasury.last_opened_at = opened_at;
        treasury.voting_opens_at = head.voting_opens_at;
        treasury.breaker_rests_until = i64::MAX;
        (treasury, head)
    }

    /// An award of `amount` to a recipient of its own, with this tally.
    pub fn ask(at: u8, amount: u64, for_: u64, against: u64) -> Entry {
        let mut entry = Entry::zeroed();
        entry.amount = amount;
        entry.for_ = for_;
        entry.against = against;
        entry.flags = flags::ACCEPTED | flags::ADMITS_MEDIUM | flags::ADMITS_LARGE;
        entry.leader = at;
        entry.recipient_ask = amount;
        entry.rank = Entry::UNRANKED;
        entry
    }

    pub fn projected(slate: &[Entry]) -> Projection {
        let (treasury, mut head) = epoch();
        head.entry_count = u8::try_from(slate.len()).unwrap();
        project(&treasury, &head, slate, head.voting_opens_at).unwrap()
    }

    #[test]
    fn a_ballot_reads_as_words() {
        let choices = [(3, Choice::For), (2, Choice::Against), (7, Choice::For)];
        assert_eq!(in_words(&choices), "for 3, 7; against 2");
        assert_eq!(in_words(&[]), "no choice");
    }

    #[test]
    fn the_projection_ranks_funds_and_skips_as_settlement_does() {
        let slate = [
            ask(0, 100, 200, 0),  // small
            ask(1, 900, 900, 10), // first, but too large for one recipient
            ask(2, 250, 800, 0),  // second, medium
            ask(3, 90, 10, 0),    // no quorum
        ];
        let projection = projected(&slate);
        assert_eq!(projection.order(), [1, 2, 0, 3]);
        let stands: Vec<bool> = (0..4).map(|at| projection.stands(at)).collect();
        assert_eq!(stands, [true, false, true, false]);
        assert_eq!((projection.allocated, projection.cap), (350, 1_000));
        assert_eq!(projection.taken_before(0), (250, 250));
        assert_eq!(projection.counts(), Counts { awards: 4, funded: 2, acts: 0, approved: 0 });
        assert!(!projection.settled);
    }

    #[test]
    fn an_electorate_frozen_at_nothing_decides_nothing() {
        let (mut treasury, mut head) = epoch();
        head.entry_count = 1;
        // Voting opened with nothing staked; what was staked since has no vote.
        treasury.frozen_epoch = 0;
        treasury.frozen_total = 0;
        let slate = [ask(0, 10, 500, 0)];
        let projection = project(&treasury, &head, &slate, head.voting_opens_at).unwrap();
        assert_eq!((projection.electorate, projection.stands(0)), (0, false));
    }

    #[test]
    fn without_a_ballot_its_weight_is_gone() {
        let slate = [ask(0, 10, 500, 30), ask(1, 10, 500, 0)];
        let ballot = budget_client::ballot::pack([(0, Choice::Against), (1, Choice::For)]);
        let left = without_ballot(&slate, &ballot, 30).unwrap();
        assert_eq!((left[0].for_, left[0].against, left[1].for_), (500, 0, 470));
        assert!(without_ballot(&slate, &ballot, 31).is_none(), "more than was counted");
    }

    #[test]
    fn what_two_projections_decide_differently_is_found() {
        let before = projected(&[ask(0, 10, 500, 0), ask(1, 10, 10, 0)]);
        let after = projected(&[ask(0, 10, 10, 0), ask(1, 10, 500, 0)]);
        assert_eq!(differences(&before, &after), [0, 1]);
        assert!(differences(&before, &before).is_empty());
    }
}
