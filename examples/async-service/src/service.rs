//! The service under test: a store of numbers that many clients use over TCP, one line per request.
//!
//! ```text
//! GET name            VALUE 3 | NONE
//! SET name 3          OK
//! ADD name 2          VALUE 5
//! WATCH name          VALUE 5, as soon as the value changes
//! ```
//! The response to any other request is `ERROR reason`.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// A running service; dropping it stops the service.
#[derive(Debug)]
pub struct Service {
    address: SocketAddr,
    store: Arc<Store>,
    accepting: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Store {
    values: Mutex<BTreeMap<String, i64>>,
    requests: Mutex<Vec<String>>,
    changed: Notify,
}

impl Service {
    /// Starts on a free port of this machine.
    ///
    /// # Errors
    /// Returns an error if no port is available.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let store = Arc::new(Store::default());
        let accepting = tokio::spawn(accept(listener, Arc::clone(&store)));
        Ok(Self { address, store, accepting })
    }

    /// Returns the address the service listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops listening; existing connections stay open.
    pub async fn stop(&mut self) {
        self.accepting.abort();
        // The task was aborted, so its result is an error.
        let _ = (&mut self.accepting).await;
    }

    /// Returns every request so far, in order of arrival.
    pub fn requests(&self) -> Vec<String> {
        locked(&self.store.requests).clone()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, store: Arc<Store>) {
    // A failed accept does not affect other clients.
    loop {
        if let Ok((client, _)) = listener.accept().await {
            tokio::spawn(serve(client, Arc::clone(&store)));
        }
    }
}

async fn serve(mut client: TcpStream, store: Arc<Store>) -> io::Result<()> {
    let (read, mut write) = client.split();
    let mut lines = BufReader::new(read).lines();
    while let Some(line) = lines.next_line().await? {
        let reply = store.answer(&line).await;
        write.write_all(format!("{reply}\n").as_bytes()).await?;
    }
    Ok(())
}

impl Store {
    async fn answer(&self, request: &str) -> String {
        locked(&self.requests).push(request.to_owned());
        let words: Vec<&str> = request.split_whitespace().collect();
        match words[..] {
            ["GET", name] => self.get(name).map_or("NONE".to_owned(), value),
            ["SET", name, number] => match number.parse() {
                Ok(number) => {
                    locked(&self.values).insert(name.to_owned(), number);
                    self.changed.notify_waiters();
                    "OK".to_owned()
                }
                Err(_) => format!("ERROR {number} is not a number"),
            },
            ["ADD", name, number] => match number.parse::<i64>() {
                Ok(number) => {
                    let sum = {
                        let mut values = locked(&self.values);
                        let sum = values.entry(name.to_owned()).or_default();
                        *sum += number;
                        *sum
                    };
                    self.changed.notify_waiters();
                    value(sum)
                }
                Err(_) => format!("ERROR {number} is not a number"),
            },
            ["WATCH", name] => value(self.next(name).await),
            _ => format!("ERROR unknown request {request:?}"),
        }
    }

    /// Waits until the value of `name` changes and returns it.
    async fn next(&self, name: &str) -> i64 {
        let before = self.get(name);
        loop {
            // Created before the value is read, so that a change in between is not missed.
            let changed = self.changed.notified();
            match self.get(name) {
                Some(now) if Some(now) != before => return now,
                _ => changed.await,
            }
        }
    }

    fn get(&self, name: &str) -> Option<i64> {
        locked(&self.values).get(name).copied()
    }
}

fn value(number: i64) -> String {
    format!("VALUE {number}")
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
