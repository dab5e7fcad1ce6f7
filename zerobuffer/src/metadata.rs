//! The metadata block: a length and bytes, written once in the life of a buffer.

use crate::control_block::ControlBlock;
use crate::error::{Error, Result};
use crate::layout::METADATA_PREFIX_BYTES;
use crate::mapping::Mapping;
use crate::name::BufferName;

/// Writes the metadata.
pub(crate) fn write(
    name: &BufferName,
    control: &ControlBlock,
    mapping: &mut Mapping,
    metadata: &[u8],
) -> Result<()> {
    if control.metadata_written() != 0 {
        return Err(Error::MetadataAlreadyWritten { name: name.to_string() });
    }
    let layout = mapping.layout();
    let len = metadata.len() as u64;
    let max = layout.max_metadata_len();
    if max.is_none_or(|max| len > max) {
        let (name, max) = (name.to_string(), max.unwrap_or(0));
        return Err(Error::MetadataTooLarge { name, len, max });
    }
    let (prefix, content) = mapping.metadata_mut().split_at_mut(METADATA_PREFIX_BYTES as usize);
    prefix.copy_from_slice(&len.to_le_bytes());
    content[..metadata.len()].copy_from_slice(metadata);
    let written = METADATA_PREFIX_BYTES + len;
    control.store_metadata_written(written, layout.metadata_size() - written);
    Ok(())
}

/// Reads the metadata, `None` until the writer has written it.
pub(crate) fn read(
    name: &BufferName,
    control: &ControlBlock,
    mapping: &Mapping,
) -> Result<Option<Vec<u8>>> {
    let corrupt = |field, value, expected| {
        Err(Error::Corrupt { name: name.to_string(), field, value, expected })
    };
    let written = control.metadata_written();
    if written == 0 {
        return Ok(None);
    }
    let block = mapping.metadata();
    let content = usize::try_from(written).ok().and_then(|written| block.get(..written));
    let Some((prefix, content)) = content.and_then(|block| block.split_first_chunk()) else {
        let expected = format!("{METADATA_PREFIX_BYTES} to {}", block.len());
        return corrupt("metadata_written_bytes", written, expected);
    };
    let length = u64::from_le_bytes(*prefix);
    if length != content.len() as u64 {
        return corrupt("metadata length", length, content.len().to_string());
    }
    Ok(Some(content.to_vec()))
}
