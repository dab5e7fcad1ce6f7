//! A request that several steps build in shared memory.
//!
//! Space in a ring is a borrow, which cannot pass from one step to the next. So the client runs on
//! its own thread with the borrowed space, from the step that reserves it to the step that sends
//! the request.

use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};

use zerobuffer::DuplexClient;

use super::pattern;

/// A client with reserved space for a request.
#[derive(Debug)]
pub struct RequestInPlace {
    orders: Sender<Order>,
    done: Receiver<Result<(), String>>,
    thread: JoinHandle<(DuplexClient, Option<Vec<u8>>)>,
    len: usize,
    address: usize,
}

#[derive(Debug)]
enum Order {
    Fill,
    Commit,
}

/// Result of a reservation.
#[derive(Debug, Clone, Copy)]
struct Loan {
    len: usize,
    address: usize,
}

impl RequestInPlace {
    /// Lets `client` reserve `len` bytes. Returns the client if there is no space.
    pub(super) fn acquire(
        client: DuplexClient,
        len: usize,
    ) -> Result<Self, (Box<DuplexClient>, String)> {
        let (orders, ordered) = mpsc::channel();
        let (lent, loan) = mpsc::channel();
        let (tell, done) = mpsc::channel();
        let mut client = client;
        let thread = thread::spawn(move || {
            let request = build(&mut client, len, &lent, &ordered, &tell);
            if let Err(error) = &request {
                // The receiver is gone if the scenario has ended.
                let _ = tell.send(Err(error.clone()));
            }
            (client, request.ok())
        });
        match loan.recv() {
            Ok(Loan { len, address }) => Ok(Self { orders, done, thread, len, address }),
            Err(_) => {
                let reason = done.recv().ok().and_then(Result::err).unwrap_or_default();
                match thread.join() {
                    Ok((client, _)) => Err((Box::new(client), reason)),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
        }
    }

    /// Returns the number of reserved bytes.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Returns whether nothing is reserved.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Returns the address of the space in this process.
    pub fn address(&self) -> usize {
        self.address
    }

    /// Fills the space with the pattern of frame 0.
    ///
    /// # Errors
    /// Returns an error if the client has ended.
    pub fn fill(&self) -> Result<(), String> {
        self.order(Order::Fill)
    }

    /// Sends the request; returns the client and the bytes sent.
    pub(super) fn commit(self) -> Result<(DuplexClient, Vec<u8>), String> {
        self.order(Order::Commit)?;
        match self.end()? {
            (client, Some(request)) => Ok((client, request)),
            (_, None) => Err("the request was not sent".to_owned()),
        }
    }

    /// Releases the space unused.
    pub(super) fn end(self) -> Result<(DuplexClient, Option<Vec<u8>>), String> {
        drop(self.orders);
        self.thread.join().map_err(|_| "the client that builds a request panicked".to_owned())
    }

    fn order(&self, order: Order) -> Result<(), String> {
        let gone = || "the client that builds a request has ended".to_owned();
        self.orders.send(order).map_err(|_| gone())?;
        self.done.recv().map_err(|_| gone())?
    }
}

/// Keeps the space until the commands end; returns the bytes sent.
fn build(
    client: &mut DuplexClient,
    len: usize,
    lent: &Sender<Loan>,
    orders: &Receiver<Order>,
    done: &Sender<Result<(), String>>,
) -> Result<Vec<u8>, String> {
    let mut space = client.reserve(len).map_err(|e| e.to_string())?;
    // The end of the scenario closes both channels.
    let _ = lent.send(Loan { len: space.len(), address: space.as_ptr() as usize });
    for order in orders {
        match order {
            Order::Fill => pattern::fill_frame(&mut space, 0),
            Order::Commit => {
                let request = space.to_vec();
                space.commit().map_err(|e| e.to_string())?;
                let _ = done.send(Ok(()));
                return Ok(request);
            }
        }
        let _ = done.send(Ok(()));
    }
    Err("the space was released unused".to_owned())
}
