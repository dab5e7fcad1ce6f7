# @mutate.equal(metadata size: these scenarios write no metadata, or less than fits)
Feature: Advanced error handling
  Failures during creation, invalid headers, processes that die during an operation, limits and
  permissions: each is an error of its own, and nothing is left behind.

  Background:
    Given the test environment is initialized
    # @mutate.skip(a precondition: it checks, and nothing depends on it)
    And all processes are ready

  Scenario: 10.1 - The first semaphore cannot be created
    # @mutate.equal(for: no other step uses the name)
    Given the test creates shared memory successfully for 'half-made'
    When simulate failure creating sem-w semaphore
    Then the 'reader' process should clean up shared memory
    And the 'reader' process should throw appropriate exception
    And the test should verify no resources leaked

  Scenario: 10.1 - The second semaphore cannot be created
    # @mutate.equal(for: no other step uses the name)
    Given the test creates shared memory successfully for 'nearly-made'
    When simulate failure creating sem-r semaphore
    Then the 'reader' process should clean up shared memory
    And the 'reader' process should throw appropriate exception
    And the test should verify no resources leaked

  Scenario: 10.2 - Headers with one invalid field
    Given the 'reader' process creates buffer 'tampered' with metadata size '64' and payload size '4096'
    When the 'writer' process connects to buffer 'tampered'
    And the 'writer' process writes valid frame
    # @mutate.equal(drop-row, double-row: each row is a test by itself)
    Then test multiple corruption scenarios:
      | corruption_type          | expected_result           |
      | payload_size > remaining | reader handles gracefully |
      | payload_size overflows   | reader handles gracefully |
      | payload_size zero        | reader handles gracefully |
      | sequence_number invalid  | reader detects error      |
      | sequence_number zero     | reader detects error      |
      | header magic corrupted   | reader rejects frame      |
      | looks like a wrap marker | reader rejects frame      |

  Scenario: 10.3 - The reader is killed in the middle of a write
    Given the 'reader' process creates buffer 'cut-short' with metadata size '0' and payload size '8192'
    When the 'writer' process connects to buffer 'cut-short'
    And the 'writer' process starts writing large frame '6000' bytes
    And the 'reader' process is killed while write in progress
    And the 'writer' process detects reader death on next operation
    Then the 'writer' process should throw reader dead exception

  Scenario: 10.3 - The writer dies in the middle of a write
    Given the 'reader' process creates buffer 'stillborn' with metadata size '0' and payload size '8192'
    When the 'writer' process connects to buffer 'stillborn'
    And the 'writer' process writes frame with data 'complete'
    # @mutate.skip(a frame that is not committed has no effect: the scenario shows it)
    And the 'writer' process starts writing large frame '3000' bytes
    And the 'writer' process crashes
    Then the 'reader' process should read frame with data 'complete'
    And the 'reader' process should timeout or detect writer death on next read

  Scenario: 10.4 - The writer dies while the reader waits for it
    # @mutate.equal(payload size: no frame is written)
    Given the 'reader' process creates buffer 'vigil' with metadata size '64' and payload size '4096'
    When the 'writer' process connects to buffer 'vigil'
    And the 'reader' process waits on semaphore for data
    And the 'writer' process crashes while reader blocked
    Then the 'reader' process should detect writer death after timeout '5' seconds
    And the 'reader' process should throw writer dead exception

  Scenario: 10.5 - A process that reached its limit of semaphores
    Given create maximum allowed semaphores
    # @mutate.equal(buffer: no other step uses the name)
    When attempt to create buffer 'no-semaphore'
    Then the creation should fail with system error
    And appropriate error handling should occur
    And partial resources should be cleaned up

  Scenario: 10.6 - A ring that only its owner may open
    # @mutate.equal(value: the name of a user)
    Given the reader is 'owner'
    # @mutate.equal(buffer: no other step uses the name)
    And the 'reader' process creates buffer 'private' with restrictive permissions
    # @mutate.equal(value: the name of a user)
    When the writer is 'stranger'
    And another writer attempts to connect without permissions
    Then permission denied error should be handled
    # @mutate.equal(no-whens, seen-to-fail: true at any time, whatever other users try)
    And no resource corruption should occur
