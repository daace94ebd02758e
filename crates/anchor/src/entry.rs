//! How the program is entered, and its heap. The only unsafe code of the project.
//!
//! Solana's own entry point makes a list of the accounts on the heap and takes it apart again when
//! the instruction is done; it checks sums that cannot overflow; and its allocator is woven into every
//! place that allocates. Here the list is on the stack and is left there, and allocation is one
//! function: 100 units less for every account, and a fifth of the object. ADR-0010 has the figures.

use std::{
    alloc::{GlobalAlloc, Layout},
    mem::MaybeUninit,
    ptr::null_mut,
    slice,
};

use solana_program_entrypoint::{
    HEAP_LENGTH, HEAP_START_ADDRESS, MAX_PERMITTED_DATA_INCREASE, NON_DUP_MARKER, ProgramResult,
    SUCCESS,
};
use upstream::prelude::{AccountInfo, Pubkey};

/// Most accounts that one instruction may list. A transaction locks no more, but an instruction can
/// list one of them several times; none of this program's has a use for it.
pub const MAX_ACCOUNTS: usize = 64;

/// Reads what the runtime hands over and hands it on.
///
/// # Safety
/// `input` is what the runtime passes to an entry point: accounts, data and program in the loader's
/// serialization, valid for as long as the program runs. Called once, before anything is allocated.
#[inline(always)]
pub unsafe fn run(
    input: *mut u8,
    process: impl for<'a> FnOnce(&'a Pubkey, &'a [AccountInfo<'a>], &'a [u8]) -> ProgramResult,
) -> u64 {
    // SECURITY: the runtime hands over a heap of zeros; its first word becomes the mark.
    #[cfg(target_os = "solana")]
    unsafe {
        *MARK = FIRST;
    }
    let mut accounts = [const { MaybeUninit::<AccountInfo<'_>>::uninit() }; MAX_ACCOUNTS];
    let Some((program_id, count, data)) = (unsafe { read(input, &mut accounts) }) else {
        upstream::solana_program::log::sol_log("An instruction must list at most 64 accounts");
        return upstream::prelude::ProgramError::InvalidArgument.into();
    };
    // SECURITY: the first `count` have been written. Nothing takes them apart: what they point to is
    // the input and the heap, and both end with the instruction.
    let accounts = unsafe { slice::from_raw_parts(accounts.as_ptr().cast(), count) };
    match process(program_id, accounts, data) {
        Ok(()) => SUCCESS,
        Err(error) => error.into(),
    }
}

// ABI: an account in the loader's serialization. Its data is followed by room to grow, filled up to
// a multiple of eight bytes, and a word that nothing reads.
const IS_SIGNER: usize = 1;
const IS_WRITABLE: usize = 2;
const IS_EXECUTABLE: usize = 3;
const ORIGINAL_LENGTH: usize = 4;
const KEY: usize = 8;
const OWNER: usize = 40;
const LAMPORTS: usize = 72;
const DATA_LENGTH: usize = 80;
const DATA: usize = 88;
const WORD: usize = 8;

/// Reads accounts, data and program, and returns program, number of accounts and data; nothing when
/// the instruction lists more accounts than there is room for.
///
/// # Safety
/// As [`run`].
#[inline(always)]
#[allow(clippy::arithmetic_side_effects, clippy::as_conversions)]
pub unsafe fn read<'a>(
    input: *mut u8,
    accounts: &mut [MaybeUninit<AccountInfo<'a>>; MAX_ACCOUNTS],
) -> Option<(&'a Pubkey, usize, &'a [u8])> {
    // SECURITY: every place that is read lies where the loader's serialization has it, and is
    // aligned: the input begins on a page, and every part fills whole words.
    unsafe {
        let count = *input.cast::<u64>() as usize;
        if count > MAX_ACCOUNTS {
            return None;
        }
        let mut at = input.add(WORD);
        for index in 0..count {
            if *at != NON_DUP_MARKER {
                // The same account as an earlier one.
                let first = accounts.get_unchecked(usize::from(*at)).assume_init_ref();
                let again = first.clone();
                accounts.get_unchecked_mut(index).write(again);
                at = at.add(WORD);
                continue;
            }
            let length = *at.add(DATA_LENGTH).cast::<u64>() as usize;
            // `resize` measures by this how far data may grow.
            *at.add(ORIGINAL_LENGTH).cast::<u32>() = length as u32;
            let account = AccountInfo::new(
                &*at.add(KEY).cast(),
                *at.add(IS_SIGNER).cast::<bool>(),
                *at.add(IS_WRITABLE).cast::<bool>(),
                &mut *at.add(LAMPORTS).cast(),
                slice::from_raw_parts_mut(at.add(DATA), length),
                &*at.add(OWNER).cast(),
                *at.add(IS_EXECUTABLE).cast::<bool>(),
            );
            accounts.get_unchecked_mut(index).write(account);
            let filled = (length + (WORD - 1)) & !(WORD - 1);
            at = at.add(DATA + MAX_PERMITTED_DATA_INCREASE + WORD + filled);
        }
        let length = *at.cast::<u64>() as usize;
        let data = slice::from_raw_parts(at.add(WORD), length);
        Some((&*at.add(WORD + length).cast(), count, data))
    }
}

/// The heap: given out from the start on and never taken back.
pub struct Heap;

/// First word of the heap: how far it has been given out, from its start.
const MARK: *mut usize = HEAP_START_ADDRESS as *mut usize;
#[cfg(target_os = "solana")]
const FIRST: usize = WORD;

// SECURITY: every block lies behind the ones before it and within the heap, is aligned, and is used
// once; the program runs on one thread.
unsafe impl GlobalAlloc for Heap {
    #[inline(never)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let align = layout.align();
        let given = unsafe { *MARK };
        // An alignment is a power of two, and what was given is less than the heap.
        let start = given.wrapping_add(align).wrapping_sub(1) & align.wrapping_neg();
        let end = start.wrapping_add(layout.size());
        // No size is negative, so an end beyond the address space cannot come back below the limit.
        if end > HEAP_LENGTH {
            return null_mut();
        }
        unsafe { *MARK = end };
        MARK.cast::<u8>().wrapping_add(start)
    }

    #[inline(always)]
    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}

    // The heap is full of zeros, and no part of it is used twice.
    #[inline(always)]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        unsafe { self.alloc(layout) }
    }
}

/// Declares the entry point of a program, with its heap and its panic handler, as Solana's macro of
/// that name does.
#[macro_export]
macro_rules! lean_entrypoint {
    ($process:ident) => {
        /// # Safety
        /// For the runtime only.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn entrypoint(input: *mut u8) -> u64 {
            unsafe { $crate::entry::run(input, $process) }
        }

        #[cfg(target_os = "solana")]
        #[global_allocator]
        static HEAP: $crate::entry::Heap = $crate::entry::Heap;

        $crate::entry::custom_panic_default!();
    };
}

pub use solana_program_entrypoint::custom_panic_default;
