//! Where a network is reached.

/// A JSON-RPC address and the websocket that belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// Address of the JSON-RPC, for example `http://127.0.0.1:8899`.
    pub rpc: String,
    /// Address of the websocket, for example `ws://127.0.0.1:8900`.
    pub websocket: String,
}

impl Cluster {
    /// The cluster that `name` means: a moniker of Solana's tools (`localnet`, `devnet`, `testnet`,
    /// `mainnet-beta`, or its first letter) or an address beginning with `http`. Nothing when it is
    /// neither.
    ///
    /// The websocket follows the convention of Solana's nodes: the port after a stated one, else the
    /// same host.
    pub fn named(name: &str) -> Option<Self> {
        let rpc = match name {
            "l" | "localhost" | "localnet" => "http://127.0.0.1:8899",
            "d" | "devnet" => "https://api.devnet.solana.com",
            "t" | "testnet" => "https://api.testnet.solana.com",
            "m" | "mainnet" | "mainnet-beta" => "https://api.mainnet-beta.solana.com",
            address if address.starts_with("http://") || address.starts_with("https://") => address,
            _ => return None,
        };
        Some(Self { rpc: rpc.to_owned(), websocket: websocket(rpc) })
    }

    /// Whether this is a network on this machine, where a development key is no danger.
    pub fn is_local(&self) -> bool {
        let host = self.rpc.split_once("://").map_or("", |(_, rest)| rest);
        let host = host.split(['/', '?']).next().unwrap_or_default();
        let host = match host.strip_prefix('[') {
            Some(inside) => inside.split(']').next().unwrap_or_default(),
            None => host.split(':').next().unwrap_or_default(),
        };
        host == "localhost"
            || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

fn websocket(rpc: &str) -> String {
    let (scheme, rest) = match rpc.strip_prefix("https://") {
        Some(rest) => ("wss", rest),
        None => ("ws", rpc.strip_prefix("http://").unwrap_or(rpc)),
    };
    let (host, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let port = host.rsplit_once(':').and_then(|(name, port)| {
        let next = port.parse::<u16>().ok()?.checked_add(1)?;
        Some(format!("{scheme}://{name}:{next}{path}"))
    });
    port.unwrap_or_else(|| format!("{scheme}://{host}{path}"))
}

#[cfg(test)]
mod tests {
    use super::Cluster;

    #[test]
    fn monikers_and_addresses_lead_to_rpc_and_websocket() {
        let local = Cluster::named("localnet").unwrap();
        assert_eq!(local.rpc, "http://127.0.0.1:8899");
        assert_eq!(local.websocket, "ws://127.0.0.1:8900");
        let hosted = Cluster::named("https://node.example/key").unwrap();
        assert_eq!(hosted.websocket, "wss://node.example/key");
        let odd = Cluster::named("http://[::1]:65535/").unwrap();
        assert_eq!(odd.websocket, "ws://[::1]:65535/");
        assert_eq!(Cluster::named("nonsense"), None);
        assert_eq!(Cluster::named("ftp://127.0.0.1"), None);
    }

    #[test]
    fn only_loopback_is_local() {
        for name in ["localnet", "http://localhost:1", "http://[::1]:8899/", "http://127.9.9.9"] {
            assert!(Cluster::named(name).unwrap().is_local(), "{name}");
        }
        for name in ["devnet", "http://127.0.0.1.example", "http://10.0.0.1:8899", "http://local"] {
            assert!(!Cluster::named(name).unwrap().is_local(), "{name}");
        }
    }
}
