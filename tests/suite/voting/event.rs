//! Events, read out of a transaction's log.

use anchor_lang::{AnchorDeserialize, Discriminator};
use budget_tests::Landed;

/// The one event that a transaction left in its log.
pub fn event<T: AnchorDeserialize + Discriminator>(landed: &Landed) -> T {
    let lines = landed.logs.iter().filter_map(|line| line.strip_prefix("Program data: "));
    let [line] = lines.collect::<Vec<_>>().try_into().expect("one event");
    let bytes = from_base64(line);
    let body = bytes.strip_prefix(T::DISCRIMINATOR).expect("the event is of another kind");
    T::try_from_slice(body).expect("the event has all its fields and no more")
}

fn from_base64(text: &str) -> Vec<u8> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        let digit = DIGITS.iter().position(|own| *own == byte).expect("a base64 digit");
        bits = bits << 6 | u32::try_from(digit).unwrap();
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).unwrap());
        }
    }
    bytes
}
