//! A second set of books, kept beside the program's: what every instruction must have done, from the
//! instruction and the accounts before it, in other words and other arithmetic than the program's.
//!
//! `Books::apply` books one instruction that went through and asserts what it had to pay, decide and
//! release; `Books::check` then holds the accounts against the books.

pub mod accounts;
mod events;
mod execution;
pub mod settlement;
pub mod stream;
pub mod treasury;
pub mod votes;

use std::collections::{BTreeMap, BTreeSet};

use anchor_lang::{AnchorDeserialize, prelude::Pubkey, solana_program::instruction::Instruction};
use budget_client::Community;
use community_budget::state::{RecipientRecord, Treasury};

use accounts::Accounts;
use stream::StreamBook;
use treasury::TreasuryBook;
use votes::VotesBook;

/// One instruction that went through.
pub struct Step<'a> {
    pub name: &'static str,
    pub instruction: &'a Instruction,
    pub now: i64,
    pub community: &'a Community,
    pub before: &'a Accounts,
    pub after: &'a Accounts,
    /// What it returned.
    pub returned: &'a [u8],
    /// Lamports that the fee payer lost, who pays nothing but fees.
    pub fees: u64,
    pub signatures: u64,
}

impl Step<'_> {
    pub fn is(&self, names: &[&str]) -> bool {
        names.contains(&self.name)
    }

    /// Key of one of its accounts.
    pub fn key(&self, position: usize) -> Pubkey {
        self.instruction.accounts[position].pubkey
    }

    pub fn signed_by(&self, key: &Pubkey) -> bool {
        self.instruction.accounts.iter().any(|meta| meta.pubkey == *key && meta.is_signer)
    }

    /// Its arguments.
    pub fn args<T: AnchorDeserialize>(&self) -> T {
        const NUMBER: usize = 1;
        let mut args = &self.instruction.data[NUMBER..];
        T::deserialize(&mut args).expect("what went through is well formed")
    }

    /// Base units that left the vault.
    pub fn paid(&self) -> u64 {
        let vault = &self.before.treasury.vault;
        self.before.tokens(vault).saturating_sub(self.after.tokens(vault))
    }
}

/// What a treasury remembers of a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct History {
    pub streams: u16,
    pub awarded: u64,
    pub paid: u64,
    pub returned: u64,
    pub score_sum: u32,
    pub scored: u16,
    pub missed: u16,
    pub cancelled: u16,
}

impl History {
    fn of(record: &RecipientRecord) -> Self {
        Self {
            streams: record.streams,
            awarded: record.awarded,
            paid: record.paid,
            returned: record.returned,
            score_sum: record.score_sum,
            scored: record.scored,
            missed: record.missed_updates,
            cancelled: record.cancellations,
        }
    }

    /// R4: whether the mean score, missed updates counting as zero, is below `floor`.
    pub fn is_weak(&self, floor: u16) -> bool {
        let reviews = u32::from(self.scored) + u32::from(self.missed);
        reviews > 0 && self.score_sum < u32::from(floor) * reviews
    }
}

/// The second set of books.
pub struct Books {
    /// Base units that reached the budget, stake and bond vault without the program.
    pub donated: [u64; 3],
    pub treasury: TreasuryBook,
    pub streams: BTreeMap<Pubkey, StreamBook>,
    pub votes: VotesBook,
    pub histories: BTreeMap<Pubkey, History>,
    /// How often entries were executed.
    pub executed: BTreeMap<(u32, u8), u32>,
    /// Epochs, proposals, vote records, streams and reviews that were closed.
    pub closed: BTreeSet<Pubkey>,
    /// How often what a rule is about came about, by name.
    pub seen: BTreeMap<String, u64>,
}

impl Books {
    /// The books of a treasury that was just created.
    pub fn new(treasury: &Treasury) -> Self {
        Self {
            donated: [0; 3],
            treasury: TreasuryBook::new(treasury),
            streams: BTreeMap::new(),
            votes: VotesBook::default(),
            histories: BTreeMap::new(),
            executed: BTreeMap::new(),
            closed: BTreeSet::new(),
            seen: BTreeMap::new(),
        }
    }

    /// Books a step.
    pub fn apply(&mut self, step: &Step<'_>) {
        match step.name {
            "deposit_funds" => self.fund(step, step.args()),
            "absorb_surplus" => {
                let surplus = std::mem::take(&mut self.donated[0]);
                self.fund(step, surplus);
            }
            "submit_proposal" | "submit_action" => self.submit(step),
            "accept_proposal" => self.accept(step),
            "return_funds" => self.return_funds(step),
            "open_stake" => self.votes.reset(&step.key(0)),
            "stake" | "request_unstake" | "set_lock" => self.touch(step, 2),
            "set_delegate" => self.touch(step, 2),
            "refresh_stake" => self.measure(step, 1),
            "mark_dormant" => self.fall_dormant(step),
            "close_stake" => self.votes.reset(&step.key(0)),
            "open_epoch" => self.open_epoch(step),
            "cast_vote" | "revise_vote" | "retract_vote" => self.vote(step),
            "settle_epoch" => self.settle(step),
            "execute_award" => self.execute_award(step),
            "execute_set_policy"
            | "execute_set_role"
            | "execute_clear_breaker"
            | "execute_write_off" => self.execute_act(step),
            "execute_stream_ruling" => self.rule(step),
            "lapse_proposal" => self.drop_entry(step, 1),
            "veto_proposal" => self.drop_entry(step, 2),
            "file_update" => self.stream(step, 3).file(step.now),
            "score_update" => self.score(step),
            "hold_stream" => self.hold(step),
            "lapse_stream" => self.lapse_stream(step),
            "pause_stream" => self.pause_stream(step),
            "pause_executions" => self.pause_executions(step),
            "trip_breaker" => self.trip(step),
            "mark_position" => self.mark(step),
            "assess_ask" => self.assess(step),
            "withdraw_stream" => self.claim(step),
            "close_review" => self.stream(step, 1).pass_by_silence(step.now),
            "close_vote_record" => self.close_vote_record(step),
            "close_proposal" => self.close_proposal(step),
            "close_stream" => self.close_stream(step),
            _ => {}
        }
        let gone = step.before.raw.keys().filter(|key| !step.after.raw.contains_key(key));
        let stake = |key: &&Pubkey| !step.before.stakes.contains_key(*key);
        self.closed.extend(gone.filter(stake));
    }

    /// Holds the accounts against the books.
    pub fn check(&self, accounts: &Accounts, now: i64) {
        self.treasury.check(&accounts.treasury, now);
        for (key, stream) in &accounts.streams {
            self.streams[key].check(key, stream, now);
        }
        for stake in accounts.stakes.values() {
            self.votes.check(stake);
        }
        for record in accounts.records.values() {
            let own = self.histories.get(&record.person).copied().unwrap_or_default();
            assert_eq!(History::of(record), own, "history of {}", record.person);
        }
    }

    /// Whether a refusal of `step` breaks a promise: what anybody may do goes through.
    pub fn may_be_refused(
        &self,
        name: &str,
        instruction: &Instruction,
        now: i64,
        on: &Accounts,
    ) -> bool {
        match name {
            "withdraw_stream" => {
                let Some(book) = self.streams.get(&instruction.accounts[1].pubkey) else {
                    return true;
                };
                self.claim_bounds(book, now).0 == 0
            }
            "trip_breaker" => {
                let mut book = self.treasury.clone();
                let books = &on.treasury;
                book.book_trip_end(books.tracked, now);
                let reason = book.may_trip(books.tracked, books.committed, books.epoch_count);
                book.is_tripped(now) || now < book.rests_until || !reason
            }
            _ => true,
        }
    }

    /// The least and the most that a claim pays at `now`: the least is what P4 and the bucket say.
    fn claim_bounds(&self, book: &StreamBook, now: i64) -> (u64, u64) {
        let delay = i64::from(self.treasury.in_force.breaker.max_payout_delay_secs);
        let claimable = book.released(now) - book.withdrawn;
        let overdue = book.released(now - delay).saturating_sub(book.withdrawn);
        (claimable.min(self.treasury.level(now).max(overdue)), claimable)
    }

    /// Takes note that `what` came about, if it did.
    fn notice(&mut self, what: &str, it_did: bool) {
        if it_did {
            *self.seen.entry(what.to_owned()).or_default() += 1;
        }
    }

    fn stream(&mut self, step: &Step<'_>, position: usize) -> &mut StreamBook {
        self.streams.get_mut(&step.key(position)).expect("the stream is in the books")
    }

    fn history(&mut self, person: Pubkey) -> &mut History {
        self.histories.entry(person).or_default()
    }
}
