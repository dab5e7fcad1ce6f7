//! What the steps of one scenario share. Each type is a state of its own, made on first use and
//! dropped at the scenario's end.

mod attempts;
mod bench_ring;
mod bounded_writer;
mod buffer_files;
mod continuous;
mod cpu_time;
mod dead_process;
mod duplex_client;
mod duplex_server;
mod ends;
mod environment;
mod exhausted_process;
mod leaks;
mod naming;
mod obstacle;
mod patience;
pub mod pattern;
mod readers;
mod request_in_place;
mod ring_usage;
mod samples;
mod scale;
mod serve_child;
mod sweep_guard;
mod writers;

pub use attempts::Attempts;
pub use bench_ring::{BenchRing, latencies, throughput, turnarounds};
pub use buffer_files::{
    BufferFiles, CONTROL_BLOCK_BYTES, FRAME_HEADER_BYTES, Field, Header, SEMAPHORE_BYTES, Semaphore,
};
pub use continuous::ContinuousWriter;
pub use cpu_time::CpuUsage;
pub use dead_process::{DeadDuplexEnd, DeadReader, DeadWriter, ended_process};
pub use duplex_client::{Exchange, TestClient};
pub use duplex_server::{Handler, Heard, TestServer};
pub use ends::{Rings, SharedMemory};
pub use environment::Environment;
pub use exhausted_process::ExhaustedProcess;
pub use leaks::traces_of;
pub use naming::BufferNames;
pub use obstacle::Obstacle;
pub use patience::wait_until;
pub use readers::{OpenReader, Readers, Received, ReceivedFrame};
pub use request_in_place::RequestInPlace;
pub use ring_usage::fill_to;
pub use samples::Samples;
pub use scale::Scale;
pub use serve_child::{Circumstances, Reply, ServeChild, path_of_this_program};
pub use sweep_guard::SweepGuard;
pub use writers::{OpenWriter, Writers};
