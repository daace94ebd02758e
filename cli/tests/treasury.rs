//! A treasury from its founding on: its books, its members, its roles, by the binary on a network.
//! Whatever is refused changes nothing.

mod net;

use std::path::{Path, PathBuf};

use anchor_lang::{prelude::Pubkey, solana_program::system_instruction};
use anchor_spl::{
    token::{self, spl_token},
    token_2022::{
        self,
        spl_token_2022::{self, extension::ExtensionType, state::Mint as MintState},
    },
};
use budget_client::Community;
use community_budget::state::{RecipientRecord, Stake, Treasury};
use serde_json::{Value, json};
use solana_keypair::Keypair;
use solana_signer::Signer;

use net::{Net, Person, token_account};

const INPUT: i32 = 2;
const MISSING: i32 = 5;
const FUNDS: i32 = 7;
const UNIT: u64 = 1_000_000;

/// A network, a treasury on it, and who has to do with it.
struct Town {
    net: Net,
    founder: Person,
    guardian: Person,
    reporter: Person,
    member: Person,
    community: Community,
}

impl Town {
    fn new() -> Self {
        let net = Net::start();
        let (budget, stake) = (net.mint(), net.mint());
        let founder = net.person("founder", &[(budget, 1_000)]);
        let guardian = net.person("guardian", &[]);
        let reporter = net.person("reporter", &[]);
        let member = net.person("member", &[(budget, 50), (stake, 500)]);
        let community = Community {
            treasury: Community::treasury_address(&founder.key.pubkey(), 0),
            budget_mint: budget,
            stake_mint: stake,
            budget_token_program: token::ID,
            stake_token_program: token::ID,
        };
        Self { net, founder, guardian, reporter, member, community }
    }

    /// The policy file of a town with a hedge.
    fn file(&self) -> String {
        format!(
            "first_open_at = \"at once\"\n[mints]\nbudget = \"{}\"\nstake = \"{}\"\n[roles]\n\
             guardian = \"{}\"\nrisk_reporter = \"{}\"\n[schedule]\nperiod_secs = \"8d\"\n\
             [slate]\nbond = \"0.5\"\n\
             [[risk.categories]]\nname = \"works\"\nshare_bps = \"80%\"\n\
             [[risk.categories]]\nname = \"hedging\"\nclass = \"hedge\"\nshare_bps = \"20%\"\n\
             exposure_limit_bps = \"3%\"\n",
            self.community.budget_mint,
            self.community.stake_mint,
            self.guardian.address(),
            self.reporter.address()
        )
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.net.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Founds the treasury and gives it tokens.
    fn founded() -> Self {
        let town = Self::new();
        let path = town.write("policy.toml", &town.file());
        town.create(&path, &[]).done();
        town.run(&town.founder, &["treasury", "fund", "800"]).done();
        town
    }

    fn create(&self, path: &Path, more: &[&str]) -> net::Answer {
        let path = path.to_string_lossy();
        let arguments = [&["treasury", "create", path.as_ref()], more].concat();
        self.net.budget(Some(&self.founder), &arguments)
    }

    fn run(&self, who: &Person, arguments: &[&str]) -> net::Answer {
        let treasury = self.community.treasury.to_string();
        self.net.budget(Some(who), &[arguments, &["--treasury", &treasury]].concat())
    }

    fn treasury(&self) -> Treasury {
        self.net.network.get(&self.community.treasury, "treasury").unwrap().value
    }

    /// Asserts that a command is refused in one sentence with `words`, and changes nothing.
    #[track_caller]
    fn refuses(&self, who: &Person, arguments: &[&str], code: i32, words: &str) {
        let before = self.treasury();
        let said = self.run(who, arguments).fails_with(code);
        assert!(said.contains(words), "{said}");
        assert_eq!(bytemuck::bytes_of(&self.treasury()), bytemuck::bytes_of(&before), "{said}");
    }

    /// A mint that somebody could close: one that no treasury takes.
    fn closable_mint(&self) -> Pubkey {
        let (mint, bank) = (Keypair::new(), self.net.bank.pubkey());
        let (key, program) = (mint.pubkey(), token_2022::ID);
        let bytes = ExtensionType::try_calculate_account_len::<MintState>(&[
            ExtensionType::MintCloseAuthority,
        ])
        .unwrap();
        let rent = self.net.network.rent(bytes).unwrap();
        let bytes = u64::try_from(bytes).unwrap();
        self.net.send(
            vec![
                system_instruction::create_account(&bank, &key, rent, bytes, &program),
                spl_token_2022::instruction::initialize_mint_close_authority(
                    &program,
                    &key,
                    Some(&bank),
                )
                .unwrap(),
                spl_token_2022::instruction::initialize_mint2(&program, &key, &bank, None, 6)
                    .unwrap(),
            ],
            vec![&mint],
        );
        key
    }

    /// Sends `amount` base units from the member's account of `mint` to `to`, past the program.
    fn donate(&self, mint: Pubkey, to: Pubkey, amount: u64) {
        let owner = self.member.key.pubkey();
        let source = token_account(&owner, &mint);
        let transfer =
            spl_token::instruction::transfer(&token::ID, &source, &to, &owner, &[], amount);
        self.net.send(vec![transfer.unwrap()], vec![&self.member.key]);
    }
}

#[test]
fn a_treasury_is_founded_as_its_file_says_or_not_at_all() {
    let town = Town::new();
    let address = town.community.treasury;
    let absent = || town.net.network.account(&address).unwrap().is_none();

    let refused = [
        (town.file().replace("\"8d\"", "\"6d\""), INPUT, "schedule.period_secs is 6 days"),
        (town.file().replace("bond", "bonds"), INPUT, "slate.bonds is no key"),
        (town.file().replace("\"0.5\"", "\"0.0000001\""), INPUT, "more exact than"),
        (
            town.file().replace(&town.community.stake_mint.to_string(), &address.to_string()),
            MISSING,
            "no stake mint on this network",
        ),
        (
            town.file().replace(&town.community.budget_mint.to_string(), &town.founder.address()),
            INPUT,
            "is no mint",
        ),
    ];
    for (text, code, words) in refused {
        let path = town.write("refused.toml", &text);
        let said = town.create(&path, &[]).fails_with(code);
        assert!(said.contains(words), "{said}");
        assert!(absent());
    }

    let closable = town.closable_mint().to_string();
    let text = town.file().replace(&town.community.budget_mint.to_string(), &closable);
    let path = town.write("refused.toml", &text);
    let said = town.create(&path, &[]).fails_with(INPUT);
    assert!(said.contains("MintCloseAuthority"), "{said}");
    assert!(absent());

    let path = town.write("policy.toml", &town.file());
    let shown = town.create(&path, &["--dry-run"]).done();
    assert_eq!(shown["sent"], false);
    assert_eq!(shown["exact"]["policy"]["slate"]["bond"], 500_000);
    assert!(absent());
    let lines = shown["changes"].as_array().unwrap();
    let all = community_budget::state::BOUNDS.len();
    assert!(lines.len() > all, "a dry run shows the whole policy: {}", lines.len());

    let made = town.create(&path, &[]).done();
    assert_eq!(made["exact"]["treasury"], address.to_string());
    let treasury = town.treasury();
    assert_eq!(treasury.policy.schedule.period_secs, 8 * 86_400);
    assert_eq!(treasury.guardian, town.guardian.key.pubkey());
    assert_eq!(treasury.reviewer, Pubkey::default());
    let said = town.create(&path, &[]).fails_with(INPUT);
    assert!(said.contains("you have a treasury 0 already"), "{said}");

    // What it writes about itself founds another one alike.
    let json = town.net.budget(None, &["treasury", "policy"]).done();
    assert_eq!((&json["inForce"], &json["differs"]), (&json["next"], &json!([])));
    let said = town.net.budget(None, &["treasury", "policy", "--toml"]).fails_with(INPUT);
    assert!(said.contains("one of --toml and --json"), "{said}");
    let listed = town.net.budget(None, &["treasury", "list"]).done();
    assert_eq!(listed[0]["treasury"], address.to_string());
    assert_eq!(listed.as_array().map(Vec::len), Some(1));

    // With a second one, a command has to name which.
    town.create(&path, &["--id", "1"]).done();
    let said = town.net.budget(None, &["treasury", "show"]).fails_with(INPUT);
    assert!(said.contains("has 2 treasuries"), "{said}");
}

#[test]
fn funds_enter_the_books_only_as_they_are_counted() {
    let town = Town::founded();
    let member = &town.member;
    let page = town.run(member, &["treasury", "show"]).done();
    assert_eq!((&page["free"], &page["tracked"]), (&json!(800 * UNIT), &json!(800 * UNIT)));
    assert_eq!((&page["uncounted"], &page["phase"]), (&json!(0), &json!("none")));
    assert_eq!(page["guardian"], town.guardian.address());
    assert_eq!(page["reviewer"], Value::Null);
    assert_eq!((&page["programIsFinal"], &page["upgradeAuthority"]), (&json!(true), &Value::Null));
    assert_eq!(page["budgetFreezeAuthority"], Value::Null);

    town.refuses(member, &["treasury", "fund", "51"], FUNDS, "holds 50 ");
    town.refuses(member, &["treasury", "fund", "0"], INPUT, "more than nothing");
    town.refuses(&town.guardian, &["treasury", "fund", "1"], FUNDS, "does not exist");
    town.refuses(member, &["treasury", "absorb"], INPUT, "nothing to absorb");
    town.donate(town.community.budget_mint, town.community.vault(), 7);
    assert_eq!(town.run(member, &["treasury", "show"]).done()["uncounted"], 7);
    let done = town.run(member, &["treasury", "absorb"]).done();
    assert_eq!(done["exact"]["amount"], 7);
    assert_eq!(town.treasury().tracked, 800 * UNIT + 7);

    town.run(member, &["epoch", "open"]).done();
    town.donate(town.community.budget_mint, town.community.vault(), 7);
    town.refuses(member, &["treasury", "absorb"], INPUT, "between epochs only");
    assert_eq!(town.run(member, &["treasury", "show"]).done()["phase"], "submission");
}

#[test]
fn members_come_weigh_and_go() {
    let town = Town::founded();
    let (member, founder) = (&town.member, &town.founder);
    let key = town.community.stake(&member.key.pubkey());
    let stake = || town.net.network.find::<Stake>(&key, "stake").unwrap().map(|found| found.value);

    town.refuses(member, &["member", "show"], MISSING, "no stake of ");
    town.refuses(member, &["stake", "501"], FUNDS, "holds 500 ");
    town.refuses(member, &["stake", "1", "--lock", "6d"], INPUT, "choose one from 7 days");
    town.refuses(member, &["member", "open", "--lock", "181d"], INPUT, "to 180 days");
    assert!(stake().is_none());
    town.run(member, &["member", "open", "--lock", "180d"]).done();
    town.refuses(member, &["member", "open"], INPUT, "open already");
    town.refuses(member, &["stake", "1", "--lock", "30d"], INPUT, "exists already");
    let done = town.run(member, &["stake", "400"]).done();
    assert_eq!(done["exact"]["weightAfter"], stake().unwrap().weight);
    assert_eq!(stake().unwrap().weight, 600 * UNIT);

    let listed = town.run(member, &["member", "list"]).done();
    assert_eq!(
        (&listed["nakamotoCoefficient"], &listed["totalWeight"]),
        (&json!(1), &json!(600 * UNIT))
    );
    assert_eq!(listed["members"][0]["owner"], member.address());

    town.refuses(member, &["lock", "180d"], INPUT, "180 days already");
    town.refuses(member, &["delegate", "nobody"], INPUT, "nobody is your delegate already");
    town.refuses(member, &["delegate", "someone"], INPUT, "is no address");
    town.run(member, &["delegate", &founder.address()]).done();
    let done = town.run(member, &["lock", "7d"]).done();
    assert_eq!(done["exact"]["weightAfter"], stake().unwrap().weight);
    assert_eq!(stake().unwrap().weight, 400 * UNIT);

    let (who, other) = (member.address(), founder.address());
    town.refuses(founder, &["member", "refresh", &who], INPUT, "nothing to refresh");
    town.refuses(founder, &["member", "refresh", &other], MISSING, "no stake of ");
    town.refuses(founder, &["member", "mark-dormant", &who], INPUT, "only 0 are settled yet");
    town.run(member, &["stake", "100"]).done();
    town.run(member, &["epoch", "open"]).done();
    town.net.days(15);
    for act in ["refresh", "mark-dormant"] {
        town.refuses(founder, &["member", act, &who], INPUT, "weights stand still");
    }
    town.refuses(member, &["unstake", "501"], INPUT, "you have 500 ");
    town.refuses(member, &["unstake", "0"], INPUT, "more than nothing");
    town.refuses(member, &["member", "withdraw"], INPUT, "`budget unstake` starts that");
    town.refuses(member, &["member", "close"], INPUT, "withdraw everything first");
    let done = town.run(member, &["unstake", "all"]).done();
    assert_eq!(done["exact"]["coolingUntil"], stake().unwrap().cooling_until);
    town.refuses(member, &["member", "withdraw"], INPUT, "still cool down");

    town.net.travel(stake().unwrap().cooling_until);
    let vault = town.community.stake_vault().to_string();
    town.refuses(member, &["member", "withdraw", "--to", &vault], INPUT, "a vault of the treasury");
    let foreign = token_account(&founder.key.pubkey(), &town.community.budget_mint).to_string();
    town.refuses(member, &["member", "withdraw", "--to", &foreign], INPUT, "is not one of");
    town.refuses(member, &["member", "withdraw", "--to", &who], INPUT, "is no token account");
    let nowhere = Pubkey::new_unique().to_string();
    town.refuses(member, &["member", "withdraw", "--to", &nowhere], INPUT, "no token account");
    // A member who has closed their token account is paid all the same.
    let owner = member.key.pubkey();
    let account = token_account(&owner, &town.community.stake_mint);
    let close = spl_token::instruction::close_account(&token::ID, &account, &owner, &owner, &[]);
    town.net.send(vec![close.unwrap()], vec![&member.key]);
    town.run(member, &["member", "withdraw"]).done();
    assert_eq!(town.net.balance(&member.key.pubkey(), &town.community.stake_mint), 500 * UNIT);
    let before = town.net.network.lamports(&member.key.pubkey()).unwrap();
    let done = town.run(member, &["member", "close"]).done();
    assert!(stake().is_none());
    let rent = done["exact"]["lamports"].as_u64().unwrap() - done["feeLamports"].as_u64().unwrap();
    assert_eq!(town.net.network.lamports(&member.key.pubkey()).unwrap(), before + rent);
}

#[test]
fn roles_stop_and_mark_and_nobody_else_does() {
    let town = Town::founded();
    let (member, guardian, reporter) = (&town.member, &town.guardian, &town.reporter);

    let shown = town.run(member, &["breaker", "show"]).done();
    assert_eq!((&shown["canBeTripped"], &shown["pauseLeftSecs"]), (&Value::Null, &json!(604_800)));
    town.refuses(member, &["breaker", "trip"], INPUT, "none of the breaker's conditions");
    town.refuses(member, &["breaker", "pause", "1d"], INPUT, "only the guardian may pause");
    town.refuses(guardian, &["breaker", "pause", "8d"], INPUT, "7 days in any 90 days");
    town.refuses(guardian, &["breaker", "pause", "0s"], INPUT, "longer than 0 seconds");
    let done = town.run(guardian, &["breaker", "pause", "2d"]).done();
    let treasury = town.treasury();
    assert_eq!(treasury.pause_used_secs, 2 * 86_400);
    // The receipt was shown a moment before.
    let until = done["exact"]["until"].as_i64().unwrap();
    assert!((0..60).contains(&(treasury.pause_until - until)), "{until}");
    town.refuses(guardian, &["breaker", "pause", "1d"], INPUT, "pauses do not overlap");
    town.refuses(member, &["breaker", "pause-stream", "0/0", "1d"], INPUT, "only the guardian");
    town.refuses(guardian, &["breaker", "pause-stream", "0/0", "1d"], MISSING, "no stream");

    town.refuses(member, &["position", "mark", "hedging", "1"], INPUT, "only the risk reporter");
    town.refuses(reporter, &["position", "mark", "works", "1"], INPUT, "operating category");
    town.refuses(reporter, &["position", "mark", "art", "1"], INPUT, "no category `art`");
    town.refuses(reporter, &["position", "mark", "hedging", "1.0000001"], INPUT, "more exact");
    town.run(reporter, &["position", "mark", "hedging", "12.5"]).done();
    assert_eq!(town.treasury().positions[1].reported_mark, 12_500_000);
    let shown = town.run(member, &["position", "show", "1"]).done();
    assert_eq!((&shown["name"], &shown["reportedMark"]), (&json!("hedging"), &json!(12_500_000)));
    assert_eq!(town.run(member, &["position", "list"]).done().as_array().map(Vec::len), Some(1));
    town.refuses(member, &["position", "show", "works"], INPUT, "operating category");

    let recorded = ["position", "return", "hedging", "5", "--in-my-record"];
    town.refuses(member, &recorded, INPUT, "you have no record");
    town.refuses(member, &["position", "return", "hedging", "51"], FUNDS, "holds 50 ");
    town.refuses(member, &["record", "show"], MISSING, "no record of ");
    town.run(&town.founder, &["record", "open", &member.address()]).done();
    town.refuses(member, &["record", "open"], INPUT, "has a record already");
    let done = town.run(member, &recorded).done();
    // Nothing was out, so whatever comes back is profit.
    assert_eq!(done["exact"]["profit"], json!(5 * UNIT));
    assert_eq!(town.treasury().realised_profit, 5 * UNIT);
    let key = town.community.recipient_record(&member.key.pubkey());
    let record: RecipientRecord = town.net.network.get(&key, "record").unwrap().value;
    assert_eq!(record.returned, 5 * UNIT);
    let shown = town.run(member, &["record", "show"]).done();
    assert_eq!((&shown["returned"], &shown["meanScoreBps"]), (&json!(5 * UNIT), &Value::Null));
    town.run(member, &["position", "return", "works", "1"]).done();
    assert_eq!(town.treasury().tracked, 806 * UNIT);
}
