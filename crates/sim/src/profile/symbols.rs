//! Names of the program's functions, from the object that its linker made first.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::Path,
};

use object::{Object, ObjectSection, ObjectSymbol, SymbolKind};

/// Bytes of one instruction.
const INSTRUCTION_BYTES: u64 = 8;

/// Functions by the position of their first instruction.
pub struct Symbols {
    starts: BTreeMap<u64, String>,
}

impl Symbols {
    /// Reads the functions of a relocatable object. The program's text is the object's text
    /// sections, one behind the other.
    ///
    /// # Errors
    /// One sentence: the file is missing, is no object, or names no function.
    pub fn read(path: &Path) -> Result<Self, String> {
        let problem = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        let bytes = fs::read(path).map_err(|error| problem(&error))?;
        let file = object::File::parse(&*bytes).map_err(|error| problem(&error))?;
        let mut bases = HashMap::new();
        let mut base = 0;
        for section in file.sections() {
            if section.name().is_ok_and(|name| name.starts_with(".text")) {
                bases.insert(section.index(), base);
                base += section.size();
            }
        }
        let mut starts = BTreeMap::new();
        for symbol in file.symbols().filter(|symbol| symbol.kind() == SymbolKind::Text) {
            let base = symbol.section_index().and_then(|index| bases.get(&index));
            if let (Some(base), Ok(name)) = (base, symbol.name()) {
                let start = (base + symbol.address()) / INSTRUCTION_BYTES;
                starts.insert(start, format!("{:#}", rustc_demangle::demangle(name)));
            }
        }
        if starts.is_empty() {
            return Err(problem(&"the object names no function"));
        }
        Ok(Self { starts })
    }

    /// Name of the function that `pc` lies in.
    pub fn function(&self, pc: u64) -> Option<&str> {
        self.starts.range(..=pc).next_back().map(|(_, name)| name.as_str())
    }

    /// Whether a function begins at `pc`.
    pub fn begins(&self, pc: u64) -> bool {
        self.starts.contains_key(&pc)
    }
}
