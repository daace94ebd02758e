//! Which ports the network listens on.

use std::io::ErrorKind;
use std::net::TcpListener;

use crate::fail::{Failure, Result, fail};

/// The two ports of a network, checked to be free a moment ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ports {
    /// JSON-RPC over HTTP.
    pub rpc: u16,
    /// Websocket.
    pub ws: u16,
}

/// The ports that `--port` and `--ws-port` ask for, 0 meaning any free one.
///
/// # Errors
///
/// [`Failure::PortTaken`] names the first port that something else listens on.
pub fn choose(port: u16, ws_port: Option<u16>) -> Result<Ports> {
    let ws_port = match (port, ws_port) {
        (_, Some(ws_port)) => ws_port,
        (0, None) => 0,
        (port, None) => match port.checked_add(1) {
            Some(next) => next,
            None => return fail("There is no port after 65535: name the websocket's, --ws-port."),
        },
    };
    if port == ws_port && port != 0 {
        return fail(format!("--port and --ws-port are both {port}: they must differ."));
    }
    // Both are held at once, so that two free ports are two different ones.
    let rpc = listen(port, "--port")?;
    let ws = listen(ws_port, "--ws-port")?;
    match (rpc.local_addr(), ws.local_addr()) {
        (Ok(rpc), Ok(ws)) => Ok(Ports { rpc: rpc.port(), ws: ws.port() }),
        (Err(error), _) | (_, Err(error)) => fail(format!("No free port was found: {error}.")),
    }
}

/// Whether something listens on one of these ports now.
pub fn lost(ports: Ports) -> bool {
    matches!(choose(ports.rpc, Some(ports.ws)), Err(Failure::PortTaken(_)))
}

fn listen(port: u16, option: &str) -> Result<TcpListener> {
    TcpListener::bind(("127.0.0.1", port)).map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => Failure::PortTaken(format!(
            "Port {port} is taken, perhaps by another local network: stop that one, or choose \
             another port with {option} (0 takes any free one)."
        )),
        _ => Failure::Message(format!(
            "Port {port} cannot be listened on ({error}): choose another with {option}."
        )),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_takes_two_free_ports() {
        let ports = choose(0, None).unwrap();
        assert!(ports.rpc != 0 && ports.ws != 0 && ports.rpc != ports.ws);
    }

    #[test]
    fn a_taken_port_is_named() {
        let holder = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = holder.local_addr().unwrap().port();

        let Err(Failure::PortTaken(text)) = choose(port, Some(0)) else { panic!("not refused") };
        assert!(text.contains(&format!("Port {port} is taken")) && text.contains("--port"));
        let Err(Failure::PortTaken(text)) = choose(0, Some(port)) else { panic!("not refused") };
        assert!(text.contains(&format!("Port {port} is taken")) && text.contains("--ws-port"));

        let ports = Ports { rpc: port, ws: choose(0, None).unwrap().ws };
        assert!(lost(ports));

        drop(holder);
        assert_eq!(choose(port, Some(0)).unwrap().rpc, port);
        assert!(!lost(ports));
    }

    #[test]
    fn one_port_cannot_serve_both() {
        assert!(matches!(choose(4_321, Some(4_321)), Err(Failure::Message(_))));
        assert!(matches!(choose(65_535, None), Err(Failure::Message(_))));
    }
}
