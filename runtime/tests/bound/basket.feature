@fruit
Feature: Basket

  Background:
    Given an empty basket

  Scenario: Apples and pears
    When I put in 2 apples
    And I put in 1 pears

  Scenario Outline: <count> apples
    When I put in <count> apples

    Examples:
      | count |
      | 2     |
      | 4     |

  Scenario: 1 apple stays
    When I put in 1 apples
    And it is closed

  Rule: A basket is small
    Scenario: Too many
      When I put in 100 apples
