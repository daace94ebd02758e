//! P5: whatever touches money is in the terms, and every byte of the terms is in the hash that the
//! voter signs.

use anchor_lang::{AnchorDeserialize, AnchorSerialize, prelude::Pubkey};
use budget_sim::world::sha256;
use budget_tests::*;
use community_budget::{
    BudgetError, SubmitActionArgs,
    state::{Action, AwardTerms, PolicyPatch, Role, Ruling, Terms},
};

use crate::stage::*;

/// The terms of every variant of an action, down to the sections of the policy and the rulings.
fn variants(stream: Pubkey, recipient: Pubkey) -> Vec<Action> {
    let p = brisk();
    vec![
        Action::Award(AwardTerms {
            category: 0,
            checkpoints: 2,
            recipient,
            amount: SMALL,
            duration_secs: 60 * DAY_SECS,
            cliff_secs: DAY_SECS,
        }),
        Action::SetPolicy(PolicyPatch::Schedule(p.schedule)),
        Action::SetPolicy(PolicyPatch::Slate(p.slate)),
        Action::SetPolicy(PolicyPatch::Budget(p.budget)),
        Action::SetPolicy(PolicyPatch::Tiers(p.tiers)),
        Action::SetPolicy(PolicyPatch::Stake(p.stake)),
        Action::SetPolicy(PolicyPatch::Risk(p.risk)),
        Action::SetPolicy(PolicyPatch::Breaker(p.breaker)),
        Action::SetPolicy(PolicyPatch::Review(p.review)),
        Action::SetRole { role: Role::Guardian, holder: recipient },
        Action::SetRole { role: Role::Reviewer, holder: recipient },
        Action::SetRole { role: Role::RiskReporter, holder: recipient },
        Action::RuleOnStream { stream, ruling: Ruling::Resume { checkpoint: 1 } },
        Action::RuleOnStream { stream, ruling: Ruling::Reduce { keep_bps: 5_000 } },
        Action::RuleOnStream { stream, ruling: Ruling::Cancel },
        Action::ClearBreaker,
        Action::WriteOff { category: HEDGES, amount: MILLION },
    ]
}

fn terms(action: Action) -> Terms {
    let (title, metadata_uri) = ("An act".to_owned(), "https://example.org/a".to_owned());
    Terms { action, metadata_hash: [9; 32], title, metadata_uri }
}

/// Hash of an epoch's slate whose only entry has these canonical terms, as documented.
fn slate_of_one(w: &World, canonical: &[u8]) -> [u8; 32] {
    let (treasury, epoch) = (w.community.treasury, w.current().to_le_bytes());
    let empty = sha256(&[b"community-budget:slate:v1", treasury.as_ref(), &epoch]);
    let domain = b"community-budget:leaf:v1";
    let leaf = sha256(&[domain, treasury.as_ref(), &epoch, &[0], canonical]);
    sha256(&[&empty, &leaf])
}

/// A world with a stream, in the submission of its second epoch, with `action` alone on the slate.
fn with(action: &Action) -> (World, Person) {
    let (mut w, voter, recipient) = streaming(brisk(), &Ask::with_reviews(SMALL, 60, 2));
    w.open_next_epoch();
    submit(&mut w, &recipient, terms(action.clone()));
    (w, voter)
}

fn submit(w: &mut World, proposer: &Person, terms: Terms) {
    let Terms { action, metadata_hash, title, metadata_uri } = terms;
    if let Action::Award(award) = action {
        let ask = Ask {
            amount: award.amount,
            category: award.category,
            duration_secs: award.duration_secs,
            cliff_secs: award.cliff_secs,
            checkpoints: award.checkpoints,
            title,
            metadata_uri,
            metadata_hash,
        };
        let own = award.recipient == proposer.key();
        let instruction = w.submission(proposer, award.recipient, own, &ask);
        w.send(instruction, &[proposer]).unwrap();
        return;
    }
    let by = budget_client::instruction::Submission {
        epoch: w.current(),
        index: 0,
        proposer: proposer.key(),
        payer: w.svm.fee_payer(),
        recipient: proposer.key(),
        recipient_signs: false,
        source: w.community.budget_account(&proposer.key()),
    };
    let args = SubmitActionArgs { action, metadata_hash, title, metadata_uri };
    w.send(w.community.submit_action(by, false, args), &[proposer]).unwrap();
}

/// Keys that are the same in every world of this file.
fn variants_of_the_stage() -> Vec<Action> {
    let (w, _, recipient) = streaming(brisk(), &Ask::with_reviews(SMALL, 60, 2));
    variants(w.stream_key(0, 0), recipient.key())
}

#[test]
fn p5_every_byte_of_the_terms_of_every_action_is_in_the_slate_hash() {
    let mut flips = 0;
    for action in variants_of_the_stage() {
        let (w, _) = with(&action);
        let mut canonical = Vec::new();
        terms(action.clone()).serialize(&mut canonical).unwrap();
        // What the chain signs is the documented hash of exactly these bytes, and the proposal holds
        // them and nothing else.
        let genuine = w.epoch(1).slate_hash;
        assert_eq!(genuine, slate_of_one(&w, &canonical), "{action:?}");
        assert_eq!(w.proposal(1, 0).terms, terms(action.clone()));
        for byte in 0..canonical.len() {
            for bit in [1, 16, 128] {
                let mut other = canonical.clone();
                other[byte] ^= bit;
                flips += 1;
                assert_ne!(slate_of_one(&w, &other), genuine, "byte {byte} of {action:?}");
                // No two byte strings stand for the same terms.
                if let Ok(read) = Terms::try_from_slice(&other) {
                    assert_ne!(read, terms(action.clone()), "byte {byte} of {action:?}");
                }
            }
        }
    }
    assert!(flips > 5_000, "{flips} flips");
}

/// The same action with another value in each field that touches money.
fn doctored(action: &Action, thief: Pubkey) -> Vec<Action> {
    let change_award = |change: fn(&mut AwardTerms, Pubkey)| {
        let Action::Award(mut award) = action.clone() else { unreachable!("only awards") };
        change(&mut award, thief);
        Action::Award(award)
    };
    match action {
        Action::Award(_) => vec![
            change_award(|award, _| award.amount += 1),
            change_award(|award, thief| award.recipient = thief),
            change_award(|award, _| award.duration_secs -= 1),
            change_award(|award, _| award.cliff_secs -= 1),
            change_award(|award, _| award.checkpoints -= 1),
            change_award(|award, _| award.category = HEDGES),
        ],
        Action::SetPolicy(patch) => {
            let mut policy = brisk();
            patch.apply(&mut policy);
            policy.schedule.period_secs += 1;
            policy.slate.bond += 1;
            policy.budget.epoch_cap_bps -= 1;
            policy.tiers.rules[0].quorum_bps -= 1;
            policy.stake.min_total_weight += 1;
            policy.risk.max_recipient_bps -= 1;
            policy.breaker.outflow_bps -= 1;
            policy.review.pass_bps -= 1;
            vec![Action::SetPolicy(match patch {
                PolicyPatch::Schedule(_) => PolicyPatch::Schedule(policy.schedule),
                PolicyPatch::Slate(_) => PolicyPatch::Slate(policy.slate),
                PolicyPatch::Budget(_) => PolicyPatch::Budget(policy.budget),
                PolicyPatch::Tiers(_) => PolicyPatch::Tiers(policy.tiers),
                PolicyPatch::Stake(_) => PolicyPatch::Stake(policy.stake),
                PolicyPatch::Risk(_) => PolicyPatch::Risk(policy.risk),
                PolicyPatch::Breaker(_) => PolicyPatch::Breaker(policy.breaker),
                PolicyPatch::Review(_) => PolicyPatch::Review(policy.review),
            })]
        }
        Action::SetRole { role, .. } => vec![Action::SetRole { role: *role, holder: thief }],
        Action::RuleOnStream { stream, ruling } => {
            let rule = |ruling| Action::RuleOnStream { stream: *stream, ruling };
            match ruling {
                Ruling::Resume { .. } => vec![rule(Ruling::Resume { checkpoint: 0 })],
                Ruling::Reduce { .. } => vec![rule(Ruling::Reduce { keep_bps: 5_001 })],
                Ruling::Cancel => vec![rule(Ruling::Reduce { keep_bps: 1 })],
            }
        }
        Action::ClearBreaker => vec![Action::WriteOff { category: HEDGES, amount: MILLION }],
        Action::WriteOff { .. } => vec![
            Action::WriteOff { category: HEDGES, amount: MILLION + 1 },
            Action::WriteOff { category: 0, amount: MILLION },
        ],
    }
}

#[test]
fn p5_a_ballot_for_other_terms_is_refused() {
    let thief = Person { wallet: budget_sim::svm::keypair("thief", 0) }.key();
    for action in variants_of_the_stage() {
        let (mut genuine, _) = with(&action);
        genuine.to_voting();
        let signed = genuine.ballot(&[(0, For)]);
        for other in doctored(&action, thief) {
            let (mut w, voter) = with(&other);
            w.to_voting();
            let cast = w.community.cast_vote(voter.key(), w.svm.fee_payer(), 1, signed.clone());
            refused(&mut w, BudgetError::SlateChanged, |w| w.send(cast, &[&voter]));
        }
        // In the world it was signed for it counts.
        let (mut w, voter) = with(&action);
        w.to_voting();
        let cast = w.community.cast_vote(voter.key(), w.svm.fee_payer(), 1, signed);
        w.send(cast, &[&voter]).unwrap();
    }
}
