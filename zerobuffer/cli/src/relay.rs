//! `zerobuffer relay`: frames and metadata of one buffer into another one.

use serde_json::json;
use zerobuffer::{BufferConfig, Reader, Writer};

use crate::args::{RelayArgs, limit};
use crate::outcome::{Errors, Exit, Traffic, complain, conclude};
use crate::progress::Progress;
use crate::reader::{Waited, wait_for_frame};
use crate::stop::Stop;
use crate::writer::{connect, interrupted, linger, wait_for_space};

pub(crate) fn run(args: &RelayArgs, stop: &Stop) -> Exit {
    let mut relay = Relay {
        args,
        stop,
        limit: limit(args.frames),
        traffic: Traffic::default(),
        metadata_relayed: false,
        errors: Errors::default(),
    };
    if let Err(error) = relay.run() {
        relay.errors.add_buffer(&error);
    }
    let Relay { traffic, metadata_relayed, errors, .. } = relay;
    let json = args.report.json_output.then(|| {
        json!({
            "operation": "relay",
            "input_buffer": args.input_buffer,
            "output_buffer": args.output_buffer,
            "frames_relayed": traffic.frames,
            "metadata_relayed": metadata_relayed,
            "duration_seconds": traffic.seconds(),
            "throughput_mbps": traffic.throughput(),
            "transform": args.transform.name(),
            "errors": errors.to_json(),
        })
    });
    let text = format!(
        "relayed {} frames, {} bytes, in {:.3} s, {:.1} MiB/s",
        traffic.frames,
        traffic.bytes,
        traffic.seconds(),
        traffic.throughput()
    );
    conclude(json, &text, &errors)
}

struct Relay<'a> {
    args: &'a RelayArgs,
    stop: &'a Stop,
    limit: Option<u64>,
    traffic: Traffic,
    metadata_relayed: bool,
    errors: Errors,
}

impl Relay<'_> {
    fn run(&mut self) -> zerobuffer::Result<()> {
        let args = self.args;
        let config = BufferConfig::new(args.metadata_size, args.buffer_size)?;
        let mut reader = Reader::create(&args.input_buffer, config)?;
        if args.create_output {
            let _ = complain(format_args!(
                "buffer '{}' belongs to its reader; waiting for it instead of creating it",
                args.output_buffer
            ));
        }
        let verbose = args.report.verbose;
        let Some(mut writer) = connect(&args.output_buffer, &args.output, self.stop, verbose)?
        else {
            interrupted(self.limit, &self.traffic, &mut self.errors);
            return Ok(());
        };
        let mut progress = Progress::new("relayed", self.limit);
        let result = self.relay_frames(&mut reader, &mut writer, &mut progress);
        self.traffic.end();
        progress.clear();
        if result.is_ok() {
            linger(&writer, &args.output, self.stop);
        }
        result
    }

    fn relay_frames(
        &mut self,
        reader: &mut Reader,
        writer: &mut Writer,
        progress: &mut Progress,
    ) -> zerobuffer::Result<()> {
        let args = self.args;
        while self.limit.is_none_or(|limit| self.traffic.frames < limit) {
            let traffic = &self.traffic;
            let waited =
                wait_for_frame(reader, args.timeout_ms, self.stop, || progress.refresh(traffic))?;
            // Before the frame that may follow it, and also if none does.
            self.relay_metadata(reader, writer)?;
            match waited {
                Waited::Frame => {}
                Waited::End => {
                    if let Some(limit) = self.limit {
                        let frames = self.traffic.frames;
                        let text = format!("the writer closed after {frames} of {limit} frames");
                        self.errors.add(Exit::Data, text);
                    }
                    return Ok(());
                }
                Waited::Timeout => {
                    let text = format!("no frame came within {} ms", args.timeout_ms);
                    self.errors.add(Exit::Timeout, text);
                    return Ok(());
                }
                Waited::Interrupted => {
                    interrupted(self.limit, &self.traffic, &mut self.errors);
                    return Ok(());
                }
            }
            self.traffic.begin();
            let Some(frame) = reader.try_read()? else { continue };
            if !wait_for_space(writer, frame.len(), args.timeout_ms, self.stop)? {
                interrupted(self.limit, &self.traffic, &mut self.errors);
                return Ok(());
            }
            let mut slot = writer.reserve(frame.len())?;
            args.transform.apply(args.xor_key, &frame, &mut slot);
            slot.commit()?;
            self.traffic.add(frame.len());
            drop(frame);
            progress.show(&self.traffic);
            if args.report.verbose && self.traffic.frames.is_multiple_of(args.log_interval) {
                let _ = complain(format_args!("{} frames relayed", self.traffic.frames));
            }
        }
        Ok(())
    }

    fn relay_metadata(&mut self, reader: &Reader, writer: &mut Writer) -> zerobuffer::Result<()> {
        if !self.metadata_relayed
            && let Some(metadata) = reader.metadata()?
        {
            writer.set_metadata(&metadata)?;
            self.metadata_relayed = true;
        }
        Ok(())
    }
}
