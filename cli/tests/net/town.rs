//! A small community, founded with the `budget` binary.

use std::path::{Path, PathBuf};

use anchor_lang::prelude::Pubkey;
use serde_json::Value;

use super::{DECIMALS, Net, Person, policy_file};

/// Base units of one token.
pub const TOKEN: u64 = 10u64.pow(DECIMALS as u32);

/// An ask of `amount` tokens over 30 days, in the folder of the test's keys.
pub fn ask(folder: &Path, title: &str, amount: u64, recipient: &Person) -> PathBuf {
    let text = folder.join(format!("{title}.md"));
    std::fs::write(&text, format!("# {title}\n")).expect("the folder is writable");
    let file = folder.join(format!("{title}.toml"));
    let award = format!(
        "[award]\ncategory = \"general\"\namount = \"{amount}\"\nrecipient = \"{}\"\nduration = \
         \"30d\"\ncliff = \"0d\"\ncheckpoints = 0\n",
        recipient.address()
    );
    let head = format!(
        "title = \"{title}\"\nuri = \"https://example.org/{title}\"\nmetadata = \"{title}.md\"\n\n"
    );
    std::fs::write(&file, head + &award).expect("the folder is writable");
    file
}

/// A figure of an answer.
pub fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// A community of two members with funds, and an epoch open for proposals.
pub struct Town {
    pub net: Net,
    /// What the treasury pays in.
    pub budget: Pubkey,
    /// A member, who brought the funds.
    pub ada: Person,
    /// Another member.
    pub bo: Person,
    /// No member.
    pub cy: Person,
}

impl Town {
    /// Founds it.
    pub fn founded() -> Self {
        let net = Net::start();
        let (budget, stake) = (net.mint(), net.mint());
        let ada = net.person("ada", &[(budget, 200_000), (stake, 10_000)]);
        let bo = net.person("bo", &[(budget, 100), (stake, 10_000)]);
        let cy = net.person("cy", &[(budget, 100)]);
        let policy = policy_file(net.folder.path(), &budget, &stake, None);
        let created =
            net.budget(Some(&ada), &["treasury", "create", &policy.to_string_lossy()]).done();
        assert_eq!(created["instructions"][0], "create_treasury", "{created}");
        net.budget(Some(&ada), &["treasury", "fund", "100,000"]).done();
        for member in [&ada, &bo] {
            net.budget(Some(member), &["stake", "6000", "--lock", "30d"]).done();
        }
        net.budget(Some(&ada), &["epoch", "open"]).done();
        Self { net, budget, ada, bo, cy }
    }
}
