//! What ends a network that runs, so that nothing is left behind by a test that dies.

use std::future::pending;
use std::io::{ErrorKind, Read};
use std::thread;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;
use tokio::time::sleep;

use crate::fail::{Failure, Result};
use crate::network::Network;

/// What ends a network besides SIGINT, SIGTERM and its own failure.
pub struct Conditions {
    interrupt: Signal,
    terminate: Signal,
    stdin_ended: Option<oneshot::Receiver<()>>,
    run_for: Option<u64>,
}

impl Conditions {
    /// Starts to watch for signals and, when asked to, for the end of standard input.
    pub fn watch(stop_with_stdin: bool, run_for: Option<u64>) -> Result<Conditions> {
        let listen = |kind| {
            signal(kind).map_err(|error| {
                Failure::Message(format!("Signals cannot be listened for: {error}."))
            })
        };
        Ok(Conditions {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            stdin_ended: stop_with_stdin.then(watch_stdin),
            run_for,
        })
    }

    /// Waits until one of them holds. Fails only when the network ended by itself.
    pub async fn wait(mut self, network: &mut Network) -> Result<&'static str> {
        let stdin_ended = async {
            match self.stdin_ended {
                Some(ended) => {
                    // An error means that the watching thread is gone: nothing holds us then either.
                    let _ = ended.await;
                }
                None => pending().await,
            }
        };
        let time_is_up = async {
            match self.run_for {
                Some(secs) => sleep(Duration::from_secs(secs)).await,
                None => pending().await,
            }
        };
        tokio::select! {
            _ = self.interrupt.recv() => Ok("it was interrupted"),
            _ = self.terminate.recv() => Ok("it was asked to"),
            () = stdin_ended => Ok("standard input ended"),
            () = time_is_up => Ok("its time is up"),
            why = network.ended() => Err(Failure::Message(format!("The network ended: {why}."))),
        }
    }
}

/// Reads standard input to its end on a thread of its own: such a read cannot be cancelled.
fn watch_stdin() -> oneshot::Receiver<()> {
    let (sender, receiver) = oneshot::channel();
    thread::spawn(move || {
        let mut ignored = [0u8; 1_024];
        loop {
            match std::io::stdin().read(&mut ignored) {
                Ok(0) => break,
                Err(error) if error.kind() != ErrorKind::Interrupted => break,
                _ => {}
            }
        }
        let _ = sender.send(());
    });
    receiver
}
