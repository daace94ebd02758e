//! Ballots as they travel and as records keep them.

use budget_client::ballot::{Choice, pack, unpack};
use serde_json::Value;

use crate::{Section, dice::Dice, json::hex, object};

pub fn sections() -> Vec<Section> {
    let mut dice = Dice::new(16);
    let mut all = vec![
        vec![],
        vec![(0, 1)],
        vec![(3, 3), (4, 2)],
        vec![(127, 2)],
        vec![(255, 3)],
        vec![(9, 1), (9, 0), (0, 2)],
        (0..128).map(|index| (index, index % 4)).collect(),
    ];
    all.extend((0..8).map(|_| {
        let marks = dice.upto(20);
        (0..marks).map(|_| (dice.small(127u8), dice.small(3u8))).collect()
    }));
    let cases = all.into_iter().map(case).collect();
    vec![Section::new("ballots", cases)]
}

fn case(marks: Vec<(u8, u8)>) -> Value {
    let choices = marks.iter().map(|(index, bits)| (*index, Choice::from_low_bits(*bits)));
    let packed = pack(choices);
    let unpacked: Vec<[u8; 2]> =
        unpack(&packed).into_iter().map(|(index, choice)| [index, choice.into()]).collect();
    let marks: Vec<[u8; 2]> = marks.into_iter().map(|(index, bits)| [index, bits]).collect();
    object! { marks: marks, packed: hex(&packed), unpacked: unpacked }
}
