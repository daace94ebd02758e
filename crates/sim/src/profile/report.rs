//! From steps to a table.

use std::collections::BTreeMap;

use budget_sim::trace::{Kind, Step};
use solana_program_runtime::solana_sbpf::ebpf::hash_symbol_name;

use super::symbols::Symbols;

/// Calls of the runtime that the program makes.
const SYSCALLS: [&str; 19] = [
    "abort",
    "sol_panic_",
    "sol_log_",
    "sol_log_64_",
    "sol_log_pubkey",
    "sol_log_data",
    "sol_sha256",
    "sol_create_program_address",
    "sol_try_find_program_address",
    "sol_curve_validate_point",
    "sol_invoke_signed_rust",
    "sol_get_clock_sysvar",
    "sol_get_rent_sysvar",
    "sol_get_sysvar",
    "sol_memcpy_",
    "sol_memmove_",
    "sol_memset_",
    "sol_memcmp_",
    "sol_set_return_data",
];

/// What one function costs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Units of its own instructions.
    pub own: u64,
    /// Units of its own and of everything that it calls, the runtime's calls aside.
    pub whole: u64,
    /// How often it was called.
    pub calls: u64,
}

/// Where the units of one transaction went.
pub struct Profile {
    /// By function.
    pub functions: BTreeMap<String, Cost>,
    /// Calls of the runtime by name and calling function.
    pub syscalls: BTreeMap<(String, String), u64>,
    /// Units of the program's own instructions.
    pub steps: u64,
    /// Units of everything.
    pub total: u64,
}

struct Frame {
    name: String,
    entered_at: u64,
}

impl Profile {
    /// Counts `steps` of a call that cost `total` units in all.
    ///
    /// # Errors
    /// One sentence when the symbols are not those of the program that ran.
    pub fn of(steps: &[Step], total: u64, symbols: &Symbols) -> Result<Self, String> {
        let mut profile =
            Self { functions: BTreeMap::new(), syscalls: BTreeMap::new(), steps: 0, total };
        let mut stack: Vec<Frame> = Vec::new();
        let mut entering = true;
        for step in steps {
            if entering {
                if !symbols.begins(step.pc) {
                    return Err(format!("no function begins at instruction {}", step.pc));
                }
                let name = symbols.function(step.pc).unwrap_or_default().to_owned();
                profile.functions.entry(name.clone()).or_default().calls += 1;
                stack.push(Frame { name, entered_at: profile.steps });
                entering = false;
            }
            profile.steps += 1;
            let frame = stack.last().ok_or("the trace goes on behind its end")?;
            profile.functions.entry(frame.name.clone()).or_default().own += 1;
            match step.kind {
                Kind::Plain => {}
                Kind::Call => entering = true,
                Kind::Syscall(hash) => {
                    let key = (syscall(hash), frame.name.clone());
                    *profile.syscalls.entry(key).or_default() += 1;
                }
                Kind::Exit => profile.leave(&mut stack),
            }
        }
        while !stack.is_empty() {
            profile.leave(&mut stack);
        }
        Ok(profile)
    }

    fn leave(&mut self, stack: &mut Vec<Frame>) {
        let Some(Frame { name, entered_at }) = stack.pop() else { return };
        // A recursive call is part of the outermost one.
        if stack.iter().all(|frame| frame.name != name) {
            self.functions.entry(name).or_default().whole += self.steps - entered_at;
        }
    }

    /// The table: the `lines` dearest functions, then the runtime's calls.
    pub fn render(&self, key: &str, lines: usize) -> String {
        let runtime = self.total.saturating_sub(self.steps);
        let mut page = format!(
            "{key}: {} CU, {} in the program's own instructions, {runtime} in the runtime and in \
             programs that it calls\n\n{:>7} {:>7} {:>6}  function\n",
            self.total, self.steps, "own", "whole", "calls"
        );
        let mut rows: Vec<(&String, &Cost)> = self.functions.iter().collect();
        rows.sort_by_key(|(_, cost)| std::cmp::Reverse(cost.own));
        for (name, Cost { own, whole, calls }) in rows.into_iter().take(lines) {
            page += &format!("{own:>7} {whole:>7} {calls:>6}  {name}\n");
        }
        page += &format!("\n{:>6}  call of the runtime, and from where\n", "calls");
        for ((name, from), count) in &self.syscalls {
            page += &format!("{count:>6}  {name} from {from}\n");
        }
        page
    }
}

fn syscall(hash: u32) -> String {
    let known = SYSCALLS.iter().find(|name| hash_symbol_name(name.as_bytes()) == hash);
    known.map_or_else(|| format!("{hash:#x}"), |name| (*name).to_owned())
}
