use anchor_lang::{prelude::AccountMeta, solana_program::instruction::Instruction};
use budget_client::{ballot::Choice, explain::explain};
use community_budget::BallotArgs;

use super::*;
use crate::{
    commands::explain::wire::tests::transaction, quantity::Token, streams::tests::community,
};

const PAYER: Pubkey = Pubkey::new_from_array([60; 32]);
const OWNER: Pubkey = Pubkey::new_from_array([61; 32]);

fn told(instructions: &[Instruction], tokens: &Tokens) -> Vec<String> {
    let explanation = explain(&transaction(&PAYER, instructions)).unwrap();
    let name =
        |key: &Pubkey| Ok(if *key == OWNER { format!("Ada ({key})") } else { key.to_string() });
    let page = Page::new();
    Words { page: &page, name: &name, tokens }.lines(&explanation).unwrap()
}

fn known() -> Tokens {
    let token = |symbol: &str| Token { decimals: 6, symbol: symbol.to_owned() };
    Tokens([(community().treasury, (token("USDC"), token("RIVER")))].into())
}

#[test]
fn a_stake_is_told_in_full() {
    let community = community();
    let source = Pubkey::new_from_array([62; 32]);
    let lines = told(&[community.stake_tokens(OWNER, source, 1_500_000)], &known());
    let key = |byte| Pubkey::new_from_array([byte; 32]);
    assert_eq!(lines[0], "Understood completely, 1 instruction; nothing to warn of.");
    let text = lines.join("\n");
    for line in [
        format!("  signer     {PAYER}  has not signed yet, pays the fee"),
        format!("  signer     Ada ({OWNER})  has not signed yet"),
        "  fee        0.00001 SOL at most; no limit set, so 200,000 compute units; rent for new \
         accounts comes on top"
            .to_owned(),
        "0  Community Budget: stake".to_owned(),
        "   amount         1.5 RIVER (1,500,000 base units)".to_owned(),
        format!("   owner          Ada ({OWNER})  (signs)"),
        format!("   stake          {}  (written, derived)", community.stake(&OWNER)),
        format!("   stake mint     {}", key(3)),
    ] {
        assert!(lines.contains(&line), "{line}\n---\n{text}");
    }
    assert!(
        told(&[community.stake_tokens(OWNER, source, 5)], &Tokens::default())
            .iter()
            .any(|line| line.ends_with("amount         5 base units"))
    );
}

#[test]
fn a_ballot_is_told_by_its_choices() {
    let ballot =
        budget_client::ballot::pack([(3, Choice::For), (7, Choice::For), (2, Choice::Against)]);
    let args = BallotArgs { slate_hash: [0xab; 32], ballot };
    let lines = told(&[community().cast_vote(OWNER, PAYER, 4, args)], &known());
    let text = lines.join("\n");
    assert!(text.contains("ballot          for 3, 7; against 2"), "{text}");
    assert!(text.contains(&"ab".repeat(32)), "{text}");
    assert!(text.contains("derived, number 4"), "the epoch by its number: {text}");
    assert_eq!(
        text.matches("ballot").count(),
        2,
        "once as packed bytes would be too often: {text}"
    );
}

#[test]
fn warnings_come_first_and_a_wrong_address_is_named() {
    let mut instruction = community().stake_tokens(OWNER, Pubkey::new_from_array([62; 32]), 5);
    let wrong = Pubkey::new_from_array([99; 32]);
    let right = community().stake(&OWNER);
    for meta in &mut instruction.accounts {
        if meta.pubkey == right {
            meta.pubkey = wrong;
        }
    }
    let foreign = Instruction {
        program_id: Pubkey::new_from_array([77; 32]),
        accounts: vec![AccountMeta::new(OWNER, true)],
        data: vec![1, 2],
    };
    let lines = told(&[instruction, foreign], &known());
    assert_eq!(lines[0], "3 warnings: read before you sign");
    assert!(lines[1..4].iter().all(|line| line.starts_with("  ! ")), "{lines:?}");
    let text = lines.join("\n");
    assert!(text.contains("the account `stake` does not lie where its seeds say"), "{text}");
    assert!(text.contains(&format!("{wrong}  (written, WRONG: it must be {right})")), "{text}");
    assert!(text.contains("an instruction that cannot be read"), "{text}");
    assert!(text.contains("data       0102"), "{text}");
    assert!(!text.contains("Understood completely"), "{text}");
}
