//! Whether the proposals that a network shows are the ones that the slate hash stands for (P5).

use anchor_lang::prelude::Pubkey;
use budget_rpc::Found;
use community_budget::{
    constants::LEAF_DOMAIN,
    state::{
        BudgetEpoch, Entry, Outcome, Proposal, Terms, empty_slate_hash, fold_proposal,
        fold_tombstone, tag_of,
    },
};
use solana_sha256_hasher::hashv;

/// Most hashes that are tried to find out when withdrawn proposals were withdrawn.
const TRIES: u32 = 300_000;

/// What a comparison of proposals and slate hash comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HashCheck {
    /// They are what the hash stands for.
    Matches,
    /// They are not.
    Differs,
    /// It cannot be told from accounts alone; why not.
    Unknown(String),
}

/// The leaf that a proposal's terms add to the slate hash.
pub fn terms_hash(treasury: &Pubkey, epoch: u32, index: u8, canonical: &[u8]) -> [u8; 32] {
    let (epoch, index) = (epoch.to_le_bytes(), [index]);
    hashv(&[LEAF_DOMAIN, treasury.as_ref(), &epoch, &index, canonical]).to_bytes()
}

/// Compares the proposals of an epoch, and its entries, with its slate hash.
pub fn check_hash(head: &BudgetEpoch, slate: &[Entry], proposals: &[Found<Proposal>]) -> HashCheck {
    let mut terms: Vec<Option<&Terms>> = vec![None; slate.len()];
    for found in proposals {
        let Some(place) = terms.get_mut(usize::from(found.value.index)) else {
            return HashCheck::Differs;
        };
        *place = Some(&found.value.terms);
    }
    let closed = terms.iter().filter(|terms| terms.is_none()).count();
    if closed > 0 {
        let ending = if closed == 1 { " has" } else { "s have" };
        return HashCheck::Unknown(format!("{closed} proposal{ending} been closed since"));
    }
    let terms: Vec<&Terms> = terms.into_iter().flatten().collect();
    if !slate.iter().zip(&terms).all(|(entry, terms)| agrees(entry, terms)) {
        return HashCheck::Differs;
    }
    let canonical: Option<Vec<Vec<u8>>> =
        terms.iter().map(|terms| terms.canonical().ok()).collect();
    let Some(canonical) = canonical else { return HashCheck::Differs };
    let withdrawn: Vec<bool> = slate.iter().map(|entry| entry.is(Outcome::Withdrawn)).collect();
    let mut search = Search { head, canonical, withdrawn, tries: TRIES };
    let pending = search.withdrawn.clone();
    match search.reaches(empty_slate_hash(&head.treasury, head.index), 0, pending) {
        true => HashCheck::Matches,
        false if search.tries == 0 => HashCheck::Unknown(
            "too many proposals were withdrawn to find out in which order".to_owned(),
        ),
        false => HashCheck::Differs,
    }
}

/// Whether an entry says of a proposal what its terms say.
fn agrees(entry: &Entry, terms: &Terms) -> bool {
    let action = &terms.action;
    let amount = action.award().map_or(0, |award| award.amount);
    entry.action == u8::from(action.kind())
        && entry.category == action.target()
        && entry.amount == amount
        && entry.recipient_tag == action.subject().map_or([0; 16], tag_of)
}

/// Looks for an order of submissions and withdrawals that leads to the slate hash: accounts do not
/// say when a proposal was withdrawn, only that it was.
struct Search<'a> {
    head: &'a BudgetEpoch,
    canonical: Vec<Vec<u8>>,
    withdrawn: Vec<bool>,
    tries: u32,
}

impl Search<'_> {
    fn reaches(&mut self, hash: [u8; 32], submitted: usize, pending: Vec<bool>) -> bool {
        let Some(left) = self.tries.checked_sub(1) else { return false };
        self.tries = left;
        let (treasury, epoch) = (self.head.treasury, self.head.index);
        if submitted == self.canonical.len() && !pending.contains(&true) {
            return hash == self.head.slate_hash;
        }
        for (at, waits) in pending.iter().enumerate().take(submitted) {
            let Ok(index) = u8::try_from(at) else { return false };
            if *waits {
                let mut rest = pending.clone();
                rest[at] = false;
                let folded = fold_tombstone(&hash, &treasury, epoch, index);
                if self.reaches(folded, submitted, rest) {
                    return true;
                }
            }
        }
        let Some(canonical) = self.canonical.get(submitted) else { return false };
        let Ok(index) = u8::try_from(submitted) else { return false };
        let folded = fold_proposal(&hash, &treasury, epoch, index, canonical);
        self.reaches(folded, submitted + 1, pending)
    }
}

#[cfg(test)]
mod tests {
    use bytemuck::Zeroable;
    use community_budget::state::{Action, AwardTerms};

    use super::*;
    use crate::slate::tests::{ask, epoch};

    fn proposal(index: u8, amount: u64) -> Found<Proposal> {
        let action = Action::Award(AwardTerms {
            category: 0,
            checkpoints: 1,
            recipient: Pubkey::new_from_array([index; 32]),
            amount,
            duration_secs: 86_400,
            cliff_secs: 0,
        });
        let terms = Terms {
            action,
            metadata_hash: [7; 32],
            title: format!("ask {index}"),
            metadata_uri: String::new(),
        };
        let value = Proposal {
            version: 1,
            bump: 255,
            index,
            reserved_flags: [0; 5],
            epoch: Pubkey::default(),
            treasury: Pubkey::default(),
            proposer: Pubkey::default(),
            rent_payer: Pubkey::default(),
            bond: 0,
            submitted_at: 0,
            reserved: [0; 32],
            terms,
        };
        Found { key: Pubkey::new_unique(), value, data: Vec::new() }
    }

    fn slate(proposals: &[Found<Proposal>]) -> Vec<Entry> {
        proposals
            .iter()
            .map(|found| {
                let terms = found.value.terms.award().unwrap();
                Entry {
                    recipient_tag: tag_of(&terms.recipient),
                    ..ask(found.value.index, terms.amount, 0, 0)
                }
            })
            .collect()
    }

    /// The hash after these steps: a submission, or a withdrawal of the entry at the number.
    fn hash(proposals: &[Found<Proposal>], steps: &[Option<u8>]) -> [u8; 32] {
        let treasury = Pubkey::default();
        let mut submitted = 0;
        steps.iter().fold(empty_slate_hash(&treasury, 0), |hash, step| match step {
            Some(index) => fold_tombstone(&hash, &treasury, 0, *index),
            None => {
                let found = &proposals[submitted];
                submitted += 1;
                let canonical = found.value.terms.canonical().unwrap();
                fold_proposal(&hash, &treasury, 0, found.value.index, &canonical)
            }
        })
    }

    #[test]
    fn the_leaf_is_what_the_program_folds() {
        let start = [3; 32];
        let treasury = Pubkey::new_unique();
        let leaf = terms_hash(&treasury, 9, 4, b"terms");
        let folded = fold_proposal(&start, &treasury, 9, 4, b"terms");
        assert_eq!(hashv(&[&start, &leaf]).to_bytes(), folded);
    }

    #[test]
    fn what_the_hash_stands_for_matches_whenever_it_was_withdrawn() {
        let proposals = [proposal(0, 10), proposal(1, 20), proposal(2, 30)];
        let (_, mut head) = epoch();
        let mut entries = slate(&proposals);
        head.slate_hash = hash(&proposals, &[None, None, None]);
        assert_eq!(check_hash(&head, &entries, &proposals), HashCheck::Matches);
        entries[0].outcome = Outcome::Withdrawn.into();
        entries[1].outcome = Outcome::Withdrawn.into();
        for steps in [
            [None, None, None, Some(0), Some(1)],
            [None, None, Some(1), None, Some(0)],
            [None, Some(0), None, Some(1), None],
        ] {
            head.slate_hash = hash(&proposals, &steps);
            assert_eq!(check_hash(&head, &entries, &proposals), HashCheck::Matches, "{steps:?}");
        }
        head.slate_hash = hash(&proposals, &[None, None, None, Some(0)]);
        assert_eq!(check_hash(&head, &entries, &proposals), HashCheck::Differs);
    }

    #[test]
    fn another_term_another_entry_or_a_missing_proposal_is_noticed() {
        let mut proposals = [proposal(0, 10), proposal(1, 20)];
        let (_, mut head) = epoch();
        head.slate_hash = hash(&proposals, &[None, None]);
        let entries = slate(&proposals);
        let closed = check_hash(&head, &entries, &proposals[..1]);
        assert!(matches!(closed, HashCheck::Unknown(_)), "{closed:?}");
        let mut dearer = entries.clone();
        dearer[1].amount = 21;
        assert_eq!(check_hash(&head, &dearer, &proposals), HashCheck::Differs);
        let mut elsewhere = entries.clone();
        elsewhere[1].recipient_tag = [1; 16];
        assert_eq!(check_hash(&head, &elsewhere, &proposals), HashCheck::Differs);
        proposals[1].value.terms.title = "ask 2".to_owned();
        assert_eq!(check_hash(&head, &entries, &proposals), HashCheck::Differs);
    }

    #[test]
    fn too_many_withdrawals_end_the_search() {
        let proposals: Vec<Found<Proposal>> = (0..12).map(|index| proposal(index, 10)).collect();
        let mut head = BudgetEpoch::zeroed();
        head.slate_hash = [1; 32];
        let mut entries = slate(&proposals);
        entries.iter_mut().for_each(|entry| entry.outcome = Outcome::Withdrawn.into());
        let check = check_hash(&head, &entries, &proposals);
        assert!(matches!(check, HashCheck::Unknown(_)), "{check:?}");
    }
}
