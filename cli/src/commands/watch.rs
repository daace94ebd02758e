//! `budget watch`: an epoch, live.

mod alert;
mod feed;
mod live;
mod screen;
mod tally;

use std::sync::mpsc::channel;

use clap::Args;

use crate::{
    context::Context,
    exit::{Failure, Result},
    quantity::{bps, span},
    slate::Titles,
};
use feed::{Event, Watched};
use live::Watch;

/// Options of `budget watch`.
#[derive(Args)]
pub struct WatchArgs {
    /// Position of the epoch; the current one unless given.
    #[arg(long)]
    epoch: Option<u32>,
    /// Say when an entry crosses the funding line, when voting is extended, when its last stretch
    /// begins, when no ballot can turn an entry to passing any more, and when heavy ballots come in.
    #[arg(long)]
    alert: bool,
    /// Share of all weight from which ballots are heavy.
    #[arg(long, value_name = "SHARE", value_parser = bps, default_value = "5%", requires = "alert")]
    heavy: u16,
    /// End after this time, for example 30s.
    #[arg(long = "for", value_name = "SPAN", value_parser = span)]
    end_after: Option<u32>,
    /// End after this many changes.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    changes: Option<u32>,
    /// Address of the node's websocket, where it is not the port after that of --url.
    #[arg(long, env = "BUDGET_WS", value_name = "URL")]
    ws: Option<String>,
    /// Time without a slot after which the view counts as stale.
    #[arg(long, value_name = "SPAN", value_parser = span, default_value = "10s")]
    stale_after: u32,
}

/// Follow an epoch live: the tally and the funding line as ballots come in.
pub fn run(context: &Context, args: WatchArgs) -> Result<()> {
    let scene = context.scene()?;
    let network = context.network()?;
    let round = scene.round(network, args.epoch)?;
    let titles = Titles::read(network, &round)?;
    let cluster = network.cluster.clone();
    let (events, inbox) = channel();
    let (asks, requests) = channel();
    let stop = events.clone();
    // Whoever stops twice stops a watch that has ended already.
    ctrlc::set_handler(move || drop(stop.send(Event::Stop)))
        .map_err(|error| Failure::input(format!("Ctrl-C cannot be listened for: {error}.")))?;
    let watched = Watched { treasury: scene.key, epoch: round.key };
    let websocket = args.ws.clone().unwrap_or_else(|| cluster.websocket.clone());
    feed::listen(websocket, vec![round.key, scene.key], events.clone());
    feed::reread(cluster, watched, requests, events);
    let mut watch = Watch::new(context, args, scene, round, titles, asks);
    watch.begin();
    watch.follow(&inbox)
}
