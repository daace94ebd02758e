//! Transactions taken apart, and what is said about them.

mod hostile;
mod others;
mod places;

use anchor_lang::{
    prelude::{AccountMeta, Pubkey},
    solana_program::instruction::Instruction,
    system_program,
};
use serde_json::json;
use solana_hash::Hash;
use solana_keypair::Keypair;
use solana_message::{AddressLookupTableAccount, Message, v0};
use solana_signer::Signer as _;
use solana_transaction::versioned::VersionedTransaction;

use super::*;
use crate::samples::{self, Sample, community, key};

const BLOCKHASH: Hash = Hash::new_from_array([9; 32]);
const FEE_PAYER: Pubkey = key(60);

/// Instructions as a message, legacy or v0.
fn message(payer: &Pubkey, instructions: &[Instruction], v0: bool) -> VersionedMessage {
    if v0 {
        let compiled = v0::Message::try_compile(payer, instructions, &[], BLOCKHASH).unwrap();
        VersionedMessage::V0(compiled)
    } else {
        let compiled = Message::new_with_blockhash(instructions, Some(payer), &BLOCKHASH);
        VersionedMessage::Legacy(compiled)
    }
}

/// A transaction that nobody has signed.
fn unsigned(message: VersionedMessage) -> Vec<u8> {
    let count = usize::from(message.header().num_required_signatures);
    let signatures = vec![Default::default(); count];
    wincode::serialize(&VersionedTransaction { signatures, message }).unwrap()
}

fn explained(instructions: &[Instruction]) -> Explanation {
    explain(&unsigned(message(&FEE_PAYER, instructions, false))).unwrap()
}

fn sample(name: &str) -> Sample {
    samples::all().into_iter().find(|sample| sample.name == name).unwrap()
}

/// An instruction of ours that needs nobody's signature.
fn settle() -> Instruction {
    sample("settle_epoch").instruction
}

#[test]
fn every_instruction_is_explained() {
    for sample in samples::all() {
        for v0 in [false, true] {
            let message = message(&FEE_PAYER, std::slice::from_ref(&sample.instruction), v0);
            for bytes in [unsigned(message.clone()), message.serialize()] {
                let explanation = explain(&bytes).unwrap();
                assert_eq!(explanation.version, if v0 { "v0" } else { "legacy" });
                assert_eq!(explanation.fee_payer, FEE_PAYER);
                assert_eq!(explanation.recent_blockhash, BLOCKHASH.to_string());
                assert_eq!(explanation.warnings, [], "{}", sample.name);
                let [step] = &explanation.instructions[..] else { panic!("one instruction") };
                agrees(step, &sample);
            }
        }
    }
}

fn agrees(step: &Step, sample: &Sample) {
    let name = sample.name;
    assert_eq!((step.name, step.program_name), (Some(name), Some("Community Budget")));
    assert!(step.summary.as_ref().unwrap().ends_with('.'), "{name}");
    assert_eq!(serde_json::to_value(step).unwrap()["arguments"], sample.arguments, "{name}");
    assert_eq!(step.accounts.len(), sample.instruction.accounts.len(), "{name}");
    let named = idl::instruction_accounts(name).unwrap();
    for (index, (account, meta)) in
        step.accounts.iter().zip(&sample.instruction.accounts).enumerate()
    {
        assert_eq!(account.name, named.get(index).map(|of| of.name.as_str()));
        assert_eq!(account.signer, meta.is_signer, "{name} {:?}", account.name);
        assert_eq!(account.writable, meta.is_writable, "{name} {:?}", account.name);
        assert_eq!(account.table, None);
        if account.left_out {
            assert_eq!((account.key, account.place), (None, None));
            assert!(named[index].optional && meta.pubkey == ID);
        } else {
            assert_eq!(account.key, Some(meta.pubkey));
        }
    }
}

#[test]
fn a_ballot_is_unpacked() {
    for name in ["cast_vote", "revise_vote"] {
        let explanation = explained(&[sample(name).instruction]);
        let choices = explanation.instructions[0].choices.as_ref().unwrap();
        assert_eq!(choices.json(), json!({ "for": [0, 7], "against": [5], "abstain": [6] }));
    }
    assert_eq!(explained(&[settle()]).instructions[0].choices, None);
}

#[test]
fn signatures_are_told_apart() {
    let (payer, recipient) = (Keypair::new(), Keypair::new());
    let accept = community().accept_proposal(recipient.pubkey(), 3, 9);
    let message = message(&payer.pubkey(), &[accept], true);
    let payload = message.serialize();
    let state = |signatures: Vec<solana_signature::Signature>| {
        let transaction = VersionedTransaction { signatures, message: message.clone() };
        let explanation = explain(&wincode::serialize(&transaction).unwrap()).unwrap();
        let signers = explanation.signers;
        assert_eq!(signers[0].key, payer.pubkey());
        assert_eq!(signers[1].key, recipient.pubkey());
        (signers[0].signature, signers[1].signature, explanation.warnings)
    };
    let none = solana_signature::Signature::default();
    let (one, two) = (payer.sign_message(&payload), recipient.sign_message(&payload));
    use Signature::{Invalid, Missing, NotGiven, Valid};
    assert_eq!(state(vec![none, none]), (Missing, Missing, vec![]));
    assert_eq!(state(vec![one, none]), (Valid, Missing, vec![]));
    assert_eq!(state(vec![one, two]), (Valid, Valid, vec![]));
    // Signatures of the same bytes by the other key, and of other bytes by the same.
    let forged = |signer| Warning::InvalidSignature { signer };
    let both = vec![forged(payer.pubkey()), forged(recipient.pubkey())];
    assert_eq!(state(vec![two, one]), (Invalid, Invalid, both));
    let elsewhere = recipient.sign_message(b"something else");
    let warned = vec![forged(recipient.pubkey())];
    assert_eq!(state(vec![one, elsewhere]), (Valid, Invalid, warned));

    let alone = explain(&payload).unwrap();
    assert!(alone.signers.iter().all(|signer| signer.signature == NotGiven));
}

#[test]
fn a_durable_nonce_is_warned_of_where_it_is_one() {
    let advance = Instruction {
        program_id: system_program::ID,
        accounts: vec![
            AccountMeta::new(key(50), false),
            AccountMeta::new_readonly(
                anchor_lang::pubkey!("SysvarRecentB1ockHashes11111111111111111111"),
                false,
            ),
            AccountMeta::new_readonly(FEE_PAYER, true),
        ],
        data: vec![4, 0, 0, 0],
    };
    let first = explained(&[advance.clone(), settle()]);
    assert_eq!(first.instructions[0].name, Some("AdvanceNonceAccount"));
    assert!(first.warnings.contains(&Warning::DurableNonce));
    let later = explained(&[settle(), advance]);
    assert!(!later.warnings.contains(&Warning::DurableNonce));
}

#[test]
fn what_it_costs_at_most_is_told() {
    let limit = |units: u32| budget(2, &units.to_le_bytes());
    let price = |micro: u64| budget(3, &micro.to_le_bytes());
    let fee = |instructions: &[Instruction]| explained(instructions).fee;
    // 20,000 units at 25,000 micro-lamports are 500 lamports.
    assert_eq!(
        fee(&[limit(20_000), price(25_000), settle()]),
        Fee {
            signature_lamports: 5_000,
            compute_units: 20_000,
            limit_is_set: true,
            price_micro_lamports: 25_000,
            priority_lamports: 500,
            most_lamports: 5_500,
        }
    );
    // Rounded up.
    assert_eq!(fee(&[limit(20_001), price(25_000), settle()]).priority_lamports, 501);
    // Without a limit: 200,000 for an instruction, 3,000 for one of a built-in program.
    let free = fee(&[settle()]);
    assert_eq!((free.compute_units, free.limit_is_set), (200_000, false));
    assert_eq!((free.priority_lamports, free.most_lamports), (0, 5_000));
    assert_eq!(fee(&[price(1), settle()]).compute_units, 203_000);
    // Never more than a transaction may use, whatever it asks for, and no overflow.
    assert_eq!(fee(&[limit(u32::MAX), settle()]).compute_units, 1_400_000);
    assert_eq!(fee(&vec![settle(); 9]).compute_units, 1_400_000);
    let dear = fee(&[price(u64::MAX), settle()]);
    assert_eq!(dear.priority_lamports, 3_744_689_046_963_038_978);
    assert_eq!(dear.most_lamports, 3_744_689_046_963_043_978);
    // Each signature costs.
    let cast = sample("cast_vote").instruction;
    assert_eq!(fee(&[cast]).signature_lamports, 15_000);
}

fn budget(kind: u8, value: &[u8]) -> Instruction {
    let data = [&[kind], value].concat();
    Instruction { program_id: super::others::COMPUTE_BUDGET, accounts: vec![], data }
}

#[test]
fn accounts_out_of_lookup_tables_stay_unknown() {
    let sample = sample("withdraw_stream");
    let table = key(70);
    let addresses: Vec<Pubkey> = [2, 3, 5]
        .map(|index: usize| sample.instruction.accounts[index].pubkey)
        .into_iter()
        .collect();
    let tables = [AddressLookupTableAccount { key: table, addresses }];
    let instructions = std::slice::from_ref(&sample.instruction);
    let compiled = v0::Message::try_compile(&FEE_PAYER, instructions, &tables, BLOCKHASH).unwrap();
    let explanation = explain(&unsigned(VersionedMessage::V0(compiled))).unwrap();
    assert_eq!(explanation.warnings, [Warning::LookupTables { accounts: 3 }]);
    let accounts = &explanation.instructions[0].accounts;
    for (index, (entry, writable)) in [(2, (0, true)), (3, (1, true)), (5, (2, false))] {
        assert_eq!(accounts[index].key, None);
        assert_eq!(accounts[index].table, Some(TableEntry { table, index: entry }));
        assert_eq!(accounts[index].writable, writable);
    }
    assert_eq!(accounts[2].place, Some(Place::NotCheckable));
    assert_eq!((accounts[0].key, accounts[0].table), (Some(community().treasury), None));
}

#[test]
fn several_instructions_of_ours_are_pointed_out() {
    let explanation = explained(&[settle(), sample("trip_breaker").instruction]);
    assert_eq!(explanation.warnings, [Warning::SeveralOfOurs { count: 2 }]);
}

#[test]
fn what_of_ours_cannot_be_read_is_pointed_out() {
    let mut broken = settle();
    broken.data.push(0);
    let explanation = explained(&[broken]);
    let why = "1 bytes follow the last field".to_owned();
    assert_eq!(explanation.warnings, [Warning::NotDecoded { step: 0, why }]);
    let step = &explanation.instructions[0];
    assert_eq!((step.name, step.data.as_deref()), (None, Some("1600")));
    assert_eq!(step.accounts.len(), 2);

    let mut short = settle();
    short.accounts.pop();
    assert_eq!(explained(&[short]).warnings, [Warning::MissingAccounts { step: 0, count: 1 }]);
}

#[test]
fn it_reads_as_json() {
    let explanation = explained(&[budget(2, &[1, 0, 0, 0]), sample("lapse_proposal").instruction]);
    let said = serde_json::to_value(&explanation).unwrap();
    assert_eq!(said["version"], "legacy");
    assert_eq!(said["fee_payer"], FEE_PAYER.to_string());
    let signer = json!([{ "key": FEE_PAYER.to_string(), "signature": "missing" }]);
    assert_eq!(said["signers"], signer);
    assert_eq!(said["instructions"][0]["name"], "SetComputeUnitLimit");
    assert_eq!(said["instructions"][0]["arguments"], json!({ "units": 1 }));
    let ours = &said["instructions"][1];
    assert_eq!(ours["arguments"], json!({ "index": 9 }));
    assert_eq!(
        ours["accounts"][1],
        json!({
            "name": "epoch", "key": community().epoch(3).to_string(), "left_out": false,
            "writable": true, "signer": false, "place": { "is": "derived", "number": 3 },
        })
    );
    let broken = Instruction { data: vec![0], ..settle() };
    let said = serde_json::to_value(explained(&[broken])).unwrap();
    assert_eq!(
        said["warnings"],
        json!([{
            "kind": "not_decoded", "step": 0,
            "why": "the bytes begin as no instruction of the program does",
            "text": "instruction 0 cannot be read, so do not sign: the bytes begin as no \
                     instruction of the program does",
        }])
    );
}
