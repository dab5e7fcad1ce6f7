//! Video frames: formats, test pictures and measurements.

use std::str::FromStr;

use harmony_bdd::param;
use serde::{Deserialize, Serialize};

/// Width and height in pixels; the parameter type `{resolution}`.
#[param(name = "resolution", regex = "[0-9]+x[0-9]+")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resolution {
    /// Pixels per line.
    pub width: usize,
    /// Number of lines.
    pub height: usize,
}

/// Format of a pixel; the parameter type `{pixels}`.
#[param(name = "pixels", regex = "gray|rgb")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pixels {
    /// One byte of brightness.
    Gray,
    /// Three bytes.
    Rgb,
}

/// The picture in front of the camera; the parameter type `{scene}`.
#[param(name = "scene", regex = "darkness|daylight|a gradient|a moving bar")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scene {
    /// All bytes are 0.
    Darkness,
    /// All bytes are 255.
    Daylight,
    /// Dark on the left, bright on the right.
    #[text("a gradient")]
    Gradient,
    /// Dark with a bright bar that moves one pixel to the right per frame.
    #[text("a moving bar")]
    MovingBar,
}

/// Format of all frames of a video; stored as JSON in the metadata of the ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Format {
    /// Pixels per line.
    pub width: usize,
    /// Number of lines.
    pub height: usize,
    /// Format of a pixel.
    pub pixels: Pixels,
}

/// Measurements of one frame.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct Measurement {
    /// The frame's number, counted from 1.
    pub frame: u64,
    /// The format of the frame.
    #[serde(flatten)]
    pub format: Format,
    /// The mean of its bytes.
    pub mean: f64,
    /// The checksum of its bytes.
    pub adler32: u32,
}

const BAR_PIXELS: usize = 16;

impl Format {
    /// Creates a format.
    pub fn new(Resolution { width, height }: Resolution, pixels: Pixels) -> Self {
        Self { width, height, pixels }
    }

    /// Returns the length of a frame in bytes.
    pub fn frame_bytes(&self) -> usize {
        self.width * self.height * self.pixels.bytes()
    }

    /// Fills frame `number` with the picture of `scene`.
    ///
    /// # Panics
    /// Panics if the length of `frame` is not [`frame_bytes`](Self::frame_bytes).
    pub fn film(&self, scene: Scene, number: u64, frame: &mut [u8]) {
        assert_eq!(frame.len(), self.frame_bytes(), "bytes of a frame");
        let bytes = self.pixels.bytes();
        let bar = number as usize % self.width;
        for line in frame.chunks_exact_mut(self.width * bytes) {
            for (x, pixel) in line.chunks_exact_mut(bytes).enumerate() {
                pixel.fill(match scene {
                    Scene::Darkness => 0,
                    Scene::Daylight => 255,
                    Scene::Gradient => (x * 256 / self.width) as u8,
                    Scene::MovingBar if (bar..bar + BAR_PIXELS).contains(&x) => 200,
                    Scene::MovingBar => 20,
                });
            }
        }
    }

    /// Measures a frame.
    pub fn measure(&self, number: u64, frame: &[u8]) -> Measurement {
        let sum: u64 = frame.iter().map(|&byte| u64::from(byte)).sum();
        let mean = sum as f64 / frame.len() as f64;
        Measurement { frame: number, format: *self, mean, adler32: adler32(frame) }
    }
}

impl Pixels {
    fn bytes(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::Rgb => 3,
        }
    }
}

impl FromStr for Resolution {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let numbers =
            text.split_once('x').and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
        match numbers {
            Some((width @ 1.., height @ 1..)) => Ok(Self { width, height }),
            _ => Err(format!("{text} is not a picture size such as 640x480")),
        }
    }
}

/// Adler-32: two sums modulo the largest prime below 2^16, one of the bytes and one of the sums so
/// far.
fn adler32(bytes: &[u8]) -> u32 {
    const PRIME: u32 = 65_521;
    let (mut sum, mut sum_of_sums) = (1, 0);
    for &byte in bytes {
        sum = (sum + u32::from(byte)) % PRIME;
        sum_of_sums = (sum_of_sums + sum) % PRIME;
    }
    sum_of_sums << 16 | sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksum_equals_that_of_zlib() {
        // The value of Python's `zlib.adler32(b"Wikipedia")`.
        assert_eq!(adler32(b"Wikipedia"), 0x11E6_0398);
        assert_eq!(adler32(b""), 1);
    }

    #[test]
    fn moving_bar_moves_one_pixel_per_frame() {
        let format = Format { width: 64, height: 2, pixels: Pixels::Rgb };
        let mut frames = [vec![0; format.frame_bytes()], vec![0; format.frame_bytes()]];
        for (frame, number) in frames.iter_mut().zip(1..) {
            format.film(Scene::MovingBar, number, frame);
        }
        assert_eq!(frames[0][3..51], [200; 48]);
        assert_eq!(frames[0][..48], frames[1][3..51], "one pixel further");
        assert_eq!(format.measure(1, &frames[0]).mean, (16.0 * 200.0 + 48.0 * 20.0) / 64.0);
    }
}
