//! The directory that attachments are saved to.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::model::Attachment;

/// The maximum length of a file name, without its number and extension.
const MAX_NAME_CHARS: usize = 60;

/// A directory of attachments, created with the first one.
#[derive(Debug)]
pub(super) struct AttachmentDir {
    path: PathBuf,
    count: usize,
}

impl AttachmentDir {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, count: 0 }
    }

    /// Saves an attachment and returns the path of the file.
    pub(super) fn save(&mut self, attachment: &Attachment) -> io::Result<PathBuf> {
        fs::create_dir_all(&self.path)?;
        self.count += 1;
        let path = self.path.join(file_name(self.count, attachment));
        fs::write(&path, &attachment.content)?;
        Ok(path)
    }
}

/// Returns a file name that is unique in the directory and has the extension of the media type.
fn file_name(number: usize, attachment: &Attachment) -> String {
    let name: String = attachment
        .name
        .chars()
        .map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' })
        .take(MAX_NAME_CHARS)
        .collect();
    if Path::new(&name).extension().is_some() {
        return format!("{number}-{name}");
    }
    let separator = if name.is_empty() { "" } else { "-" };
    format!("{number}{separator}{name}.{}", extension(&attachment.media_type))
}

fn extension(media_type: &str) -> &str {
    let subtype = media_type.split([';', ' ']).next().unwrap_or_default();
    let subtype = subtype.rsplit('/').next().unwrap_or_default();
    match subtype {
        "jpeg" => "jpg",
        "svg+xml" => "svg",
        "png" | "gif" | "webp" | "pdf" | "json" | "xml" | "zip" | "gzip" | "mp4" | "webm" => {
            subtype
        }
        _ => "bin",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::SystemTime;

    #[test]
    fn file_names_are_safe_and_have_an_extension() {
        let name = |name: &str, media_type: &str| {
            let attachment = Attachment {
                name: name.to_owned(),
                media_type: media_type.to_owned(),
                content: Vec::new(),
                is_text: false,
                time: SystemTime::UNIX_EPOCH,
            };
            file_name(7, &attachment)
        };
        assert_eq!(name("red paper", "image/png"), "7-red_paper.png");
        assert_eq!(name("../up/a.txt", "image/png"), "7-.._up_a.txt");
        assert_eq!(name("", "application/octet-stream"), "7.bin");
        assert_eq!(name("photo", "image/jpeg"), "7-photo.jpg");
    }
}
