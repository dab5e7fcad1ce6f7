//! JSON inside a page.

use std::io::{self, Write};

/// JSON inside a script element: no `<` may begin what ends the element.
pub(super) fn write_in_script(out: &mut impl Write, json: &[u8]) -> io::Result<()> {
    for (index, piece) in json.split(|&byte| byte == b'<').enumerate() {
        if index > 0 {
            // Inside a string of JSON, where alone a `<` can stand.
            out.write_all(b"\\u003C")?;
        }
        out.write_all(piece)?;
    }
    Ok(())
}
