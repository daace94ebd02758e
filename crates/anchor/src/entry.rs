//! How the program is entered, and its heap. The only unsafe code of the project.
//!
//! Solana's own entry point makes a list of the accounts on the heap and takes it apart again when
//! the instruction is done, and its allocator is woven into every place that allocates. Here the
//! list is on the stack and is left there, and allocation is one function: 60 units less for every
//! account, and a fifth of the object. ADR-0010 has the figures.

use std::{
    alloc::{GlobalAlloc, Layout},
    mem::MaybeUninit,
    ptr::null_mut,
    slice,
};

use solana_program_entrypoint::{
    HEAP_LENGTH, HEAP_START_ADDRESS, ProgramResult, SUCCESS, deserialize_into,
};
use upstream::prelude::{AccountInfo, Pubkey};

/// Most accounts that a transaction can hand over.
const MAX_ACCOUNTS: usize = 64;

/// Reads what the runtime hands over and hands it on.
///
/// # Safety
/// `input` is what the runtime passes to an entry point: accounts, data and program in the loader's
/// serialization, valid for as long as the program runs.
#[inline(always)]
pub unsafe fn run(
    input: *mut u8,
    process: impl for<'a> FnOnce(&'a Pubkey, &'a [AccountInfo<'a>], &'a [u8]) -> ProgramResult,
) -> u64 {
    let mut accounts = [const { MaybeUninit::<AccountInfo<'_>>::uninit() }; MAX_ACCOUNTS];
    // SECURITY: Solana's own reading of the input, which refuses more accounts than fit.
    let (program_id, count, data) = unsafe { deserialize_into(input, &mut accounts) };
    // SECURITY: it has written the first `count` of them. Nothing takes them apart: what they point
    // to is the input and the heap, and both end with the instruction.
    let accounts = unsafe { slice::from_raw_parts(accounts.as_ptr().cast(), count) };
    match process(program_id, accounts, data) {
        Ok(()) => SUCCESS,
        Err(error) => error.into(),
    }
}

/// The heap: memory that the runtime hands over filled with zeros, given out from the start on and
/// never taken back.
pub struct Heap;

/// Where the heap's first word is, which counts the bytes given out behind it.
const COUNT: u64 = HEAP_START_ADDRESS;
const FIRST: usize = 8;

// SECURITY: every block lies behind the ones before it and within the heap, is aligned, and is used
// once; the program runs on one thread.
unsafe impl GlobalAlloc for Heap {
    #[inline(never)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let count = COUNT as *mut usize;
        let used = unsafe { *count };
        let mask = layout.align().wrapping_sub(1);
        let start = (used.wrapping_add(FIRST).wrapping_add(mask)) & !mask;
        let end = start.wrapping_add(layout.size());
        if end > HEAP_LENGTH || end < start {
            return null_mut();
        }
        unsafe { *count = end.wrapping_sub(FIRST) };
        (COUNT as usize).wrapping_add(start) as *mut u8
    }

    #[inline(always)]
    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}

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
