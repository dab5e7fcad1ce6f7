//! Steps of the camera and the consumer.

use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use harmony_bdd::{Outcome, StepContext, given, then, when};

use crate::camera::Camera;
use crate::consumer::Consumer;
use crate::python::python;
use crate::video::{Format, Measurement, Pixels, Resolution, Scene};

/// Camera, consumer, and the expected measurements.
#[derive(Default)]
struct Pipeline {
    // Dropped first, so that the consumer reaches the end of the stream.
    camera: Option<Camera>,
    consumer: Option<Consumer>,
    filmed: Vec<Measurement>,
    measured: Option<Result<Vec<Measurement>, String>>,
}

impl Pipeline {
    fn camera(&mut self) -> Result<&mut Camera, &'static str> {
        self.camera.as_mut().ok_or("no camera is running")
    }

    /// Returns the measurements; the first call waits for the consumer.
    fn measured(&mut self) -> Result<&Result<Vec<Measurement>, String>, &'static str> {
        if self.camera.is_some() {
            return Err("the consumer runs until the camera stops");
        }
        let consumer = self.consumer.as_mut().ok_or("no consumer is running")?;
        Ok(self.measured.get_or_insert_with(|| consumer.finish()))
    }
}

// The first scenario creates the virtual environment, which takes time.
#[given(
    expr = "a consumer in Python with room for {int} frames of {resolution} {pixels}",
    timeout_ms = 300_000
)]
fn a_consumer(
    pipeline: &mut Pipeline,
    frames: usize,
    resolution: Resolution,
    pixels: Pixels,
) -> Result<Outcome, String> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let python = match python() {
        Ok(python) => python,
        Err(outcome) => return Ok(outcome),
    };
    // Relaxed: the number only has to be unique.
    let ring = format!("video-{}-{}", process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let frame_bytes = Format::new(resolution, pixels).frame_bytes() + 16;
    pipeline.consumer = Some(Consumer::start(&python, ring, frames * frame_bytes)?);
    Ok(Outcome::Passed)
}

#[given(expr = "a camera that films {resolution} {pixels}")]
fn a_camera(
    pipeline: &mut Pipeline,
    resolution: Resolution,
    pixels: Pixels,
) -> Result<(), Box<dyn std::error::Error>> {
    let ring = pipeline.consumer.as_ref().ok_or("no consumer is running")?.ring();
    pipeline.camera = Some(Camera::open(ring, Format::new(resolution, pixels))?);
    Ok(())
}

#[when(expr = "the camera films {int} frame(s) of {scene}")]
fn films(
    pipeline: &mut Pipeline,
    frames: usize,
    scene: Scene,
) -> Result<(), Box<dyn std::error::Error>> {
    let mut filmed = Vec::new();
    let camera = pipeline.camera()?;
    let format = camera.format();
    for _ in 0..frames {
        camera.film(scene, |number, frame| filmed.push(format.measure(number, frame)))?;
    }
    pipeline.filmed.append(&mut filmed);
    Ok(())
}

#[when(expr = "the camera stutters and sends {int} bytes")]
fn stutters(pipeline: &mut Pipeline, bytes: usize) -> Result<(), Box<dyn std::error::Error>> {
    pipeline.camera()?.stutter(bytes)?;
    Ok(())
}

#[when("the camera stops")]
fn stops(pipeline: &mut Pipeline) -> Result<(), &'static str> {
    pipeline.camera()?;
    pipeline.camera = None;
    Ok(())
}

#[then(expr = "the consumer has measured {int} frames of {resolution} {pixels}")]
fn has_measured(
    pipeline: &mut Pipeline,
    frames: usize,
    resolution: Resolution,
    pixels: Pixels,
    context: &StepContext,
) -> Result<(), String> {
    let measured = pipeline.measured()?.as_ref()?;
    context.attach_text("measurements", format!("{measured:#?}"));
    let numbers: Vec<u64> = measured.iter().map(|m| m.frame).collect();
    assert_eq!(numbers, (1..=frames as u64).collect::<Vec<_>>(), "in order, none missing");
    let format = Format::new(resolution, pixels);
    assert!(measured.iter().all(|m| m.format == format), "{:?}", measured[0].format);
    Ok(())
}

#[then("every frame arrived as it was filmed")]
fn arrived(pipeline: &mut Pipeline) -> Result<(), String> {
    let measured = pipeline.measured()?.clone()?;
    assert!(!measured.is_empty());
    assert_eq!(measured, pipeline.filmed);
    Ok(())
}

#[then(expr = "every frame has a mean brightness of {float}")]
fn brightness(pipeline: &mut Pipeline, mean: f64) -> Result<(), String> {
    let measured = pipeline.measured()?.as_ref()?;
    assert!(!measured.is_empty());
    for frame in measured {
        assert!((frame.mean - mean).abs() < 0.05, "{frame:?}");
    }
    Ok(())
}

#[then(expr = "the consumer refuses: {}")]
fn refuses(pipeline: &mut Pipeline, reason: &str) -> Result<(), String> {
    assert_eq!(pipeline.measured()?, &Err(reason.to_owned()));
    Ok(())
}
