Feature: Counters
  Every process counts for itself.

  Scenario: 1.1 - Two processes share nothing
    Given the 'left' process counts to '3'
    And the 'right' process counts to '5'
    When the 'left' process counts on by '4'
    Then the 'left' counter is '7'
    And the 'right' counter is '5'
