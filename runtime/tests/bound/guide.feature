Feature: Basket

  Scenario: Two apples
    Given an empty basket
    When I put in 2 apples
