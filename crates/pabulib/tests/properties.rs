//! No input makes the reader panic, and every error points into its input.

use pabulib::{Error, parse};
use proptest::prelude::*;

const VALID: &str = "\u{feff}META\nkey;value\ndescription;\"a \"\"b\"\"; ł\"\nbudget;1000.50\n\
    vote_type;approval\nnum_projects;3\nnum_votes;2\nPROJECTS;;\n\
    project_id;cost;category;votes;name;selected\nA;10;x,y;2;\"\"\"Ł\"\"\";1\nB;20,5;;1;b;0\n\
    \"\"\"q\"\"\";7;;1;q;\nVOTES\r\nvoter_id;age;vote\r\nv1;30;A,B\r\nv2;;\"A,\"\"q\"\"\"\n";

/// Pieces that steer towards the places where reading branches.
const PIECES: &[&str] = &[
    "",
    "\"",
    "\"\"",
    ";",
    ",",
    "\n",
    "\r\n",
    "\r",
    " ",
    "\u{a0}",
    "ł",
    "\u{feff}",
    "META\n",
    "PROJECTS\n",
    "VOTES\n",
    "key;value\n",
    "-",
    ".",
    "0",
    "99999999999999999999",
    "A",
    "v1",
    "\nvote_type;\n",
    "\nA;1;;;;;\n",
];

/// Asserts that parsing ends, and that an error's place is in the input or right after a line.
fn assert_sound(input: &[u8]) {
    let Err(Error { line, column, kind }) = parse(input) else {
        return;
    };
    let lines: Vec<&[u8]> = input.split(|byte| *byte == b'\n').collect();
    assert!((1..=lines.len()).contains(&line), "{line}: {kind}");
    let characters = String::from_utf8_lossy(lines[line - 1]).chars().count();
    assert!((1..=characters + 1).contains(&column), "{column}: {kind}");
}

#[test]
fn the_valid_file_parses() {
    let election = parse(VALID).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(election.votes_per_project(), [2, 1, 1]);
}

#[test]
fn every_prefix_is_sound() {
    for end in 0..VALID.len() {
        assert_sound(&VALID.as_bytes()[..end]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        assert_sound(&bytes);
    }

    #[test]
    fn any_pieces(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60)) {
        assert_sound(pieces.concat().as_bytes());
    }

    #[test]
    fn a_valid_file_with_pieces_put_over_it(
        changes in prop::collection::vec(
            (any::<prop::sample::Index>(), 0_usize..12, prop::sample::select(PIECES)),
            1..5,
        ),
    ) {
        let mut bytes = VALID.as_bytes().to_vec();
        for (place, removed, piece) in changes {
            let start = place.index(bytes.len() + 1);
            let end = (start + removed).min(bytes.len());
            bytes.splice(start..end, piece.bytes());
        }
        assert_sound(&bytes);
    }

    #[test]
    fn a_valid_file_with_bytes_changed(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = VALID.as_bytes().to_vec();
        for (place, byte) in changes {
            let index = place.index(bytes.len());
            bytes[index] = byte;
        }
        assert_sound(&bytes);
    }

    #[test]
    fn amounts_read_back(cents in 1_u64..) {
        let text = VALID.replace("1000.50", &format!("{}.{:02}", cents / 100, cents % 100));
        prop_assert_eq!(parse(text).expect("a valid amount").budget_cents, cents);
    }
}
