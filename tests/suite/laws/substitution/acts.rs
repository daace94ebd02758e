//! Valid instances of acts, reviews, breaker and positions.

use anchor_lang::Discriminator;
use budget_tests::*;
use community_budget::{
    AssessAskArgs, FileUpdateArgs, ScoreUpdateArgs, SubmitActionArgs,
    state::{Action, Health, PolicyPatch, Role, Ruling, Treasury},
};

use super::{Instance, slate::by};
use crate::stage::*;

pub const TABLE: &[(&str, Instance)] = &[
    ("submit_action", || {
        // A ruling with the proposer's stake, so that both optional accounts are there.
        let mut twins = streaming().settled_round();
        twins.each(|w, cast| {
            w.open_next_epoch();
            w.open_stake(&cast.bob, 7 * DAY_SECS).unwrap();
        });
        let Twins { mut w, cast, .. } = twins;
        let epoch = w.current();
        let payer = by(&mut w, &cast.bob, cast.bob.key(), false);
        let by = budget_client::instruction::Submission { epoch, index: 0, ..payer };
        let args = SubmitActionArgs {
            action: w.ruling(0, 0, Ruling::Cancel),
            metadata_hash: [1; 32],
            title: "Stop".to_owned(),
            metadata_uri: String::new(),
        };
        let instruction = w.community.submit_action(by, true, args);
        (w, instruction)
    }),
    ("veto_proposal", || {
        let Twins { w, .. } = submission().voted().settled();
        let instruction = w.community.veto_proposal(w.guardian.key(), 0, 0);
        (w, instruction)
    }),
    ("execute_set_policy", || {
        let slate = |w: &World| PolicyPatch::Slate(w.treasury().policy.slate);
        let Twins { w, .. } = executable(|w| Action::SetPolicy(slate(w)));
        let instruction = w.community.execute_set_policy(0, 2);
        (w, instruction)
    }),
    ("execute_set_role", || {
        let Twins { w, .. } = executable(|w| World::set_role(Role::Guardian, w.founder.key()));
        let instruction = w.community.execute_set_role(0, 2);
        (w, instruction)
    }),
    ("execute_stream_ruling", || {
        let twins = streaming().settled_round();
        let twins = twins.submission(|w| vec![w.ruling(0, 0, Ruling::Cancel)]);
        let Twins { w, cast, .. } = twins.voted().settled().executable();
        let (epoch, stream) = (w.current(), w.stream_key(0, 0));
        let instruction = w.community.execute_stream_ruling(epoch, 2, stream, cast.alice.key());
        (w, instruction)
    }),
    ("execute_clear_breaker", || {
        let mut twins = Twins::new().submission(|_| vec![Action::ClearBreaker]).voted();
        twins.w.to_tallying();
        twins.each(|w, _| {
            lose_everything(w);
            w.trip().unwrap();
        });
        let Twins { w, .. } = twins.settled().executable();
        let instruction = w.community.execute_clear_breaker(0, 2);
        (w, instruction)
    }),
    ("execute_write_off", || {
        let act = Action::WriteOff { category: RISK_CATEGORY, amount: 1 };
        let Twins { w, .. } = executable(|_| act.clone());
        let instruction = w.community.execute_write_off(0, 2);
        (w, instruction)
    }),
    ("file_update", || {
        let Twins { mut w, cast, .. } = streaming().advance(30 * DAY);
        let args = FileUpdateArgs {
            checkpoint: 0,
            health: Health::OnTrack,
            spent: 0,
            evidence_hash: [2; 32],
            evidence_uri: String::new(),
        };
        let (payer, stream) = (w.person().key(), w.stream_key(0, 0));
        let instruction = w.community.file_update(cast.alice.key(), payer, stream, args);
        (w, instruction)
    }),
    ("score_update", || {
        let Twins { w, cast, .. } = updated();
        let args = ScoreUpdateArgs {
            score_bps: 10_000,
            evidence_hash: w.review(0, 0, 0).evidence_hash,
            verdict_hash: [1; 32],
        };
        let (reviewer, stream) = (w.reviewer.key(), w.stream_key(0, 0));
        let instruction = w.community.score_update(reviewer, stream, 0, cast.alice.key(), args);
        (w, instruction)
    }),
    ("hold_stream", || {
        let Twins { w, cast, .. } = streaming().advance(37 * DAY);
        let instruction = w.community.hold_stream(w.stream_key(0, 0), cast.alice.key());
        (w, instruction)
    }),
    ("lapse_stream", || {
        let mut twins = streaming().advance(37 * DAY);
        twins.each(|w, _| drop(w.hold(0, 0).unwrap()));
        // The next round opens after the hold.
        let twins = twins.advance(1).submission(|_| Vec::new()).settled();
        let Twins { w, cast, .. } = twins.advance((14 + 30) * DAY);
        let instruction = w.community.lapse_stream(w.stream_key(0, 0), cast.alice.key(), Some(1));
        (w, instruction)
    }),
    ("pause_stream", || {
        let Twins { w, .. } = streaming();
        let instruction = w.community.pause_stream(w.guardian.key(), w.stream_key(0, 0), 60);
        (w, instruction)
    }),
    ("close_review", || {
        let mut twins = updated();
        twins.each(|w, _| drop(w.score(0, 0, 10_000).unwrap()));
        let Twins { w, .. } = twins;
        let instruction = w.community.close_review(w.stream_key(0, 0), 0, w.svm.fee_payer());
        (w, instruction)
    }),
    ("pause_executions", || {
        let Twins { w, .. } = submission();
        let instruction = w.community.pause_executions(w.guardian.key(), 60);
        (w, instruction)
    }),
    ("trip_breaker", || {
        let Twins { mut w, .. } = submission();
        lose_everything(&mut w);
        let instruction = w.community.trip_breaker();
        (w, instruction)
    }),
    ("mark_position", || {
        let Twins { w, .. } = submission();
        let instruction = w.community.mark_position(w.risk_reporter.key(), RISK_CATEGORY, 7);
        (w, instruction)
    }),
    ("return_funds", || {
        let Twins { w, cast, .. } = submission();
        let by = cast.bob.key();
        let source = w.community.budget_account(&by);
        let instruction = w.community.return_funds(by, source, RISK_CATEGORY, 5, true);
        (w, instruction)
    }),
    ("assess_ask", || {
        let Twins { w, .. } = submission();
        let args = AssessAskArgs { amount: 1, category: 0, recipient_awarded: 0 };
        let instruction = w.community.assess_ask(0, args);
        (w, instruction)
    }),
];

impl Twins {
    /// Moves on to where the next round can open.
    fn settled_round(self) -> Self {
        self.advance(30 * DAY)
    }
}

/// Alice has reported at the checkpoint of her stream.
fn updated() -> Twins {
    let mut twins = streaming().advance(30 * DAY);
    twins.each(|w, cast| drop(w.file_update(&cast.alice, 0, 0).unwrap()));
    twins
}

/// Makes the treasury look as if it had been worth much more: reason enough to trip its breaker.
fn lose_everything(w: &mut World) {
    let mut books = w.treasury();
    books.high_water = u64::MAX;
    let mut account = w.svm.get(&w.community.treasury).unwrap();
    account.data[Treasury::DISCRIMINATOR.len()..].copy_from_slice(bytemuck::bytes_of(&books));
    w.svm.put(w.community.treasury, account);
}
