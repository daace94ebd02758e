//! A node for tests that answers as it is told to.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    thread,
};

use budget_rpc::{Cluster, Network};
use serde_json::{Value, json};

/// A network whose node answers a method and its parameters with a result or with an error.
pub fn node(
    answer: impl Fn(&str, &Value) -> Result<Value, Value> + Send + Sync + 'static,
) -> Network {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            serve(stream.unwrap(), &answer);
        }
    });
    Network::new(Cluster::named(&address).unwrap())
}

fn serve(mut stream: TcpStream, answer: &impl Fn(&str, &Value) -> Result<Value, Value>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut length, mut line) = (0, String::new());
    // A connection that is opened and not used has no request.
    while reader.read_line(&mut line).unwrap() > 2 {
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let Ok(asked) = serde_json::from_slice::<Value>(&body) else { return };
    let mut said = json!({ "jsonrpc": "2.0", "id": asked["id"] });
    match answer(asked["method"].as_str().unwrap(), &asked["params"]) {
        Ok(result) => said["result"] = result,
        Err(error) => said["error"] = error,
    }
    let said = said.to_string();
    let head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json";
    let _ = write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{said}", said.len());
}
