//! Starting and ending.
//!
//! starting
//! ├── ready ............................ one line of JSON, the ports answer
//! ├── a port is taken .................. exit 3, named, before anything starts
//! └── the object is missing, or none ... exit 1
//! the clock
//! ├── starts now, or where it is told to, past or future, and runs at real speed
//! ├── travels forward
//! └── never back; not on a node that cannot; not without a network
//! ending
//! ├── SIGINT, SIGTERM, the end of standard input, the time limit
//! └── nothing is left behind

mod support;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread::{sleep, spawn};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use support::{Net, binary, object};

#[test]
fn a_ready_network_says_where_it_is() {
    let net = Net::start(&[]);
    assert_eq!(net.ready["pid"], net.pid());
    assert_eq!(net.ready["programId"], "4tGu76FBYo7oBBzgw5FBKDexfTUXDDW9P3DR6GkeW29o");
    assert!(net.url().starts_with("http://127.0.0.1:") && net.ws().starts_with("ws://127.0.0.1:"));
    assert_eq!(net.call("getHealth", json!([])), "ok");

    let bare = Net::start(&["--no-program"]);
    assert_eq!(bare.ready["programId"], Value::Null);
    let program = net.program_id().to_string();
    assert_eq!(bare.call("getAccountInfo", json!([program]))["value"], Value::Null);
}

#[test]
fn a_taken_port_is_refused_before_anything_starts() {
    let holder = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = holder.local_addr().expect("its number").port().to_string();
    for (arguments, option) in [
        (["--port", &port, "--ws-port", "0"], "--port"),
        (["--port", "0", "--ws-port", &port], "--ws-port"),
    ] {
        // The object is missing too: the port is what is said.
        let refused = run(binary().args(arguments).args(["--program", "missing.so"]));
        assert_eq!(refused.status.code(), Some(3));
        let said = text(&refused.stderr);
        assert!(said.contains(&format!("Port {port} is taken")), "{said}");
        assert!(said.contains(&format!("with {option} ")), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert_eq!(text(&refused.stdout), "");
    }
}

#[test]
fn the_websocket_is_one_port_above() {
    // Another process may take the port between this look and the start: then look again.
    for _ in 0..5 {
        let port =
            TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("it").port();
        let mut command = binary();
        command.args(["--port", &port.to_string(), "--no-program", "--stop-with-stdin"]);
        let probe = run(binary().args(["--port", &port.to_string(), "--no-program", "--for", "0"]));
        if probe.status.code() == Some(3) || port == u16::MAX {
            continue;
        }
        let net = Net::spawn(command);
        assert_eq!(net.ready["rpc"], format!("http://127.0.0.1:{port}"));
        assert_eq!(net.ready["ws"], format!("ws://127.0.0.1:{}", port + 1));
        return;
    }
    panic!("five free ports in a row had a taken one above");
}

#[test]
fn what_is_no_program_is_refused() {
    let missing = run(binary().args(["--port", "0", "--program", "no/such.so"]));
    assert_eq!(missing.status.code(), Some(1));
    let said = text(&missing.stderr);
    assert!(said.contains("no/such.so") && said.contains("cargo xtask build"), "{said}");

    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("text.so");
    fs::write(&file, "no program").expect("a file");
    let wrong = run(binary().args(["--port", "0", "--program"]).arg(&file));
    assert_eq!(wrong.status.code(), Some(1));
    let said = text(&wrong.stderr);
    assert!(said.contains("is no program that can be run"), "{said}");
    assert_eq!(text(&wrong.stdout), "");
}

#[test]
fn the_clock_shows_the_present() {
    let net = Net::start(&["--no-program"]);
    assert!((net.clock() - now()).abs() <= 2);
}

#[test]
fn the_clock_starts_where_it_is_told_to_and_runs_at_real_speed() {
    for start in [now() - 50 * 86_400, now() + 400 * 86_400, 0] {
        let started = Instant::now();
        let net = Net::start(&["--no-program", "--start-at", &start.to_string()]);
        let first = net.clock();
        let from = Instant::now();
        let passed_at_most = i64::try_from(started.elapsed().as_secs()).expect("seconds") + 1;
        assert!((start..=start + passed_at_most).contains(&first), "{first} after {start}");

        sleep(Duration::from_secs(4));
        let shown = net.clock() - first;
        let passed = i64::try_from(from.elapsed().as_secs()).expect("seconds");
        assert!((passed - 1..=passed + 1).contains(&shown), "{shown} s shown in {passed} s");
    }
}

#[test]
fn the_clock_travels_forward() {
    let start = 1_767_571_200; // Mon 5 Jan 2026, 00:00
    let net = Net::start(&["--no-program", "--start-at", &start.to_string()]);

    let said = travel(&net.url(), "50d");
    assert!(said.status.success(), "{}", text(&said.stderr));
    let said = text(&said.stdout);
    assert!(said.contains("stood at Mon 5 Jan 2026, 00:00 UTC"), "{said}");
    assert!(
        said.contains("now stands at") && said.contains("Tue 24 Feb 2026, 00:00 UTC"),
        "{said}"
    );
    let arrived = start + 50 * 86_400;
    let shown = net.clock();
    assert!((arrived..arrived + 60).contains(&shown), "{shown}");

    // It runs on from there, and transactions pass as before.
    sleep(Duration::from_secs(3));
    assert!(net.clock() >= shown + 2);
    net.funded();

    let said = travel(&net.url(), "2026-12-24T18:00:00Z");
    assert!(said.status.success(), "{}", text(&said.stderr));
    let eve = 1_798_135_200;
    assert!((eve..eve + 60).contains(&net.clock()));
}

#[test]
fn the_clock_never_goes_back() {
    let start = 1_767_571_200;
    let net = Net::start(&["--no-program", "--start-at", &start.to_string()]);
    for when in ["-3d", "0s", "2025-12-24T18:00:00Z"] {
        let refused = travel(&net.url(), when);
        assert_eq!(refused.status.code(), Some(1), "{when}");
        let said = text(&refused.stderr);
        assert!(said.contains("cannot go back"), "{said}");
        assert!(said.contains("Mon 5 Jan 2026"), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert_eq!(text(&refused.stdout), "");
    }
    let past = json!([{ "absoluteTimestamp": (start - 1) * 1_000 }]);
    assert!(net.try_call("surfnet_timeTravel", past).is_err());
    assert!((start..start + 60).contains(&net.clock()));
}

#[test]
fn travelling_needs_a_network_that_can() {
    let nobody = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", nobody.local_addr().expect("its address"));
    drop(nobody);
    let refused = travel(&url, "3d");
    assert_eq!(refused.status.code(), Some(1));
    let said = text(&refused.stderr);
    assert!(
        said.contains("No network answers at") && said.contains("cargo xtask localnet"),
        "{said}"
    );

    let refused = travel(&node_without_travel(), "3d");
    assert_eq!(refused.status.code(), Some(1));
    let said = text(&refused.stderr);
    assert!(said.contains("cannot move its clock"), "{said}");
}

#[test]
fn signals_end_it() {
    for signal in ["-INT", "-TERM"] {
        let mut net = Net::start(&["--no-program"]);
        let pid = net.pid().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().expect("kill").success());
        assert_eq!(net.ended().code(), Some(0), "{signal}");
    }
}

#[test]
fn the_end_of_standard_input_ends_it() {
    let mut net = Net::start(&["--no-program"]);
    let url = net.url();
    net.let_go();
    assert_eq!(net.ended().code(), Some(0));
    let address = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
    assert!(TcpListener::bind(address).is_ok(), "its port is still held");
}

#[test]
fn the_time_limit_ends_it() {
    let mut command = binary();
    command.args(["--port", "0", "--no-program", "--for", "1"]);
    let mut net = Net::spawn(command);
    let ready = Instant::now();
    assert_eq!(net.ended().code(), Some(0));
    assert!(ready.elapsed() >= Duration::from_millis(900));
}

#[test]
fn nothing_is_left_behind() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = binary();
    command.args(["--port", "0", "--slot-ms", "50", "--stop-with-stdin", "--program"]);
    command.arg(object()).current_dir(folder.path());
    for variable in ["HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"] {
        command.env(variable, folder.path());
    }
    let net = Net::spawn(command);
    net.funded();
    assert_eq!(files(folder.path()), Vec::<String>::new());
    drop(net);
    assert_eq!(files(folder.path()), Vec::<String>::new());
}

fn files(folder: &Path) -> Vec<String> {
    let listing = fs::read_dir(folder).expect("a folder");
    listing.map(|entry| entry.expect("an entry").path().display().to_string()).collect()
}

fn travel(url: &str, when: &str) -> Output {
    run(binary().args(["travel", "--url", url, when]))
}

fn run(command: &mut Command) -> Output {
    command.stdin(Stdio::null()).output().expect("the binary starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time after 1970");
    i64::try_from(since.as_secs()).expect("seconds")
}

/// A node that has a clock and refuses every other method, as a real validator refuses to travel.
/// Answers as long as the test runs.
fn node_without_travel() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("its address"));
    spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let mut request = Vec::new();
            let mut part = [0u8; 4_096];
            while !request.ends_with(b"]}") {
                match stream.read(&mut part) {
                    Ok(0) | Err(_) => break,
                    Ok(length) => request.extend_from_slice(&part[..length]),
                }
            }
            let request = String::from_utf8_lossy(&request).into_owned();
            let answer = if request.contains("getAccountInfo") {
                let account = json!({
                    "data": ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==", "base64"],
                    "executable": false, "lamports": 1, "owner": "Sysvar1111111111111111111111111111111111111",
                    "rentEpoch": 0, "space": 40,
                });
                json!({ "jsonrpc": "2.0", "id": 0, "result": { "context": { "slot": 1 }, "value": account } })
            } else {
                let error = json!({ "code": -32_601, "message": "Method not found" });
                json!({ "jsonrpc": "2.0", "id": 0, "error": error })
            };
            let answer = answer.to_string();
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
                 Connection: close\r\n\r\n",
                answer.len()
            );
            let _ = stream.write_all(format!("{head}{answer}").as_bytes());
        }
    });
    url
}
