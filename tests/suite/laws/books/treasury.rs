//! The treasury by the book: what it is worth, how fast money left it, and when it stood still.

use std::collections::BTreeMap;

use anchor_lang::prelude::Pubkey;
use community_budget::state::{BudgetEpoch, Policy, Role, Treasury};

/// One category's money at risk, less what is only promised, which the accounts tell.
#[derive(Clone, Copy, Debug, Default)]
pub struct Position {
    pub cost: u64,
    pub mark: u64,
    pub marked_at: i64,
    /// A mark on its way, and when it was reported.
    pub report: Option<(u64, i64)>,
}

/// What may leave the vault at once, exactly: in base units times seconds of the window.
#[derive(Clone, Copy, Debug, Default)]
struct Bucket {
    capacity: u64,
    window: u32,
    filled: u128,
    at: i64,
}

impl Bucket {
    fn brim(&self) -> u128 {
        u128::from(self.capacity) * u128::from(self.window)
    }

    fn level(&self) -> u64 {
        u64::try_from(self.filled / u128::from(self.window.max(1))).unwrap()
    }

    fn refill(&mut self, now: i64) {
        let gained = u128::try_from(now - self.at).unwrap() * u128::from(self.capacity);
        self.filled += gained;
        self.at = now;
        if self.level() >= self.capacity {
            self.filled = self.brim();
        }
    }
}

/// The books of one treasury.
#[derive(Clone, Debug)]
pub struct TreasuryBook {
    pub policy: Policy,
    pub in_force: Policy,
    /// Unix seconds of the last opening, by which the age of marks is judged.
    opened_at: i64,
    pub positions: [Position; 8],
    pub profit: u64,
    pub loss: u64,
    /// Base units received and awarded by epoch.
    pub inflow: BTreeMap<u32, u64>,
    pub outflow: BTreeMap<u32, u64>,
    bucket: Bucket,
    pub high_water: u64,
    /// `[from, until)` of every pause and every trip.
    pub pauses: Vec<(i64, i64)>,
    pub trips: Vec<(i64, i64)>,
    /// The end of the last trip has not been booked.
    pub trip_open: bool,
    pub rests_until: i64,
    pub changes: [u32; 20],
    pub roles: [Pubkey; 3],
}

/// Target of the breaker among [`TreasuryBook::changes`].
pub const BREAKER: usize = 11;

impl TreasuryBook {
    /// The books of a treasury that was just created.
    pub fn new(treasury: &Treasury) -> Self {
        Self {
            policy: treasury.policy,
            in_force: treasury.policy,
            opened_at: 0,
            positions: [Position::default(); 8],
            profit: 0,
            loss: 0,
            inflow: BTreeMap::new(),
            outflow: BTreeMap::new(),
            bucket: Bucket::default(),
            high_water: 0,
            pauses: Vec::new(),
            trips: Vec::new(),
            trip_open: false,
            rests_until: 0,
            changes: [0; 20],
            roles: [treasury.guardian, treasury.reviewer, treasury.risk_reporter],
        }
    }

    /// Whether a category's money is at risk, by the policy in force.
    pub fn is_risk(&self, category: u8) -> bool {
        self.in_force.risk.categories[usize::from(category)].class != 0
    }

    /// `amount` of a category after its haircut.
    fn after_haircut(&self, amount: u64, category: u8) -> u64 {
        let haircut = self.in_force.risk.categories[usize::from(category)].haircut_bps;
        share(amount, 10_000 - u64::from(haircut))
    }

    /// What `amount` of a category's cost counts for: nothing if its mark was too old when the epoch
    /// opened.
    fn counted(&self, amount: u64, category: u8) -> u64 {
        let age = self.opened_at - self.positions[usize::from(category)].marked_at;
        let stale = age > i64::from(self.in_force.risk.mark_age_secs);
        if stale { 0 } else { self.after_haircut(amount, category) }
    }

    /// R9: what one position counts for.
    fn value(&self, category: u8) -> u64 {
        let position = self.positions[usize::from(category)];
        let amount = if self.is_risk(category) { position.cost.min(position.mark) } else { 0 };
        self.counted(amount, category)
    }

    /// R9: what all positions count for.
    pub fn positions_value(&self) -> u64 {
        (0..8).map(|category| self.value(category)).fold(0, u64::saturating_add)
    }

    /// R11: (a) what may leave at `now`, claims that wait too long aside.
    pub fn level(&self, now: i64) -> u64 {
        let mut bucket = self.bucket;
        bucket.refill(now);
        bucket.level()
    }

    /// Seconds in `[since, now)` in which executions were blocked.
    pub fn blocked_secs(&self, since: i64, now: i64) -> i64 {
        let mut stretches: Vec<(i64, i64)> =
            self.pauses.iter().chain(&self.trips).copied().collect();
        stretches.sort_unstable();
        let (mut sum, mut counted) = (0, since);
        for (from, until) in stretches {
            let (from, until) = (from.max(counted), until.min(now));
            sum += (until - from).max(0);
            counted = counted.max(until);
        }
        sum
    }

    /// Whether executions are blocked at `now`.
    pub fn is_blocked(&self, now: i64) -> bool {
        self.pauses.iter().chain(&self.trips).any(|(from, until)| (*from..*until).contains(&now))
    }

    pub fn is_tripped(&self, now: i64) -> bool {
        self.trips.last().is_some_and(|(from, until)| (*from..*until).contains(&now))
    }

    /// Whether anybody may trip the breaker when the vault has `tracked` and promised `committed`.
    pub fn may_trip(&self, tracked: u64, committed: u64, epochs: u32) -> bool {
        let sum = |flows: &BTreeMap<u32, u64>| -> u128 {
            let last = (epochs.saturating_sub(4)..epochs).filter_map(|epoch| flows.get(&epoch));
            last.map(|flow| u128::from(*flow)).sum()
        };
        let (inflow, outflow) = (sum(&self.inflow), sum(&self.outflow));
        let runway = u128::from(tracked - committed) * u128::from(epochs.min(4));
        let floor = u128::from(self.in_force.risk.min_runway_epochs);
        let draining = outflow * 2 > inflow * 3 && runway < outflow * floor;
        self.has_drawn_down(tracked) || draining
    }

    /// Whether the treasury has lost more than it may, since its high-water mark.
    pub fn has_drawn_down(&self, tracked: u64) -> bool {
        let value = tracked.saturating_add(self.positions_value());
        let kept = 10_000 - u128::from(self.in_force.risk.max_drawdown_bps);
        u128::from(value) * 10_000 < u128::from(self.high_water) * kept
    }

    /// R10: the largest sum of awards that leaves the runway of `free` at its floor, in the last of
    /// `epochs` epochs.
    pub fn runway_room(&self, free: u64, epochs: u32) -> u64 {
        let floor = u128::from(self.in_force.risk.min_runway_epochs);
        if floor == 0 {
            return u64::MAX;
        }
        let before = epochs.saturating_sub(4)..epochs.saturating_sub(1);
        let outflow = before.filter_map(|epoch| self.outflow.get(&epoch));
        let outflow: u128 = outflow.map(|flow| u128::from(*flow)).sum();
        let mean_over = u128::from(epochs.clamp(1, 4));
        let covered = (u128::from(free) * mean_over).saturating_sub(floor * outflow);
        u64::try_from(covered / (mean_over + floor)).unwrap()
    }

    /// Tokens entered the vault.
    pub fn deposit(&mut self, amount: u64, epoch: Option<u32>) {
        self.high_water += amount;
        if let Some(epoch) = epoch {
            *self.inflow.entry(epoch).or_default() += amount;
        }
    }

    /// A stream paid.
    pub fn pay_out(&mut self, amount: u64, category: u8, is_risk: bool, now: i64) {
        self.bucket.refill(now);
        let rest = self.bucket.filled % u128::from(self.bucket.window);
        let level = self.bucket.level().saturating_sub(amount);
        self.bucket.filled = u128::from(level) * u128::from(self.bucket.window) + rest;
        let mut spent = amount;
        if is_risk {
            let position = &mut self.positions[usize::from(category)];
            if position.cost == 0 && position.mark == 0 {
                position.marked_at = now;
            }
            position.cost += amount;
            position.mark = position.mark.saturating_add(amount);
            if let Some((mark, _)) = &mut position.report {
                *mark = mark.saturating_add(amount);
            }
            spent -= self.counted(amount, category);
        }
        self.high_water = self.high_water.saturating_sub(spent);
    }

    /// A reward was paid.
    pub fn pay_reward(&mut self, amount: u64) {
        self.high_water = self.high_water.saturating_sub(amount);
    }

    /// Tokens came back to a category.
    pub fn take_back(&mut self, amount: u64, category: u8, epoch: Option<u32>) {
        self.deposit(amount, epoch);
        if !self.is_risk(category) {
            return;
        }
        let position = &mut self.positions[usize::from(category)];
        let repaid = amount.min(position.cost);
        position.cost -= repaid;
        position.mark = position.mark.saturating_sub(amount);
        if let Some((mark, _)) = &mut position.report {
            *mark = mark.saturating_sub(amount);
        }
        self.profit += amount - repaid;
        let counted = self.counted(repaid, category);
        self.high_water = self.high_water.saturating_sub(counted);
    }

    /// A vote took `amount` of a category for lost.
    pub fn write_off(&mut self, amount: u64, category: u8) {
        let position = &mut self.positions[usize::from(category)];
        let lost = amount.min(position.cost);
        position.cost -= lost;
        position.mark = position.mark.min(position.cost);
        if let Some((mark, _)) = &mut position.report {
            *mark = (*mark).min(position.cost);
        }
        self.loss += lost;
        self.changes[12 + usize::from(category)] += 1;
    }

    /// The end of a trip is booked by the next instruction that looks at the breaker.
    pub fn book_trip_end(&mut self, tracked: u64, now: i64) {
        let ended = self.trips.last().filter(|(_, until)| *until <= now).map(|(_, until)| *until);
        if let Some(until) = ended.filter(|_| self.trip_open) {
            self.trip_open = false;
            self.high_water = tracked.saturating_add(self.positions_value());
            self.rests_until = until + i64::from(self.in_force.schedule.period_secs);
            self.changes[BREAKER] += 1;
        }
    }

    /// The breaker tripped.
    pub fn trip(&mut self, now: i64) {
        let until = now + i64::from(self.in_force.breaker.trip_secs);
        self.trips.push((now, until));
        self.trip_open = true;
        self.changes[BREAKER] += 1;
    }

    /// A vote ended the trip.
    pub fn clear(&mut self, tracked: u64, now: i64) {
        self.trips.last_mut().expect("the breaker has tripped").1 = now;
        self.book_trip_end(tracked, now);
    }

    /// An epoch opened: its policy is in force, reports count.
    pub fn begin(&mut self, epoch: &BudgetEpoch, tracked: u64, now: i64) {
        self.book_trip_end(tracked, now);
        let before = self.positions_value();
        self.in_force = self.policy;
        self.high_water = (self.high_water + self.positions_value()).saturating_sub(before);
        for position in &mut self.positions {
            if let Some((mark, at)) = position.report.take() {
                (position.mark, position.marked_at) = (mark, at);
            }
        }
        let window = self.in_force.breaker.outflow_window_secs;
        let capacity = share(tracked, u64::from(self.in_force.breaker.outflow_bps));
        let mut bucket = Bucket { capacity, window, filled: 0, at: now };
        bucket.filled = bucket.brim();
        if epoch.index > 0 {
            self.bucket.refill(now);
            let level = self.bucket.level();
            if level < capacity {
                let rest = self.bucket.filled % u128::from(self.bucket.window);
                let rest = rest * u128::from(window) / u128::from(self.bucket.window);
                bucket.filled = u128::from(level) * u128::from(window) + rest;
            }
        }
        self.bucket = bucket;
        self.opened_at = now;
        self.inflow.insert(epoch.index, 0);
        self.outflow.insert(epoch.index, 0);
    }

    /// An award that never began does not count as outflow, as long as its epoch is looked at.
    pub fn drop_outflow(&mut self, epoch: u32, epochs: u32, amount: u64) {
        if epochs - epoch <= 4 {
            let outflow = self.outflow.entry(epoch).or_default();
            *outflow = outflow.saturating_sub(amount);
        }
    }

    pub fn holder(&self, role: Role) -> Pubkey {
        self.roles[usize::from(u8::from(role))]
    }

    /// Holds the account against the book.
    pub fn check(&self, account: &Treasury, now: i64) {
        assert_eq!(account.policy, self.policy, "policy");
        assert_eq!(account.in_force, self.in_force, "policy in force");
        for (own, position) in self.positions.iter().zip(account.positions) {
            let kept = (position.cost, position.mark, position.marked_at);
            assert_eq!(kept, (own.cost, own.mark, own.marked_at), "position");
            let report = (position.reported_mark, position.reported_at);
            let own = own.report.unwrap_or((0, 0));
            assert!(report == own || (position.reported_at, own.1) == (0, 0), "{report:?} {own:?}");
        }
        let realised = (account.realised_profit, account.realised_loss);
        assert_eq!(realised, (self.profit, self.loss), "profit and loss");
        let last = account.epoch_count.saturating_sub(4)..account.epoch_count;
        for epoch in last {
            let slot = usize::try_from(epoch % 4).unwrap();
            assert_eq!(account.inflow[slot], self.inflow[&epoch], "inflow of {epoch}");
            assert_eq!(account.outflow[slot], self.outflow[&epoch], "outflow of {epoch}");
        }
        let bucket = (account.bucket_capacity, account.bucket_at);
        assert_eq!(bucket, (self.bucket.capacity, self.bucket.at), "bucket");
        let filled = u128::from(account.bucket_level) * u128::from(self.bucket.window);
        let filled = filled + u128::from(account.bucket_remainder);
        assert_eq!(filled, self.bucket.filled, "what the bucket holds");
        assert_eq!(account.high_water, self.high_water, "high-water mark");
        let trip = self.trips.last().copied().unwrap_or((0, 0));
        assert_eq!((account.tripped_at, account.tripped_until), trip, "trip");
        assert_eq!(account.trip_open != 0, self.trip_open, "end of the trip");
        assert_eq!(account.breaker_rests_until, self.rests_until, "rest of the breaker");
        let pause = self.pauses.last().map_or(0, |(_, until)| *until);
        assert_eq!(account.pause_until, pause, "pause");
        let blocked = account.standstill_secs(now).unwrap();
        assert_eq!(blocked, self.blocked_secs(0, now), "standstill");
        assert_eq!(account.standstill().is_on(now), self.is_blocked(now), "blocked");
        assert_eq!(account.target_changes, self.changes, "changes");
        let roles = [account.guardian, account.reviewer, account.risk_reporter];
        assert_eq!(roles, self.roles, "roles");
    }
}

/// `floor(amount * bps / 10_000)`.
pub fn share(amount: u64, bps: u64) -> u64 {
    u64::try_from(u128::from(amount) * u128::from(bps) / 10_000).unwrap()
}
