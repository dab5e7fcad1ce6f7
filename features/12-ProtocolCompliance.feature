# @mutate.equal(metadata size: these scenarios write no metadata, or less than fits)
Feature: Protocol compliance
  Other implementations read and write the same bytes. Each operation changes the control block as the
  protocol defines; blocks are aligned; locks and semaphores have the names of the protocol.

  Background:
    Given the test environment is initialized
    # @mutate.skip(a precondition: it checks, and nothing depends on it)
    And all processes are ready
    # @mutate.skip(a precondition: it checks, and nothing depends on it)
    And we are in DEBUG mode for protocol compliance tests

  Scenario: 12.1 - The control block after each write and each read
    Given the 'reader' process creates buffer 'ledger' with metadata size '100' and payload size '8000'
    When the 'writer' process connects to buffer 'ledger'
    And performs multiple write operations
    # @mutate.equal(drop-row, double-row: each row is a test by itself)
    Then the 'writer' process should verify after each write:
      | field                 | condition               |
      | payload_written_count | increments by 1         |
      | payload_free_bytes    | decreases by frame size |
      | payload_write_pos     | advances correctly      |
      | all values            | are 64-byte aligned     |
    When the 'reader' process performs multiple read operations
    # @mutate.equal(drop-row, double-row: each row is a test by itself)
    Then the 'reader' process should verify after each read:
      | field              | condition               |
      | payload_read_count | increments by 1         |
      | payload_free_bytes | increases by frame size |
      | payload_read_pos   | advances correctly      |
      | all values         | are 64-byte aligned     |

  Scenario: 12.2 - Blocks are aligned, frames are packed
    Given the 'reader' process creates buffer 'aligned' with metadata size '100' and payload size '8000'
    Then the 'reader' process should verify OIEB starts at 64-byte aligned address
    And should verify metadata block starts at 64-byte aligned offset
    And should verify payload block starts at 64-byte aligned offset
    When the 'writer' process connects to buffer 'aligned'
    And writes various sized frames
    Then the 'writer' process should verify all data access respects alignment

  Scenario: 12.3 - The lock lives as long as its reader
    # @mutate.equal(buffer, payload size: any buffer)
    Given the 'reader' process creates buffer 'padlock' with metadata size '64' and payload size '4096'
    Then verify lock file exists at correct location
    And verify lock file is actually locked
    When kill reader process
    Then new reader can acquire lock after detecting stale
    When graceful shutdown
    Then verify lock file is removed

  Scenario: 12.4 - Semaphores carry the name of their buffer
    # @mutate.equal(drop-row, double-row: each row is a test by itself)
    Given create buffers with various names:
      | buffer_name                          | description              |
      | 6ba7b810-9dad-11d1-80b4-00c04fd430c8 | a UUID                   |
      | under_score-and-dash-7               | letters, digits and both |
      | a                                    | a single letter          |
      | a.name.with.dots.and.CAPITALS        | dots and capitals        |
    Then verify semaphores created as 'sem-w-{name}' and 'sem-r-{name}'
    And verify both Linux and Windows naming rules respected
