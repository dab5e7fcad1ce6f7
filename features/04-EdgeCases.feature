# @mutate.equal(metadata size: these scenarios write no metadata, or less than fits)
Feature: Edge cases
  Cases at the limits of the ring: its end, the smallest and the largest frame, and a name that two
  processes want.

  Scenario: 4.1 - A large frame, one byte, and the large frame again
    Given the 'reader' process creates buffer 'seesaw' with metadata size '0' and payload size '8192'
    When the 'writer' process connects to buffer 'seesaw'
    # @mutate.equal(76%: as much over half of the ring)
    And the 'writer' process writes large frame using '75%' of buffer
    And the 'writer' process writes small frame of '1' byte
    And the 'writer' process attempts to write large frame again
    Then the 'writer' process proper wrap-around handling should occur
    And the 'writer' process no deadlocks should happen
    When the 'reader' process reads all '2' frames
    And the 'writer' process attempts to write large frame again
    Then the 'writer' process proper wrap-around handling should occur
    And the 'writer' process no deadlocks should happen
    When the 'reader' process reads all '1' frames
    Then all sequence numbers should be correct

  Scenario: 4.2 - The semaphore counts every frame that waits
    Given the 'reader' process creates buffer 'backlog' with default config
    When the 'writer' process connects to buffer 'backlog'
    And the 'writer' process writes '25' frames rapidly without reader consuming
    Then the 'writer' process the semaphore count should represent pending frames
    When the 'reader' process wakes and processes all frames
    Then the 'reader' process all frames should be read correctly
    And the 'reader' process the coalesced signals should be handled properly

  Scenario: 4.2 - A ring of 10240 bytes takes ten frames that wait
    Given the 'reader' process creates buffer 'modest' with metadata size '1024' and payload size '10240'
    When the 'writer' process connects to buffer 'modest'
    And the 'writer' process writes '10' frames rapidly without reader consuming
    Then the 'writer' process the semaphore count should represent pending frames
    When the 'reader' process wakes and processes all frames
    Then the 'reader' process all frames should be read correctly
    And the 'reader' process the coalesced signals should be handled properly

  Scenario: 4.3 - A ring without a metadata block refuses metadata
    Given the 'reader' process creates buffer 'blockless' with metadata size '0' and payload size '4096'
    When the 'writer' process connects to buffer 'blockless'
    And the 'writer' process attempts to write metadata
    Then the 'writer' process metadata write should fail appropriately
    When the 'writer' process writes frame without metadata
    Then the 'writer' process should verify frame write succeeded
    And the 'reader' process should verify system works correctly without metadata

  Scenario Outline: 4.4 - The smallest rings: <too large> bytes do not fit in <size>
    Given the 'reader' process creates buffer 'thimble' with minimum viable size '<size>'
    When the 'writer' process connects to buffer 'thimble'
    And the 'writer' process writes single byte frame
    Then the 'writer' process should verify write succeeded
    When the 'writer' process attempts to write '<too large>' byte frame
    Then the 'writer' process should receive FrameTooLargeException

    Examples:
      | size | too large |
      | 64   | 49        |
      | 128  | 113       |

  Scenario: 4.5 - A writer at full speed waits for a slow reader
    Given the 'reader' process creates buffer 'snail' with metadata size '0' and payload size '2048'
    When the 'writer' process connects to buffer 'snail'
    And the 'writer' process writes continuously at high speed
    # @mutate.skip(the writer blocks at any pace; the pace only lets the frames arrive one by one)
    When the 'reader' process reads with '10' ms delay per frame
    And the 'reader' process the test runs for '60' frames
    Then the 'reader' process should receive all frames without loss
    And the 'writer' process should block appropriately
    And the 'writer' process flow control should work correctly

  Scenario: 4.7 - A frame has at least one byte
    Given the 'reader' process creates buffer 'crumb' with metadata size '0' and payload size '1024'
    When the 'writer' process connects to buffer 'crumb'
    And the 'writer' process attempts to write frame with size '0'
    Then the 'writer' process should fail with zero size error
    When the 'writer' process writes frame with size '1'
    Then the 'reader' process should read frame with size '1'
    And frame overhead should be '16' bytes

  Scenario: 4.9 - Thousands of small laps
    Given the 'reader' process creates buffer 'carousel' with metadata size '0' and payload size '4096'
    When the 'writer' process connects to buffer 'carousel'
    And the 'writer' process writes '5000' frames of size '700' rapidly
    And the 'reader' process reads all frames and signals immediately
    Then all sequence numbers should be correct
    And no frames should be lost
    And no deadlocks should occur

  Scenario: 4.10 - A full ring still has one writer only
    Given the 'reader' process creates buffer 'packed' with metadata size '0' and payload size '8000'
    When the 'writer' process connects to buffer 'packed'
    # @mutate.equal(value: any part of the ring)
    And the 'writer' process fills buffer to '60%' capacity
    And the 'writer' process a second writer process attempts to connect to buffer 'packed'
    Then the 'writer' process the second writer should fail with writer exists error
    When the 'writer' process continues filling buffer to '100%'
    Then the 'writer' process should block waiting for space

  Scenario: 4.11 - One of two readers of the same name succeeds
    # @mutate.equal(value: the name of the role)
    Given two 'reader' processes
    # @mutate.equal(buffer: no other step uses the name)
    When both simultaneously attempt to create buffer 'coveted'
    Then only one should succeed
    And other should receive appropriate error
    And no resource corruption should occur

  Scenario: 4.12 - A writer cannot open a ring before its reader creates it
    # @mutate.skip(a precondition: it checks, and nothing depends on it)
    Given the system is ready
    # @mutate.equal(value: no buffer exists)
    When a 'writer' process attempts to connect to non-existent buffer 'nowhere'
    Then the connection should fail with appropriate error
    And error should indicate no shared memory found

  Rule: A frame may fill the ring to its last byte

    Scenario: 4.6 - One frame fills the whole ring
      Given the 'reader' process creates buffer 'brim' with metadata size '0' and payload size '8192'
      When the 'writer' process connects to buffer 'brim'
      And the 'writer' process writes frame with exact size '8176'
      Then buffer should be completely full
      And no more writes should be possible
      When the 'reader' process reads frame
      Then the frame should have size '8176'
      When the 'reader' process signals space available
      Then the 'writer' process should be able to write again

    Scenario: 4.6 - Frames that end exactly at the end, lap after lap
      Given the 'reader' process creates buffer 'exact-laps' with metadata size '0' and payload size '4096'
      When the 'writer' process connects to buffer 'exact-laps'
      And the 'writer' process writes '400' frames of size '1008' rapidly
      And the 'reader' process reads all frames and signals immediately
      Then all sequence numbers should be correct
      And no frames should be lost

    Scenario: 4.6 - The whole ring again and again
      Given the 'reader' process creates buffer 'full-laps' with metadata size '0' and payload size '1024'
      When the 'writer' process connects to buffer 'full-laps'
      And the 'writer' process writes '200' frames of size '1008' rapidly
      And the 'reader' process reads all frames and signals immediately
      Then all sequence numbers should be correct
      And no frames should be lost

  Rule: A frame that does not fit before the end goes to the start of the ring

    Scenario: 4.8 - A write waits for the space at the start
      Given the 'reader' process creates buffer 'turnaround' with metadata size '0' and payload size '8192'
      When the 'writer' process connects to buffer 'turnaround'
      And the 'writer' process writes frame with size '5000'
      Then the 'reader' process should read frame with size '5000'
      When the 'writer' process writes frame with size '4000'
      Then the 'writer' process should wait for space
      When the 'reader' process signals space available
      Then the 'writer' process should complete write at buffer start
      And the 'reader' process should read frame with size '4000'

    Scenario Outline: 4.8 - A frame that would leave <rest> bytes at the end
      No header fits into 1 to 15 bytes, so no marker could announce them: the frame goes to the start.
      Given the 'reader' process creates buffer 'remainder' with metadata size '0' and payload size '1024'
      When the 'writer' process connects to buffer 'remainder'
      And the 'writer' process writes frame with size '496'
      Then the 'reader' process should read frame with size '496'
      # @mutate.equal(leave-out: two of the sizes fit beside the frame as well)
      When the 'reader' process signals space available
      And the 'writer' process writes frame with size '<size>'
      # @mutate.equal(no-whens: position 0 is also that of a new ring)
      Then the next free position should be '<position>'
      And the 'reader' process should read frame with size '<size>'

      Examples: in a ring of 1024 bytes from position 512
        | rest | size | position |
        | 0    | 496  | 0        |
        | 1    | 495  | 511      |
        | 7    | 489  | 505      |
        | 8    | 488  | 504      |
        | 15   | 481  | 497      |
        | 16   | 480  | 1008     |

    Scenario: 4.8 - A long stream of mixed sizes produces every remainder
      Given the 'reader' process creates buffer 'odd-sizes' with metadata size '0' and payload size '4096'
      When the 'writer' process connects to buffer 'odd-sizes'
      And the 'writer' process writes '3000' frames of every size from '1' to '1999' bytes
      And the 'reader' process reads all frames and signals immediately
      Then all sequence numbers should be correct
      And no frames should be lost

    Scenario: 4.8 - A frame over half the ring that can never fit is refused at once
      Given the 'reader' process creates buffer 'over-half' with metadata size '0' and payload size '8192'
      When the 'writer' process connects to buffer 'over-half'
      And the 'writer' process writes frame with size '4200'
      Then the 'reader' process should read frame with size '4200'
      # @mutate.equal(leave-out: the frame fits neither way)
      When the 'reader' process signals space available
      And the 'writer' process attempts to write frame with size '4500'
      Then the 'writer' process should be told that the frame never fits
      And the 'writer' process should be able to write again
