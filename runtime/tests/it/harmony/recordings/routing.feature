Feature: Which process gets which step in compat mode
  Background:
    Given the room is lit
    And 'keeper' process unlocks the door

  Scenario: inheritance
    Given the 'sender' process dials
    And the line is free
    When the 'receiver' process answers 'hello'
    * the room is quiet
    But the call is short
    Then both are content

  Scenario: blanks and shorter forms
    Given the  'sender'  process  dials
    When 'receiver' process answers
    Then the 'sender' hears it
    And 'receiver' talks

  Scenario: words before the role
    Given a second 'sender' process dials
    And a new 'receiver' process answers
    And two 'sender' processes dial
    When two readers 'left' and 'right' look
    Then the writer is 'done'
    And the reader is 'page-1'

  Scenario: capital letters
    Given The 'Sender' Process dials
    When THE 'sender' PROCESS dials
    Then The Reader is 'ready' at last
    And Two Readers 'left' and 'right' look

  Scenario: the role in mid sentence
    Given when the 'sender' process dials
    When it is heard by the 'receiver' process
    Then the 'two words' listen
    And the 'two words' process listens

  Scenario: waiting
    Given the 'sender' process dials
    And wait for '0' seconds
    When they Wait For '0' Seconds now
    Then wait for '0' second
    And the 'sender' process waits for '0' seconds

  Scenario: an unknown process is killed
    Given the 'sender' process dials
    When it is known that the 'stranger' process is killed
    Then the 'sender' process is well

  Scenario: an unknown process crashes
    Given the 'sender' process dials
    When it is feared that the 'stranger' process crashes
    Then the 'sender' process is well

  Scenario: a process is killed and asked again
    Given the 'sender' process dials
    When the 'sender' process is killed
    Then the 'sender' process is well

  Scenario: a process shuts down
    Given the 'sender' process dials
    And the 'receiver' process answers
    When the 'receiver' process is shutdown
    Then the 'sender' process is well

  Scenario: a failure ends the scenario
    Given the 'sender' process dials
    When the 'sender' process fails
    Then the 'receiver' process hears nothing

  Scenario: a kill in a then step is a step
    Given the 'sender' process dials
    Then the 'sender' process is killed

  Scenario Outline: an outline is executed once, for <name>
    Given the 'sender' process calls '<name>'
    Examples:
      | name |
      | Ada  |
      | Bob  |
