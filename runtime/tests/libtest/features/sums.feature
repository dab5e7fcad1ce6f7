Feature: Sums

  Scenario: Nothing is added
    Given a sum of 3
    Then the sum is 3

  Scenario Outline: <number> is added
    Given a sum of 3
    And <number> is added
    Then the sum is <sum>

    Examples:
      | number | sum |
      | 4      | 7   |
      | -3     | 0   |
