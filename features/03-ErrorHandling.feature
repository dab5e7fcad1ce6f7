Feature: Metadata
  Metadata describes a stream. It is written once, before or after the first frame; metadata that does not
  fit its block is refused. A ring works without metadata.

  Scenario: 3.1 - Metadata can be written once
    Given the 'reader' process creates buffer 'caption' with metadata size '512' and payload size '4096'
    When the 'writer' process connects to buffer 'caption'
    And the 'writer' process writes metadata with size '300'
    And the 'writer' process writes frame with data 'picture'
    # @mutate.equal(value: a second write of any size is refused)
    And the 'writer' process attempts to write metadata again with size '300'
    Then the 'writer' process verifies the second metadata write should fail
    And the 'reader' process verifies the original metadata should remain unchanged
    And the 'reader' process should read frame with data 'picture'

  Scenario Outline: 3.2 - <size> bytes of metadata do not fit a block of <block>
    # @mutate.equal(payload size: no frame is written)
    Given the 'reader' process creates buffer 'overlong' with metadata size '<block>' and payload size '4096'
    When the 'writer' process connects to buffer 'overlong'
    And the 'writer' process attempts to write metadata with size '<size>'
    Then the 'writer' process verifies the metadata write should fail with size error

    Examples: twice the block, and one byte more than it takes beside its length
      | block | size |
      | 512   | 1024 |
      | 512   | 505  |
      | 64    | 57   |

  Scenario: 3.2 - After a refusal, metadata that fits is accepted
    # @mutate.equal(payload size: no frame is written)
    Given the 'reader' process creates buffer 'second-try' with metadata size '64' and payload size '4096'
    When the 'writer' process connects to buffer 'second-try'
    And the 'writer' process attempts to write metadata with size '57'
    Then the 'writer' process verifies the metadata write should fail with size error
    When the 'writer' process writes metadata with size '56'
    Then the 'reader' process verifies the original metadata should remain unchanged

  Scenario: 3.3 - A ring without a metadata block
    Given the 'reader' process creates buffer 'plain' with metadata size '0' and payload size '8192'
    When the 'writer' process connects to buffer 'plain'
    And the 'writer' process writes frames without metadata
    Then the 'reader' process should read frames successfully
    And the 'reader' process verifies the system should work without metadata
