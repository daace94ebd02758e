//! A misbehaving HTTP proxy on a loopback port.

use std::{
    io::{self, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{JoinHandle, sleep, spawn},
};

use crate::{
    http::{Request, forward, read_request},
    rates::{Counts, Fate, Fault, Rates},
};

/// The answer of something that stands before a node.
const BUSY: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// Stands between clients and a node until it is dropped.
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    host: String,
    fate: Mutex<Fate>,
    stops: AtomicBool,
}

impl Proxy {
    /// Passes requests on to the node at `target`, an address like `http://127.0.0.1:8899`, with the
    /// faults that `seed` draws at `rates`. Its path is what clients send.
    ///
    /// # Errors
    /// `InvalidInput` when `target` is no plain HTTP address with a port; what the system says when
    /// no port can be listened on.
    pub fn start(target: &str, seed: u64, rates: Rates) -> io::Result<Self> {
        let host = target.strip_prefix("http://").map(|rest| rest.trim_end_matches('/'));
        let has_port = |host: &&str| {
            host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok())
        };
        let host = host.filter(has_port).ok_or_else(|| {
            let why = format!("{target} must be like http://127.0.0.1:8899");
            io::Error::new(io::ErrorKind::InvalidInput, why)
        })?;
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            host: host.to_owned(),
            fate: Mutex::new(Fate::new(seed, rates)),
            stops: AtomicBool::new(false),
        });
        let of_thread = Arc::clone(&shared);
        let thread = spawn(move || listen(&listener, &of_thread));
        Ok(Self { address, shared, thread: Some(thread) })
    }

    /// Where clients reach it.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What has happened so far.
    pub fn counts(&self) -> Counts {
        self.shared.fate().counts.clone()
    }

    /// Changes what happens from now on, for example to nothing; the counts stay.
    pub fn set_rates(&self, rates: Rates) {
        self.shared.fate().set_rates(rates);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.stops.store(true, Ordering::Relaxed);
        // Wakes the listener.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn fate(&self) -> MutexGuard<'_, Fate> {
        self.fate.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn listen(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.stops.load(Ordering::Relaxed) {
            return;
        }
        let Ok(stream) = stream else { continue };
        let shared = Arc::clone(shared);
        spawn(move || {
            // Whatever goes wrong with a connection, the client sees it break.
            let _ = serve(stream, &shared);
        });
    }
}

fn serve(mut stream: TcpStream, shared: &Shared) -> io::Result<()> {
    let Some(request) = read_request(&mut stream)? else { return Ok(()) };
    let (fault, delay) = {
        let mut fate = shared.fate();
        let (fault, share) = fate.next();
        (fault, fate.delay(share))
    };
    let pass_on = |request: &Request| forward(&shared.host, request);
    match fault {
        None => stream.write_all(&pass_on(&request)?),
        Some(Fault::Delayed) => {
            sleep(delay);
            stream.write_all(&pass_on(&request)?)
        }
        Some(Fault::LostRequest) => Ok(()),
        Some(Fault::LostAnswer) => pass_on(&request).map(|_| ()),
        Some(Fault::TornAnswer) => {
            let answer = pass_on(&request)?;
            stream.write_all(&answer[..answer.len() / 2])
        }
        Some(Fault::Doubled) => {
            pass_on(&request)?;
            stream.write_all(&pass_on(&request)?)
        }
        Some(Fault::Late) => {
            stream.shutdown(Shutdown::Both)?;
            sleep(delay);
            pass_on(&request).map(|_| ())
        }
        Some(Fault::Busy) => stream.write_all(BUSY),
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::Read,
        sync::mpsc::{Receiver, channel},
        time::Duration,
    };

    use super::*;

    /// A node that answers every request with its number, and tells of each body that came.
    fn node() -> (String, Receiver<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (tell, told) = channel();
        spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let mut stream = stream.unwrap();
                let mut bytes = [0; 4_096];
                let count = stream.read(&mut bytes).unwrap();
                let mut text = String::from_utf8_lossy(&bytes[..count]).into_owned();
                if !text.ends_with('}') {
                    let count = stream.read(&mut bytes).unwrap();
                    text.push_str(&String::from_utf8_lossy(&bytes[..count]));
                }
                let (head, body) = text.split_once("\r\n\r\n").unwrap();
                assert!(head.starts_with("POST /path HTTP/1.1\r\n"), "{head}");
                let _ = tell.send(body.to_owned());
                let answer = format!("{{\"answer\":{number}}}");
                let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", answer.len());
                stream.write_all((head + &answer).as_bytes()).unwrap();
            }
        });
        (url, told)
    }

    fn ask(proxy: &Proxy, body: &str) -> String {
        let mut stream = TcpStream::connect(proxy.address).unwrap();
        let length = body.len();
        let head = format!("POST /path HTTP/1.1\r\nHost: it\r\nContent-Length: {length}\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body.as_bytes()).unwrap();
        let mut answer = String::new();
        // A broken connection ends the answer wherever it is.
        let _ = stream.read_to_string(&mut answer);
        answer
    }

    /// The answer to one request behind `fault`, and how often the node got it.
    fn with(fault: Option<Fault>) -> (String, usize) {
        let (url, told) = node();
        let rates = fault.map_or(Rates::none(), Rates::always);
        let proxy = Proxy::start(&url, 1, rates).unwrap();
        let answer = ask(&proxy, "{\"ask\":1}");
        let mut times = 0;
        while let Ok(body) = told.recv_timeout(Duration::from_millis(300)) {
            assert_eq!(body, "{\"ask\":1}");
            times += 1;
        }
        assert_eq!(proxy.counts().requests, 1);
        assert_eq!(proxy.counts().faults.keys().next().copied(), fault);
        (answer, times)
    }

    #[test]
    fn without_faults_it_passes_request_and_answer_on() {
        let (answer, times) = with(None);
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.ends_with("{\"answer\":0}"), "{answer}");
        assert_eq!(times, 1);
    }

    #[test]
    fn a_lost_request_never_arrives() {
        assert_eq!(with(Some(Fault::LostRequest)), (String::new(), 0));
    }

    #[test]
    fn a_lost_answer_has_had_its_effect() {
        assert_eq!(with(Some(Fault::LostAnswer)), (String::new(), 1));
    }

    #[test]
    fn a_torn_answer_has_half_of_it() {
        let (answer, times) = with(Some(Fault::TornAnswer));
        assert!(answer.starts_with("HTTP/1.1"), "{answer}");
        assert!(!answer.ends_with('}'), "{answer}");
        assert_eq!(times, 1);
    }

    #[test]
    fn a_doubled_request_arrives_twice_and_is_answered_once() {
        let (answer, times) = with(Some(Fault::Doubled));
        assert!(answer.ends_with("{\"answer\":1}"), "{answer}");
        assert_eq!((times, answer.matches("HTTP/1.1").count()), (2, 1));
    }

    #[test]
    fn a_late_request_breaks_and_arrives_nevertheless() {
        assert_eq!(with(Some(Fault::Late)), (String::new(), 1));
    }

    #[test]
    fn a_delayed_request_is_answered() {
        let (answer, times) = with(Some(Fault::Delayed));
        assert!(answer.ends_with("{\"answer\":0}"), "{answer}");
        assert_eq!(times, 1);
    }

    #[test]
    fn a_busy_proxy_asks_nobody() {
        let (answer, times) = with(Some(Fault::Busy));
        assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
        assert_eq!(times, 0);
    }

    #[test]
    fn rates_can_be_changed_while_it_runs() {
        let (url, _told) = node();
        let proxy = Proxy::start(&url, 1, Rates::always(Fault::LostRequest)).unwrap();
        assert_eq!(ask(&proxy, "{}"), "");
        proxy.set_rates(Rates::none());
        assert!(ask(&proxy, "{}").ends_with("{\"answer\":0}"));
        assert_eq!((proxy.counts().requests, proxy.counts().total()), (2, 1));
    }

    #[test]
    fn only_plain_http_with_a_port_is_taken() {
        for target in ["https://127.0.0.1:1", "127.0.0.1:1", "http://127.0.0.1", "http://a:b"] {
            let refused = Proxy::start(target, 1, Rates::none()).err().unwrap();
            assert_eq!(refused.kind(), io::ErrorKind::InvalidInput, "{target}");
        }
    }
}
