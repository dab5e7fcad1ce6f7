# @mutate.equal(metadata size: these scenarios write no metadata, or less than fits)
@stress-test
Feature: Stress
  Operations are repeated thousands of times. A short form runs unless the settings ask for the full size.

  Background:
    # @mutate.skip(a precondition: it checks, and nothing depends on it)
    Given stress test environment is prepared

  Scenario: 11.1 - A buffer created and destroyed a thousand times
    # @mutate.equal(value: a full run takes so many, a short one fewer)
    Given perform '1000' iterations of:
    # @mutate.equal(buffer, payload size: any buffer)
    When the 'reader' process creates buffer 'mayfly' with metadata size '64' and payload size '65536'
    And the 'reader' process destroys buffer
    Then no resource leaks should occur
    And lock files should be properly cleaned
    And system should remain stable

  @long-running
  Scenario: 11.3 - A day of writing and reading
    Given the 'reader' process creates buffer 'marathon' with metadata size '64' and payload size '65536'
    # @mutate.skip(without a writer in this process the test creates a ring)
    When the 'writer' process connects to buffer 'marathon'
    # @mutate.equal(value: a full run takes so many, a short one fewer)
    And the test runs continuous write-read for '24' hours
    Then verify no resource leaks
    And verify sequence numbers handle overflow
    And monitor system resource usage
    And ensure stable operation throughout

  Scenario: 11.4 - As many buffers as a process can have
    Given create maximum number of buffers system allows
    When reach system limit
    Then the test should verify graceful failure when limit reached
    When cleanup all buffers
    Then the test should verify resources properly released
    And the system should return to normal state

  Scenario: 11.5 - A buffer is recreated while a writer keeps trying to open it
    Given the test spawns writer attempting connections continuously
    When the test creates and destroys buffer '1000' times
    Then the test should verify no resource leaks
    And the test should verify lock files cleaned up
    And the system should handle writer connection attempts gracefully
