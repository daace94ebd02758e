//! Which command sends which instruction: nothing that the program offers needs another tool.

/// Every instruction of the program, and a command line that sends it. `E` stands for an address.
pub const REACH: [(&str, &str); 48] = [
    ("create_treasury", "treasury create policy.toml"),
    ("deposit_funds", "treasury fund 1000"),
    ("absorb_surplus", "treasury absorb"),
    ("open_stake", "member open --lock 30d"),
    ("stake", "stake 1200"),
    ("request_unstake", "unstake all"),
    ("withdraw_unstaked", "member withdraw"),
    ("set_lock", "lock 30d"),
    ("set_delegate", "delegate nobody"),
    ("refresh_stake", "member refresh E"),
    ("mark_dormant", "member mark-dormant E"),
    ("close_stake", "member close"),
    ("open_recipient_record", "record open"),
    ("open_epoch", "epoch open"),
    ("submit_proposal", "propose proposal.toml"),
    ("submit_action", "propose act.toml"),
    ("accept_proposal", "proposal accept 3"),
    ("withdraw_proposal", "proposal withdraw 3"),
    ("cast_vote", "vote --for 3,7 --against 2"),
    ("revise_vote", "revise --for 3"),
    ("retract_vote", "retract"),
    ("settle_epoch", "epoch settle"),
    ("execute_award", "award execute 3"),
    ("veto_proposal", "proposal veto 3"),
    ("execute_set_policy", "award execute 4"),
    ("execute_set_role", "award execute 5"),
    ("execute_stream_ruling", "award execute 6"),
    ("execute_clear_breaker", "award execute 7"),
    ("execute_write_off", "award execute 8"),
    ("lapse_proposal", "award lapse 3"),
    (
        "file_update",
        "review update 0/3 --health on-track --spent 100 --evidence report.md --uri ipfs://x",
    ),
    ("score_update", "review score 0/3 0 80% --verdict verdict.md"),
    ("hold_stream", "stream hold 0/3"),
    ("lapse_stream", "stream lapse 0/3"),
    ("pause_stream", "breaker pause-stream 0/3 12h"),
    ("pause_executions", "breaker pause 2d"),
    ("trip_breaker", "breaker trip"),
    ("mark_position", "position mark hedge 18000"),
    ("return_funds", "position return hedge 500"),
    ("assess_ask", "assess --category general --amount 100"),
    ("withdraw_stream", "stream withdraw 0/3"),
    ("redirect_payout", "stream redirect 0/3 E"),
    ("reclaim_rewards", "epoch reclaim-rewards 0"),
    ("close_vote_record", "ballot close E"),
    ("close_proposal", "proposal close 3"),
    ("close_stream", "stream close 0/3"),
    ("close_review", "review close 0/3 0"),
    ("close_epoch", "epoch close 0"),
];

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use clap::Parser;

    use super::*;
    use crate::{Cli, idl};

    #[test]
    fn every_instruction_of_the_description_is_listed_once() {
        let listed: BTreeSet<&str> = REACH.iter().map(|(name, _)| *name).collect();
        let described = idl::instructions();
        let described: BTreeSet<&str> = described.iter().map(String::as_str).collect();
        assert_eq!(listed, described);
        assert_eq!(REACH.len(), described.len());
    }

    #[test]
    fn every_command_line_is_understood() {
        let someone = community_budget::ID.to_string();
        for (name, line) in REACH {
            let words = line.split(' ').map(|word| if word == "E" { &someone } else { word });
            if let Err(error) = Cli::try_parse_from(std::iter::once("budget").chain(words)) {
                panic!("{name}: budget {line}: {error}");
            }
        }
    }

    /// The code of the commands, tests left out.
    fn code(folder: &Path, text: &mut String) {
        let mut listing: Vec<_> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()).collect();
        listing.sort_by_key(fs::DirEntry::path);
        for entry in listing {
            let path = entry.path();
            if path.is_dir() {
                code(&path, text);
            } else if path.extension().is_some_and(|ending| ending == "rs")
                && path.file_stem().is_some_and(|stem| stem != "tests" && stem != "reach")
            {
                let file = fs::read_to_string(&path).unwrap();
                text.push_str(file.split("#[cfg(test)]").next().unwrap_or_default());
            }
        }
    }

    #[test]
    fn every_instruction_is_put_together_by_a_command() {
        let mut text = String::new();
        code(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut text);
        for (name, _) in REACH {
            // Three are built by functions that say more than the instruction's name.
            let builders: &[&str] = match name {
                "stake" => &["stake_tokens"],
                "cast_vote" => &["cast_vote_for"],
                "revise_vote" => &["revise_vote_for"],
                "retract_vote" => &["retract_vote_for"],
                _ => &[name],
            };
            let sent = builders.iter().any(|builder| text.contains(&format!(".{builder}(")));
            assert!(sent, "no command sends {name}");
        }
    }
}
