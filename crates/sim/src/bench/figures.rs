//! The committed figures: `bench/compute.json`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::probe::{Sample, Samples};

/// Key of the object's size in the file.
pub const PROGRAM_SIZE: &str = "program/size";

/// Figures of one instruction in one variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Compute units over all address sets.
    pub cu_min: u64,
    /// The upper one of the two middle samples, if their number is even.
    pub cu_median: u64,
    /// Compute units over all address sets.
    pub cu_max: u64,
    /// Bytes of the transaction.
    pub tx_bytes: u64,
    /// Distinct account keys, programs included.
    pub accounts: u64,
    /// Writable account keys, fee payer included.
    pub write_locks: u64,
}

/// Field names in the order of the file, which is the alphabet's.
const FIELDS: [&str; 6] = ["accounts", "cu_max", "cu_median", "cu_min", "tx_bytes", "write_locks"];

impl Row {
    fn of(samples: &[Sample]) -> Self {
        let mut units: Vec<u64> = samples.iter().map(|sample| sample.cu).collect();
        units.sort_unstable();
        let largest = |of: fn(&Sample) -> u64| samples.iter().map(of).max().unwrap_or(0);
        Self {
            cu_min: units[0],
            cu_median: units[units.len() / 2],
            cu_max: units[units.len() - 1],
            tx_bytes: largest(|sample| sample.tx_bytes),
            accounts: largest(|sample| sample.accounts),
            write_locks: largest(|sample| sample.write_locks),
        }
    }

    fn values(&self) -> [u64; 6] {
        [self.accounts, self.cu_max, self.cu_median, self.cu_min, self.tx_bytes, self.write_locks]
    }

    fn from_values(values: [u64; 6]) -> Self {
        let [accounts, cu_max, cu_median, cu_min, tx_bytes, write_locks] = values;
        Self { cu_min, cu_median, cu_max, tx_bytes, accounts, write_locks }
    }
}

/// Everything measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// By `<instruction>/<variant>`.
    pub rows: BTreeMap<String, Row>,
    /// Bytes of the program's object.
    pub program_size: u64,
}

impl Figures {
    /// Figures of samples.
    pub fn of(samples: &Samples, program_size: u64) -> Self {
        let rows = samples.iter().map(|(key, samples)| (key.clone(), Row::of(samples))).collect();
        Self { rows, program_size }
    }

    /// The row at `key`.
    ///
    /// # Panics
    /// When there is none.
    pub fn row(&self, key: &str) -> &Row {
        self.rows.get(key).unwrap_or_else(|| panic!("bench/compute.json lacks `{key}`"))
    }

    /// The file's text: indented, keys sorted, a line's end at the end.
    ///
    /// # Panics
    /// Never: numbers and texts always have a JSON form.
    pub fn to_json(&self) -> String {
        let mut rows: BTreeMap<String, Value> = BTreeMap::new();
        for (key, row) in &self.rows {
            let fields = FIELDS.iter().zip(row.values());
            let object: Map<String, Value> =
                fields.map(|(name, value)| ((*name).to_owned(), value.into())).collect();
            rows.insert(key.clone(), object.into());
        }
        rows.insert(PROGRAM_SIZE.to_owned(), self.program_size.into());
        serde_json::to_string_pretty(&rows).expect("numbers have a JSON form") + "\n"
    }

    /// Reads the file's text.
    ///
    /// # Errors
    /// A sentence that names what is wrong.
    pub fn from_json(text: &str) -> Result<Self, String> {
        let file: BTreeMap<String, Value> =
            serde_json::from_str(text).map_err(|error| format!("not a JSON object: {error}"))?;
        let mut rows = BTreeMap::new();
        let mut program_size = None;
        for (key, value) in file {
            if key == PROGRAM_SIZE {
                program_size = value.as_u64();
                continue;
            }
            let object = value.as_object().filter(|object| object.len() == FIELDS.len());
            let values = FIELDS.map(|name| object.and_then(|object| object.get(name)?.as_u64()));
            if values.contains(&None) {
                return Err(format!("`{key}` must have the numbers {}", FIELDS.join(", ")));
            }
            rows.insert(key, Row::from_values(values.map(Option::unwrap_or_default)));
        }
        let program_size = program_size.ok_or(format!("`{PROGRAM_SIZE}` must be a number"))?;
        Ok(Self { rows, program_size })
    }

    /// One sentence for every way in which `fresh` is worse than these figures by more than 1 %,
    /// or measures something else.
    pub fn regressions(&self, fresh: &Self) -> Vec<String> {
        let mut found = Vec::new();
        for key in self.rows.keys().filter(|key| !fresh.rows.contains_key(*key)) {
            found.push(format!("{key}: committed, but no longer measured"));
        }
        for (key, row) in &fresh.rows {
            let Some(old) = self.rows.get(key) else {
                found.push(format!("{key}: measured, but not committed"));
                continue;
            };
            let grown: Vec<String> = [
                ("cu_median", old.cu_median, row.cu_median),
                ("cu_max", old.cu_max, row.cu_max),
                ("tx_bytes", old.tx_bytes, row.tx_bytes),
                ("accounts", old.accounts, row.accounts),
                ("write_locks", old.write_locks, row.write_locks),
            ]
            .into_iter()
            .filter(|(_, old, new)| has_grown(*old, *new))
            .map(|(name, old, new)| format!("{name} {old} -> {new}"))
            .collect();
            if !grown.is_empty() {
                found.push(format!("{key}: {}", grown.join(", ")));
            }
        }
        if has_grown(self.program_size, fresh.program_size) {
            found.push(format!("{PROGRAM_SIZE}: {} -> {}", self.program_size, fresh.program_size));
        }
        found
    }
}

/// Whether `new` exceeds `old` by more than 1 %.
fn has_grown(old: u64, new: u64) -> bool {
    u128::from(new) * 100 > u128::from(old) * 101
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(cu: u64, size: u64) -> Figures {
        let row =
            Row { cu_min: cu, cu_median: cu, cu_max: cu, tx_bytes: 9, accounts: 3, write_locks: 2 };
        Figures { rows: [("stake/spl".to_owned(), row)].into(), program_size: size }
    }

    #[test]
    fn the_file_reads_back_as_it_was_written() {
        let figures = figures(1_000, 77);
        let text = figures.to_json();
        assert_eq!(Figures::from_json(&text), Ok(figures));
        assert!(text.ends_with("}\n"));
    }

    #[test]
    fn a_row_that_lacks_a_number_is_refused() {
        let text = figures(1, 1).to_json().replace("cu_min", "cu_least");
        assert!(Figures::from_json(&text).unwrap_err().contains("stake/spl"));
    }

    #[test]
    fn growth_up_to_one_percent_passes_and_the_next_unit_does_not() {
        let committed = figures(1_000, 1_000);
        assert!(committed.regressions(&figures(1_010, 1_010)).is_empty());
        assert!(committed.regressions(&figures(1, 1)).is_empty());
        assert_eq!(
            committed.regressions(&figures(1_011, 1_011)),
            [
                "stake/spl: cu_median 1000 -> 1011, cu_max 1000 -> 1011",
                "program/size: 1000 -> 1011"
            ]
        );
    }

    #[test]
    fn missing_and_extra_keys_are_named() {
        let committed = figures(1_000, 1_000);
        let mut fresh = committed.clone();
        let row = fresh.rows.remove("stake/spl").unwrap();
        fresh.rows.insert("stake/new".to_owned(), row);
        assert_eq!(
            committed.regressions(&fresh),
            [
                "stake/spl: committed, but no longer measured",
                "stake/new: measured, but not committed"
            ]
        );
    }

    #[test]
    fn the_median_lies_between_minimum_and_maximum() {
        let sample = |cu| Sample { cu, tx_bytes: 1, accounts: 1, write_locks: 1 };
        let row = Row::of(&[sample(9), sample(1), sample(5)]);
        assert_eq!((row.cu_min, row.cu_median, row.cu_max), (1, 5, 9));
    }
}
