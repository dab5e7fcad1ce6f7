# @mutate.equal(metadata size: these scenarios write no metadata, or less than fits)
Feature: System resources
  Creating a buffer succeeds completely or leaves nothing behind. An error of the system names the object
  and the reason. A frame that is announced is completely visible.

  Background:
    Given the test environment is initialized
    # @mutate.skip(a precondition: it checks, and nothing depends on it)
    And all processes are ready

  Scenario: 7.1 - A semaphore cannot be created
    # @mutate.equal(buffer: no other step uses the name)
    Given attempt to create buffer 'unfinished' with default config
    And the test simulates semaphore creation failure
    Then the buffer creation should fail
    And the shared memory should be cleaned up
    And no resources should be leaked

  Scenario: 7.2 - A process may open no more files
    Given create maximum allowed shared memory segments
    # @mutate.equal(buffer: no other step uses the name)
    When attempt to create one more buffer 'one-more'
    Then the creation should fail with system error
    And an appropriate error message should be returned
    And partial resources should be cleaned up

  Scenario: 7.2 - Shared memory has no room for the buffer
    # @mutate.equal(buffer: no other step uses the name)
    When the 'reader' process attempts to create buffer 'immense' larger than shared memory
    Then the creation should fail for lack of space

  Scenario: 7.2 - Existing buffers stay intact when shared memory is full
    Given a process creates buffers until its shared memory of '2' MiB is full
    # @mutate.equal(buffer: no other step uses the name)
    When attempt to create one more buffer 'last-drop'
    Then the creation should fail since shared memory is full
    And partial resources should be cleaned up

  Scenario: 7.3 - Structures arrive intact
    Given the 'reader' process creates buffer 'structures' with metadata size '64' and payload size '16384'
    When the 'writer' process connects to buffer 'structures'
    And the 'writer' process writes complex structure with multiple fields
    # @mutate.skip(it checks the shared memory, and nothing depends on it)
    And the system ensures memory barriers are in place
    Then the 'reader' process should read structure after semaphore signal
    And all fields should be fully visible
    And no partially visible writes should occur

  Scenario: 7.4 - Every byte of frames from one byte to megabytes
    Given the 'reader' process creates buffer 'every-byte' with default config
    When the 'writer' process connects to buffer 'every-byte'
    And the 'writer' process writes frame with size '1' using incrementing pattern
    And the 'writer' process writes frame with size '255' using incrementing pattern
    And the 'writer' process writes frame with size '4096' using incrementing pattern
    And the 'writer' process writes frame with size '65537' using incrementing pattern
    And the 'writer' process writes frame with size '5000000' using incrementing pattern
    Then the 'reader' process should validate each byte matches expected pattern
    And the 'reader' process should have read '5' frames
    And no data corruption should be detected
