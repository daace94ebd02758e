//! `budget-sim demo`: the same for everyone, plain, and its ledger balances. The command itself holds
//! the accounts against what it tells; here its page is held against the rules.

use std::{
    process::{Command, Output},
    sync::LazyLock,
};

fn demo() -> Output {
    Command::new(env!("CARGO_BIN_EXE_budget-sim")).arg("demo").output().unwrap()
}

/// The page, once for all tests.
static PAGE: LazyLock<String> = LazyLock::new(page);

fn page() -> String {
    let output = demo();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.stderr, b"", "no progress bar where nobody watches");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn two_runs_print_the_same() {
    assert_eq!(page(), *PAGE);
}

#[test]
fn the_page_is_short_and_narrow_and_has_no_colour_codes() {
    let page = PAGE.as_str();
    assert!(page.lines().count() <= 250, "{} lines", page.lines().count());
    for line in page.lines() {
        assert!(line.chars().count() <= 100, "{} wide: {line}", line.chars().count());
        assert!(!line.contains('\u{1b}'), "{line}");
        assert_eq!(line, line.trim_end(), "white space at the end");
    }
}

/// A chapter, by its number.
fn chapter(page: &str, number: u32) -> &str {
    let from = page.find(&format!("\n\n{number}  ")).unwrap();
    let chapter = &page[from..];
    let to = chapter.find(&format!("\n\n{}  ", number + 1)).unwrap_or(chapter.len());
    &chapter[..to]
}

/// The line that begins with `words`, or the first one that does.
#[track_caller]
fn line<'a>(text: &'a str, words: &str) -> &'a str {
    let found = text.lines().find(|line| line.trim_start().starts_with(words));
    found.unwrap_or_else(|| panic!("no line begins with {words:?}:\n{text}"))
}

/// The numbers of a line in base units, hundredths or basis points: whatever has two decimals once
/// all do.
fn numbers(line: &str) -> Vec<u64> {
    let number = |word: &str| {
        let word = word.trim_end_matches([':', ';', '.', ',']).replace(',', "");
        let (whole, rest) = word.split_once('.').unwrap_or((&word, ""));
        let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
        let is_number = !whole.is_empty() && rest.len() <= 2 && digits(whole) && digits(rest);
        is_number.then(|| format!("{whole}{rest:0<2}").parse().unwrap())
    };
    line.split(' ').filter_map(number).collect()
}

/// Base units of the last amount on the line of the ledger that begins with `words`.
fn amount(page: &str, words: &str) -> u64 {
    *numbers(line(chapter(page, 14), words)).last().unwrap()
}

#[test]
fn the_ledger_that_is_printed_balances() {
    let page = PAGE.as_str();
    let came_in = ["deposited", "slot fees", "forfeited", "brought back"];
    let came_in = came_in.map(|words| amount(page, words));
    let is_in = ["paid to", "261 rewards", "in the vault"].map(|words| amount(page, words));
    assert_eq!(came_in.iter().sum::<u64>(), is_in.iter().sum::<u64>());
    assert!(came_in.iter().chain(&is_in).all(|amount| *amount > 0));
    assert!(page.contains("balances") && !page.contains('✗'), "{page}");
    assert_eq!(page.matches('✓').count(), 9);
}

#[test]
fn a_weak_review_scales_the_next_part_and_a_failed_one_leads_to_a_ruling() {
    let page = PAGE.as_str();
    let reviews = chapter(page, 7);
    // A quarter of 22,000 EUR at 45 of the 60 % that pass.
    let cut = line(reviews, "In between, the next part is cut to 45/60:");
    assert_eq!(numbers(cut), [412_500, 550_000, 137_500]);
    assert!(reviews.contains("R08's second review scores 15 %: the stream is held"), "{reviews}");
    let ruling = chapter(page, 12);
    assert!(ruling.contains("A01 cancels R08, and 11,000 EUR return."), "{ruling}");
    // Two of four parts were released; what was scaled away and cancelled is the vault's.
    assert_eq!(numbers(line(ruling, "Of 22,000 it was paid")), [2_200_000, 962_500, 1_237_500]);
    let ended = line(chapter(page, 13), "R08");
    assert_eq!(numbers(ended), [962_500, 1_237_500]);
}

#[test]
fn a_high_value_ask_misses_its_supermajority_by_name() {
    let page = PAGE.as_str();
    let row = line(chapter(page, 11), "-  S01");
    assert!(row.ends_with("ApprovalMissed"), "{row}");
    let [amount, turnout, approval] = numbers(row)[..] else { panic!("{row}") };
    assert_eq!(amount, 4_800_000);
    assert!(turnout > 20_00 && (50_00..66_67).contains(&approval), "{row}");
    assert!(page.contains("it needs a supermajority of 66.67 %: it has "), "{page}");
}

#[test]
fn a_derivative_is_assessed_before_the_vote_and_turned_away_for_the_same_reason() {
    let page = PAGE.as_str();
    let assessed = line(chapter(page, 9), "S02");
    assert!(assessed.ends_with("ExposureLimit"), "{assessed}");
    let [amount, at_risk, limit, ..] = numbers(assessed)[..] else { panic!("{assessed}") };
    assert!(amount == at_risk && at_risk > limit, "{assessed}");
    let row = line(chapter(page, 11), "2  S02");
    assert!(row.ends_with("ExposureLimit"), "it passes the vote: {row}");
    let fitting = line(chapter(page, 9), "S03");
    let [_, at_risk, limit, ..] = numbers(fitting)[..] else { panic!("{fitting}") };
    assert!(at_risk <= limit && fitting.contains("fits, "), "{fitting}");
    assert!(line(chapter(page, 11), "6  S03").ends_with("funded"));
}

#[test]
fn a_burst_of_claims_is_slowed_down_and_what_waited_is_paid_three_days_later() {
    let page = PAGE.as_str();
    let claims: Vec<Vec<u64>> = chapter(page, 7)
        .lines()
        .filter(|line| line.contains(" waiting and gets "))
        .map(numbers)
        .collect();
    let [first, second, partial, other, late] = &claims[..] else { panic!("{claims:?}") };
    assert!(first[0] == first[1] && second[0] == second[1], "the bucket holds enough");
    let [waiting, paid, waits] = partial[..] else { panic!("{partial:?}") };
    assert_eq!(paid, 2_000_000 - first[1] - second[1], "all that the bucket holds");
    assert_eq!(waits, waiting - paid);
    assert!(waits > 0);
    assert_eq!(other[0], other[1]);
    assert_eq!(late[1], waits, "exactly what waited, out of an empty bucket");
    assert!(late[0] > late[1], "not what was released since");
}

#[test]
fn taking_part_is_rewarded_and_an_owner_overrides_the_delegate() {
    let page = PAGE.as_str();
    let rewards = chapter(page, 8);
    assert!(rewards.contains("40 of 223 ballots covered at least 50 % of the slate"), "{rewards}");
    let vote = chapter(page, 10);
    let roof: Vec<Vec<u64>> =
        vote.lines().filter(|line| line.contains("S01 has ")).map(numbers).collect();
    let [[for_before, against_before], [for_after, against_after]] =
        [&roof[0], &roof[1]].map(|numbers| [numbers[0], numbers[1]]);
    let moved = for_before - for_after;
    // Shown in whole tokens, each rounded down.
    assert!(moved.abs_diff(against_after - against_before) <= 100, "a weight changes sides");
    let approves = |for_: u64, against: u64| for_ * 10_000 >= 6_667 * (for_ + against);
    assert!(approves(for_before, against_before) && !approves(for_after, against_after));
    answers(vote, community_budget::BudgetError::DelegateLockedOut);
}

#[test]
fn the_guardian_stops_within_its_bounds() {
    use community_budget::BudgetError::*;

    let page = PAGE.as_str();
    let week = chapter(page, 12);
    assert!(week.contains("the guardian vetoes S06: 6,500 EUR are free again."), "{week}");
    for error in [VetoNotAllowed, PauseExceedsAllowance, ExecutionBlocked] {
        answers(week, error);
    }
    assert!(week.contains("the pause is over: S03, S04, S05 begin to stream."), "{week}");
}

/// Proves that the program's answer is quoted, once.
#[track_caller]
fn answers(text: &str, error: community_budget::BudgetError) {
    let quoted = format!("{error:?} ({}): ", u32::from(error));
    assert_eq!(text.matches(&quoted).count(), 1, "{quoted}\n{text}");
}

#[test]
fn the_program_itself_refuses_the_early_execution() {
    let page = PAGE.as_str();
    let code = u32::from(community_budget::BudgetError::StillTimelocked);
    let refusal = format!("StillTimelocked ({code}): The entry's timelock must have run.\n");
    assert_eq!(page.matches(&refusal).count(), 1, "{page}");
    assert!(page.contains("No account has changed."));
}

#[test]
fn every_kind_of_outcome_is_told() {
    let page = PAGE.as_str();
    for words in [
        "funded, ",
        " too much",
        "culture has ",
        " approve, a medium ask needs 60 %",
        "more weight against",
        " took part, a medium ask needs 10 %",
        "; opposed by ",
        "its recipient never agreed",
        "withdrawn before voting",
        "it lapses",
        "keeps voting open",
        "another account",
    ] {
        assert!(page.contains(words), "nothing says {words:?}:\n{page}");
    }
}
