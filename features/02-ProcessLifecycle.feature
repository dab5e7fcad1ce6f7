# @mutate.equal(metadata size: these scenarios write no metadata, or less than fits)
Feature: Process lifecycle
  A process can end at any moment. The other process notices within a fraction of a second, frames that
  were announced are still delivered, and a new reader removes the objects of a dead one.

  Background:
    # @mutate.skip(a precondition: it checks, and nothing depends on it)
    Given we run in harmony

  Scenario: 2.1 - A reader outlives its writer
    Given the 'reader' process creates buffer 'orphan' with metadata size '128' and payload size '4096'
    And the 'writer' process connects to buffer 'orphan'
    And the 'writer' process writes frame with data 'last words'
    Then the 'reader' process should read frame with data 'last words'
    When the 'writer' process is killed
    # @mutate.skip(a wait asserts nothing; the step behind it does)
    Then wait for '1' seconds
    And the 'reader' process should timeout or detect writer death on next read

  Scenario: 2.1 - Frames that a dead writer announced are still delivered
    Given the 'reader' process creates buffer 'legacy' with metadata size '128' and payload size '4096'
    And the 'writer' process connects to buffer 'legacy'
    And the 'writer' process writes frame with data 'first will'
    And the 'writer' process writes frame with data 'codicil'
    When the 'writer' process is killed
    # @mutate.equal(no-whens: a Given has written the frame)
    Then the 'reader' process should read frame with data 'first will'
    And the 'reader' process should read frame with data 'codicil'
    And the 'reader' process should timeout or detect writer death on next read

  Scenario: 2.2 - A writer outlives its reader
    Given the 'reader' process creates buffer 'widow' with metadata size '64' and payload size '8192'
    And the 'writer' process connects to buffer 'widow'
    And the 'writer' process writes frame with sequence '1'
    Then the 'reader' process should read frame with sequence '1'
    When the 'writer' process fills buffer completely
    And the 'reader' process crashes
    # @mutate.skip(a wait asserts nothing; the step behind it does)
    Then wait for '1' seconds
    And the 'writer' process should detect reader death on next write

  Scenario Outline: 2.3 - A new reader takes the place of a dead one, payload <new> after <old>
    Given the 'reader' process creates buffer 'heir' with metadata size '256' and payload size '<old>'
    And the 'writer' process connects to buffer 'heir'
    And the 'writer' process writes frame with sequence '1'
    # @mutate.equal(no-whens: a Given has written the frame)
    Then the 'reader' process should read frame with sequence '1'
    When the 'reader' process crashes
    And a new 'reader' process attempts to create buffer 'heir' with metadata size '512' and payload size '<new>'
    Then the new reader should detect stale resources
    And the new reader should clean up stale resources
    And the new reader should create fresh buffer successfully
    When the 'writer' process detects reader death and reconnects to buffer 'heir'
    And the 'writer' process writes frame with sequence '1'
    # @mutate.equal(no-whens: a Given has written a frame with this number)
    Then the 'reader' process should read frame with sequence '1'

    Examples:
      | old   | new   |
      | 8192  | 8192  |
      | 4096  | 65536 |
      | 65536 | 4096  |

  Scenario: 2.4 - A ring takes one writer at a time
    # @mutate.equal(payload size: no frame is written)
    Given the 'reader' process creates buffer 'solo-writer' with metadata size '64' and payload size '4096'
    And the 'writer' process connects to buffer 'solo-writer'
    When a second 'writer' process attempts to connect to buffer 'solo-writer'
    Then the connection should fail with writer exists error

  Scenario: 2.4 - A rejected writer does not disturb the first
    Given the 'reader' process creates buffer 'undisturbed' with metadata size '64' and payload size '4096'
    And the 'writer' process connects to buffer 'undisturbed'
    And the 'writer' process writes frame with sequence '1'
    When a second 'writer' process attempts to connect to buffer 'undisturbed'
    Then the connection should fail with writer exists error
    When the 'writer' process writes frame with sequence '2'
    # @mutate.equal(no-whens: a Given has written the frame)
    Then the 'reader' process should read frame with sequence '1'
    And the 'reader' process should read frame with sequence '2'
