//! State shared by the steps of a scenario. Each type is created on first use and dropped when the
//! scenario ends.

mod attempts;
mod bench_ring;
mod bounded_writer;
mod buffer_files;
mod continuous;
mod cpu_time;
mod dead_process;
mod duplex_client;
mod duplex_server;
mod environment;
mod exhausted_process;
mod faulty_stream;
mod leaks;
mod naming;
mod obstacle;
mod open_writer;
pub mod pattern;
mod readers;
mod request_in_place;
mod ring_usage;
mod rings;
mod samples;
mod scale;
mod serve_child;
mod slot_lock;
mod sweep_guard;
mod waiting;
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
pub use environment::Environment;
pub use exhausted_process::ExhaustedProcess;
pub use faulty_stream::{FaultyStream, StreamEnd, died, frame_len};
pub use leaks::traces_of;
pub use naming::BufferNames;
pub use obstacle::Obstacle;
pub use open_writer::OpenWriter;
pub use readers::{OpenReader, Readers, Received, ReceivedFrame};
pub use request_in_place::RequestInPlace;
pub use ring_usage::fill_to;
pub use rings::{Rings, SharedMemory};
pub use samples::Samples;
pub use scale::Scale;
pub use serve_child::{Circumstances, Reply, ServeChild, path_of_this_program};
pub use sweep_guard::SweepGuard;
pub use waiting::wait_until;
pub use writers::Writers;
