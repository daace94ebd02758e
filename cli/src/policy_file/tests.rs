use super::*;

const MINTS: &str = "first_open_at = \"at once\"\n[mints]\n\
    budget = \"EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v\"\n\
    stake = \"So11111111111111111111111111111111111111112\"\n";

fn budget() -> Token {
    Token { decimals: 6, symbol: "USDC".to_owned() }
}

fn stake() -> Token {
    Token { decimals: 9, symbol: "RIVER".to_owned() }
}

fn read(sections: &str) -> Checked<Policy> {
    PolicyFile::read(&format!("{MINTS}{sections}"))?.policy(&budget(), &stake())
}

/// What the reader of a file's text is told.
fn refused(text: &str) -> String {
    PolicyFile::read(text).err().unwrap()
}

/// What a reader is told, which is never nothing.
fn told(sections: &str) -> String {
    let why = read(sections).unwrap_err();
    assert!(!why.is_empty() && !why.contains('\n') && !why.ends_with('.'), "{why}");
    why
}

#[test]
fn without_sections_the_policy_is_the_default_and_the_roles_are_vacant() {
    let file = PolicyFile::read(MINTS).ok().unwrap();
    assert_eq!(file.roles, Roles::default());
    assert_eq!(file.first_open_at, 0);
    assert_eq!(file.stake_mint.to_string(), "So11111111111111111111111111111111111111112");
    assert_eq!(file.policy(&budget(), &stake()).unwrap(), Policy::default());
}

#[test]
fn the_example_holds_every_value_at_its_default_and_says_what_it_means() {
    let text = include_str!("../../examples/policy.toml");
    let file = PolicyFile::read(text).ok().unwrap();
    assert_eq!(file.policy(&budget(), &stake()).unwrap(), Policy::default());
    for bound in BOUNDS.iter().filter(|bound| bound.field != "category_count") {
        let set = file.settings.iter().any(|(known, _)| full_name(known) == full_name(bound));
        assert!(set, "{} is not in the example", full_name(bound));
    }
    assert_eq!(file.categories.len(), 1);
}

#[test]
fn spans_shares_and_amounts_are_read_in_their_units() {
    let policy = read(
        "[schedule]\nperiod_secs = \"20d\"\nlate_window_secs = 7200\n\
         [tiers]\nmax_quorum_bps = \"45.5%\"\n[tiers.large]\napproval_bps = 6700\n\
         [tiers.constitutional]\napproval_bps = \"66.67%\"\nquorum_bps = 4550\n\
         [budget]\nepoch_cap_abs = \"250,000.5\"\nmin_cap = 40\n\
         [stake]\nmin_total_weight = 1000",
    );
    // Ascending tiers are a relation: the large tier's approval exceeds the constitutional one.
    assert!(policy.unwrap_err().contains("constitutional thresholds are at least"));
    let policy = read(
        "[schedule]\nperiod_secs = \"20d\"\nlate_window_secs = 7200\n\
         [tiers.large]\napproval_bps = \"66.5%\"\n\
         [budget]\nepoch_cap_abs = \"250,000.5\"\nmin_cap = 40\n\
         [stake]\nmin_total_weight = 1000",
    )
    .unwrap();
    assert_eq!(policy.schedule.period_secs, 20 * 86_400);
    assert_eq!(policy.schedule.late_window_secs, 7_200);
    assert_eq!(policy.tiers.rules[2].approval_bps, 6_650);
    assert_eq!(policy.budget.epoch_cap_abs, 250_000_500_000);
    assert_eq!(policy.budget.min_cap, 40_000_000);
    assert_eq!(policy.stake.min_total_weight, 1_000_000_000_000);
    assert_eq!(read("[budget]\nepoch_cap_abs = \"none\"").unwrap(), Policy::default());
}

#[test]
fn categories_replace_the_default_one() {
    let policy = read(
        "[[risk.categories]]\nname = \"research\"\nshare_bps = \"60%\"\n\
         [[risk.categories]]\nname = \"hedging\"\nclass = \"hedge\"\nshare_bps = 4000\n\
         exposure_limit_bps = \"3%\"\nhaircut_bps = \"10%\"\n[risk]\nmin_runway_epochs = 2",
    )
    .unwrap();
    assert_eq!((policy.risk.category_count, policy.risk.min_runway_epochs), (2, 2));
    let hedging = policy.risk.categories[1];
    assert_eq!(&hedging.name, b"hedging\0\0\0\0\0\0\0\0\0");
    assert_eq!((hedging.class, hedging.share_bps), (1, 4_000));
    assert_eq!((hedging.exposure_limit_bps, hedging.haircut_bps), (300, 1_000));
    assert_eq!(policy.risk.categories[2], Category::zeroed());
}

#[test]
fn every_unknown_key_is_refused_by_its_path() {
    let cases = [
        ("[schedule]\nperiod = \"30d\"", "schedule.period "),
        ("[tiers.tiny]\nquorum_bps = 1", "tiers.tiny "),
        ("[tiers.small]\nquorum = 1", "tiers.small.quorum "),
        ("[schedule.small]\nquorum_bps = 1", "schedule.small "),
        ("[roles]\nadmin = \"vacant\"", "roles.admin "),
        ("[budgets]\nmin_cap = 1", "budgets "),
        ("[risk]\ncategory_count = 1", "risk.category_count "),
        ("[[risk.categories]]\nname = \"a\"\nshare_bps = 1\nhue = 1", "hue "),
    ];
    for (text, path) in cases {
        let why = told(text);
        assert!(why.contains(&format!("{path}is no key")), "{text}: {why}");
    }
    let why = refused(&MINTS.replace("stake =", "stakes ="));
    assert_eq!(why, "mints.stake is missing");
    let why = refused(&format!("{MINTS}bonds = \"x\""));
    assert!(why.starts_with("mints.bonds is no key"), "{why}");
    let why = refused(&format!("hash = 1\n{MINTS}"));
    assert!(why.starts_with("hash is no key"), "{why}");
}

#[test]
fn every_value_beyond_its_bound_is_named_with_the_bound() {
    for bound in BOUNDS.iter().filter(|bound| bound.field != "category_count") {
        let beyond = [bound.min.checked_sub(1), bound.max.checked_add(1)];
        for value in beyond.into_iter().flatten() {
            let (within, key) = bound.field.split_once('.').unwrap_or(("", bound.field));
            let dot = if within.is_empty() { "" } else { "." };
            let value = match bound.unit {
                "budget units" => format!("\"{}\"", budget().number(value)),
                "weight" => format!("\"{}\"", stake().number(value)),
                _ => value.to_string(),
            };
            let why = told(&format!("[{}{dot}{within}]\n{key} = {value}", bound.section));
            let name = full_name(bound);
            assert!(why.starts_with(&format!("{name} is ")), "{why}");
            assert!(why.contains("but must be from "), "{why}");
        }
    }
    assert!(told("[schedule]\nperiod_secs = \"365d1s\"").starts_with(
        "schedule.period_secs is 365 days 1 second, but must be from 7 days to 365 days"
    ));
    assert_eq!(exact_span(7 * 86_400 + 3_600 * 2 + 61), "7 days 2 hours 1 minute 1 second");
    assert_eq!(
        told("[schedule]\nperiod_secs = \"6d\"\n[stake]\nlock_bonus_bps = 10001"),
        "schedule.period_secs is 6 days, but must be from 7 days to 365 days; \
         stake.lock_bonus_bps is 100.01 %, but must be from 0 % to 100 %"
    );
}

#[test]
fn what_contradicts_itself_is_refused_by_the_rule_that_it_breaks() {
    let cases = [
        ("[slate]\ncapacity = 33", "slate.capacity is 16, 32, 64 or 128"),
        ("[tiers.small]\nask_limit_bps = \"6%\"", "tier ask limits ascend"),
        ("[budget]\nepoch_cap_abs = 1\nmin_cap = 2", "budget.epoch_cap_abs is at least min_cap"),
        ("[review]\nfloor_bps = 1", "review.floor_bps lies between half of pass_bps"),
    ];
    for (text, rule) in cases {
        let why = told(text);
        assert!(why.starts_with("this must hold: ") && why.contains(rule), "{why}");
    }
}

#[test]
fn what_has_no_unit_or_another_type_is_refused() {
    let cases = [
        ("[schedule]\nperiod_secs = \"30\"", "schedule.period_secs: `30` is no span"),
        ("[schedule]\nperiod_secs = 30.5", "schedule.period_secs must be a span"),
        ("[schedule]\nperiod_secs = -1", "schedule.period_secs must not be below zero"),
        ("[tiers]\nmax_quorum_bps = 40.5", "tiers.max_quorum_bps must be a share"),
        ("[tiers]\nmax_quorum_bps = \"4 of 10\"", "tiers.max_quorum_bps: `4 of 10` is no share"),
        ("[budget]\nmin_cap = 1.5", "budget.min_cap must be tokens in quotes"),
        ("[budget]\nmin_cap = \"0.0000001\"", "budget.min_cap: `0.0000001` is more exact than"),
        ("[budget]\nmin_cap = \"none\"", "budget.min_cap: `none` is no amount"),
        ("[slate]\nbond = \"none\"", "slate.bond: `none` is no amount"),
        ("[slate]\ncapacity = \"32\"", "slate.capacity must be a whole number"),
        ("schedule = 5", "mints.schedule is no key"),
        ("[tiers]\nsmall = 5", "tiers.small is no key"),
        ("[roles]\nguardian = \"me\"", "roles.guardian: `me` is no address"),
        ("[roles]\nguardian = 7", "roles.guardian must be a text"),
    ];
    for (text, wanted) in cases {
        let why = told(text);
        assert!(why.contains(wanted), "{text}: {why}");
    }
    let why = refused(&format!("schedule = 5\n{MINTS}"));
    assert_eq!(why, "schedule must be a section: [schedule]");
    let why = refused(MINTS.split_once('\n').unwrap().1);
    assert!(why.starts_with("first_open_at is missing"), "{why}");
    let why = refused(&format!("{MINTS}[roles\n"));
    assert!(why.starts_with("line 5 is no TOML: "), "{why}");
}

#[test]
fn a_category_that_makes_no_sense_is_refused_by_its_number() {
    let cases = [
        ("share_bps = 1", "in category 1 of risk.categories, name is missing"),
        ("name = \"a\"", "in category 1 of risk.categories, share_bps is missing"),
        ("name = \"a\"\nshare_bps = 0", "share_bps must be a share from 1 to 10,000"),
        ("name = \"a\"\nshare_bps = 10001", "share_bps must be a share from 1 to 10,000"),
        ("name = \"a\"\nshare_bps = \"x\"", "share_bps: `x` is no share"),
        ("name = \"\"\nshare_bps = 1", "name must have 1 to 16 bytes"),
        ("name = \"12345678901234567\"\nshare_bps = 1", "name must have 1 to 16 bytes"),
        ("name = \"\\u0000a\"\nshare_bps = 1", "name must have 1 to 16 bytes"),
        ("name = \"a\"\nshare_bps = 1\nclass = \"art\"", "class must be operating, hedge or"),
        ("name = \"a\"\nshare_bps = 1\nhaircut_bps = 0", "only a hedge or derivative has"),
    ];
    for (text, wanted) in cases {
        let why = told(&format!("[[risk.categories]]\n{text}"));
        assert!(why.contains(wanted), "{text}: {why}");
    }
    let one = "[[risk.categories]]\nname = \"a\"\nshare_bps = 1\n";
    assert!(told(&one.repeat(2)).contains("category 2 of risk.categories has the name"));
    let many: String =
        (0..9).map(|number| one.replace("\"a\"", &format!("\"{number}\""))).collect();
    assert!(told(&many).contains("9 categories; 1 to 8 are allowed"));
    assert!(told("[risk]\ncategories = []").contains("0 categories"));
    assert!(told("[risk]\ncategories = 1").contains("[[risk.categories]]"));
    assert!(told("[risk]\ncategories = [1]").contains("[[risk.categories]]"));
}

#[test]
fn what_is_written_reads_back_as_the_same_policy() {
    let mut policy = read(
        "[schedule]\nperiod_secs = \"1d12h30m7s\"\nmax_extension_secs = 0\n\
         [slate]\nbond = \"0.000001\"\n[tiers.large]\napproval_bps = \"66.66%\"\n\
         [[risk.categories]]\nname = \"a \\\"b\\\" # c\"\nshare_bps = 1\n\
         [[risk.categories]]\nname = \"h\"\nclass = \"derivative\"\nshare_bps = 2\n\
         exposure_limit_bps = 10000\nhaircut_bps = 0",
    );
    assert!(policy.is_err(), "a period of a day is too short");
    policy = read(
        "[schedule]\nperiod_secs = \"7d12h30m7s\"\nmax_extension_secs = 0\n\
         [slate]\nbond = \"0.000001\"\n[tiers.large]\napproval_bps = \"66.66%\"\n\
         [[risk.categories]]\nname = \"a \\\"b\\\" # c\"\nshare_bps = 1\n\
         [[risk.categories]]\nname = \"h\"\nclass = \"derivative\"\nshare_bps = 2\n\
         exposure_limit_bps = 10000\nhaircut_bps = 0",
    );
    let key = Pubkey::new_unique();
    let roles = Roles { reviewer: key, ..Roles::default() };
    for policy in [policy.unwrap(), Policy::default()] {
        let (budget, stake) = (budget(), stake());
        let about = About {
            budget_mint: key,
            stake_mint: Pubkey::default(),
            first_open_at: 1_767_571_200,
            roles,
            budget: &budget,
            stake: &stake,
        };
        let note = |bound: &Bound| (bound.field == "bond").then(|| "a note".to_owned());
        let text = write(&policy, &about, &note);
        let file = PolicyFile::read(&text).ok().unwrap();
        assert_eq!(file.policy(&budget, &stake).unwrap(), policy, "{text}");
        assert_eq!((file.budget_mint, file.stake_mint), (key, Pubkey::default()));
        assert_eq!((file.first_open_at, file.roles), (1_767_571_200, roles));
        assert!(text.contains("\"  # a note\n"), "{text}");
    }
}
