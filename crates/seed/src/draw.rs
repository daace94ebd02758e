//! Numbers and keys that follow from words: the same on every machine, and no secret anywhere.

use solana_keypair::Keypair;
use solana_sha256_hasher::hashv;

/// Tells this program's draws and keys from anything else that hashes words.
const DOMAIN: &[u8] = b"community-budget:development-only:open-harbour";

/// 32 bytes that follow from words.
fn bytes(words: &[&str]) -> [u8; 32] {
    let mut parts = vec![DOMAIN];
    for word in words {
        parts.push(b"/");
        parts.push(word.as_bytes());
    }
    hashv(&parts).to_bytes()
}

/// A number that follows from words.
pub fn number(words: &[&str]) -> u64 {
    let bytes = bytes(words);
    u64::from_le_bytes(std::array::from_fn(|index| bytes[index]))
}

/// A number below `limit` that follows from words; 0 when the limit is 0.
pub fn below(limit: u64, words: &[&str]) -> u64 {
    // Of 64 bits, the bias of a remainder below any limit used here is beyond notice.
    number(words).checked_rem(limit).unwrap_or(0)
}

/// A key that follows from words. Everybody can derive it: it protects nothing.
pub fn keypair(words: &[&str]) -> Keypair {
    let mut key = vec!["key"];
    key.extend_from_slice(words);
    Keypair::new_from_array(bytes(&key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use solana_signer::Signer;

    #[test]
    fn words_decide_and_nothing_else() {
        assert_eq!(number(&["a", "b"]), number(&["a", "b"]));
        assert_ne!(number(&["a", "b"]), number(&["a", "c"]));
        assert_ne!(number(&["ab"]), number(&["a", "b"]));
        assert_eq!(below(0, &["a"]), 0);
        assert!((0..100).all(|index: u32| below(7, &[&index.to_string()]) < 7));
        // Addresses that demos and documents may name.
        assert_eq!(keypair(&["founder"]).pubkey(), keypair(&["founder"]).pubkey());
        assert_ne!(keypair(&["founder"]).pubkey(), keypair(&["guardian"]).pubkey());
    }
}
