//! The running network: surfpool's core, offline and in memory.

use std::thread;
use std::time::Duration;

use solana_pubkey::Pubkey;
use surfpool_core::runloops::start_local_surfnet_runloop;
use surfpool_core::surfnet::locker::SurfnetSvmLocker;
use surfpool_core::surfnet::svm::{SurfnetSvm, SurfnetSvmConfig};
use surfpool_types::{BlockProductionMode, RpcConfig, SimnetConfig, SimnetEvent, SurfpoolConfig};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

use crate::fail::{Failure, Result, fail};
use crate::ports::Ports;
use crate::program::Program;

const HOST: &str = "127.0.0.1";
const LAMPORTS_PER_SOL: u64 = 1_000_000_000;
/// A start takes about a second; a machine that is busy with a build takes several.
const START_LIMIT: Duration = Duration::from_secs(60);

/// What a network starts with.
pub struct Genesis<'a> {
    /// Milliseconds from one slot to the next.
    pub slot_ms: u64,
    /// Unix seconds of the clock before the first block; `None` is now.
    pub start_at: Option<u64>,
    /// What is deployed.
    pub program: Option<&'a Program>,
    /// Who gets SOL, and how much each.
    pub airdrops: Vec<Pubkey>,
    /// Whole SOL for each of `airdrops`.
    pub airdrop_sol: u64,
}

/// A network that answers. It ends with this process.
pub struct Network {
    ports: Ports,
    news: UnboundedReceiver<News>,
}

enum News {
    Ready,
    Ended(String),
}

impl Network {
    /// Starts a network and waits until it answers.
    ///
    /// # Errors
    ///
    /// [`Failure::Message`] when the program cannot be deployed, an airdrop is refused, or a server
    /// does not start (also when a port was taken since it was chosen).
    pub async fn start(genesis: &Genesis<'_>, ports: Ports) -> Result<Network> {
        let svm_config = SurfnetSvmConfig {
            slot_time: genesis.slot_ms,
            // It runs each transaction once more for every instruction, for a page that we do
            // not serve.
            instruction_profiling_enabled: false,
            ..SurfnetSvmConfig::default()
        };
        let (mut svm, events, geyser_events) = SurfnetSvm::new(svm_config)
            .map_err(|error| Failure::Message(format!("The network cannot be made: {error}")))?;
        if let Some(start_at) = genesis.start_at {
            set_clock(&mut svm, start_at);
        }

        let (news_sender, mut news) = unbounded_channel();
        let to_main = news_sender.clone();
        // The channel of events is bounded: unread, it would stand the network still.
        thread::spawn(move || {
            for event in events {
                pass_on(event, &to_main);
            }
        });

        if let Some(program) = genesis.program {
            program.deploy(&mut svm)?;
        }
        for address in &genesis.airdrops {
            airdrop(&mut svm, address, genesis.airdrop_sol)?;
        }

        let config = configuration(genesis.slot_ms, ports);
        let (commands, command_queue) = crossbeam_channel::unbounded();
        let run = move || -> std::result::Result<(), String> {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .enable_all()
                .build()
                .map_err(|error| error.to_string())?;
            let locker = SurfnetSvmLocker::new(svm);
            runtime
                .block_on(start_local_surfnet_runloop(
                    locker,
                    config,
                    commands,
                    command_queue,
                    geyser_events,
                ))
                .map_err(|error| error.to_string())
        };
        // One thread runs the network, the other learns of its end, by panic too.
        thread::spawn(move || {
            let ending = match thread::spawn(run).join() {
                Ok(Ok(())) => "it was told to".to_owned(),
                Ok(Err(error)) => error,
                Err(_) => "it panicked".to_owned(),
            };
            let _ = news_sender.send(News::Ended(ending));
        });

        match timeout(START_LIMIT, news.recv()).await {
            Ok(Some(News::Ready)) => Ok(Network { ports, news }),
            Ok(Some(News::Ended(why))) => fail(format!("The network did not start: {why}")),
            Ok(None) => fail("The network did not start, and did not say why."),
            Err(_) => fail(format!("The network did not start in {START_LIMIT:?}.")),
        }
    }

    /// Where JSON-RPC is answered.
    pub fn rpc_url(&self) -> String {
        format!("http://{HOST}:{}", self.ports.rpc)
    }

    /// Where subscriptions are taken.
    pub fn ws_url(&self) -> String {
        format!("ws://{HOST}:{}", self.ports.ws)
    }

    /// Waits until the network ends by itself, and says why.
    pub async fn ended(&mut self) -> String {
        loop {
            match self.news.recv().await {
                Some(News::Ready) => {}
                Some(News::Ended(why)) => return why,
                None => return "it did not say why".to_owned(),
            }
        }
    }
}

fn pass_on(event: SimnetEvent, to_main: &UnboundedSender<News>) {
    // Nobody listens any more only when the process is about to end.
    let _ = match event {
        SimnetEvent::CoreStarted(_) => to_main.send(News::Ready),
        SimnetEvent::Aborted(why) => to_main.send(News::Ended(why)),
        SimnetEvent::Shutdown => to_main.send(News::Ended("a server stopped".to_owned())),
        _ => Ok(()),
    };
}

fn configuration(slot_ms: u64, ports: Ports) -> SurfpoolConfig {
    SurfpoolConfig {
        simnets: vec![SimnetConfig {
            // Online, every account that is missing here is asked for on mainnet.
            offline_mode: true,
            remote_rpc_url: None,
            slot_time: slot_ms,
            block_production_mode: BlockProductionMode::Clock,
            instruction_profiling_enabled: false,
            ..SimnetConfig::default()
        }],
        rpc: RpcConfig {
            bind_host: HOST.to_owned(),
            bind_port: ports.rpc,
            ws_port: ports.ws,
            ..RpcConfig::default()
        },
        ..SurfpoolConfig::default()
    }
}

/// Sets the clock that the first block continues from. Every block adds the length of a slot to
/// `updated_at`; times of blocks that held nothing are counted from `genesis_updated_at`.
fn set_clock(svm: &mut SurfnetSvm, unix_secs: u64) {
    let millis = unix_secs * 1_000;
    svm.updated_at = millis;
    svm.genesis_updated_at = millis;
    svm.reconstruct_sysvars();
}

fn airdrop(svm: &mut SurfnetSvm, address: &Pubkey, sol: u64) -> Result {
    match svm.airdrop(address, sol * LAMPORTS_PER_SOL) {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(refusal)) => fail(format!("{address} got no SOL: {}.", refusal.err)),
        Err(error) => fail(format!("{address} got no SOL: {error}.")),
    }
}
