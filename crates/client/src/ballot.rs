//! Ballots as the program takes them: two bits an entry, four entries a byte.

pub use budget_rules::ballot::Choice;

/// Packs choices per entry index; the later of two choices on one entry counts. Trailing bytes
/// without a choice are left out.
pub fn pack(choices: impl IntoIterator<Item = (u8, Choice)>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (index, choice) in choices {
        let (byte, shift) = (usize::from(index / 4), (index % 4) * 2);
        if bytes.len() <= byte {
            bytes.resize(byte + 1, 0u8);
        }
        bytes[byte] = bytes[byte] & !(0b11 << shift) | u8::from(choice) << shift;
    }
    while bytes.last() == Some(&0) {
        bytes.pop();
    }
    bytes
}

/// Choices of a packed ballot, entries without one left out.
pub fn unpack(bytes: &[u8]) -> Vec<(u8, Choice)> {
    let mut choices = Vec::new();
    for (byte, index) in bytes.iter().zip((0..=u8::MAX).step_by(4)) {
        for slot in 0..4 {
            let choice = Choice::from_low_bits(byte >> (slot * 2));
            if choice != Choice::Unmarked {
                choices.push((index + slot, choice));
            }
        }
    }
    choices
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packing_and_unpacking_are_inverse() {
        let choices = vec![(0, Choice::For), (5, Choice::Abstain), (127, Choice::Against)];
        let packed = pack(choices.clone());
        assert_eq!(packed.len(), 32);
        assert_eq!(unpack(&packed), choices);
    }

    #[test]
    fn the_last_choice_counts_and_empty_tails_vanish() {
        assert_eq!(pack([(9, Choice::For), (9, Choice::Unmarked), (0, Choice::Against)]), [2]);
        assert!(pack([]).is_empty());
    }
}
