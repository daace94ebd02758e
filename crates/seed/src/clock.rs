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

/// Moves the network's clock forward to the unix second `to`, unless it shows that already.
///
/// # Errors
/// [`Trouble::NoTimeTravel`], [`Trouble::Network`].
pub fn travel(network: &Network, to: i64) -> Result<()> {
    const STEP: &str = "moving the network's clock";
    if network.now().during(STEP)? >= to {
        return Ok(());
    }
    let request = RpcRequest::Custom { method: "surfnet_timeTravel" };
    let to_millis = to.saturating_mul(1_000);
    let moved: std::result::Result<Value, _> =
        network.client().send(request, json!([{ "absoluteTimestamp": to_millis }]));
    if let Err(error) = moved {
        let url = network.cluster.rpc.clone();
        return Err(match error.kind() {
            ErrorKind::RpcError(RpcError::RpcResponseError { code: METHOD_NOT_FOUND, .. }) => {
                Trouble::NoTimeTravel { url }
            }
            _ => {
                let why = error.to_string();
                let trouble = budget_rpc::Trouble::NodeRefused { url, why };
                Trouble::Network { step: STEP, trouble }
            }
        });
    }
    let arrived = network.wait_until(to, Duration::from_secs(10)).during(STEP)?;
    if !arrived {
        let why = "its clock did not move".to_owned();
        let trouble = budget_rpc::Trouble::NodeRefused { url: network.cluster.rpc.clone(), why };
        return Err(Trouble::Network { step: STEP, trouble });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{
        io::{BufRead, BufReader, Read, Write},
        net::TcpListener,
        thread,
    };

    use budget_rpc::Cluster;

    use super::*;

    /// A node that has a clock and refuses whatever else it is asked with `refusal`.
    fn node(refusal: &'static str) -> Network {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let mut length = 0;
                loop {
                    let mut line = String::new();
                    if reader.read_line(&mut line).unwrap() < 3 {
                        break;
                    }
                    let line = line.to_ascii_lowercase();
                    if let Some(value) = line.strip_prefix("content-length:") {
                        length = value.trim().parse().unwrap();
                    }
                }
                let mut body = vec![0; length];
                reader.read_exact(&mut body).unwrap();
                let asked: Value = serde_json::from_slice(&body).unwrap();
                let answer = answer(&asked, refusal);
                let head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json";
                let length = answer.len();
                write!(stream, "{head}\r\nContent-Length: {length}\r\n\r\n{answer}").unwrap();
            }
        });
        Network::new(Cluster::named(&address).unwrap())
    }

    fn answer(asked: &Value, refusal: &str) -> String {
        let id = &asked["id"];
        if asked["method"] == "surfnet_timeTravel" {
            let error: Value = serde_json::from_str(refusal).unwrap();
            return json!({ "jsonrpc": "2.0", "id": id, "error": error }).to_string();
        }
        // The clock sysvar's 40 bytes: it shows the beginning of 1970.
        let zeros = format!("{}==", "A".repeat(54));
        let account = json!({
            "data": [zeros, "base64"], "executable": false, "lamports": 1, "rentEpoch": 0,
            "owner": "Sysvar1111111111111111111111111111111111111", "space": 40,
        });
        let single = asked["method"] == "getAccountInfo";
        let value = if single { account } else { json!([account]) };
        let result = json!({ "context": { "slot": 1 }, "value": value });
        json!({ "jsonrpc": "2.0", "id": id, "result": result }).to_string()
    }

    #[test]
    fn a_node_whose_clock_cannot_be_moved_is_named() {
        let network = node(r#"{ "code": -32601, "message": "Method not found" }"#);
        assert!(travel(&network, 0).is_ok(), "it shows that already");
        let trouble = travel(&network, 1).unwrap_err();
        assert!(matches!(&trouble, Trouble::NoTimeTravel { url } if *url == network.cluster.rpc));
        assert!(trouble.to_string().contains("cannot move its clock"), "{trouble}");
    }

    #[test]
    fn another_refusal_keeps_the_nodes_words() {
        let network = node(r#"{ "code": -32603, "message": "the clock is stuck" }"#);
        let trouble = travel(&network, 1).unwrap_err();
        assert!(trouble.to_string().contains("the clock is stuck"), "{trouble}");
    }
}
