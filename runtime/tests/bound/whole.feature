Feature: A whole file

  Scenario: One apple
    Given an empty basket
    When I put in 1 apples

  Scenario Outline: Many
    Given an empty basket
    When I put in <count> apples

    Examples:
      | count |
      | 5     |
      | 6     |

  Rule: Small
    Scenario: One apple
      Given an empty basket
