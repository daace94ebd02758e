use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction};
use solana_message::Message;

use super::*;
use crate::streams::tests::community;

/// A transaction that nobody has signed.
pub fn transaction(payer: &Pubkey, instructions: &[Instruction]) -> Vec<u8> {
    let message = Message::new(instructions, Some(payer));
    let count = message.header.num_required_signatures;
    let mut bytes = vec![count];
    bytes.resize(1 + 64 * usize::from(count), 0);
    bytes.extend(message.serialize());
    bytes
}

fn settle() -> Vec<u8> {
    transaction(&Pubkey::new_from_array([60; 32]), &[community().settle_epoch(3)])
}

#[test]
fn a_transaction_is_read_in_both_spellings_and_across_lines() {
    let bytes = settle();
    let (one, other) = (BASE64_STANDARD.encode(&bytes), bs58::encode(&bytes).into_string());
    let expected = explained(&one).unwrap();
    assert_eq!(expected.instructions[0].name, Some("settle_epoch"));
    assert_eq!(explained(&other).unwrap(), expected);
    let (head, tail) = one.split_at(40);
    assert_eq!(explained(&format!("  {head}\r\n{tail}\n")).unwrap(), expected);
}

#[test]
fn the_message_alone_is_read_too() {
    let bytes = settle();
    let message = &bytes[1 + 64..];
    let explanation = explained(&BASE64_STANDARD.encode(message)).unwrap();
    assert_eq!(explanation.instructions[0].name, Some("settle_epoch"));
}

#[test]
fn what_is_no_text_of_bytes_is_bad_input() {
    for text in ["", "   ", "not a transaction!", &"a".repeat(MOST_CHARACTERS + 1)] {
        let refused = explained(text).unwrap_err();
        assert_eq!(refused.kind().1, "input", "{text}");
    }
}

#[test]
fn bytes_that_are_not_explained_are_refused() {
    let foreign = Instruction {
        program_id: Pubkey::new_from_array([77; 32]),
        accounts: Vec::new(),
        data: vec![1],
    };
    let other = transaction(&Pubkey::new_from_array([60; 32]), &[foreign]);
    let mut longer = settle();
    longer.push(0);
    for (bytes, words) in [
        (vec![1, 2, 3], "no transaction and no message"),
        (other, "no instruction of this program"),
        (longer, "follow the transaction"),
    ] {
        let refused = explained(&BASE64_STANDARD.encode(&bytes)).unwrap_err();
        assert_eq!(refused.kind().1, "refused");
        assert!(refused.to_string().contains(words), "{refused}");
    }
}

#[test]
fn text_that_is_two_transactions_is_refused() {
    let read = || explain(&settle());
    assert!(chosen(vec![read(), Err(Refusal::NotATransaction)]).is_ok());
    assert!(chosen(vec![Err(Refusal::Unsound), read()]).is_ok());
    let refused = chosen(vec![read(), read()]).unwrap_err();
    assert!(refused.to_string().contains("as another in base58"), "{refused}");
    let refused = chosen(vec![Err(Refusal::NotATransaction), Err(Refusal::Trailing(2))]);
    assert!(refused.unwrap_err().to_string().contains("2 bytes follow"));
}
