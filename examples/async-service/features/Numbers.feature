Feature: A store of numbers
  Every scenario has its own service.

  Background:
    Given the service is running
    And Ann is connected

  @frugal
  Scenario: One client sees what another sets
    Given Ben is connected
    When Ann sets apples to 3
    Then Ben sees that apples is 3
    And Ben sees that pears has no value

  @stocked
  Scenario: A shop that has stock
    Then Ann sees that apples is 3
    And Ann sees that pears is 5

  Scenario: Nothing is lost when many write
    When 20 clients add 1 to visits 50 times each, all at once
    Then Ann sees that visits is 1000

  Scenario: A waiting client is notified at once
    Given Ben is connected
    When Ann waits for apples to change
    And Ben sets apples to 7
    Then the waiting client receives 7

  Scenario: A wait has a limit
    When Ann waits at most 50 ms for apples to change
    Then that took longer than 50 ms

  @frugal
  Scenario Outline: An invalid request is refused
    When Ann sends "<request>"
    Then that is refused: <reason>

    Examples:
      | request         | reason                  |
      | SET apples many | many is not a number    |
      | DANCE           | unknown request "DANCE" |
      | GET             | unknown request "GET"   |

  Scenario: A cause is kept with its error
    When the service stops
    And Ben tries to connect
    Then the system says why: Connection refused
