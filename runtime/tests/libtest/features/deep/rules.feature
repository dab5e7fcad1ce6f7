Feature: Rules

  Rule: Order does not matter
    Scenario: Twice
      Given a sum of 0
      And 1 is added
      And 2 is added
      Then the sum is 3
    Scenario: Twice
      Given a sum of 0
      And 2 is added
      And 1 is added
      Then the sum is 3
