Feature: A service that has stopped
  Fails on purpose: the output shows the cause of the error.

  Scenario: The service no longer listens
    Given the service is running
    When the service stops
    And Ann is connected
    Then Ann sees that apples is 3
