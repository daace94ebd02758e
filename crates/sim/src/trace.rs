//! Every instruction of the virtual machine that the program executes, for profiles.

use std::sync::{Arc, Mutex, PoisonError};

use litesvm::{InvocationInspectCallback, LiteSVM};
use solana_program_runtime::invoke_context::{Executable, InvokeContext, RegisterTrace};
use solana_program_runtime::solana_sbpf::ebpf;
use solana_transaction::sanitized::SanitizedTransaction;
use solana_transaction_context::{IndexOfAccount, instruction::InstructionContext};

/// Register that holds the program counter in a trace.
const PROGRAM_COUNTER: usize = 11;

/// One executed instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Position in the program's text, in instructions.
    pub pc: u64,
    /// What it does to the flow.
    pub kind: Kind,
}

/// What an instruction does to the flow of control.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Goes on within its function.
    Plain,
    /// Calls a function of the program.
    Call,
    /// Calls the runtime; the hash of the call's name.
    Syscall(u32),
    /// Returns.
    Exit,
}

/// Keeps the steps of the last transaction's calls of the program, in order.
#[derive(Clone, Default)]
pub struct Recorder {
    steps: Arc<Mutex<Vec<Step>>>,
}

impl Recorder {
    /// Takes what was recorded since the last call.
    pub fn take(&self) -> Vec<Step> {
        std::mem::take(&mut *self.steps.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn record(&self, executable: &Executable, trace: RegisterTrace<'_>) {
        let (_, text) = executable.get_text_bytes();
        let mut steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        for registers in trace {
            let pc = registers[PROGRAM_COUNTER];
            let at = usize::try_from(pc).expect("a program fits into memory");
            let instruction = ebpf::get_insn(text, at);
            let kind = match (instruction.opc, instruction.src) {
                (ebpf::CALL_IMM, 0) => {
                    let low = instruction.imm & i64::from(u32::MAX);
                    Kind::Syscall(u32::try_from(low).expect("the high half is masked"))
                }
                (ebpf::CALL_IMM | ebpf::CALL_REG, _) => Kind::Call,
                (ebpf::EXIT, _) => Kind::Exit,
                _ => Kind::Plain,
            };
            steps.push(Step { pc, kind });
        }
    }
}

impl InvocationInspectCallback for Recorder {
    fn before_invocation(
        &self,
        _: &LiteSVM,
        _: &SanitizedTransaction,
        _: &[IndexOfAccount],
        _: &mut InvokeContext<'_, '_>,
        _: bool,
    ) {
        self.take();
    }

    fn after_invocation(
        &self,
        _: &LiteSVM,
        _: &SanitizedTransaction,
        _: &[IndexOfAccount],
        context: &InvokeContext<'_, '_>,
        _: bool,
    ) {
        context.iterate_vm_traces(&|instruction: InstructionContext<'_, '_>,
                                    executable: &Executable,
                                    trace: RegisterTrace<'_>| {
            if instruction.get_program_key().is_ok_and(|key| *key == community_budget::ID) {
                self.record(executable, trace);
            }
        });
    }
}

/// The object with a table of sections behind it, which is all that a virtual machine that records
/// asks for beyond what others do; it may be empty but for its own name.
pub fn with_sections(mut object: Vec<u8>) -> Vec<u8> {
    const NAMES: &[u8; 16] = b"\0.shstrtab\0\0\0\0\0\0";
    const STRING_TABLE: u32 = 3;
    // Where the file header holds the table's place, its entries' size and number, and the entry
    // that names the others (ELF-64).
    const PLACE: usize = 40;
    const SIZE: usize = 58;
    const COUNT: usize = 60;
    const NAMED_BY: usize = 62;
    let wide = |at: usize| u64::try_from(at).expect("an object fits into memory").to_le_bytes();
    object.resize(object.len().next_multiple_of(8), 0);
    let names_at = object.len();
    object.extend_from_slice(NAMES);
    let table_at = object.len();
    object.extend_from_slice(&[0; 64]);
    let mut names = [0; 64];
    names[..4].copy_from_slice(&1u32.to_le_bytes());
    names[4..8].copy_from_slice(&STRING_TABLE.to_le_bytes());
    names[24..32].copy_from_slice(&wide(names_at));
    names[32..40].copy_from_slice(&wide(NAMES.len()));
    object.extend_from_slice(&names);
    object[PLACE..PLACE + 8].copy_from_slice(&wide(table_at));
    for (at, value) in [(SIZE, 64u16), (COUNT, 2), (NAMED_BY, 1)] {
        object[at..at + 2].copy_from_slice(&value.to_le_bytes());
    }
    object
}
