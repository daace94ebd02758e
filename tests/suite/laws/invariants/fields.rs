//! I26: who may change what.

use anchor_lang::prelude::Pubkey;
use community_budget::state::{BudgetEpoch, RecipientRecord, Stake, Stream, Treasury};

use crate::books::{Books, Step};

/// I26 An instruction changes only accounts that it declares writable, and of each account only the
/// fields that are its business; what takes a role, an owner or a recipient is signed by them. Each
/// takes exactly one event number.
pub fn check(step: &Step<'_>, books: &Books) {
    let writable = |key: &Pubkey| {
        step.instruction.accounts.iter().any(|meta| meta.pubkey == *key && meta.is_writable)
    };
    let (before, after) = (&step.before.raw, &step.after.raw);
    let changed = |key: &Pubkey| before.get(key) != after.get(key);
    for key in before.keys().chain(after.keys()) {
        assert!(!changed(key) || writable(key), "I26: {key} changed");
    }
    treasury(step);
    for (key, new) in &step.after.epochs {
        if let Some(old) = step.before.epochs.get(key) {
            epoch(step, &old.header, &new.header);
        }
    }
    for (key, new) in &step.after.stakes {
        if let Some(old) = step.before.stakes.get(key).filter(|_| changed(key)) {
            stake(step, old, new);
        }
    }
    for (key, new) in &step.after.streams {
        if let Some(old) = step.before.streams.get(key).filter(|_| changed(key)) {
            stream(step, old, new);
        }
    }
    for (key, new) in &step.after.records {
        if let Some(old) = step.before.records.get(key).filter(|_| changed(key)) {
            record(step, old, new);
        }
    }
    for (key, new) in &step.after.reviews {
        let by = if step.before.reviews.contains_key(key) { "score_update" } else { "file_update" };
        assert!(
            !changed(key) || step.is(&[by]),
            "I26: {} changed review {}",
            step.name,
            new.checkpoint
        );
    }
    for (key, proposal) in &step.after.proposals {
        let fresh = !step.before.proposals.contains_key(key);
        assert!(fresh || !changed(key), "I26: {} changed proposal {}", step.name, proposal.index);
    }
    signatures(step, books);
    event_numbers(step);
}

/// Fields of one account: name, whether they are the same, who may change them.
type Fields<'a> = &'a [(&'a str, bool, &'a [&'a str])];

fn allow(step: &Step<'_>, of: &str, fields: Fields<'_>) {
    for (field, same, by) in fields {
        assert!(*same || step.is(by), "I26: {} changed the {of}'s {field}", step.name);
    }
}

const OWNERS_ACTS: [&str; 4] = ["stake", "request_unstake", "set_lock", "set_delegate"];

fn treasury(step: &Step<'_>) {
    let (old, new) = (&step.before.treasury, &step.after.treasury);
    let all = |get: fn(&Treasury) -> Vec<u64>| get(old) == get(new);
    let weights = |t: &Treasury| {
        vec![
            t.total_weight,
            t.frozen_total,
            t.frozen_epoch.into(),
            t.cooling_floor_at.cast_unsigned(),
        ]
    };
    let calendar = |t: &Treasury| {
        let times = [t.last_opened_at, t.voting_opens_at].map(i64::cast_unsigned);
        vec![t.epoch_active.into(), t.epoch_count.into(), times[0], times[1]]
    };
    let flows = |t: &Treasury| [t.inflow, t.outflow].concat();
    let bucket = |t: &Treasury| {
        vec![t.bucket_capacity, t.bucket_level, t.bucket_remainder, t.bucket_at.cast_unsigned()]
    };
    let trip = |t: &Treasury| {
        let times = [t.tripped_at, t.tripped_until, t.breaker_rests_until].map(i64::cast_unsigned);
        vec![t.trip_open.into(), times[0], times[1], times[2]]
    };
    let standstill = |t: &Treasury| {
        [t.standstill_before_secs, t.standstill_from, t.standstill_until]
            .map(i64::cast_unsigned)
            .to_vec()
    };
    let pause = |t: &Treasury| vec![t.pause_until.cast_unsigned(), t.pause_used_secs.into()];
    allow(
        step,
        "treasury",
        &[
            (
                "tracked",
                old.tracked == new.tracked,
                &[
                    "deposit_funds",
                    "absorb_surplus",
                    "return_funds",
                    "submit_proposal",
                    "submit_action",
                    "withdraw_stream",
                    "close_vote_record",
                    "close_proposal",
                ],
            ),
            (
                "committed",
                old.committed == new.committed,
                &[
                    "settle_epoch",
                    "execute_stream_ruling",
                    "lapse_proposal",
                    "veto_proposal",
                    "score_update",
                    "lapse_stream",
                    "withdraw_stream",
                ],
            ),
            (
                "reserved funds",
                old.reserved_funds == new.reserved_funds,
                &["open_epoch", "close_vote_record", "reclaim_rewards", "close_epoch"],
            ),
            ("staked", old.staked == new.staked, &["stake", "withdraw_unstaked"]),
            (
                "bonded",
                old.bonded == new.bonded,
                &["submit_proposal", "submit_action", "close_proposal"],
            ),
            (
                "weights",
                all(weights),
                &[
                    "stake",
                    "request_unstake",
                    "set_lock",
                    "set_delegate",
                    "refresh_stake",
                    "mark_dormant",
                    "close_vote_record",
                    "open_epoch",
                ],
            ),
            ("calendar", all(calendar), &["open_epoch", "settle_epoch"]),
            ("policy", old.policy == new.policy, &["execute_set_policy"]),
            ("policy in force", old.in_force == new.in_force, &["open_epoch"]),
            ("roles", roles(old) == roles(new), &["execute_set_role"]),
            (
                "positions",
                positions(old) == positions(new),
                &[
                    "open_epoch",
                    "settle_epoch",
                    "execute_stream_ruling",
                    "execute_write_off",
                    "lapse_proposal",
                    "veto_proposal",
                    "score_update",
                    "lapse_stream",
                    "mark_position",
                    "return_funds",
                    "withdraw_stream",
                ],
            ),
            (
                "flows",
                all(flows),
                &[
                    "deposit_funds",
                    "absorb_surplus",
                    "return_funds",
                    "open_epoch",
                    "submit_proposal",
                    "submit_action",
                    "settle_epoch",
                    "lapse_proposal",
                    "veto_proposal",
                    "close_proposal",
                ],
            ),
            ("bucket", all(bucket), &["open_epoch", "withdraw_stream"]),
            (
                "high-water mark",
                old.high_water == new.high_water,
                &[
                    "deposit_funds",
                    "absorb_surplus",
                    "return_funds",
                    "open_epoch",
                    "submit_proposal",
                    "submit_action",
                    "settle_epoch",
                    "execute_clear_breaker",
                    "trip_breaker",
                    "withdraw_stream",
                    "close_vote_record",
                    "close_proposal",
                ],
            ),
            (
                "trip",
                all(trip),
                &["open_epoch", "settle_epoch", "trip_breaker", "execute_clear_breaker"],
            ),
            (
                "standstill",
                all(standstill),
                &["trip_breaker", "pause_executions", "execute_clear_breaker"],
            ),
            ("pause", all(pause), &["pause_executions"]),
            (
                "counters of changes",
                old.target_changes == new.target_changes,
                &[
                    "open_epoch",
                    "settle_epoch",
                    "trip_breaker",
                    "execute_set_policy",
                    "execute_set_role",
                    "execute_clear_breaker",
                    "execute_write_off",
                ],
            ),
            ("everything else", rest(old) == rest(new), &[]),
        ],
    );
}

fn roles(t: &Treasury) -> [Pubkey; 3] {
    [t.guardian, t.reviewer, t.risk_reporter]
}

fn positions(t: &Treasury) -> (Vec<u8>, u64, u64) {
    (bytemuck::bytes_of(&t.positions).to_vec(), t.realised_profit, t.realised_loss)
}

/// What no instruction changes after the treasury's creation.
fn rest(t: &Treasury) -> (Vec<u64>, [Pubkey; 6], [u8; 7], bool) {
    let keys = [t.founder, t.budget_mint, t.stake_mint, t.vault, t.stake_vault, t.bond_vault];
    let bumps = [t.bump, t.vault_bump, t.stake_vault_bump, t.bond_vault_bump];
    let bytes =
        [t.version, bumps[0], bumps[1], bumps[2], bumps[3], t.budget_decimals, t.stake_decimals];
    let zero = t.reserved.iter().all(|byte| *byte == 0);
    (vec![t.id, t.first_open_at.cast_unsigned()], keys, bytes, zero)
}

fn epoch(step: &Step<'_>, old: &BudgetEpoch, new: &BudgetEpoch) {
    let turnout = |h: &BudgetEpoch| (h.ballot_count, h.turnout);
    let slate = |h: &BudgetEpoch| (h.slate_hash, h.entry_count, h.votable_count);
    let rewards = |h: &BudgetEpoch| (h.reward_pool, h.rewards_paid);
    let settlement = |h: &BudgetEpoch| {
        let risk = (h.treasury_value, h.runway_room, h.recipient_cap, h.exposure_rooms);
        let counts = (h.category_awarded, h.target_changes, h.standstill_at_settlement);
        (h.settled_at, h.electorate, risk, counts)
    };
    const BALLOTS: [&str; 3] = ["cast_vote", "revise_vote", "retract_vote"];
    allow(
        step,
        "epoch",
        &[
            ("closing", old.voting_closes_at == new.voting_closes_at, &BALLOTS),
            (
                "records",
                old.vote_record_count == new.vote_record_count,
                &["cast_vote", "close_vote_record"],
            ),
            ("turnout", turnout(old) == turnout(new), &["cast_vote"]),
            (
                "slate",
                slate(old) == slate(new),
                &["submit_proposal", "submit_action", "accept_proposal", "withdraw_proposal"],
            ),
            (
                "open proposals",
                old.open_proposals == new.open_proposals,
                &["submit_proposal", "submit_action", "close_proposal"],
            ),
            ("settlement", settlement(old) == settlement(new), &["settle_epoch"]),
            (
                "allocated",
                old.allocated == new.allocated,
                &["settle_epoch", "lapse_proposal", "veto_proposal"],
            ),
            ("executed", old.executed == new.executed, &["execute_award"]),
            ("rewards", rewards(old) == rewards(new), &["close_vote_record", "reclaim_rewards"]),
            ("rent payer", old.rent_payer == new.rent_payer, &[]),
            ("treasury", old.treasury == new.treasury, &[]),
            ("reserved bytes", new.reserved.iter().all(|byte| *byte == 0), &[]),
        ],
    );
}

fn stake(step: &Step<'_>, old: &Stake, new: &Stake) {
    let cooling = |s: &Stake| (s.cooling, s.cooling_until);
    let power = |s: &Stake| (s.weight, s.frozen_weight, s.frozen_epoch, s.frozen_amount);
    let participation = |s: &Stake| (s.participation_latest, s.participation);
    let terms = |s: &Stake| (s.treasury, s.owner, s.rent_payer, s.bump, s.version);
    let touched = old.touched_epoch == new.touched_epoch;
    const WEIGHING: [&str; 7] = [
        "stake",
        "request_unstake",
        "set_lock",
        "set_delegate",
        "refresh_stake",
        "mark_dormant",
        "close_vote_record",
    ];
    allow(
        step,
        "stake",
        &[
            ("amount", old.amount == new.amount, &["stake", "request_unstake"]),
            ("cooling", cooling(old) == cooling(new), &["request_unstake", "withdraw_unstaked"]),
            ("lock", old.lock_secs == new.lock_secs, &["set_lock"]),
            ("lock's floor", old.lock_floor_at == new.lock_floor_at, &["set_lock"]),
            ("delegate", old.delegate == new.delegate, &["set_delegate"]),
            ("sleep", new.dormant >= old.dormant, &OWNERS_ACTS),
            ("sleep", new.dormant <= old.dormant, &["mark_dormant"]),
            ("power", power(old) == power(new), &WEIGHING),
            (
                "participation",
                participation(old) == participation(new),
                &["stake", "close_vote_record"],
            ),
            ("last touch", touched, &OWNERS_ACTS),
            ("reserved slot", old.act_epoch == new.act_epoch, &["submit_action"]),
            ("terms", terms(old) == terms(new), &[]),
        ],
    );
    let owners = [&OWNERS_ACTS[..], &["withdraw_unstaked", "submit_action"]].concat();
    assert!(!step.is(&owners) || step.signed_by(&old.owner), "I26: {} unsigned", step.name);
}

/// What lets a checkpoint pass by the reviewer's silence.
const NOTICING: [&str; 7] = [
    "withdraw_stream",
    "file_update",
    "score_update",
    "hold_stream",
    "pause_stream",
    "close_review",
    "execute_stream_ruling",
];

fn stream(step: &Step<'_>, old: &Stream, new: &Stream) {
    let gate = |s: &Stream| (s.passed, s.reduced_before, s.part_reduction, s.previous_passed_at);
    let plan = |s: &Stream| (s.base_part, s.base_amount, s.rest);
    let bend = |s: &Stream| (s.bend_at, s.bend_released, s.bend_standing_secs);
    let clock = |s: &Stream| (s.standing_secs, s.pause_from, s.pause_until);
    let terms = |s: &Stream| (s.treasury, s.proposal, s.recipient, s.rent_payer, s.started_at);
    let ruling = |s: &Stream| (s.ruling_leader, s.ruling_epoch);
    const RULING: &str = "execute_stream_ruling";
    allow(
        step,
        "stream",
        &[
            ("payout account", old.payout_account == new.payout_account, &["redirect_payout"]),
            ("withdrawn", old.withdrawn == new.withdrawn, &["withdraw_stream"]),
            ("returned", old.returned == new.returned, &["score_update", "lapse_stream", RULING]),
            ("plan", plan(old) == plan(new), &[RULING]),
            ("gate", gate(old) == gate(new), &NOTICING),
            ("floor", old.released_floor == new.released_floor, &[RULING]),
            ("bend", bend(old) == bend(new), &NOTICING),
            (
                "update",
                old.update_filed == new.update_filed,
                &[&NOTICING[..], &["lapse_stream"]].concat(),
            ),
            ("filing", old.updated_at == new.updated_at, &["file_update"]),
            ("clock", clock(old) == clock(new), &["pause_stream", RULING]),
            ("allowance", old.pause_used_secs == new.pause_used_secs, &["pause_stream"]),
            (
                "hold",
                old.held_at == new.held_at,
                &["score_update", "hold_stream", "lapse_stream", RULING],
            ),
            ("end", old.ended_at == new.ended_at, &["lapse_stream", RULING]),
            ("ruling", old.ruled_at == new.ruled_at, &[RULING]),
            ("leader", ruling(old) == ruling(new), &["submit_action"]),
            ("reviews", old.open_reviews == new.open_reviews, &["file_update", "close_review"]),
            ("terms", terms(old) == terms(new), &[]),
        ],
    );
}

fn record(step: &Step<'_>, old: &RecipientRecord, new: &RecipientRecord) {
    let submitted = |r: &RecipientRecord| (r.submitted_count, r.submitted_epoch);
    let accepted = |r: &RecipientRecord| (r.leader, r.accepted_epoch);
    let scores = |r: &RecipientRecord| (r.score_sum, r.scored);
    let awarded = |r: &RecipientRecord| (r.streams, r.awarded);
    const SUBMISSIONS: [&str; 2] = ["submit_proposal", "submit_action"];
    allow(
        step,
        "record",
        &[
            ("submissions", submitted(old) == submitted(new), &SUBMISSIONS),
            ("consent", accepted(old) == accepted(new), &["submit_proposal", "accept_proposal"]),
            ("scores", scores(old) == scores(new), &["score_update"]),
            ("missed updates", old.missed_updates == new.missed_updates, &["hold_stream"]),
            (
                "cancellations",
                old.cancellations == new.cancellations,
                &["execute_stream_ruling", "lapse_stream"],
            ),
            ("awards", awarded(old) == awarded(new), &["execute_award"]),
            ("paid", old.paid == new.paid, &["close_stream"]),
            ("returned", old.returned == new.returned, &["close_stream", "return_funds"]),
            ("person", old.person == new.person && old.treasury == new.treasury, &[]),
        ],
    );
}

/// Roles, owners and recipients sign what is theirs to do.
fn signatures(step: &Step<'_>, books: &Books) {
    if let Some(holder) = books.required_role(step.name) {
        let vacant = holder == Pubkey::default();
        assert!(!vacant && step.signed_by(&holder), "R15: {} without the role", step.name);
    }
    let signer = match step.name {
        "file_update" => step.before.streams.get(&step.key(3)).map(|stream| stream.recipient),
        "withdraw_proposal" => step.before.proposals.get(&step.key(2)).map(|p| p.proposer),
        _ => None,
    };
    assert!(signer.is_none_or(|key| step.signed_by(&key)), "I26: {} unsigned", step.name);
}

fn event_numbers(step: &Step<'_>) {
    let mut numbers = step.after.treasury.seq - step.before.treasury.seq;
    for (key, new) in &step.after.epochs {
        numbers += new.header.seq - step.before.epochs.get(key).map_or(0, |old| old.header.seq);
    }
    // A closed epoch takes its last number with it; a view changes nothing.
    let expected = u64::from(!step.is(&["close_epoch", "assess_ask"]));
    assert_eq!(numbers, expected, "I26: {} takes one event number", step.name);
}
