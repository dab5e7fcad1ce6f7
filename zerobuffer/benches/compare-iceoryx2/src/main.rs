//! The processes of a sample with frames carried by iceoryx2: publish and subscribe, polled.
//!
//! Started by the benchmark `ring` beside this folder; `run.sh` builds it and starts that.

#[path = "../../ring/driver.rs"]
mod driver;

use std::time::{Duration, Instant};

use iceoryx2::port::publisher::Publisher;
use iceoryx2::port::subscriber::Subscriber;
use iceoryx2::prelude::*;

use driver::{Job, ReceiveEnd, SendEnd};

const SAMPLE_TIMEOUT: Duration = Duration::from_secs(10);

fn main() {
    let job = Job::of_this_process().expect("is started by the benchmark `ring`");
    pin(job.cpu);
    print!("{}", job.run(|name| Sender::open(name, job.len), |name| Receiver::create(name, &job)));
}

/// Keeps this process on one CPU by way of the system's own tool.
fn pin(cpu: usize) {
    let own = std::process::id().to_string();
    let _ = std::process::Command::new("taskset")
        .args(["-pc", &cpu.to_string(), &own])
        .stdout(std::process::Stdio::null())
        .status();
}

fn node() -> Node<ipc::Service> {
    NodeBuilder::new().create::<ipc::Service>().expect("a node")
}

struct Sender {
    _node: Node<ipc::Service>,
    publisher: Publisher<ipc::Service, [u8], ()>,
}

impl Sender {
    fn open(name: &str, len: usize) -> Self {
        let node = node();
        let began = Instant::now();
        let service = loop {
            let name = name.try_into().expect("a service name");
            match node.service_builder(&name).publish_subscribe::<[u8]>().open() {
                Ok(service) => break service,
                Err(error) => assert!(began.elapsed() < SAMPLE_TIMEOUT, "no service: {error:?}"),
            }
            std::thread::yield_now();
        };
        let publisher = service
            .publisher_builder()
            .initial_max_slice_len(len)
            .backpressure_strategy(BackpressureStrategy::RetryUntilDelivered)
            .create()
            .expect("a publisher");
        Self { _node: node, publisher }
    }
}

impl Sender {
    /// Sends again until the frame is delivered: the subscriber may still be connecting.
    fn deliver(&self, send: impl Fn(&Publisher<ipc::Service, [u8], ()>) -> usize) {
        let mut tries = 0_u32;
        while send(&self.publisher) == 0 {
            tries += 1;
            assert!(tries < 10_000_000, "no subscriber");
            std::hint::spin_loop();
        }
    }
}

impl SendEnd for Sender {
    fn send(&mut self, frame: &[u8]) {
        self.deliver(|publisher| {
            let sample = publisher.loan_slice_uninit(frame.len()).expect("memory");
            sample.write_from_slice(frame).send().expect("a delivery")
        });
    }

    fn send_loaned(&mut self, len: usize, stamp: u64) {
        self.deliver(|publisher| {
            let mut sample = publisher.loan_slice_uninit(len).expect("memory");
            for (place, byte) in sample.payload_mut().iter_mut().zip(stamp.to_le_bytes()) {
                place.write(byte);
            }
            // SAFETY: shared memory is initialized, if only with what was there before; the
            // receiver of a loaned frame reads only the stamp.
            let sample = unsafe { sample.assume_init() };
            sample.send().expect("a delivery")
        });
    }
}

struct Receiver {
    _node: Node<ipc::Service>,
    subscriber: Subscriber<ipc::Service, [u8], ()>,
}

impl Receiver {
    fn create(name: &str, job: &Job) -> Self {
        let node = node();
        let depth = (job.ring / (job.len + 16)).clamp(4, 1024);
        let service = node
            .service_builder(&name.try_into().expect("a service name"))
            .publish_subscribe::<[u8]>()
            .max_publishers(1)
            .max_subscribers(1)
            .subscriber_max_buffer_size(depth)
            .enable_safe_overflow(false)
            .create()
            .expect("a service");
        let subscriber =
            service.subscriber_builder().buffer_size(depth).create().expect("a subscriber");
        Self { _node: node, subscriber }
    }
}

impl ReceiveEnd for Receiver {
    fn receive<T>(&mut self, look: impl FnOnce(&[u8]) -> T) -> T {
        loop {
            if let Some(sample) = self.subscriber.receive().expect("a connection") {
                return look(sample.payload());
            }
            std::hint::spin_loop();
        }
    }
}
