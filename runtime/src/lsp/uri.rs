//! Addresses of files.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use lsp_types::Uri;

const SCHEME: &str = "file://";

/// Returns the path of an address; `None` if it is not that of a file.
pub(super) fn to_path(uri: &Uri) -> Option<PathBuf> {
    let path = uri.as_str().strip_prefix(SCHEME)?;
    let path = decode(&path[path.find('/')?..])?;
    // `/C:/…`: the slash is not part of the path.
    let has_drive = path.get(2..4) == Some(":/");
    Some(PathBuf::from(if has_drive { &path[1..] } else { &path }))
}

/// Returns the address of a file.
pub(super) fn from_path(path: &Path) -> Option<Uri> {
    let path = path.to_str()?.replace('\\', "/");
    let mut text = String::from(SCHEME);
    if !path.starts_with('/') {
        text.push('/');
    }
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                text.push(char::from(byte));
            }
            // Writing to a `String` cannot fail.
            _ => drop(write!(text, "%{byte:02X}")),
        }
    }
    Uri::from_str(&text).ok()
}

fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_survive_the_way_there_and_back() {
        for path in ["/a/b c.feature", "/雪/🥒%20.feature", "/a:b/c+d#e"] {
            let uri = from_path(Path::new(path)).unwrap();
            assert_eq!(to_path(&uri).as_deref(), Some(Path::new(path)), "{}", uri.as_str());
        }
    }

    #[test]
    fn encoded_drive_is_a_path() {
        let uri = Uri::from_str("file:///c%3A/a.feature").unwrap();
        assert_eq!(to_path(&uri), Some(PathBuf::from("c:/a.feature")));
        assert_eq!(to_path(&Uri::from_str("untitled:a").unwrap()), None);
    }
}
