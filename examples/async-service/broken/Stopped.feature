Feature: A service that has stopped
  Fails on purpose: how an error tells its causes.

  Scenario: Nobody listens any more
    Given the service is running
    When the service stops
    And Ann is connected
    Then Ann sees that apples is 3
