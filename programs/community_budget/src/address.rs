//! The search for a program address, at a third of the runtime's price.
//!
//! The runtime's `sol_try_find_program_address` costs 1,500 compute units for every bump that it
//! tries, and how many it must try is luck. A bump costs some 370 when the program hashes the seeds
//! itself and asks the runtime only whether the result is a point of the curve.

use anchor_lang::prelude::Pubkey;

/// Address of `owner`'s associated account for `mint` under `token_program`.
pub fn associated(owner: &Pubkey, mint: &Pubkey, token_program: &Pubkey) -> Pubkey {
    let seeds = [owner.as_ref(), token_program.as_ref(), mint.as_ref()];
    find(&seeds, &anchor_spl::associated_token::ID).0
}

#[cfg(not(target_os = "solana"))]
pub fn find(seeds: &[&[u8]], program: &Pubkey) -> (Pubkey, u8) {
    Pubkey::find_program_address(seeds, program)
}

#[cfg(any(target_os = "solana", test))]
mod on_chain {
    use anchor_lang::prelude::Pubkey;
    // The crate of the runtime's own calls; later versions ask to be told that they may change.
    #[allow(deprecated)]
    use solana_curve25519::edwards::{PodEdwardsPoint, validate_edwards};
    use solana_sha256_hasher::hashv;

    /// What the runtime appends to the seeds.
    const MARKER: &[u8] = b"ProgramDerivedAddress";

    /// The canonical address of `seeds` under `program`, and its bump.
    // SECURITY: the canonical bump is the first, from 255 down, whose hash is no point of the curve.
    // Any other order, or a bump that the caller chooses, would let one voter have two vote records.
    // No address of this program lacks a bump: that has the odds of 256 heads in a row.
    #[allow(deprecated)]
    #[inline(never)]
    pub fn find(seeds: &[&[u8]], program: &Pubkey) -> (Pubkey, u8) {
        let mut bump = u8::MAX;
        loop {
            let hash = hash(seeds, &[bump], program.as_ref());
            if !validate_edwards(&PodEdwardsPoint(hash)) || bump == 0 {
                return (Pubkey::new_from_array(hash), bump);
            }
            bump = bump.saturating_sub(1);
        }
    }

    /// The hash of what an address is made from. Written out by the number of seeds, because putting
    /// a list together costs as much as hashing it.
    fn hash(seeds: &[&[u8]], bump: &[u8], program: &[u8]) -> [u8; 32] {
        let hash = match seeds {
            [first, second] => hashv(&[first, second, bump, program, MARKER]),
            [first, second, third] => hashv(&[first, second, third, bump, program, MARKER]),
            _ => {
                let parts: Vec<&[u8]> =
                    seeds.iter().copied().chain([bump, program, MARKER]).collect();
                hashv(&parts)
            }
        };
        hash.to_bytes()
    }
}

#[cfg(target_os = "solana")]
pub use on_chain::find;

#[cfg(test)]
mod tests {
    use super::{Pubkey, on_chain};

    #[test]
    fn the_search_finds_what_the_runtime_finds() {
        let program = crate::ID;
        for number in 0u32..2_000 {
            let key = solana_sha256_hasher::hash(&number.to_le_bytes()).to_bytes();
            let other = solana_sha256_hasher::hash(&key).to_bytes();
            let index = number.to_le_bytes();
            let cases: [&[&[u8]]; 3] =
                [&[b"stake", &key, &other], &[b"vault", &key], &[b"epoch", &key, &index]];
            for seeds in cases {
                let expected = Pubkey::find_program_address(seeds, &program);
                assert_eq!(on_chain::find(seeds, &program), expected);
            }
        }
    }
}
