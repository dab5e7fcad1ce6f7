# @mutate.equal(metadata size: these scenarios write no metadata, or less than fits)
Feature: Performance monitoring
  A process that waits for a frame sleeps. A frame is copied once when it is written and never when it is
  read.

  Background:
    Given the test environment is initialized
    # @mutate.skip(a precondition: it checks, and nothing depends on it)
    And all processes are ready

  Scenario: 9.1 - The cost of waiting and the cost of copying
    Given the 'reader' process creates buffer 'thrifty' with metadata size '64' and payload size '4194304'
    # @mutate.skip(a reader without a writer is as idle, and the transfer can use another ring)
    When the 'writer' process connects to buffer 'thrifty'
    # @mutate.equal(no-whens, seen-to-fail: a measurement)
    Then monitor CPU usage during idle (blocked on semaphore)
    And verify near-zero CPU when waiting
    When transfer data actively
    Then monitor CPU during active transfer
    And verify efficient data copying
