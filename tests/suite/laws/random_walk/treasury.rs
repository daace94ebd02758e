//! What anybody, the roles and the keeper do about the treasury and its epochs.

use anchor_lang::solana_program::instruction::Instruction;
use budget_tests::*;
use community_budget::{
    AssessAskArgs, CreateTreasuryArgs,
    state::{Action, Entry, Role, VoteRecord},
};

use super::{Walk, acts::SPANS};

impl Walk {
    /// The execution of an entry that waits for it, by the instruction that it takes, mostly.
    pub fn execution(&mut self, name: &'static str) -> Instruction {
        let waiting = self.accounts.slots(Entry::awaits_execution);
        let own = |slot: &(u32, u8)| self.execution_of(slot.0, slot.1) == name;
        let liked: Vec<(u32, u8)> = waiting.into_iter().filter(own).collect();
        let found = self.dice.maybe(&liked).filter(|_| self.dice.chance(92));
        let (epoch, index) = found.unwrap_or_else(|| self.slot(Entry::awaits_execution));
        self.execution_at(name, epoch, index)
    }

    /// The execution of one entry by an instruction that may be another kind's.
    pub fn execution_at(&mut self, name: &'static str, epoch: u32, index: u8) -> Instruction {
        let c = self.w.community;
        let proposal = self.accounts.proposals.get(&self.w.proposal_key(epoch, index));
        let action = proposal.map(|proposal| proposal.terms.action.clone());
        let payer = self.anyone();
        match name {
            "execute_award" => {
                let recipient = match &action {
                    Some(Action::Award(terms)) => terms.recipient,
                    _ => payer,
                };
                c.execute_award(payer, epoch, index, recipient)
            }
            "execute_set_policy" => c.execute_set_policy(epoch, index),
            "execute_set_role" => c.execute_set_role(epoch, index),
            "execute_clear_breaker" => c.execute_clear_breaker(epoch, index),
            "execute_write_off" => c.execute_write_off(epoch, index),
            _ => {
                let stream = match &action {
                    Some(Action::RuleOnStream { stream, .. }) => *stream,
                    _ => self.w.stream_key(epoch, index),
                };
                let recipient = self.accounts.streams.get(&stream).map_or(payer, |s| s.recipient);
                c.execute_stream_ruling(epoch, index, stream, recipient)
            }
        }
    }

    pub fn of_treasury(&mut self, name: &'static str) -> Instruction {
        let c = self.w.community;
        match name {
            "create_treasury" => {
                let (policy, roles) = (self.accounts.treasury.policy, self.w.roles());
                let args = CreateTreasuryArgs { id: 0, first_open_at: GENESIS, policy, roles };
                let payer = self.anyone();
                c.create_treasury(self.w.founder.key(), payer, args)
            }
            "deposit_funds" => {
                let (by, amount) = (self.anyone(), self.amount(5_000_000));
                c.deposit_funds(by, c.budget_account(&by), amount)
            }
            "absorb_surplus" => c.absorb_surplus(),
            "return_funds" => self.repayment(),
            "open_recipient_record" => {
                let (payer, person) = (self.anyone(), self.anyone());
                c.open_recipient_record(payer, person)
            }
            "open_epoch" => {
                let (payer, index) = (self.anyone(), self.accounts.treasury.epoch_count);
                c.open_epoch(payer, index)
            }
            "settle_epoch" => {
                let current = self.accounts.treasury.current_epoch().unwrap_or(0);
                let index = if self.dice.chance(90) { current } else { self.epoch() };
                c.settle_epoch(index)
            }
            "lapse_proposal" => {
                let (epoch, index) = self.slot(Entry::awaits_execution);
                c.lapse_proposal(epoch, index)
            }
            "veto_proposal" => {
                let (epoch, index) = self.slot(Entry::awaits_execution);
                let guardian = self.office(Role::Guardian);
                c.veto_proposal(guardian, epoch, index)
            }
            "pause_executions" => {
                let (guardian, secs) = (self.office(Role::Guardian), self.dice.pick(&SPANS));
                c.pause_executions(guardian, secs)
            }
            "trip_breaker" => c.trip_breaker(),
            "mark_position" => self.mark(),
            "assess_ask" => {
                let limits = self.accounts.current(&c).map_or([1; 3], |e| e.header.ask_limits);
                let args = AssessAskArgs {
                    amount: self.amount(limits[2]),
                    category: self.dice.pick(&[0, 1, 2, 3, 4, 255]),
                    recipient_awarded: self.amount(limits[1]),
                };
                let current = self.accounts.treasury.current_epoch().unwrap_or(0);
                let epoch = if self.dice.chance(90) { current } else { self.epoch() };
                c.assess_ask(epoch, args)
            }
            "reclaim_rewards" => {
                let epoch = self.epoch();
                c.reclaim_rewards(epoch)
            }
            _ => self.closing(name),
        }
    }

    /// A category of a risk class, mostly.
    fn risk_category(&mut self) -> u8 {
        let positions = self.accounts.treasury.positions;
        let held: Vec<u8> = (0u8..8).filter(|c| positions[usize::from(*c)].cost > 0).collect();
        let found = self.dice.maybe(&held).filter(|_| self.dice.chance(80));
        found.unwrap_or_else(|| self.dice.pick(&[0, 1, 2, 2, 3, 7, 8]))
    }

    fn mark(&mut self) -> Instruction {
        let category = self.risk_category();
        let position = self.accounts.treasury.positions.get(usize::from(category));
        let cost = position.map_or(0, |position| position.cost);
        let mark = self.dice.pick(&[0, 0, cost / 10, cost / 2, cost, cost * 2, u64::MAX]);
        let reporter = self.office(Role::RiskReporter);
        self.w.community.mark_position(reporter, category, mark)
    }

    fn repayment(&mut self) -> Instruction {
        let c = self.w.community;
        let category = self.risk_category();
        let position = self.accounts.treasury.positions.get(usize::from(category));
        let cost = position.map_or(0, |position| position.cost);
        let around = self.dice.pick(&[1_000, cost / 5, cost / 5, cost + cost / 2]).max(1);
        let (by, amount) = (self.anyone(), self.amount(around));
        let has_record = self.accounts.records.contains_key(&c.recipient_record(&by));
        let with_record = if self.dice.chance(90) { has_record } else { !has_record };
        c.return_funds(by, c.budget_account(&by), category, amount, with_record)
    }

    fn closing(&mut self, name: &'static str) -> Instruction {
        let c = self.w.community;
        match name {
            "close_vote_record" => {
                let accounts = std::rc::Rc::clone(&self.accounts);
                let ballots: Vec<_> = accounts.ballots.values().map(|b| b.record).collect();
                let record = self.dice.maybe(&ballots);
                let owner = record.map_or_else(|| self.anyone(), |record| record.owner);
                let of = |record: VoteRecord| accounts.epochs[&record.epoch].header.index;
                let payer = self.payer_of(record.map(|record| record.rent_payer));
                c.close_vote_record(record.map_or(0, of), owner, payer)
            }
            "close_proposal" => {
                let open = |entry: &Entry| entry.is_final() && entry.flags & flags::CLOSED == 0;
                let (epoch, index) = self.slot(open);
                let proposal = self.accounts.proposals.get(&self.w.proposal_key(epoch, index));
                let known = proposal.map(|proposal| (proposal.proposer, proposal.rent_payer));
                let proposer = known.map_or_else(|| self.anyone(), |(proposer, _)| proposer);
                let payer = self.payer_of(known.map(|(_, payer)| payer));
                c.close_proposal(epoch, index, proposer, payer)
            }
            _ => {
                let index = self.epoch();
                let found = self.accounts.epochs.get(&c.epoch(index));
                let recorded = found.map(|epoch| epoch.header.rent_payer);
                let payer = self.payer_of(recorded);
                c.close_epoch(index, payer)
            }
        }
    }
}
