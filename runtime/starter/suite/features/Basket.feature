Feature: Basket

  Background:
    Given an empty basket

  Scenario: Apples and pears
    When I put in 2 apples
    And I put in 1 pear
    Then there are 3 items

  Scenario Outline: Some are taken out
    When I put in <in> plums
    And I take out <out> plums
    Then there are <left> items

    Examples:
      | in | out | left |
      | 3  | 1   | 2    |
      | 2  | 2   | 0    |
