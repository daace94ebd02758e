//! Where the tests of reviews begin: two streams with three checkpoints each.
//!
//! Entry 0 of epoch 0 is Alice's award, entry 1 Bob's; both stream since the same second. One voter
//! holds all the stake. Moments are given in seconds after the start of the streams. With
//! [`test_policy`], a vote that begins at once can be executed exactly at [`PART_SECS`].

use anchor_lang::{
    AnchorDeserialize, Discriminator,
    prelude::{AccountMeta, Pubkey},
    solana_program::instruction::Instruction,
    system_program,
};
use budget_tests::*;
use community_budget::{
    BudgetError, CreateTreasuryArgs,
    state::{Action, Role, Ruling},
};

/// Base units of an award, unless a test sets another: [`DAILY`] for 120 days.
pub const AWARD: u64 = 6_000_000;
/// Base units that an unhindered stream of [`AWARD`] releases each day.
pub const DAILY: u64 = 50_000;
/// Base units of each of its four parts.
pub const PART: u64 = 30 * DAILY;
/// Days of each part.
pub const PART_DAYS: i64 = 30;
/// Seconds of each part.
pub const PART_SECS: i64 = PART_DAYS * DAY;
/// The policy's time for an update, and for its verdict.
pub const WINDOW: i64 = 7 * DAY;
pub const GRACE: i64 = 7 * DAY;
/// Base units staked by the voter.
pub const ELECTORATE: u64 = 1_000;

/// Who acts.
pub struct Cast {
    pub voter: Person,
    pub alice: Person,
    pub bob: Person,
}

/// The ask of both: 120 days, three checkpoints.
pub fn usual_ask() -> Ask {
    Ask::with_reviews(AWARD, 120, 3)
}

/// Both streams run since this very second.
pub fn streaming() -> (World, Cast) {
    stream_of(Setup::default(), &usual_ask())
}

/// The same with another setup and another ask of Alice's.
pub fn stream_of(mut setup: Setup, ask: &Ask) -> (World, Cast) {
    if ask.duration_secs < setup.policy.min_long_stream_secs().unwrap() {
        // Only small asks may stream for so short a time.
        for rule in &mut setup.policy.tiers.rules[..2] {
            rule.ask_limit_bps = 2_000;
        }
    }
    let mut w = World::with(setup);
    let cast = cast(&mut w);
    let home = w.community;
    bring_to_streaming(&mut w, &cast, ask, &[home]);
    (w, cast)
}

/// Category of [`hedging`] whose money is at risk rather than spent.
pub const HEDGE: u8 = 1;

/// The usual setup, with a hedge as second category.
pub fn hedging() -> Setup {
    let mut policy = test_policy();
    let hedge = &mut policy.risk.categories[usize::from(HEDGE)];
    (hedge.class, hedge.exposure_limit_bps, hedge.haircut_bps) = (1, 10_000, 0);
    Setup { policy, ..Setup::default() }
}

/// Two treasuries of the same people, with the same streams at the same time; acts go to the first.
pub fn twins() -> (World, Cast, Community) {
    let mut w = World::new();
    let cast = cast(&mut w);
    let founder = w.founder.clone();
    let treasury = Community::treasury_address(&founder.key(), 1);
    let (home, twin) = (w.community, Community { treasury, ..w.community });
    let (policy, roles) = (test_policy(), w.roles());
    let args = CreateTreasuryArgs { id: 1, first_open_at: GENESIS, policy, roles };
    let creation = twin.create_treasury(founder.key(), w.svm.fee_payer(), args);
    w.send(creation, &[&founder]).unwrap();
    within(&mut w, twin, |w| w.deposit(&founder, Setup::default().funds).unwrap());
    bring_to_streaming(&mut w, &cast, &usual_ask(), &[home, twin]);
    (w, cast, twin)
}

fn cast(w: &mut World) -> Cast {
    Cast { voter: w.person(), alice: w.person(), bob: w.person() }
}

/// Step by step in each of `communities`, so that their clocks agree.
fn bring_to_streaming(w: &mut World, cast: &Cast, ask: &Ask, communities: &[Community]) {
    let mut each = |act: &dyn Fn(&mut World)| {
        for community in communities {
            within(w, *community, act);
        }
    };
    each(&|w| {
        let lock = w.treasury().policy.stake.min_lock_secs;
        w.open_stake(&cast.voter, lock).unwrap();
        w.stake(&cast.voter, ELECTORATE).unwrap();
        for person in [&cast.alice, &cast.bob] {
            w.open_recipient_record(person.key()).unwrap();
        }
        w.open_epoch().unwrap();
        w.submit(&cast.alice, ask).unwrap();
        w.submit(&cast.bob, &usual_ask()).unwrap();
    });
    each(&|w| w.to_voting());
    each(&|w| drop(w.cast(&cast.voter, &[(0, For), (1, For)]).unwrap()));
    each(&|w| w.to_tallying());
    each(&|w| drop(w.settle().unwrap()));
    each(&|w| w.to_execution(0));
    each(&|w| (0..2).for_each(|index| drop(w.execute(0, index).unwrap())));
}

/// Acts in another community of the same world.
pub fn within<T>(w: &mut World, community: Community, act: impl FnOnce(&mut World) -> T) -> T {
    let home = std::mem::replace(&mut w.community, community);
    let result = act(w);
    w.community = home;
    result
}

// --- time ---------------------------------------------------------------------------------------

/// Moves the clock to `secs` after the start of the streams.
pub fn at(w: &mut World, secs: i64) {
    let start = w.stream(0, 0).started_at;
    w.svm.set_now(start + secs);
}

/// Seconds since the start of the streams.
pub fn elapsed(w: &World) -> i64 {
    w.svm.now() - w.stream(0, 0).started_at
}

// --- reviews ------------------------------------------------------------------------------------

/// Alice's update at the open checkpoint, filed `secs` after the start.
pub fn filed_at(w: &mut World, cast: &Cast, secs: i64) {
    at(w, secs);
    w.file_update(&cast.alice, 0, 0).unwrap();
}

/// Alice's stream, held since `secs` after the start by a score of zero in the same second as the
/// update.
pub fn held_at(w: &mut World, cast: &Cast, secs: i64) {
    filed_at(w, cast, secs);
    w.score(0, 0, 0).unwrap();
}

/// Alice's stream, held at the first checkpoint since [`PART_SECS`].
pub fn held() -> (World, Cast) {
    let (mut w, cast) = streaming();
    held_at(&mut w, &cast, PART_SECS);
    (w, cast)
}

/// What Alice's stream has released: claims it all, and reads what it has paid. The outflow limit
/// must not be in the way.
pub fn released(w: &mut World) -> u64 {
    if let Err(refusal) = w.claim(0, 0) {
        assert_eq!(refusal.code(), Some(code(BudgetError::NothingToWithdraw)), "{refusal}");
    }
    w.stream(0, 0).withdrawn
}

/// Claims the rest of Alice's stream after its end, and proves that paid and returned sum to the
/// award, and that the books are rid of it.
pub fn assert_adds_up(w: &mut World) {
    let bobs = w.stream(0, 1);
    released(w);
    let stream = w.stream(0, 0);
    assert_eq!(stream.withdrawn + stream.returned, stream.total, "paid and returned");
    assert_eq!(w.treasury().committed, bobs.total - bobs.withdrawn - bobs.returned);
}

// --- acts ---------------------------------------------------------------------------------------

/// Opens the next epoch, lets the voter approve `acts`, proposed by Bob, in this order of rank, and
/// settles it. Returns its index.
pub fn approve(w: &mut World, cast: &Cast, acts: &[Action]) -> u32 {
    w.open_next_epoch();
    settle_acts(w, cast, acts)
}

/// The same in an epoch that was opened this very second.
pub fn settle_acts(w: &mut World, cast: &Cast, acts: &[Action]) -> u32 {
    for act in acts {
        w.submit_action(&cast.bob, act.clone()).unwrap();
    }
    w.to_voting();
    // Equal tallies rank by index.
    let count = u8::try_from(acts.len()).unwrap();
    let choices: Vec<_> = (0..count).map(|index| (index, For)).collect();
    if count > 0 {
        w.cast(&cast.voter, &choices).unwrap();
    }
    w.to_tallying();
    w.settle().unwrap();
    w.current()
}

/// A ruling on Alice's stream, approved in the next epoch; the clock is at its settlement.
pub fn approve_ruling(w: &mut World, cast: &Cast, ruling: Ruling) -> u32 {
    let act = w.ruling(0, 0, ruling);
    approve(w, cast, &[act])
}

/// A ruling on Alice's stream, approved in the next epoch and carried out as soon as it can be.
pub fn rule(w: &mut World, cast: &Cast, ruling: Ruling) {
    let epoch = approve_ruling(w, cast, ruling);
    w.to_execution(epoch);
    w.execute_action(epoch, 0).unwrap();
}

/// Gives `role` to `holder` by vote, in the next epoch.
pub fn give_role(w: &mut World, cast: &Cast, role: Role, holder: Pubkey) {
    w.pass_action(&cast.bob, &cast.voter, World::set_role(role, holder));
}

// --- transactions -------------------------------------------------------------------------------

/// Decodes the one event that a transaction left in the log.
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

const RECENT_BLOCKHASHES: Pubkey =
    Pubkey::from_str_const("SysvarRecentB1ockHashes11111111111111111111");

/// Writes an initialized nonce account of `authority`, and returns the instruction of the System
/// program that advances it; first in a transaction, it makes the transaction a durable one.
pub fn advance_nonce(w: &mut World, authority: Pubkey) -> Instruction {
    const VERSION_CURRENT: u32 = 1;
    const STATE_INITIALIZED: u32 = 1;
    const LAMPORTS_PER_SIGNATURE: u64 = 5_000;
    const ADVANCE_NONCE_ACCOUNT: u32 = 4;
    let nonce = w.person().key();
    let mut account = w.svm.get(&nonce).unwrap();
    account.data = [
        &VERSION_CURRENT.to_le_bytes()[..],
        &STATE_INITIALIZED.to_le_bytes(),
        authority.as_ref(),
        &[5; 32],
        &LAMPORTS_PER_SIGNATURE.to_le_bytes(),
    ]
    .concat();
    w.svm.put(nonce, account);
    Instruction {
        program_id: system_program::ID,
        accounts: vec![
            AccountMeta::new(nonce, false),
            AccountMeta::new_readonly(RECENT_BLOCKHASHES, false),
            AccountMeta::new_readonly(authority, true),
        ],
        data: ADVANCE_NONCE_ACCOUNT.to_le_bytes().to_vec(),
    }
}

/// Proves that a role's `act` cannot be signed ahead: it is refused in a transaction that begins by
/// advancing a durable nonce. With `harmless` in front of the two, which makes it no durable one, the
/// transaction lands.
#[track_caller]
pub fn assert_refuses_durable_nonce(
    w: &mut World,
    role: &Person,
    act: Instruction,
    harmless: Instruction,
) {
    let advance = advance_nonce(w, role.key());
    let durable = [advance.clone(), act.clone()];
    refused(w, BudgetError::DurableNonceRefused, |w| w.svm.send(&durable, &[&role.wallet]));
    w.svm.send(&[harmless, advance, act], &[&role.wallet]).unwrap();
}
