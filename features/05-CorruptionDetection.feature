# @mutate.equal(metadata size: these scenarios write no metadata, or less than fits)
Feature: Corruption detection
  Any process can write to shared memory. Invalid values are detected before they are used, and each is
  reported as an error of its own. No read or write leaves the ring.

  Background:
    Given the test environment is initialized
    # @mutate.skip(a precondition: it checks, and nothing depends on it)
    And all processes are ready

  Scenario Outline: 5.1 - A control block with an invalid <field> is refused by writers
    Given the 'reader' process creates buffer 'hostile' with metadata size '128' and payload size '4096'
    When the 'writer' process connects to buffer 'hostile'
    # @mutate.skip(the control block is invalid with and without frames)
    And the 'writer' process writes frame with data 'sound'
    And the test corrupts OIEB field '<field>' to wrong value
    When a second 'writer' process attempts to connect to buffer 'hostile'
    Then the connection should fail with invalid OIEB error

    Examples:
      | field              |
      | operation_size     |
      | metadata_size      |
      | payload_size       |
      | payload_write_pos  |
      | payload_read_pos   |
      | payload_free_bytes |

  Scenario Outline: 5.1 - An invalid <field> stops a connected writer
    Given the 'reader' process creates buffer 'hostage' with metadata size '128' and payload size '4096'
    When the 'writer' process connects to buffer 'hostage'
    # @mutate.skip(the control block is invalid with and without frames)
    And the 'writer' process writes frame with data 'sound'
    And the test corrupts OIEB field '<field>' to wrong value
    # @mutate.equal(value: no frame of any size is written)
    And the 'writer' process attempts to write frame with size '100'
    Then the 'writer' process should report the corrupt field '<field>'

    Examples:
      | field              |
      | payload_write_pos  |
      | payload_free_bytes |

  Scenario: 5.1 - An invalid read position stops the reader
    Given the 'reader' process creates buffer 'lost-reader' with metadata size '128' and payload size '4096'
    When the 'writer' process connects to buffer 'lost-reader'
    # @mutate.equal(value: the frame is not read)
    And the 'writer' process writes frame with data 'sound'
    And the test corrupts OIEB field 'payload_read_pos' to wrong value
    And the 'reader' process attempts to read frame
    Then the 'reader' process should report the corrupt field 'payload_read_pos'

  Scenario: 5.1 - Sizes in shared memory are not read again once the ring is open
    Given the 'reader' process creates buffer 'deaf' with metadata size '128' and payload size '4096'
    When the 'writer' process connects to buffer 'deaf'
    # @mutate.skip(the scenario shows that this has no effect)
    And the test corrupts OIEB field 'payload_size' to wrong value
    And the 'writer' process writes frame with data 'unimpressed'
    Then the 'reader' process should read frame with data 'unimpressed'

  Scenario Outline: 5.2 - A frame header that claims <size> bytes
    Given the 'reader' process creates buffer 'false-size' with metadata size '64' and payload size '4096'
    When the 'writer' process connects to buffer 'false-size'
    # @mutate.equal(value: the frame is not read)
    And the 'writer' process writes frame with data 'four'
    # @mutate.equal(value: the size next to it is as wrong)
    And the test corrupts frame header 'payload_size' to '<size>'
    When the 'reader' process attempts to read frame
    Then the read should fail with invalid frame size error

    Examples: nothing, one byte more than the ring, and sizes that overflow when the header is added
      | size                 |
      | 0                    |
      | 4081                 |
      | 18446744073709551600 |
      | 18446744073709551615 |

  Scenario: 5.3 - The reader dies while a frame is being written
    Given the 'reader' process creates buffer 'half-done' with metadata size '0' and payload size '8192'
    When the 'writer' process connects to buffer 'half-done'
    And the 'writer' process starts writing large frame of '6000' bytes
    And the 'reader' process crashes while write in progress
    And the 'writer' process completes write operation
    And the 'writer' process attempts next operation
    Then the 'writer' process should detect reader death
    And the 'writer' process should throw reader dead exception

  Scenario Outline: 5.5 - <rest> bytes at the end are left unused, marked and skipped
    Given the 'reader' process creates buffer 'leftover' with metadata size '0' and payload size '4096'
    When the 'writer' process connects to buffer 'leftover'
    And writes frame that leaves '<rest>' bytes at end with 'incremental' pattern
    And the 'reader' process reads next frame
    And the 'reader' process signals space available
    Then the 'writer' process should verify frame was written successfully
    When attempts to write '<size>' byte frame with 'sequential' pattern
    Then the 'writer' process should write wrap marker at current position
    And should see payload_free_bytes reduced by wasted space
    And frame should be written at buffer start
    When the 'reader' process reads next frame
    Then the 'reader' process should detect wrap marker
    And should jump to buffer start
    And should read '<size>' byte frame successfully with 'sequential' pattern

    Examples:
      | rest | size |
      | 16   | 1    |
      | 64   | 300  |
      | 1000 | 985  |

  Scenario: 5.6 - Bytes in a row, for every order of the two positions
    # @mutate.equal(buffer: no other step uses the name)
    Given the 'reader' process creates buffer 'positions' with specific configuration
    # @mutate.equal(drop-row, double-row: each row is a test by itself)
    When the system tests continuous_free_bytes calculation with:
      | write_pos | read_pos | expected_result | scenario                            |
      | 5000      | 2000     | 5240            | more behind the writer              |
      | 9000      | 8000     | 8000            | more in front of the reader         |
      | 2000      | 5000     | 3000            | the reader ahead                    |
      | 5120      | 5120     | 5120            | empty, in the middle                |
      | 0         | 0        | 10240           | empty, at the start                 |
      | 5000      | 0        | 5240            | nothing in front of the reader      |
      | 0         | 10240    | 10240           | the reader left where the ring ends |
    Then the 'reader' process calculations should match specification

  Scenario: 5.7 - The largest frame, and one byte more
    Given the 'reader' process creates buffer 'whale' with metadata size '0' and payload size '8388608'
    When the 'writer' process connects to buffer 'whale'
    And writes frame matching exactly payload size minus header
    Then the 'writer' process should verify frame was written successfully
    When the 'writer' process attempts to write frame exceeding payload size
    Then the 'writer' process write should be rejected with appropriate error
