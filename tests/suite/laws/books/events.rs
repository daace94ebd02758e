//! What each instruction does to the books, and what it had to do; executions and streams are in
//! `execution`.

use anchor_lang::{AnchorDeserialize, prelude::Pubkey};
use budget_tests::{DAY, Outcome, flags};
use community_budget::{
    AskAssessment, AssessAskArgs,
    state::{Entry, Role, Stake},
};

use super::{
    Books, Step,
    settlement::{self, Rooms, Taken},
    treasury::{BREAKER, share},
};

impl Books {
    pub(super) fn fund(&mut self, step: &Step<'_>, amount: u64) {
        self.treasury.deposit(amount, step.before.treasury.current_epoch());
    }

    pub(super) fn return_funds(&mut self, step: &Step<'_>) {
        let (category, amount): (u8, u64) = step.args();
        let epoch = step.before.treasury.current_epoch();
        self.treasury.take_back(amount, category, epoch);
        if step.before.records.contains_key(&step.key(2)) {
            self.history(step.key(0)).returned += amount;
        }
    }

    /// Slot fees go to the vault, whoever submits; they double with every quarter of the slate.
    pub(super) fn submit(&mut self, step: &Step<'_>) {
        let entered = step.after.treasury.tracked - step.before.treasury.tracked;
        let key = step.key(if step.is(&["submit_proposal"]) { 4 } else { 3 });
        let header = &step.before.epochs[&key].header;
        let quarter = u32::from(header.entry_count) * 4 / u32::from(header.policy.slate.capacity);
        assert_eq!(entered, header.policy.slate.slot_fee << quarter, "R13: slot fee");
        self.fund(step, entered);
        if step.is(&["submit_proposal"]) {
            assert!(quarter < 3, "R13: the last quarter takes acts alone");
            let recipient = step.key(2);
            let by = step.signed_by(&recipient).then_some(recipient);
            self.check_consent(step, key, header.entry_count, by);
        } else if quarter == 3 {
            self.notice("R13 reserved slot", true);
            let stake = &step.before.stakes[&step.key(6)];
            let total = step.before.treasury.total_weight;
            let enough = u128::from(stake.weight) * 100 >= u128::from(total) && stake.weight > 0;
            assert!(enough, "R13: a reserved slot takes 1 % of the total");
            assert_ne!(stake.act_epoch, header.index, "R13: one reserved slot per stake");
        }
    }

    pub(super) fn accept(&mut self, step: &Step<'_>) {
        let index = step.before.proposals[&step.key(2)].index;
        self.check_consent(step, step.key(1), index, Some(step.key(0)));
    }

    /// An entry is accepted by its recipient alone, and is marked if the recipient's record is weak.
    fn check_consent(&mut self, step: &Step<'_>, epoch: Pubkey, index: u8, by: Option<Pubkey>) {
        let epoch = &step.after.epochs[&epoch];
        let entry = &epoch.slate[usize::from(index)];
        let weak = by.is_some_and(|person| {
            let history = self.histories.get(&person).copied().unwrap_or_default();
            history.is_weak(epoch.header.policy.tiers.record_floor_bps)
        });
        assert_eq!(entry.flags & flags::ACCEPTED != 0, by.is_some(), "consent to entry {index}");
        assert_eq!(entry.flags & flags::WEAK_RECORD != 0, weak, "record of entry {index}");
        self.notice("R4 weak record", weak);
    }

    /// The owner of the stake at `position` acted.
    pub(super) fn touch(&mut self, step: &Step<'_>, position: usize) {
        let key = step.key(position);
        let (old, new) = (&step.before.stakes[&key], &step.after.stakes[&key]);
        self.votes.touch(old, new, step.now);
        assert_eq!(new.dormant, 0, "R2: the owner's hand wakes a stake");
        self.measure(step, position);
    }

    /// R1: the stake at `position` weighs what it must.
    pub(super) fn measure(&mut self, step: &Step<'_>, position: usize) {
        let stake = &step.after.stakes[&step.key(position)];
        self.assert_measured(stake, step.after.treasury.settled_epochs());
    }

    fn assert_measured(&self, stake: &Stake, settled: u32) {
        let weight = self.votes.weight(stake, &self.treasury.in_force, settled);
        assert_eq!(stake.weight, weight, "R1: weight of {}", stake.owner);
    }

    pub(super) fn fall_dormant(&mut self, step: &Step<'_>) {
        let stake = &step.before.stakes[&step.key(1)];
        let settled = step.before.treasury.settled_epochs();
        let missed = stake.weight == 0 || self.votes.is_dormant(&stake.owner, settled);
        assert!(missed, "R2: {} missed the last eight epochs", stake.owner);
        let after = &step.after.stakes[&step.key(1)];
        assert_eq!((after.dormant, after.weight), (1, 0), "R2: a dormant stake weighs nothing");
    }

    pub(super) fn open_epoch(&mut self, step: &Step<'_>) {
        let header = step.after.epochs[&step.key(2)].header;
        let books = &step.before.treasury;
        let free = books.tracked - books.committed - books.reserved_funds;
        self.treasury.begin(&header, books.tracked, step.now);
        let policy = &self.treasury.in_force;
        assert_eq!(header.policy, *policy, "I22: the epoch takes the policy of its opening");
        let cap = share(free, policy.budget.epoch_cap_bps.into()).min(policy.budget.epoch_cap_abs);
        assert_eq!((header.free_at_open, header.cap), (free, cap), "P2: cap");
        assert!(u128::from(cap) * 10 <= u128::from(free) * 3, "P2: at most 30 % of free funds");
        let pool = share(cap, policy.budget.reward_bps.into());
        let pool = pool.min(self.treasury.runway_room(free, header.index + 1));
        assert_eq!(header.reward_pool, pool, "R12: reward pool");
        let trimmed = pool < share(cap, policy.budget.reward_bps.into());
        for (limit, rule) in header.ask_limits.iter().zip(policy.tiers.rules) {
            assert_eq!(*limit, share(free, rule.ask_limit_bps.into()), "R4: ask limits");
        }
        for (limit, category) in header.category_caps.iter().zip(policy.risk.categories) {
            assert_eq!(*limit, share(cap, category.share_bps.into()), "R6: category caps");
        }
        let opens = step.now + i64::from(policy.schedule.submission_secs);
        let closes = opens + i64::from(policy.schedule.voting_secs);
        let hard_end = closes + i64::from(policy.schedule.max_extension_secs);
        let times = (header.voting_opens_at, header.voting_closes_at, header.voting_hard_end_at);
        assert_eq!((header.opened_at, times), (step.now, (opens, closes, hard_end)), "times");
        if header.index > 0 {
            assert!(step.now - books.last_opened_at >= 7 * DAY, "P2: a week between two openings");
        }
        self.notice("R12 rewards within the runway", trimmed);
        self.votes.begin(opens);
    }

    /// R3, R5: who may vote, and what a late ballot does to the close of voting.
    pub(super) fn vote(&mut self, step: &Step<'_>) {
        let cast = step.is(&["cast_vote"]);
        let (epoch_at, record_at) = if cast { (3, 5) } else { (2, 3) };
        let (key, voter) = (step.key(epoch_at), step.key(0));
        let record = step.after.ballots[&step.key(record_at)].record;
        let by_owner = voter == record.owner;
        let delegate = || step.before.stakes[&step.community.stake(&record.owner)].delegate;
        assert!(by_owner || delegate() == voter, "R3: owner or delegate vote");
        assert_eq!(record.by_delegate, u8::from(!by_owner), "R3: whose hand it was");
        if let Some(old) = step.before.ballots.get(&step.key(record_at)) {
            let locked = old.record.by_delegate == 0;
            assert!(by_owner || !locked, "R3: the owner's ballot locks the delegate out");
        } else {
            let power = self.votes.power(&record.owner);
            assert_eq!(record.weight, power.weight, "R2: weight of the ballot");
            let tokens = (u128::from(power.tokens) * 10_000).div_ceil(u128::from(power.weight));
            assert_eq!(u128::from(record.tokens_bps), tokens.min(10_000), "R1: tokens behind it");
        }
        let old = step.before.ballots.get(&step.key(record_at));
        let took_over = by_owner && old.is_some_and(|old| old.record.by_delegate != 0);
        self.notice("R3 ballot of a delegate", !by_owner);
        self.notice("R3 owner replaces the delegate", took_over);
        self.check_close(step, key);
    }

    fn check_close(&mut self, step: &Step<'_>, key: Pubkey) {
        let (before, after) = (&step.before.epochs[&key], &step.after.epochs[&key]);
        let (header, policy) = (&before.header, &before.header.policy);
        let electorate = self.votes.electorate;
        let window = i64::from(policy.schedule.late_window_secs);
        let late = step.now >= header.voting_closes_at - window;
        let last = step.now >= header.voting_hard_end_at - window;
        let mut swings = false;
        for (index, (old, new)) in (0u8..).zip(before.entries().iter().zip(after.entries())) {
            if old == new {
                continue;
            }
            let tier = settlement::tier(before, &key, &step.before.proposals, index);
            let passes = |entry: &Entry| {
                tier.is_some_and(|tier| settlement::judge(policy, electorate, entry, tier).is_ok())
            };
            let margin = |entry: &Entry| i128::from(entry.for_) - i128::from(entry.against);
            let moved = margin(old).abs_diff(margin(new));
            let swing = u128::from(policy.tiers.late_swing_bps) * u128::from(electorate);
            let large = moved > 0 && moved * 10_000 >= swing;
            swings |= large || passes(old) != passes(new);
            assert!(!last || passes(old) || !passes(new), "R5: a late pass of entry {index}");
        }
        let close = header.voting_closes_at;
        let extended = close.max(step.now + window).min(header.voting_hard_end_at);
        let expected = if late && swings { extended } else { close };
        assert_eq!(after.header.voting_closes_at, expected, "R5: close of voting");
        self.notice("R5 late swing", late && swings);
    }

    pub(super) fn settle(&mut self, step: &Step<'_>) {
        let key = step.key(1);
        let (before, after) = (&step.before.epochs[&key], &step.after.epochs[&key]);
        let books = &step.before.treasury;
        self.treasury.book_trip_end(books.tracked, step.now);
        let rooms = Rooms::of(&self.treasury, books, before.header.cap, step.now);
        let electorate = self.votes.electorate;
        let fates = settlement::settle(before, &key, &step.before.proposals, electorate, &rooms);
        for (index, (entry, fate)) in after.entries().iter().zip(fates).enumerate() {
            let (outcome, tier, reason, rank) = fate;
            let own = (entry.outcome, entry.tier, entry.reason, entry.rank);
            assert_eq!(own, (outcome.into(), tier, reason, rank), "R6: entry {index}: {fate:?}");
            self.notice(&format!("R6 {outcome:?}, reason {reason:02}"), true);
            self.notice(&format!("R4 funded at tier {tier}"), outcome == Outcome::Funded);
        }
        let header = &after.header;
        assert_eq!(
            (header.treasury_value, header.runway_room),
            (rooms.treasury_value, rooms.runway)
        );
        assert_eq!(
            (header.recipient_cap, header.exposure_rooms),
            (rooms.recipient, rooms.exposure)
        );
        assert_eq!(header.target_changes, self.treasury.changes, "R14: targets at the settlement");
        self.treasury.outflow.insert(header.index, after.sum(&[Outcome::Funded]));
    }

    pub(super) fn pause_executions(&mut self, step: &Step<'_>) {
        let secs: u32 = step.args();
        let end = step.now + i64::from(secs);
        self.treasury.pauses.push((step.now, end));
        // No span of 90 days holds more pause than the policy allows.
        let limit = i64::from(self.treasury.in_force.breaker.guardian_pause_secs);
        let within =
            |(from, until): &(i64, i64)| (*until.min(&end) - from.max(&(end - 90 * DAY))).max(0);
        let used: i64 = self.treasury.pauses.iter().map(within).sum();
        assert!(secs > 0 && used <= limit.min(14 * DAY), "R11: paused for {used} of 90 days");
    }

    pub(super) fn trip(&mut self, step: &Step<'_>) {
        let books = &step.before.treasury;
        self.treasury.book_trip_end(books.tracked, step.now);
        assert!(!self.treasury.is_tripped(step.now), "R11: tripped twice");
        assert!(step.now >= self.treasury.rests_until, "R11: the breaker rests");
        let (tracked, committed, epochs) = (books.tracked, books.committed, books.epoch_count);
        let reason = self.treasury.may_trip(tracked, committed, epochs);
        assert!(reason, "R11: tripped without a reason");
        self.notice("R11 trip by a drawdown", self.treasury.has_drawn_down(tracked));
        self.notice("R11 trip by outflow", !self.treasury.has_drawn_down(tracked));
        self.treasury.trip(step.now);
        assert!(self.treasury.changes[BREAKER] > 0);
    }

    pub(super) fn mark(&mut self, step: &Step<'_>) {
        let (category, mark): (u8, u64) = step.args();
        assert!(self.treasury.is_risk(category), "R9: only risk classes have positions");
        self.treasury.positions[usize::from(category)].report = Some((mark, step.now));
    }

    /// R10: an assessment is what settlement would apply.
    pub(super) fn assess(&mut self, step: &Step<'_>) {
        let args: AssessAskArgs = step.args();
        let found =
            AskAssessment::try_from_slice(step.returned).expect("an assessment is returned");
        let epoch = &step.before.epochs[&step.key(1)];
        let books = &step.before.treasury;
        let rooms = Rooms::of(&self.treasury, books, epoch.header.cap, step.now);
        let current = books.epoch_active != 0 && epoch.header.index + 1 == books.epoch_count;
        assert!(current, "R10: the ask is held against the current epoch");
        let taken = Taken::default();
        let refused = if rooms.tripped {
            Some(23)
        } else {
            let (category, amount, to) = (args.category, args.amount, args.recipient_awarded);
            taken.refuse(epoch, &rooms, category, amount, to)
        };
        assert_eq!(found.refused, refused.unwrap_or(0), "R10: what the ask does not fit");
        assert!(found.score <= 100 && (refused.is_none() || found.score == 0), "R10: score");
        let promised = u128::from(books.committed) + u128::from(books.reserved_funds);
        let promised = promised + u128::from(taken.all) + u128::from(args.amount);
        let coverage = (u128::from(books.tracked) * 10_000).checked_div(promised);
        let coverage = coverage.and_then(|bps| u64::try_from(bps).ok()).unwrap_or(u64::MAX);
        assert_eq!(found.coverage_bps, coverage, "R10: coverage");
        assert!(found.runway_after_centi <= found.runway_before_centi, "R10: runway");
    }

    /// R1, R12: a ballot earns its share of the pool, and counts as participation.
    pub(super) fn close_vote_record(&mut self, step: &Step<'_>) {
        let ballot = &step.before.ballots[&step.key(2)];
        let header = &step.before.epochs[&step.key(1)].header;
        let (record, covered) = (ballot.record, ballot.choices().len());
        let gate = u128::from(header.policy.budget.participation_gate_bps);
        let votable = u128::from(header.votable_count);
        let reaches = u128::try_from(covered).unwrap() * 10_000 >= gate * votable;
        let in_time =
            step.now < header.settled_at + 2 * i64::from(header.policy.schedule.period_secs);
        let earned = u128::from(header.reward_pool) * u128::from(record.weight);
        let earned = earned.checked_div(u128::from(header.electorate)).unwrap_or(0);
        let earned = u64::try_from(earned).unwrap().min(header.reward_pool - header.rewards_paid);
        let reward = if reaches && in_time && covered > 0 { earned } else { 0 };
        assert_eq!(step.paid(), reward, "R12: reward of {}", record.owner);
        self.treasury.pay_reward(reward);
        self.notice("R12 reward", reward > 0);
        let stake_key = step.community.stake(&record.owner);
        let (Some(stake), true) = (step.after.stakes.get(&stake_key), covered > 0) else { return };
        let tokens = record.tokens().expect("a record has tokens");
        self.votes.take_part(record.owner, header.index, tokens, stake.amount);
        self.assert_measured(stake, step.before.treasury.settled_epochs());
    }

    /// R13: a bond returns, unless the entry failed with little support or cannot be paid for long.
    pub(super) fn close_proposal(&mut self, step: &Step<'_>) {
        let proposal = &step.before.proposals[&step.key(2)];
        let epoch = &step.before.epochs[&step.key(1)];
        let (header, entry) = (&epoch.header, epoch.slate[usize::from(proposal.index)]);
        let kept = step.after.treasury.tracked - step.before.treasury.tracked;
        let support = u128::from(entry.for_) * 10_000;
        let least =
            u128::from(header.policy.slate.spam_support_bps) * u128::from(header.electorate);
        let spam = entry.is(Outcome::Failed) && support < least;
        let purse = step.community.budget_account(&proposal.proposer);
        let back = step.after.tokens(&purse) - step.before.tokens(&purse);
        assert_eq!(kept + back, proposal.bond, "R13: the whole bond goes somewhere");
        let period = i64::from(header.policy.schedule.period_secs);
        let late = step.now >= header.settled_at + 2 * period;
        assert!(if spam { back == 0 } else { kept == 0 || late }, "R13: {kept} of the bond kept");
        self.fund(step, kept);
        self.notice("R13 forfeited bond", spam && kept > 0);
        self.notice("R13 bond returned", back > 0);
    }

    /// Who alone may do what a step did, where it takes a role.
    pub fn required_role(&self, name: &str) -> Option<Pubkey> {
        let role = match name {
            "veto_proposal" | "pause_executions" | "pause_stream" => Role::Guardian,
            "score_update" => Role::Reviewer,
            "mark_position" => Role::RiskReporter,
            _ => return None,
        };
        Some(self.treasury.holder(role))
    }
}
