//! Who receives an award, and whether it signs the submission and so accepts.

use anchor_lang::prelude::Pubkey;
use community_budget::state::RecipientRecord;

use super::options::Sending;
use crate::{
    context::{Actor, Context, Scene},
    exit::{Failure, Result},
    files,
};

/// Who receives an award.
pub struct Recipient {
    pub key: Pubkey,
    /// Who signs for it; nothing when it accepts later.
    pub actor: Option<Actor>,
    /// What the treasury remembers of it; nothing when it has no record.
    pub record: Option<RecipientRecord>,
}

impl Recipient {
    /// The recipient `key`, with its record.
    ///
    /// # Errors
    /// Exit codes `file`, `input`.
    pub fn of(
        context: &Context,
        scene: &Scene,
        key: &Pubkey,
        proposer: &Actor,
        sending: &Sending,
    ) -> Result<Self> {
        let record = scene.community.recipient_record(key);
        let record = context.network()?.find::<RecipientRecord>(&record, "record")?;
        let actor = signs(key, proposer, sending, context.globals.unsigned)?;
        Ok(Self { key: *key, actor, record: record.map(|found| found.value) })
    }
}

/// Who signs for the recipient `key`, and so accepts; nobody when it accepts later.
fn signs(
    key: &Pubkey,
    proposer: &Actor,
    sending: &Sending,
    unsigned: bool,
) -> Result<Option<Actor>> {
    let signer = match &sending.recipient_keypair {
        None => None,
        Some(path) => Some(files::keypair(path)?),
    };
    let given = signer.as_ref().map(solana_signer::Signer::pubkey);
    if given.is_some_and(|given| given != *key) {
        return Err(Failure::input(format!(
            "the key file that is given for the recipient is not that of {key}."
        )));
    }
    if sending.recipient_signs && !unsigned {
        return Err(Failure::input(
            "--recipient-signs is for keys that are elsewhere: add --unsigned, or give \
             --recipient-keypair.",
        ));
    }
    if *key == proposer.key {
        return Ok(Some(proposer.clone()));
    }
    let signs = signer.is_some() || sending.recipient_signs;
    Ok(signs.then_some(Actor { key: *key, signer }))
}

#[cfg(test)]
mod tests {
    use solana_keypair::Keypair;
    use solana_signer::Signer;

    use super::*;

    #[test]
    fn an_award_is_accepted_by_its_recipients_signature_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (proposer, recipient) = (Keypair::new(), Keypair::new());
        let path = folder.path().join("recipient.json");
        let bytes = serde_json::to_string(&recipient.to_bytes().to_vec()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        let actor = Actor { key: proposer.pubkey(), signer: Some(proposer) };
        let key = recipient.pubkey();
        let none = Sending::default();
        let with_file = Sending { recipient_keypair: Some(path), ..Sending::default() };
        let elsewhere = Sending { recipient_signs: true, ..Sending::default() };

        let own = signs(&actor.key, &actor, &none, false).unwrap().unwrap();
        assert_eq!(own.key, actor.key);
        assert!(signs(&key, &actor, &none, false).unwrap().is_none(), "it accepts later");
        let by_file = signs(&key, &actor, &with_file, false).unwrap().unwrap();
        assert_eq!((by_file.key, by_file.signer), (key, Some(recipient)));
        let other = signs(&Pubkey::new_unique(), &actor, &with_file, false).unwrap_err();
        assert!(other.to_string().contains("is not that of"), "{other}");
        let without = signs(&key, &actor, &elsewhere, false).unwrap_err().to_string();
        assert!(without.contains("add --unsigned"), "{without}");
        let by_hand = signs(&key, &actor, &elsewhere, true).unwrap().unwrap();
        assert_eq!((by_hand.key, by_hand.signer), (key, None));
    }
}
