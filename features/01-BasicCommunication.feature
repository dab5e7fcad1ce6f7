# @mutate.equal(metadata size: these scenarios write no metadata, or less than fits)
Feature: Basic communication
  The reader creates a ring in shared memory and the writer opens it. Frames arrive in the order in
  which they were written, byte for byte, and a full ring makes the writer wait.

  Background:
    Given the test environment is initialized
    # @mutate.skip(a precondition: it checks, and nothing depends on it)
    And all processes are ready

  Scenario: 1.1 - One frame with metadata arrives intact
    Given the 'reader' process creates buffer 'solo' with metadata size '256' and payload size '4096'
    When the 'writer' process connects to buffer 'solo'
    # @mutate.skip(the Python steps have none that reads metadata back; 3.1 does)
    And the 'writer' process writes metadata with size '48'
    And the 'writer' process writes frame with size '1500' and sequence '1'
    Then the 'reader' process should read frame with sequence '1' and size '1500'
    And the 'reader' process should validate frame data
    And the 'reader' process signals space available

  Scenario: 1.2 - Frames keep their order
    Given the 'reader' process creates buffer 'queue' with metadata size '64' and payload size '16384'
    When the 'writer' process connects to buffer 'queue'
    And the 'writer' process writes frame with sequence '1'
    And the 'writer' process writes frame with sequence '2'
    And the 'writer' process writes frame with sequence '3'
    And the 'writer' process writes frame with sequence '4'
    Then the 'reader' process should read frame with sequence '1';
    And the 'reader' process signals space available
    And the 'reader' process should read frame with sequence '2';
    And the 'reader' process signals space available
    And the 'reader' process should read frame with sequence '3';
    And the 'reader' process signals space available
    And the 'reader' process should read frame with sequence '4';
    And the 'reader' process should verify all frames maintain sequential order

  Scenario: 1.3 - A full ring stops the writer until one frame is released
    Given the 'reader' process creates buffer 'brimful' with metadata size '64' and payload size '8320'
    When the 'writer' process connects to buffer 'brimful'
    And the 'writer' process writes frames until buffer is full
    Then the 'writer' process should experience timeout on next write
    When the 'reader' process reads one frame
    And the 'reader' process signals space available
    Then the 'writer' process should write successfully immediately

  Scenario Outline: 1.4 - A frame built in place, <size> bytes
    Given the 'reader' process creates buffer 'in-place' with metadata size '64' and payload size '65536'
    When the 'writer' process connects to buffer 'in-place'
    And the 'writer' process requests zero-copy frame of size '<size>'
    And the 'writer' process fills zero-copy buffer with test pattern
    And the 'writer' process commits zero-copy frame
    Then the 'reader' process should read frame with size '<size>'
    And the 'reader' process should verify frame data matches test pattern

    Examples:
      | size  |
      | 1     |
      | 4096  |
      | 31337 |

  Scenario: 1.5 - Frames of very different sizes share one ring
    Given the 'reader' process creates buffer 'motley' with metadata size '64' and payload size '40960'
    When the 'writer' process connects to buffer 'motley'
    And the 'writer' process writes frame with size '1'
    And the 'writer' process writes frame with size '20000'
    And the 'writer' process writes frame with size '17'
    And the 'writer' process writes frame with size '2048'
    Then the 'reader' process should read 4 frames with sizes '1,20000,17,2048' in order

  Scenario: 1.6 - A slow reader loses nothing to a fast writer
    Given the 'reader' process creates buffer 'bottleneck' with metadata size '64' and payload size '4096'
    When the 'writer' process connects to buffer 'bottleneck'
    And the 'writer' process writes '25' frames of size '900' as fast as possible
    # @mutate.equal(value: any delay makes the reader slow)
    And the 'reader' process reads frames with '20' ms delay between each read
    Then the 'reader' process should have read '25' frames
    And the 'reader' process should verify all frames have sequential sequence numbers starting from '1'
    And no sequence errors should have occurred

  Scenario: 1.7 - Thousands of laps at full speed
    Given the 'reader' process creates buffer 'racetrack' with metadata size '64' and payload size '8192'
    When the 'writer' process connects to buffer 'racetrack'
    And the 'writer' process writes '8000' frames of size '1500' as fast as possible
    # @mutate.equal(value: only the time of the run depends on it)
    And the 'reader' process reads frames with '0' ms delay between each read
    Then the 'reader' process should have read '8000' frames
    And the 'reader' process should verify all frames have sequential sequence numbers starting from '1'
    And no sequence errors should have occurred
