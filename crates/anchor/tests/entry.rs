//! The reading of what the runtime hands over, beside Solana's own.
//!
//! read
//! ├── accounts, data and program ............... as Solana's own reading has them
//! ├── an account given again ................... shares lamports and data with the first
//! ├── data that grows .......................... within the room that the original length leaves
//! ├── no account at all ........................ data and program all the same
//! └── more accounts than a transaction has ..... a panic, nothing read

use std::mem::MaybeUninit;

use anchor_lang::{
    entry::{MAX_ACCOUNTS, read},
    prelude::{AccountInfo, Pubkey},
};
use solana_program_entrypoint::{MAX_PERMITTED_DATA_INCREASE, deserialize};

/// One account as the loader writes it: new, or the same as an earlier one.
enum Written {
    New { key: [u8; 32], owner: [u8; 32], lamports: u64, data: Vec<u8>, marks: [bool; 3] },
    Again(u8),
}

/// The loader's serialization, in memory that is aligned as the runtime's is.
fn serialize(accounts: &[Written], data: &[u8], program: &[u8; 32]) -> Vec<u64> {
    let mut bytes = Vec::new();
    bytes.extend(u64::try_from(accounts.len()).unwrap().to_le_bytes());
    for account in accounts {
        match account {
            Written::Again(index) => bytes.extend([*index, 0, 0, 0, 0, 0, 0, 0]),
            Written::New { key, owner, lamports, data, marks } => {
                bytes.push(u8::MAX);
                bytes.extend(marks.map(u8::from));
                bytes.extend([0; 4]);
                bytes.extend(key);
                bytes.extend(owner);
                bytes.extend(lamports.to_le_bytes());
                bytes.extend(u64::try_from(data.len()).unwrap().to_le_bytes());
                bytes.extend(data);
                bytes.resize(bytes.len() + MAX_PERMITTED_DATA_INCREASE, 0);
                bytes.resize(bytes.len().next_multiple_of(8), 0);
                bytes.extend(u64::MAX.to_le_bytes());
            }
        }
    }
    bytes.extend(u64::try_from(data.len()).unwrap().to_le_bytes());
    bytes.extend(data);
    bytes.extend(program);
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    bytes.chunks(8).map(|word| u64::from_ne_bytes(word.try_into().unwrap())).collect()
}

fn with_read<T>(
    input: &mut [u64],
    look: impl FnOnce(&Pubkey, &[AccountInfo<'_>], &[u8]) -> T,
) -> T {
    let mut accounts = [const { MaybeUninit::<AccountInfo<'_>>::uninit() }; MAX_ACCOUNTS];
    let read = unsafe { read(input.as_mut_ptr().cast(), &mut accounts) };
    let (program, count, data) = read.expect("there is room for every account");
    let listed: Vec<AccountInfo<'_>> =
        accounts[..count].iter().map(|account| unsafe { account.assume_init_read() }).collect();
    look(program, &listed, data)
}

fn pseudo_random(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

fn some_account(state: &mut u64, index: usize) -> Written {
    if index > 0 && pseudo_random(state).is_multiple_of(4) {
        let earlier = pseudo_random(state) % u64::try_from(index).unwrap();
        return Written::Again(u8::try_from(earlier).unwrap());
    }
    let mut byte = || u8::try_from(pseudo_random(state) % 256).unwrap();
    let (key, owner) = ([byte(); 32], [byte(); 32]);
    let marks = [byte() % 2 == 0, byte() % 2 == 0, byte() % 2 == 0];
    let length = usize::from(byte()) * usize::from(byte() % 5);
    let data = (0..length).map(|_| byte()).collect();
    Written::New { key, owner, lamports: pseudo_random(state), data, marks }
}

#[test]
fn it_reads_what_solanas_own_reading_reads() {
    let mut state = 7;
    for round in 0..300 {
        let count = usize::try_from(pseudo_random(&mut state) % 65).unwrap();
        let accounts: Vec<Written> =
            (0..count).map(|index| some_account(&mut state, index)).collect();
        let data: Vec<u8> = (0..round).map(|byte: u32| byte.to_le_bytes()[0]).collect();
        let mut input = serialize(&accounts, &data, &[9; 32]);
        let mut again = input.clone();
        let (program, expected, expected_data) = unsafe { deserialize(again.as_mut_ptr().cast()) };
        with_read(&mut input, |read_program, read, read_data| {
            assert_eq!((read_program, read_data), (program, expected_data));
            assert_eq!(read.len(), expected.len());
            for (read, expected) in read.iter().zip(&expected) {
                assert_eq!((read.key, read.owner), (expected.key, expected.owner));
                assert_eq!(read.lamports(), expected.lamports());
                assert_eq!(*read.data.borrow(), *expected.data.borrow());
                assert_eq!(
                    (read.is_signer, read.is_writable, read.executable),
                    (expected.is_signer, expected.is_writable, expected.executable)
                );
            }
        });
        // What is written back for `resize` is the same, too.
        assert_eq!(input, again);
    }
}

fn plain(data: Vec<u8>) -> Written {
    Written::New { key: [1; 32], owner: [2; 32], lamports: 5, data, marks: [true, true, false] }
}

#[test]
fn an_account_given_again_is_the_same_account() {
    let mut input = serialize(&[plain(vec![0; 3]), Written::Again(0)], &[], &[9; 32]);
    with_read(&mut input, |_, accounts, _| {
        **accounts[0].lamports.borrow_mut() = 77;
        accounts[1].data.borrow_mut()[2] = 8;
        assert_eq!(accounts[1].lamports(), 77);
        assert_eq!(accounts[0].data.borrow()[2], 8);
        assert!(accounts[0].data.try_borrow_mut().is_ok());
        let _held = accounts[1].data.borrow_mut();
        assert!(accounts[0].data.try_borrow_mut().is_err());
    });
}

#[test]
fn data_grows_within_its_room() {
    for length in [0, 1, 7, 8, 9, 100] {
        let accounts = [plain(vec![6; length]), plain(vec![4; 5])];
        let mut input = serialize(&accounts, &[3, 2, 1], &[9; 32]);
        with_read(&mut input, |_, accounts, data| {
            let grown = length + MAX_PERMITTED_DATA_INCREASE;
            assert!(accounts[0].resize(grown + 1).is_err());
            accounts[0].resize(grown).unwrap();
            accounts[0].data.borrow_mut().fill(0xEE);
            assert_eq!(*accounts[1].data.borrow(), [4; 5]);
            assert_eq!((accounts[1].lamports(), data), (5, &[3, 2, 1][..]));
        });
    }
}

#[test]
fn without_accounts_data_and_program_are_read() {
    let mut input = serialize(&[], &[1, 2, 3], &[9; 32]);
    with_read(&mut input, |program, accounts, data| {
        assert_eq!((program.to_bytes(), accounts.len(), data), ([9; 32], 0, &[1, 2, 3][..]));
    });
}

#[test]
fn more_accounts_than_there_is_room_for_are_not_read() {
    let accounts: Vec<Written> = (0..65).map(|_| plain(Vec::new())).collect();
    let mut input = serialize(&accounts, &[], &[9; 32]);
    let mut room = [const { MaybeUninit::<AccountInfo<'_>>::uninit() }; MAX_ACCOUNTS];
    assert!(unsafe { read(input.as_mut_ptr().cast(), &mut room) }.is_none());
}
