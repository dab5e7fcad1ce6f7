# @mutate.equal(metadata size: these scenarios write no metadata, or less than fits)
@benchmark
Feature: Benchmarks
  The costs of a frame, a wrap, a barrier and a signal on this machine. Every frame must arrive intact; the
  figures are reported and never fail a scenario.

  Background:
    # @mutate.skip(a precondition: it checks, and nothing depends on it)
    Given benchmark environment is prepared

  Scenario: 14.1 - How long a frame takes
    Given the 'reader' process creates buffer 'stopwatch' with default config
    # @mutate.skip(without both ends in this process the measurement uses a ring that it creates)
    When the 'writer' process connects to buffer 'stopwatch'
    # @mutate.equal(drop-row, double-row, no-whens, seen-to-fail: a measurement)
    Then measure latency for frame sizes:
      | size | iterations | expected          |
      | 1KB  | 10000      | microseconds      |
      | 64KB | 10000      | tens of them      |
      | 1MB  | 2000       | a millisecond     |
      | 10MB | 200        | some milliseconds |
    And report Min, Max, Mean, P50, P90, P99, P99.9

  Scenario: 14.2 - How many frames pass
    Given the 'reader' process creates buffer 'torrent' with large config
    # @mutate.skip(without both ends in this process the measurement uses a ring that it creates)
    When the 'writer' process connects to buffer 'torrent'
    # @mutate.equal(drop-row, double-row, no-whens, seen-to-fail, value: a measurement)
    Then measure throughput for '60' seconds with frame sizes:
      | size | metric             |
      | 1KB  | frames/sec, MB/sec |
      | 64KB | frames/sec, MB/sec |
      | 1MB  | frames/sec, MB/sec |
      | 10MB | frames/sec, MB/sec |
    And report CPU usage percentage
    And expect to saturate memory bandwidth

  Scenario: 14.3 - The cost of a wrap
    Given buffer size is '1.5x' frame size to force wrap
    When measure performance with wrap-around
    And measure performance without wrap-around
    Then calculate overhead percentage
    # @mutate.equal(value: figures never fail a scenario)
    And expect less than '5%' performance impact

  Scenario: 14.4 - The cost of a barrier
    Given measure atomic fence operations
    When compare with and without memory barriers
    Then verify data integrity maintained
    # @mutate.equal(value: figures never fail a scenario)
    And expect less than '100' ns per barrier

  Scenario: 14.5 - The cost of a signal
    Given measure sem_post/sem_wait operation cost
    # @mutate.equal(drop-row, double-row: each row is a test by itself)
    When test at rates:
      | rate   | expected_impact |
      | 10Hz   | negligible      |
      | 1kHz   | negligible      |
      | 10kHz  | negligible      |
      | 100kHz | measurable      |
    Then report CPU usage and latency impact

  Scenario: 14.6 - How a ring fills and empties
    # @mutate.skip(without both ends in this process the measurement uses a ring that it creates)
    Given the 'reader' process creates buffer 'tide' with metadata size '64' and payload size '1048576'
    And the 'writer' process is configured to be faster than reader
    When monitor buffer utilization over time
    # @mutate.equal(value: the ring fills from empty to full, past any limit)
    Then verify degradation detection at '80%'
    And report time to degradation
    And report recovery time
