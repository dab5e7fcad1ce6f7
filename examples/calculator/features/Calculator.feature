Feature: Calculator
  Whole numbers, one operation after the other.

  Background:
    Given a calculator

  Scenario: Operations follow each other
    When I add 7
    And I multiply by 6
    Then it shows 42

  Scenario Outline: Every operation
    When I add <first>
    And I <operation> <second>
    Then it shows <result>

    Examples:
      | first | operation   | second | result |
      | 12    | add         | 30     | 42     |
      | 12    | subtract    | 30     | -18    |
      | 12    | multiply by | -2     | -24    |
      | 30    | divide by   | 12     | 2      |

  Scenario: A whole receipt
    When I enter
      | operation   | number |
      | add         | 100    |
      | subtract    | 25     |
      | multiply by | 2      |
    Then it shows 150

  Scenario: Nothing is divided by zero
    When I add 5
    And I try to divide by 0
    Then it says that nothing can be divided by zero
    And it shows 5

  Scenario: The largest number is the end
    When I add 9223372036854775807
    And I try to add 1
    Then it says that the result is too large
    And it shows 9223372036854775807
