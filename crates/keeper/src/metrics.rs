//! The numbers over HTTP, on this machine only.

use std::{
    fmt, io,
    net::SocketAddr,
    sync::Arc,
    thread::{JoinHandle, spawn},
};

use tiny_http::{Header, Method, Request, Response, Server};

use crate::Counters;

/// Serves `GET /metrics` until it is dropped.
pub struct Metrics {
    server: Arc<Server>,
    thread: Option<JoinHandle<()>>,
    address: SocketAddr,
}

/// Why metrics are not served.
#[derive(Debug)]
pub enum NotServed {
    /// The address can be reached from other machines.
    NotLoopback(SocketAddr),
    /// The address could not be listened on.
    Unavailable(SocketAddr, io::Error),
}

impl fmt::Display for NotServed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotLoopback(address) => write!(
                f,
                "metrics are served on a loopback address only, for example 127.0.0.1:{}; {} can be \
                 reached from other machines.",
                address.port(),
                address.ip()
            ),
            Self::Unavailable(address, why) => {
                write!(f, "metrics cannot be served on {address}: {why}.")
            }
        }
    }
}

impl std::error::Error for NotServed {}

impl Metrics {
    /// Serves `counters` at `address`; port 0 takes a free one.
    ///
    /// # Errors
    /// [`NotServed`]
    pub fn serve(address: SocketAddr, counters: Counters) -> Result<Self, NotServed> {
        if !address.ip().is_loopback() {
            return Err(NotServed::NotLoopback(address));
        }
        let failed = |why: io::Error| NotServed::Unavailable(address, why);
        let server = Server::http(address).map_err(|why| failed(io::Error::other(why)))?;
        let bound = server.server_addr().to_ip();
        let bound = bound.ok_or_else(|| failed(io::Error::other("it has no port")))?;
        let server = Arc::new(server);
        let requests = Arc::clone(&server);
        let thread = spawn(move || {
            for request in requests.incoming_requests() {
                // A reader that went away is no trouble of the keeper's.
                let _ = answer(request, &counters);
            }
        });
        Ok(Self { server, thread: Some(thread), address: bound })
    }

    /// Where they are served.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Metrics {
    fn drop(&mut self) {
        self.server.unblock();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn answer(request: Request, counters: &Counters) -> io::Result<()> {
    if *request.method() != Method::Get || request.url() != "/metrics" {
        let there = Response::from_string("Metrics are at /metrics.\n").with_status_code(404);
        return request.respond(there);
    }
    let response = Response::from_string(counters.prometheus());
    match "Content-Type: text/plain; version=0.0.4; charset=utf-8".parse::<Header>() {
        Ok(kind) => request.respond(response.with_header(kind)),
        Err(()) => request.respond(response),
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::TcpStream,
        thread::sleep,
        time::{Duration, Instant},
    };

    use super::*;

    fn get(address: SocketAddr, path: &str) -> String {
        let mut stream = TcpStream::connect(address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: it\r\nConnection: close\r\n\r\n").unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn metrics_are_served_at_one_path_until_dropped() {
        let counters = Counters::default();
        let metrics = Metrics::serve("127.0.0.1:0".parse().unwrap(), counters.clone()).unwrap();
        let address = metrics.address();
        counters.lock().rounds = 5;
        let text = get(address, "/metrics");
        assert!(text.starts_with("HTTP/1.1 200"), "{text}");
        assert!(text.contains("text/plain; version=0.0.4"), "{text}");
        assert!(text.contains("budget_keeper_rounds_total 5\n"), "{text}");
        assert!(get(address, "/").starts_with("HTTP/1.1 404"));
        drop(metrics);
        // The listener closes in a thread of its own.
        let begun = Instant::now();
        while Metrics::serve(address, counters.clone()).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(10), "the port is free again");
            sleep(Duration::from_millis(20));
        }
    }

    #[test]
    fn other_machines_are_not_served() {
        let outside: SocketAddr = "0.0.0.0:0".parse().unwrap();
        let refused = Metrics::serve(outside, Counters::default());
        assert!(matches!(refused, Err(NotServed::NotLoopback(_))));
    }

    #[test]
    fn a_taken_port_is_named() {
        let first = Metrics::serve("127.0.0.1:0".parse().unwrap(), Counters::default()).unwrap();
        let second = Metrics::serve(first.address(), Counters::default()).err().unwrap();
        assert!(second.to_string().contains(&first.address().to_string()), "{second}");
    }
}
