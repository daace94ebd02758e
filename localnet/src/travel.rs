//! `travel`: moves the clock of a running network forward.

use std::str::FromStr;

use budget_words::format;
use jiff::{SpanRelativeTo, Timestamp};
use serde_json::json;
use solana_account_decoder_client_types::UiAccount;
use solana_clock::Clock;
use solana_rpc_client::rpc_client::RpcClient;
use solana_rpc_client_api::client_error::{Error, ErrorKind};
use solana_rpc_client_api::request::{RpcError, RpcRequest};
use solana_rpc_client_api::response::Response;
use solana_sdk_ids::sysvar;

use crate::fail::{Failure, Result, fail};

/// The last second of the year 9999, beyond which dates cannot be shown.
pub const LAST_SECOND: u64 = 253_402_300_799;

/// JSON-RPC's code for a method that the server does not have.
const METHOD_NOT_FOUND: i64 = -32_601;

/// Where to, and on which network.
#[derive(clap::Args)]
pub struct Options {
    /// JSON-RPC of the network
    #[arg(long, default_value = "http://127.0.0.1:8899")]
    pub url: String,
    /// How far, as 3d, 12h or "1d 6h", or to which moment, as 2026-12-24T18:00:00Z
    #[arg(allow_hyphen_values = true)]
    pub when: When,
    /// Print unix seconds before and after as JSON
    #[arg(long)]
    pub json: bool,
}

/// A moment, or a distance from the present one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Seconds from the network's present moment.
    By(i64),
    /// Unix seconds.
    At(i64),
}

impl FromStr for When {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<When, String> {
        if let Ok(moment) = text.parse::<Timestamp>() {
            return Ok(When::At(moment.as_second()));
        }
        let span = text.parse::<jiff::Span>().ok();
        span.and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()).ok())
            .map(|duration| When::By(duration.as_secs()))
            .ok_or_else(|| {
                "write a span as 3d, 12h or \"1d 6h\", a moment as 2026-12-24T18:00:00Z".to_owned()
            })
    }
}

/// Moves the clock and prints what it showed before and after.
///
/// # Errors
///
/// One sentence when the moment is not ahead of the network's clock, when no network answers, or
/// when the one that does cannot travel. The clock is unchanged then.
pub fn run(options: &Options) -> Result {
    let client = RpcClient::new(options.url.clone());
    let before = clock(&client)?;
    let target = destination(before, options.when)?;
    let request = RpcRequest::Custom { method: "surfnet_timeTravel" };
    let target_ms = target.saturating_mul(1_000);
    let _: serde_json::Value = client
        .send(request, json!([{ "absoluteTimestamp": target_ms }]))
        .map_err(|error| explain(&client, &error))?;
    let after = clock(&client)?;
    if options.json {
        println!("{}", json!({ "before": before, "after": after }));
    } else {
        println!("The network's clock stood at {} UTC.", format::moment(before));
        println!("It now stands at           {} UTC.", format::moment(after));
    }
    Ok(())
}

/// The unix second to travel to.
fn destination(before: i64, when: When) -> Result<i64> {
    let target = match when {
        When::By(secs) => before.saturating_add(secs),
        When::At(moment) => moment,
    };
    if target <= before {
        return fail(format!(
            "The network's clock stands at {} UTC and cannot go back to {} UTC: choose a later \
             moment, or start a new network with --start-at.",
            format::moment(before),
            format::moment(target),
        ));
    }
    if u64::try_from(target).is_ok_and(|target| target > LAST_SECOND) {
        return fail("The network's clock ends with the year 9999: choose an earlier moment.");
    }
    Ok(target)
}

/// The network's present, in unix seconds.
fn clock(client: &RpcClient) -> Result<i64> {
    // Not `get_account`, which says of a node that is not there that the account is not.
    let options = json!({ "encoding": "base64", "commitment": "processed" });
    let answer: Response<Option<UiAccount>> = client
        .send(RpcRequest::GetAccountInfo, json!([sysvar::clock::id().to_string(), options]))
        .map_err(|error| explain(client, &error))?;
    let data = answer.value.and_then(|account| account.data.decode());
    let clock = data.and_then(|data| bincode::deserialize::<Clock>(&data).ok());
    match clock {
        Some(clock) => Ok(clock.unix_timestamp),
        None => fail(format!("The node at {} shows no clock: is it Solana's?", client.url())),
    }
}

fn explain(client: &RpcClient, error: &Error) -> Failure {
    let url = client.url();
    Failure::Message(match error.kind() {
        ErrorKind::RpcError(RpcError::RpcResponseError { code: METHOD_NOT_FOUND, .. }) => format!(
            "The node at {url} cannot move its clock: only the network that `cargo xtask localnet` \
             starts can."
        ),
        ErrorKind::Reqwest(error) if error.is_connect() => {
            format!("No network answers at {url}: start one with `cargo xtask localnet`.")
        }
        _ => format!("The network at {url} refused: {error}."),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_and_moments_are_read() {
        assert_eq!("3d".parse(), Ok(When::By(3 * 86_400)));
        assert_eq!("12h".parse(), Ok(When::By(12 * 3_600)));
        assert_eq!("1d 6h".parse(), Ok(When::By(30 * 3_600)));
        assert_eq!("90s".parse(), Ok(When::By(90)));
        assert_eq!("1970-01-02T00:00:00Z".parse(), Ok(When::At(86_400)));
        assert_eq!("1970-01-02T02:00:00+02:00".parse(), Ok(When::At(86_400)));
        for wrong in ["", "3", "soon", "2026-12-24", "3 months"] {
            assert!(wrong.parse::<When>().is_err(), "{wrong:?} was read");
        }
    }

    #[test]
    fn time_goes_forward_only() {
        assert_eq!(destination(100, When::By(1)), Ok(101));
        assert_eq!(destination(100, When::At(101)), Ok(101));
        for when in [When::By(0), When::By(-1), When::At(100), When::At(0)] {
            let failure = destination(100, when).unwrap_err();
            assert!(failure.text().contains("cannot go back"), "{}", failure.text());
        }
        let last = i64::try_from(LAST_SECOND).unwrap();
        assert_eq!(destination(100, When::At(last)), Ok(last));
        assert!(destination(100, When::At(last + 1)).unwrap_err().text().contains("9999"));
        assert!(destination(100, When::By(i64::MAX)).is_err());
    }
}
