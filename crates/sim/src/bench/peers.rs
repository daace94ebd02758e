//! Our figures beside those of other programs that do a part of the same.

use serde::Deserialize;

use super::{
    figures::Figures,
    tables::{Table, grouped},
};

/// One figure of another program. They were measured or published elsewhere, and say so.
#[derive(Deserialize)]
pub struct Peer {
    /// What is compared.
    what: String,
    /// Our variant, as the bench names it.
    ours: String,
    /// The other program and its instruction.
    peer: String,
    /// Its compute units.
    units: u64,
    /// Where that figure comes from.
    source: String,
}

/// Reads the committed figures of other programs.
///
/// # Errors
/// A sentence when the text is not a list of them.
pub fn parse(text: &str) -> Result<Vec<Peer>, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

/// The table, with what theirs is of ours.
///
/// # Errors
/// A sentence that names a variant which the bench does not measure.
pub fn table(peers: &[Peer], figures: &Figures) -> Result<String, String> {
    let mut table =
        Table::new("what | ours, CU | theirs, CU | theirs / ours | whose | where from", "wnnnww");
    for Peer { what, ours, peer, units, source } in peers {
        let row = figures.rows.get(ours).ok_or_else(|| format!("no figure `{ours}`"))?;
        table.row(&[
            what.clone(),
            grouped(row.cu_median),
            grouped(*units),
            ratio(*units, row.cu_median),
            peer.clone(),
            format!("not measured here: {source}"),
        ]);
    }
    Ok(table.text)
}

/// How many times `ours` fits into `theirs`, to one decimal, rounded down.
fn ratio(theirs: u64, ours: u64) -> String {
    let tenths = theirs * 10 / ours.max(1);
    format!("{}.{}", grouped(tenths / 10), tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::{super::committed_figures, *};

    #[test]
    fn a_ratio_is_rounded_down() {
        assert_eq!(ratio(26_791, 4_452), "6.0");
        assert_eq!(ratio(4_452, 26_791), "0.1");
        assert_eq!(ratio(1_999, 1_000), "1.9");
    }

    #[test]
    fn every_row_compares_with_a_figure_that_is_measured() {
        let peers = parse(include_str!("../../../../bench/peers.json")).unwrap();
        assert!(peers.len() >= 7);
        let table = table(&peers, &committed_figures().unwrap()).unwrap();
        assert_eq!(table.matches("not measured here: ").count(), peers.len());
        let missing =
            parse(r#"[{"what": "", "ours": "dance/1", "peer": "", "units": 1, "source": ""}]"#);
        let error = super::table(&missing.unwrap(), &committed_figures().unwrap()).unwrap_err();
        assert_eq!(error, "no figure `dance/1`");
    }
}
