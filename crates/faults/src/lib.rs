//! A network that misbehaves on purpose, for tests: between a client and a node, requests and
//! answers are lost, torn, doubled, delayed and delivered late, as a seed decides.
//!
//! [`Proxy`] stands before a node's HTTP port; [`Faulty`] wraps a transport in this process. Both
//! take the same [`Rates`]:
//!
//! ```no_run
//! use budget_faults::{Proxy, Rates};
//!
//! let proxy = Proxy::start("http://127.0.0.1:8899", 7, Rates::mixed())?;
//! let url = proxy.url(); // give this one to the client
//! # Ok::<(), std::io::Error>(())
//! ```
#![deny(missing_docs)]

mod http;
mod proxy;
mod rates;
mod sender;

pub use proxy::Proxy;
pub use rates::{Counts, Fault, Rates};
pub use sender::{Faulty, Watch};
