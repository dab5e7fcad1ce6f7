Feature: A store of numbers
  Every scenario talks to a service of its own.

  Background:
    Given the service is running
    And Ann is connected

  @frugal
  Scenario: What one client sets another sees
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

  Scenario: Whoever waits is told at once
    Given Ben is connected
    When Ann waits for apples to change
    And Ben sets apples to 7
    Then whoever waits is told 7

  Scenario: Nobody waits for ever
    When Ann waits at most 50 ms for apples to change
    Then that took longer than 50 ms

  @frugal
  Scenario Outline: Nonsense is refused
    When Ann sends "<request>"
    Then that is refused: <reason>

    Examples:
      | request         | reason                        |
      | SET apples many | many is not a number          |
      | DANCE           | nobody understands "DANCE"    |
      | GET             | nobody understands "GET"      |

  Scenario: A cause is kept with its error
    When the service stops
    And Ben tries to connect
    Then the system says why: Connection refused
