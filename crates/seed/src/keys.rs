//! The community's keys: derived from words, so that everybody has them and nobody may trust them.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anchor_lang::prelude::Pubkey;
use solana_keypair::{Keypair, read_keypair_file, write_keypair_file};
use solana_signer::Signer;

use crate::{
    draw,
    plan::MAX_STAKERS,
    population::Population,
    story::Story,
    trouble::{Result, Trouble},
};

/// Whose stream is running and has something to withdraw, by the id of the story.
pub const RECIPIENT: &str = "holm";

/// Every key that the story is played with.
pub struct Keys {
    pub founder: Keypair,
    pub guardian: Keypair,
    pub reviewer: Keypair,
    pub risk_reporter: Keypair,
    pub budget_mint: Keypair,
    pub stake_mint: Keypair,
    /// In the order of the population.
    pub members: Vec<Keypair>,
    teams: BTreeMap<String, Keypair>,
    voter: usize,
}

impl Keys {
    /// The keys of a population and of everybody in the story.
    pub fn derive(story: &Story, population: &Population) -> Self {
        let key = |name: &str| draw::keypair(&[name]);
        let team = |id: &String| (id.clone(), draw::keypair(&["team", id]));
        Self {
            founder: key("founder"),
            guardian: key("guardian"),
            reviewer: key("reviewer"),
            risk_reporter: key("risk reporter"),
            budget_mint: key("budget mint"),
            stake_mint: key("stake mint"),
            members: (0..population.members.len()).map(member_key).collect(),
            teams: story.team.iter().map(|it| team(&it.id)).collect(),
            voter: population.voter,
        }
    }

    /// The key of a team.
    ///
    /// # Panics
    /// When the story has no such team; a test looks them all up.
    pub fn team(&self, id: &str) -> &Keypair {
        self.teams.get(id).unwrap_or_else(|| panic!("the story has no team {id}"))
    }

    /// All teams.
    pub fn teams(&self) -> impl Iterator<Item = (&str, &Keypair)> {
        self.teams.iter().map(|(id, key)| (id.as_str(), key))
    }

    /// A member's address.
    pub fn member(&self, index: usize) -> Pubkey {
        self.members[index].pubkey()
    }

    /// Every file that a key goes into, below the folder of the keys.
    fn files(&self) -> Vec<(PathBuf, &Keypair)> {
        let named: [(&str, &Keypair); 6] = [
            ("founder.json", &self.founder),
            ("guardian.json", &self.guardian),
            ("reviewer.json", &self.reviewer),
            ("risk-reporter.json", &self.risk_reporter),
            ("voter.json", &self.members[self.voter]),
            ("recipient.json", self.team(RECIPIENT)),
        ];
        let named = named.into_iter().map(|(name, key)| (PathBuf::from(name), key));
        let team = |(id, key)| (PathBuf::from(format!("teams/{id}.json")), key);
        let members = self.members.iter().enumerate();
        let member = |(index, key)| (PathBuf::from(format!("stakers/{index:04}.json")), key);
        named.chain(self.teams().map(team)).chain(members.map(member)).collect()
    }

    /// Writes every key that is not there yet. A member's key of another plan gives way.
    ///
    /// # Errors
    /// [`Trouble::NotOurFile`] when a file holds anything else; nothing is written then.
    /// [`Trouble::File`].
    pub fn write(&self, folder: &Path) -> Result<()> {
        let mut missing = Vec::new();
        for (name, key) in self.files() {
            let file = folder.join(name);
            if !file.exists() {
                missing.push((file, key));
                continue;
            }
            // The error is not shown: it may quote the file, which may hold a secret.
            match read_keypair_file(&file).ok().map(|there| there.pubkey()) {
                Some(there) if there == key.pubkey() => {}
                Some(there) if is_member(&there) => missing.push((file, key)),
                _ => return Err(Trouble::NotOurFile { file }),
            }
        }
        for (file, key) in missing {
            let written = write_keypair_file(key, &file);
            written.map_err(|error| Trouble::File { file, why: error.to_string() })?;
        }
        Ok(())
    }
}

/// The key of the member at `index`, in whatever population.
pub fn member_key(index: usize) -> Keypair {
    draw::keypair(&["member", &index.to_string()])
}

fn is_member(key: &Pubkey) -> bool {
    (0..MAX_STAKERS).any(|index| member_key(index).pubkey() == *key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn keys() -> Keys {
        let story = Story::read();
        let population = Population::of(12, &story);
        Keys::derive(&story, &population)
    }

    #[test]
    fn keys_are_written_once_and_read_by_solanas_tools() {
        let folder = tempfile::tempdir().unwrap();
        let keys = keys();
        keys.write(folder.path()).unwrap();
        let voter = read_keypair_file(folder.path().join("voter.json")).unwrap();
        assert_eq!(voter.pubkey(), keys.member(3));
        let same = read_keypair_file(folder.path().join("stakers/0003.json")).unwrap();
        assert_eq!(same.pubkey(), voter.pubkey());
        let written = folder.path().join("founder.json");
        let before = fs::metadata(&written).unwrap().modified().unwrap();
        keys.write(folder.path()).unwrap();
        assert_eq!(fs::metadata(&written).unwrap().modified().unwrap(), before);
    }

    #[test]
    fn the_voter_of_another_plan_gives_way() {
        let folder = tempfile::tempdir().unwrap();
        write_keypair_file(&member_key(50), folder.path().join("voter.json")).unwrap();
        keys().write(folder.path()).unwrap();
        let voter = read_keypair_file(folder.path().join("voter.json")).unwrap();
        assert_eq!(voter.pubkey(), keys().member(3));
    }

    #[test]
    fn somebody_elses_key_is_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("voter.json");
        write_keypair_file(&Keypair::new(), &file).unwrap();
        let before = fs::read(&file).unwrap();
        let trouble = keys().write(folder.path()).unwrap_err();
        assert!(matches!(&trouble, Trouble::NotOurFile { file: named } if *named == file));
        assert_eq!(fs::read(&file).unwrap(), before);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is written");
    }
}
