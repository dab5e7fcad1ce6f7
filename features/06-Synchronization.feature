# @mutate.equal(metadata size: these scenarios write no metadata, or less than fits)
Feature: Synchronization
  Frames are numbered, announced one by one and released one by one. Gaps are detected, bursts are
  delivered, and wrong semaphore counts do no harm.

  Scenario Outline: 6.1 - A gap in the sequence: <found> in place of <expected>
    Given the 'reader' process creates buffer 'gap' with metadata size '64' and payload size '8192'
    When the 'writer' process connects to buffer 'gap'
    And the 'writer' process writes frame with sequence '1'
    And the 'writer' process writes frame with sequence '2'
    And the 'writer' process writes frame with sequence '3'
    Then the 'reader' process should read frame with sequence '1'
    And the 'reader' process should read frame with sequence '2'
    When the test corrupts next frame sequence to '<found>'
    And the 'reader' process attempts to read frame
    Then the read should fail with sequence error
    And the error should show expected '3' got '<found>'
    When the test corrupts next frame sequence to '3'
    Then the 'reader' process should read frame with sequence '3'

    Examples: ahead, behind, and the largest
      | expected | found                |
      | 3        | 7                    |
      | 3        | 1                    |
      | 3        | 18446744073709551615 |

  Scenario: 6.2 - A burst waits for a reader that starts late
    Given the 'reader' process creates buffer 'burst' with metadata size '0' and payload size '65536'
    When the 'writer' process connects to buffer 'burst'
    And the 'writer' process writes '60' frames of size '1000' as fast as possible
    # @mutate.skip(the burst waits as well for a reader that comes at once)
    And the 'reader' process waits '1' second before reading
    And the 'reader' process reads all '60' frames
    Then all frames should be received correctly
    And data integrity should be maintained

  Scenario: 6.3 - A writer waits while the ring is full and continues when there is space
    Given the 'reader' process creates buffer 'trickle' with metadata size '0' and payload size '16384'
    When the 'writer' process connects to buffer 'trickle'
    And the 'writer' process writes frames continuously
    # @mutate.equal(value: any pace)
    And the 'reader' process reads one frame every '20' ms
    Then the 'writer' process should block when buffer full
    And no frames should be lost
    And flow control should work correctly

  Scenario: 6.4 - Two signals before the reader wakes are two frames
    Given the 'reader' process creates buffer 'double' with metadata size '64' and payload size '8192'
    When the 'writer' process connects to buffer 'double'
    And the 'writer' process writes frame and signal
    And the 'writer' process immediately writes another frame before reader wakes
    Then the 'reader' process should process both frames correctly
    And the semaphore count should reflect pending frames

  Rule: A stream belongs to one writer

    Scenario: 6.1 - A second writer cannot know the next number
      Given the 'reader' process creates buffer 'relay-race' with metadata size '64' and payload size '8192'
      When the 'writer' process connects to buffer 'relay-race'
      And the 'writer' process writes frame with data 'from the first'
      And the 'writer' process closes its end
      And a second 'writer' process attempts to connect to buffer 'relay-race'
      Then the connection should fail because the next sequence is unknown
      And the 'reader' process should read frame with data 'from the first'
      And the 'reader' process should see the end of the stream

    Scenario: 6.1 - A second writer that starts at the next number continues the stream
      Given the 'reader' process creates buffer 'baton' with metadata size '64' and payload size '8192'
      When the 'writer' process connects to buffer 'baton'
      And the 'writer' process writes frame with data 'from the first'
      And the 'writer' process closes its end
      And the 'writer' process connects to buffer 'baton' with next sequence '2'
      And the 'writer' process writes frame with data 'from the second'
      Then the 'reader' process should read frame with data 'from the first'
      And the 'reader' process should read frame with data 'from the second'

    Scenario: 6.1 - A second writer that starts at a wrong number is detected
      Given the 'reader' process creates buffer 'dropped-baton' with metadata size '64' and payload size '8192'
      When the 'writer' process connects to buffer 'dropped-baton'
      And the 'writer' process writes frame with data 'from the first'
      And the 'writer' process closes its end
      And the 'writer' process connects to buffer 'dropped-baton' with next sequence '1'
      # @mutate.equal(value: the frame is not read)
      And the 'writer' process writes frame with data 'from the second'
      Then the 'reader' process should read frame with data 'from the first'
      When the 'reader' process attempts to read frame
      Then the read should fail with sequence error
      And the error should show expected '2' got '1'

  Rule: Semaphores may count more than there is

    Scenario: 6.4 - Announcements without a frame are ignored
      Given the 'reader' process creates buffer 'false-alarm' with metadata size '64' and payload size '8192'
      When the 'writer' process connects to buffer 'false-alarm'
      And the test announces '3' frames that do not exist
      # @mutate.equal(no-whens: there is nothing to read either)
      Then the 'reader' process should find nothing to read
      And the 'reader' process should have ignored '3' announcements
      When the 'writer' process writes frame with data 'a real one'
      Then the 'reader' process should read frame with data 'a real one'
      # @mutate.equal(no-whens: there is nothing to read either)
      And the 'reader' process should find nothing to read

    Scenario: 6.4 - Releases without a waiting writer accumulate up to their maximum
      Given the 'reader' process creates buffer 'drift' with metadata size '64' and payload size '4096'
      When the 'writer' process connects to buffer 'drift'
      And the test lets the count of releases drift to its maximum
      And the 'writer' process writes '500' frames of size '700' rapidly
      And the 'reader' process reads all frames and signals immediately
      Then all sequence numbers should be correct
      And no frames should be lost
      And the count of releases should not have passed its maximum
