//! What the walk does next: one instruction, mostly sensible for the moment, often not.

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction};
use budget_tests::*;
use community_budget::state::{Phase, Role};

use super::Walk;
use crate::books::{accounts::Accounts, stream::Waits};

/// Instructions and how much sense each makes.
type Wanted = Vec<(&'static str, u64)>;

impl Walk {
    /// Builds the next instruction, tampers with it now and then, and sends it.
    pub fn act(&mut self) {
        let name = if self.dice.chance(85) {
            let wanted = self.wanted();
            self.dice.weighted(&wanted)
        } else {
            let all = self.all.clone();
            self.dice.pick(&all)
        };
        let mut instruction = self.build(name);
        let tampered = self.dice.chance(6);
        if tampered {
            self.tamper(&mut instruction);
        }
        // A payout account that cannot be paid is no promise broken.
        let payable = instruction.accounts.iter().all(|meta| !self.blocked.contains(&meta.pubkey));
        self.step(name, instruction, !tampered && payable && self.is_sound);
    }

    /// Takes a signature away, swaps an account or flips a bit of the arguments.
    fn tamper(&mut self, instruction: &mut Instruction) {
        let at = self.dice.position(instruction.accounts.len());
        match self.dice.below(3) {
            0 => instruction.accounts[at].is_signer = false,
            1 => {
                let keys: Vec<Pubkey> = self.accounts.raw.keys().copied().collect();
                instruction.accounts[at].pubkey = self.dice.pick(&keys);
            }
            _ => {
                const NUMBER: usize = 1;
                let arguments = instruction.data.len() - NUMBER;
                if arguments > 0 {
                    let at = NUMBER + self.dice.position(arguments);
                    instruction.data[at] ^= 1 << self.dice.below(8);
                }
            }
        }
    }

    /// What makes sense now.
    fn wanted(&self) -> Wanted {
        let (accounts, now) = (&*self.accounts, self.now());
        let mut wanted = always();
        let current = accounts.current(&self.w.community).map(|epoch| &epoch.header);
        match current.map(|header| header.phase(now)) {
            Some(Phase::Submission) => {
                let room = current.is_some_and(|header| !header.next_slot_is_reserved());
                wanted.extend([
                    ("submit_proposal", if room { 28 } else { 2 }),
                    ("submit_action", 12),
                    ("accept_proposal", 6),
                    ("withdraw_proposal", 1),
                ]);
            }
            Some(Phase::Voting) => {
                wanted.extend([("cast_vote", 40), ("revise_vote", 8), ("retract_vote", 2)]);
            }
            Some(Phase::Tallying) => wanted.push(("settle_epoch", 40)),
            Some(Phase::Settled) | None => {
                let period = i64::from(accounts.treasury.policy.schedule.period_secs);
                let opens = accounts.treasury.last_opened_at + period;
                let due = accounts.treasury.epoch_count == 0 || now >= opens;
                wanted.push(("open_epoch", if due { 30 } else { 1 }));
            }
        }
        self.after_settlement(&mut wanted, accounts, now);
        self.about_streams(&mut wanted, accounts, now);
        wanted
    }

    /// What settled epochs leave to do.
    fn after_settlement(&self, wanted: &mut Wanted, accounts: &Accounts, now: i64) {
        for epoch in accounts.epochs.values().filter(|epoch| epoch.header.settled_at != 0) {
            let header = &epoch.header;
            for (index, entry) in (0..).zip(epoch.entries()) {
                if entry.awaits_execution() {
                    let name = self.execution_of(header.index, index);
                    let due = header.executable_at(entry.tier).is_some_and(|at| now >= at);
                    if !self.books.within_grace(header, now) {
                        wanted.push(("lapse_proposal", 8));
                    } else if due {
                        wanted.push((name, 14));
                    } else {
                        wanted.push(("veto_proposal", 1));
                    }
                }
            }
            wanted.extend([("close_vote_record", 3), ("close_proposal", 2), ("close_epoch", 1)]);
            let claims_end = header.claims_end_at().is_some_and(|at| now >= at);
            if claims_end && header.reward_pool > header.rewards_paid {
                wanted.push(("reclaim_rewards", 4));
            }
        }
    }

    fn about_streams(&self, wanted: &mut Wanted, accounts: &Accounts, now: i64) {
        for (key, stream) in &accounts.streams {
            let book = &self.books.streams[key];
            wanted.push(("withdraw_stream", 2));
            wanted.push(match book.waits(now) {
                Waits::Update => ("file_update", 9),
                Waits::Verdict => ("score_update", 5),
                Waits::Hold => ("hold_stream", 5),
                Waits::Time | Waits::Nothing if book.is_held() => ("lapse_stream", 2),
                Waits::Time | Waits::Nothing => ("pause_stream", 1),
            });
            if stream.is_finished() {
                wanted.push(("close_stream", 3));
            }
            if stream.open_reviews > 0 {
                wanted.push(("close_review", 2));
            }
        }
    }

    /// The instruction that executes an entry.
    pub fn execution_of(&self, epoch: u32, index: u8) -> &'static str {
        use community_budget::state::Action;
        match &self.w.proposal(epoch, index).terms.action {
            Action::Award(_) => "execute_award",
            Action::SetPolicy(_) => "execute_set_policy",
            Action::SetRole { .. } => "execute_set_role",
            Action::RuleOnStream { .. } => "execute_stream_ruling",
            Action::ClearBreaker => "execute_clear_breaker",
            Action::WriteOff { .. } => "execute_write_off",
        }
    }

    fn build(&mut self, name: &'static str) -> Instruction {
        self.is_sound = true;
        match name {
            "open_stake" | "stake" | "request_unstake" | "withdraw_unstaked" | "set_lock"
            | "set_delegate" | "refresh_stake" | "mark_dormant" | "close_stake" => {
                self.of_member(name)
            }
            "submit_proposal" | "submit_action" | "accept_proposal" | "withdraw_proposal"
            | "cast_vote" | "revise_vote" | "retract_vote" => self.of_slate(name),
            "execute_award"
            | "execute_set_policy"
            | "execute_set_role"
            | "execute_stream_ruling"
            | "execute_clear_breaker"
            | "execute_write_off" => self.execution(name),
            "file_update" | "score_update" | "hold_stream" | "lapse_stream" | "pause_stream"
            | "withdraw_stream" | "redirect_payout" | "close_stream" | "close_review" => {
                self.of_stream(name)
            }
            _ => self.of_treasury(name),
        }
    }

    pub fn anyone(&mut self) -> Pubkey {
        self.dice.pick(&self.people).key()
    }

    /// The holder of a role, mostly.
    pub fn office(&mut self, role: Role) -> Pubkey {
        let holder = self.holder(role);
        if self.dice.chance(92) { holder } else { self.anyone() }
    }

    /// Who is on record as the payer of an account's rent, mostly.
    pub fn payer_of(&mut self, recorded: Option<Pubkey>) -> Pubkey {
        recorded.filter(|_| self.dice.chance(95)).unwrap_or_else(|| self.anyone())
    }

    pub fn amount(&mut self, around: u64) -> u64 {
        match self.dice.below(20) {
            0 => 0,
            1 => u64::MAX,
            2 => around,
            _ => 1 + self.dice.below(around),
        }
    }

    /// A slot of an existing epoch that `wanted` likes, mostly.
    pub fn slot(&mut self, wanted: impl Fn(&community_budget::state::Entry) -> bool) -> (u32, u8) {
        let liked = self.accounts.slots(wanted);
        let all = self.accounts.slots(|_| true);
        let from = if self.dice.chance(88) && !liked.is_empty() { liked } else { all };
        self.dice.maybe(&from).unwrap_or((0, 0))
    }

    /// An epoch that exists, mostly.
    pub fn epoch(&mut self) -> u32 {
        let all: Vec<u32> = self.accounts.epochs.values().map(|epoch| epoch.header.index).collect();
        let odd = self.dice.chance(2);
        self.dice.maybe(&all).filter(|_| !odd).unwrap_or(0)
    }
}

/// What makes some sense at any time.
fn always() -> Wanted {
    vec![
        ("deposit_funds", 2),
        ("absorb_surplus", 2),
        ("return_funds", 3),
        ("open_stake", 1),
        ("stake", 3),
        ("request_unstake", 2),
        ("withdraw_unstaked", 3),
        ("set_lock", 2),
        ("set_delegate", 2),
        ("refresh_stake", 2),
        ("mark_dormant", 1),
        ("close_stake", 1),
        ("open_recipient_record", 1),
        ("redirect_payout", 2),
        ("pause_executions", 1),
        ("trip_breaker", 3),
        ("mark_position", 4),
        ("assess_ask", 2),
    ]
}

/// Seconds as random arguments have them: none, some, too many.
pub const SPANS: [u32; 7] = [0, 1, 3_600, DAY_SECS, 3 * DAY_SECS, 7 * DAY_SECS, 15 * DAY_SECS];
