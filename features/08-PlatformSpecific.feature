# @mutate.equal(metadata size: these scenarios write no metadata, or less than fits)
@platform-specific
Feature: Platform specifics
  On Linux a buffer is one object in /dev/shm, two named semaphores and a lock file. They are created
  together and removed together, and the remains of a dead reader do not prevent the next one.

  @linux
  Scenario: 8.1 - The objects of a buffer on Linux
    # @mutate.skip(a precondition: it checks, and nothing depends on it)
    Given the platform is 'Linux'
    # @mutate.equal(buffer, payload size: the objects are checked by their own sizes)
    And the 'reader' process creates buffer 'objects' with metadata size '200' and payload size '5000'
    Then verify shared memory entry exists in '/dev/shm/'
    And verify proper named semaphores created
    And test with buffer names containing special characters
    When gracefully shutdown
    Then verify proper cleanup in '/dev/shm/'

  @windows
  Scenario: 8.2 - The objects of a buffer on Windows
    Given the platform is 'Windows'
    And the 'reader' process creates buffer 'named-objects' with default config
    Then verify CreateFileMapping with proper naming
    And test Global vs Local namespace for different contexts
    And verify semaphore limits and max count
    When test across different user sessions
    Then verify proper isolation or sharing as expected

  Scenario: 8.3 - Names that every platform accepts
    # @mutate.equal(buffer: another portable name)
    Given the 'reader' process creates buffer 'portable-42' with default config
    Then verify name contains only alphanumeric and dash
    And same name rules work on both platforms
    When test maximum name length
    Then both platforms should handle it correctly

  Rule: The objects of a dead reader are removed

    Scenario: 8.4 - All objects are left
      # @mutate.equal(leave-out, buffer, for: what else was left is found as well)
      Given manually create stale lock file for 'ruin'
      # @mutate.equal(leave-out, buffer, for: what else was left is found as well)
      And create orphaned shared memory for 'ruin'
      # @mutate.equal(leave-out, buffer, for: what else was left is found as well)
      And create orphaned semaphores for 'ruin'
      When the 'reader' process attempts to create buffer 'ruin'
      Then the stale resources should be detected
      And the old resources should be cleaned up
      And the new buffer should be created successfully

    Scenario: 8.4 - Only the semaphores are left
      Given create orphaned semaphores for 'fragment'
      When the 'reader' process attempts to create buffer 'fragment'
      Then the stale resources should be detected
      And the old resources should be cleaned up
      And the new buffer should be created successfully

    Scenario: 8.4 - Another program removed the lock file
      # @mutate.equal(leave-out, buffer, for: what else was left is found as well)
      Given create orphaned shared memory for 'unlocked'
      # @mutate.equal(leave-out, buffer, for: what else was left is found as well)
      And create orphaned semaphores for 'unlocked'
      When the 'reader' process attempts to create buffer 'unlocked'
      Then the stale resources should be detected
      And the old resources should be cleaned up
      And the new buffer should be created successfully
