use anchor_lang::prelude::Pubkey;
use budget_keeper::{Aside, Hindrance, Reason};

use super::*;

fn aside() -> Aside {
    Aside {
        crank: Crank::WithdrawStream,
        subject: "S".to_owned(),
        name: "OutflowLimited".to_owned(),
        why: "the bucket is empty.".to_owned(),
        times: 1,
        until: 5,
    }
}

#[test]
fn what_is_said_is_a_line_for_people_or_an_object() {
    let said = Said::LostRace { crank: Crank::SettleEpoch, subject: Pubkey::default() };
    assert!(line(&said, false, 0).contains("somebody else was first"));
    let json: Value = serde_json::from_str(&line(&said, true, 0)).unwrap();
    assert_eq!((&json["event"], &json["crank"]), (&json!("lost_race"), &json!("settle_epoch")));
    assert!(!line(&said, true, 0).contains('\n'));
    let landed = |lag_secs| Said::Landed {
        crank: Crank::SettleEpoch,
        subject: Pubkey::default(),
        why: "voting has closed".to_owned(),
        at: 5,
        lag_secs,
        signature: "S".to_owned(),
        slot: 1_234,
        fee: 5_000,
    };
    let late = "settle_epoch: voting has closed; landed in slot 1,234, 1 hour after it was due (S)";
    assert_eq!(line(&landed(Some(3_600)), false, 0), late);
    for lag in [None, Some(0)] {
        let text = line(&landed(lag), false, 0);
        assert_eq!(text, "settle_epoch: voting has closed; landed in slot 1,234 (S)");
    }
    let aside = Said::SetAside {
        crank: Crank::SettleEpoch,
        subject: Pubkey::default(),
        name: "N".to_owned(),
        why: "not yet.".to_owned(),
        until: 1_767_571_200,
    };
    let text = line(&aside, false, 1_767_571_200 - 60);
    assert!(text.ends_with("until Mon 5 Jan 2026, 00:00 UTC (in 1 minute): not yet"), "{text}");
}

#[test]
fn once_fails_when_something_due_was_refused() {
    failed(&Snapshot::default()).unwrap();
    let numbers = Snapshot { aside: vec![aside(), aside()], ..Snapshot::default() };
    let refused = failed(&numbers).unwrap_err();
    assert_eq!(refused.kind().1, "refused");
    assert_eq!(
        refused.to_string(),
        "2 steps could not be done, first withdraw_stream: the bucket is empty."
    );
}

#[test]
fn the_summary_counts_and_says_what_waits() {
    let mut numbers = Snapshot { rounds: 2, fees: 10_000, ..Snapshot::default() };
    numbers.landed.insert(Crank::SettleEpoch, 1);
    numbers.landed.insert(Crank::WithdrawStream, 1_200);
    numbers.lost_races.insert(Crank::CloseStream, 3);
    numbers.aside.push(aside());
    numbers.hindrances.push(Hindrance {
        crank: Crank::CloseProposal,
        subject: Pubkey::default(),
        reason: Reason::AccountMissing,
        why: "Ada has no token account".to_owned(),
    });
    numbers.next_due_at = Some(1_600_000_060);
    numbers.read_at = 1_600_000_000;
    let lines = summary(&Page::new(), &numbers, 0);
    assert_eq!(lines[0], "1,201 steps landed in 2 rounds, for 0.00001 SOL of fees");
    let text = lines.join("\n");
    for words in [
        "settle_epoch          1",
        "withdraw_stream       1,200",
        "done by others first  3",
        "refused               withdraw_stream of S: the bucket is empty.",
        "waits                 Ada has no token account",
        "UTC (in 1 minute)",
    ] {
        assert!(text.contains(words), "{words}\n---\n{text}");
    }
}

#[test]
fn the_greeting_says_how_it_ends() {
    let args = |once| KeeperArgs {
        once,
        min_payout: "0".to_owned(),
        create_accounts: false,
        no_open: false,
        interval: 30,
        metrics: None,
    };
    assert_eq!(greeting(&args(true), None), "Sending what is due now.");
    assert!(greeting(&args(false), None).ends_with("Ctrl-C ends."));
}
