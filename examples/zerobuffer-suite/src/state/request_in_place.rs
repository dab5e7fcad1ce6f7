//! A request that is built in shared memory while steps come and go.
//!
//! Space in a ring is lent by borrow, and no step can hand a borrow to the next one. So the client
//! lives on a thread of its own with what it was lent, from the step that asks for space to the one
//! that sends the request.

use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};

use zerobuffer::DuplexClient;

use super::pattern;

/// A client that holds space for a request.
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

/// What a loan comes to.
#[derive(Debug, Clone, Copy)]
struct Loan {
    len: usize,
    address: usize,
}

impl RequestInPlace {
    /// Lets `client` ask for space of `len` bytes. Without space the client comes back.
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
                // Nobody listens any more where the scenario is over.
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

    /// Bytes lent.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing was lent.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Where the space is in this process.
    pub fn address(&self) -> usize {
        self.address
    }

    /// Fills the space with the pattern of frame 0.
    ///
    /// # Errors
    /// When the client is gone.
    pub fn fill(&self) -> Result<(), String> {
        self.order(Order::Fill)
    }

    /// Sends what is in the space; gives the client back, and what it has sent.
    pub(super) fn commit(self) -> Result<(DuplexClient, Vec<u8>), String> {
        self.order(Order::Commit)?;
        match self.end()? {
            (client, Some(request)) => Ok((client, request)),
            (_, None) => Err("the request was not sent".to_owned()),
        }
    }

    /// Gives the space back unused.
    pub(super) fn end(self) -> Result<(DuplexClient, Option<Vec<u8>>), String> {
        drop(self.orders);
        self.thread.join().map_err(|_| "the client that builds a request panicked".to_owned())
    }

    fn order(&self, order: Order) -> Result<(), String> {
        let gone = || "the client that builds a request is gone".to_owned();
        self.orders.send(order).map_err(|_| gone())?;
        self.done.recv().map_err(|_| gone())?
    }
}

/// Holds the space until the orders end; what was sent.
fn build(
    client: &mut DuplexClient,
    len: usize,
    lent: &Sender<Loan>,
    orders: &Receiver<Order>,
    done: &Sender<Result<(), String>>,
) -> Result<Vec<u8>, String> {
    let mut space = client.reserve(len).map_err(|e| e.to_string())?;
    // A scenario that is over listens to nothing more, and ends the orders.
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
    Err("the space was given back unused".to_owned())
}
