//! How some walks begin: a large bet is lost, the breaker trips, a vote clears it. Chance alone comes
//! here too rarely.

use budget_client::{ballot::pack, instruction::Submission};
use budget_tests::*;
use community_budget::{BallotArgs, SubmitActionArgs, state::Action};

use super::Walk;

/// A category that is a derivative in every walk.
const OPTIONS: u8 = 2;

/// Makes a policy one under which a single bet can trip the breaker.
pub fn reckless(policy: &mut Policy) {
    let options = &mut policy.risk.categories[usize::from(OPTIONS)];
    (options.share_bps, options.exposure_limit_bps, options.haircut_bps) = (10_000, 10_000, 0);
    policy.budget.epoch_cap_bps = 3_000;
    policy.budget.epoch_cap_abs = u64::MAX;
    for rule in &mut policy.tiers.rules {
        rule.min_checkpoints = 0;
    }
    policy.risk.min_runway_epochs = 0;
    policy.risk.max_recipient_bps = 10_000;
    policy.risk.max_drawdown_bps = 500;
    policy.breaker.trip_secs = 30 * DAY_SECS;
}

impl Walk {
    pub fn lose_a_bet(&mut self) {
        let (c, taker) = (self.w.community, self.people[8].key());
        self.must("open_epoch", c.open_epoch(taker, 0));
        let amount = self.accounts.epochs[&c.epoch(0)].header.ask_limits[2];
        let ask = Ask { category: OPTIONS, ..Ask::of(amount) };
        self.must("submit_proposal", c.submit_proposal(self.slot_of(0, 0), ask.args()));
        self.elect(0);
        self.must("execute_award", c.execute_award(taker, 0, 0, taker));
        let stream = self.w.stream_key(0, 0);
        let book = &self.books.streams[&stream];
        let end = book.moments(self.now()).into_iter().max().expect("a stream has an end");
        self.travel_to(end + 7 * DAY);
        let payout = c.budget_account(&taker);
        self.must("withdraw_stream", c.withdraw_stream(stream, payout, None));
        let reporter = self.w.risk_reporter.key();
        self.must("mark_position", c.mark_position(reporter, OPTIONS, 0));

        self.must("open_epoch", c.open_epoch(taker, 1));
        let args = SubmitActionArgs {
            action: Action::ClearBreaker,
            metadata_hash: [9; 32],
            title: "Go on".to_owned(),
            metadata_uri: String::new(),
        };
        self.must("submit_action", c.submit_action(self.slot_of(1, 0), false, args));
        self.must("trip_breaker", c.trip_breaker());
        self.elect(1);
        self.must("execute_clear_breaker", c.execute_clear_breaker(1, 0));
    }

    fn slot_of(&self, epoch: u32, index: u8) -> Submission {
        let by = self.people[8].key();
        Submission {
            epoch,
            index,
            proposer: by,
            payer: by,
            recipient: by,
            recipient_signs: true,
            source: self.w.community.budget_account(&by),
        }
    }

    /// All stakers vote for the first entry, and its timelock runs.
    fn elect(&mut self, epoch: u32) {
        let c = self.w.community;
        let header = self.accounts.epochs[&c.epoch(epoch)].header;
        self.travel_to(header.voting_opens_at);
        let ballot = BallotArgs { slate_hash: header.slate_hash, ballot: pack([(0, For)]) };
        let voters: Vec<_> = self.people[..8].iter().map(Person::key).collect();
        for voter in voters {
            self.must("cast_vote", c.cast_vote(voter, voter, epoch, ballot.clone()));
        }
        self.travel_to(header.voting_closes_at);
        self.must("settle_epoch", c.settle_epoch(epoch));
        let timelock = i64::from(header.policy.timelock_secs(u8::MAX));
        self.travel_to(header.voting_closes_at + timelock);
    }
}
