//! What proposers, recipients and voters do.

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction};
use budget_client::{ballot::pack, instruction::Submission};
use budget_tests::*;
use community_budget::{
    BallotArgs, SubmitActionArgs,
    state::{Action, Entry, Role, Ruling},
};

use super::{Walk, policy};

impl Walk {
    /// A person with a recipient record, mostly.
    fn proposer(&mut self) -> Pubkey {
        let known: Vec<Pubkey> = self.accounts.records.values().map(|r| r.person).collect();
        let found = self.dice.maybe(&known);
        found.filter(|_| self.dice.chance(95)).unwrap_or_else(|| self.anyone())
    }

    pub fn of_slate(&mut self, name: &'static str) -> Instruction {
        match name {
            "submit_proposal" => self.submission(),
            "submit_action" => self.action(),
            "accept_proposal" | "withdraw_proposal" => self.answer(name),
            _ => self.ballot(name),
        }
    }

    /// The next slot of the current epoch.
    fn next_slot(&mut self, recipient: Pubkey, recipient_signs: bool, by: Pubkey) -> Submission {
        let c = self.w.community;
        let epoch = self.accounts.treasury.current_epoch().unwrap_or(0);
        let found = self.accounts.epochs.get(&c.epoch(epoch));
        Submission {
            epoch,
            index: found.map_or(0, |epoch| epoch.header.entry_count),
            proposer: by,
            payer: self.anyone(),
            recipient,
            recipient_signs,
            source: c.budget_account(&by),
        }
    }

    fn submission(&mut self) -> Instruction {
        let c = self.w.community;
        let header = self.accounts.current(&c).map(|epoch| epoch.header);
        let limits = header.map_or([1_000; 3], |header| header.ask_limits);
        let [small, medium, large] = limits;
        let around = self.dice.pick(&[small, small, medium, medium, large, large, large * 2]);
        let amount = self.amount(around);
        let category = if self.dice.chance(3) { 4 } else { self.dice.pick(&[0, 0, 1, 2, 2, 2, 3]) };
        let risky = header.is_some_and(|h| category < 4 && h.policy.is_risk(category));
        let (proposer, other) = (self.proposer(), self.proposer());
        let (recipient, signs) = match self.dice.below(20) {
            0..11 => (proposer, true),
            11..15 => (other, true),
            15..19 => (other, false),
            _ => (self.dice.pick(&[c.treasury, c.vault(), Pubkey::default(), other]), false),
        };
        let long = (amount > small || risky) && self.dice.chance(95);
        let lengths: &[u32] = if long { &[19, 19, 24, 40] } else { &[1, 1, 2, 5, 11, 20] };
        let odd = self.dice.pick(&[0, 2_000]);
        let days = if self.dice.chance(4) { odd } else { self.dice.pick(lengths) };
        let duration_secs = days * DAY_SECS + u32::try_from(self.dice.below(1_000)).unwrap();
        let cliffs = [0, 0, 0, duration_secs / 3, duration_secs / 2 + 1, duration_secs];
        let checkpoints: &[u8] = if long { &[0, 1, 1, 2, 3, 3] } else { &[0, 0, 0, 1, 12] };
        let ask = Ask {
            duration_secs,
            cliff_secs: if self.dice.chance(3) { u32::MAX } else { self.dice.pick(&cliffs) },
            category,
            checkpoints: if self.dice.chance(3) { 13 } else { self.dice.pick(checkpoints) },
            title: if self.dice.chance(3) { String::new() } else { "Swings".to_owned() },
            metadata_uri: "u".repeat(if self.dice.chance(3) { 129 } else { 128 }),
            ..Ask::of(amount)
        };
        let slot = self.next_slot(recipient, signs, proposer);
        c.submit_proposal(slot, ask.args())
    }

    fn action(&mut self) -> Instruction {
        let c = self.w.community;
        let by = self.proposer();
        let slot = self.next_slot(by, false, by);
        let args = SubmitActionArgs {
            action: self.something_to_decide(),
            metadata_hash: [9; 32],
            title: if self.dice.chance(3) { "t".repeat(65) } else { "An act".to_owned() },
            metadata_uri: String::new(),
        };
        let with_stake = self.dice.chance(50);
        c.submit_action(slot, with_stake, args)
    }

    fn something_to_decide(&mut self) -> Action {
        let tripped = self.books.treasury.is_tripped(self.now());
        match self.dice.below(if tripped { 15 } else { 11 }) {
            0..3 => Action::SetPolicy(policy::patch(&mut self.dice)),
            3 => {
                let role = self.dice.pick(&[Role::Guardian, Role::Reviewer, Role::RiskReporter]);
                let (first, other) = (self.holder(role), self.anyone());
                let holder = self.dice.pick(&[first, other, other, Pubkey::default()]);
                Action::SetRole { role, holder }
            }
            4..8 => self.ruling(),
            8 | 9 => {
                let costs = self.accounts.treasury.positions.map(|position| position.cost);
                let risky: Vec<u8> = (0u8..8).filter(|c| costs[usize::from(*c)] > 0).collect();
                let category = self.dice.maybe(&risky).unwrap_or(2);
                let category = if self.dice.chance(4) { 8 } else { category };
                let around = costs.get(usize::from(category)).copied().unwrap_or(1);
                let amount = self.amount(around.max(1));
                Action::WriteOff { category, amount }
            }
            _ => Action::ClearBreaker,
        }
    }

    /// A ruling on a stream, of a kind that suits it mostly.
    fn ruling(&mut self) -> Action {
        let held: Vec<Pubkey> = self.streams(|book| book.is_held());
        let all: Vec<Pubkey> = self.streams(|_| true);
        let found = if self.dice.chance(80) { self.dice.maybe(&held) } else { None };
        let Some(stream) = found.or_else(|| self.dice.maybe(&all)) else {
            return Action::ClearBreaker;
        };
        let checkpoint = self.books.streams[&stream].passed(self.now());
        let keep_bps = self.dice.pick(&[1, 3_333, 5_000, 9_999, 0, 10_000]);
        let reduce = Ruling::Reduce { keep_bps };
        let ruling = if found.is_some() {
            let resume = Ruling::Resume { checkpoint };
            self.dice.pick(&[resume, resume, resume, reduce, reduce, Ruling::Cancel])
        } else {
            self.dice.pick(&[reduce, reduce, Ruling::Cancel, Ruling::Resume { checkpoint }])
        };
        Action::RuleOnStream { stream, ruling }
    }

    fn answer(&mut self, name: &'static str) -> Instruction {
        let c = self.w.community;
        let accept = name == "accept_proposal";
        let wanted = |entry: &Entry| {
            entry.is(Outcome::Pending) && !(accept && entry.flags & flags::ACCEPTED != 0)
        };
        let (epoch, index) = self.slot(wanted);
        let proposal = self.accounts.proposals.get(&self.w.proposal_key(epoch, index));
        let named = proposal.map(|p| match &p.terms.action {
            Action::Award(terms) if accept => terms.recipient,
            _ => p.proposer,
        });
        let by = named.filter(|_| self.dice.chance(95)).unwrap_or_else(|| self.anyone());
        if accept {
            c.accept_proposal(by, epoch, index)
        } else {
            c.withdraw_proposal(by, epoch, index)
        }
    }

    fn ballot(&mut self, name: &'static str) -> Instruction {
        let c = self.w.community;
        let (owner, payer) = (self.staker(), self.anyone());
        let epoch = self.accounts.treasury.current_epoch().unwrap_or(0);
        let mut choices = Vec::new();
        let mut slate_hash = [0; 32];
        let accounts = std::rc::Rc::clone(&self.accounts);
        if let Some(epoch) = accounts.epochs.get(&c.epoch(epoch)) {
            slate_hash = epoch.header.slate_hash;
            let like = self.dice.pick(&[For, For, For, Against]);
            for (index, entry) in (0..).zip(epoch.slate.iter()) {
                // Acts take two thirds of all who decide, so they are liked better.
                let like = if entry.is_award() { like } else { For };
                let other = self.dice.pick(&[For, Against, Abstain, Unmarked]);
                if entry.is_votable() || self.dice.chance(1) {
                    choices.push((index, if self.dice.chance(75) { like } else { other }));
                }
            }
        }
        if self.dice.chance(3) {
            slate_hash[0] ^= 1;
        }
        let mut ballot = pack(choices);
        if self.dice.chance(2) {
            ballot.resize(40, 1);
        }
        let args = BallotArgs { slate_hash, ballot };
        let delegate = accounts.stakes.get(&c.stake(&owner)).map(|stake| stake.delegate);
        let delegate = delegate.filter(|key| *key != Pubkey::default());
        let voter = match self.dice.below(20) {
            0..7 => delegate.unwrap_or(owner),
            7..19 => owner,
            _ => self.anyone(),
        };
        match name {
            "cast_vote" => c.cast_vote_for(owner, voter, payer, epoch, args),
            "revise_vote" => c.revise_vote_for(owner, voter, epoch, args),
            _ => c.retract_vote_for(owner, voter, epoch),
        }
    }
}
