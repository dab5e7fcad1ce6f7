//! The client of the service; its errors carry their causes.

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

/// Errors of a request.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The connection cannot be established.
    #[error("cannot connect to the service at {address}")]
    Connect {
        /// The address.
        address: SocketAddr,
        /// The system's error.
        source: io::Error,
    },
    /// The connection broke.
    #[error("no response to the request {request:?}")]
    Broken {
        /// The request.
        request: String,
        /// The system's error.
        source: io::Error,
    },
    /// The response did not arrive in time.
    #[error("no response to the request {request:?} within {limit:?}")]
    TooLate {
        /// The request.
        request: String,
        /// The timeout.
        limit: Duration,
    },
    /// The service refused.
    #[error("the service refused {request:?}: {reason}")]
    Refused {
        /// The request.
        request: String,
        /// The reason given by the service.
        reason: String,
    },
}

impl Client {
    /// Connects to the service at `address`.
    ///
    /// # Errors
    /// Returns [`ClientError::Connect`] if the service does not accept the connection.
    pub async fn connect(address: SocketAddr) -> Result<Self, ClientError> {
        let stream = TcpStream::connect(address)
            .await
            .map_err(|source| ClientError::Connect { address, source })?;
        Ok(Self { stream: BufStream::new(stream) })
    }

    /// Sends a request and waits for the response; `None` if the name has no value.
    ///
    /// # Errors
    /// Returns [`ClientError::Broken`] if the connection fails, [`ClientError::Refused`] if the
    /// service refuses.
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

    /// Sends a request as [`ask`](Self::ask) does, and waits for at most `limit`.
    ///
    /// # Errors
    /// Returns the errors of [`ask`](Self::ask), and [`ClientError::TooLate`] after `limit`.
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
