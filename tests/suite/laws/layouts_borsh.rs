//! Layouts of what Borsh serializes: proposals with each action, reviews.

use std::ops::Range;

use anchor_lang::{AccountSerialize, AnchorSerialize, Space, prelude::Pubkey};
use budget_client::account::Readable;
use community_budget::{
    ID,
    constants::{MAX_TITLE_BYTES, MAX_URI_BYTES},
    state::{
        Action, AwardTerms, Health, Policy, PolicyPatch, Proposal, Review, Role, Ruling, SECTIONS,
        Terms,
    },
};

use crate::layouts::golden;

/// One field: its name, how to set all of its bytes, where they are.
type Field<T> = (&'static str, fn(&mut T), Range<usize>);

fn serialized(account: &impl AccountSerialize) -> Vec<u8> {
    let mut bytes = Vec::new();
    account.try_serialize(&mut bytes).unwrap();
    bytes
}

/// Sets one field of a zero account at a time and looks which bytes change. A field of two bytes or
/// more must be wholly set; an enum shows at its first byte.
fn assert_fields<T: AccountSerialize>(fields: &[Field<T>], zero: impl Fn() -> T) {
    let base = serialized(&zero());
    for (name, set, expected) in fields {
        let mut account = zero();
        set(&mut account);
        let bytes = serialized(&account);
        assert_eq!(bytes.len(), base.len(), "{name}");
        let changed: Vec<usize> = (0..base.len()).filter(|at| bytes[*at] != base[*at]).collect();
        let expected: Vec<usize> = expected.clone().collect();
        assert_eq!(changed, expected, "{name}");
    }
}

const FULL: Pubkey = Pubkey::new_from_array([0xff; 32]);

fn proposal(action: Action) -> Proposal {
    Proposal {
        version: 0,
        bump: 0,
        index: 0,
        reserved_flags: [0; 5],
        epoch: Pubkey::default(),
        treasury: Pubkey::default(),
        proposer: Pubkey::default(),
        rent_payer: Pubkey::default(),
        bond: 0,
        submitted_at: 0,
        reserved: [0; 32],
        terms: Terms {
            action,
            metadata_hash: [0; 32],
            title: "t".to_owned(),
            metadata_uri: "u".to_owned(),
        },
    }
}

fn award() -> AwardTerms {
    AwardTerms {
        category: 0,
        checkpoints: 0,
        recipient: Pubkey::default(),
        amount: 0,
        duration_secs: 0,
        cliff_secs: 0,
    }
}

fn review() -> Review {
    Review {
        version: 0,
        bump: 0,
        checkpoint: 0,
        scored: 0,
        score_bps: 0,
        reserved_flags: [0; 2],
        stream: Pubkey::default(),
        rent_payer: Pubkey::default(),
        filed_at: 0,
        scored_at: 0,
        spent: 0,
        health: Health::OnTrack,
        evidence_hash: [0; 32],
        verdict_hash: [0; 32],
        evidence_uri: "u".to_owned(),
    }
}

/// Sets one field of an award's terms.
fn of_award(proposal: &mut Proposal, set: impl FnOnce(&mut AwardTerms)) {
    let mut terms = award();
    set(&mut terms);
    proposal.terms.action = Action::Award(terms);
}

#[test]
fn fields_of_a_proposal_are_where_they_always_were() {
    let fields: &[Field<Proposal>] = &[
        ("version", |p| p.version = u8::MAX, 8..9),
        ("bump", |p| p.bump = u8::MAX, 9..10),
        ("index", |p| p.index = u8::MAX, 10..11),
        ("reserved_flags", |p| p.reserved_flags = [0xff; 5], 11..16),
        ("epoch", |p| p.epoch = FULL, 16..48),
        ("treasury", |p| p.treasury = FULL, 48..80),
        ("proposer", |p| p.proposer = FULL, 80..112),
        ("rent_payer", |p| p.rent_payer = FULL, 112..144),
        ("bond", |p| p.bond = u64::MAX, 144..152),
        ("submitted_at", |p| p.submitted_at = -1, 152..160),
        ("reserved", |p| p.reserved = [0xff; 32], 160..192),
        ("award.category", |p| of_award(p, |t| t.category = u8::MAX), 193..194),
        ("award.checkpoints", |p| of_award(p, |t| t.checkpoints = u8::MAX), 194..195),
        ("award.recipient", |p| of_award(p, |t| t.recipient = FULL), 195..227),
        ("award.amount", |p| of_award(p, |t| t.amount = u64::MAX), 227..235),
        ("award.duration_secs", |p| of_award(p, |t| t.duration_secs = u32::MAX), 235..239),
        ("award.cliff_secs", |p| of_award(p, |t| t.cliff_secs = u32::MAX), 239..243),
        ("metadata_hash", |p| p.terms.metadata_hash = [0xff; 32], 243..275),
        ("title", |p| p.terms.title = "\u{7f}".to_owned(), 279..280),
        ("metadata_uri", |p| p.terms.metadata_uri = "\u{7f}".to_owned(), 284..285),
    ];
    assert_fields(fields, || proposal(Action::Award(award())));
}

fn set_role(role: Role, holder: Pubkey) -> Action {
    Action::SetRole { role, holder }
}

fn ruling(stream: Pubkey, ruling: Ruling) -> Action {
    Action::RuleOnStream { stream, ruling }
}

#[test]
fn fields_of_the_acts_are_where_they_always_were() {
    let nobody = Pubkey::default();
    let role: &[Field<Proposal>] = &[
        ("role", |p| p.terms.action = set_role(Role::RiskReporter, Pubkey::default()), 193..194),
        ("holder", |p| p.terms.action = set_role(Role::Guardian, FULL), 194..226),
    ];
    assert_fields(role, || proposal(set_role(Role::Guardian, nobody)));

    const KEEP: fn(u16) -> Ruling = |keep_bps| Ruling::Reduce { keep_bps };
    let reduction: &[Field<Proposal>] = &[
        ("stream", |p| p.terms.action = ruling(FULL, KEEP(0)), 193..225),
        ("keep_bps", |p| p.terms.action = ruling(Pubkey::default(), KEEP(u16::MAX)), 226..228),
    ];
    assert_fields(reduction, || proposal(ruling(nobody, KEEP(0))));

    const AT: fn(u8) -> Action =
        |checkpoint| ruling(Pubkey::new_from_array([0; 32]), Ruling::Resume { checkpoint });
    let resumption: &[Field<Proposal>] =
        &[("checkpoint", |p| p.terms.action = AT(u8::MAX), 226..227)];
    assert_fields(resumption, || proposal(AT(0)));

    const LOSS: fn(u8, u64) -> Action = |category, amount| Action::WriteOff { category, amount };
    let write_off: &[Field<Proposal>] = &[
        ("category", |p| p.terms.action = LOSS(u8::MAX, 0), 193..194),
        ("amount", |p| p.terms.action = LOSS(0, u64::MAX), 194..202),
    ];
    assert_fields(write_off, || proposal(LOSS(0, 0)));
}

#[test]
fn fields_of_a_review_are_where_they_always_were() {
    let fields: &[Field<Review>] = &[
        ("version", |r| r.version = u8::MAX, 8..9),
        ("bump", |r| r.bump = u8::MAX, 9..10),
        ("checkpoint", |r| r.checkpoint = u8::MAX, 10..11),
        ("scored", |r| r.scored = u8::MAX, 11..12),
        ("score_bps", |r| r.score_bps = u16::MAX, 12..14),
        ("reserved_flags", |r| r.reserved_flags = [0xff; 2], 14..16),
        ("stream", |r| r.stream = FULL, 16..48),
        ("rent_payer", |r| r.rent_payer = FULL, 48..80),
        ("filed_at", |r| r.filed_at = -1, 80..88),
        ("scored_at", |r| r.scored_at = -1, 88..96),
        ("spent", |r| r.spent = u64::MAX, 96..104),
        ("health", |r| r.health = Health::OffTrack, 104..105),
        ("evidence_hash", |r| r.evidence_hash = [0xff; 32], 105..137),
        ("verdict_hash", |r| r.verdict_hash = [0xff; 32], 137..169),
        ("evidence_uri", |r| r.evidence_uri = "\u{7f}".to_owned(), 173..174),
    ];
    assert_fields(fields, review);
}

/// Every act, with each section, role and ruling.
fn acts() -> Vec<(String, Action)> {
    let policy = Policy::default();
    let sections = [
        PolicyPatch::Schedule(policy.schedule),
        PolicyPatch::Slate(policy.slate),
        PolicyPatch::Budget(policy.budget),
        PolicyPatch::Tiers(policy.tiers),
        PolicyPatch::Stake(policy.stake),
        PolicyPatch::Risk(policy.risk),
        PolicyPatch::Breaker(policy.breaker),
        PolicyPatch::Review(policy.review),
    ];
    let named = SECTIONS.iter().zip(sections);
    let mut acts: Vec<(String, Action)> = named
        .map(|(name, patch)| (format!("set_policy_{name}"), Action::SetPolicy(patch)))
        .collect();
    for (name, role) in [
        ("guardian", Role::Guardian),
        ("reviewer", Role::Reviewer),
        ("risk_reporter", Role::RiskReporter),
    ] {
        acts.push((format!("set_role_{name}"), Action::SetRole { role, holder: key(20) }));
    }
    for (name, how) in [
        ("resume", Ruling::Resume { checkpoint: 21 }),
        ("reduce", Ruling::Reduce { keep_bps: 2_223 }),
        ("cancel", Ruling::Cancel),
    ] {
        acts.push((format!("ruling_{name}"), ruling(key(24), how)));
    }
    acts.push(("clear_breaker".to_owned(), Action::ClearBreaker));
    acts.push(("write_off".to_owned(), Action::WriteOff { category: 25, amount: 26 }));
    acts
}

#[test]
fn an_act_takes_the_bytes_that_its_account_has_for_it() {
    let longest = |action: Action| {
        let mut proposal = proposal(action);
        proposal.terms.title = "t".repeat(MAX_TITLE_BYTES);
        proposal.terms.metadata_uri = "u".repeat(MAX_URI_BYTES);
        proposal
    };
    let mut actions = acts();
    actions.push(("award".to_owned(), Action::Award(award())));
    for (name, action) in actions {
        let space = Proposal::space(action.stored_bytes());
        let mut bytes = Vec::new();
        action.serialize(&mut bytes).unwrap();
        assert!(bytes.len() <= action.stored_bytes(), "{name}");
        // R14: a patch has at most 256 bytes.
        assert!(bytes.len() <= 256 && Action::INIT_SPACE <= 256, "{name}");
        assert!(serialized(&longest(action)).len() <= space, "{name} with the longest texts");
    }
}

/// A key of one repeated byte.
fn key(byte: u8) -> Pubkey {
    Pubkey::new_from_array([byte; 32])
}

/// Compares with the fixture and reads it back.
#[track_caller]
fn round_trip<T: AccountSerialize + Readable>(name: &str, account: &T) {
    let bytes = golden(name, &serialized(account));
    let read = T::read(&ID, &bytes).unwrap();
    assert_eq!(serialized(&read), bytes, "{name} read and written");
}

#[test]
fn proposals_equal_their_fixtures_both_ways() {
    let award = AwardTerms {
        category: 9,
        checkpoints: 10,
        recipient: key(11),
        amount: 12,
        duration_secs: 13,
        cliff_secs: 14,
    };
    let mut actions = acts();
    actions.push(("award".to_owned(), Action::Award(award)));
    for (name, action) in actions {
        let terms = Terms {
            action,
            metadata_hash: [15; 32],
            title: "Swings".to_owned(),
            metadata_uri: "https://example.org".to_owned(),
        };
        let filled = Proposal {
            version: 1,
            bump: 2,
            index: 3,
            epoch: key(4),
            treasury: key(5),
            proposer: key(6),
            rent_payer: key(7),
            bond: 8,
            submitted_at: 9,
            terms,
            ..proposal(Action::ClearBreaker)
        };
        round_trip(&format!("proposal_{name}"), &filled);
    }
}

#[test]
fn a_review_equals_its_fixture_both_ways() {
    let filled = Review {
        version: 1,
        bump: 2,
        checkpoint: 3,
        scored: 4,
        score_bps: 5,
        stream: key(6),
        rent_payer: key(7),
        filed_at: 8,
        scored_at: 9,
        spent: 10,
        health: Health::AtRisk,
        evidence_hash: [11; 32],
        verdict_hash: [12; 32],
        evidence_uri: "https://example.org".to_owned(),
        ..review()
    };
    round_trip("review", &filled);
}
