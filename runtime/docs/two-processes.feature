Feature: Frames between two processes

  Scenario: a frame arrives in the other process
    Given the 'reader' process creates buffer 'whole' with metadata size '64' and payload size '4096'
    When the 'writer' process connects to buffer 'whole'
    And the 'writer' process writes frame with size '128' and sequence '1'
    Then the 'reader' process should read frame with sequence '1' and size '128'

  Scenario: a frame of another size is expected
    Given the 'reader' process creates buffer 'other' with metadata size '64' and payload size '4096'
    When the 'writer' process connects to buffer 'other'
    And the 'writer' process writes frame with size '128' and sequence '1'
    Then the 'reader' process should read frame with sequence '1' and size '256'
    And the 'reader' process signals space available
