//! The client of the service, as its users have it, with errors that say what caused them.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufStream};
use tokio::net::TcpStream;

/// A connection to the service.
#[derive(Debug)]
pub struct Client {
    stream: BufStream<TcpStream>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Nobody answers at this address.
    #[error("cannot connect to the service at {address}")]
    Connect {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The connection broke.
    #[error("the request {request:?} got no answer")]
    Broken {
        /// The request.
        request: String,
        /// What the system says.
        source: io::Error,
    },
    /// The answer did not come in time.
    #[error("the request {request:?} got no answer within {limit:?}")]
    TooLate {
        /// The request.
        request: String,
        /// How long was waited.
        limit: Duration,
    },
    /// The service refused.
    #[error("the service refused {request:?}: {reason}")]
    Refused {
        /// The request.
        request: String,
        /// Its words.
        reason: String,
    },
}

impl Client {
    /// Connects to the service at `address`.
    ///
    /// # Errors
    /// [`ClientError::Connect`].
    pub async fn connect(address: SocketAddr) -> Result<Self, ClientError> {
        let stream = TcpStream::connect(address)
            .await
            .map_err(|source| ClientError::Connect { address, source })?;
        Ok(Self { stream: BufStream::new(stream) })
    }

    /// Sends a request and waits for the answer, `None` for a name that has no value.
    ///
    /// # Errors
    /// [`ClientError::Broken`] and [`ClientError::Refused`].
    pub async fn ask(&mut self, request: &str) -> Result<Option<i64>, ClientError> {
        let broken = |source| ClientError::Broken { request: request.to_owned(), source };
        let reply = self.exchange(request).await.map_err(broken)?;
        match reply.split_once(' ') {
            None if reply == "OK" || reply == "NONE" => Ok(None),
            Some(("VALUE", number)) => number
                .parse()
                .map(Some)
                .map_err(|e| broken(io::Error::new(io::ErrorKind::InvalidData, e))),
            Some(("ERROR", reason)) => {
                Err(ClientError::Refused { request: request.to_owned(), reason: reason.to_owned() })
            }
            _ => Err(broken(io::ErrorKind::InvalidData.into())),
        }
    }

    /// As [`ask`](Self::ask), for at most `limit`.
    ///
    /// # Errors
    /// As [`ask`](Self::ask), and [`ClientError::TooLate`].
    pub async fn ask_within(
        &mut self,
        limit: Duration,
        request: &str,
    ) -> Result<Option<i64>, ClientError> {
        let late = |_| ClientError::TooLate { request: request.to_owned(), limit };
        tokio::time::timeout(limit, self.ask(request)).await.map_err(late)?
    }

    async fn exchange(&mut self, request: &str) -> io::Result<String> {
        self.stream.write_all(format!("{request}\n").as_bytes()).await?;
        self.stream.flush().await?;
        let mut line = String::new();
        match self.stream.read_line(&mut line).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(line.trim_end().to_owned()),
        }
    }
}
