//! Whether accounts lie where their seeds say.

use std::collections::BTreeSet;

use super::*;
use crate::address;

/// Accounts of ours whose address an instruction alone does not determine, in the samples: the
/// treasury's founder, a proposal's recipient, an owner behind a delegate and the like stand in
/// accounts that the bytes do not hold.
const NOT_CHECKABLE: &[&str] = &[
    "accept_proposal.epoch",
    "accept_proposal.record",
    "cast_vote.stake",
    "cast_vote.vote_record",
    "close_review.stream",
    "close_stream.record",
    "close_stream.stream",
    "close_vote_record.stake",
    "close_vote_record.vote_record",
    "execute_award.record",
    "execute_stream_ruling.record",
    "execute_stream_ruling.stream",
    "file_update.stream",
    "hold_stream.record",
    "hold_stream.stream",
    "lapse_stream.record",
    "lapse_stream.stream",
    "mark_dormant.stake",
    "pause_stream.stream",
    "redirect_payout.stream",
    "refresh_stake.stake",
    "retract_vote.stake",
    "retract_vote.vote_record",
    "revise_vote.stake",
    "revise_vote.vote_record",
    "score_update.record",
    "score_update.stream",
    "withdraw_proposal.epoch",
    "withdraw_stream.stream",
];

fn step(instruction: Instruction) -> Step {
    explained(&[instruction]).instructions.remove(0)
}

fn place(step: &Step, name: &str) -> Option<Place> {
    step.accounts.iter().find(|account| account.name == Some(name)).unwrap().place
}

#[test]
fn whatever_can_be_derived_is() {
    let mut open = BTreeSet::new();
    for sample in samples::all() {
        for account in step(sample.instruction).accounts {
            let Some(name) = account.name else { continue };
            match account.place {
                Some(Place::NotCheckable)
                    if (name, sample.name) == ("treasury", "create_treasury") =>
                {
                    panic!("the treasury's founder and id are given")
                }
                Some(Place::NotCheckable) if name != "treasury" => {
                    open.insert(format!("{}.{name}", sample.name));
                }
                Some(Place::Wrong { .. }) => panic!("{}.{name}", sample.name),
                _ => {}
            }
        }
    }
    let expected: BTreeSet<String> = NOT_CHECKABLE.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(open, expected);
}

/// Puts another key in the place of each derived account in turn.
#[test]
fn a_derived_account_is_not_one_elsewhere() {
    let mut changed = 0;
    for sample in samples::all() {
        let right = step(sample.instruction.clone());
        for (index, account) in right.accounts.iter().enumerate() {
            let Some(Place::Derived { number }) = account.place else { continue };
            let mut instruction = sample.instruction.clone();
            instruction.accounts[index].pubkey = key(99);
            let explanation = explained(&[instruction]);
            let account = &explanation.instructions[0].accounts[index];
            let name = format!("{}.{}", sample.name, account.name.unwrap());
            match account.place {
                Some(Place::Wrong { expected }) => {
                    let own = sample.instruction.accounts[index].pubkey;
                    assert!(expected.is_none_or(|expected| expected == own), "{name}");
                    let of = account.name.unwrap();
                    let warning = Warning::WrongPlace { step: 0, account: of };
                    assert!(explanation.warnings.contains(&warning), "{name}");
                }
                // An epoch may be a later one than those looked for.
                Some(Place::NotCheckable) => {
                    assert!(
                        account.name == Some("epoch") && number == Some(samples::EPOCH),
                        "{name}"
                    );
                }
                other => panic!("{name}: {other:?}"),
            }
            changed += 1;
        }
    }
    assert!(changed > 150, "{changed}");
}

#[test]
fn numbers_among_the_seeds_are_found() {
    let number = |number| Some(Place::Derived { number: Some(number) });
    let executed = step(sample("execute_award").instruction);
    assert_eq!(place(&executed, "epoch"), number(3));
    assert_eq!(place(&executed, "proposal"), number(9));
    assert_eq!(place(&executed, "stream"), Some(Place::Derived { number: None }));
    assert_eq!(place(&step(sample("close_review").instruction), "review"), number(2));
    // The last ones that are looked for.
    let c = community();
    let last = step(c.withdraw_proposal(samples::PROPOSER, 0, 127));
    assert_eq!(place(&last, "proposal"), number(127));
    assert_eq!(place(&step(c.settle_epoch(519)), "epoch"), number(519));
    assert_eq!(place(&step(c.settle_epoch(520)), "epoch"), Some(Place::NotCheckable));
    let review =
        |checkpoint| place(&step(c.close_review(samples::stream(), checkpoint, key(1))), "review");
    assert_eq!(review(11), number(11));
    assert_eq!(review(12), Some(Place::Wrong { expected: None }));
    // Entries end at 127.
    let beyond = step(c.withdraw_proposal(samples::PROPOSER, 0, 128));
    assert_eq!(place(&beyond, "proposal"), Some(Place::Wrong { expected: None }));
}

#[test]
fn a_ballot_of_ones_own_is_derived_and_a_delegates_is_not() {
    let c = community();
    let (voter, payer) = (samples::VOTER, samples::PAYER);
    let derived = Some(Place::Derived { number: None });
    let own = step(c.cast_vote(voter, payer, 3, samples::ballot()));
    assert_eq!((place(&own, "stake"), place(&own, "vote_record")), (derived, derived));
    let own = step(c.revise_vote(voter, 3, samples::ballot()));
    assert_eq!((place(&own, "stake"), place(&own, "vote_record")), (None, derived));

    // With the own stake, or without one, the record must be the own.
    let expected = Some(address::vote_record(&c.epoch(3), &voter));
    let elsewhere = Some(Place::Wrong { expected });
    for mut instruction in [
        c.cast_vote(voter, payer, 3, samples::ballot()),
        c.revise_vote(voter, 3, samples::ballot()),
        c.retract_vote(voter, 3),
    ] {
        let at = instruction.accounts.iter().position(|meta| Some(meta.pubkey) == expected);
        instruction.accounts[at.unwrap()].pubkey = key(99);
        assert_eq!(place(&step(instruction), "vote_record"), elsewhere);
    }
}

#[test]
fn behind_a_lookup_table_nothing_is_called_wrong() {
    let c = community();
    let mut cast = c.cast_vote(samples::VOTER, samples::PAYER, 3, samples::ballot());
    let stake = c.stake(&samples::VOTER);
    let at = cast.accounts.iter().position(|meta| meta.pubkey == stake).unwrap();
    cast.accounts[at + 1].pubkey = key(99);
    let tables = [AddressLookupTableAccount { key: key(70), addresses: vec![stake] }];
    let compiled = v0::Message::try_compile(&FEE_PAYER, &[cast], &tables, BLOCKHASH).unwrap();
    let mut explanation = explain(&unsigned(VersionedMessage::V0(compiled))).unwrap();
    let step = explanation.instructions.remove(0);
    assert_eq!(place(&step, "stake"), Some(Place::NotCheckable));
    assert_eq!(place(&step, "vote_record"), Some(Place::NotCheckable));
}

#[test]
fn a_ruling_is_about_the_stream_that_it_names() {
    let ruling = samples::acts_ruling();
    let derived = Some(Place::Derived { number: None });
    assert_eq!(place(&step(ruling.clone()), "stream"), derived);
    let at = ruling.accounts.iter().position(|meta| meta.pubkey == samples::stream()).unwrap();
    let mut other = ruling;
    other.accounts[at].pubkey = key(99);
    let expected = Some(samples::stream());
    assert_eq!(place(&step(other), "stream"), Some(Place::Wrong { expected }));
}

#[test]
fn another_treasury_tears_its_accounts_away() {
    for sample in samples::all() {
        let right = step(sample.instruction.clone());
        let of_treasury = |account: &&Account| {
            let names = ["vault", "stake_vault", "bond_vault", "proposer_record"];
            names.contains(&account.name.unwrap_or_default())
        };
        let Some(at) = right.accounts.iter().position(|of| of.name == Some("treasury")) else {
            continue;
        };
        let mut instruction = sample.instruction.clone();
        instruction.accounts[at].pubkey = key(99);
        for account in step(instruction).accounts.iter().filter(of_treasury) {
            let wrong = matches!(account.place, Some(Place::Wrong { expected: Some(_) }));
            assert!(wrong, "{} {account:?}", sample.name);
        }
    }
}
