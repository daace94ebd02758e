//! The network's clock, which only the local network lets anybody move.

use std::time::Duration;

use budget_rpc::Network;
use serde_json::{Value, json};
use solana_rpc_client_api::{
    client_error::ErrorKind,
    request::{RpcError, RpcRequest},
};

use crate::trouble::{During, Result, Trouble};

/// JSON-RPC's code for a method that the server does not have.
const METHOD_NOT_FOUND: i64 = -32_601;

/// For how long a move is waited for that the node has agreed to.
const ARRIVAL: Duration = Duration::from_secs(5);

const STEP: &str = "moving the network's clock";

/// Moves the network's clock forward to the unix second `to`, unless it shows that already.
///
/// # Errors
/// [`Trouble::NoTimeTravel`], [`Trouble::Network`].
pub fn travel(network: &Network, to: i64) -> Result<()> {
    if network.now().during(STEP)? >= to {
        return Ok(());
    }
    let request = RpcRequest::Custom { method: "surfnet_timeTravel" };
    let to_millis = to.saturating_mul(1_000);
    let moved: std::result::Result<Value, _> =
        network.client().send(request, json!([{ "absoluteTimestamp": to_millis }]));
    let url = || network.cluster.rpc.clone();
    if let Err(error) = moved {
        return Err(match error.kind() {
            ErrorKind::RpcError(RpcError::RpcResponseError { code: METHOD_NOT_FOUND, .. }) => {
                Trouble::NoTimeTravel { url: url() }
            }
            _ => refused(url(), error.to_string()),
        });
    }
    if network.wait_until(to, ARRIVAL).during(STEP)? {
        Ok(())
    } else {
        Err(refused(url(), "its clock did not move".to_owned()))
    }
}

fn refused(url: String, why: String) -> Trouble {
    Trouble::during(STEP, budget_rpc::Trouble::NodeRefused { url, why })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stub;

    /// A node that shows the beginning of 1970, and answers so when it is to move its clock.
    fn node(answer: std::result::Result<Value, Value>) -> Network {
        stub::node(move |method, _| match method {
            "surfnet_timeTravel" => answer.clone(),
            _ => {
                let zeros = format!("{}==", "A".repeat(54));
                let account = json!({
                    "data": [zeros, "base64"], "executable": false, "lamports": 1,
                    "owner": "Sysvar1111111111111111111111111111111111111", "rentEpoch": 0,
                    "space": 40,
                });
                Ok(json!({ "context": { "slot": 1 }, "value": [account] }))
            }
        })
    }

    #[test]
    fn a_node_whose_clock_cannot_be_moved_is_named() {
        let network = node(Err(json!({ "code": -32601, "message": "Method not found" })));
        assert!(travel(&network, 0).is_ok(), "it shows that already");
        let trouble = travel(&network, 1).unwrap_err();
        assert!(matches!(&trouble, Trouble::NoTimeTravel { url } if *url == network.cluster.rpc));
        assert!(trouble.to_string().contains("cannot move its clock"), "{trouble}");
    }

    #[test]
    fn another_refusal_keeps_the_nodes_words() {
        let network = node(Err(json!({ "code": -32603, "message": "the clock is stuck" })));
        let trouble = travel(&network, 1).unwrap_err();
        assert!(trouble.to_string().contains("the clock is stuck"), "{trouble}");
    }

    #[test]
    fn a_clock_that_does_not_move_after_all_is_told() {
        let network = node(Ok(Value::Null));
        let trouble = travel(&network, 1).unwrap_err();
        assert!(trouble.to_string().contains("its clock did not move"), "{trouble}");
    }
}
