//! Where the tests of governance begin: short epochs, one voter who decides, three categories.
//!
//! Under [`brisk`] an epoch that opens on day 0 votes from day 3, settles on day 6, its acts can be
//! executed on days 10 to 19, and the next epoch may open on day 7. What it awards for [`STREAM`]
//! streams from day 10 to day 27.

use anchor_lang::{AnchorDeserialize, Discriminator, prelude::Pubkey};
use budget_rules::allocation::Reason;
use budget_tests::*;
use community_budget::{
    BudgetError, CreateTreasuryArgs,
    state::{Action, Category, PolicyPatch, PositionState, Role, Ruling},
};

/// Weight of the one voter.
pub const ELECTORATE: u64 = 1_000;
/// Base units that every treasury begins with.
pub const FUNDS: u64 = 1_000_000_000;
/// A million base units.
pub const MILLION: u64 = 1_000_000;

/// Seconds that most streams of these tests last: as long as a medium or large award must.
pub const STREAM: i64 = 17 * DAY;

/// The operating category of [`brisk`].
pub const GENERAL: u8 = 0;
/// Its hedge: half of the treasury's value at most, 10 % haircut.
pub const HEDGES: u8 = 1;
/// Its derivative: half of the treasury's value at most, 20 % haircut.
pub const VENTURES: u8 = 2;

/// A name as policies hold it.
pub fn name(text: &str) -> [u8; 16] {
    let mut name = [0; 16];
    name[..text.len()].copy_from_slice(text.as_bytes());
    name
}

/// A category of the whole cap.
pub fn category(text: &str, class: u8, exposure_limit_bps: u16, haircut_bps: u16) -> Category {
    let name = name(text);
    Category { name, share_bps: 10_000, exposure_limit_bps, haircut_bps, class, reserved: [0] }
}

/// The test policy with epochs of a week, a cap of 30 %, no fees, three categories, marks that
/// count for 60 days, a breaker that trips at a loss of 5 % for 30 days, and a guardian who may
/// pause for a week.
pub fn brisk() -> Policy {
    let mut policy = test_policy();
    policy.schedule.period_secs = 7 * DAY_SECS;
    policy.schedule.submission_secs = 3 * DAY_SECS;
    policy.schedule.voting_secs = 3 * DAY_SECS;
    policy.schedule.max_extension_secs = 0;
    policy.slate.slot_fee = 0;
    policy.slate.bond = 0;
    policy.budget.epoch_cap_bps = 3_000;
    policy.risk.max_drawdown_bps = 500;
    policy.risk.mark_age_secs = 60 * DAY_SECS;
    policy.risk.category_count = 3;
    policy.risk.categories[1] = category("hedges", 1, 5_000, 1_000);
    policy.risk.categories[2] = category("ventures", 2, 5_000, 2_000);
    policy.breaker.trip_secs = 30 * DAY_SECS;
    policy
}

/// An ask that streams for [`STREAM`].
pub fn ask_in(category: u8, amount: u64) -> Ask {
    Ask { category, duration_secs: 17 * DAY_SECS, ..Ask::of(amount) }
}

/// A change of a policy.
pub type Change = fn(&mut Policy);

/// A community of one voter.
pub fn community(policy: Policy) -> (World, Person) {
    let mut w = World::with(Setup { policy, funds: FUNDS, ..Setup::default() });
    let voter = w.staker(ELECTORATE);
    (w, voter)
}

/// The same with its first epoch in submission.
pub fn open(policy: Policy) -> (World, Person) {
    let (mut w, voter) = community(policy);
    w.open_next_epoch();
    (w, voter)
}

/// Puts asks and then acts on the current slate, each by a proposer of its own.
pub fn fill(w: &mut World, asks: &[Ask], acts: &[Action]) -> Vec<Person> {
    let mut proposers = Vec::new();
    for ask in asks {
        let proposer = w.proposer();
        w.submit(&proposer, ask).unwrap();
        proposers.push(proposer);
    }
    for act in acts {
        let proposer = w.proposer();
        w.submit_action(&proposer, act.clone()).unwrap();
        proposers.push(proposer);
    }
    proposers
}

/// Votes for all that stands on the current slate.
pub fn vote_for_all(w: &mut World, voter: &Person) {
    let epoch = w.current();
    let ballot: Vec<(u8, Choice)> = (0..w.epoch(epoch).entry_count)
        .filter(|index| w.entry(epoch, *index).is_votable())
        .map(|index| (index, For))
        .collect();
    w.cast(voter, &ballot).unwrap();
}

/// Votes for all that stands on the current slate when voting opens, and settles when it closes.
pub fn carry(w: &mut World, voter: &Person) {
    w.to_voting();
    vote_for_all(w, voter);
    w.to_tallying();
    w.settle().unwrap();
}

/// Opens the next epoch and carries asks and acts there, up to the settlement. Returns the epoch.
pub fn decide(w: &mut World, voter: &Person, asks: &[Ask], acts: &[Action]) -> u32 {
    w.open_next_epoch();
    fill(w, asks, acts);
    carry(w, voter);
    w.current()
}

/// Moves the clock to `secs` after the settlement of an epoch.
pub fn to_settled(w: &mut World, epoch: u32, secs: i64) {
    let at = w.epoch(epoch).settled_at;
    w.svm.set_now(at + secs);
}

/// Decides one award of `amount` in a category, executes it and pays it out in whole. Ends where
/// its stream does, 27 days after the opening of its epoch.
pub fn pay_out(w: &mut World, voter: &Person, category: u8, amount: u64) -> (u32, Person) {
    w.open_next_epoch();
    let recipient = fill(w, &[ask_in(category, amount)], &[]).remove(0);
    carry(w, voter);
    let epoch = w.current();
    w.to_execution(epoch);
    w.execute(epoch, 0).unwrap();
    w.svm.advance(STREAM);
    w.claim(epoch, 0).unwrap();
    (epoch, recipient)
}

/// Base units that [`losing`] has out in hedges.
pub const HEDGED: u64 = 200 * MILLION;
/// What they are worth by the mark that counts.
pub const LEFT: u64 = 100 * MILLION;

/// A community that paid [`HEDGED`] into hedges, half of which is gone: enough to trip the breaker.
/// Epoch 1 opened this very second.
pub fn losing() -> (World, Person) {
    losing_under(brisk())
}

/// The same under another policy.
pub fn losing_under(policy: Policy) -> (World, Person) {
    let (mut w, voter) = community(policy);
    pay_out(&mut w, &voter, HEDGES, HEDGED);
    w.mark(HEDGES, LEFT).unwrap();
    w.open_next_epoch();
    (w, voter)
}

/// The same, and the breaker has tripped this very second.
pub fn tripped() -> (World, Person) {
    let (mut w, voter) = losing();
    w.trip().unwrap();
    (w, voter)
}

/// Entries of [`parliament`]'s second slate.
pub const AWARD: u8 = 0;
pub const SET_POLICY: u8 = 1;
pub const SET_ROLE: u8 = 2;
pub const RULE_ON_STREAM: u8 = 3;
pub const CLEAR_BREAKER: u8 = 4;
pub const WRITE_OFF: u8 = 5;

/// A community whose epoch 0 streams an award to somebody for 60 days, and whose epoch 1 approved
/// one act of each kind beside an award, this very second.
pub fn parliament() -> (World, Person) {
    let (mut w, voter) = community(brisk());
    let epoch = decide(&mut w, &voter, &[Ask::of(10 * MILLION)], &[]);
    w.to_execution(epoch);
    w.execute(epoch, 0).unwrap();
    let cancel = w.ruling(epoch, 0, Ruling::Cancel);
    let acts = [
        cap_of(2_000),
        World::set_role(Role::Reviewer, w.founder.key()),
        cancel,
        Action::ClearBreaker,
        Action::WriteOff { category: HEDGES, amount: 1 },
    ];
    decide(&mut w, &voter, &[ask_in(GENERAL, 5 * MILLION)], &acts);
    (w, voter)
}

/// A change of the epoch's cap and nothing else.
pub fn cap_of(epoch_cap_bps: u16) -> Action {
    patch(|policy| policy.budget.epoch_cap_bps = epoch_cap_bps, budget_of)
}

/// A section of [`brisk`] after `change`.
pub fn patch(change: impl FnOnce(&mut Policy), section: fn(&Policy) -> PolicyPatch) -> Action {
    let mut policy = brisk();
    change(&mut policy);
    Action::SetPolicy(section(&policy))
}

/// The section of a policy as a patch.
pub fn budget_of(policy: &Policy) -> PolicyPatch {
    PolicyPatch::Budget(policy.budget)
}

/// The risk section of a policy as a patch.
pub fn risk_of(policy: &Policy) -> PolicyPatch {
    PolicyPatch::Risk(policy.risk)
}

/// Creates another treasury of the same founder with the same mints, policy, roles and funds, in
/// which `voter` holds the electorate.
pub fn second_treasury(w: &mut World, voter: &Person) -> Community {
    let founder = w.founder.clone();
    let treasury = Community::treasury_address(&founder.key(), 1);
    let other = Community { treasury, ..w.community };
    let (policy, roles) = (w.treasury().policy, w.roles());
    let args = CreateTreasuryArgs { id: 1, first_open_at: GENESIS, policy, roles };
    let create = other.create_treasury(founder.key(), w.svm.fee_payer(), args);
    w.send(create, &[&founder]).unwrap();
    within(w, other, |w| {
        w.deposit(&founder, FUNDS).unwrap();
        w.open_stake(voter, policy.stake.min_lock_secs).unwrap();
        w.stake(voter, ELECTORATE).unwrap();
    });
    other
}

/// Lets `act` see `other` as the world's community.
pub fn within<T>(w: &mut World, other: Community, act: impl FnOnce(&mut World) -> T) -> T {
    let own = std::mem::replace(&mut w.community, other);
    let result = act(w);
    w.community = own;
    result
}

/// Gives a role to `holder` by vote, in an epoch of its own.
pub fn give_role(w: &mut World, voter: &Person, role: Role, holder: Pubkey) {
    let proposer = w.proposer();
    w.pass_action(&proposer, voter, World::set_role(role, holder));
}

/// A generator that every run starts alike: Knuth's multiplier, the upper half of the state.
pub struct Dice(pub u64);

impl Dice {
    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        const FACTOR: u64 = 6_364_136_223_846_793_005;
        self.0 = self.0.wrapping_mul(FACTOR).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// The one event that a transaction left in its log.
pub fn event<T: AnchorDeserialize + Discriminator>(landed: &Landed) -> T {
    let lines = landed.logs.iter().filter_map(|line| line.strip_prefix("Program data: "));
    let [line] = lines.collect::<Vec<_>>().try_into().expect("one event");
    let bytes = from_base64(line);
    let body = bytes.strip_prefix(T::DISCRIMINATOR).expect("the event is of another kind");
    T::try_from_slice(body).expect("the event has all its fields and no more")
}

fn from_base64(text: &str) -> Vec<u8> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        let digit = DIGITS.iter().position(|own| *own == byte).expect("a base64 digit");
        bits = bits << 6 | u32::try_from(digit).unwrap();
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).unwrap());
        }
    }
    bytes
}

/// What became of an entry, and why.
pub fn verdict(w: &World, epoch: u32, index: u8) -> (u8, u8) {
    let entry = w.entry(epoch, index);
    (entry.outcome, entry.reason)
}

/// The verdict on an award that is funded.
pub fn funded() -> (u8, u8) {
    (Outcome::Funded.into(), 0)
}

/// The verdict on an award that passed and does not fit.
pub fn unfunded(why: Reason) -> (u8, u8) {
    (Outcome::Unfunded.into(), why.into())
}

/// In the world that `begin` makes, whose epoch is in submission, an ask of `most` in `category` is
/// funded and one of a unit more is not, for `reason`; and so says the assessment.
#[track_caller]
pub fn fits_up_to(begin: impl Fn() -> (World, Person), category: u8, most: u64, reason: Reason) {
    for (amount, expected) in [(most, funded()), (most + 1, unfunded(reason))] {
        let (mut w, voter) = begin();
        assert_eq!(w.assess(amount, category, 0).refused, expected.1, "ask of {amount}");
        fill(&mut w, &[ask_in(category, amount)], &[]);
        carry(&mut w, &voter);
        assert_eq!(verdict(&w, w.current(), 0), expected, "ask of {amount}");
    }
}

/// The largest ask of a category that the assessment does not refuse.
pub fn largest(w: &mut World, category: u8) -> u64 {
    let (mut low, mut high) = (0u64, 1 << 40);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        if w.assess(middle, category, 0).refused == 0 { low = middle } else { high = middle - 1 }
    }
    low
}

/// What is out and what is promised in a category.
pub fn position(w: &World, category: u8) -> PositionState {
    w.treasury().positions[usize::from(category)]
}

/// Breaker or pause block `act`, an execution.
#[track_caller]
pub fn assert_blocked(w: &mut World, act: impl FnOnce(&mut World) -> Act) {
    refused(w, BudgetError::ExecutionBlocked, act);
}

/// Nobody can execute the award at `index` any more.
#[track_caller]
pub fn assert_award_dead(w: &mut World, epoch: u32, index: u8) {
    w.to_execution(epoch);
    refused(w, BudgetError::EntryNotFunded, |w| w.execute(epoch, index));
}

/// Nobody can execute the act at `index` any more.
#[track_caller]
pub fn assert_act_dead(w: &mut World, epoch: u32, index: u8) {
    w.to_execution(epoch);
    refused(w, BudgetError::EntryNotApproved, |w| w.execute_action(epoch, index));
}
