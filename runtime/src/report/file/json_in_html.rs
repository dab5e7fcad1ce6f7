//! JSON inside an HTML page.

use std::io::{self, Write};

/// Writes JSON inside a script element, where an unescaped `</script>` would end the element.
pub(super) fn write_json_in_script(out: &mut impl Write, json: &[u8]) -> io::Result<()> {
    for (index, piece) in json.split(|&byte| byte == b'<').enumerate() {
        if index > 0 {
            // In JSON a `<` can only occur inside a string.
            out.write_all(b"\\u003C")?;
        }
        out.write_all(piece)?;
    }
    Ok(())
}
