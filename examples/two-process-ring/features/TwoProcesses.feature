Feature: A ring between two processes
  A step that names a process is executed by it.

  Background:
    Given the 'reader' process creates the ring 'words' with room for '4096' bytes
    And the 'writer' process opens the ring 'words'

  Scenario: Frames arrive whole and in order
    When the 'writer' process writes the frames
      | text          |
      | first         |
      | the second    |
      | and the third |
    Then the 'reader' process reads the frames
      | text          |
      | first         |
      | the second    |
      | and the third |

  Scenario: Reader and writer are in two processes
    Then the 'reader' process sees that another process writes

  Scenario: The stream ends when its writer leaves
    When the 'writer' process writes the frames
      | text   |
      | a last |
    And the 'writer' process closes the ring
    Then the 'reader' process reads the frames
      | text   |
      | a last |
    And the 'reader' process reads the end of the stream

  Scenario: A killed writer is detected
    When the 'writer' process is killed
    Then the 'reader' process notices that its writer is dead
