//! Programs that serve until they are let go of: the local network, and the dashboard's files.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::fail::{Context, Failure, Result, fail};

/// A program that has said in one line of JSON that it serves. It ends with this value.
pub struct Server {
    held: Held,
    line: String,
    what: &'static str,
}

struct Held {
    child: Child,
    /// The program stops when this is let go of, also when this process is killed.
    stdin: Option<ChildStdin>,
}

impl Server {
    /// Starts a program that knows `--stop-with-stdin` and waits for its line on standard output.
    /// `what` names it in the sentences that say it failed.
    pub fn start(mut command: Command, what: &'static str) -> Result<Server> {
        command.arg("--stop-with-stdin").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().context(|| format!("{what} could not be started"))?;
        let mut held = Held { stdin: child.stdin.take(), child };
        let mut line = String::new();
        if let Some(stdout) = held.child.stdout.take() {
            BufReader::new(stdout)
                .read_line(&mut line)
                .context(|| format!("{what} could not be heard"))?;
        }
        if line.is_empty() {
            // It has said why on standard error, and its status tells a taken port from the rest.
            return Err(ending(&mut held.child, what)?);
        }
        Ok(Server { held, line, what })
    }

    /// A text of the line that it said.
    pub fn field(&self, name: &str) -> Result<String> {
        text_field(&self.line, name).context(|| format!("{} said {}", self.what, self.line.trim()))
    }

    /// Waits until it ends.
    pub fn wait(&mut self) -> Result {
        let what = self.what;
        let status =
            self.held.child.wait().context(|| format!("{what} could not be waited for"))?;
        if status.success() { Ok(()) } else { fail(format!("{what} failed ({status}).")) }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.stdin = None;
        let until = Instant::now() + Duration::from_secs(5);
        while Instant::now() < until {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        // By its process id: nothing else that has this name is touched.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ending(child: &mut Child, what: &str) -> Result<Failure> {
    let status = child.wait().context(|| format!("{what} could not be waited for"))?;
    Ok(Failure::Status(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)))
}

/// A text field of a flat JSON object whose texts need no escapes: these lines hold nothing else,
/// and a JSON library would slow every command of the README down.
fn text_field(line: &str, name: &str) -> std::result::Result<String, &'static str> {
    let key = format!("\"{name}\":\"");
    let start = line.find(&key).ok_or("a field is missing")? + key.len();
    let rest = line.get(start..).ok_or("a field is missing")?;
    let end = rest.find('"').ok_or("a field does not end")?;
    rest.get(..end).map(str::to_owned).ok_or("a field does not end")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"pid":7,"programId":"4tGu","rpc":"http://127.0.0.1:1"}"#;

    /// A server of which the shell plays the part.
    fn played(script: &str) -> Result<Server> {
        let mut command = Command::new("sh");
        command.args(["-c", script, "server"]);
        Server::start(command, "the server")
    }

    fn runs(pid: u32) -> bool {
        let mut kill = Command::new("kill");
        kill.args(["-0", &pid.to_string()]).stderr(Stdio::null());
        kill.status().is_ok_and(|status| status.success())
    }

    #[test]
    fn a_server_is_known_by_its_line() {
        let server = played(&format!("echo '{LINE}'; cat > /dev/null")).unwrap();
        assert_eq!(server.field("rpc").unwrap(), "http://127.0.0.1:1");
        assert_eq!(server.field("programId").unwrap(), "4tGu");
    }

    #[test]
    fn a_server_that_does_not_start_passes_its_status_on() {
        assert!(matches!(played("exit 3"), Err(Failure::Status(3))));
    }

    #[test]
    fn a_field_that_was_not_said_is_told_with_the_line() {
        let server = played(&format!("echo '{LINE}'; exec cat > /dev/null")).unwrap();
        let Err(Failure::Message(text)) = server.field("ws") else { panic!("not refused") };
        assert!(text.contains(LINE), "{text}");
    }

    #[test]
    fn a_server_ends_with_its_owner() {
        let server = played(&format!("echo '{LINE}'; exec cat > /dev/null")).unwrap();
        let pid = server.held.child.id();
        assert!(runs(pid));
        drop(server);
        assert!(!runs(pid));
    }

    #[test]
    fn a_server_that_hangs_is_ended_by_its_process_id() {
        let server = played(&format!("echo '{LINE}'; exec sleep 600")).unwrap();
        let pid = server.held.child.id();
        drop(server);
        assert!(!runs(pid));
    }

    #[test]
    fn a_server_that_fails_later_is_told() {
        let mut server = played(&format!("echo '{LINE}'; exit 4")).unwrap();
        assert!(matches!(server.wait(), Err(Failure::Message(_))));
    }
}
