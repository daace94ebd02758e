//! Bytes that are not what they seem.

use super::*;

#[test]
fn what_is_no_transaction_is_refused_by_name() {
    assert_eq!(explain(&[]), Err(Refusal::NotATransaction));
    assert_eq!(explain(&[1; 300]), Err(Refusal::NotATransaction));
    assert_eq!(explain(&[0]), Err(Refusal::NotATransaction));
    assert_eq!(explain(&[0x81; 300]), Err(Refusal::Version(1)));
    let text = [&[0xff][..], b"solana offchain"].concat();
    assert_eq!(explain(&text), Err(Refusal::Version(127)));
    assert_eq!(Refusal::Version(127).to_string(), "the bytes are a text to sign, no transaction");
}

#[test]
fn every_cut_and_every_byte_more_is_refused() {
    for v0 in [false, true] {
        let message = message(&FEE_PAYER, &[sample("cast_vote").instruction], v0);
        for bytes in [unsigned(message.clone()), message.serialize()] {
            assert!(explain(&bytes).is_ok());
            for end in 0..bytes.len() {
                let refusal = explain(&bytes[..end]).unwrap_err();
                let named = [Refusal::NotATransaction, Refusal::Unsound].contains(&refusal);
                assert!(named, "{end}: {refusal}");
            }
            for more in [1, 64] {
                let mut long = bytes.clone();
                long.resize(bytes.len() + more, 7);
                assert_eq!(explain(&long), Err(Refusal::Trailing(more)));
            }
        }
    }
}

#[test]
fn parts_that_do_not_fit_together_are_refused() {
    let VersionedMessage::Legacy(right) = message(&FEE_PAYER, &[settle()], false) else {
        panic!("legacy")
    };
    // More read-only signers than signers.
    let mut wrong = right.clone();
    wrong.header.num_readonly_signed_accounts = 1;
    assert_eq!(explain(&unsigned(VersionedMessage::Legacy(wrong))), Err(Refusal::Unsound));
    // An account that is not among the keys.
    let mut wrong = right.clone();
    wrong.instructions[0].accounts[0] = 200;
    let bytes = VersionedMessage::Legacy(wrong).serialize();
    assert_eq!(explain(&bytes), Err(Refusal::Unsound));
    // Two signatures for one signer.
    let signatures = vec![Default::default(); 2];
    let transaction = VersionedTransaction { signatures, message: VersionedMessage::Legacy(right) };
    assert_eq!(explain(&wincode::serialize(&transaction).unwrap()), Err(Refusal::Unsound));
}

#[test]
fn a_transaction_without_ours_names_what_it_calls() {
    let other = Instruction { program_id: key(80), accounts: vec![], data: vec![] };
    let refusal = explain(&unsigned(message(&FEE_PAYER, &[other], false))).unwrap_err();
    assert_eq!(refusal, Refusal::NothingOfOurs(vec![key(80)]));
    let sentence = format!("the transaction calls no instruction of this program, but {}", key(80));
    assert_eq!(refusal.to_string(), sentence);
    // To be handed our program is not to call it.
    let accounts = vec![AccountMeta::new_readonly(ID, false)];
    let other = Instruction { program_id: key(80), accounts, data: vec![] };
    let refusal = explain(&unsigned(message(&FEE_PAYER, &[other], false))).unwrap_err();
    assert_eq!(refusal, Refusal::NothingOfOurs(vec![key(80)]));
}

/// A message inside which a whole transaction begins: its first bytes are the count of signatures
/// and one signature, and what it signs hides in the message's own fields.
#[test]
fn bytes_that_are_both_are_refused() {
    // What the transaction would do; two keys, so that the message has two instructions.
    let inner = {
        let instruction = Instruction { program_id: ID, accounts: vec![], data: vec![22] };
        message(&key(33), &[instruction], false).serialize()
    };
    assert_eq!(inner[..4], [1, 0, 1, 2]);
    // Read as a message: one signer, one key unsigned and read-only, two keys, the blockhash.
    // Bytes 0 to 3 are the header and the count, 4 to 67 the keys, 68 to 99 the blockhash. The
    // transaction's message begins at byte 65, in the last key: header, count, keys, ...
    let mut bytes = vec![1, 0, 1, 2];
    bytes.resize(65, 44);
    bytes.extend(&inner);
    // Byte 100 is the count of instructions: a byte of the inner message's second key, which ends
    // at byte 65 + 4 + 64 = 133. It is free to be chosen, and so are the bytes up to there.
    bytes[100] = 1;
    // The one instruction: program 1, no accounts, and all that follows as its data.
    bytes[101] = 1;
    bytes[102] = 0;
    bytes[103] = u8::try_from(bytes.len() - 104).unwrap();
    let as_message: Result<VersionedMessage, _> = wincode::deserialize_exact(&bytes);
    let as_transaction: Result<VersionedTransaction, _> = wincode::deserialize_exact(&bytes);
    assert!(as_message.unwrap().sanitize().is_ok());
    assert!(as_transaction.unwrap().sanitize().is_ok());
    assert_eq!(explain(&bytes), Err(Refusal::Ambiguous));
}

/// A small generator of numbers: the same bytes in every run.
fn dice(state: &mut u64, below: usize) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*state >> 33).unwrap() % below
}

#[test]
fn whatever_the_bytes_explaining_does_no_harm() {
    let mut state = 5;
    let originals: Vec<Vec<u8>> = samples::all()
        .into_iter()
        .enumerate()
        .map(|(index, sample)| {
            unsigned(message(&FEE_PAYER, &[sample.instruction, settle()], index % 2 == 0))
        })
        .collect();
    let (mut explained, mut refused) = (0, 0);
    for round in 0..1_500 {
        let mut bytes = originals[round % originals.len()].clone();
        for _ in 0..=dice(&mut state, 6) {
            let at = dice(&mut state, bytes.len());
            bytes[at] = u8::try_from(dice(&mut state, 256)).unwrap();
        }
        match explain(&bytes) {
            Ok(explanation) => {
                explained += 1;
                assert!(serde_json::to_string(&explanation).is_ok());
            }
            Err(refusal) => {
                refused += 1;
                assert!(!refusal.to_string().is_empty());
            }
        }
    }
    assert!(explained > 300 && refused > 100, "{explained} explained, {refused} refused");
    for _ in 0..20_000 {
        let length = dice(&mut state, 400);
        let bytes: Vec<u8> =
            (0..length).map(|_| u8::try_from(dice(&mut state, 256)).unwrap()).collect();
        assert!(explain(&bytes).is_err());
    }
}
