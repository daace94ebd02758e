use anchor_spl::token;
use budget_client::Community;
use community_budget::state::Policy;

use super::*;

const NOW: i64 = 1_767_571_200;
const DAY: i64 = 86_400;

fn treasury() -> Treasury {
    let mut treasury = Treasury::zeroed();
    treasury.policy = Policy::default();
    treasury.in_force = Policy::default();
    (treasury.tracked, treasury.committed, treasury.reserved_funds) = (1_000, 150, 50);
    treasury.high_water = 1_000;
    treasury
}

fn epoch(treasury: &mut Treasury) -> BudgetEpoch {
    let mut head = BudgetEpoch::zeroed();
    head.index = 6;
    (head.voting_opens_at, head.voting_closes_at) = (NOW, NOW + 7 * DAY);
    (treasury.epoch_count, treasury.epoch_active) = (7, 1);
    treasury.last_opened_at = NOW - 14 * DAY;
    head
}

#[test]
fn every_phase_says_what_comes_next_and_who_can_do_it() {
    let mut treasury = treasury();
    let step = |treasury: &Treasury, head: Option<&BudgetEpoch>, now| {
        (next_step(treasury, head, now), phase_name(treasury, head, now))
    };
    let (said, phase) = step(&treasury, None, NOW);
    assert_eq!(
        (said.as_str(), phase),
        (
            "No epoch has been opened yet. Anyone may open epoch 0 now (`budget epoch open`).",
            "none"
        )
    );
    treasury.first_open_at = NOW + 1;
    assert!(step(&treasury, None, NOW).0.contains("open epoch 0 from Mon 5 Jan 2026, 00:00 UTC"));
    let mut head = epoch(&mut treasury);
    let (said, phase) = step(&treasury, Some(&head), NOW - 1);
    assert!(said.contains("takes proposals") && phase == "submission", "{said}");
    let (said, phase) = step(&treasury, Some(&head), NOW);
    assert!(said.contains("is voting") && said.contains("(in 7 days)"), "{said}");
    assert_eq!(phase, "voting");
    let (said, phase) = step(&treasury, Some(&head), NOW + 7 * DAY);
    assert!(said.contains("anyone may settle it now") && phase == "tallying", "{said}");
    head.settled_at = NOW + 7 * DAY;
    for head in [Some(&head), None] {
        let (said, phase) = step(&treasury, head, NOW + 8 * DAY);
        assert!(said.starts_with("Epoch 6 is settled. Anyone may open epoch 7 from "), "{said}");
        assert!(said.contains("(in 8 days)") && phase == "settled", "{said}");
    }
}

#[test]
fn an_opening_that_the_cap_forbids_is_not_promised() {
    let mut treasury = treasury();
    treasury.policy.budget.min_cap = 80;
    assert!(next_opening(&treasury, NOW).starts_with("Anyone may open epoch 0"));
    treasury.policy.budget.min_cap = 81;
    assert!(next_opening(&treasury, NOW).contains("needs more free funds"));
}

#[test]
fn the_runway_counts_what_every_epoch_awarded() {
    let mut treasury = treasury();
    epoch(&mut treasury);
    assert_eq!(Runway::of(&treasury, NOW).unwrap().centi, None);
    treasury.outflow = [100, 50, 50, 0];
    let runway = Runway::of(&treasury, NOW).unwrap();
    // 800 are free, and 50 an epoch leave.
    assert_eq!(runway, Runway { centi: Some(1_600), epochs: 4, floor: 4 });
    assert_eq!(
        runway.words(),
        "16.0 epochs at the mean of the last 4 epochs; awards must leave 4 epochs"
    );
}

fn overview(surplus: u64, changeable: Changeable) -> Overview {
    let mut treasury = treasury();
    let head = epoch(&mut treasury);
    let key = Pubkey::new_from_array([3; 32]);
    let mint = |freeze_authority| Mint {
        key,
        program: token::ID,
        decimals: 0,
        freeze_authority,
        mint_authority: None,
        refused: Vec::new(),
    };
    let token = |symbol: &str| Token { decimals: 0, symbol: symbol.to_owned() };
    Overview {
        gauges: Gauges::of(&treasury, NOW).unwrap(),
        runway: Runway::of(&treasury, NOW).unwrap(),
        head: Some(Box::new(head)),
        surplus,
        vault_is_frozen: false,
        changeable,
        mints: [mint(Some(key)), mint(None)],
        scene: Scene {
            treasury: Box::new(treasury),
            key,
            community: Community {
                treasury: key,
                budget_mint: key,
                stake_mint: key,
                budget_token_program: token::ID,
                stake_token_program: token::ID,
            },
            budget: token("USDC"),
            stake: token("RIVER"),
            now: NOW,
        },
    }
}

#[test]
fn the_page_begins_with_the_money_and_hides_no_power() {
    let name = |_: &Pubkey| "Ada".to_owned();
    let key = Pubkey::new_unique();
    let lines = overview(12, Changeable::By(key)).lines(&Page::new(), &name);
    assert_eq!(lines[0], "800 USDC are free of 1,000 USDC in the vault");
    let said = |what: &str| lines.iter().any(|line| line.contains(what));
    assert!(said("committed      150 USDC promised to awards and streams"), "{lines:#?}");
    assert!(said("12 USDC more lie in the vault"));
    assert!(said("anyone who holds Ada can change the program"));
    assert!(said("Ada; Ada can freeze the vault and recipients' accounts"));
    assert!(said("stake mint     Ada; nobody can freeze it"));
    assert!(said("guardian       vacant"));
    assert!(said("Epoch 6 is voting"));
    let lines = overview(0, Changeable::Final).lines(&Page::new(), &name);
    assert!(!lines.iter().any(|line| line.contains("uncounted")));
    assert!(lines.iter().any(|line| line.contains("final: nobody can change the program")));
}

#[test]
fn a_vault_that_holds_less_than_the_books_say_is_not_believed() {
    let key = Pubkey::new_unique();
    let vault = Purse { key, owner: key, mint: key, amount: 10, frozen: false };
    let budget = Token { decimals: 0, symbol: "USDC".to_owned() };
    assert_eq!(uncounted(&vault, 8, &budget).unwrap(), 2);
    assert_eq!(uncounted(&vault, 10, &budget).unwrap(), 0);
    assert!(matches!(uncounted(&vault, 11, &budget), Err(Failure::Doubted(_))));
}

#[test]
fn json_has_base_units_and_whole_addresses() {
    let key = Pubkey::new_unique();
    let json = overview(12, Changeable::By(key)).json();
    assert_eq!((&json["free"], &json["uncounted"]), (&json!(800), &json!(12)));
    assert_eq!(json["upgradeAuthority"], json!(key.to_string()));
    assert_eq!((&json["guardian"], &json["phase"]), (&Value::Null, &json!("voting")));
}
